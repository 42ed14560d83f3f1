/* Input: the line that says which camera a descriptor is. What is taken is
 * printable, and comes out of its own line as it went in. */
#include "camera/id.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const char *s)
{
    for (; *s; s++)
        if (*s < ' ' || *s > '~')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char text[2 * CAMERA_LINE_MAX], line[CAMERA_LINE_MAX];
    struct camera_id id, again;
    size_t n = LK_MIN(len, sizeof(text) - 1);
    memcpy(text, data, n);
    text[n] = '\0';
    if (camera_id_parse(text, &id) < 0)
        return 0;
    check(id.node);
    check(id.port);
    check(id.serial);
    check(id.name);
    if (camera_id_line(&id, line) < 0)
        return 0;
    if (camera_id_parse(line, &again) < 0 || strcmp(id.node, again.node) != 0 ||
        strcmp(id.port, again.port) != 0 || strcmp(id.name, again.name) != 0)
        abort();
    return 0;
}

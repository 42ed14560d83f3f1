/* What the expert's page may say about identity on `ctl`; and, of the same
 * bytes, a role as the citizen may type it. */
#include "identity/identity.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct identity_ask ask = {.n = 0};
    struct identity_acting acting = {.role = IDENTITY_PERSON};
    struct identity_binding binding = {.kiosk = "kuopio-02"};
    char lines[IDENTITY_LINES_MAX];
    char text[1024];
    if (identity_read((const char *)data, size, &ask) == 0 &&
        (ask.n == 0 || ask.n > IDENTITY_N_MAX || ask.how >= IDENTITY_HOWS))
        abort();
    memcpy(acting.name, data, size < 128 ? size : 128);
    if (!identity_acting_valid(&acting))
        return 0;
    int n = identity_lines(IDENTITY_CARD, &binding, &acting, NULL, lines);
    size_t breaks = 0;
    for (int i = 0; i < n; i++)
        breaks += lines[i] == '\n';
    if (n < 0 || breaks != 12 ||
        identity_write_role(&acting, text, sizeof(text)) < 0)
        abort();
    return 0;
}

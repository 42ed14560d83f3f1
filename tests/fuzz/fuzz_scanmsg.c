/* Every type and number of descriptors with the rest as payload; what decodes
 * must encode to the same. */
#include "ipc/scanmsg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t back[SCANMSG_ENCODED_MAX];
    struct scanmsg m;
    if (size < 2 ||
        scanmsg_decode(data[0], data + 2, size - 2, data[1], &m) < 0)
        return 0;
    int n = scanmsg_encode(&m, back, sizeof(back));
    if (n < 0 || (size_t)n != size - 2 || memcmp(back, data + 2, size - 2) != 0)
        abort();
    return 0;
}

/* Every type with the rest as payload; what decodes must encode to the same. */
#include "ipc/helpmsg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t back[HELPMSG_ENCODED_MAX];
    struct helpmsg m;
    if (size < 1 || helpmsg_decode(data[0], data + 1, size - 1, &m) < 0)
        return 0;
    int n = helpmsg_encode(&m, back, sizeof(back));
    if (n < 0 || (size_t)n != size - 1 || memcmp(back, data + 1, size - 1) != 0)
        abort();
    return 0;
}

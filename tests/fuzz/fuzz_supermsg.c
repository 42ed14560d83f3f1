/* fuzz_supermsg.c - messages between super and the programs. Input: a u16 type,
 * a byte with the number of descriptors, the payload. What decodes must encode
 * to the very same bytes. */
#include "ipc/supermsg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t again[SUPERMSG_PAYLOAD_MAX];
    if (size < 3 || size - 3 > SUPERMSG_PAYLOAD_MAX)
        return 0;
    struct supermsg m;
    if (supermsg_decode(lk_get_u16(data), data + 3, size - 3, data[2], &m) < 0)
        return 0;
    int n = supermsg_encode(&m, again, sizeof(again));
    if (n < 0 || (size_t)n != size - 3 ||
        memcmp(again, data + 3, size - 3) != 0)
        abort();
    return 0;
}

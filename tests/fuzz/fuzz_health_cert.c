/* A PEM file whose certificates' end is asked for. */
#include "health/cert.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t ends = -1;
    int r = health_cert_ends(data, size, &ends);
    if ((r == 0) != (ends >= 0))
        abort();
    return 0;
}

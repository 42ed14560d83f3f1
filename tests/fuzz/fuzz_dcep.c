#include "rtc/wire/dcep.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An OPEN that parses is written back to the same bytes, but for a parameter
 * that is ignored on a reliable channel. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtc_dcep_open open;
    uint8_t out[RTC_DCEP_OPEN_MAX];
    if (rtc_dcep_parse(data, size, &open) != RTC_DCEP_OPEN)
        return 0;
    int n = rtc_dcep_write_open(&open, out, sizeof(out));
    if (n < 0 || (size_t)n != size || memcmp(out + 8, data + 8, size - 8) != 0)
        abort();
    return 0;
}

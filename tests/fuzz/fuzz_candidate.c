#include "rtc/wire/candidate.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What parses is written in a form that parses to the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtc_candidate a;
    struct rtc_candidate b;
    char text[2 * RTC_CANDIDATE_TEXT_MAX];
    if (rtc_candidate_parse((const char *)data, size, &a) < 0)
        return 0;
    int n = rtc_candidate_format(&a, text, sizeof(text));
    if (n < 0)
        abort();
    if (n <= RTC_CANDIDATE_TEXT_MAX &&
        (rtc_candidate_parse(text, (size_t)n, &b) < 0 || a.port != b.port ||
         a.type != b.type || strcmp(a.address, b.address) != 0))
        abort();
    return 0;
}

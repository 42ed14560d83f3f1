#include "rtc/wire/rtcp.h"
#include "rtc/wire/twcc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk_twcc(const struct rtc_rtcp *p)
{
    struct rtc_twcc_reader t;
    struct rtc_twcc_item item;
    size_t count = 0;
    if (rtc_twcc_read(p->body, p->len, &t) < 0)
        return;
    while (rtc_twcc_next(&t, &item))
        count++;
    if (count != t.count || t.deltas.bad)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lk_reader r = lk_reader(data, size);
    struct rtc_rtcp p;
    while (rtc_rtcp_next(&r, &p) == 1) {
        struct rtc_rtcp_sender sender;
        struct rtc_rtcp_report report;
        char cname[RTC_RTCP_CNAME_MAX];
        uint16_t seq = 0;
        uint8_t command = 0;
        size_t at = 0;
        (void)!rtc_rtcp_get_sender(&p, &sender);
        for (size_t i = 0; rtc_rtcp_get_report(&p, i, &report) == 0; i++)
            ;
        (void)!rtc_rtcp_get_cname(&p, 1, cname);
        (void)!rtc_rtcp_get_fir(&p, 1, &command);
        (void)rtc_rtcp_bye_has(&p, 1);
        while (rtc_rtcp_nack_next(&p, &at, &seq))
            ;
        if (p.kind == RTC_RTCP_TWCC)
            walk_twcc(&p);
    }
    return 0;
}

#include "rtc/wire/demux.h"

#include "unit.h"

/* RFC 7983 section 7: the figure, all 256 first bytes. */
static void test_first_byte(void **state)
{
    (void)state;
    uint8_t p[20] = {0};
    for (unsigned b = 0; b < 256; b++) {
        p[0] = (uint8_t)b;
        p[1] = 96;
        enum rtc_demux_kind want = RTC_DEMUX_DROP;
        if (b <= 3)
            want = RTC_DEMUX_STUN;
        else if (b >= 20 && b <= 63)
            want = RTC_DEMUX_DTLS;
        else if (b >= 128 && b <= 191)
            want = RTC_DEMUX_RTP;
        assert_int_equal(rtc_demux(p, sizeof(p)), want);
        assert_int_equal(rtc_demux(p, 1), RTC_DEMUX_DROP);
        assert_int_equal(rtc_demux(p, 7), RTC_DEMUX_DROP);
    }
}

static void test_rtcp(void **state)
{
    (void)state;
    uint8_t p[20] = {0x80};
    for (unsigned b = 0; b < 256; b++) {
        p[1] = (uint8_t)b;
        assert_int_equal(rtc_demux(p, sizeof(p)),
                         b >= 192 && b <= 223 ? RTC_DEMUX_RTCP : RTC_DEMUX_RTP);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_byte),
        cmocka_unit_test(test_rtcp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "rtc/wire/dcep.h"

#include "unit.h"

#include <errno.h>
#include <string.h>

static void test_round_trip(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        struct rtc_dcep_open in = {.reliability =
                                       (enum rtc_dcep_reliability)(i % 3),
                                   .unordered = i >= 3,
                                   .priority = 256,
                                   .parameter = i % 3 ? 1000u + (unsigned)i : 0,
                                   .label = "päivä",
                                   .protocol = "luukku"};
        uint8_t b[RTC_DCEP_OPEN_MAX];
        struct rtc_dcep_open out;
        int n = rtc_dcep_write_open(&in, b, sizeof(b));
        assert_int_equal(n, 12 + 7 + 6);
        assert_int_equal(rtc_dcep_parse(b, (size_t)n, &out), RTC_DCEP_OPEN);
        assert_string_equal(out.label, in.label);
        assert_string_equal(out.protocol, in.protocol);
        assert_int_equal(out.reliability, in.reliability);
        assert_int_equal(out.unordered, in.unordered);
        assert_int_equal(out.parameter, in.parameter);
        assert_int_equal(out.priority, in.priority);
        for (int k = 0; k < n; k++) {
            assert_int_equal(rtc_dcep_parse(b, (size_t)k, &out), -EBADMSG);
            assert_int_equal(rtc_dcep_write_open(&in, b, (size_t)k), -EMSGSIZE);
        }
    }
}

static void test_ack(void **state)
{
    (void)state;
    uint8_t b[2] = {0, 0};
    struct rtc_dcep_open o;
    assert_int_equal(rtc_dcep_write_ack(b, 0), -EMSGSIZE);
    assert_int_equal(rtc_dcep_write_ack(b, sizeof(b)), 1);
    assert_int_equal(rtc_dcep_parse(b, 1, &o), RTC_DCEP_ACK);
    assert_int_equal(rtc_dcep_parse(b, 2, &o), -EBADMSG);
}

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[16];
        size_t len;
        int want;
    } cases[] = {
        {{1}, 1, -EPROTONOSUPPORT},
        {{3, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 12, -EPROTONOSUPPORT},
        {{3, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 12, -EPROTONOSUPPORT},
        {{3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'x'}, 13, -EBADMSG},
        {{3, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0xc3, 0x28}, 14, -EBADMSG},
        {{3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0}, 13, -EBADMSG},
        {{3, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0}, 12, -EBADMSG},
    };
    struct rtc_dcep_open o;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++)
        assert_int_equal(rtc_dcep_parse(cases[i].bytes, cases[i].len, &o),
                         cases[i].want);
    uint8_t big[12 + 65] = {3};
    big[9] = 65;
    memset(big + 12, 'a', 65);
    assert_int_equal(rtc_dcep_parse(big, sizeof(big), &o), -EMSGSIZE);
    big[9] = 64;
    assert_int_equal(rtc_dcep_parse(big, sizeof(big) - 1, &o), RTC_DCEP_OPEN);
    struct rtc_dcep_open in = {.label = "\xff"};
    assert_int_equal(rtc_dcep_write_open(&in, big, sizeof(big)), -EINVAL);
    memset(in.label, 'a', sizeof(in.label));
    assert_int_equal(rtc_dcep_write_open(&in, big, sizeof(big)), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_ack),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

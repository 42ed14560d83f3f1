#include "rtc/wire/candidate.h"

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What is written for what is read; NULL: the same. */
static const struct {
    const char *in, *out;
} good[] = {
    {"candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host", NULL},
    {"candidate:a+/ 1 udp 1 2001:db8::1 9 typ host", NULL},
    {"a=candidate:2 1 UDP 16 203.0.113.5 1 typ srflx raddr 10.0.0.1 rport 7",
     "candidate:2 1 udp 16 203.0.113.5 1 typ srflx raddr 10.0.0.1 rport 7"},
    {"candidate:3 1 TCP 5 192.0.2.1 9 typ host tcptype active",
     "candidate:3 1 tcp 5 192.0.2.1 9 typ host tcptype active"},
    {"candidate:3 1 tcp 5 192.0.2.1 9 typ relay raddr :: rport 0 tcptype so",
     NULL},
    {"candidate:4 1 udp 5 32673724-c253-43a8-a357-89518935b01e.local 36172 "
     "typ host generation 0 ufrag IsNk network-cost 999",
     "candidate:4 1 udp 5 32673724-c253-43a8-a357-89518935b01e.local 36172 "
     "typ host ufrag IsNk"},
};

static const struct {
    const char *in;
    int want;
} bad[] = {
    {"", -EBADMSG},
    {"candidate:", -EBADMSG},
    {"candidate:1 1 udp 1 192.0.2.1 50000 typ", -EBADMSG},
    {"candidate:1 0 udp 1 192.0.2.1 50000 typ host", -EBADMSG},
    {"candidate:1 257 udp 1 192.0.2.1 50000 typ host", -EBADMSG},
    {"candidate:1 1 udp 0 192.0.2.1 50000 typ host", -EBADMSG},
    {"candidate:1 1 udp 2147483648 192.0.2.1 50000 typ host", -EBADMSG},
    {"candidate:1 1 udp 1 192.0.2.1 65536 typ host", -EBADMSG},
    {"candidate:1 1 udp 1 192.0.2.1 0 typ host", -EPROTONOSUPPORT},
    {"candidate:1 1 udp 1 192.0.2.1 -1 typ host", -EBADMSG},
    {"candidate:_ 1 udp 1 192.0.2.1 1 typ host", -EBADMSG},
    {"candidate:123456789012345678901234567890123 1 udp 1 1.2.3.4 1 typ host",
     -EBADMSG},
    {"candidate:1 1 udp 1 192.0.2.1 1 typ host raddr", -EBADMSG},
    {"candidate:1 1 udp 1 192.0.2.1 1 typ host rport 99999", -EBADMSG},
    {"candidate:1 1 udp 1 192.0.2.1 1 typ host ufrag a;b", -EBADMSG},
    {"candidate:1 1 udp 1 192.0.2.1 1 typ host tcptype so", -EBADMSG},
    {"candidate:1 1 tcp 1 192.0.2.1 1 typ host", -EBADMSG},
    {"candidate:1 1 tcp 1 192.0.2.1 1 typ host tcptype x", -EPROTONOSUPPORT},
    {"candidate:1 1 sctp 1 192.0.2.1 1 typ host", -EPROTONOSUPPORT},
    {"candidate:1 1 udp 1 192.0.2.1 1 typ guest", -EPROTONOSUPPORT},
    {"candidate:1 1 udp 1 evil.example 1 typ host", -EPROTONOSUPPORT},
    {"candidate:1 1 udp 1 a.b.local 1 typ host", -EPROTONOSUPPORT},
    {"candidate:1 1 udp 1 .local 1 typ host", -EPROTONOSUPPORT},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(good); i++) {
        struct rtc_candidate c;
        char out[RTC_CANDIDATE_TEXT_MAX];
        const char *want = good[i].out ? good[i].out : good[i].in;
        assert_int_equal(
            rtc_candidate_parse(good[i].in, strlen(good[i].in), &c), 0);
        assert_int_equal(rtc_candidate_format(&c, out, sizeof(out)),
                         (int)strlen(want));
        assert_string_equal(out, want);
        assert_int_equal(rtc_candidate_format(&c, out, strlen(want)),
                         -EMSGSIZE);
    }
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        struct rtc_candidate c;
        int r = rtc_candidate_parse(bad[i].in, strlen(bad[i].in), &c);
        if (r != bad[i].want)
            print_message("%s: %d\n", bad[i].in, r);
        assert_int_equal(r, bad[i].want);
    }
}

static void test_long(void **state)
{
    (void)state;
    char s[RTC_CANDIDATE_TEXT_MAX + 1];
    struct rtc_candidate c;
    memset(s, ' ', sizeof(s));
    memcpy(s, good[0].in, strlen(good[0].in));
    assert_int_equal(rtc_candidate_parse(s, sizeof(s), &c), -EMSGSIZE);
    assert_int_equal(rtc_candidate_parse(s, sizeof(s) - 1, &c), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

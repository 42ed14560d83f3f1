#include "rtc/flow/source.h"

#include "unit.h"

#include <errno.h>

static struct flow_source s;

static int reset(void **state)
{
    (void)state;
    flow_source_init(&s, 90000);
    return 0;
}

static enum flow_source_verdict add(uint16_t seq)
{
    return flow_source_add(&s, 7, seq, seq * 3000u, seq * INT64_C(33333));
}

static void test_order(void **state)
{
    (void)state;
    assert_int_equal(add(65534), FLOW_SOURCE_FIRST);
    assert_int_equal(add(65535), FLOW_SOURCE_NEXT);
    assert_int_equal(s.gap, 0);
    assert_int_equal(add(2), FLOW_SOURCE_NEXT);
    assert_int_equal(s.gap, 2);
    assert_int_equal(add(1), FLOW_SOURCE_LATE);
    assert_int_equal(add(1), FLOW_SOURCE_DUPLICATE);
    assert_int_equal(add(65535), FLOW_SOURCE_DUPLICATE);
    assert_true(flow_source_recover(&s, 0));
    assert_false(flow_source_recover(&s, 0));
    assert_false(flow_source_recover(&s, 3));
    assert_false(flow_source_recover(&s, 65533));
    assert_int_equal(add(0), FLOW_SOURCE_DUPLICATE);
}

/* RFC 3550 appendix A.1: a leap counts when the next packet confirms it. */
static void test_leap(void **state)
{
    (void)state;
    assert_int_equal(add(100), FLOW_SOURCE_FIRST);
    assert_int_equal(add(20000), FLOW_SOURCE_DOUBTFUL);
    assert_int_equal(add(101), FLOW_SOURCE_NEXT);
    assert_int_equal(add(20000), FLOW_SOURCE_DOUBTFUL);
    assert_int_equal(add(20001), FLOW_SOURCE_FIRST);
    assert_int_equal(add(20002), FLOW_SOURCE_NEXT);
    assert_int_equal(flow_source_add(&s, 8, 5, 0, 0), FLOW_SOURCE_FIRST);
}

static void test_report(void **state)
{
    (void)state;
    struct rtc_rtcp_report b;
    for (uint16_t i = 0; i < 100; i++) {
        if (i % 4 != 3)
            (void)add(i);
    }
    (void)add(100);
    flow_source_report(&s, 0, &b);
    assert_int_equal(b.ssrc, 7);
    assert_int_equal(b.lost, 25);
    assert_int_equal(b.fraction_lost, 25 * 256 / 101);
    assert_int_equal(b.highest_seq, 100);
    assert_int_equal(b.lsr, 0);
    assert_true(b.jitter < 100);
    (void)add(101);
    flow_source_report(&s, 0, &b);
    assert_int_equal(b.fraction_lost, 0);
    assert_int_equal(b.lost, 25);
    (void)add(3); /* late ones are no longer lost */
    flow_source_report(&s, 0, &b);
    assert_int_equal(b.lost, 24);
}

static void test_clock(void **state)
{
    (void)state;
    const struct rtc_rtcp_sender sr = {
        .ntp = (UINT64_C(2208988800) + 1000) << 32 | 0x80000000u,
        .rtp_ts = 4294967290u};
    struct rtc_rtcp_report b;
    int64_t wall = 0;
    (void)add(1);
    assert_int_equal(flow_source_wall(&s, 0, &wall), -EAGAIN);
    flow_source_sr(&s, &sr, 5000000);
    assert_int_equal(flow_source_wall(&s, 4294967290u, &wall), 0);
    assert_int_equal(wall, 1000500000);
    assert_int_equal(flow_source_wall(&s, 90000u - 6u, &wall), 0);
    assert_int_equal(wall, 1001500000);
    assert_int_equal(flow_source_wall(&s, 4294967290u - 45000u, &wall), 0);
    assert_int_equal(wall, 1000000000);
    flow_source_report(&s, 5500000, &b);
    assert_int_equal(b.dlsr, 32768);
    assert_int_equal(b.lsr, (uint32_t)(sr.ntp >> 16));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_order, reset),
        cmocka_unit_test_setup(test_leap, reset),
        cmocka_unit_test_setup(test_report, reset),
        cmocka_unit_test_setup(test_clock, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

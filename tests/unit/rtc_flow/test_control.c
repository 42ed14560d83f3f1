#include "rtc/flow/control.h"

#include "rtc/flow/overshoot.h"
#include "unit.h"

#define RTT 40000

static struct flow_control c;
static int64_t now = 1000000;

static int reset(void **state)
{
    (void)state;
    now = 1000000;
    flow_control_init(&c, true, 800000, 100000, 2000000);
    flow_control_start(&c, now);
    return 0;
}

/* `ms` of a path that delivers `bps` at `delay_us`, reports every 50 ms; every
 * `lose`-th packet is lost. */
static void feed(int ms, int bps, int64_t delay_us, int lose)
{
    int n = 0;
    for (int64_t end = now + ms * INT64_C(1000); now < end;) {
        for (int i = 0; i < 5; i++, n++) {
            now += 10000;
            if (lose && n % lose == 0)
                flow_control_lost(&c);
            else
                flow_control_came(&c, now - delay_us, now + 123456789,
                                  (size_t)bps / 800);
        }
        flow_control_decide(&c, RTT, now);
        assert_true(c.target_bps >= c.min_bps && c.target_bps <= c.max_bps);
    }
}

static void test_ramp(void **state)
{
    (void)state;
    feed(4000, 1900000, 20000, 0);
    assert_true(c.target_bps == 2000000);
    assert_true(flow_control_encoder_bps(&c) <= 2000000 * 92 / 100);
}

/* The target follows what is delivered, with a margin to probe. */
static void test_margin(void **state)
{
    (void)state;
    feed(3000, 1500000, 20000, 0);
    for (int i = 0; i < 60; i++) {
        feed(1000, 200000, 20000, 0);
        assert_true(c.target_bps <=
                    1.5 * c.peak_bps + FLOW_CONTROL_PROBE_BPS + 1);
    }
    assert_in_range((int)c.target_bps, 300000, 500000);
}

static void test_delay(void **state)
{
    (void)state;
    feed(2000, 1000000, 20000, 0);
    double before = c.target_bps;
    feed(400, 1000000, 120000, 0);
    assert_true(c.target_bps < before && c.target_bps <= 850001);
    /* half as fast as what is delivered: the queue only has to drain */
    feed(5000, 1000000, 120000, 0);
    assert_true(c.target_bps >= 400000);
}

static void test_loss(void **state)
{
    (void)state;
    feed(3000, 1000000, 20000, 20); /* 5 %: bad luck, not congestion */
    double calm = c.target_bps;
    assert_true(calm >= 800000);
    feed(3000, 1000000, 20000, 4); /* 25 % */
    assert_true(c.target_bps < calm * 0.8);
}

static void test_stall(void **state)
{
    (void)state;
    feed(3000, 1500000, 20000, 0);
    for (int i = 0; i < 30 && flow_control_next(&c, RTT) != INT64_MAX; i++) {
        now = flow_control_next(&c, RTT);
        flow_control_timer(&c, RTT, now);
    }
    assert_int_equal((int)c.target_bps, 100000);
    now += 35000000;
    feed(100, 100000, 900000, 0);
    assert_int_equal((int)c.target_bps, 400000);
    feed(4000, 800000, 20000, 0);
    assert_true(c.target_bps > 900000);
}

static void test_never_any(void **state)
{
    (void)state;
    assert_int_equal(flow_control_next(&c, RTT), now + FLOW_CONTROL_FIRST_US);
    now = flow_control_next(&c, RTT);
    flow_control_timer(&c, RTT, now - 1);
    assert_int_equal((int)c.target_bps, 800000);
    flow_control_timer(&c, RTT, now);
    assert_true(c.target_bps < 800000);
}

static void test_reports_only(void **state)
{
    (void)state;
    flow_control_init(&c, false, 800000, 100000, 2000000);
    assert_true(flow_control_next(&c, RTT) == INT64_MAX);
    flow_control_report(&c, 0, 0);
    assert_true(c.target_bps > 800000);
    flow_control_report(&c, 128, 0);
    assert_true(c.target_bps < 700000);
    for (int i = 0; i < 100; i++)
        flow_control_report(&c, 255, 0);
    assert_int_equal((int)c.target_bps, 100000);
}

static void test_max(void **state)
{
    (void)state;
    flow_control_set_max(&c, 300000);
    assert_int_equal((int)c.target_bps, 300000);
    flow_control_set_max(&c, 1); /* never below the minimum */
    assert_int_equal((int)c.target_bps, 100000);
}

static void test_overshoot(void **state)
{
    (void)state;
    struct flow_overshoot o = {0};
    int told = 1000000;
    for (int64_t t = 0; t < 10000000; t += 50000) {
        told = flow_overshoot_correct(&o, 1000000);
        flow_overshoot_tell(&o, told, t);
        flow_overshoot_add(&o, (size_t)(told / 160 * 3 / 2));
    }
    assert_in_range(told, 640000, 720000);
    for (int64_t t = 10000000; t < 20000000; t += 50000) {
        told = flow_overshoot_correct(&o, 1000000);
        flow_overshoot_tell(&o, told, t);
        flow_overshoot_add(&o, (size_t)(told / 160 / 2));
    }
    assert_int_equal(told, 1000000); /* a quiet picture earns nothing more */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_ramp, reset),
        cmocka_unit_test_setup(test_margin, reset),
        cmocka_unit_test_setup(test_delay, reset),
        cmocka_unit_test_setup(test_loss, reset),
        cmocka_unit_test_setup(test_stall, reset),
        cmocka_unit_test_setup(test_never_any, reset),
        cmocka_unit_test_setup(test_reports_only, reset),
        cmocka_unit_test_setup(test_max, reset),
        cmocka_unit_test(test_overshoot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

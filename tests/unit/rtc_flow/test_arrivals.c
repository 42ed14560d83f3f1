#include "rtc/flow/arrivals.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct flow_arrivals a;
static int64_t told[65536]; /* by number; 0: not told, -1: as lost */

static int reset(void **state)
{
    (void)state;
    memset(&a, 0, sizeof(a));
    memset(told, 0, sizeof(told));
    return 0;
}

/* Takes one report in; false when there was none. */
static bool take(int64_t now_us, size_t room)
{
    uint8_t b[1500];
    struct lk_writer w = lk_writer(b, room);
    struct rtc_rtcp p;
    struct rtc_twcc_reader t;
    struct rtc_twcc_item item;
    if (!flow_arrivals_write(&a, &w, 1, 2, now_us))
        return false;
    struct lk_reader r = lk_reader(b, w.len);
    assert_int_equal(rtc_rtcp_next(&r, &p), 1);
    assert_int_equal(rtc_twcc_read(p.body, p.len, &t), 0);
    while (rtc_twcc_next(&t, &item)) {
        if (item.arrival_us != RTC_TWCC_LOST)
            told[item.seq] = item.arrival_us;
        else if (told[item.seq] == 0)
            told[item.seq] = -1;
    }
    return true;
}

static void test_when(void **state)
{
    (void)state;
    assert_true(flow_arrivals_next(&a) == INT64_MAX);
    assert_false(take(0, 1200));
    a.sent_us = 1000;
    flow_arrivals_add(&a, 5, 2000);
    assert_int_equal(flow_arrivals_next(&a), 1000 + FLOW_ARRIVALS_LATE_US);
    for (uint16_t i = 6; i < 5 + FLOW_ARRIVALS_MANY; i++)
        flow_arrivals_add(&a, i, 3000);
    assert_int_equal(flow_arrivals_next(&a), 1000 + FLOW_ARRIVALS_SOON_US);
    assert_true(take(60000, 1200));
    assert_true(flow_arrivals_next(&a) == INT64_MAX);
}

/* Whatever order and room: what came is told with its time, once. */
static void test_property(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    static int64_t came[65536];
    memset(came, 0, sizeof(came));
    int64_t t = 1000000;
    for (uint32_t i = 65000; i < 65000 + 5000; i++) {
        t += rand_r(&seed) % 4000;
        uint16_t seq = (uint16_t)i;
        if (rand_r(&seed) % 10 == 0)
            continue;
        if (rand_r(&seed) % 10 == 0 && i > 65100)
            seq = (uint16_t)(seq - rand_r(&seed) % 20);
        if (came[seq] != 0)
            continue;
        came[seq] = t;
        flow_arrivals_add(&a, seq, t);
        if (flow_arrivals_next(&a) <= t)
            assert_true(take(t, 60 + (size_t)rand_r(&seed) % 1200));
    }
    while (flow_arrivals_next(&a) != INT64_MAX)
        assert_true(take(t, 1200));
    for (size_t i = 0; i < 65536; i++) {
        if (came[i] == 0)
            assert_true(told[i] <= 0);
        else
            assert_true(told[i] ==
                        came[i] / RTC_TWCC_TICK_US * RTC_TWCC_TICK_US);
    }
}

/* After an outage the hole is not told in full, and what came is. */
static void test_hole(void **state)
{
    (void)state;
    flow_arrivals_add(&a, 1, 1000000);
    flow_arrivals_add(&a, 1500, 36000000);
    assert_true(take(36000000, 1200));
    while (flow_arrivals_next(&a) != INT64_MAX)
        assert_true(take(36000000, 1200));
    assert_true(told[1500] == 36000000);
    flow_arrivals_add(&a, 9000, 80000000);
    assert_true(take(80000000, 1200));
    assert_true(told[9000] == 80000000);
    flow_arrivals_add(&a, 4000, 80000000); /* older than all memory */
    assert_true(flow_arrivals_next(&a) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_when, reset),
        cmocka_unit_test_setup(test_property, reset),
        cmocka_unit_test_setup(test_hole, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

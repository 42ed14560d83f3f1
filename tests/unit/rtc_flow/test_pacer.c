#include "rtc/flow/pacer.h"

#include "unit.h"

static struct flow_pacer p;

static void test_rate(void **state)
{
    (void)state;
    size_t sent = 0;
    flow_pacer_init(&p, 1000000, 0);
    p.video_bytes = 1000; /* never enough to hurry */
    for (int64_t t = 0; t <= 10000000; t += 1000) {
        flow_pacer_refill(&p, t);
        while (p.tokens > 0) {
            flow_pacer_spend(&p, 1000);
            sent += 1000;
        }
    }
    /* 1.5 of the target for 10 s, and one burst */
    assert_in_range(sent, 1875000, 1875000 + FLOW_PACER_BURST_MIN + 2000);
}

static void test_drain(void **state)
{
    (void)state;
    flow_pacer_init(&p, 200000, 0);
    p.video_bytes = 50000;
    flow_pacer_spend(&p, (size_t)p.tokens + 1000);
    int delay = flow_pacer_delay_us(&p);
    assert_true(delay <= FLOW_PACER_DRAIN_US * 11 / 10);
}

static void test_rtx_budget(void **state)
{
    (void)state;
    size_t taken = 0;
    flow_pacer_init(&p, 1000000, 0);
    for (int64_t t = 0; t <= 10000000; t += 1000) {
        flow_pacer_refill(&p, t);
        while (flow_pacer_take_rtx(&p, 1200))
            taken += 1200;
    }
    assert_in_range(taken, 370000, 375000 + FLOW_PACER_RTX_BURST);
}

static void test_queue(void **state)
{
    (void)state;
    uint16_t seq = 0;
    flow_pacer_init(&p, 1000000, 0);
    assert_true(flow_pacer_next(&p) == INT64_MAX);
    assert_false(flow_pacer_pop(&p.rtx, &seq));
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < FLOW_PACER_RTX; i++)
            assert_true(flow_pacer_push(&p.rtx, (uint16_t)i));
        assert_false(flow_pacer_push(&p.rtx, 9));
        assert_int_equal(flow_pacer_peek(&p.rtx, 5), 5);
        for (uint32_t i = 0; i < FLOW_PACER_RTX; i++) {
            assert_true(flow_pacer_pop(&p.rtx, &seq));
            assert_int_equal(seq, i);
        }
        assert_true(flow_pacer_push(&p.rtx, 1)); /* moves the head on */
        assert_true(flow_pacer_pop(&p.rtx, &seq));
    }
    assert_true(flow_pacer_push(&p.video, 1));
    assert_int_equal(flow_pacer_next(&p), 0);
    flow_pacer_spend(&p, 100000);
    int64_t next = flow_pacer_next(&p);
    flow_pacer_refill(&p, next + 1);
    assert_true(next > 400000 && p.tokens > 0);
}

static void test_ceiling(void **state)
{
    (void)state;
    flow_pacer_init(&p, 100000, 0);
    assert_int_equal(flow_pacer_ceiling(&p), FLOW_PACER_QUEUE_MIN);
    flow_pacer_set_bps(&p, 1000000);
    assert_int_equal(flow_pacer_ceiling(&p), 75000);
    flow_pacer_set_bps(&p, 9000000);
    assert_int_equal(flow_pacer_ceiling(&p), FLOW_PACER_QUEUE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate),       cmocka_unit_test(test_drain),
        cmocka_unit_test(test_rtx_budget), cmocka_unit_test(test_queue),
        cmocka_unit_test(test_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

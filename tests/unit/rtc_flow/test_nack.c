#include "rtc/flow/nack.h"

#include "unit.h"

static struct flow_nack n;

static size_t due(int64_t rtt_us, int64_t now_us, uint16_t *ret)
{
    static uint16_t seqs[FLOW_NACK_BATCH];
    return flow_nack_due(&n, rtt_us, now_us, ret ? ret : seqs);
}

static int reset(void **state)
{
    (void)state;
    n = (struct flow_nack){.budget = FLOW_NACK_PER_SECOND, .budget_us = 1000};
    return 0;
}

/* At once, then after a round trip and a half, ever slower, then never. */
static void test_schedule(void **state)
{
    (void)state;
    uint16_t seqs[FLOW_NACK_BATCH];
    int64_t last = 1000;
    int64_t wait = 0;
    assert_true(flow_nack_miss(&n, 65534, 4, 1000));
    assert_int_equal(due(40000, 1000, seqs), 4);
    assert_int_equal(seqs[0], 65534);
    assert_int_equal(seqs[3], 1);
    for (int i = 1; i < FLOW_NACK_TRIES; i++) {
        int64_t next = flow_nack_next(&n);
        assert_int_equal(due(40000, next - 1, NULL), 0);
        assert_int_equal(due(40000, next, NULL), 4);
        assert_true(next - last >= 60000 && next - last >= wait);
        assert_true(next - last <= FLOW_NACK_SLOWEST_US);
        wait = next - last;
        last = next;
    }
    assert_int_equal(flow_nack_expire(&n, flow_nack_next(&n)), 4);
    assert_true(flow_nack_next(&n) == INT64_MAX);
}

static void test_age(void **state)
{
    (void)state;
    assert_true(flow_nack_miss(&n, 10, 1, 1000));
    assert_int_equal(flow_nack_expire(&n, 1000 + FLOW_NACK_AGE_US), 0);
    assert_int_equal(flow_nack_expire(&n, 1001 + FLOW_NACK_AGE_US), 1);
    assert_int_equal(due(1000, 2000000, NULL), 0);
}

static void test_came(void **state)
{
    (void)state;
    uint16_t seqs[FLOW_NACK_BATCH];
    assert_true(flow_nack_miss(&n, 10, 3, 1000));
    flow_nack_came(&n, 11, false, 1000);
    assert_int_equal(due(1000, 1000, seqs), 2);
    assert_int_equal(seqs[1], 12);
    flow_nack_came(&n, 99, true, 1000); /* never missing: no matter */
    assert_int_equal(n.reordered_us, 0);
}

/* Where order is bad, a moment's patience. */
static void test_patience(void **state)
{
    (void)state;
    assert_true(flow_nack_miss(&n, 10, 1, 1000));
    flow_nack_came(&n, 10, true, 3000);
    assert_true(flow_nack_miss(&n, 20, 1, 5000));
    assert_int_equal(due(1000, 5000, NULL), 0);
    assert_int_equal(due(1000, 5000 + FLOW_NACK_REORDER_US, NULL), 1);
    int64_t later = 3000 + FLOW_NACK_REORDER_MEMORY_US;
    assert_true(flow_nack_miss(&n, 30, 1, later));
    assert_int_equal(due(1000, later, NULL), 2);
}

static void test_ceiling(void **state)
{
    (void)state;
    assert_true(flow_nack_miss(&n, 0, FLOW_NACK_MAX, 1000));
    assert_int_equal(due(1000, 1000, NULL), FLOW_NACK_BATCH);
    assert_int_equal(due(1000, 1000, NULL), FLOW_NACK_BATCH);
    assert_false(flow_nack_miss(&n, 9000, 1, 1000));
    assert_true(flow_nack_next(&n) == INT64_MAX);
}

/* However many are missing, a second asks for no more than the budget. */
static void test_budget(void **state)
{
    (void)state;
    size_t asked = 0;
    n.budget = 0;
    for (int64_t t = 1000; t < 1001000; t += 5000) {
        flow_nack_clear(&n);
        assert_true(flow_nack_miss(&n, (uint16_t)(t / 10), 50, t));
        asked += due(1000, t, NULL);
    }
    assert_in_range(asked, FLOW_NACK_PER_SECOND * 9 / 10, FLOW_NACK_PER_SECOND);
}

static void test_key(void **state)
{
    (void)state;
    uint16_t seqs[FLOW_NACK_BATCH];
    assert_true(flow_nack_miss(&n, 10, 1, 1000));
    assert_int_equal(due(1000, 1000, NULL), 1);
    assert_int_equal(due(1000, flow_nack_next(&n), NULL), 1);
    assert_true(flow_nack_miss(&n, 20, 1, 30000));
    flow_nack_key(&n, 15);
    assert_int_equal(due(1000, 200000, seqs), 1);
    assert_int_equal(seqs[0], 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_schedule, reset),
        cmocka_unit_test_setup(test_age, reset),
        cmocka_unit_test_setup(test_came, reset),
        cmocka_unit_test_setup(test_patience, reset),
        cmocka_unit_test_setup(test_ceiling, reset),
        cmocka_unit_test_setup(test_budget, reset),
        cmocka_unit_test_setup(test_key, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

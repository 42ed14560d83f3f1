#include "testing.h"

#include "app/super_backoff.h"
#include "base/defs.h"

#define S INT64_C(1000000)

static const struct super_backoff fresh = {
    .first_us = S / 4, .most_us = 30 * S, .healthy_us = 60 * S};

static void doubles_up_to_its_limit(void **state)
{
    static const int64_t waits[] = {0,     S / 4,  S / 2,  S,      2 * S, 4 * S,
                                    8 * S, 16 * S, 30 * S, 30 * S, 30 * S};
    struct super_backoff b = fresh;
    int64_t now = 5 * S;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(waits); i++) {
        int64_t started = now;
        now += S; /* each run lasts one second */
        assert_int_equal(super_backoff_after(&b, started, now), waits[i]);
        now += waits[i];
    }
}

static void forgives_after_a_healthy_run(void **state)
{
    struct super_backoff b = fresh;
    (void)state;
    for (int i = 0; i < 6; i++)
        (void)super_backoff_after(&b, 0, S);
    assert_int_equal(super_backoff_after(&b, 0, 60 * S - 1), 8 * S);
    assert_int_equal(super_backoff_after(&b, 0, 60 * S), 0);
    assert_int_equal(super_backoff_after(&b, 0, S), S / 4);
}

static void never_leaves_its_bounds(void **state)
{
    uint64_t seed = test_seed();
    struct super_backoff b = fresh;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        int64_t ran = (int64_t)(test_random(&seed) % (uint64_t)(70 * S));
        int64_t wait = super_backoff_after(&b, 0, ran);
        assert_true(wait >= 0 && wait <= 30 * S);
        assert_true(ran < 60 * S || wait == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_up_to_its_limit),
        cmocka_unit_test(forgives_after_a_healthy_run),
        cmocka_unit_test(never_leaves_its_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When reports are due: once a minute, soon after a change, never a flood. */
#include "testing.h"

#include "health/pace.h"

#define S INT64_C(1000000)

static void quiet(void **state)
{
    struct health_pace p;
    (void)state;
    health_pace_init(&p, 5 * S);
    assert_int_equal(health_pace_next_us(&p, 0),
                     5 * S); /* the first, at once */
    health_pace_sent(&p, 5 * S);
    assert_int_equal(health_pace_next_us(&p, 0), 65 * S);
    /* By chance up to a tenth sooner, so that kiosks spread. */
    for (uint32_t chance = 0; chance < 100; chance++) {
        int64_t next = health_pace_next_us(&p, chance * 99991);
        assert_true(next <= 65 * S && next > 59 * S);
    }
}

static void change(void **state)
{
    struct health_pace p;
    (void)state;
    health_pace_init(&p, 0);
    health_pace_sent(&p, 0);
    health_pace_change(&p);
    assert_int_equal(health_pace_next_us(&p, 7), HEALTH_FLOOR_US);
    health_pace_sent(&p, HEALTH_FLOOR_US);
    assert_true(health_pace_next_us(&p, 7) > 50 * S);
    health_pace_link(&p); /* a new link: the fleet has waited */
    assert_int_equal(health_pace_next_us(&p, 7), 2 * HEALTH_FLOOR_US);
}

/* Whatever changes how often, an hour has few reports; and each change is told
 * in the end. */
static void flood(void **state)
{
    struct health_pace p;
    unsigned sent = 0;
    uint64_t seed = test_seed();
    (void)state;
    health_pace_init(&p, 0);
    for (int64_t now = 0; now < 3600 * S; now += S / 4) {
        if (test_random(&seed) % 4 == 0)
            health_pace_change(&p);
        if (now < health_pace_next_us(&p, 0))
            continue;
        assert_true(sent == 0 || now - p.last_us >= HEALTH_FLOOR_US);
        health_pace_sent(&p, now);
        assert_false(p.changed);
        sent++;
    }
    assert_true(sent <= HEALTH_BURST + 3600 * S / HEALTH_REFILL_US);
    assert_true(sent >= 3600 * S / HEALTH_EVERY_US);
}

/* After a quiet time a change is told within the floor again. */
static void recovers(void **state)
{
    struct health_pace p;
    int64_t now = 0;
    (void)state;
    health_pace_init(&p, 0);
    for (int i = 0; i < 30; i++) {
        health_pace_change(&p);
        now = health_pace_next_us(&p, 0);
        health_pace_sent(&p, now);
    }
    health_pace_change(&p);
    assert_true(health_pace_next_us(&p, 0) > now + HEALTH_FLOOR_US);
    now += 300 * S;
    health_pace_sent(&p, now);
    health_pace_change(&p);
    assert_int_equal(health_pace_next_us(&p, 0), now + HEALTH_FLOOR_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quiet), cmocka_unit_test(change),
        cmocka_unit_test(flood), cmocka_unit_test(recovers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Bad lines of every kind, drawn at random: nothing may spin, overrun, pass
 * its budget or stay broken once the line is good again. */
#include "sim.h"
#include "unit.h"

#include <stdlib.h>
#include <time.h>

#define ROUNDS 30

static uint32_t seed;

static void draw(struct sim *s, struct sim_line *l)
{
    static const int rates[] = {0, 0, 5000000, 1000000, 400000};
    l->bps = rates[sim_random(s, LK_ARRAY_LEN(rates))];
    l->queue_us = 50000 + (int)sim_random(s, 400000);
    l->delay_us = (int)sim_random(s, 150000);
    l->jitter_us = sim_random(s, 3) ? 0 : (int)sim_random(s, 40000);
    l->reorder = sim_random(s, 2);
    l->loss_permille = sim_random(s, 2) ? 0 : (int)sim_random(s, 250);
}

static void check(struct sim *s)
{
    for (int i = 0; i < 2; i++) {
        struct flow_stats st;
        flow_get_stats(s->ends[i].flow, s->now_us, &st);
        assert_in_range(st.target_kbps, 100, 1700);
        assert_true(st.pacer_us < 2000000);
        assert_int_equal(st.malformed, 0);
        double s_total = (double)(s->now_us - 1000000000) / 1e6;
        assert_true((double)s->lines[i].rtx_bytes <
                    0.3 * 1700000 / 8 * 1.1 * s_total + 40000);
    }
}

static void test_rough(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct sim *s = sim_new(seed + round, &(struct sim_line){0});
        s->ends[0].overshoot_percent = 80 + (int)sim_random(s, 80);
        for (int phase = 0; phase < 4; phase++) {
            draw(s, &s->lines[0]);
            draw(s, &s->lines[1]);
            if (sim_random(s, 6) == 0)
                s->lines[sim_random(s, 2)].down = true;
            sim_run(s, 500000 + sim_random(s, 2500000));
            s->lines[0].down = false;
            s->lines[1].down = false;
            check(s);
        }
        for (int i = 0; i < 2; i++) {
            s->lines[i].bps = 0;
            s->lines[i].delay_us = 20000;
            s->lines[i].jitter_us = 0;
            s->lines[i].reorder = false;
            s->lines[i].loss_permille = 0;
        }
        sim_run(s, 3000000);
        sim_mark(s);
        sim_run(s, 2000000);
        check(s);
        for (int i = 0; i < 2; i++) {
            assert_in_range(s->ends[i].shown, 55, 65);
            assert_true(sim_latency_us(&s->ends[i], 95) < 100000);
        }
        sim_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rough)};
    const char *fixed = getenv("LUUKKU_SEED");
    seed = fixed ? (uint32_t)strtoul(fixed, NULL, 10)
                 : (uint32_t)time(NULL) % 100000;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

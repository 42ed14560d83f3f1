#include "testing.h"

#include "base/clock.h"
#include "loop/loop.h"

#include <errno.h>
#include <unistd.h>

struct trace {
    struct lk_loop *loop;
    struct lk_timer *timer[200];
    int order[400];
    size_t n;
};

static struct trace *t;

static int setup(void **state)
{
    (void)state;
    t = calloc(1, sizeof(*t));
    return lk_loop_new(&t->loop);
}

static int teardown(void **state)
{
    (void)state;
    lk_loop_free(t->loop);
    free(t);
    return 0;
}

static int64_t fired_at[LK_LOOP_TIMER_MAX];

static void note_time(void *arg, int64_t now_us)
{
    fired_at[t->n++] = *(int64_t *)arg;
    (void)now_us;
}

/* Timers set, moved and cleared at random fire in order of their times. */
static void test_timers_in_order(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    int64_t at[LK_LOOP_TIMER_MAX];
    int64_t base = lk_clock_us();
    for (size_t i = 0; i < LK_LOOP_TIMER_MAX; i++)
        assert_int_equal(lk_timer_new(t->loop, note_time, &at[i], &t->timer[i]),
                         0);
    struct lk_timer *none = NULL;
    assert_int_equal(lk_timer_new(t->loop, note_time, NULL, &none), -ENOSPC);
    bool set[LK_LOOP_TIMER_MAX] = {false};
    for (int i = 0; i < 5000; i++) {
        size_t k = test_random(&seed) % LK_LOOP_TIMER_MAX;
        set[k] = test_random(&seed) % 3 != 0;
        if (set[k]) {
            at[k] = base - 1 - (int64_t)(test_random(&seed) % 100000);
            lk_timer_set(t->timer[k], at[k]);
        } else {
            lk_timer_clear(t->timer[k]);
        }
    }
    assert_int_equal(lk_loop_step(t->loop, 0), 0);
    size_t want = 0;
    for (size_t k = 0; k < LK_LOOP_TIMER_MAX; k++)
        want += set[k] ? 1 : 0;
    assert_int_equal(t->n, want);
    for (size_t i = 1; i < t->n; i++)
        assert_true(fired_at[i - 1] <= fired_at[i]);
    for (size_t k = 0; k < LK_LOOP_TIMER_MAX; k++)
        lk_timer_free(t->timer[k]);
}

static void again(void *arg, int64_t now_us)
{
    (void)arg;
    t->n++;
    lk_timer_set(t->timer[0], now_us); /* at once, for ever */
}

static void readable(void *arg, int fd, short events)
{
    char c;
    (void)arg;
    (void)events;
    assert_int_equal(read(fd, &c, 1), 1);
    lk_loop_stop(t->loop, 7);
}

static void test_a_busy_timer_starves_nobody(void **state)
{
    (void)state;
    int p[2];
    struct lk_watch *w = NULL;
    assert_int_equal(pipe(p), 0);
    assert_int_equal(lk_watch_new(t->loop, p[0], POLLIN, readable, NULL, &w),
                     0);
    assert_int_equal(lk_timer_new(t->loop, again, NULL, &t->timer[0]), 0);
    lk_timer_set(t->timer[0], 0);
    assert_int_equal(write(p[1], "x", 1), 1);
    assert_int_equal(lk_loop_run(t->loop), 7);
    assert_true(t->n >= 1);
    lk_timer_free(t->timer[0]);
    lk_watch_free(w);
    close(p[0]);
    close(p[1]);
}

static struct lk_watch *pair[2];

static void free_both(void *arg, int fd, short events)
{
    (void)arg;
    (void)fd;
    (void)events;
    t->n++;
    pair[0] = lk_watch_free(pair[0]);
    pair[1] = lk_watch_free(pair[1]);
}

/* Whichever of two ready watches runs first frees both: the other is silent. */
static void test_free_inside_a_callback(void **state)
{
    (void)state;
    int p[2];
    assert_int_equal(pipe(p), 0);
    assert_int_equal(write(p[1], "x", 1), 1);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            lk_watch_new(t->loop, p[0], POLLIN, free_both, NULL, &pair[i]), 0);
    assert_int_equal(lk_loop_step(t->loop, 0), 0);
    assert_int_equal(lk_loop_step(t->loop, 0), 0);
    assert_int_equal(t->n, 1);
    close(p[0]);
    close(p[1]);
}

static void deferred(void *arg)
{
    t->order[t->n++] = *(int *)arg;
}

static void test_deferred_in_order(void **state)
{
    (void)state;
    static int number[LK_LOOP_DEFER_MAX];
    for (int i = 0; i < LK_LOOP_DEFER_MAX; i++) {
        number[i] = i;
        assert_int_equal(lk_loop_defer(t->loop, deferred, &number[i]), 0);
    }
    assert_int_equal(lk_loop_defer(t->loop, deferred, &number[0]), -ENOSPC);
    assert_int_equal(lk_loop_step(t->loop, -1), 0); /* does not wait */
    assert_int_equal(t->n, LK_LOOP_DEFER_MAX);
    for (int i = 0; i < LK_LOOP_DEFER_MAX; i++)
        assert_int_equal(t->order[i], i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_timers_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_busy_timer_starves_nobody, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_free_inside_a_callback, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_deferred_in_order, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "testing.h"

#include "base/clock.h"
#include "loop/glib.h"

#include <glib.h>
#include <unistd.h>

static struct lk_loop *loop;
static unsigned ticks;
static bool got;

static gboolean on_tick(gpointer arg)
{
    (void)arg;
    return ++ticks < 3 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean on_input(GIOChannel *ch, GIOCondition c, gpointer arg)
{
    (void)ch;
    (void)c;
    (void)arg;
    got = true;
    return G_SOURCE_REMOVE;
}

static void on_timer(void *arg, int64_t now_us)
{
    (void)now_us;
    if (got && ticks == 3)
        lk_loop_stop(loop, 1);
    else
        lk_timer_set_in(*(struct lk_timer **)arg, 1000);
}

/* GLib's timers and descriptors and ours run in the same loop. */
static void test_rides_along(void **state)
{
    (void)state;
    struct lk_loop_glib *g = NULL;
    struct lk_timer *timer = NULL;
    int p[2];
    assert_int_equal(pipe(p), 0);
    assert_int_equal(lk_loop_new(&loop), 0);
    assert_int_equal(lk_loop_glib_new(loop, &g), 0);
    GSource *tick = g_timeout_source_new(2);
    g_source_set_callback(tick, on_tick, NULL, NULL);
    g_source_attach(tick, lk_loop_glib_context(g));
    g_source_unref(tick);
    GIOChannel *ch = g_io_channel_unix_new(p[0]);
    GSource *in = g_io_create_watch(ch, G_IO_IN);
    g_source_set_callback(in, G_SOURCE_FUNC(on_input), NULL, NULL);
    g_source_attach(in, lk_loop_glib_context(g));
    assert_int_equal(write(p[1], "x", 1), 1);
    assert_int_equal(lk_timer_new(loop, on_timer, &timer, &timer), 0);
    lk_timer_set_in(timer, 0);
    assert_int_equal(lk_loop_run(loop), 1);
    g_source_unref(in);
    g_io_channel_unref(ch);
    lk_timer_free(timer);
    lk_loop_glib_free(g);
    lk_loop_free(loop);
    close(p[0]);
    close(p[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rides_along)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

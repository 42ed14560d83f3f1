/* Every allocation of ours fails once: said, nothing leaks, nothing is given.
 */
#include "oom.h"

#include "net_pair.h"

static struct pair pair;

static void nothing(void *arg)
{
    (void)arg;
}

static void no_event(void *arg, enum rtc_net_event event)
{
    (void)arg;
    (void)event;
}

static void no_candidate(void *arg, const char *text)
{
    (void)arg;
    (void)text;
}

static const struct rtc_net_events events = {
    .event = no_event, .candidate = no_candidate, .packet = nothing};

static int make_net(void)
{
    const struct rtc_net_config config = {0};
    struct rtc_net *net = NULL;
    int r = rtc_net_new(pair.loop, lk_loop_glib_context(pair.glib), &config,
                        &events, NULL, &net);
    long left = oom_left;
    oom_left = -1;
    assert_int_equal(net == NULL, r < 0);
    rtc_net_free(net);
    oom_left = left;
    return r;
}

/* A channel asked for before there is an association waits in memory. */
static int make_channel(void)
{
    const struct rtc_net_config config = {0};
    struct rtc_sctp_params p = {.label = "ctl"};
    struct rtc_net *net = NULL;
    long left = oom_left;
    oom_left = -1;
    assert_int_equal(rtc_net_new(pair.loop, lk_loop_glib_context(pair.glib),
                                 &config, &events, NULL, &net),
                     0);
    oom_left = left;
    int r = rtc_net_channel_open(net, &p);
    oom_left = -1;
    rtc_net_free(net);
    return r;
}

static void test_new(void **state)
{
    int r;
    (void)state;
    pair_setup(&pair);
    OOM_SWEEP(r, make_net());
    assert_int_equal(r, 0);
    OOM_SWEEP(r, make_channel());
    pair_teardown(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_new)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

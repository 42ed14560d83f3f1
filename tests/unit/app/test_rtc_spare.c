/* How fast busy channels may send beside the picture, on ways that are made up
 * here: a queue before a narrow place, and a way back. */
#include "testing.h"

#include "app/rtc_spare.h"

#define SECOND INT64_C(1000000)
#define TICK_US INT64_C(5000)
#define SHARE 1000000

struct way {
    int bps;           /* what it carries of the channels */
    int64_t rtt_us;    /* without a queue */
    int top_to;        /* the picture is content up to so much beside it */
    int64_t queue;     /* bits that stand */
    int64_t worst_us;  /* the longest queue that stood */
    int64_t sent, out; /* bits, ever */
    int64_t late[256]; /* what came out, tick by tick: acknowledged later */
    int64_t acked;
    unsigned tick;
    int64_t stall_us; /* the far end says nothing until then */
};

static int64_t now_us;

static void pass(struct way *y, struct rtc_spare *s, bool busy)
{
    unsigned lag = (unsigned)(y->rtt_us / TICK_US);
    int64_t in = busy ? s->bps * TICK_US / SECOND : 0;
    int64_t out = LK_MIN(y->queue + in, y->bps * TICK_US / SECOND);
    y->queue += in - out;
    y->sent += in;
    y->out += out;
    y->late[y->tick % LK_ARRAY_LEN(y->late)] = y->out;
    if (y->tick >= lag && now_us >= y->stall_us)
        y->acked = y->late[(y->tick - lag) % LK_ARRAY_LEN(y->late)];
    y->tick++;
    y->worst_us = LK_MAX(y->worst_us, y->queue * SECOND / y->bps);
}

/* `us` of a channel that always has more to send. */
static void run(struct way *y, struct rtc_spare *s, bool busy, int64_t us)
{
    for (int64_t end = now_us + us; now_us < end; now_us += TICK_US) {
        const struct rtc_spare_way w = {.busy = busy,
                                        .share_bps = SHARE,
                                        .top = s->bps <= y->top_to,
                                        .sent_bytes = (uint64_t)y->sent / 8,
                                        .flight_bytes =
                                            (uint64_t)(y->sent - y->acked) / 8,
                                        .rtt_us = y->rtt_us};
        rtc_spare_try(s, &w, now_us);
        pass(y, s, busy);
    }
}

static int setup(void **state)
{
    (void)state;
    now_us = 5 * SECOND;
    return 0;
}

/* On a wide way a page of 600 KB is through within half a second. */
static void test_grows(void **state)
{
    struct rtc_spare s = {0};
    struct way y = {
        .bps = 1000000000, .rtt_us = 5000, .top_to = RTC_SPARE_MAX_BPS};
    (void)state;
    run(&y, &s, true, SECOND / 2);
    assert_true(y.out > 8 * 600000);
    assert_int_equal(s.bps, RTC_SPARE_MAX_BPS);
}

/* A narrow place is found, whatever the way's length; what stands before it is
 * short, and what goes through is most of what it carries. */
static void test_finds_the_limit(void **state)
{
    static const struct {
        int bps;
        int64_t rtt_us;
    } t[] = {{2000000, 10000},  {3000000, 50000},   {8500000, 10000},
             {8500000, 100000}, {20000000, 200000}, {50000000, 20000}};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++) {
        struct rtc_spare s = {0};
        struct way y = {.bps = t[i].bps,
                        .rtt_us = t[i].rtt_us,
                        .top_to = RTC_SPARE_MAX_BPS};
        run(&y, &s, true, 20 * SECOND);
        print_message("%d kbit/s, %d ms: %d %% used, %d ms of queue\n",
                      t[i].bps / 1000, (int)(t[i].rtt_us / 1000),
                      (int)(y.out * 100 / (20LL * t[i].bps)),
                      (int)(y.worst_us / 1000));
        assert_true(y.out > 20LL * t[i].bps / 2);
        assert_true(y.worst_us <
                    2 * (RTC_SPARE_QUEUE_US + RTC_SPARE_LOOK_MIN_US) +
                        4 * t[i].rtt_us);
    }
}

/* Nothing is tried on a way that the picture fills. */
static void test_of_none(void **state)
{
    struct rtc_spare s = {0};
    struct way y = {.bps = 10000000, .rtt_us = 20000, .top_to = -1};
    (void)state;
    run(&y, &s, true, 10 * SECOND);
    assert_int_equal(s.bps, 0);
}

/* The picture needs the way: the channels have half, no sooner less again, and
 * at last the share; and do not try as much again for a while. */
static void test_gives_way(void **state)
{
    struct rtc_spare s = {0};
    struct way y = {
        .bps = 1000000000, .rtt_us = 5000, .top_to = RTC_SPARE_MAX_BPS};
    (void)state;
    run(&y, &s, true, SECOND);
    y.top_to = 3000000;
    run(&y, &s, true, TICK_US);
    assert_int_equal(s.bps, RTC_SPARE_MAX_BPS / 2);
    run(&y, &s, true, RTC_SPARE_HALVES_US - TICK_US);
    assert_int_equal(s.bps, RTC_SPARE_MAX_BPS / 2);
    run(&y, &s, true, 4 * RTC_SPARE_HALVES_US);
    assert_true(s.bps <= 3000000);
    y.worst_us = 0;
    for (int i = 0; i < 100; i++) {
        run(&y, &s, true, SECOND / 10);
        assert_true(s.bps <= 4000000);
    }
}

/* A far end that is busy for a moment costs a part for a moment. */
static void test_stall(void **state)
{
    struct rtc_spare s = {0};
    struct way y = {
        .bps = 30000000, .rtt_us = 5000, .top_to = RTC_SPARE_MAX_BPS};
    (void)state;
    run(&y, &s, true, 3 * SECOND);
    y.stall_us = now_us + SECOND / 10;
    int64_t was = y.out;
    run(&y, &s, true, 3 * SECOND);
    assert_true(y.out - was > 3LL * 30000000 / 2);
}

/* Rests when nothing is to be sent, begins with the share again. */
static void test_rests(void **state)
{
    struct rtc_spare s = {0};
    struct way y = {
        .bps = 1000000000, .rtt_us = 5000, .top_to = RTC_SPARE_MAX_BPS};
    (void)state;
    run(&y, &s, true, SECOND);
    run(&y, &s, false, RTC_SPARE_REST_US / 2);
    assert_true(s.bps > SHARE);
    run(&y, &s, false, RTC_SPARE_REST_US);
    assert_int_equal(s.bps, 0);
    run(&y, &s, true, TICK_US);
    assert_true(s.bps >= SHARE && s.bps < 8 * SHARE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_grows, setup),
        cmocka_unit_test_setup(test_finds_the_limit, setup),
        cmocka_unit_test_setup(test_of_none, setup),
        cmocka_unit_test_setup(test_gives_way, setup),
        cmocka_unit_test_setup(test_stall, setup),
        cmocka_unit_test_setup(test_rests, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* How much luukkud may send on a data channel, and how fast. */
#include "testing.h"

#include "app/rtc_room.h"
#include "ipc/rtcmsg.h"

#define SECOND INT64_C(1000000)
#define CHUNK 16384

static struct rtc_room room;
static uint64_t known; /* by luukkud */
static int64_t now_us;

static int setup(void **state)
{
    (void)state;
    now_us = 5 * SECOND;
    rtc_room_begin(&room, now_us);
    known = room.told;
    return 0;
}

static void tick(int bps, size_t waiting)
{
    now_us += RTC_ROOM_TICK_US;
    if (rtc_room_grow(&room, bps, waiting, now_us))
        known = room.told;
}

/* Sends chunks as long as there is room; returns how many. */
static unsigned fill(void)
{
    unsigned n = 0;
    while (known - room.taken >= CHUNK) {
        assert_true(rtc_room_take(&room, CHUNK, now_us));
        n++;
    }
    return n;
}

static int64_t time_for(unsigned chunks, int bps)
{
    int64_t began = now_us;
    unsigned sent = fill();
    while (sent < chunks) {
        tick(bps, 0);
        sent += fill();
        assert_true(now_us - began < 600 * SECOND);
    }
    return now_us - began;
}

/* 1 MiB takes the time that its share takes, whatever the way carries. */
static void test_pace(void **state)
{
    static const int bps[] = {2000000, 600000, 200000, RTC_ROOM_MIN_BPS,
                              RTC_ROOM_MAX_BPS};
    for (size_t i = 0; i < LK_ARRAY_LEN(bps); i++) {
        setup(state);
        int64_t bits = INT64_C(8) * (64 * CHUNK - (int64_t)RTC_ROOM_WINDOW);
        int64_t due = bits * SECOND / bps[i];
        int64_t took = time_for(64, bps[i]);
        assert_true(took >= due - due / 8 && took <= due + due / 4);
    }
}

static void test_share(void **state)
{
    (void)state;
    assert_int_equal(rtc_room_share(1000000), 500000);
    assert_int_equal(rtc_room_share(0), RTC_ROOM_MIN_BPS);
    assert_int_equal(rtc_room_share(INT32_MAX), RTC_ROOM_MAX_BPS);
}

/* What SCTP does not take is not added to. */
static void test_waits_for_sctp(void **state)
{
    (void)state;
    (void)fill();
    uint64_t was = room.given;
    for (int i = 0; i < 100; i++)
        tick(2000000, 1);
    assert_true(room.given == was);
    assert_int_equal(fill(), 0);
    /* The time of waiting is not made good in one burst. */
    tick(2000000, 0);
    assert_true(room.given - was <= 2 * RTC_ROOM_TICK_US);
}

/* Who sends more than there is room for is found out. */
static void test_greedy(void **state)
{
    (void)state;
    (void)fill();
    assert_false(rtc_room_take(&room, CHUNK, now_us));
    uint64_t taken = room.taken;
    assert_false(rtc_room_take(&room, SIZE_MAX, now_us));
    assert_true(room.taken == taken);
}

/* Typing: never out of room, seldom a message about it, never busy. */
static void test_typing(void **state)
{
    unsigned told = 0;
    (void)state;
    for (int i = 0; i < 2000; i++) {
        uint64_t was = known;
        assert_true(known - room.taken >= CHUNK);
        assert_true(rtc_room_take(&room, 60, now_us));
        for (int t = 0; t < 2; t++)
            tick(300000, 0);
        told += known != was;
        assert_false(room.busy);
    }
    assert_true(told < 100);
}

static void test_busy(void **state)
{
    (void)state;
    (void)fill();
    tick(2000000, 0);
    assert_true(room.busy);
    for (int i = 0; i < 200; i++)
        tick(2000000, 0);
    assert_false(room.busy);
    assert_false(rtc_room_wants(&room));
    assert_true(known - room.taken >= 2 * CHUNK);
}

/* Short messages cost enough that the queues between hold them all. */
static void test_short_messages(void **state)
{
    unsigned n = 0;
    (void)state;
    while (rtc_room_take(&room, 1, now_us))
        n++;
    assert_true(n < 256);
}

/* ---- beside the picture ---- */

static void try_for(struct rtc_spare *s, int bps, bool top, int64_t us)
{
    for (int64_t end = now_us + us; now_us < end; now_us += RTC_ROOM_TICK_US)
        rtc_spare_try(s, bps, top, now_us);
}

/* From the channel's share to the most within a few seconds. */
static void test_spare_grows(void **state)
{
    struct rtc_spare s = {0};
    int before = 0;
    (void)state;
    for (int i = 0; i < 200; i++) {
        try_for(&s, 1800000, true, RTC_ROOM_TICK_US);
        assert_true(s.bps >= before && s.bps <= RTC_ROOM_MAX_BPS);
        assert_true(i > 0 || s.bps < 2 * rtc_room_share(1800000));
        before = s.bps;
    }
    assert_int_equal(s.bps, RTC_ROOM_MAX_BPS);
}

/* Nothing is tried on a way that the picture fills. */
static void test_spare_of_none(void **state)
{
    struct rtc_spare s = {0};
    (void)state;
    try_for(&s, 700000, false, 10 * SECOND);
    assert_int_equal(s.bps, 0);
}

/* A way of 3 Mbit/s for the channel: it is found, and not tried for again and
 * again. */
static void test_spare_finds_the_limit(void **state)
{
    struct rtc_spare s = {0};
    int64_t full_us = 0;
    int64_t sent = 0;
    (void)state;
    for (int i = 0; i < 1500; i++) {
        bool top = s.bps <= 3000000;
        full_us += top ? 0 : RTC_ROOM_TICK_US;
        try_for(&s, 2000000, top, RTC_ROOM_TICK_US);
        sent += s.bps;
    }
    assert_true(full_us < SECOND / 5);
    assert_true(sent / 1500 > 2000000);
}

/* It gives way at once, by half, and no sooner again; at last it has its share
 * with the picture. */
static void test_spare_gives_way(void **state)
{
    struct rtc_spare s = {0};
    (void)state;
    try_for(&s, 2000000, true, 10 * SECOND);
    for (int bps = RTC_ROOM_MAX_BPS / 2; bps >= 1000000; bps /= 2) {
        rtc_spare_try(&s, 2000000, false, now_us);
        assert_int_equal(s.bps, bps);
        try_for(&s, 2000000, false, RTC_SPARE_HALVES_US - RTC_ROOM_TICK_US);
        assert_int_equal(s.bps, bps);
        now_us += RTC_ROOM_TICK_US;
    }
    rtc_spare_try(&s, 2000000, false, now_us);
    assert_int_equal(s.bps, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_pace, setup),
        cmocka_unit_test_setup(test_share, setup),
        cmocka_unit_test_setup(test_waits_for_sctp, setup),
        cmocka_unit_test_setup(test_greedy, setup),
        cmocka_unit_test_setup(test_typing, setup),
        cmocka_unit_test_setup(test_busy, setup),
        cmocka_unit_test_setup(test_short_messages, setup),
        cmocka_unit_test_setup(test_spare_grows, setup),
        cmocka_unit_test_setup(test_spare_of_none, setup),
        cmocka_unit_test_setup(test_spare_finds_the_limit, setup),
        cmocka_unit_test_setup(test_spare_gives_way, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "rtc/wire/twcc.h"

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int read_back(const struct lk_writer *w, struct rtc_twcc_reader *ret)
{
    struct lk_reader r = lk_reader(w->data, w->len);
    struct rtc_rtcp p;
    assert_int_equal(w->len % 4, 0);
    assert_int_equal(rtc_rtcp_next(&r, &p), 1);
    assert_int_equal(p.kind, RTC_RTCP_TWCC);
    assert_int_equal(r.left, 0);
    return rtc_twcc_read(p.body, p.len, ret);
}

static int64_t floor_to(int64_t v, int64_t unit)
{
    return v / unit * unit;
}

/* Writes, reads back, compares what was covered. */
static size_t round_trip(const int64_t *arrivals, size_t count, size_t cap)
{
    uint8_t b[1500];
    struct lk_writer w = lk_writer(b, cap);
    const struct rtc_twcc_report rep = {.ssrc = 1,
                                        .media = 2,
                                        .report = 3,
                                        .base_seq = 65500,
                                        .arrivals_us = arrivals,
                                        .count = count};
    int n = rtc_twcc_write(&w, &rep);
    if (n < 0)
        return 0;
    assert_true(n > 0 && (size_t)n <= count && w.len <= cap);
    struct rtc_twcc_reader r;
    assert_int_equal(read_back(&w, &r), 0);
    assert_int_equal(r.count, n);
    struct rtc_twcc_item item;
    for (int i = 0; i < n; i++) {
        assert_true(rtc_twcc_next(&r, &item));
        assert_int_equal(item.seq, (uint16_t)(65500 + i));
        if (arrivals[i] == RTC_TWCC_LOST)
            assert_true(item.arrival_us == RTC_TWCC_LOST);
        else
            assert_true(item.arrival_us ==
                        floor_to(arrivals[i], RTC_TWCC_TICK_US));
    }
    assert_false(rtc_twcc_next(&r, &item));
    return (size_t)n;
}

static void test_property(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    static int64_t arrivals[1400];
    for (int round = 0; round < 2000; round++) {
        size_t count = 1 + (size_t)rand_r(&seed) % LK_ARRAY_LEN(arrivals);
        unsigned loss = (unsigned)rand_r(&seed) % 100;
        int64_t t = rand_r(&seed) % 1000000;
        size_t cap = 24 + (size_t)rand_r(&seed) % 1400;
        for (size_t i = 0; i < count; i++) {
            t += rand_r(&seed) % (rand_r(&seed) % 20 ? 3000 : 300000);
            bool lost = (unsigned)rand_r(&seed) % 100 < loss;
            int64_t jitter = rand_r(&seed) % 8 ? 0 : rand_r(&seed) % 20000;
            arrivals[i] = lost ? RTC_TWCC_LOST : t + jitter;
        }
        size_t n = round_trip(arrivals, count, cap);
        if (arrivals[0] != RTC_TWCC_LOST && cap >= 40)
            assert_true(n > 0);
    }
}

static void test_limits(void **state)
{
    (void)state;
    static int64_t a[2000];
    for (size_t i = 0; i < LK_ARRAY_LEN(a); i++)
        a[i] = (int64_t)i * 100;
    assert_int_equal(round_trip(a, 2000, 1500), RTC_TWCC_WRITE_MAX);
    a[3] += 9000000; /* no 16-bit delta reaches that far */
    assert_int_equal(round_trip(a, 10, 1500), 3);
    assert_int_equal(round_trip(a, 10, 20), 0);
    a[0] = RTC_TWCC_LOST;
    assert_int_equal(round_trip(a, 1, 1500), 0);
}

static void test_bad(void **state)
{
    (void)state;
    /* base 1, then count, reference 0, report 0, chunks and deltas */
    static const struct {
        uint8_t b[16];
        size_t len;
        int want;
    } cases[] = {
        {{0}, 0, -EBADMSG},
        {{0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, 10, -EBADMSG},    /* of nothing */
        {{0, 1, 0, 1, 0, 0, 0, 0}, 8, -EBADMSG},           /* no chunk */
        {{0, 1, 0, 1, 0, 0, 0, 0, 0x20, 1}, 10, -EBADMSG}, /* no delta */
        {{0, 1, 0, 1, 0, 0, 0, 0, 0x20, 1, 9}, 11, 0},
        {{0, 1, 0, 1, 0, 0, 0, 0, 0x20, 0, 9}, 11, -EBADMSG}, /* empty run */
        {{0, 1, 0, 1, 0, 0, 0, 0, 0x60, 1, 9}, 11, -EBADMSG}, /* symbol 3 */
        {{0, 1, 0, 2, 0, 0, 0, 0, 0x20, 1, 9}, 11, -EBADMSG}, /* too few */
        {{0, 1, 0, 14, 0, 0, 0, 0, 0xa0, 1, 9, 8}, 12, 0},    /* one-bit */
        {{0, 1, 0, 14, 0, 0, 0, 0, 0xa0, 1, 9}, 11, -EBADMSG},
        {{0, 1, 0xff, 0xff, 0, 0, 0, 0, 0x1f, 0xff}, 10, -EMSGSIZE},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct rtc_twcc_reader r;
        assert_int_equal(rtc_twcc_read(cases[i].b, cases[i].len, &r),
                         cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_property),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "testing.h"

#include "app/rtc_first.h"

#include <stdlib.h>

/* A frame whose content is its number. */
static struct media_packets *frame(enum media_kind kind, bool key, size_t n)
{
    struct media_packets *p = calloc(1, sizeof(*p));
    assert_non_null(p);
    p->kind = kind;
    p->keyframe = key;
    p->count = n;
    return p;
}

static void expect_next(struct rtc_first *f, size_t n)
{
    struct media_packets *p = rtc_first_next(f);
    assert_non_null(p);
    assert_int_equal(p->count, n);
    media_packets_free(p);
}

/* From the key frame on, in order, pictures only. */
static void test_keeps_what_can_be_decoded(void **state)
{
    (void)state;
    struct rtc_first f = {0};
    assert_false(rtc_first_end(&f)); /* nothing began */
    for (int call = 0; call < 3; call++) {
        rtc_first_begin(&f);
        assert_true(f.holds && f.due);
        assert_true(rtc_first_keep(&f, frame(MEDIA_VIDEO, false, 1)));
        assert_true(rtc_first_keep(&f, frame(MEDIA_AUDIO, false, 2)));
        assert_true(rtc_first_keep(&f, frame(MEDIA_VIDEO, true, 3)));
        assert_true(rtc_first_keep(&f, frame(MEDIA_AUDIO, false, 4)));
        assert_true(rtc_first_keep(&f, frame(MEDIA_VIDEO, false, 5)));
        assert_true(rtc_first_end(&f));
        assert_false(f.holds);
        expect_next(&f, 3);
        expect_next(&f, 5);
        assert_null(rtc_first_next(&f));
    }
}

/* A handshake that takes long: all is dropped, and said once. */
static void test_is_bounded(void **state)
{
    (void)state;
    struct rtc_first f = {0};
    rtc_first_begin(&f);
    for (size_t i = 0; i < RTC_FIRST_FRAMES; i++)
        assert_true(rtc_first_keep(&f, frame(MEDIA_VIDEO, i == 0, i)));
    assert_false(rtc_first_keep(&f, frame(MEDIA_VIDEO, false, 9)));
    assert_false(f.holds || f.due);
    assert_null(rtc_first_next(&f));
    assert_false(rtc_first_end(&f));
}

static void test_drops(void **state)
{
    (void)state;
    struct rtc_first f = {0};
    rtc_first_begin(&f);
    assert_true(rtc_first_keep(&f, frame(MEDIA_VIDEO, true, 1)));
    rtc_first_begin(&f); /* another connection */
    assert_true(rtc_first_keep(&f, frame(MEDIA_VIDEO, true, 2)));
    rtc_first_drop(&f);
    rtc_first_drop(&f);
    assert_false(rtc_first_end(&f));
    assert_null(rtc_first_next(&f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_what_can_be_decoded),
        cmocka_unit_test(test_is_bounded),
        cmocka_unit_test(test_drops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

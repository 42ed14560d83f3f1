/* Whether somebody speaks at the far end, from how loud it is. */
#include "testing.h"

#include "app/rtc_voice.h"

#include <math.h>

#define LOUD 0.1
#define QUIET 0.001
#define SECOND INT64_C(1000000)

static void test_looks(void **state)
{
    static const struct {
        const char *what;
        double level;
        int64_t at_us;
        bool changed;
        bool up;
    } table[] = {
        {"silence", 0, 1 * SECOND, false, false},
        {"a click", LOUD, 2 * SECOND, false, false},
        {"is over", QUIET, 2 * SECOND + 200000, false, false},
        {"a word", LOUD, 3 * SECOND, false, false},
        {"goes on", LOUD, 3 * SECOND + 200000, true, true},
        {"still", LOUD, 3 * SECOND + 400000, false, true},
        {"a breath", QUIET, 3 * SECOND + 600000, false, true},
        {"almost a pause", QUIET, 4 * SECOND + 199999, false, true},
        {"one loud look", LOUD, 4 * SECOND + 199999, false, true},
        {"begins it anew", QUIET, 4 * SECOND + 999998, false, true},
        {"a pause", QUIET, 4 * SECOND + 999999, true, false},
        {"at the bound", RTC_VOICE_LEVEL, 6 * SECOND, false, false},
        {"it is silence", RTC_VOICE_LEVEL, 7 * SECOND, false, false},
        {"no number", NAN, 8 * SECOND, false, false},
        {"nor twice", NAN, 9 * SECOND, false, false},
    };
    struct rtc_voice v = {0};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        if (rtc_voice_look(&v, table[i].level, table[i].at_us) !=
            table[i].changed)
            fail_msg("%s: wrong change", table[i].what);
        if (v.up != table[i].up)
            fail_msg("%s: wrong state", table[i].what);
    }
}

/* Whatever comes: speech begins on a loud look, ends on a quiet one that is
 * a pause away from the last loud one, and a change is told as one. */
static void test_any_levels(void **state)
{
    uint64_t seed = test_seed();
    struct rtc_voice v = {0};
    int64_t loud_us = -SECOND;
    int64_t now_us = 0;
    bool up = false;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint64_t x = test_random(&seed);
        double level = (x >> 8) % 3 ? QUIET : LOUD;
        now_us += (int64_t)(x % 400000);
        bool changed = rtc_voice_look(&v, level, now_us);
        assert_int_equal(changed, v.up != up);
        if (changed && v.up)
            assert_true(level > RTC_VOICE_LEVEL);
        if (changed && !v.up)
            assert_true(now_us - loud_us >= RTC_VOICE_PAUSE_US);
        if (level > RTC_VOICE_LEVEL)
            loud_us = now_us;
        up = v.up;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_any_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

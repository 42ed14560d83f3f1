#include "testing.h"

#include "media/tone.h"

#include <math.h>

#define RATE 48000
#define BLOCK 960

static struct media_tone tone;

static void play(double hz, double loud, double noise, int64_t *now_us)
{
    uint64_t seed = 7;
    memset(&tone, 0, sizeof(tone));
    for (int at = 0; at < RATE / 2; at += BLOCK) {
        int16_t s[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            double n = (double)(test_random(&seed) % 2001) / 1000 - 1;
            double v = loud * sin(2 * 3.14159265358979 * hz * (at + i) / RATE);
            s[i] = (int16_t)(32767 * (v + noise * n));
        }
        *now_us += 20000;
        media_tone_add(&tone, s, BLOCK, *now_us);
    }
}

static void test_measures(void **state)
{
    (void)state;
    static const struct {
        double hz, loud, noise, want, within;
    } cases[] = {
        {440, 0.1, 0, 440, 0.5},    {440, 0.1, 0.01, 440, 2},
        {1000, 0.5, 0.02, 1000, 3}, {100, 0.02, 0, 100, 0.5},
        {2500, 0.1, 0, 2500, 3},    {440, 0.0001, 0, 0, 0},
        {440, 0, 0, 0, 0},          {440, 0, 0.3, 0, 0},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        int64_t now = 1000000;
        double hz, level;
        play(cases[i].hz, cases[i].loud, cases[i].noise, &now);
        media_tone_measure(&tone, now, &hz, &level);
        print_message("%.0f Hz at %.4f: %.2f Hz, level %.4f\n", cases[i].hz,
                      cases[i].loud, hz, level);
        assert_true(fabs(hz - cases[i].want) <= cases[i].within);
    }
}

static void test_old_sound_is_silence(void **state)
{
    (void)state;
    int64_t now = 1000000;
    double hz, level;
    play(440, 0.1, 0, &now);
    media_tone_measure(&tone, now + MEDIA_TONE_STALE_US + 1, &hz, &level);
    assert_true(hz == 0 && level == 0);
    /* After a gap it is heard only once there is enough again. */
    int16_t s[BLOCK] = {0};
    media_tone_add(&tone, s, BLOCK, now + 1000000);
    media_tone_measure(&tone, now + 1000000, &hz, &level);
    assert_true(hz == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measures),
        cmocka_unit_test(test_old_sound_is_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Rates, ceilings, fades. */
#include "testing.h"

#include "base/defs.h"
#include "speech/pcm.h"

#include <math.h>
#include <stdlib.h>

#define CEILING 16384

static size_t resample(uint32_t rate_hz, double tone_hz, size_t n, int16_t *ret)
{
    struct speech_resampler r = {.rate_hz = rate_hz};
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        double v = 10000 * sin(2 * M_PI * tone_hz * (double)i / rate_hz);
        len += speech_resample(&r, (int16_t)v, ret + len);
    }
    return len;
}

/* Length and pitch are kept, and a tone stays one. */
static void test_rates(void **state)
{
    (void)state;
    static int16_t out[SPEECH_RATE_HZ + 64];
    static const uint32_t rates[] = {8000, 16000, 22050, 44100, 48000};
    for (size_t k = 0; k < LK_ARRAY_LEN(rates); k++) {
        size_t n = resample(rates[k], 500, rates[k], out);
        assert_true(abs((int)n - SPEECH_RATE_HZ) <= 8);
        int crossings = 0;
        double power = 0;
        for (size_t i = 1; i < n; i++) {
            crossings += out[i - 1] < 0 && out[i] >= 0;
            power += (double)out[i] * out[i];
        }
        assert_true(abs(crossings - 500) <= 1);
        double rms = sqrt(power / (double)n);
        assert_true(fabs(rms - 10000 / sqrt(2)) < 100);
    }
}

/* Whatever comes, nothing is beyond the ceiling; what is below it stays. */
static void test_ceiling(void **state)
{
    (void)state;
    struct speech_limiter l = {0};
    for (int i = 0; i < 1000; i++)
        assert_int_equal(speech_limit(&l, i % 2 ? 9000 : -9000, CEILING),
                         i % 2 ? 9000 : -9000);
    static const int32_t loud[] = {16385, 32767, 65534, -65536, 1 << 20};
    for (size_t k = 0; k < LK_ARRAY_LEN(loud); k++)
        for (int i = 0; i < 500; i++)
            assert_true(abs(speech_limit(&l, loud[k], CEILING)) <= CEILING);
}

/* It lets go again, within half a second. */
static void test_release(void **state)
{
    (void)state;
    struct speech_limiter l = {0};
    (void)speech_limit(&l, 60000, CEILING);
    assert_true(speech_limit(&l, 10000, CEILING) < 5000);
    for (int i = 0; i < SPEECH_RATE_HZ; i++)
        (void)speech_limit(&l, 100, CEILING);
    assert_true(speech_limit(&l, 10000, CEILING) > 9900);
}

static void test_fade(void **state)
{
    (void)state;
    int16_t s[240];
    for (size_t i = 0; i < LK_ARRAY_LEN(s); i++)
        s[i] = 12000;
    speech_fade_out(s, LK_ARRAY_LEN(s));
    for (size_t i = 1; i < LK_ARRAY_LEN(s); i++)
        assert_true(s[i] <= s[i - 1] && s[i] >= 0);
    assert_true(s[239] < 100);
    speech_fade_out(s, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_release),
        cmocka_unit_test(test_fade),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

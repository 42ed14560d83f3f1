#include "testing.h"

#include "media/adapt.h"

static void test_size_follows_rate(void **state)
{
    (void)state;
    struct media_adapt a = {.full = {640, 480}, .fps = 30};
    static const struct {
        int bps, at_s, width, height;
    } steps[] = {
        {1500000, 0, 640, 480}, {400000, 1, 640, 480},  {150000, 2, 480, 360},
        {60000, 3, 320, 240},   {30000, 4, 320, 240}, /* not below 256 x 144 */
        {400000, 5, 320, 240},                        /* patience */
        {400000, 8, 320, 240},  {400000, 10, 480, 360}, {400000, 11, 480, 360},
        {400000, 16, 640, 480},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(steps); i++) {
        struct media_size s = media_adapt_size(
            &a, steps[i].bps, (int64_t)steps[i].at_s * 1000000);
        assert_int_equal(s.width, steps[i].width);
        assert_int_equal(s.height, steps[i].height);
    }
}

/* Whatever the rate does, the size is one of ours, and a steady rate does not
 * make it swing. */
static void test_size_properties(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    struct media_adapt a = {.full = {1280, 720}, .fps = 30};
    int64_t now = 0;
    for (int i = 0; i < 2000; i++) {
        int bps = (int)(50000 + test_random(&seed) % 3000000);
        int changes = 0, last = 0;
        for (int k = 0; k < 100; k++) {
            now += 1000000;
            struct media_size s = media_adapt_size(&a, bps, now);
            assert_true(s.width >= 256 && s.width <= 1280);
            assert_true(s.height >= 144 && s.height <= 720);
            assert_true(s.width % 4 == 0 && s.height % 4 == 0);
            changes += last != 0 && last != s.width;
            last = s.width;
        }
        assert_true(changes <= 4);
    }
}

static void test_latency(void **state)
{
    (void)state;
    assert_int_equal(media_adapt_latency(40, 0), 30);
    assert_int_equal(media_adapt_latency(20, 0), 20);
    assert_int_equal(media_adapt_latency(40, 10000), 60);
    assert_int_equal(media_adapt_latency(60, 10000), 60);
    assert_int_equal(media_adapt_latency(60, 1000000), 200);
    int ms = 200;
    for (int i = 0; i < 100; i++)
        ms = media_adapt_latency(ms, 2000);
    assert_true(ms <= 50 && ms >= 20);
}

static void test_delay(void **state)
{
    (void)state;
    int64_t d = 0;
    for (int i = 0; i < 100; i++)
        d = media_adapt_delay(d, 40000);
    assert_int_equal(d, 0); /* nobody notices */
    for (int i = 0; i < 100; i++)
        d = media_adapt_delay(d, 100000);
    assert_int_equal(d, 55000);
    for (int i = 0; i < 100; i++)
        d = media_adapt_delay(d, 100000000);
    assert_int_equal(d, MEDIA_DELAY_MAX_US);
    for (int i = 0; i < 100; i++)
        d = media_adapt_delay(d, -100000);
    assert_int_equal(d, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size_follows_rate),
        cmocka_unit_test(test_size_properties),
        cmocka_unit_test(test_latency),
        cmocka_unit_test(test_delay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

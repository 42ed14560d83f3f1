#include "testing.h"

#include "camera/mode.h"

#include <errno.h>

#define M(f, w, h, fps)          \
    {                            \
        CAMERA_##f, w, h, 1, fps \
    }
#define MODES_MAX 8

/* What a camera offers (up to the first without a format), what is wished for,
 * and which is chosen. */
static const struct {
    const char *what;
    struct camera_mode modes[MODES_MAX];
    struct camera_wish wish;
    int chosen;
} cases[] = {
    {"both formats will do: MJPEG",
     {M(YUYV, 640, 480, 30), M(MJPEG, 640, 480, 30)},
     {640, 480, 30, false},
     1},
    {"MJPEG is too slow: YUYV",
     {M(MJPEG, 640, 480, 15), M(YUYV, 640, 480, 30)},
     {640, 480, 30, false},
     1},
    {"YUYV is too slow at that size",
     {M(YUYV, 1280, 720, 10), M(YUYV, 640, 480, 30), M(MJPEG, 1280, 720, 30)},
     {1280, 720, 30, false},
     2},
    {"rather smaller than slow",
     {M(YUYV, 1280, 720, 10), M(YUYV, 640, 480, 30)},
     {1280, 720, 30, false},
     1},
    {"rather larger than smaller",
     {M(MJPEG, 320, 240, 30), M(MJPEG, 1920, 1080, 30)},
     {640, 480, 30, false},
     1},
    {"the least that is large enough, of the same shape",
     {M(MJPEG, 1280, 720, 30), M(MJPEG, 1280, 960, 30),
      M(MJPEG, 1600, 1200, 30), M(YUYV, 800, 600, 20)},
     {640, 480, 30, false},
     1},
    {"the largest of too small ones",
     {M(MJPEG, 320, 240, 30), M(MJPEG, 640, 480, 30), M(MJPEG, 160, 120, 30)},
     {1280, 960, 30, false},
     1},
    {"all are too slow: the right size still",
     {M(YUYV, 320, 240, 15), M(YUYV, 640, 480, 5)},
     {640, 480, 30, false},
     1},
    {"a paper: as large as can be",
     {M(YUYV, 640, 480, 30), M(MJPEG, 3264, 2448, 5), M(MJPEG, 1280, 720, 30)},
     {4096, 4096, 1, true},
     1},
    {"only JPEG will do",
     {M(YUYV, 640, 480, 30), M(NV12, 640, 480, 30)},
     {640, 480, 30, true},
     -ENOENT},
    {"unknown formats, odd and impossible sizes",
     {{CAMERA_FOURCC('H', '2', '6', '4'), 640, 480, 1, 30},
      M(YUYV, 641, 480, 30),
      M(YUYV, 8, 8, 30),
      M(YUYV, 0, 0, 30),
      M(MJPEG, 20000, 480, 30),
      M(I420, 640, 480, 30)},
     {640, 480, 30, false},
     5},
    {"one that does not say how fast it is counts as slow",
     {{CAMERA_MJPEG, 640, 480, 0, 0}, M(YUYV, 640, 480, 30)},
     {640, 480, 30, false},
     1},
    {"rates that are fractions",
     {{CAMERA_MJPEG, 640, 480, 1001, 30000}, M(YUYV, 640, 480, 30)},
     {640, 480, 30, false},
     1},
    {"nothing at all", {{0, 0, 0, 0, 0}}, {640, 480, 30, false}, -ENOENT},
};

static void chooses(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        size_t count = 0;
        while (count < MODES_MAX && cases[i].modes[count].format)
            count++;
        print_message("%s\n", cases[i].what);
        assert_int_equal(
            camera_mode_choose(cases[i].modes, count, &cases[i].wish),
            cases[i].chosen);
    }
}

static bool as_good(const struct camera_mode *a, const struct camera_mode *b,
                    const struct camera_wish *w)
{
    return camera_mode_reaches(a, w->fps) || !camera_mode_reaches(b, w->fps);
}

/* Whatever is offered: the choice is one of it, no other is fast enough where
 * it is not, and the order in which they are told does not matter. */
static void any_offer(void **state)
{
    (void)state;
    static const uint32_t formats[] = {CAMERA_MJPEG, CAMERA_YUYV, CAMERA_NV12,
                                       0x31323334};
    uint64_t seed = test_seed();
    for (int round = 0; round < 2000; round++) {
        struct camera_mode m[16], turned[16];
        const struct camera_wish w = {(uint32_t)(test_random(&seed) % 2000),
                                      (uint32_t)(test_random(&seed) % 2000),
                                      (uint32_t)(test_random(&seed) % 60),
                                      test_random(&seed) % 4 == 0};
        size_t n = test_random(&seed) % 16;
        for (size_t i = 0; i < n; i++) {
            m[i].format = formats[test_random(&seed) % 4];
            m[i].width_px = (uint32_t)(test_random(&seed) % 9000);
            m[i].height_px = (uint32_t)(test_random(&seed) % 9000);
            m[i].interval_num = (uint32_t)(test_random(&seed) % 3);
            m[i].interval_den = (uint32_t)(test_random(&seed) % 61);
            turned[n - 1 - i] = m[i];
        }
        int at = camera_mode_choose(m, n, &w);
        int other = camera_mode_choose(turned, n, &w);
        assert_int_equal(at < 0, other < 0);
        if (at < 0)
            continue;
        assert_true((size_t)at < n && m[at].format != formats[3]);
        assert_true(as_good(&m[at], &turned[other], &w) &&
                    as_good(&turned[other], &m[at], &w));
    }
}

static void sizes(void **state)
{
    (void)state;
    static const struct {
        struct camera_mode mode;
        size_t bytes;
    } want[] = {{M(MJPEG, 640, 480, 30), 0},
                {M(YUYV, 640, 480, 30), 614400},
                {M(NV12, 640, 480, 30), 460800},
                {M(I420, 640, 480, 30), 460800}};
    for (size_t i = 0; i < LK_ARRAY_LEN(want); i++)
        assert_int_equal(camera_mode_bytes(&want[i].mode), want[i].bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chooses),
                                       cmocka_unit_test(any_offer),
                                       cmocka_unit_test(sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

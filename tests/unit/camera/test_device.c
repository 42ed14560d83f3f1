#include "camera_fake.h"
#include "oom.h"

#include <linux/videodev2.h>
#include <unistd.h>

static const struct camera_wish vga = {640, 480, 30, false};

static struct camera *open_fake(struct camera_fake *f)
{
    struct camera *c;
    assert_int_equal(camera_open(dup(f->fd), &f->io, &c), 0);
    return c;
}

static void opens(void **state)
{
    (void)state;
    struct camera_fake f;
    camera_fake_init(&f);
    f.card = "Cam\n\xff\"1";
    struct camera *c = open_fake(&f);
    assert_string_equal(camera_card(c), "Cam??\"1");
    assert_false(camera_shut(c));
    assert_false(camera_events(c));
    assert_null(camera_free(c));
    assert_null(camera_free(NULL));
    camera_fake_finish(&f);
}

static void refuses_what_is_no_camera(void **state)
{
    (void)state;
    static const struct {
        uint32_t capabilities;
        bool gone;
        int want;
    } cases[] = {
        {V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING, false, -ENOTSUP},
        {V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING, false, -ENOTSUP},
        {V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_READWRITE, false, -ENOTSUP},
        {0, true, -ENODEV},
    };
    struct camera *c = NULL;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct camera_fake f;
        camera_fake_init(&f);
        f.capabilities = cases[i].capabilities;
        f.gone = cases[i].gone;
        assert_int_equal(camera_open(dup(f.fd), &f.io, &c), cases[i].want);
        assert_null(c);
        camera_fake_finish(&f);
    }
    /* The kernel's own answers. */
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(camera_open(fds[0], NULL, &c), -ENODEV);
    close(fds[1]);
    assert_int_equal(camera_open(-1, NULL, &c), -ENODEV);
}

static void enumerates(void **state)
{
    (void)state;
    static struct camera_mode m[CAMERA_MODES_MAX];
    struct camera_fake f;
    camera_fake_init(&f);
    camera_fake_mode(&f, CAMERA_YUYV, 640, 480, 30);
    camera_fake_mode(&f, CAMERA_MJPEG, 1280, 720, 25);
    camera_fake_mode(&f, CAMERA_YUYV, 320, 240, 0);
    struct camera *c = open_fake(&f);
    assert_int_equal(camera_modes(c, &vga, m), 3);
    assert_int_equal(m[0].format, CAMERA_YUYV);
    assert_int_equal(m[1].width_px, 320);
    assert_int_equal(m[1].interval_den, 0);
    assert_int_equal(m[2].format, CAMERA_MJPEG);
    assert_int_equal(m[2].interval_den, 25);
    camera_free(c);
    camera_fake_finish(&f);
}

/* Sizes on a grid: the one that is wished for, brought onto it. */
static void enumerates_ranges(void **state)
{
    (void)state;
    static const struct {
        struct camera_wish wish;
        uint32_t width, height;
    } cases[] = {{{640, 480, 30, false}, 640, 480},
                 {{647, 483, 30, false}, 640, 480},
                 {{4000, 4000, 30, false}, 1920, 1080},
                 {{1, 0, 30, false}, 16, 16}};
    static struct camera_mode m[CAMERA_MODES_MAX];
    struct camera_fake f;
    camera_fake_init(&f);
    f.stepwise = true;
    camera_fake_mode(&f, CAMERA_YUYV, 1920, 1080, 30);
    struct camera *c = open_fake(&f);
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        assert_int_equal(camera_modes(c, &cases[i].wish, m), 1);
        assert_int_equal(m[0].width_px, cases[i].width);
        assert_int_equal(m[0].height_px, cases[i].height);
        assert_int_equal(m[0].interval_den, 30);
    }
    camera_free(c);
    camera_fake_finish(&f);
}

/* A camera that never ends its lists. */
static void stops_enumerating(void **state)
{
    (void)state;
    static struct camera_mode m[CAMERA_MODES_MAX];
    struct camera_fake f;
    camera_fake_init(&f);
    for (uint32_t i = 0; i < CAMERA_FAKE_MODES; i++)
        camera_fake_mode(&f, CAMERA_YUYV + i % 7, 16 + i, 16 + i, 30);
    struct camera *c = open_fake(&f);
    assert_int_equal(camera_modes(c, &vga, m), CAMERA_MODES_MAX);
    camera_free(c);
    camera_fake_finish(&f);
    camera_fake_init(&f);
    for (uint32_t i = 0; i < 100; i++)
        camera_fake_mode(&f, CAMERA_YUYV, 16 + i, 16 + i, 30);
    c = open_fake(&f);
    assert_int_equal(camera_modes(c, &vga, m), 64);
    camera_free(c);
    camera_fake_finish(&f);
}

static void put_control(struct camera_fake *f, enum camera_control which,
                        int32_t min, int32_t max, int32_t step, int32_t normal)
{
    f->control[which].there = true;
    f->control[which].min = min;
    f->control[which].max = max;
    f->control[which].step = step;
    f->control[which].normal = normal;
}

static void sets_controls(void **state)
{
    (void)state;
    static const struct {
        int32_t value, want;
    } cases[] = {{100, 100}, {104, 100},      {105, 105},
                 {7, 10},    {-5, 10},        {999, 500},
                 {500, 500}, {INT32_MIN, 10}, {INT32_MAX, 500}};
    struct camera_fake f;
    struct camera_range range;
    int32_t v;
    camera_fake_init(&f);
    put_control(&f, CAMERA_ZOOM, 10, 500, 5, 100);
    put_control(&f, CAMERA_FOCUS, 0, 10, 0, 0);
    put_control(&f, CAMERA_PRIVACY, 0, 1, 1, 0);
    f.control[CAMERA_PRIVACY].read_only = true;
    put_control(&f, CAMERA_EXPOSURE, 5, 1, 1, 1); /* nonsense */
    struct camera *c = open_fake(&f);
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        assert_int_equal(camera_control_set(c, CAMERA_ZOOM, cases[i].value), 0);
        assert_int_equal(camera_control_get(c, CAMERA_ZOOM, &v), 0);
        assert_int_equal(v, cases[i].want);
    }
    assert_int_equal(camera_control_range(c, CAMERA_FOCUS, &range), 0);
    assert_int_equal(range.step, 1);
    assert_int_equal(camera_control_set(c, CAMERA_PRIVACY, 0), -EACCES);
    assert_int_equal(camera_control_set(c, CAMERA_EXPOSURE, 1), -ENOENT);
    assert_int_equal(camera_control_get(c, CAMERA_FOCUS_AUTO, &v), -ENOENT);
    f.control[CAMERA_ZOOM].error = -EBUSY;
    assert_int_equal(camera_control_set(c, CAMERA_ZOOM, 20), -EACCES);
    f.control[CAMERA_ZOOM].error = -EIO;
    assert_int_equal(camera_control_set(c, CAMERA_ZOOM, 20), -EIO);
    f.gone = true;
    assert_int_equal(camera_control_set(c, CAMERA_ZOOM, 20), -ENODEV);
    assert_int_equal(camera_control_get(c, CAMERA_ZOOM, &v), -ENODEV);
    camera_free(c);
    camera_fake_finish(&f);
}

static void prepares(void **state)
{
    (void)state;
    struct camera_fake f;
    struct camera_settings s = {.power_line_hz = 50, .zoom = -1};
    camera_fake_init(&f);
    put_control(&f, CAMERA_EXPOSURE_PRIORITY, 0, 1, 1, 0);
    put_control(&f, CAMERA_EXPOSURE_AUTO, 0, 3, 1, 3);
    put_control(&f, CAMERA_FOCUS_AUTO, 0, 1, 1, 1);
    put_control(&f, CAMERA_POWER_LINE, 0, 2, 1, 0);
    put_control(&f, CAMERA_ZOOM, 100, 400, 1, 100);
    f.control[CAMERA_EXPOSURE_AUTO].menu = true;
    f.control[CAMERA_POWER_LINE].menu = true;
    f.control[CAMERA_EXPOSURE_PRIORITY].value = 1;
    f.control[CAMERA_ZOOM].value = 333; /* left by somebody */
    struct camera *c = open_fake(&f);
    camera_prepare(c, &s);
    assert_int_equal(f.control[CAMERA_EXPOSURE_PRIORITY].value, 0);
    assert_int_equal(f.control[CAMERA_EXPOSURE_AUTO].value,
                     V4L2_EXPOSURE_APERTURE_PRIORITY);
    assert_int_equal(f.control[CAMERA_FOCUS_AUTO].value, 1);
    assert_int_equal(f.control[CAMERA_POWER_LINE].value, 1);
    assert_int_equal(f.control[CAMERA_ZOOM].value, 100);
    s.power_line_hz = 60;
    s.zoom = 150;
    camera_prepare(c, &s);
    assert_int_equal(f.control[CAMERA_POWER_LINE].value, 2);
    assert_int_equal(f.control[CAMERA_ZOOM].value, 150);
    camera_free(c);
    camera_fake_finish(&f);
    /* With none of them nothing happens. */
    camera_fake_init(&f);
    c = open_fake(&f);
    camera_prepare(c, &s);
    camera_free(c);
    camera_fake_finish(&f);
}

static void follows_the_shutter(void **state)
{
    (void)state;
    struct camera_fake f;
    camera_fake_init(&f);
    put_control(&f, CAMERA_PRIVACY, 0, 1, 1, 0);
    f.control[CAMERA_PRIVACY].value = 1;
    struct camera *c = open_fake(&f);
    assert_true(camera_shut(c));
    assert_false(camera_events(c));
    f.shutter[0] = 0;
    f.shutters = 1;
    assert_true(camera_events(c));
    assert_false(camera_shut(c));
    /* Moved to and fro: nothing to tell. */
    f.shutter[0] = 1;
    f.shutter[1] = 0;
    f.shutters = 2;
    assert_false(camera_events(c));
    camera_free(c);
    camera_fake_finish(&f);
}

static int try_open(struct camera_fake *f)
{
    struct camera *c = NULL;
    int r = camera_open(dup(f->fd), &f->io, &c);
    camera_free(c);
    return r;
}

static void without_memory(void **state)
{
    (void)state;
    struct camera_fake f;
    int r;
    camera_fake_init(&f);
    OOM_SWEEP(r, try_open(&f));
    camera_fake_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens),
        cmocka_unit_test(refuses_what_is_no_camera),
        cmocka_unit_test(enumerates),
        cmocka_unit_test(enumerates_ranges),
        cmocka_unit_test(stops_enumerating),
        cmocka_unit_test(sets_controls),
        cmocka_unit_test(prepares),
        cmocka_unit_test(follows_the_shutter),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

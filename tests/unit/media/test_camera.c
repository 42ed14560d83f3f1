#include "testing.h"

#include "base/clock.h"
#include "media/camera.h"
#include "media/element.h"
#include "media/vsend.h"

#include "camera_fake.h"

#include <errno.h>
#include <fcntl.h>
#include <libyuv.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#define PATIENCE_US 20000000

static atomic_int sent;

static void packets(void *arg, struct media_packets *p)
{
    (void)arg;
    atomic_fetch_add(&sent, 1);
    media_packets_free(p);
}

static void ignore(void *arg)
{
    (void)arg;
}

static const struct media_callbacks callbacks = {.packets = packets,
                                                 .keyframe_wanted = ignore};

static struct media_vsend *vsend_make(void)
{
    struct media_vsend *v;
    struct media_config c = {.width_px = 640,
                             .height_px = 480,
                             .fps = 30,
                             .start_bps = 800000,
                             .self_view_px = 320};
    assert_int_equal(media_vsend_new(&c, &callbacks, &v), 0);
    media_vsend_caption(v, MEDIA_CAPTION_NO_CAMERA, "Ei kameraa");
    media_vsend_capture(v, true, 0);
    return v;
}

/* Mean brightness and colour of the self-view. */
static void look(struct media_vsend *v, double *ret_y, double *ret_u)
{
    struct lk_ring *r;
    struct lk_ring_picture p;
    int mem, wake;
    lk_ring_fds(media_vsend_ring(v), &mem, &wake);
    assert_int_equal(lk_ring_open(dup(mem), dup(wake), &r), 0);
    int64_t end = lk_clock_us() + PATIENCE_US;
    struct pollfd f = {.fd = wake, .events = POLLIN};
    while (lk_ring_acquire(r, &p) != 1) {
        assert_true(lk_clock_us() < end);
        poll(&f, 1, 100);
    }
    size_t stride = p.stride / 2;
    double y = 0, u = 0;
    for (uint32_t j = 0; j < p.height_px; j++)
        for (uint32_t i = 0; i < p.width_px; i++)
            y += p.plane[0][(size_t)j * p.stride + i];
    for (uint32_t j = 0; j < p.height_px / 2; j++)
        for (uint32_t i = 0; i < p.width_px / 2; i++)
            u += p.plane[1][j * stride + i];
    *ret_y = y / p.width_px / p.height_px;
    *ret_u = u * 4 / p.width_px / p.height_px;
    lk_ring_free(r);
}

/* Full blue, in some format. */
struct blue {
    struct camera_fake fake;
    uint8_t *bytes;
};

static void fill(uint8_t *p, size_t len, const uint8_t *pattern, size_t period)
{
    for (size_t i = 0; i < len; i++)
        p[i] = pattern[i % period];
}

/* What videotestsrc and jpegenc make of it: a JPEG that others wrote. */
static size_t blue_jpeg(uint8_t *p, size_t cap, uint32_t width, uint32_t height)
{
    char path[] = "/tmp/luukku-blue-XXXXXX", words[300];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    snprintf(words, sizeof(words),
             "videotestsrc num-buffers=1 pattern=blue ! "
             "video/x-raw,format=Y42B,width=%u,height=%u ! jpegenc ! "
             "filesink location=%s",
             width, height, path);
    GstElement *e = gst_parse_launch(words, NULL);
    assert_non_null(e);
    gst_element_set_state(e, GST_STATE_PLAYING);
    GstBus *bus = gst_element_get_bus(e);
    gst_message_unref(gst_bus_timed_pop_filtered(
        bus, 10 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    gst_object_unref(bus);
    gst_element_set_state(e, GST_STATE_NULL);
    gst_object_unref(e);
    ssize_t n = pread(fd, p, cap, 0);
    close(fd);
    unlink(path);
    assert_true(n > 100);
    return (size_t)n;
}

static void blue_init(struct blue *b, uint32_t format, uint32_t width,
                      uint32_t height)
{
    static const uint8_t yuyv[] = {41, 240, 41, 110};
    const struct camera_mode m = {
        .format = format, .width_px = width, .height_px = height};
    size_t pixels = (size_t)width * height, len = camera_mode_bytes(&m);
    camera_fake_init(&b->fake);
    camera_fake_mode(&b->fake, format, width, height, 30);
    b->bytes = calloc(1, pixels * 2);
    assert_non_null(b->bytes);
    fill(b->bytes, len, yuyv, format == CAMERA_YUYV ? 4 : 1);
    if (format == CAMERA_NV12)
        fill(b->bytes + pixels, pixels / 2, (const uint8_t[]){240, 110}, 2);
    if (format == CAMERA_I420) {
        memset(b->bytes + pixels, 240, pixels / 4);
        memset(b->bytes + pixels + pixels / 4, 110, pixels / 4);
    }
    if (format == CAMERA_MJPEG)
        len = blue_jpeg(b->bytes, pixels * 2, width, height);
    b->fake.picture = b->bytes;
    b->fake.picture_len = len;
}

static void blue_finish(struct blue *b)
{
    camera_fake_finish(&b->fake);
    free(b->bytes);
}

static struct media_camera_config config_of(struct blue *b,
                                            struct media_vsend *v)
{
    return (struct media_camera_config){.fd = b->fake.fd,
                                        .io = &b->fake.io,
                                        .width = 640,
                                        .height = 480,
                                        .fps = 30,
                                        .frame = media_vsend_camera_frame,
                                        .shut = media_vsend_camera_shut,
                                        .lost = media_vsend_camera_lost,
                                        .arg = v};
}

static void wait_alive(struct media_vsend *v, bool want)
{
    int64_t end = lk_clock_us() + PATIENCE_US;
    while (media_vsend_camera_lives(v) != want) {
        assert_true(lk_clock_us() < end);
        poll(NULL, 0, 10);
    }
}

/* Each format arrives in its colours; another size is fitted. When the source
 * ends, the still picture takes over. */
static void test_formats(void **state)
{
    (void)state;
    static const struct {
        uint32_t format, width, height;
    } cases[] = {
        {CAMERA_I420, 640, 480},  {CAMERA_NV12, 640, 480},
        {CAMERA_YUYV, 640, 480},  {CAMERA_YUYV, 1280, 720},
        {CAMERA_MJPEG, 640, 480}, {CAMERA_MJPEG, 800, 600},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        double y, u;
        struct media_camera *c;
        struct blue b;
        struct media_vsend *v = vsend_make();
        blue_init(&b, cases[i].format, cases[i].width, cases[i].height);
        b.fake.pictures = 40;
        const struct media_camera_config config = config_of(&b, v);
        look(v, &y, &u);
        assert_true(u < 140); /* the still picture */
        assert_int_equal(media_camera_new(&config, &c), 0);
        wait_alive(v, true);
        poll(NULL, 0, 100);
        look(v, &y, &u);
        assert_true(y < 60 && u > 200);
        wait_alive(v, false);
        media_camera_free(c);
        poll(NULL, 0, 100);
        look(v, &y, &u);
        assert_true(u < 140);
        media_vsend_free(v);
        blue_finish(&b);
    }
}

/* With its shutter closed a camera gives black pictures: a still one says so.
 */
static void test_shutter(void **state)
{
    (void)state;
    double y, u;
    struct media_camera *c;
    struct blue b;
    struct media_vsend *v = vsend_make();
    blue_init(&b, CAMERA_YUYV, 640, 480);
    b.fake.control[CAMERA_PRIVACY].there = true;
    b.fake.control[CAMERA_PRIVACY].value = 1;
    const struct media_camera_config config = config_of(&b, v);
    assert_int_equal(media_camera_new(&config, &c), 0);
    wait_alive(v, true);
    poll(NULL, 0, 400);
    assert_true(media_vsend_camera_is_shut(v));
    look(v, &y, &u);
    assert_true(u < 140);
    media_vsend_camera_shut(v, false);
    poll(NULL, 0, 200);
    look(v, &y, &u);
    assert_true(u > 200);
    media_camera_free(c);
    media_vsend_free(v);
    blue_finish(&b);
}

/* A camera that is being started is not called missing, unless it takes too
 * long or somebody waits for a picture. At rest nothing of it is left. */
static void test_start_and_rest(void **state)
{
    (void)state;
    struct media_stats s;
    double y, u;
    struct media_camera *c;
    struct media_vsend *v = vsend_make();
    struct blue b;
    blue_init(&b, CAMERA_I420, 640, 480);
    const struct media_camera_config config = config_of(&b, v);
    media_vsend_capture(v, false, 0);
    media_vsend_capture(v, true, PATIENCE_US);
    poll(NULL, 0, 100);
    media_vsend_stats(v, &s);
    uint64_t before = s.frames_captured;
    poll(NULL, 0, 600); /* a still one comes every 250 ms */
    media_vsend_stats(v, &s);
    assert_int_equal(s.frames_captured, before);
    assert_int_equal(media_camera_new(&config, &c), 0);
    wait_alive(v, true);
    poll(NULL, 0, 100);
    look(v, &y, &u);
    assert_true(y < 60 && u > 200);
    media_camera_free(c);
    media_vsend_capture(v, false, 0);
    poll(NULL, 0, 100);
    look(v, &y, &u);
    assert_true(u < 140);
    /* Not waited for where somebody is in a call. */
    media_vsend_capture(v, true, PATIENCE_US);
    media_vsend_open(v, true);
    int sent_before = atomic_load(&sent);
    int64_t end = lk_clock_us() + PATIENCE_US;
    while (atomic_load(&sent) == sent_before) {
        assert_true(lk_clock_us() < end);
        poll(NULL, 0, 10);
    }
    media_vsend_free(v);
    blue_finish(&b);
}

static void test_broken_pictures(void **state)
{
    (void)state;
    struct media_vsend *v = vsend_make();
    static const struct {
        size_t len;
        int width, height;
        uint32_t fourcc;
    } cases[] = {{100, 640, 480, FOURCC_YUY2}, {100, 0, 0, FOURCC_I420},
                 {100, -2, 480, FOURCC_I420},  {100, 5000, 480, FOURCC_NV12},
                 {100, 640, 480, FOURCC_MJPG}, {3, 641, 480, FOURCC_MJPG},
                 {614400, 640, 480, 0}};
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        GstBuffer *b = gst_buffer_new_allocate(NULL, cases[i].len, NULL);
        gst_buffer_memset(b, 0, 0xd8, cases[i].len);
        media_vsend_camera_frame(v, b, cases[i].width, cases[i].height,
                                 cases[i].fourcc);
        poll(NULL, 0, 20);
    }
    wait_alive(v, false);
    media_vsend_free(v);
}

static void test_no_such_camera(void **state)
{
    (void)state;
    struct media_camera *c = NULL;
    static const char *const paths[] = {"/dev/null", "/nonexistent", ""};
    for (size_t i = 0; i < LK_ARRAY_LEN(paths); i++) {
        LK_AUTO_FD fd = open(paths[i], O_RDWR | O_CLOEXEC);
        const struct media_camera_config config = {
            .fd = fd, .width = 640, .height = 480, .fps = 30};
        assert_int_equal(media_camera_new(&config, &c), -ENODEV);
        assert_null(c);
    }
    assert_int_equal(media_camera_fourcc(CAMERA_FOURCC('H', '2', '6', '4')), 0);
    assert_int_equal(media_camera_fourcc(CAMERA_MJPEG), FOURCC_MJPG);
    assert_null(media_camera_free(NULL));
    struct media_probe p;
    media_probe(&p);
    print_message("source %d, sink %d\n", p.source, p.sink);
}

/* The transport is ours: GStreamer's own is neither used nor loaded. */
static void test_factories(void **state)
{
    (void)state;
    static const char *const never[] = {"webrtcbin", "rtpbin",  "nicesrc",
                                        "nicesink",  "dtlsenc", "dtlsdec",
                                        "srtpenc",   "srtpdec", "dtlssrtpenc"};
    static const char *const not_loaded[] = {"webrtcbin", "nicesrc", "nicesink",
                                             "dtlsenc", "srtpenc"};
    for (size_t i = 0; i < LK_ARRAY_LEN(never); i++) {
        for (const char *const *f = media_factories(); *f; f++)
            assert_string_not_equal(*f, never[i]);
        assert_null(media_element_new(never[i]));
    }
    for (size_t i = 0; i < LK_ARRAY_LEN(not_loaded); i++)
        assert_null(gst_element_factory_find(not_loaded[i]));
    for (const char *const *f = media_factories(); *f; f++) {
        GstElement *e = media_element_new(*f);
        if (!e)
            fail_msg("%s cannot be made", *f);
        gst_object_ref_sink(e);
        gst_object_unref(e);
    }
}

/* The sources of these tests need plug-ins that the product does not load. */
static int setup(void **state)
{
    (void)state;
    static const char *const plugins[] = {"videotestsrc", "jpeg"};
    int r = media_init();
    for (size_t i = 0; r == 0 && i < LK_ARRAY_LEN(plugins); i++) {
        char path[300];
        snprintf(path, sizeof(path), "%s/libgst%s.so", TEST_PLUGIN_DIR,
                 plugins[i]);
        GstPlugin *p = gst_plugin_load_file(path, NULL);
        r = p ? 0 : -ENOENT;
        if (p)
            gst_object_unref(p);
    }
    return r;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_factories),
        cmocka_unit_test(test_no_such_camera),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_shutter),
        cmocka_unit_test(test_start_and_rest),
        cmocka_unit_test(test_broken_pictures),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}

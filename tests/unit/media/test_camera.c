#include "testing.h"

#include "base/clock.h"
#include "media/camera.h"
#include "media/device.h"
#include "media/element.h"
#include "media/vsend.h"

#include <errno.h>
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

static GstElement *link_new(GstElement *bin, GstElement *after,
                            const char *factory)
{
    GstElement *e = gst_element_factory_make(factory, NULL);
    assert_non_null(e);
    assert_true(gst_bin_add(GST_BIN(bin), e));
    if (after)
        assert_true(gst_element_link(after, e));
    return e;
}

/* A source that stands for a camera: full blue in some format. */
static GstElement *source(const char *caps, bool jpeg, int pictures)
{
    GstElement *bin = gst_bin_new(NULL);
    GstElement *e = link_new(bin, NULL, "videotestsrc");
    g_object_set(e, "is-live", TRUE, "num-buffers", pictures, NULL);
    gst_util_set_object_arg(G_OBJECT(e), "pattern", "blue");
    e = link_new(bin, e, "capsfilter");
    GstCaps *c = gst_caps_from_string(caps);
    g_object_set(e, "caps", c, NULL);
    gst_caps_unref(c);
    if (jpeg)
        e = link_new(bin, e, "jpegenc");
    GstPad *pad = gst_element_get_static_pad(e, "src");
    gst_element_add_pad(bin, gst_ghost_pad_new("src", pad));
    gst_object_unref(pad);
    return bin;
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
        const char *caps;
        bool jpeg;
    } cases[] = {
        {"video/x-raw,format=I420,width=640,height=480,framerate=30/1", false},
        {"video/x-raw,format=NV12,width=640,height=480,framerate=30/1", false},
        {"video/x-raw,format=YUY2,width=640,height=480,framerate=30/1", false},
        {"video/x-raw,format=YUY2,width=1280,height=720,framerate=30/1", false},
        {"video/x-raw,format=I420,width=640,height=480,framerate=30/1", true},
        {"video/x-raw,format=Y42B,width=800,height=600,framerate=30/1", true},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        double y, u;
        struct media_camera *c;
        struct media_vsend *v = vsend_make();
        print_message("%s%s\n", cases[i].caps, cases[i].jpeg ? " JPEG" : "");
        const struct media_camera_config config = {
            .source = source(cases[i].caps, cases[i].jpeg, 20),
            .frame = media_vsend_camera_frame,
            .lost = media_vsend_camera_lost,
            .arg = v};
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
    }
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
    const struct media_camera_config config = {
        .source = source(
            "video/x-raw,format=I420,width=640,height=480,framerate=30/1",
            false, -1),
        .frame = media_vsend_camera_frame,
        .lost = media_vsend_camera_lost,
        .arg = v};
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
        const struct media_camera_config config = {
            .path = paths[i], .width = 640, .height = 480, .fps = 30};
        assert_int_equal(media_camera_new(&config, &c), -ENODEV);
        assert_null(c);
    }
    assert_int_equal(media_device_fourcc("video/x-raw", "RGB"), 0);
    assert_int_equal(media_device_fourcc("video/x-raw", NULL), 0);
    assert_int_equal(media_device_fourcc("image/jpeg", NULL), FOURCC_MJPG);
    assert_null(media_camera_free(NULL));
    struct media_probe p;
    media_probe(&p);
    print_message("camera \"%s\" \"%s\", source %d, sink %d\n", p.camera_path,
                  p.camera_name, p.source, p.sink);
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
        cmocka_unit_test(test_start_and_rest),
        cmocka_unit_test(test_broken_pictures),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}

#include "rig.h"

#include "ipc/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

static struct rig rig;

static bool good_30(struct rig *r)
{
    return r->stats.stamps_good >= 30 && fabs(r->stats.tone_hz - 440) < 2;
}

static void test_config(void **state)
{
    (void)state;
    const struct media_callbacks none = {0};
    struct media *m = NULL;
    struct lk_loop *loop;
    assert_int_equal(lk_loop_new(&loop), 0);
    struct media_config c = rig_config();
    assert_int_equal(media_new(&c, &none, loop, &m), -EINVAL);
    static const struct {
        int width, height, fps, bps, tone, self;
    } bad[] = {
        {641, 480, 30, 500000, 440, 320}, {318, 240, 30, 500000, 440, 0},
        {1282, 720, 30, 500000, 440, 0},  {640, 722, 30, 500000, 440, 0},
        {640, 480, 31, 500000, 440, 0},   {640, 480, 9, 500000, 440, 0},
        {640, 480, 30, 1000, 440, 0},     {640, 480, 30, 9000000, 440, 0},
        {640, 480, 30, 500000, 10, 0},    {640, 480, 30, 500000, 440, 63},
        {640, 480, 30, 500000, 440, 642}};
    rig.media = NULL;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        c = rig_config();
        c.width_px = bad[i].width;
        c.height_px = bad[i].height;
        c.fps = bad[i].fps;
        c.start_bps = bad[i].bps;
        c.tone_hz = bad[i].tone;
        c.self_view_px = bad[i].self;
        const struct media_callbacks cb = {
            .packets = (void (*)(void *, struct media_packets *))(void *)abort,
            .keyframe_wanted = (void (*)(void *))(void *)abort};
        assert_int_equal(media_new(&c, &cb, loop, &m), -EINVAL);
        assert_null(m);
    }
    lk_loop_free(loop);
    assert_null(media_free(NULL));
    assert_null(media_packets_free(NULL));
}

static void look_at_rings(struct rig *r)
{
    struct lk_ring *self;
    struct lk_ring_picture p;
    int mem, wake, self_mem, self_wake;
    media_rings(r->media, &mem, &wake, &self_mem, &self_wake);
    assert_int_equal(lk_ring_open(dup(self_mem), dup(self_wake), &self), 0);
    assert_int_equal(lk_ring_acquire(self, &p), 1);
    assert_int_equal(p.width_px, 320);
    assert_int_equal(p.height_px, 240);
    lk_ring_free(self);
}

static void test_picture_and_sound(void **state)
{
    (void)state;
    struct media_config c = rig_config();
    struct media_devices d;
    rig_start(&rig, &c);
    /* Nothing leaves before it is opened, and nothing is taken. */
    rig_run(&rig, 200);
    assert_int_equal(rig.stats.frames_sent, 0);
    assert_int_equal(rig.stats.audio_packets_sent, 0);
    assert_true(rig.stats.frames_captured > 0);
    assert_int_equal(
        media_receive_rtp(rig.media, MEDIA_VIDEO, (const uint8_t *)"x", 1),
        -ESHUTDOWN);
    media_open(rig.media, true);
    rig_until(&rig, good_30);
    assert_true(atomic_load(&rig.first_is_key));
    assert_int_equal(rig.stats.stamps_bad, 0);
    assert_int_equal(rig.stats.width_px, 640);
    assert_int_equal(rig.stats.height_px, 480);
    assert_true(rig.stats.last_picture_us > 0);
    assert_int_equal(rig.stats.packets_refused, 0);
    look_at_rings(&rig);
    media_devices(rig.media, &d);
    assert_int_equal(d.camera, MEDIA_DEVICE_SIMULATED);
    assert_int_equal(d.microphone, MEDIA_DEVICE_SIMULATED);
    assert_int_equal(d.loudspeaker, MEDIA_DEVICE_SIMULATED);
    print_message("stamp to decoded: p50 %.1f ms, p95 %.1f ms\n",
                  rig.stats.latency_p50_ms, rig.stats.latency_p95_ms);
    /* Closed again, nothing more comes. */
    media_open(rig.media, false);
    rig_run(&rig, 100);
    uint64_t sent = rig.stats.frames_sent;
    rig_run(&rig, 300);
    assert_int_equal(rig.stats.frames_sent, sent);
    rig_stop(&rig);
}

static uint64_t decoded_before;

static bool three_more(struct rig *r)
{
    return r->stats.frames_decoded >= decoded_before + 3;
}

static void assert_devices(enum media_device camera, enum media_device sound)
{
    struct media_devices d;
    media_devices(rig.media, &d);
    assert_int_equal(d.camera, camera);
    assert_int_equal(d.microphone, sound);
}

/* Threads besides those that are there at rest. */
static int rest_threads;

static bool rests(struct rig *r)
{
    (void)r;
    return rig_count("/proc/self/task") <= rest_threads;
}

/* Nobody is seen or heard before capture is wanted, nor after; what devices
 * there are is known all the same. */
static void test_capture(void **state)
{
    (void)state;
    struct media_config c = rig_config();
    rig_rest(&rig, &c);
    rest_threads = rig_count("/proc/self/task");
    for (int i = 0; i < 3; i++) {
        uint64_t before = rig.stats.frames_captured;
        media_open(rig.media, true); /* no word of it opens a microphone */
        rig_run(&rig, 300);
        assert_int_equal(rig.stats.frames_captured, before);
        assert_int_equal(rig.stats.frames_sent, 0);
        assert_int_equal(rig.stats.audio_packets_sent, 0);
        assert_devices(MEDIA_DEVICE_SIMULATED, MEDIA_DEVICE_SIMULATED);
        media_open(rig.media, false);
        media_capture(rig.media, true);
        rig_run(&rig, 300);
        assert_true(rig.stats.frames_captured > before);
        assert_true(rig_count("/proc/self/task") > rest_threads);
        assert_int_equal(rig.stats.frames_sent, 0);
        assert_int_equal(rig.stats.audio_packets_sent, 0);
        assert_devices(MEDIA_DEVICE_SIMULATED, MEDIA_DEVICE_SIMULATED);
        media_capture(rig.media, false);
        rig_until(&rig, rests);
        rig_run(&rig, 50); /* a picture that was being made */
    }
    assert_int_equal(atomic_load(&rig.events[MEDIA_EVENT_DEVICES]), 0);
    /* It ends in the middle of a call, too, and comes back. */
    media_capture(rig.media, true);
    media_open(rig.media, true);
    rig_until(&rig, good_30);
    media_capture(rig.media, false);
    rig_run(&rig, 100);
    uint64_t sent = rig.stats.frames_sent, heard = rig.stats.audio_packets_sent;
    rig_run(&rig, 300);
    assert_int_equal(rig.stats.frames_sent, sent);
    assert_int_equal(rig.stats.audio_packets_sent, heard);
    decoded_before = rig.stats.frames_decoded;
    media_capture(rig.media, true);
    rig_until(&rig, three_more);
    rig_stop(&rig);
}

static uint64_t keyframes_before;

static bool one_more_keyframe(struct rig *r)
{
    return r->stats.keyframes_sent > keyframes_before;
}

static void test_keyframe_on_request(void **state)
{
    (void)state;
    struct media_config c = rig_config();
    rig_start(&rig, &c);
    media_open(rig.media, true);
    rig_until(&rig, good_30);
    assert_int_equal(rig.stats.keyframes_sent, 1);
    for (int i = 0; i < 3; i++) {
        keyframes_before = rig.stats.keyframes_sent;
        media_request_keyframe(rig.media);
        rig_until(&rig, one_more_keyframe);
    }
    rig_stop(&rig);
}

static bool silent(struct rig *r)
{
    return r->stats.tone_hz == 0 && r->stats.level == 0;
}

static bool sounds(struct rig *r)
{
    return fabs(r->stats.tone_hz - 1000) < 2;
}

static void test_mute(void **state)
{
    (void)state;
    struct media_config c = rig_config();
    c.tone_hz = 1000;
    rig_start(&rig, &c);
    media_set_volume(rig.media, 0.5);
    media_open(rig.media, true);
    rig_until(&rig, sounds);
    media_set_microphone(rig.media, false);
    rig_until(&rig, silent);
    rig_run(&rig, 300);
    assert_true(silent(&rig));
    media_set_microphone(rig.media, true);
    rig_until(&rig, sounds);
    rig_stop(&rig);
}

static void test_camera_off(void **state)
{
    (void)state;
    struct media_config c = rig_config();
    c.stamps = false;
    double mean;
    size_t light;
    rig_start(&rig, &c);
    media_set_caption(rig.media, MEDIA_CAPTION_CAMERA_OFF, "Kamera on pois");
    media_open(rig.media, true);
    rig_until(&rig, three_more);
    rig_look(&rig, &mean, &light);
    assert_true(mean > 100);
    media_set_camera(rig.media, false);
    rig_run(&rig, 200);
    decoded_before = rig.stats.frames_decoded;
    rig_until(&rig, three_more);
    rig_look(&rig, &mean, &light);
    print_message("off: mean %.0f, light %zu\n", mean, light);
    assert_true(mean < 60 && light > 300);
    /* A key frame is not kept waiting for the next still picture. */
    keyframes_before = rig.stats.keyframes_sent;
    media_request_keyframe(rig.media);
    rig_until(&rig, one_more_keyframe);
    media_set_camera(rig.media, true);
    rig_run(&rig, 200);
    decoded_before = rig.stats.frames_decoded;
    rig_until(&rig, three_more);
    rig_look(&rig, &mean, &light);
    assert_true(mean > 100);
    rig_stop(&rig);
}

/* The simulated camera taken away and given back: said in the picture and to
 * whoever asks. */
static void test_unplugged(void **state)
{
    (void)state;
    struct media_config c = rig_config();
    struct media_devices d;
    double mean;
    size_t light;
    c.stamps = false;
    rig_start(&rig, &c);
    media_set_caption(rig.media, MEDIA_CAPTION_NO_CAMERA, "Ei kameraa");
    media_open(rig.media, true);
    decoded_before = 0;
    rig_until(&rig, three_more);
    for (int there = 0; there <= 1; there++) {
        assert_int_equal(media_emulate_camera(rig.media, there), 0);
        media_devices(rig.media, &d);
        assert_int_equal(d.camera,
                         there ? MEDIA_DEVICE_SIMULATED : MEDIA_DEVICE_NONE);
        rig_run(&rig, 200);
        decoded_before = rig.stats.frames_decoded;
        rig_until(&rig, three_more);
        rig_look(&rig, &mean, &light);
        assert_true(there ? mean > 100 : mean < 60 && light > 300);
    }
    assert_int_equal(atomic_load(&rig.events[MEDIA_EVENT_DEVICES]), 2);
    rig_stop(&rig);
    c.camera_simulated = false;
    rig_start(&rig, &c);
    assert_int_equal(media_emulate_camera(rig.media, false), -ENODEV);
    rig_stop(&rig);
}

static void test_no_devices(void **state)
{
    (void)state;
    struct media_config c = rig_config();
    struct media_devices d;
    double mean;
    size_t light;
    c.camera_simulated = false;
    c.sound_simulated = false;
    rig_start(&rig, &c);
    /* What is no camera is none. */
    media_use_camera(rig.media, open("/dev/null", O_RDWR | O_CLOEXEC), "null");
    media_set_caption(rig.media, MEDIA_CAPTION_NO_CAMERA, "Ei kameraa");
    media_open(rig.media, true);
    decoded_before = 3;
    rig_until(&rig, three_more);
    rig_look(&rig, &mean, &light);
    assert_true(mean < 60 && light > 300);
    media_devices(rig.media, &d);
    assert_int_equal(d.camera, MEDIA_DEVICE_NONE);
    assert_int_equal(d.microphone, MEDIA_DEVICE_NONE);
    assert_int_equal(d.loudspeaker, MEDIA_DEVICE_NONE);
    assert_int_equal(rig.stats.audio_packets_sent, 0);
    rig_run(&rig, 1500); /* it looks for a camera again, in vain */
    assert_int_equal(atomic_load(&rig.events[MEDIA_EVENT_FAILED]), 0);
    rig_stop(&rig);
}

static bool small(struct rig *r)
{
    return r->stats.width_px == 320 && r->stats.sent_width_px == 320;
}

static bool full(struct rig *r)
{
    return r->stats.width_px == 640 && r->stats.sent_width_px == 640;
}

static void test_bitrate(void **state)
{
    (void)state;
    struct media_config c = rig_config();
    rig_start(&rig, &c);
    media_open(rig.media, true);
    rig_until(&rig, full);
    media_set_bitrate(rig.media, 1);
    rig_until(&rig, small);
    assert_int_equal(rig.stats.bitrate_bps, 50000);
    media_set_bitrate(rig.media, 2000000000);
    rig_until(&rig, full);
    assert_int_equal(rig.stats.bitrate_bps, 8000000);
    assert_int_equal(rig.stats.stamps_bad, 0);
    rig_stop(&rig);
}

static bool first_told(struct rig *r)
{
    return atomic_load(&r->events[MEDIA_EVENT_FIRST_PICTURE]) == 2 &&
           good_30(r);
}

static void test_identity(void **state)
{
    (void)state;
    static const uint8_t pt[MEDIA_KINDS] = {120, 121};
    static const uint32_t ssrc[MEDIA_KINDS] = {1, 2};
    struct media_config c = rig_config();
    rig_start(&rig, &c);
    media_open(rig.media, true);
    rig_until(&rig, good_30);
    rig_run(&rig, 200);
    assert_int_equal(atomic_load(&rig.events[MEDIA_EVENT_FIRST_PICTURE]), 1);
    media_open(rig.media, false);
    rig_run(&rig, 100);
    media_identity(rig.media, pt, ssrc);
    media_stats(rig.media, &rig.stats);
    assert_int_equal(rig.stats.frames_decoded, 0);
    assert_int_equal(rig.stats.width_px, 0);
    atomic_store(&rig.seen_video, false);
    media_open(rig.media, true);
    rig_until(&rig, first_told);
    assert_true(atomic_load(&rig.first_is_key));
    assert_int_equal(rig.stats.stamps_bad, 0);
    rig_stop(&rig);
}

static bool seen_20(struct rig *r)
{
    struct media_look s;
    media_looked(r->media, &s);
    return s.pictures >= 20 && s.samples >= MEDIA_AUDIO_CLOCK_HZ / 2;
}

/* What is simulated is looked at like what is real: it moves, and sounds.
 * Nothing is encoded for that, and nothing is seen before and after. */
static void test_look(void **state)
{
    (void)state;
    struct media_config c = rig_config();
    struct media_look s;
    rig_start(&rig, &c);
    rig_run(&rig, 100);
    media_looked(rig.media, &s);
    assert_int_equal(s.pictures, 0);
    media_look(rig.media, true);
    rig_until(&rig, seen_20);
    media_looked(rig.media, &s);
    assert_true(s.changed + 1 >= s.pictures);
    assert_int_equal(s.width_px, 640);
    assert_int_equal(s.height_px, 480);
    assert_true(s.brightness > 30 && s.contrast > 10 && s.sharpness > 1);
    assert_true(s.sounding > s.samples / 2);
    assert_true(fabs(s.sound_energy / (double)s.samples - 0.005) < 0.001);
    assert_true(s.tone_energy < s.sound_energy / 10);
    assert_int_equal(s.played, 0);
    media_look(rig.media, false);
    media_stats(rig.media, &rig.stats);
    assert_int_equal(rig.stats.frames_sent, 0);
    media_looked(rig.media, &s);
    assert_int_equal(s.pictures, 0);
    rig_stop(&rig);
}

/* Made and freed, with and without a call in between: threads and descriptors
 * are back where they were once GStreamer's own pools exist. */
static void test_cycles(void **state)
{
    (void)state;
    struct media_config c = rig_config();
    int fds = 0, threads = 0;
    for (int i = 0; i < 12; i++) {
        rig_start(&rig, &c);
        media_open(rig.media, i % 3 != 0);
        rig_run(&rig, i % 2 ? 150 : 0);
        rig_stop(&rig);
        if (i == 3) {
            fds = rig_count("/proc/self/fd");
            threads = rig_count("/proc/self/task");
        }
    }
    print_message("fds %d, threads %d\n", rig_count("/proc/self/fd"),
                  rig_count("/proc/self/task"));
    assert_true(rig_count("/proc/self/fd") <= fds);
    assert_true(rig_count("/proc/self/task") <= threads + 2);
}

static int setup(void **state)
{
    (void)state;
    return media_init();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config),
        cmocka_unit_test(test_capture),
        cmocka_unit_test(test_picture_and_sound),
        cmocka_unit_test(test_keyframe_on_request),
        cmocka_unit_test(test_mute),
        cmocka_unit_test(test_camera_off),
        cmocka_unit_test(test_unplugged),
        cmocka_unit_test(test_no_devices),
        cmocka_unit_test(test_bitrate),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_cycles),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}

#include "rig.h"

#include "base/bytes.h"

#include <errno.h>
#include <math.h>

static struct rig rig;
static uint64_t good_before;

static bool forty_more(struct rig *r)
{
    return r->stats.stamps_good >= good_before + 40;
}

static bool tone(struct rig *r)
{
    return fabs(r->stats.tone_hz - 440) < 2;
}

static void start(void)
{
    struct media_config c = rig_config();
    rig_start(&rig, &c);
    media_open(rig.media, true);
    good_before = 0;
    rig_until(&rig, forty_more);
}

/* Lost packets cost frames and key frames, never the call. */
static void test_loss(void **state)
{
    (void)state;
    start();
    atomic_store(&rig.loss_percent, 3);
    rig_run(&rig, 3000);
    print_message("3 %% lost: %llu decoded of %llu, key frames wanted %llu\n",
                  (unsigned long long)rig.stats.frames_decoded,
                  (unsigned long long)rig.stats.frames_sent,
                  (unsigned long long)rig.stats.keyframes_wanted);
    atomic_store(&rig.loss_percent, 0);
    good_before = rig.stats.stamps_good;
    rig_until(&rig, forty_more);
    rig_stop(&rig);
}

/* Nothing for a while, then it goes on. */
static void test_outage(void **state)
{
    (void)state;
    start();
    atomic_store(&rig.cut, true);
    rig_run(&rig, 2000);
    atomic_store(&rig.cut, false);
    good_before = rig.stats.stamps_good;
    rig_until(&rig, forty_more);
    rig_stop(&rig);
}

/* Packets of padding cost no picture. */
static void test_padding(void **state)
{
    (void)state;
    start();
    atomic_store(&rig.pad, true);
    uint64_t wanted = rig.stats.keyframes_wanted;
    good_before = rig.stats.stamps_good;
    rig_until(&rig, forty_more);
    print_message("decoded %llu of %llu\n",
                  (unsigned long long)rig.stats.frames_decoded,
                  (unsigned long long)rig.stats.frames_sent);
    assert_int_equal(rig.stats.keyframes_wanted, wanted);
    assert_int_equal(rig.stats.stamps_bad, 0);
    assert_true(rig.padded >= 30);
    rig_stop(&rig);
}

static void test_spoilt(void **state)
{
    (void)state;
    start();
    atomic_store(&rig.spoil_percent, 20);
    rig_run(&rig, 3000);
    atomic_store(&rig.spoil_percent, 0);
    /* The decoder cannot know that a picture is wrong (SRTP would have), so
     * what was built upon it stays wrong until a key frame. */
    media_request_keyframe(rig.media);
    good_before = rig.stats.stamps_good;
    rig_until(&rig, forty_more);
    rig_until(&rig, tone);
    rig_stop(&rig);
}

static bool silence(struct rig *r)
{
    return r->stats.tone_hz == 0;
}

/* What the decoder refuses costs its own moment, not what follows. */
static void test_no_opus(void **state)
{
    (void)state;
    start();
    rig_until(&rig, tone);
    atomic_store(&rig.no_opus, true);
    rig_until(&rig, silence);
    atomic_store(&rig.no_opus, false);
    rig_until(&rig, tone);
    rig_stop(&rig);
}

static void test_refuses(void **state)
{
    (void)state;
    uint8_t p[MEDIA_RTP_IN_MAX + 1] = {0x80, RIG_VIDEO_PT};
    start();
    atomic_store(&rig.cut, true);
    rig_run(&rig, 100);
    assert_int_equal(media_receive_rtp(rig.media, MEDIA_VIDEO, p, sizeof(p)),
                     -EMSGSIZE);
    assert_int_equal(media_receive_rtp(rig.media, MEDIA_VIDEO, p, 11),
                     -EBADMSG);
    p[1] = RIG_VIDEO_PT + 1;
    assert_int_equal(media_receive_rtp(rig.media, MEDIA_VIDEO, p, 100),
                     -EBADMSG);
    media_stats(rig.media, &rig.stats);
    assert_int_equal(rig.stats.packets_refused, 3);
    rig_stop(&rig);
}

static size_t vp8_packet(uint8_t *p, uint16_t seq, unsigned width,
                         unsigned height)
{
    memset(p, 0, 64);
    p[0] = 0x80;
    p[1] = 0x80 | RIG_VIDEO_PT;
    lk_put_u16(p + 2, seq);
    lk_put_u32(p + 4, seq * 3000U);
    lk_put_u32(p + 8, 77);
    p[12] = 0x10; /* start of partition 0 */
    p[13] = 0x10; /* key frame, shown */
    static const uint8_t start_code[] = {0x9d, 0x01, 0x2a};
    memcpy(p + 16, start_code, 3);
    p[19] = (uint8_t)width;
    p[20] = (uint8_t)(width >> 8);
    p[21] = (uint8_t)height;
    p[22] = (uint8_t)(height >> 8);
    return 64;
}

/* A key frame that claims a giant picture never reaches the decoder. */
static void test_giant(void **state)
{
    (void)state;
    uint8_t p[64];
    static const unsigned sizes[][2] = {
        {16383, 16383}, {1921, 100}, {100, 1921}, {0, 0}, {1, 1}};
    start();
    atomic_store(&rig.cut, true);
    rig_run(&rig, 300);
    uint64_t decoded = rig.stats.frames_decoded;
    for (size_t i = 0; i < LK_ARRAY_LEN(sizes); i++) {
        size_t len =
            vp8_packet(p, (uint16_t)(100 + i), sizes[i][0], sizes[i][1]);
        assert_int_equal(media_receive_rtp(rig.media, MEDIA_VIDEO, p, len), 0);
    }
    rig_run(&rig, 300);
    assert_int_equal(rig.stats.frames_decoded, decoded);
    assert_true(rig.stats.keyframes_wanted > 0);
    atomic_store(&rig.cut, false);
    good_before = rig.stats.stamps_good;
    rig_until(&rig, forty_more);
    rig_stop(&rig);
}

/* Packets that no decoder can keep up with are bounded. */
static void test_flood(void **state)
{
    (void)state;
    uint8_t p[MEDIA_RTP_IN_MAX] = {0x80, RIG_VIDEO_PT};
    int full = 0;
    start();
    atomic_store(&rig.cut, true);
    rig_run(&rig, 100);
    /* Every second one is missing, so that the jitter buffer waits. */
    for (unsigned i = 0; i < 20000; i++) {
        lk_put_u16(p + 2, (uint16_t)(2 * i));
        lk_put_u32(p + 8, 78);
        full +=
            media_receive_rtp(rig.media, MEDIA_VIDEO, p, sizeof(p)) == -ENOSPC;
    }
    print_message("refused %d of 20000\n", full);
    atomic_store(&rig.cut, false);
    rig_run(&rig, 500);
    good_before = rig.stats.stamps_good;
    rig_until(&rig, forty_more);
    rig_stop(&rig);
}

/* Sender reports whose clocks fit, and absurd ones. */
static void test_reports(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    start();
    for (int i = 0; i < 200; i++) {
        media_sender_report(rig.media, MEDIA_VIDEO, test_random(&seed),
                            (uint32_t)test_random(&seed));
        media_sender_report(rig.media, MEDIA_AUDIO, test_random(&seed),
                            (uint32_t)test_random(&seed));
        rig_run(&rig, 5);
    }
    assert_true(rig.stats.video_delay_ms >= 0 &&
                rig.stats.video_delay_ms <= 150);
    good_before = rig.stats.stamps_good;
    rig_until(&rig, forty_more);
    rig_stop(&rig);
}

static int setup(void **state)
{
    (void)state;
    return media_init();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loss),    cmocka_unit_test(test_outage),
        cmocka_unit_test(test_spoilt),  cmocka_unit_test(test_no_opus),
        cmocka_unit_test(test_padding), cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_giant),   cmocka_unit_test(test_flood),
        cmocka_unit_test(test_reports),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}

/* rig.c - one struct media whose packets come back to itself. */
#include "rig.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "ipc/ring.h"

#include <dirent.h>
#include <unistd.h>

#define PATIENCE_US 20000000

struct media_config rig_config(void)
{
    return (struct media_config){.pt = {RIG_VIDEO_PT, RIG_AUDIO_PT},
                                 .ssrc = {RIG_VIDEO_SSRC, RIG_AUDIO_SSRC},
                                 .start_bps = 1000000,
                                 .camera_simulated = true,
                                 .sound_simulated = true,
                                 .stamps = true};
}

static void check_packet(struct rig *r, enum media_kind kind, const uint8_t *d,
                         size_t len)
{
    uint16_t seq = lk_get_u16(d + 2);
    bool ok = len > 12 && len <= MEDIA_RTP_MAX && d[0] == 0x80 &&
              (!r->seq_known[kind] || seq == r->next_seq[kind]);
    r->seq_known[kind] = true;
    r->next_seq[kind] = (uint16_t)(seq + 1);
    atomic_fetch_add(&r->order_errors, !ok);
}

static void deliver(struct rig *r, enum media_kind kind, const uint8_t *data,
                    size_t len)
{
    uint8_t copy[MEDIA_RTP_MAX];
    uint64_t *seed = &r->seed[kind];
    check_packet(r, kind, data, len);
    if (atomic_load(&r->cut) ||
        (int)(test_random(seed) % 100) < atomic_load(&r->loss_percent))
        return;
    memcpy(copy, data, len);
    if ((int)(test_random(seed) % 100) < atomic_load(&r->spoil_percent))
        for (int i = 0; i < 4; i++)
            copy[test_random(seed) % len] = (uint8_t)test_random(seed);
    if (kind == MEDIA_AUDIO && atomic_load(&r->no_opus)) {
        copy[12] = 0x03; /* a number of frames follows */
        copy[13] = 0x3f; /* 63 of 10 ms: RFC 6716, 3.4 forbids [R5] */
    }
    if (kind == MEDIA_VIDEO)
        lk_put_u16(copy + 2, (uint16_t)(lk_get_u16(copy + 2) + r->padded));
    (void)media_receive_rtp(r->media, kind, copy, len);
    if (kind == MEDIA_AUDIO || !(copy[1] & 0x80) || !atomic_load(&r->pad))
        return;
    /* As a browser probes: padding alone, numbered like all others. */
    r->padded++;
    copy[0] |= 0x20;
    copy[1] &= 0x7f;
    lk_put_u16(copy + 2, (uint16_t)(lk_get_u16(copy + 2) + 1));
    memset(copy + 12, 0, 200);
    copy[211] = 200;
    (void)media_receive_rtp(r->media, kind, copy, 212);
}

static void packets(void *arg, struct media_packets *p)
{
    struct rig *r = arg;
    if (p->kind == MEDIA_VIDEO && !atomic_exchange(&r->seen_video, true))
        atomic_store(&r->first_is_key, p->keyframe);
    for (size_t i = 0; i < p->count; i++)
        deliver(r, p->kind, p->packet[i].data, p->packet[i].len);
    media_packets_free(p);
}

static void keyframe_wanted(void *arg)
{
    struct rig *r = arg;
    atomic_fetch_add(&r->keyframes_wanted, 1);
    media_request_keyframe(r->media);
}

static void event(void *arg, enum media_event e)
{
    struct rig *r = arg;
    atomic_fetch_add(&r->events[e], 1);
}

void rig_rest(struct rig *r, const struct media_config *config)
{
    memset(r, 0, sizeof(*r));
    for (int i = 0; i < MEDIA_KINDS; i++)
        r->seed[i] = test_seed();
    const struct media_callbacks cb = {packets, keyframe_wanted, event, r};
    assert_int_equal(lk_loop_new(&r->loop), 0);
    assert_int_equal(media_new(config, &cb, r->loop, &r->media), 0);
}

void rig_start(struct rig *r, const struct media_config *config)
{
    rig_rest(r, config);
    media_capture(r->media, true);
}

void rig_stop(struct rig *r)
{
    r->media = media_free(r->media);
    r->loop = lk_loop_free(r->loop);
    assert_int_equal(atomic_load(&r->order_errors), 0);
}

void rig_until(struct rig *r, bool (*done)(struct rig *r))
{
    int64_t end = lk_clock_us() + PATIENCE_US;
    for (;;) {
        media_stats(r->media, &r->stats);
        if (done(r))
            return;
        if (lk_clock_us() > end)
            fail_msg("decoded %llu, good %llu, tone %.1f, %dx%d",
                     (unsigned long long)r->stats.frames_decoded,
                     (unsigned long long)r->stats.stamps_good, r->stats.tone_hz,
                     r->stats.width_px, r->stats.height_px);
        assert_int_equal(lk_loop_step(r->loop, 10000), 0);
    }
}

void rig_run(struct rig *r, int ms)
{
    int64_t end = lk_clock_us() + (int64_t)ms * 1000;
    for (int64_t now = lk_clock_us(); now < end; now = lk_clock_us())
        assert_int_equal(lk_loop_step(r->loop, end - now), 0);
    media_stats(r->media, &r->stats);
}

void rig_look(struct rig *r, double *ret_mean, size_t *ret_light)
{
    struct lk_ring *ring;
    struct lk_ring_picture p;
    int mem, wake, self_mem, self_wake;
    double sum = 0;
    media_rings(r->media, &mem, &wake, &self_mem, &self_wake);
    assert_int_equal(lk_ring_open(dup(mem), dup(wake), &ring), 0);
    while (lk_ring_acquire(ring, &p) != 1)
        assert_int_equal(lk_loop_step(r->loop, 10000), 0);
    *ret_light = 0;
    for (uint32_t j = 0; j < p.height_px; j++)
        for (uint32_t i = 0; i < p.width_px; i++) {
            uint8_t v = p.plane[0][(size_t)j * p.stride + i];
            sum += v;
            *ret_light += v > 200;
        }
    *ret_mean = sum / p.width_px / p.height_px;
    lk_ring_free(ring);
}

int rig_count(const char *dir)
{
    int n = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

/* vrecv.c - the picture that is received: decoder, ring, stamps. */
#include "media/vrecv.h"
#include "media/picture.h"

#include "base/bytes.h"
#include "base/clock.h"

#include <gst/video/video.h>
#include <libyuv.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How long a missing packet is waited for: what RTX takes on a bad line. A
 * packet that comes in order is not held at all. */
#define LATENCY_MS 200
#define LATENCIES_KEPT 1024
#define VP8_KEY_HEADER 10

struct media_vrecv {
    struct media_receive in;
    struct lk_ring *ring;
    atomic_bool stamps;
    GstPad *sink;
    GstVideoInfo info; /* streaming thread */
    atomic_llong delay_us;
    pthread_mutex_t lock;
    pthread_cond_t wake; /* ends the wait for lip-sync */
    bool stop;
    /* Under the lock: */
    void (*first)(void *arg); /* the first picture was decoded */
    void *first_arg;
    uint64_t decoded, stamps_good, stamps_bad;
    int width, height;
    int64_t last_us;
    size_t kept;
    float latency_ms[LATENCIES_KEPT]; /* a ring */
};

void media_vrecv_on_first(struct media_vrecv *v, void (*first)(void *arg),
                          void *arg)
{
    v->first = first;
    v->first_arg = arg;
}

struct media_receive *media_vrecv_receive(struct media_vrecv *v)
{
    return &v->in;
}

struct lk_ring *media_vrecv_ring(struct media_vrecv *v)
{
    return v->ring;
}

/* RFC 6386, 9.1: what the frame's header says, before a decoder allocates for
 * it. True when the frame may be decoded. */
static bool frame_may_pass(struct media_vrecv *v, const uint8_t *d, size_t len)
{
    struct lk_reader r = lk_reader(d, len);
    bool key = !(lk_read_u8(&r) & 1U);
    if (!key)
        return !r.bad && !atomic_load(&v->in.await_key);
    lk_read_skip(&r, 2);
    bool start = lk_read_u24(&r) == 0x9d012aU;
    uint32_t size = lk_read_u32(&r); /* little-endian, two of 14 bits */
    unsigned width = (size >> 24 | (size >> 8 & 0xff00U)) & 0x3fffU;
    unsigned height = (size >> 8 & 0xffU) | (size << 8 & 0x3f00U);
    bool ok = !r.bad && start && width >= 2 && height >= 2 &&
              width <= MEDIA_RECEIVE_SIDE_MAX &&
              height <= MEDIA_RECEIVE_SIDE_MAX;
    atomic_store(&v->in.await_key, !ok);
    return ok;
}

static GstPadProbeReturn guard(GstPad *pad, GstPadProbeInfo *info, gpointer arg)
{
    (void)pad;
    struct media_vrecv *v = arg;
    uint8_t head[VP8_KEY_HEADER];
    size_t len = gst_buffer_extract(GST_PAD_PROBE_INFO_BUFFER(info), 0, head,
                                    sizeof(head));
    if (frame_may_pass(v, head, len))
        return GST_PAD_PROBE_OK;
    media_receive_want_key(&v->in);
    return GST_PAD_PROBE_DROP;
}

static void keep_latency(struct media_vrecv *v, double ms)
{
    v->latency_ms[v->stamps_good++ % LATENCIES_KEPT] = (float)ms;
    v->kept = LK_MIN(v->kept + 1, (size_t)LATENCIES_KEPT);
}

static void read_stamp(struct media_vrecv *v, const GstVideoFrame *f)
{
    uint32_t at;
    uint16_t counter;
    bool good = media_stamp_read(
        GST_VIDEO_FRAME_PLANE_DATA(f, 0), GST_VIDEO_FRAME_PLANE_STRIDE(f, 0),
        GST_VIDEO_FRAME_WIDTH(f), GST_VIDEO_FRAME_HEIGHT(f), &at, &counter);
    uint32_t now = (uint32_t)(lk_clock_wall_us() / 100);
    pthread_mutex_lock(&v->lock);
    if (good)
        keep_latency(v, (int32_t)(now - at) / 10.0);
    else
        v->stamps_bad++;
    pthread_mutex_unlock(&v->lock);
}

static void to_ring(struct media_vrecv *v, const GstVideoFrame *f)
{
    struct lk_ring_picture p;
    int width = GST_VIDEO_FRAME_WIDTH(f), height = GST_VIDEO_FRAME_HEIGHT(f);
    if (lk_ring_begin(v->ring, (uint32_t)width, (uint32_t)height, &p) < 0)
        return;
    int y = (int)p.stride, c = y / 2;
    I420Copy(
        GST_VIDEO_FRAME_PLANE_DATA(f, 0), GST_VIDEO_FRAME_PLANE_STRIDE(f, 0),
        GST_VIDEO_FRAME_PLANE_DATA(f, 1), GST_VIDEO_FRAME_PLANE_STRIDE(f, 1),
        GST_VIDEO_FRAME_PLANE_DATA(f, 2), GST_VIDEO_FRAME_PLANE_STRIDE(f, 2),
        p.plane[0], y, p.plane[1], c, p.plane[2], c, width, height);
    int64_t now = lk_clock_us();
    lk_ring_commit(v->ring, now);
    pthread_mutex_lock(&v->lock);
    bool first = v->decoded++ == 0;
    v->width = width;
    v->height = height;
    v->last_us = now;
    pthread_mutex_unlock(&v->lock);
    if (first && v->first)
        v->first(v->first_arg);
}

/* Lip-sync: waits until the picture's moment plus the delay. Those behind it
 * wait in the jitter buffer. */
static void wait_for_sound(struct media_vrecv *v, GstBuffer *b)
{
    int64_t delay = atomic_load(&v->delay_us);
    if (delay <= 0 || !GST_BUFFER_PTS_IS_VALID(b))
        return;
    int64_t now = lk_clock_us();
    int64_t at = (int64_t)(GST_BUFFER_PTS(b) / GST_USECOND) + delay;
    at = LK_MIN(at, now + delay);
    struct timespec t = {.tv_sec = at / 1000000,
                         .tv_nsec = at % 1000000 * 1000};
    pthread_mutex_lock(&v->lock);
    int r = 0;
    while (!v->stop && r != ETIMEDOUT)
        r = pthread_cond_timedwait(&v->wake, &v->lock, &t);
    pthread_mutex_unlock(&v->lock);
}

static GstFlowReturn sink_chain(GstPad *pad, GstObject *parent, GstBuffer *b)
{
    (void)parent;
    struct media_vrecv *v = gst_pad_get_element_private(pad);
    GstVideoFrame f;
    wait_for_sound(v, b);
    if (atomic_load(v->in.open) && v->info.finfo &&
        gst_video_frame_map(&f, &v->info, b, GST_MAP_READ)) {
        to_ring(v, &f);
        if (atomic_load(&v->stamps))
            read_stamp(v, &f);
        gst_video_frame_unmap(&f);
    }
    gst_buffer_unref(b);
    return GST_FLOW_OK;
}

static gboolean sink_event(GstPad *pad, GstObject *parent, GstEvent *e)
{
    (void)parent;
    struct media_vrecv *v = gst_pad_get_element_private(pad);
    GstVideoInfo info;
    GstCaps *caps;
    gboolean ok = TRUE;
    if (GST_EVENT_TYPE(e) == GST_EVENT_CAPS) {
        gst_event_parse_caps(e, &caps);
        ok = gst_video_info_from_caps(&info, caps) &&
             GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_I420;
        if (ok)
            v->info = info;
    }
    gst_event_unref(e);
    return ok;
}

static int vrecv_build(struct media_vrecv *v)
{
    struct media_pipe *pipe = &v->in.pipe;
    GstElement *depay = media_pipe_add(pipe, "rtpvp8depay", v->in.jitterbuffer);
    GstElement *dec = depay ? media_pipe_add(pipe, "vp8dec", depay) : NULL;
    if (!dec)
        return -EIO;
    g_object_set(depay, "request-keyframe", TRUE, "wait-for-keyframe", TRUE,
                 NULL);
    g_object_set(dec, "threads", 1, "automatic-request-sync-points", TRUE,
                 NULL);
    media_pad_probe(dec, "sink", guard, v);
    const struct media_pad_sink fns = {
        .chain = sink_chain, .event = sink_event, .arg = v};
    v->sink = media_pad_sink(dec, &fns);
    if (!v->sink)
        return -EIO;
    int r = media_pipe_play(pipe);
    if (r == 0)
        media_receive_begin(&v->in);
    return r;
}

static int vrecv_sync_init(struct media_vrecv *v)
{
    pthread_condattr_t attr;
    int r = pthread_condattr_init(&attr);
    if (r != 0)
        return -r;
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    r = pthread_cond_init(&v->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (r == 0)
        r = pthread_mutex_init(&v->lock, NULL);
    return r == 0 ? -pthread_mutex_init(&v->in.lock, NULL) : -r;
}

int media_vrecv_new(const struct media_config *config,
                    const struct media_callbacks *cb, const atomic_bool *open,
                    struct media_vrecv **ret)
{
    struct media_vrecv *v = calloc(1, sizeof(*v));
    if (!v)
        return -ENOMEM;
    if (vrecv_sync_init(v) < 0) {
        free(v);
        return -ENOMEM;
    }
    atomic_store(&v->stamps, config->stamps);
    v->in.open = open;
    media_receive_identity(&v->in, config->pt[MEDIA_VIDEO]);
    /* Pages of the ring that no picture reaches are never there. */
    int r =
        lk_ring_new(MEDIA_RECEIVE_SIDE_MAX, MEDIA_RECEIVE_SIDE_MAX, &v->ring);
    if (r == 0)
        r = media_receive_init(&v->in, MEDIA_VIDEO, cb, LATENCY_MS);
    if (r == 0)
        r = vrecv_build(v);
    if (r < 0) {
        media_vrecv_free(v);
        return r;
    }
    *ret = v;
    return 0;
}

struct media_vrecv *media_vrecv_free(struct media_vrecv *v)
{
    if (!v)
        return NULL;
    pthread_mutex_lock(&v->lock);
    v->stop = true;
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->lock);
    media_receive_close(&v->in);
    v->sink = media_pad_free(v->sink);
    lk_ring_free(v->ring);
    pthread_cond_destroy(&v->wake);
    pthread_mutex_destroy(&v->lock);
    pthread_mutex_destroy(&v->in.lock);
    free(v);
    return NULL;
}

void media_vrecv_delay(struct media_vrecv *v, int64_t delay_us)
{
    atomic_store(&v->delay_us, delay_us);
}

void media_vrecv_set_stamps(struct media_vrecv *v, bool on)
{
    atomic_store(&v->stamps, on);
}

void media_vrecv_reset(struct media_vrecv *v)
{
    pthread_mutex_lock(&v->lock);
    v->decoded = v->stamps_good = v->stamps_bad = 0;
    v->width = v->height = 0;
    v->last_us = 0;
    v->kept = 0;
    pthread_mutex_unlock(&v->lock);
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

void media_vrecv_stats(struct media_vrecv *v, struct media_stats *ret)
{
    float sorted[LATENCIES_KEPT];
    pthread_mutex_lock(&v->lock);
    size_t n = v->kept;
    memcpy(sorted, v->latency_ms, n * sizeof(sorted[0]));
    ret->frames_decoded = v->decoded;
    ret->stamps_good = v->stamps_good;
    ret->stamps_bad = v->stamps_bad;
    ret->width_px = v->width;
    ret->height_px = v->height;
    ret->last_picture_us = v->last_us;
    pthread_mutex_unlock(&v->lock);
    ret->video_delay_ms = (int)(atomic_load(&v->delay_us) / 1000);
    if (n == 0)
        return;
    qsort(sorted, n, sizeof(sorted[0]), compare);
    ret->latency_p50_ms = sorted[n / 2];
    ret->latency_p95_ms = sorted[n * 95 / 100];
}

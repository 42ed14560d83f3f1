/* receive.c - from RTP to the jitter buffer, the same for picture and sound. */
#include "media/receive.h"

#include "base/bytes.h"
#include "base/clock.h"

#include <gst/video/video.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* From which report on a time stamp may be reckoned; RFC 3550, 6.4.1. */
#define NTP_TO_UNIX 2208988800ULL

void media_receive_want_key(struct media_receive *r)
{
    atomic_fetch_add(&r->keys_wanted, 1);
    r->cb->keyframe_wanted(r->cb->arg);
}

static gboolean source_event(GstPad *pad, GstObject *parent, GstEvent *e)
{
    (void)parent;
    struct media_receive *r = gst_pad_get_element_private(pad);
    if (gst_video_event_is_force_key_unit(e))
        media_receive_want_key(r);
    gst_event_unref(e);
    return TRUE;
}

/* At the jitter buffer's exit: which of the sender's moments plays when. */
static GstPadProbeReturn leaving(GstPad *pad, GstPadProbeInfo *info,
                                 gpointer arg)
{
    (void)pad;
    struct media_receive *r = arg;
    GstBuffer *b = GST_PAD_PROBE_INFO_BUFFER(info);
    uint8_t header[MEDIA_INTAKE_HEADER];
    if (!GST_BUFFER_PTS_IS_VALID(b) ||
        gst_buffer_extract(b, 0, header, sizeof(header)) != sizeof(header))
        return GST_PAD_PROBE_OK;
    int64_t pts_us = (int64_t)(GST_BUFFER_PTS(b) / GST_USECOND);
    pthread_mutex_lock(&r->lock);
    if (r->report_known) {
        int32_t ticks = (int32_t)(lk_get_u32(header + 4) - r->report_ts);
        int64_t sender = (int64_t)r->report_us +
                         (int64_t)ticks * 1000000 / r->intake.clock_hz;
        r->offset_us = pts_us - sender;
        r->offset_known = true;
    }
    pthread_mutex_unlock(&r->lock);
    return GST_PAD_PROBE_OK;
}

int media_receive_init(struct media_receive *r, enum media_kind kind,
                       const struct media_callbacks *cb, int latency_ms)
{
    r->kind = kind;
    r->cb = cb;
    r->intake.clock_hz =
        kind == MEDIA_VIDEO ? MEDIA_VIDEO_CLOCK_HZ : MEDIA_AUDIO_CLOCK_HZ;
    r->intake.jump =
        kind == MEDIA_VIDEO ? MEDIA_INTAKE_JUMP_VIDEO : MEDIA_INTAKE_JUMP_AUDIO;
    int e = media_pipe_init(&r->pipe);
    if (e < 0)
        return e;
    r->jitterbuffer = media_pipe_add(&r->pipe, "rtpjitterbuffer", NULL);
    if (!r->jitterbuffer)
        return -EIO;
    g_object_set(r->jitterbuffer, "latency", latency_ms, "do-lost", TRUE, NULL);
    media_pad_probe(r->jitterbuffer, "src", leaving, r);
    r->source = media_pad_source(r->jitterbuffer, source_event, r);
    return r->source ? 0 : -EIO;
}

/* seqnum-base: otherwise the jitter buffer sits on the first packet for its
 * whole latency, in case an earlier one is under way. */
void media_receive_begin(struct media_receive *r)
{
    bool video = r->kind == MEDIA_VIDEO;
    GstCaps *caps = gst_caps_new_simple(
        "application/x-rtp", "media", G_TYPE_STRING, video ? "video" : "audio",
        "clock-rate", G_TYPE_INT, (int)r->intake.clock_hz, "encoding-name",
        G_TYPE_STRING, video ? "VP8" : "OPUS", "payload", G_TYPE_INT,
        MEDIA_INTAKE_PT, "seqnum-base", G_TYPE_UINT, MEDIA_INTAKE_FIRST, NULL);
    media_pad_begin(r->source, video ? "video" : "audio", caps);
    gst_caps_unref(caps);
}

void media_receive_close(struct media_receive *r)
{
    media_pipe_close(&r->pipe);
    r->source = media_pad_free(r->source);
}

/* A packet's memory, counted until GStreamer lets go of it. */
struct waiting {
    atomic_int *count;
    uint8_t data[];
};

static void waiting_free(gpointer arg)
{
    struct waiting *w = arg;
    atomic_fetch_sub(w->count, 1);
    free(w);
}

static GstBuffer *packet_buffer(struct media_receive *r,
                                const struct media_intake_out *in)
{
    size_t len = MEDIA_INTAKE_HEADER + in->len;
    struct waiting *w = malloc(sizeof(*w) + len);
    if (!w)
        return NULL;
    w->count = &r->waiting;
    memcpy(w->data, in->header, MEDIA_INTAKE_HEADER);
    memcpy(w->data + MEDIA_INTAKE_HEADER, in->payload, in->len);
    atomic_fetch_add(&r->waiting, 1);
    return gst_buffer_new_wrapped_full(0, w->data, len, 0, len, w,
                                       waiting_free);
}

/* A new identity makes the next packet a new beginning. */
static void follow_identity(struct media_receive *r)
{
    unsigned now = atomic_load(&r->identity);
    if (r->seen == now)
        return;
    r->seen = now;
    r->intake.pt = (uint8_t)atomic_load(&r->pt);
    r->intake.renew = true;
}

static int refuse(struct media_receive *r, int error)
{
    atomic_fetch_add(&r->refused, 1);
    return error;
}

int media_receive_push(struct media_receive *r, const uint8_t *data, size_t len)
{
    struct media_intake_out in;
    if (!atomic_load(r->open))
        return -ESHUTDOWN;
    if (len > MEDIA_RTP_IN_MAX)
        return refuse(r, -EMSGSIZE);
    if (atomic_load(&r->waiting) >= MEDIA_WAITING_MAX)
        return refuse(r, -ENOSPC);
    follow_identity(r);
    int64_t now = lk_clock_us();
    int e = media_intake_packet(&r->intake, data, len, now, &in);
    if (e < 0)
        return refuse(r, e);
    GstBuffer *b = packet_buffer(r, &in);
    if (!b)
        return refuse(r, -ENOSPC);
    if (in.fresh && r->kind == MEDIA_VIDEO)
        atomic_store(&r->await_key, true);
    GST_BUFFER_DTS(b) = GST_BUFFER_PTS(b) = (GstClockTime)now * GST_USECOND;
    atomic_store(&r->jitter_us, media_intake_jitter_us(&r->intake));
    atomic_fetch_add(&r->received, 1);
    GstFlowReturn f = gst_pad_push(r->source, b);
    return f == GST_FLOW_OK ? 0 : refuse(r, -ENOSPC);
}

void media_receive_report(struct media_receive *r, uint64_t ntp,
                          uint32_t rtp_timestamp)
{
    if (!r->intake.started)
        return;
    uint64_t seconds = (ntp >> 32) - NTP_TO_UNIX;
    uint64_t us = (ntp & 0xffffffffULL) * 1000000 >> 32;
    pthread_mutex_lock(&r->lock);
    r->report_us = (seconds & 0xffffffffULL) * 1000000 + us;
    r->report_ts = media_intake_timestamp(&r->intake, rtp_timestamp);
    r->report_known = true;
    pthread_mutex_unlock(&r->lock);
}

void media_receive_identity(struct media_receive *r, uint8_t pt)
{
    pthread_mutex_lock(&r->lock);
    r->report_known = false;
    r->offset_known = false;
    pthread_mutex_unlock(&r->lock);
    atomic_store(&r->pt, pt);
    atomic_store(&r->received, 0);
    atomic_store(&r->refused, 0);
    atomic_store(&r->keys_wanted, 0);
    atomic_fetch_add(&r->identity, 1);
}

int media_receive_offset(struct media_receive *r, int64_t *ret_us)
{
    pthread_mutex_lock(&r->lock);
    bool known = r->offset_known;
    if (known)
        *ret_us = r->offset_us;
    pthread_mutex_unlock(&r->lock);
    return known ? 0 : -EAGAIN;
}

/* encoder.c - pictures in, RTP packets of VP8 out.
 *
 * No source element, no queue, no sink element: our pad pushes into the
 * encoder and our pad takes what the payloader makes, all within one call.
 */
#include "media/encoder.h"
#include "media/adapt.h"
#include "media/element.h"

#include "base/clock.h"

#include <gst/video/video.h>
#include <libyuv.h>

#include <errno.h>
#include <stdlib.h>

/* Longer than between the still pictures of a camera that is off. */
#define PAUSE_US 400000

struct media_encoder {
    struct media_pipe pipe;
    struct media_out *out;
    GstPad *source, *sink;
    GstElement *vp8;
    struct media_adapt adapt;
    struct media_size size; /* as the encoder knows it */
    atomic_int width, height;
    int bps;
    int64_t last_us; /* time stamp of the last picture encoded */
    uint8_t *small;  /* the picture when it is smaller than full size */
};

static gboolean source_event(GstPad *pad, GstObject *parent, GstEvent *e)
{
    /* Key frames are asked for by media_request_keyframe() alone. */
    (void)pad;
    (void)parent;
    gst_event_unref(e);
    return TRUE;
}

static GstFlowReturn sink_chain(GstPad *pad, GstObject *parent, GstBuffer *b)
{
    (void)parent;
    media_out_send(gst_pad_get_element_private(pad), NULL, b);
    gst_buffer_unref(b);
    return GST_FLOW_OK;
}

static GstFlowReturn sink_list(GstPad *pad, GstObject *parent,
                               GstBufferList *list)
{
    (void)parent;
    media_out_send(gst_pad_get_element_private(pad), list, NULL);
    gst_buffer_list_unref(list);
    return GST_FLOW_OK;
}

/* Measured on VGA and 720p: no lag, constant rate with a buffer of 0.6 s, one
 * thread, key frames of at most three times the mean, and none by itself but
 * every 100 s. A negative cpu-used is a fixed speed; a positive one lets the
 * encoder spend half of each frame's time. -6 costs a fifth less than 8 for
 * 0.2 dB; -8 already loses 2 dB. */
static void encoder_tune(GstElement *vp8, int bps)
{
    g_object_set(vp8, "deadline", (gint64)1, "cpu-used", -6, "target-bitrate",
                 bps, "lag-in-frames", 0, "threads", 1, "keyframe-max-dist",
                 3000, "buffer-size", 600, "buffer-initial-size", 300,
                 "buffer-optimal-size", 400, "undershoot", 95,
                 "static-threshold", 100, "max-intra-bitrate", 300,
                 "min-quantizer", 4, "max-quantizer", 56, NULL);
    gst_util_set_object_arg(G_OBJECT(vp8), "end-usage", "cbr");
}

static int encoder_build(struct media_encoder *e)
{
    int r = media_pipe_init(&e->pipe);
    if (r < 0)
        return r;
    e->vp8 = media_pipe_add(&e->pipe, "vp8enc", NULL);
    GstElement *pay =
        e->vp8 ? media_pipe_add(&e->pipe, "rtpvp8pay", e->vp8) : NULL;
    if (!pay)
        return -EIO;
    encoder_tune(e->vp8, e->bps);
    g_object_set(pay, "mtu", MEDIA_RTP_MAX, NULL);
    gst_util_set_object_arg(G_OBJECT(pay), "picture-id-mode", "15-bit");
    const struct media_pad_sink fns = {
        .chain = sink_chain, .list = sink_list, .arg = e->out};
    e->sink = media_pad_sink(pay, &fns);
    e->source = media_pad_source(e->vp8, source_event, e);
    if (!e->sink || !e->source)
        return -EIO;
    return media_pipe_play(&e->pipe);
}

static GstCaps *encoder_caps(const struct media_encoder *e)
{
    return gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "I420",
                               "width", G_TYPE_INT, e->size.width, "height",
                               G_TYPE_INT, e->size.height, "framerate",
                               GST_TYPE_FRACTION, e->adapt.fps, 1, NULL);
}

int media_encoder_new(const struct media_config *config, struct media_out *out,
                      struct media_encoder **ret)
{
    struct media_encoder *e = calloc(1, sizeof(*e));
    if (!e)
        return -ENOMEM;
    e->out = out;
    e->adapt.full.width = config->width_px;
    e->adapt.full.height = config->height_px;
    e->adapt.fps = config->fps;
    e->bps = config->start_bps;
    e->size = e->adapt.full;
    int r = encoder_build(e);
    if (r < 0) {
        media_encoder_free(e);
        return r;
    }
    GstCaps *caps = encoder_caps(e);
    media_pad_begin(e->source, "video", caps);
    gst_caps_unref(caps);
    *ret = e;
    return 0;
}

struct media_encoder *media_encoder_free(struct media_encoder *e)
{
    if (!e)
        return NULL;
    media_pipe_close(&e->pipe);
    e->source = media_pad_free(e->source);
    e->sink = media_pad_free(e->sink);
    free(e->small);
    free(e);
    return NULL;
}

/* A new size makes the encoder begin anew, with a key frame. */
static int encoder_resize(struct media_encoder *e, struct media_size want)
{
    if (want.width == e->size.width && want.height == e->size.height)
        return 0;
    if (!e->small) {
        e->small = malloc(
            media_picture_len(e->adapt.full.width, e->adapt.full.height));
        if (!e->small)
            return -ENOMEM;
    }
    e->size = want;
    GstCaps *caps = encoder_caps(e);
    gboolean ok = gst_pad_push_event(e->source, gst_event_new_caps(caps));
    gst_caps_unref(caps);
    return ok ? 0 : -EIO;
}

static struct media_picture encoder_scale(struct media_encoder *e,
                                          const struct media_picture *p)
{
    if (e->size.width == p->width && e->size.height == p->height)
        return *p;
    struct media_picture s =
        media_picture_at(e->small, e->size.width, e->size.height);
    I420Scale(p->plane[0], p->stride[0], p->plane[1], p->stride[1], p->plane[2],
              p->stride[2], p->width, p->height, s.plane[0], s.stride[0],
              s.plane[1], s.stride[1], s.plane[2], s.stride[2], s.width,
              s.height, kFilterBox);
    return s;
}

/* The memory is ours and only lent: the encoder has copied it when the push
 * returns, so one picture serves for ever. */
static int encoder_push(struct media_encoder *e, const struct media_picture *p,
                        int64_t captured_us)
{
    size_t len = media_picture_len(p->width, p->height);
    GstBuffer *b =
        gst_buffer_new_wrapped_full(0, p->plane[0], len, 0, len, NULL, NULL);
    GST_BUFFER_PTS(b) = (GstClockTime)captured_us * GST_USECOND;
    GST_BUFFER_DURATION(b) =
        gst_util_uint64_scale_int(GST_SECOND, 1, e->adapt.fps);
    return gst_pad_push(e->source, b) == GST_FLOW_OK ? 0 : -EIO;
}

/* Nothing is encoded while nobody watches. To libvpx such a pause would be a
 * frame rate near zero with a second's bits for each frame, and the key frame
 * that follows ten times too large: the pause is left out. */
static int64_t encoder_time(struct media_encoder *e, int64_t captured_us)
{
    int64_t at = captured_us - e->out->skipped_us;
    if (e->last_us != 0 && at - e->last_us > PAUSE_US) {
        int64_t next = e->last_us + 1000000 / e->adapt.fps;
        e->out->skipped_us += at - next;
        at = next;
    }
    return LK_MAX(at, e->last_us + 1000);
}

int media_encoder_encode(struct media_encoder *e,
                         const struct media_encoder_job *job)
{
    int64_t at = encoder_time(e, job->captured_us);
    if (job->bps != e->bps) {
        e->bps = job->bps;
        g_object_set(e->vp8, "target-bitrate", e->bps, NULL);
    }
    int r = encoder_resize(e, media_adapt_size(&e->adapt, e->bps, at));
    if (r < 0)
        return r;
    if (job->keyframe)
        gst_pad_push_event(e->source,
                           gst_video_event_new_downstream_force_key_unit(
                               GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE,
                               GST_CLOCK_TIME_NONE, TRUE, 0));
    struct media_picture p = encoder_scale(e, job->picture);
    if (job->stamp)
        media_stamp_draw(&p, (uint32_t)(lk_clock_wall_us() / 100),
                         job->counter);
    e->last_us = at;
    atomic_store(&e->width, p.width);
    atomic_store(&e->height, p.height);
    return encoder_push(e, &p, at);
}

void media_encoder_size(struct media_encoder *e, int *ret_width,
                        int *ret_height)
{
    *ret_width = atomic_load(&e->width);
    *ret_height = atomic_load(&e->height);
}

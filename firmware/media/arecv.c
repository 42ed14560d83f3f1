/* arecv.c - the sound that is received: decoder, measuring, loudspeaker.
 */
#include "media/arecv.h"
#include "media/adapt.h"
#include "media/playout.h"
#include "media/tone.h"

#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LATENCY_MS 40 /* of the jitter buffer, to begin with */
#define DEVICE_BUFFER_US 60000L
#define DEVICE_PERIOD_US 10000L

struct media_arecv {
    struct media_receive in;
    bool device;
    int latency_ms; /* control's, and atomic for statistics */
    atomic_int shown_latency_ms;
    const atomic_int *gain;
    struct media_playout *playout;
    pthread_mutex_t lock;
    struct media_tone tone; /* under the lock */
};

struct media_receive *media_arecv_receive(struct media_arecv *a)
{
    return &a->in;
}

static GstBuffer *turn_down(GstBuffer *b, int gain)
{
    GstMapInfo map;
    b = gst_buffer_make_writable(b);
    if (!gst_buffer_map(b, &map, GST_MAP_READWRITE))
        return b;
    int16_t *s = (int16_t *)(void *)map.data;
    for (size_t i = 0; i < map.size / sizeof(*s); i++)
        s[i] = (int16_t)(s[i] * gain / MEDIA_GAIN_ONE);
    gst_buffer_unmap(b, &map);
    return b;
}

/* Decoded sound passes here: it is measured as it came, then made quieter. */
static GstPadProbeReturn tap(GstPad *pad, GstPadProbeInfo *info, gpointer arg)
{
    (void)pad;
    struct media_arecv *a = arg;
    GstMapInfo map;
    GstBuffer *b = GST_PAD_PROBE_INFO_BUFFER(info);
    if (gst_buffer_map(b, &map, GST_MAP_READ)) {
        pthread_mutex_lock(&a->lock);
        media_tone_add(&a->tone, (const int16_t *)(const void *)map.data,
                       map.size / sizeof(int16_t), lk_clock_us());
        pthread_mutex_unlock(&a->lock);
        gst_buffer_unmap(b, &map);
    }
    int gain = atomic_load(a->gain);
    if (a->device && gain != MEDIA_GAIN_ONE)
        GST_PAD_PROBE_INFO_DATA(info) = turn_down(b, gain);
    return GST_PAD_PROBE_OK;
}

/* The loudspeaker, or what stands in for it; ret_first is its entrance. */
static GstElement *arecv_device(struct media_arecv *a, enum media_sound kind,
                                int card, GstElement **ret_first)
{
    struct media_pipe *pipe = &a->in.pipe;
    GstElement *e = media_pipe_add(pipe, "webrtcechoprobe", NULL);
    *ret_first = e;
    e = e ? media_pipe_add(pipe, "audioconvert", e) : NULL;
    e = e ? media_pipe_add(pipe, "audioresample", e) : NULL;
    if (e)
        e = media_pipe_add(
            pipe, kind == MEDIA_SOUND_PULSE ? "pulsesink" : "alsasink", e);
    if (e && kind == MEDIA_SOUND_ALSA && card >= 0) {
        char device[32];
        (void)snprintf(device, sizeof(device), "plughw:%d", card);
        g_object_set(e, "device", device, NULL);
    }
    if (e)
        g_object_set(e, "buffer-time", DEVICE_BUFFER_US, "latency-time",
                     DEVICE_PERIOD_US, "provide-clock", FALSE, NULL);
    return e;
}

static int arecv_build(struct media_arecv *a,
                       const struct media_arecv_config *c)
{
    struct media_pipe *pipe = &a->in.pipe;
    GstElement *e = media_pipe_add(pipe, "rtpopusdepay", a->in.jitterbuffer);
    e = e ? media_pipe_add(pipe, "opusdec", e) : NULL;
    if (!e)
        return -EIO;
    /* Not "use-inband-fec": with it opusdec adds 120 ms, and keeps the packet
     * that it could not decode, to try it again for ever. Our offer does not
     * ask for it either (rtc/wire). */
    g_object_set(e, "plc", TRUE, NULL);
    e = media_pipe_filter(pipe,
                          "audio/x-raw,format=S16LE,rate=48000,channels=1", e);
    if (!e)
        return -EIO;
    media_pad_probe(e, "src", tap, a);
    struct media_playout_config p = {
        .from = e, .speech = c->speech, .looker = c->looker, .gain = c->gain};
    e = a->device ? arecv_device(a, c->sink, c->card, &p.to)
                  : media_pipe_add(pipe, "fakesink", NULL);
    if (!e)
        return -EIO;
    p.to = a->device ? p.to : e;
    g_object_set(e, "sync", TRUE, "async", FALSE, "enable-last-sample", FALSE,
                 NULL);
    int r = media_playout_new(&p, &a->playout);
    if (r == 0)
        r = media_pipe_play(pipe);
    if (r == 0)
        r = media_playout_begin(a->playout);
    if (r == 0)
        media_receive_begin(&a->in);
    return r;
}

int media_arecv_new(const struct media_arecv_config *config,
                    const struct media_callbacks *cb, struct media_arecv **ret)
{
    struct media_arecv *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    if (pthread_mutex_init(&a->lock, NULL) != 0 ||
        pthread_mutex_init(&a->in.lock, NULL) != 0) {
        free(a);
        return -ENOMEM;
    }
    a->device = config->sink != MEDIA_SOUND_NONE;
    a->latency_ms = LATENCY_MS;
    atomic_store(&a->shown_latency_ms, LATENCY_MS);
    a->gain = config->gain;
    a->in.open = config->open;
    media_receive_identity(&a->in, config->pt);
    int r = media_receive_init(&a->in, MEDIA_AUDIO, cb, LATENCY_MS);
    if (r == 0)
        r = arecv_build(a, config);
    if (r < 0) {
        media_arecv_free(a);
        return r;
    }
    *ret = a;
    return 0;
}

struct media_arecv *media_arecv_free(struct media_arecv *a)
{
    if (!a)
        return NULL;
    /* The pipeline stops, then the thread that pushes into it, then the pads
     * go. */
    media_pipe_close(&a->in.pipe);
    media_playout_free(a->playout);
    media_receive_close(&a->in);
    pthread_mutex_destroy(&a->lock);
    pthread_mutex_destroy(&a->in.lock);
    free(a);
    return NULL;
}

bool media_arecv_broken(struct media_arecv *a)
{
    return atomic_load(&a->in.pipe.broken);
}

void media_arecv_tick(struct media_arecv *a)
{
    int64_t jitter = atomic_load(&a->in.jitter_us);
    int want = media_adapt_latency(a->latency_ms, jitter);
    if (want != a->latency_ms) {
        a->latency_ms = want;
        atomic_store(&a->shown_latency_ms, want);
        g_object_set(a->in.jitterbuffer, "latency", want, NULL);
    }
    media_pipe_latency(&a->in.pipe);
}

int64_t media_arecv_latency_us(struct media_arecv *a)
{
    int64_t device = a->device ? DEVICE_BUFFER_US : 0;
    return (int64_t)atomic_load(&a->shown_latency_ms) * 1000 + device;
}

void media_arecv_stats(struct media_arecv *a, struct media_stats *ret)
{
    struct media_tone *copy = malloc(sizeof(*copy));
    if (copy) {
        pthread_mutex_lock(&a->lock);
        *copy = a->tone;
        pthread_mutex_unlock(&a->lock);
        media_tone_measure(copy, lk_clock_us(), &ret->tone_hz, &ret->level);
        free(copy);
    }
    ret->audio_latency_ms = atomic_load(&a->shown_latency_ms);
}

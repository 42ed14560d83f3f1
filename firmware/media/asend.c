/* asend.c - the sound that is sent: microphone or tone, echo cancelled, Opus.
 */
#include "media/asend.h"
#include "media/element.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE_HZ 48000
#define FRAME_SAMPLES 960 /* 20 ms */
#define TONE_LOUD 3276.0  /* a tenth of the most */
#define BITRATE_BPS 32000
#define LOSS_PERCENT 10 /* what in-band FEC is made for */
#define COMPLEXITY 5
#define DEVICE_BUFFER_US 60000L
#define DEVICE_PERIOD_US 10000L

struct media_asend {
    struct media_pipe pipe;
    GstPad *sink;
    struct media_out *out;
    const atomic_bool *on;
    GstElement *opus;
    bool simulated;
    const atomic_bool *tone;
    struct media_looker *looker;
    double tone_step; /* of the phase, for a sample */
    /* The streaming thread's: */
    bool dtx;
    double tone_phase;
};

/* A steady tone is no speech: DTX would leave it out. */
static void asend_dtx(struct media_asend *a, bool on)
{
    if (a->dtx == on)
        return;
    a->dtx = on;
    g_object_set(a->opus, "dtx", on, NULL);
}

/* In place of what was heard, the tone of the simulated microphone. */
static void asend_tone(struct media_asend *a, GstBuffer *b)
{
    GstMapInfo map;
    if (!gst_buffer_map(b, &map, GST_MAP_WRITE))
        return;
    int16_t *s = (int16_t *)(void *)map.data;
    for (size_t i = 0; i < map.size / sizeof(*s); i++) {
        s[i] = (int16_t)(TONE_LOUD * sin(a->tone_phase));
        a->tone_phase = fmod(a->tone_phase + a->tone_step, 2 * M_PI);
    }
    gst_buffer_unmap(b, &map);
}

/* Before the encoder: nothing at all while nobody listens, and true silence
 * while the microphone is off. The echo canceller before it goes on learning.
 */
static GstPadProbeReturn gate(GstPad *pad, GstPadProbeInfo *info, gpointer arg)
{
    (void)pad;
    struct media_asend *a = arg;
    if (!atomic_load(&a->out->open))
        return GST_PAD_PROBE_DROP;
    bool on = atomic_load(a->on);
    bool tone = atomic_load(a->tone) && !a->simulated;
    asend_dtx(a, !tone && (!on || !a->simulated));
    if (on && !tone)
        return GST_PAD_PROBE_OK;
    GstBuffer *b = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
    GST_PAD_PROBE_INFO_DATA(info) = b;
    if (tone)
        asend_tone(a, b);
    else
        gst_buffer_memset(b, 0, 0, gst_buffer_get_size(b));
    return GST_PAD_PROBE_OK;
}

/* As it came, for a technician who looks whether it works. */
static GstPadProbeReturn hear(GstPad *pad, GstPadProbeInfo *info, gpointer arg)
{
    (void)pad;
    struct media_asend *a = arg;
    GstMapInfo map;
    GstBuffer *b = GST_PAD_PROBE_INFO_BUFFER(info);
    if (gst_buffer_map(b, &map, GST_MAP_READ)) {
        media_looker_sound(a->looker, (const int16_t *)(const void *)map.data,
                           map.size / sizeof(int16_t));
        gst_buffer_unmap(b, &map);
    }
    return GST_PAD_PROBE_OK;
}

static GstFlowReturn sink_chain(GstPad *pad, GstObject *parent, GstBuffer *b)
{
    (void)parent;
    struct media_asend *a = gst_pad_get_element_private(pad);
    media_out_send(a->out, NULL, b);
    gst_buffer_unref(b);
    return GST_FLOW_OK;
}

static GstElement *source_tone(struct media_asend *a, int hz)
{
    GstElement *e = media_pipe_add(&a->pipe, "audiotestsrc", NULL);
    if (e)
        g_object_set(e, "is-live", TRUE, "volume", 0.1, "freq", (double)hz,
                     "samplesperbuffer", FRAME_SAMPLES, NULL);
    return e;
}

static GstElement *source_device(struct media_asend *a, enum media_sound kind)
{
    GstElement *e = media_pipe_add(
        &a->pipe, kind == MEDIA_SOUND_PULSE ? "pulsesrc" : "alsasrc", NULL);
    if (e)
        g_object_set(e, "buffer-time", DEVICE_BUFFER_US, "latency-time",
                     DEVICE_PERIOD_US, "provide-clock", FALSE, NULL);
    e = e ? media_pipe_add(&a->pipe, "audioconvert", e) : NULL;
    return e ? media_pipe_add(&a->pipe, "audioresample", e) : NULL;
}

static GstElement *asend_encoder(struct media_asend *a, GstElement *after)
{
    GstElement *e = media_pipe_add(&a->pipe, "opusenc", after);
    if (!e)
        return NULL;
    gst_util_set_object_arg(G_OBJECT(e), "audio-type", "voice");
    a->opus = e;
    g_object_set(e, "bitrate", BITRATE_BPS, "inband-fec", TRUE,
                 "packet-loss-percentage", LOSS_PERCENT, "complexity",
                 COMPLEXITY, NULL);
    media_pad_probe(e, "sink", gate, a);
    GstElement *pay = media_pipe_add(&a->pipe, "rtpopuspay", e);
    /* Time stamps from the clock: silence that is not sent leaves a gap. */
    if (pay)
        g_object_set(pay, "mtu", MEDIA_RTP_MAX, "dtx", TRUE, "perfect-rtptime",
                     FALSE, NULL);
    return pay;
}

static int asend_build(struct media_asend *a,
                       const struct media_asend_config *c)
{
    int r = media_pipe_init(&a->pipe);
    if (r < 0)
        return r;
    GstElement *e =
        c->simulated ? source_tone(a, c->tone_hz) : source_device(a, c->source);
    e = e ? media_pipe_filter(
                &a->pipe, "audio/x-raw,format=S16LE,rate=48000,channels=1", e)
          : NULL;
    if (e)
        media_pad_probe(e, "src", hear, a);
    if (e && c->cancel_echo && !c->simulated)
        e = media_pipe_add(&a->pipe, "webrtcdsp", e);
    e = e ? asend_encoder(a, e) : NULL;
    const struct media_pad_sink fns = {.chain = sink_chain, .arg = a};
    a->sink = e ? media_pad_sink(e, &fns) : NULL;
    return a->sink ? media_pipe_play(&a->pipe) : -EIO;
}

int media_asend_new(const struct media_asend_config *config,
                    struct media_out *out, const atomic_bool *microphone_on,
                    struct media_asend **ret)
{
    struct media_asend *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    a->out = out;
    a->on = microphone_on;
    a->simulated = config->simulated;
    a->tone = config->tone;
    a->looker = config->looker;
    a->tone_step = 2 * M_PI * config->tone_hz / RATE_HZ;
    int r = asend_build(a, config);
    if (r < 0) {
        media_asend_free(a);
        return r;
    }
    *ret = a;
    return 0;
}

struct media_asend *media_asend_free(struct media_asend *a)
{
    if (!a)
        return NULL;
    media_pipe_close(&a->pipe);
    a->sink = media_pad_free(a->sink);
    free(a);
    return NULL;
}

bool media_asend_broken(struct media_asend *a)
{
    return atomic_load(&a->pipe.broken);
}

/* webrtcbin_peer.c - the reference of `tools/bench call`: the same source and
 * encoder settings as luukku-rtc, carried by GStreamer's webrtcbin with NACK,
 * transport-wide feedback and a data channel.
 *
 *   bench-webrtcbin KBPS
 *
 * Speaks the JSON lines of rtc_host.c.
 */
#define GST_USE_UNSTABLE_API /* the WebRTC library says so of itself */
#include "base/clock.h"
#include "base/defs.h"
#include "media/picture.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>
#include <gst/webrtc/webrtc.h>
#include <jansson.h>
#include <malloc.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WIDTH 640
#define HEIGHT 480
#define FPS 30
#define LATENCIES_MAX 1024
#define TWCC                  \
    "http://www.ietf.org/id/" \
    "draft-holmer-rmcat-transport-wide-cc-extensions-01"

struct peer {
    GMainLoop *loop;
    GstElement *pipeline, *rtc, *source;
    GObject *channel;
    GThread *feeder;
    struct media_scene *scene;
    atomic_bool running;
    bool offered;
    GMutex lock; /* over what follows, and standard output */
    bool pictured;
    uint64_t decoded;
    double latency[LATENCIES_MAX];
    size_t latencies;
};

static double wall_ms(void)
{
    return (double)lk_clock_wall_us() / 1000;
}

static void say(struct peer *p, const char *type, json_t *o)
{
    json_object_set_new(o, "type", json_string(type));
    json_object_set_new(o, "t", json_real(wall_ms()));
    g_mutex_lock(&p->lock);
    json_dumpf(o, stdout, JSON_COMPACT);
    (void)putchar('\n');
    (void)fflush(stdout);
    g_mutex_unlock(&p->lock);
    json_decref(o);
}

static void give_up(const char *why)
{
    (void)fprintf(stderr, "bench-webrtcbin: %s\n", why);
    exit(EXIT_FAILURE);
}

/* --- sending ----------------------------------------------------------- */

static GstBuffer *draw(struct peer *p, unsigned n)
{
    GstMapInfo map;
    GstBuffer *b =
        gst_buffer_new_allocate(NULL, media_picture_len(WIDTH, HEIGHT), NULL);
    if (!gst_buffer_map(b, &map, GST_MAP_WRITE))
        give_up("no memory for a picture");
    struct media_picture pic = media_picture_at(map.data, WIDTH, HEIGHT);
    media_scene_draw(p->scene, n, "SIMULATED CAMERA", &pic);
    media_stamp_draw(&pic, (uint32_t)(lk_clock_wall_us() / 100), (uint16_t)n);
    gst_buffer_unmap(b, &map);
    return b;
}

static gpointer feed(gpointer arg)
{
    struct peer *p = arg;
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    for (unsigned n = 0; atomic_load(&p->running); n++) {
        if (gst_app_src_push_buffer(GST_APP_SRC(p->source), draw(p, n)) !=
            GST_FLOW_OK)
            break;
        t.tv_nsec += 1000000000 / FPS;
        if (t.tv_nsec >= 1000000000) {
            t.tv_nsec -= 1000000000;
            t.tv_sec++;
        }
        (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    }
    return NULL;
}

/* --- receiving --------------------------------------------------------- */

static void read_stamp(struct peer *p, const GstVideoFrame *f)
{
    uint32_t stamp;
    uint16_t counter;
    uint32_t now = (uint32_t)(lk_clock_wall_us() / 100);
    if (!media_stamp_read(GST_VIDEO_FRAME_PLANE_DATA(f, 0),
                          GST_VIDEO_FRAME_PLANE_STRIDE(f, 0),
                          GST_VIDEO_FRAME_WIDTH(f), GST_VIDEO_FRAME_HEIGHT(f),
                          &stamp, &counter))
        return;
    g_mutex_lock(&p->lock);
    p->latency[p->latencies++ % LATENCIES_MAX] = (int32_t)(now - stamp) / 10.0;
    g_mutex_unlock(&p->lock);
}

static GstFlowReturn on_picture(GstAppSink *sink, gpointer arg)
{
    struct peer *p = arg;
    GstVideoInfo info;
    GstVideoFrame frame;
    GstSample *sample = gst_app_sink_pull_sample(sink);
    if (!sample)
        return GST_FLOW_EOS;
    if (!p->pictured)
        say(p, "picture", json_object());
    p->pictured = true;
    p->decoded++;
    if (gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) &&
        gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample),
                            GST_MAP_READ)) {
        read_stamp(p, &frame);
        gst_video_frame_unmap(&frame);
    }
    gst_sample_unref(sample);
    return GST_FLOW_OK;
}

static void on_pad(GstElement *rtc, GstPad *pad, gpointer arg)
{
    struct peer *p = arg;
    GstAppSinkCallbacks cb = {.new_sample = on_picture};
    (void)rtc;
    if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC)
        return;
    GstCaps *caps = gst_pad_get_current_caps(pad);
    const char *codec = gst_structure_get_string(
        gst_caps_get_structure(caps, 0), "encoding-name");
    GstElement *bin = gst_parse_bin_from_description(
        g_strcmp0(codec, "VP8") == 0
            ? "queue ! rtpvp8depay request-keyframe=true "
              "wait-for-keyframe=true ! vp8dec threads=1 ! appsink name=shown "
              "sync=false max-buffers=2 drop=true"
            : "queue ! rtpopusdepay ! opusdec use-inband-fec=true plc=true ! "
              "audioconvert ! audioresample ! fakesink sync=false",
        TRUE, NULL);
    gst_caps_unref(caps);
    gst_bin_add(GST_BIN(p->pipeline), bin);
    GstElement *shown = gst_bin_get_by_name(GST_BIN(bin), "shown");
    if (shown) {
        gst_app_sink_set_callbacks(GST_APP_SINK(shown), &cb, p, NULL);
        gst_object_unref(shown);
    }
    gst_element_sync_state_with_parent(bin);
    GstPad *sink = gst_element_get_static_pad(bin, "sink");
    gst_pad_link(pad, sink);
    gst_object_unref(sink);
}

/* --- negotiation ------------------------------------------------------- */

static void on_offer(GstPromise *promise, gpointer arg)
{
    struct peer *p = arg;
    GstWebRTCSessionDescription *d = NULL;
    gst_structure_get(gst_promise_get_reply(promise), "offer",
                      GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &d, NULL);
    gst_promise_unref(promise);
    if (!d)
        give_up("no offer");
    GstPromise *set = gst_promise_new();
    g_signal_emit_by_name(p->rtc, "set-local-description", d, set);
    gst_promise_interrupt(set);
    gst_promise_unref(set);
    char *text = gst_sdp_message_as_text(d->sdp);
    say(p, "offer", json_pack("{s:s}", "sdp", text));
    g_free(text);
    gst_webrtc_session_description_free(d);
}

static void on_negotiation(GstElement *rtc, gpointer arg)
{
    struct peer *p = arg;
    if (p->offered)
        return;
    p->offered = true;
    g_signal_emit_by_name(rtc, "create-offer", NULL,
                          gst_promise_new_with_change_func(on_offer, p, NULL));
}

static void on_candidate(GstElement *rtc, guint mline, gchar *text,
                         gpointer arg)
{
    (void)rtc;
    say(arg, "candidate",
        json_pack("{s:s, s:i}", "candidate", text, "mline", (int)mline));
}

static void take_answer(struct peer *p, const char *sdp)
{
    GstSDPMessage *m = NULL;
    if (gst_sdp_message_new_from_text(sdp, &m) != GST_SDP_OK)
        give_up("bad answer");
    GstWebRTCSessionDescription *d =
        gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, m);
    GstPromise *set = gst_promise_new();
    g_signal_emit_by_name(p->rtc, "set-remote-description", d, set);
    gst_promise_interrupt(set);
    gst_promise_unref(set);
    gst_webrtc_session_description_free(d);
}

/* --- the pipeline ------------------------------------------------------ */

static void add_twcc(struct peer *p, const char *payloader)
{
    GstElement *pay = gst_bin_get_by_name(GST_BIN(p->pipeline), payloader);
    GstRTPHeaderExtension *x = gst_rtp_header_extension_create_from_uri(TWCC);
    if (!x)
        give_up("no transport-wide extension");
    gst_rtp_header_extension_set_id(x, 5);
    g_signal_emit_by_name(pay, "add-extension", x);
    gst_object_unref(x);
    gst_object_unref(pay);
}

static void use_nack(struct peer *p)
{
    GArray *list = NULL;
    g_signal_emit_by_name(p->rtc, "get-transceivers", &list);
    /* Sound with NACK makes Chromium refuse the offer. */
    if (list && list->len > 0)
        g_object_set(g_array_index(list, GObject *, 0), "do-nack", TRUE, NULL);
    if (list)
        g_array_unref(list);
}

static GstElement *parse(int kbps)
{
    char text[2048];
    GError *error = NULL;
    (void)snprintf(
        text, sizeof(text),
        "webrtcbin name=rtc bundle-policy=max-bundle latency=200 "
        "appsrc name=source is-live=true format=time do-timestamp=true "
        "caps=video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 ! "
        "queue max-size-buffers=2 leaky=downstream ! vp8enc deadline=1 "
        "cpu-used=8 target-bitrate=%d end-usage=cbr lag-in-frames=0 threads=1 "
        "keyframe-max-dist=3000 buffer-size=600 buffer-initial-size=300 "
        "buffer-optimal-size=400 undershoot=95 static-threshold=100 "
        "max-intra-bitrate=300 min-quantizer=4 max-quantizer=56 ! "
        "rtpvp8pay name=vpay mtu=1200 picture-id-mode=2 ! application/x-rtp,"
        "media=video,encoding-name=VP8,payload=96 ! rtc. "
        "audiotestsrc is-live=true volume=0.1 freq=440 samplesperbuffer=960 ! "
        "audio/x-raw,rate=48000,channels=1 ! queue ! opusenc bitrate=32000 "
        "frame-size=20 inband-fec=true audio-type=voice ! rtpopuspay "
        "name=apay ! application/x-rtp,media=audio,encoding-name=OPUS,"
        "payload=111 ! rtc. ",
        WIDTH, HEIGHT, FPS, kbps * 1000);
    GstElement *pipeline = gst_parse_launch(text, &error);
    if (!pipeline)
        give_up(error->message);
    return pipeline;
}

static void build(struct peer *p, int kbps)
{
    p->pipeline = parse(kbps);
    p->rtc = gst_bin_get_by_name(GST_BIN(p->pipeline), "rtc");
    p->source = gst_bin_get_by_name(GST_BIN(p->pipeline), "source");
    add_twcc(p, "vpay");
    add_twcc(p, "apay");
    use_nack(p);
    g_signal_connect(p->rtc, "on-ice-candidate", G_CALLBACK(on_candidate), p);
    g_signal_connect(p->rtc, "pad-added", G_CALLBACK(on_pad), p);
    if (media_scene_new(WIDTH, HEIGHT, &p->scene) < 0)
        give_up("no memory");
}

/* Encoder and source run already when the offer is made, as the kiosk's do. */
static void start(struct peer *p)
{
    g_signal_connect(p->rtc, "on-negotiation-needed",
                     G_CALLBACK(on_negotiation), p);
    gst_element_set_state(p->pipeline, GST_STATE_READY);
    g_signal_emit_by_name(p->rtc, "create-data-channel", "ctl", NULL,
                          &p->channel);
    atomic_store(&p->running, true);
    gst_element_set_state(p->pipeline, GST_STATE_PLAYING);
    p->feeder = g_thread_new("feeder", feed, p);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void give_stats(struct peer *p)
{
    double sorted[LATENCIES_MAX];
    g_mutex_lock(&p->lock);
    size_t n = LK_MIN(p->latencies, (size_t)LATENCIES_MAX);
    memcpy(sorted, p->latency, n * sizeof(*sorted));
    g_mutex_unlock(&p->lock);
    qsort(sorted, n, sizeof(*sorted), compare);
    say(p, "stats",
        json_pack("{s:{s:I, s:f}}", "stats", "frames_decoded",
                  (json_int_t)p->decoded, "latency_p50_ms",
                  n > 0 ? sorted[n / 2] : 0.0));
}

static void command(struct peer *p, json_t *o)
{
    const char *type = json_string_value(json_object_get(o, "type"));
    const char *sdp = json_string_value(json_object_get(o, "sdp"));
    const char *text = json_string_value(json_object_get(o, "candidate"));
    guint mline = (guint)json_integer_value(json_object_get(o, "mline"));
    if (!type)
        give_up("a line without type");
    else if (strcmp(type, "start") == 0)
        start(p);
    else if (strcmp(type, "answer") == 0 && sdp)
        take_answer(p, sdp);
    else if (strcmp(type, "candidate") == 0 && text)
        g_signal_emit_by_name(p->rtc, "add-ice-candidate", mline, text);
    else if (strcmp(type, "stats") == 0)
        give_stats(p);
    else if (strcmp(type, "quit") == 0)
        g_main_loop_quit(p->loop);
}

static gboolean on_input(GIOChannel *in, GIOCondition condition, gpointer arg)
{
    struct peer *p = arg;
    char *line = NULL;
    (void)condition;
    if (g_io_channel_read_line(in, &line, NULL, NULL, NULL) !=
        G_IO_STATUS_NORMAL) {
        g_main_loop_quit(p->loop);
        return G_SOURCE_REMOVE;
    }
    json_t *o = json_loads(line, 0, NULL);
    if (!o)
        give_up("a line that is no JSON");
    command(p, o);
    json_decref(o);
    g_free(line);
    return G_SOURCE_CONTINUE;
}

int main(int argc, char **argv)
{
    static struct peer p;
    long kbps = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    if (kbps < 100 || kbps > 20000)
        give_up("usage: bench-webrtcbin KBPS");
    (void)mallopt(M_ARENA_MAX, 1); /* as luukku-rtc does */
    gst_init(NULL, NULL);
    p.loop = g_main_loop_new(NULL, FALSE);
    build(&p, (int)kbps);
    GIOChannel *in = g_io_channel_unix_new(STDIN_FILENO);
    g_io_add_watch(in, G_IO_IN | G_IO_HUP, on_input, &p);
    say(&p, "ready", json_object());
    g_main_loop_run(p.loop);
    atomic_store(&p.running, false);
    gst_element_set_state(p.pipeline, GST_STATE_NULL);
    if (p.feeder)
        g_thread_join(p.feeder);
    media_scene_free(p.scene);
    return 0;
}

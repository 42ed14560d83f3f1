#include "app/rtc_control.h"

#include "app/rtc_broker.h"
#include "app/rtc_cameras.h"
#include "app/rtc_captions.h"
#include "app/rtc_names.h"
#include "app/rtc_speech.h"
#include "app/rtc_stats.h"
#include "app/rtc_voice.h"
#include "app/superlink.h"
#include "base/log.h"
#include "ipc/chan.h"
#include "loop/mailbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reports of the transport thread that wait for this one. */
#define BOX_MAX 256
#define START_BPS 1200000
#define MIN_BPS 100000

struct rtc_control {
    struct lk_loop *loop;
    struct superlink *super;
    struct lk_chan *luukkud;
    struct lk_mailbox *box;
    struct media *media;
    struct rtc_transport *transport;
    struct rtc_cameras *cameras;
    struct rtc_names *names;
    struct rtc_speech *speech;
    struct rtc_broker *broker;
    uint32_t call;         /* number of the newest connection */
    struct lk_timer *look; /* runs while that one is connected */
    struct rtc_voice voice;
};

enum post_kind { POST_REPORT, POST_STATS, POST_SERVERS };

struct post {
    enum post_kind kind;
    uint32_t id;
    void *p; /* struct rtcmsg, rtc_transport_stats or rtc_ice_config; owned */
};

static void note(const char *what, int r)
{
    if (r < 0)
        LK_LOG(WARN, "control", "what=\"%s\" err=%s", what,
               strerrorname_np(-r));
}

/* Something of a data channel did not reach luukkud, which had no room: of a
 * channel where nothing may be missing this is the end. Thread: any. */
static void data_lost(struct rtc_control *c, const struct rtcmsg *m)
{
    struct rtcmsg shut = {
        .type = RTCMSG_SHUT, .call = m->call, .channel = m->channel};
    if (m->type == RTCMSG_DATA)
        note("shut", rtc_transport_order(c->transport, &shut));
}

/* --- to luukkud -------------------------------------------------------- */

static void tell(void *arg, const struct rtcmsg *m)
{
    struct rtc_control *c = arg;
    static uint8_t bytes[RTCMSG_ENCODED_MAX]; /* this thread's alone */
    if (!c->luukkud)
        return;
    int n = rtcmsg_encode(m, bytes, sizeof(bytes));
    if (n >= 0)
        n = lk_chan_send(c->luukkud, (uint16_t)m->type, bytes, (size_t)n, NULL,
                         0);
    if (n == -EPIPE)
        return;
    note("send", n);
    if (n < 0)
        data_lost(c, m);
}

static enum rtcmsg_device device_of(enum media_device d)
{
    static const enum rtcmsg_device map[] = {
        [MEDIA_DEVICE_NONE] = RTCMSG_DEVICE_NONE,
        [MEDIA_DEVICE_SIMULATED] = RTCMSG_DEVICE_SIMULATED,
        [MEDIA_DEVICE_REAL] = RTCMSG_DEVICE_REAL};
    return map[d];
}

static void tell_devices(struct rtc_control *c)
{
    struct media_devices d;
    media_devices(c->media, &d);
    struct rtcmsg m = {.type = RTCMSG_DEVICES,
                       .camera_device = device_of(d.camera),
                       .sound_device = device_of(d.microphone)};
    tell(c, &m);
}

static void tell_rings(struct rtc_control *c)
{
    int fds[4];
    media_rings(c->media, &fds[0], &fds[1], &fds[2], &fds[3]);
    size_t n = fds[2] >= 0 ? 4 : 2;
    note("rings", lk_chan_send(c->luukkud, RTCMSG_RINGS, NULL, 0, fds, n));
}

/* --- who speaks -------------------------------------------------------- */

static void tell_voice(struct rtc_control *c)
{
    struct rtcmsg m = {
        .type = RTCMSG_VOICE, .call = c->call, .up = c->voice.up};
    tell(c, &m);
}

static void on_look(void *arg, int64_t now_us)
{
    struct rtc_control *c = arg;
    struct media_stats m;
    media_stats(c->media, &m);
    if (rtc_voice_look(&c->voice, m.level, now_us))
        tell_voice(c);
    lk_timer_set(c->look, now_us + RTC_VOICE_EVERY_US);
}

static void voice_end(struct rtc_control *c)
{
    c->voice = (struct rtc_voice){0};
    lk_timer_clear(c->look);
}

/* After a report about the connection: luukkud takes a line that was bad for
 * silent, so it is told how that is. */
static void voice_follow(struct rtc_control *c, const struct rtcmsg *m)
{
    if (m->type != RTCMSG_PEER || m->call != c->call)
        return;
    if (m->peer == RTCMSG_PEER_CONNECTED) {
        tell_voice(c);
        lk_timer_set_in(c->look, RTC_VOICE_EVERY_US);
    } else if (m->peer == RTCMSG_PEER_FAILED) {
        voice_end(c);
    }
}

/* --- from luukkud ------------------------------------------------------ */

static void set_controls(struct rtc_control *c, const struct rtcmsg *m)
{
    media_set_microphone(c->media, m->mic);
    media_set_camera(c->media, m->camera);
    media_set_volume(c->media, m->volume / 10.0);
    for (unsigned i = 0; i < MEDIA_CAPTIONS; i++)
        media_set_caption(c->media, (enum media_caption)i,
                          rtc_caption(m->lang, (enum media_caption)i));
}

/* A fresh stream for a fresh connection; flow puts the signalled SSRCs in. */
static void renew_media(struct rtc_control *c)
{
    static const uint8_t pt[MEDIA_KINDS] = {
        [MEDIA_VIDEO] = RTC_PT_VP8, [MEDIA_AUDIO] = RTC_PT_OPUS};
    uint32_t ssrc[MEDIA_KINDS];
    lk_random_bytes(ssrc, sizeof(ssrc));
    media_open(c->media, false);
    media_identity(c->media, pt, ssrc);
}

static void publish(struct rtc_control *c, const struct rtcmsg *m)
{
    int r = rtc_broker_publish(c->broker, m);
    if (r != -ENOTCONN) /* the sender's retries heal that */
        note("publish", r);
}

/* What this thread does itself. False: the order is for others. */
static bool order_here(struct rtc_control *c, const struct rtcmsg *m)
{
    if (m->type == RTCMSG_PUBLISH)
        publish(c, m);
    else if (m->type == RTCMSG_CONTROLS)
        set_controls(c, m);
    else if (m->type == RTCMSG_CAPTURE)
        media_capture(c->media, m->up);
    else if (m->type == RTCMSG_WATCH)
        note("watch", rtc_broker_watch(c->broker, m->text));
    else
        return false;
    return true;
}

static void luukkud_receive(void *arg, struct lk_chan_msg *msg)
{
    struct rtc_control *c = arg;
    struct rtcmsg m;
    int r = rtcmsg_decode(msg->type, msg->payload, msg->len, &m);
    if (r < 0 || m.type >= RTCMSG_LINK) {
        note("message refused", -EBADMSG);
        return;
    }
    if (order_here(c, &m))
        return;
    if (rtc_speech_order(c->speech, &m))
        return;
    if (m.type == RTCMSG_PREPARE || m.type == RTCMSG_CLOSE)
        voice_end(c);
    if (m.type == RTCMSG_PREPARE) {
        c->call = m.call;
        renew_media(c);
    }
    note("order", rtc_transport_order(c->transport, &m));
}

static void drop_luukkud(struct rtc_control *c)
{
    struct lk_chan *old = LK_TAKE(c->luukkud);
    if (old)
        note("defer", lk_chan_free_later(old));
}

/* luukkud has gone: the call is its, and ends here; super brings a new one. */
static void luukkud_closed(void *arg, int error)
{
    struct rtc_control *c = arg;
    struct rtcmsg m = {.type = RTCMSG_CLOSE, .call = c->call};
    note("luukkud gone", error);
    voice_end(c);
    note("close", rtc_transport_order(c->transport, &m));
    media_capture(c->media, false);
    note("watch", rtc_broker_watch(c->broker, ""));
    drop_luukkud(c);
}

static void super_peer(void *arg, const char *name, int fd)
{
    struct rtc_control *c = arg;
    struct lk_chan_config config = {
        .receive = luukkud_receive, .closed = luukkud_closed, .arg = c};
    (void)name; /* luukkud is its only sibling */
    drop_luukkud(c);
    int r = lk_chan_new(c->loop, fd, &config, &c->luukkud);
    if (r < 0) {
        note("channel", r);
        return;
    }
    tell_rings(c);
    tell_devices(c);
    rtc_broker_tell(c->broker);
    rtc_speech_greet(c->speech);
}

/* --- media ------------------------------------------------------------- */

static void media_happened(void *arg, enum media_event event)
{
    struct rtc_control *c = arg;
    struct rtcmsg m = {
        .type = RTCMSG_PEER, .call = c->call, .peer = RTCMSG_PEER_PICTURE};
    if (event == MEDIA_EVENT_DEVICES)
        tell_devices(c);
    else if (event == MEDIA_EVENT_FIRST_PICTURE)
        tell(c, &m);
    else if (event == MEDIA_EVENT_FAILED)
        LK_LOG(ERROR, "media", "what=pipeline-failed");
}

static void media_packets_made(void *arg, struct media_packets *p)
{
    struct rtc_control *c = arg;
    rtc_transport_packets(c->transport, p);
}

static void media_keyframe_wanted(void *arg)
{
    struct rtc_control *c = arg;
    rtc_transport_keyframe_wanted(c->transport);
}

static int make_media(struct rtc_control *c, const struct store_config *s)
{
    struct media_config m = {
        .width_px = (int)s->video_width_px,
        .height_px = (int)s->video_height_px,
        .fps = (int)s->video_fps,
        .start_bps = LK_MIN(START_BPS, (int)s->video_max_kbps * 1000),
        .pt = {[MEDIA_VIDEO] = RTC_PT_VP8, [MEDIA_AUDIO] = RTC_PT_OPUS},
        .ssrc = {[MEDIA_VIDEO] = 1, [MEDIA_AUDIO] = 2},
        .stamps = s->stamps,
        .speech = rtc_speech_voice(c->speech),
    };
    struct media_callbacks cb = {.packets = media_packets_made,
                                 .keyframe_wanted = media_keyframe_wanted,
                                 .event = media_happened,
                                 .arg = c};
    rtc_cameras_choose(s, &m);
    int r = media_new(&m, &cb, c->loop, &c->media);
    if (r == 0)
        r = rtc_cameras_new(c->loop, s, c->media, &c->cameras);
    if (r == 0 && m.sink == MEDIA_SOUND_ALSA && !m.sound_simulated)
        r = rtc_speech_watch(c->speech, c->loop, c->media);
    return r;
}

/* --- the transport thread ---------------------------------------------- */

static void post(struct rtc_control *c, enum post_kind kind, uint32_t id,
                 void *p)
{
    struct post item = {.kind = kind, .id = id, .p = p};
    int r = lk_mailbox_post(c->box, &item);
    if (r == 0)
        return;
    note("report lost", r);
    if (kind == POST_REPORT)
        data_lost(c, p);
    free(p);
}

static void transport_report(void *arg, struct rtcmsg *m)
{
    post(arg, POST_REPORT, 0, m);
}

static void transport_stats(void *arg, uint32_t id,
                            struct rtc_transport_stats *s)
{
    post(arg, POST_STATS, id, s);
}

static void answer_stats(struct rtc_control *c, uint32_t id,
                         const struct rtc_transport_stats *t)
{
    LK_AUTO(lk_buf) b = NULL;
    struct media_stats m;
    struct speech_stats v;
    media_stats(c->media, &m);
    speech_stats(rtc_speech_voice(c->speech), &v);
    int r = lk_buf_new(RTC_STATS_TEXT_MAX, &b);
    if (r == 0)
        r = rtc_stats_call(t, &m, &v, b);
    if (r == 0)
        r = superlink_reply(c->super, id, lk_buf_str(b));
    note("reply", r);
}

static void on_post(void *arg, void *item)
{
    struct rtc_control *c = arg;
    struct post *p = item;
    if (p->kind == POST_REPORT) {
        tell(c, p->p);
        voice_follow(c, p->p);
    } else if (p->kind == POST_STATS) {
        answer_stats(c, p->id, p->p);
    } else {
        note("servers", rtc_transport_servers(c->transport, p->p));
    }
    free(p->p);
}

static void on_dropped_post(void *arg, void *item)
{
    struct post *p = item;
    (void)arg;
    free(p->p);
}

static void servers_found(void *arg, const struct rtc_ice_server *servers,
                          size_t count)
{
    struct rtc_control *c = arg;
    struct rtc_ice_config *ice = calloc(1, sizeof(*ice));
    if (!ice) {
        note("servers", -ENOMEM);
        return;
    }
    ice->server_count = count;
    memcpy(ice->servers, servers, count * sizeof(*servers));
    post(c, POST_SERVERS, 0, ice);
}

static int make_transport(struct rtc_control *c,
                          const struct rtc_control_config *rc)
{
    int max_bps = (int)rc->config->video_max_kbps * 1000;
    struct rtc_transport_config config = {.start_bps =
                                              LK_MIN(START_BPS, max_bps),
                                          .min_bps = MIN_BPS,
                                          .max_bps = max_bps,
                                          .echo = rc->echo,
                                          .report = transport_report,
                                          .stats = transport_stats,
                                          .arg = c};
    return rtc_transport_new(&config, &c->transport);
}

/* --- luukku-super ------------------------------------------------------ */

static int command_devices(struct rtc_control *c, uint32_t id, bool test)
{
    LK_AUTO(lk_buf) b = NULL;
    struct media_devices d;
    media_devices(c->media, &d);
    int r = lk_buf_new(RTC_STATS_TEXT_MAX, &b);
    if (r == 0)
        r = test ? rtc_stats_selftest(&d, rtc_broker_up(c->broker), b)
                 : rtc_stats_devices(&d, b);
    return r < 0 ? r : superlink_reply(c->super, id, lk_buf_str(b));
}

static int emulate_headset(struct rtc_control *c, uint32_t id, bool in)
{
    struct media_devices d;
    media_devices(c->media, &d);
    if (d.loudspeaker != MEDIA_DEVICE_SIMULATED)
        return superlink_fail(c->super, id, "the sound is not simulated");
    rtc_speech_headset(c->speech, in);
    return superlink_reply(c->super, id, "true");
}

/* "emu camera|headset plug|unplug". A headset is only where no sound leaves
 * the machine: from real loudspeakers private words would be heard. */
static int command_emu(struct rtc_control *c, uint32_t id, size_t argc,
                       const char *const *argv)
{
    bool plug = argc == 3 && strcmp(argv[2], "plug") == 0;
    bool unplug = argc == 3 && strcmp(argv[2], "unplug") == 0;
    bool headset = strcmp(argv[1], "headset") == 0;
    if ((strcmp(argv[1], "camera") != 0 && !headset) || (!plug && !unplug))
        return superlink_fail(c->super, id,
                              "usage: emu camera|headset plug|unplug");
    if (headset)
        return emulate_headset(c, id, plug);
    if (media_emulate_camera(c->media, plug) < 0)
        return superlink_fail(c->super, id, "the camera is not simulated");
    return superlink_reply(c->super, id, "true");
}

static void super_control(void *arg, uint32_t id, size_t argc,
                          const char *const *argv)
{
    struct rtc_control *c = arg;
    int r;
    if (argc >= 2 && strcmp(argv[0], "call") == 0 &&
        strcmp(argv[1], "stats") == 0)
        r = rtc_transport_ask_stats(c->transport, id);
    else if (strcmp(argv[0], "status") == 0)
        r = superlink_reply(c->super, id,
                            rtc_broker_up(c->broker)
                                ? "{\"broker_link\":\"up\"}"
                                : "{\"broker_link\":\"down\"}");
    else if (strcmp(argv[0], "devices") == 0)
        r = command_devices(c, id, false);
    else if (strcmp(argv[0], "selftest") == 0)
        r = command_devices(c, id, true);
    else if (argc >= 2 && strcmp(argv[0], "emu") == 0)
        r = command_emu(c, id, argc, argv);
    else
        r = superlink_fail(c->super, id, "luukku-rtc has no \"%s\"", argv[0]);
    note("command", r);
}

static void super_shutdown(void *arg)
{
    struct rtc_control *c = arg;
    lk_loop_stop(c->loop, 0);
}

static bool super_alive(void *arg)
{
    struct rtc_control *c = arg;
    return rtc_transport_alive(c->transport, lk_loop_now_us(c->loop));
}

static void super_camera(void *arg, const char *line, int fd)
{
    struct rtc_control *c = arg;
    rtc_cameras_heard(c->cameras, line, fd);
}

/* --- life -------------------------------------------------------------- */

static int make_loop(struct rtc_control *c)
{
    struct lk_mailbox_config mb = {.item_len = sizeof(struct post),
                                   .capacity = BOX_MAX,
                                   .full = LK_MAILBOX_REFUSE,
                                   .receive = on_post,
                                   .drop = on_dropped_post,
                                   .arg = c};
    int r = lk_loop_new(&c->loop);
    if (r == 0)
        r = lk_timer_new(c->loop, on_look, c, &c->look);
    return r < 0 ? r : lk_mailbox_new(c->loop, &mb, &c->box);
}

static int make_super(struct rtc_control *c, int fd)
{
    struct superlink_config config = {.program = "luukku-rtc",
                                      .peer = super_peer,
                                      .control = super_control,
                                      .shutdown = super_shutdown,
                                      .alive = super_alive,
                                      .camera = super_camera,
                                      .arg = c};
    return superlink_new(c->loop, fd, &config, &c->super);
}

static int make_broker(struct rtc_control *c,
                       const struct rtc_control_config *rc)
{
    struct rtc_broker_config config = {.loop = c->loop,
                                       .config = rc->config,
                                       .tls_ca = rc->tls_ca,
                                       .tls_cert = rc->tls_cert,
                                       .tls_key = rc->tls_key,
                                       .tell = tell,
                                       .arg = c};
    return rtc_broker_new(&config, &c->broker);
}

static int make_all(struct rtc_control *c, const struct rtc_control_config *rc)
{
    struct rtc_speech_config voice = {.tell = tell, .arg = c};
    int r = make_loop(c);
    if (r == 0)
        r = rtc_speech_new(c->loop, &voice, &c->speech);
    if (r == 0)
        r = make_transport(c, rc);
    if (r == 0)
        r = make_media(c, rc->config);
    if (r == 0)
        r = rtc_transport_start(c->transport, c->media);
    if (r == 0)
        r = rtc_names_new(rc->config, servers_found, c, &c->names);
    return r < 0 ? r : make_broker(c, rc);
}

int rtc_control_new(const struct rtc_control_config *config,
                    struct rtc_control **ret)
{
    struct rtc_control *c = calloc(1, sizeof(*c));
    int r = c ? 0 : -ENOMEM;
    if (r == 0)
        r = make_all(c, config);
    if (r < 0) {
        lk_fd_close(config->super_fd);
        rtc_control_free(c);
        return r;
    }
    r = make_super(c, config->super_fd);
    if (r < 0) {
        rtc_control_free(c);
        return r;
    }
    *ret = c;
    return 0;
}

int rtc_control_run(struct rtc_control *c, const char *walls)
{
    int r = superlink_ready(c->super, walls);
    return r < 0 ? r : lk_loop_run(c->loop);
}

struct rtc_control *rtc_control_free(struct rtc_control *c)
{
    if (!c)
        return NULL;
    rtc_names_free(c->names);
    rtc_broker_free(c->broker);
    /* The transport's thread calls media, and media's threads post to the
     * transport's box: the thread ends first, then media, then the box. */
    rtc_transport_stop(c->transport);
    rtc_speech_unwatch(c->speech);
    rtc_cameras_free(c->cameras);
    media_free(c->media);
    rtc_speech_free(c->speech);
    rtc_transport_free(c->transport);
    lk_chan_free(c->luukkud);
    superlink_free(c->super);
    lk_mailbox_free(c->box);
    lk_timer_free(c->look);
    lk_loop_free(c->loop);
    free(c);
    return NULL;
}

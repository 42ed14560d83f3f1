#include "app/rtc_captions.h"
#include "app/rtc_control_impl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void rtc_control_tell(void *arg, const struct rtcmsg *m)
{
    struct rtc_control *c = arg;
    static uint8_t bytes[RTCMSG_ENCODED_MAX]; /* this thread's alone */
    if (m->type == RTCMSG_LINK && c->super)
        rtc_control_note(
            "link", superlink_news(c->super, m->up ? "link up" : "link down"));
    if (!c->luukkud)
        return;
    int n = rtcmsg_encode(m, bytes, sizeof(bytes));
    if (n >= 0) {
        size_t len = (size_t)n;
        n = lk_chan_send(c->luukkud, (uint16_t)m->type, bytes, len, NULL, 0);
        explicit_bzero(bytes, len); /* the citizen's words, perhaps */
    }
    if (n == -EPIPE)
        return;
    rtc_control_note("send", n);
    if (n < 0)
        rtc_control_lost(c, m);
}

void rtc_control_tell_picture(void *arg, const struct rtcmsg *m, int fd)
{
    struct rtc_control *c = arg;
    static uint8_t bytes[RTCMSG_ENCODED_MAX]; /* this thread's alone */
    LK_AUTO_FD own = fd;
    int n = rtcmsg_encode(m, bytes, sizeof(bytes));
    if (n >= 0 && c->luukkud)
        n = lk_chan_send(c->luukkud, (uint16_t)m->type, bytes, (size_t)n, &own,
                         1);
    explicit_bzero(bytes, sizeof(bytes));
    rtc_control_note("picture", n);
}

static enum rtcmsg_device device_of(enum media_device d)
{
    static const enum rtcmsg_device map[] = {
        [MEDIA_DEVICE_NONE] = RTCMSG_DEVICE_NONE,
        [MEDIA_DEVICE_SIMULATED] = RTCMSG_DEVICE_SIMULATED,
        [MEDIA_DEVICE_REAL] = RTCMSG_DEVICE_REAL};
    return map[d];
}

void rtc_control_tell_devices(struct rtc_control *c)
{
    struct media_devices d;
    media_devices(c->media, &d);
    struct rtcmsg m = {.type = RTCMSG_DEVICES,
                       .camera_device = device_of(d.camera),
                       .sound_device = device_of(d.microphone)};
    rtc_control_tell(c, &m);
}

void rtc_control_tell_document(struct rtc_control *c)
{
    const struct rtcmsg m = {.type = RTCMSG_DOCUMENT,
                             .up = rtc_cameras_document(c->cameras)};
    rtc_control_tell(c, &m);
}

/* The picture is luukkud's, which has it read where it can do no harm. */
static void photo_taken(void *arg, int error, int fd)
{
    struct rtc_control *c = arg;
    struct rtcmsg m = {.type = RTCMSG_PHOTOED, .up = error == 0};
    uint8_t bytes[RTCMSG_WHY_MAX + 8];
    LK_AUTO_FD own = fd;
    if (error < 0)
        (void)snprintf(m.why, sizeof(m.why), "%s", strerrorname_np(-error));
    int n = rtcmsg_encode(&m, bytes, sizeof(bytes));
    if (n >= 0 && c->luukkud)
        n = lk_chan_send(c->luukkud, (uint16_t)m.type, bytes, (size_t)n, &own,
                         m.up ? 1 : 0);
    rtc_control_note("photo", n);
}

static void take_photo(struct rtc_control *c)
{
    int r = rtc_cameras_snapshot(c->cameras, photo_taken, c);
    if (r < 0)
        photo_taken(c, r, -1);
}

static void tell_rings(struct rtc_control *c)
{
    int fds[4];
    media_rings(c->media, &fds[0], &fds[1], &fds[2], &fds[3]);
    size_t n = fds[2] >= 0 ? 4 : 2;
    rtc_control_note("rings",
                     lk_chan_send(c->luukkud, RTCMSG_RINGS, NULL, 0, fds, n));
}

/* --- who speaks -------------------------------------------------------- */

static void tell_voice(struct rtc_control *c)
{
    struct rtcmsg m = {
        .type = RTCMSG_VOICE, .call = c->call, .up = c->voice.up};
    rtc_control_tell(c, &m);
}

void rtc_control_look(void *arg, int64_t now_us)
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

void rtc_control_follow(struct rtc_control *c, const struct rtcmsg *m)
{
    if (m->type != RTCMSG_PEER || m->call != c->call)
        return;
    if (m->peer == RTCMSG_PEER_CONNECTED) {
        tell_voice(c);
        lk_timer_set_in(c->look, RTC_VOICE_EVERY_US);
        rtc_control_quality_begin(c);
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
        rtc_control_note("publish", r);
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
    else if (m->type == RTCMSG_PHOTO)
        take_photo(c);
    else if (m->type == RTCMSG_TRY)
        rtc_trial_order(c->trial, m);
    else if (m->type == RTCMSG_WATCH)
        rtc_control_note("watch", rtc_broker_watch(c->broker, m->text));
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
        rtc_control_note("message refused", -EBADMSG);
        return;
    }
    if (order_here(c, &m))
        return;
    if (rtc_speech_order(c->speech, &m))
        return;
    if (m.type == RTCMSG_PREPARE || m.type == RTCMSG_CLOSE) {
        rtc_control_quality_last(c);
        voice_end(c);
    }
    if (m.type == RTCMSG_PREPARE) {
        rtc_trial_end(c->trial);    /* an expert's call is worth more */
        rtc_control_quality_end(c); /* its pictures are counted anew */
        c->call = m.call;
        renew_media(c);
    }
    rtc_control_note("order", rtc_transport_order(c->transport, &m));
}

static void drop_luukkud(struct rtc_control *c)
{
    struct lk_chan *old = LK_TAKE(c->luukkud);
    if (old)
        rtc_control_note("defer", lk_chan_free_later(old));
}

/* luukkud has gone: the call is its, and ends here; super brings a new one. */
static void luukkud_closed(void *arg, int error)
{
    struct rtc_control *c = arg;
    struct rtcmsg m = {.type = RTCMSG_CLOSE, .call = c->call};
    rtc_control_note("luukkud gone", error);
    rtc_control_quality_last(c);
    voice_end(c);
    rtc_trial_end(c->trial);
    rtc_control_note("close", rtc_transport_order(c->transport, &m));
    media_capture(c->media, false);
    rtc_control_note("watch", rtc_broker_watch(c->broker, ""));
    drop_luukkud(c);
}

void rtc_control_peer(void *arg, const char *name, int fd)
{
    struct rtc_control *c = arg;
    struct lk_chan_config config = {.receive = luukkud_receive,
                                    .closed = luukkud_closed,
                                    .arg = c,
                                    .wipe = true};
    (void)name; /* luukkud is its only sibling */
    drop_luukkud(c);
    int r = lk_chan_new(c->loop, fd, &config, &c->luukkud);
    if (r < 0) {
        rtc_control_note("channel", r);
        return;
    }
    tell_rings(c);
    rtc_control_tell_devices(c);
    rtc_control_tell_document(c);
    rtc_broker_tell(c->broker);
    rtc_speech_greet(c->speech);
}

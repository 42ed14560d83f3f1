#include "app/rtc_trial.h"

#include "app/rtc_look.h"
#include "app/rtc_shot.h"
#include "app/rtc_verdict.h"
#include "app/superlink.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the simulated microphone, media's own choice. */
#define TONE_HZ 440

struct rtc_trial {
    struct rtc_trial_config config;
    struct lk_timer *timer;
    bool runs;
    uint32_t id;
    int64_t window_us; /* is wanted */
    int64_t late_us;   /* by then both ends are connected, or never */
    unsigned relays;   /* TURN servers with an address */
    struct rtc_verdict verdict;
    bool looks; /* at the devices; else it calls itself */
    struct rtc_look look;
    int columns; /* a picture is wanted, with rows so wide; 0: none */
    bool asked;  /* it is awaited, until late_us */
};

static void note(const char *what, int r)
{
    if (r < 0)
        LK_LOG(WARN, "trial", "what=\"%s\" err=%s", what, strerrorname_np(-r));
}

static void tell(struct rtc_trial *t, bool ok, const char *text)
{
    const struct rtcmsg m = {.type = RTCMSG_TRIED,
                             .id = t->id,
                             .up = ok,
                             .bytes = (const uint8_t *)text,
                             .len = strlen(text)};
    t->config.tell(t->config.arg, &m);
}

/* A fresh stream, as for a fresh connection. */
static void renew_media(struct rtc_trial *t)
{
    static const uint8_t pt[MEDIA_KINDS] = {
        [MEDIA_VIDEO] = RTC_PT_VP8, [MEDIA_AUDIO] = RTC_PT_OPUS};
    uint32_t ssrc[MEDIA_KINDS];
    lk_random_bytes(ssrc, sizeof(ssrc));
    media_open(t->config.media, false);
    media_identity(t->config.media, pt, ssrc);
}

void rtc_trial_end(struct rtc_trial *t)
{
    if (!t->runs)
        return;
    t->runs = false;
    lk_timer_clear(t->timer);
    if (t->looks)
        media_look_tone(t->config.media, false);
    else
        note("end", rtc_transport_loop(t->config.transport, false, false));
    media_capture(t->config.media, false);
    media_look(t->config.media, false);
    media_set_trial(t->config.media, false);
}

static void finish(struct rtc_trial *t)
{
    LK_AUTO(lk_buf) b = NULL;
    rtc_trial_end(t);
    int r = lk_buf_new(t->looks ? RTC_LOOK_TEXT_MAX : RTC_VERDICT_TEXT_MAX, &b);
    if (r == 0)
        r = t->looks ? rtc_look_write(&t->look, b)
                     : rtc_verdict_write(&t->verdict, b);
    if (r < 0)
        tell(t, false, "luukku-rtc has no memory left");
    else
        tell(t, true, lk_buf_str(b));
}

static void capture(struct rtc_trial *t)
{
    media_set_camera(t->config.media, true);
    media_set_microphone(t->config.media, true);
    media_capture(t->config.media, true);
    t->runs = true;
}

static void begin_look(struct rtc_trial *t, unsigned wanted, int columns)
{
    t->looks = true;
    t->columns = columns;
    t->asked = false;
    rtc_look_begin(&t->look, wanted, lk_loop_now_us(t->config.loop));
    media_look(t->config.media, true);
    capture(t);
    lk_timer_set_in(t->timer, RTC_TRIAL_LOOK_US);
}

/* The checks beside the picture's rows, and the PNG. Errors: rtc_shot.h's. */
static int write_picture(struct rtc_trial *t, const struct media_shot *shot,
                         struct lk_buf *text, struct lk_buf *png)
{
    int r = lk_buf_printf(text, "{\"checks\":");
    if (r == 0)
        r = rtc_look_write(&t->look, text);
    if (r == 0)
        r = lk_buf_printf(text, ",\"rows\":");
    if (r == 0)
        r = rtc_shot_rows(shot, t->columns, text);
    if (r == 0)
        r = lk_buf_printf(text, "}");
    return r < 0 ? r : rtc_shot_png(shot, png);
}

static void tell_picture(struct rtc_trial *t, const struct media_shot *shot)
{
    LK_AUTO(lk_buf) text = NULL;
    LK_AUTO(lk_buf) png = NULL;
    int fd = -ENOMEM;
    int r = lk_buf_new(RTCMSG_BYTES_MAX, &text);
    if (r == 0)
        r = lk_buf_new(RTC_SHOT_PNG_MAX, &png);
    if (r == 0)
        r = write_picture(t, shot, text, png);
    if (r == 0)
        r = fd = superlink_memfd(png->data, png->len);
    if (png)
        lk_buf_wipe(png);
    if (r < 0) {
        note("picture", r);
        tell(t, false, "luukku-rtc cannot make a picture of what it sees");
        return;
    }
    const struct rtcmsg m = {.type = RTCMSG_TRIED,
                             .id = t->id,
                             .up = true,
                             .bytes = text->data,
                             .len = text->len};
    t->config.tell_picture(t->config.arg, &m, fd);
    lk_buf_wipe(text);
}

/* The camera runs and its exposure has settled: the next picture it is. */
static void picture_on(struct rtc_trial *t, int64_t now_us)
{
    struct media_shot *shot = NULL;
    if (!t->asked) {
        t->asked = true;
        t->late_us = now_us + RTC_TRIAL_PICTURE_US;
        media_look_want(t->config.media);
        return;
    }
    int r = media_look_take(t->config.media, &shot);
    if (r == -EAGAIN && now_us < t->late_us)
        return;
    rtc_trial_end(t);
    if (r == 0)
        tell_picture(t, shot);
    else
        tell(t, false, "the camera gives no picture: test camera");
    media_shot_free(shot);
}

static void look_on(struct rtc_trial *t, int64_t now_us)
{
    struct media_look seen;
    struct media_devices devices;
    media_looked(t->config.media, &seen);
    media_devices(t->config.media, &devices);
    enum rtc_look_phase phase = rtc_look_at(&t->look, &seen, &devices, now_us);
    media_look_tone(t->config.media, phase == RTC_LOOK_TONE);
    if (phase == RTC_LOOK_DONE && t->columns)
        picture_on(t, now_us);
    else if (phase == RTC_LOOK_DONE)
        finish(t);
}

static void begin_loop(struct rtc_trial *t, long seconds, bool relay)
{
    const struct store_config *c = t->config.config;
    int64_t gather_us = relay ? RTC_LOOP_GATHER_MS * INT64_C(1000) : 0;
    t->window_us = seconds * 1000000;
    t->late_us =
        lk_loop_now_us(t->config.loop) + gather_us + RTC_TRIAL_CONNECT_US;
    t->verdict =
        (struct rtc_verdict){.relay = relay,
                             .servers = t->relays,
                             .configured = c->turns > 0,
                             .fps = LK_MIN((int)c->video_fps, MEDIA_FPS_MAX),
                             .tone_hz = TONE_HZ};
    t->looks = false;
    renew_media(t);
    media_set_trial(t->config.media, true);
    capture(t);
    int r = relay && t->relays == 0
                ? -EHOSTUNREACH
                : rtc_transport_loop(t->config.transport, true, relay);
    if (r < 0)
        finish(t); /* says why */
    else
        lk_timer_set_in(t->timer, RTC_TRIAL_LOOK_US);
}

/* "loop SECONDS [turn]". False: it is not. */
static bool order_loop(struct rtc_trial *t, const char *text)
{
    static const char loop[] = "loop ";
    char *end = NULL;
    if (strncmp(text, loop, sizeof(loop) - 1) != 0)
        return false;
    long seconds = strtol(text + sizeof(loop) - 1, &end, 10);
    if (seconds < RTC_TRIAL_SECONDS_MIN || seconds > RTC_TRIAL_SECONDS_MAX ||
        (*end && strcmp(end, " turn") != 0))
        return false;
    begin_loop(t, seconds, *end != 0);
    return true;
}

/* "look DEVICE ...", likewise. */
static bool order_look(struct rtc_trial *t, const char *text)
{
    static const char look[] = "look ";
    unsigned wanted = strncmp(text, look, sizeof(look) - 1) == 0
                          ? rtc_look_words(text + sizeof(look) - 1)
                          : 0;
    if (wanted)
        begin_look(t, wanted, 0);
    return wanted != 0;
}

/* "picture COLUMNS", likewise. */
static bool order_picture(struct rtc_trial *t, const char *text)
{
    static const char picture[] = "picture ";
    char *end = NULL;
    if (strncmp(text, picture, sizeof(picture) - 1) != 0)
        return false;
    long columns = strtol(text + sizeof(picture) - 1, &end, 10);
    if (*end || columns < RTC_SHOT_COLUMNS_MIN ||
        columns > RTC_SHOT_COLUMNS_MAX)
        return false;
    begin_look(t, RTC_LOOK_CAMERA, (int)columns);
    return true;
}

void rtc_trial_order(struct rtc_trial *t, const struct rtcmsg *m)
{
    if (!m->up) {
        rtc_trial_end(t);
        return;
    }
    if (t->runs) /* luukkud began anew in between */
        rtc_trial_end(t);
    t->id = m->id;
    if (!order_loop(t, m->text) && !order_look(t, m->text) &&
        !order_picture(t, m->text))
        tell(t, false, "luukku-rtc cannot try that");
}

void rtc_trial_figures(struct rtc_trial *t, const struct rtc_loop_figures *f)
{
    struct media_stats m;
    struct media_devices d;
    int64_t now_us = lk_loop_now_us(t->config.loop);
    if (!t->runs || t->looks)
        return; /* asked for before it ended */
    media_stats(t->config.media, &m);
    media_devices(t->config.media, &d);
    t->verdict.camera = d.camera;
    t->verdict.microphone = d.microphone;
    int64_t us =
        rtc_verdict_look(&t->verdict, f, &m, now_us, RTC_TRIAL_WARM_US);
    if (us >= t->window_us || f->failed[0] || (us == 0 && now_us > t->late_us))
        finish(t);
}

static void on_timer(void *arg, int64_t now_us)
{
    struct rtc_trial *t = arg;
    lk_timer_set(t->timer, now_us + RTC_TRIAL_LOOK_US);
    if (t->looks)
        look_on(t, now_us);
    else
        note("look", rtc_transport_ask_loop(t->config.transport));
}

void rtc_trial_servers(struct rtc_trial *t, const struct rtc_ice_config *ice)
{
    t->relays = 0;
    for (size_t i = 0; i < ice->server_count; i++)
        t->relays += ice->servers[i].kind != RTC_ICE_STUN;
}

int rtc_trial_new(const struct rtc_trial_config *config, struct rtc_trial **ret)
{
    LK_AUTO(rtc_trial) t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->config = *config;
    int r = lk_timer_new(config->loop, on_timer, t, &t->timer);
    if (r == 0)
        *ret = LK_TAKE(t);
    return r;
}

struct rtc_trial *rtc_trial_free(struct rtc_trial *t)
{
    if (t) {
        t->timer = lk_timer_free(t->timer);
        free(t);
    }
    return NULL;
}

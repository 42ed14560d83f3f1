#include "app/luukkud_health.h"

#include "base/clock.h"
#include "base/log.h"
#include "health/pace.h"
#include "health/report.h"
#include "signal/envelope.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct luukkud_health {
    struct luukkud_health_config config;
    struct lk_timer *timer;
    struct health_pace pace;
    struct health_report facts;
    int64_t facts_us; /* when they came; 0: none yet */
    bool up;          /* the link to the broker */
    int64_t up_us;    /* since when */
    uint32_t lost;
    uint32_t number;
    uint32_t chance; /* of this kiosk, for the pace */
    bool devices_known;
    enum rtcmsg_device camera, sound;
    bool document;
    char call[SIGNAL_CALL_SIZE]; /* names this run's reports */
    char kn[SIGNAL_NONCE_SIZE];
};

static void health_plan(struct luukkud_health *h)
{
    if (!h->up || h->facts_us == 0)
        lk_timer_clear(h->timer);
    else
        lk_timer_set(h->timer, health_pace_next_us(&h->pace, h->chance));
}

/* --- the report ---------------------------------------------------------- */

static enum health_state media_state(const struct luukkud_health *h,
                                     enum rtcmsg_device device)
{
    if (!h->devices_known)
        return HEALTH_UNKNOWN;
    if (device == RTCMSG_DEVICE_REAL)
        return HEALTH_OK;
    return device == RTCMSG_DEVICE_SIMULATED ? HEALTH_SIMULATED : HEALTH_ABSENT;
}

/* What the configuration wants and luukku-rtc drives. Where a real device was
 * hoped for, its stand-in is no good news. */
static void add_media(const struct luukkud_health *h, const char *name,
                      enum store_config_source wanted,
                      enum rtcmsg_device device, struct health_report *r)
{
    enum health_state state = media_state(h, device);
    const char *why = "";
    if (wanted == STORE_CONFIG_NONE)
        return;
    if (wanted == STORE_CONFIG_AUTO && state == HEALTH_SIMULATED) {
        state = HEALTH_ABSENT;
        why = "a simulated one stands in";
    }
    (void)health_device_add(r, name, state, why);
}

static enum health_line line_of(const struct session *s)
{
    static const enum health_line lines[] = {
        [SESSION_LINE_CONNECTING] = HEALTH_LINE_CONNECTING,
        [SESSION_LINE_GOOD] = HEALTH_LINE_GOOD,
        [SESSION_LINE_INTERRUPTED] = HEALTH_LINE_INTERRUPTED,
        [SESSION_LINE_RECONNECTING] = HEALTH_LINE_RECONNECTING};
    const struct session_view *v = session_view(s);
    return session_in_call(v) ? lines[v->line] : HEALTH_LINE_NONE;
}

static void health_fill(struct luukkud_health *h, int64_t now_us,
                        struct health_report *r)
{
    const struct store_config *c = h->config.config;
    *r = h->facts;
    r->up_s += (uint32_t)((now_us - h->facts_us) / 1000000);
    r->number = ++h->number;
    r->at_s = lk_clock_wall_us() / 1000000;
    r->line = line_of(h->config.session);
    r->broker_up_s = (uint32_t)((now_us - h->up_us) / 1000000);
    r->broker_lost = h->lost;
    add_media(h, "camera", c->camera, h->camera, r);
    add_media(h, "sound", c->sound, h->sound, r);
    if (c->camera_document[0])
        (void)health_device_add(r, "document-camera",
                                h->document ? HEALTH_OK : HEALTH_ABSENT, "");
}

static int health_publish(struct luukkud_health *h, const char *body)
{
    const struct signal_draft draft = {.type = SIGNAL_HEALTH,
                                       .kiosk = h->config.config->kiosk,
                                       .expert = "",
                                       .call = h->call,
                                       .kn = h->kn,
                                       .en = "",
                                       .body = body};
    struct rtcmsg m = {.type = RTCMSG_PUBLISH};
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *payload = NULL;
    int r = signal_envelope_seal(&draft, h->config.key, sig, &payload);
    if (r < 0)
        return r;
    (void)snprintf(m.topic, sizeof(m.topic), "health/%s",
                   h->config.config->kiosk);
    m.bytes = (const uint8_t *)payload;
    m.len = strlen(payload);
    r = luukkud_rtc_send(h->config.rtc, &m);
    free(payload);
    return r;
}

static void on_timer(void *arg, int64_t now_us)
{
    struct luukkud_health *h = arg;
    LK_AUTO(lk_buf) b = NULL;
    struct health_report report;
    health_fill(h, now_us, &report);
    int r = lk_buf_new(HEALTH_JSON_MAX, &b);
    if (r == 0)
        r = health_report_write(&report, b);
    if (r == 0)
        r = health_publish(h, lk_buf_str(b));
    if (r < 0) /* the next one says it all again */
        LK_LOG(WARN, "health", "what=report err=%s", strerrorname_np(-r));
    health_pace_sent(&h->pace, now_us);
    health_plan(h);
}

/* --- what comes in ------------------------------------------------------- */

void luukkud_health_facts(struct luukkud_health *h, const char *facts)
{
    struct health_report r;
    int e = health_facts_read(facts, strlen(facts), &r);
    if (e < 0) {
        LK_LOG(ERROR, "health", "what=facts err=%s", strerrorname_np(-e));
        return;
    }
    if (h->facts_us == 0 || health_report_differs(&h->facts, &r))
        health_pace_change(&h->pace);
    h->facts = r;
    h->facts_us = lk_loop_now_us(h->config.loop);
    health_plan(h);
}

static void set_link(struct luukkud_health *h, bool up)
{
    if (up == h->up)
        return;
    h->up = up;
    if (up) {
        h->up_us = lk_loop_now_us(h->config.loop);
        health_pace_link(&h->pace);
    } else {
        h->lost++;
    }
    health_plan(h);
}

static void set_devices(struct luukkud_health *h, const struct rtcmsg *m)
{
    if (h->devices_known && h->camera == m->camera_device &&
        h->sound == m->sound_device)
        return;
    h->devices_known = true;
    h->camera = m->camera_device;
    h->sound = m->sound_device;
    health_pace_change(&h->pace);
    health_plan(h);
}

void luukkud_health_rtc(struct luukkud_health *h, const struct rtcmsg *m)
{
    if (m->type == RTCMSG_LINK) {
        set_link(h, m->up);
    } else if (m->type == RTCMSG_DEVICES) {
        set_devices(h, m);
    } else if (m->type == RTCMSG_DOCUMENT && m->up != h->document) {
        h->document = m->up;
        health_pace_change(&h->pace);
        health_plan(h);
    }
}

void luukkud_health_rtc_gone(struct luukkud_health *h)
{
    h->devices_known = false;
    set_link(h, false);
}

/* --- life ---------------------------------------------------------------- */

int luukkud_health_new(const struct luukkud_health_config *config,
                       struct luukkud_health **ret)
{
    uint8_t call[(SIGNAL_CALL_SIZE - 1) / 2];
    uint8_t nonce[16];
    LK_AUTO(luukkud_health) h = calloc(1, sizeof(*h));
    if (!h)
        return -ENOMEM;
    h->config = *config;
    lk_random_bytes(call, sizeof(call));
    lk_hex_encode(call, sizeof(call), h->call);
    lk_random_bytes(nonce, sizeof(nonce));
    lk_b64u_encode(nonce, sizeof(nonce), h->kn);
    lk_random_bytes(&h->chance, sizeof(h->chance));
    health_pace_init(&h->pace, lk_loop_now_us(config->loop));
    int r = lk_timer_new(config->loop, on_timer, h, &h->timer);
    if (r == 0)
        *ret = LK_TAKE(h);
    return r;
}

struct luukkud_health *luukkud_health_free(struct luukkud_health *h)
{
    if (h) {
        h->timer = lk_timer_free(h->timer);
        free(h);
    }
    return NULL;
}

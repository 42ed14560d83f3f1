#include "app/luukkud_rtc.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct luukkud_rtc {
    struct luukkud_rtc_config config;
    struct lk_chan *chan; /* NULL: luukku-rtc does not run */
    struct kiosk_utterance *unsaid[LUUKKUD_RTC_UNSAID_MAX]; /* owned, oldest
                                                               first */
    size_t unsaids;
};

int luukkud_rtc_send(struct luukkud_rtc *r, const struct rtcmsg *m)
{
    static uint8_t bytes[RTCMSG_ENCODED_MAX]; /* the core thread's alone */
    if (!r->chan)
        return -EPIPE; /* on its way down: up(false) was called */
    int n = rtcmsg_encode(m, bytes, sizeof(bytes));
    if (n >= 0) {
        size_t len = (size_t)n;
        n = lk_chan_send(r->chan, (uint16_t)m->type, bytes, len, NULL, 0);
        explicit_bzero(bytes, len); /* it may say who the citizen is */
    }
    if (n < 0 && n != -EPIPE)
        LK_LOG(ERROR, "core", "what=send type=%d err=%s", (int)m->type,
               strerrorname_np(-n));
    return n < 0 ? n : 0;
}

bool luukkud_rtc_there(const struct luukkud_rtc *r)
{
    return r->chan != NULL;
}

static void drop(struct luukkud_rtc *r)
{
    struct lk_chan *old = LK_TAKE(r->chan);
    if (!old)
        return;
    if (lk_chan_free_later(old) < 0)
        LK_LOG(ERROR, "core", "what=defer"); /* leaks one channel */
    r->config.up(r->config.arg, false);
}

static void on_message(void *arg, struct lk_chan_msg *msg)
{
    struct luukkud_rtc *r = arg;
    struct rtcmsg m;
    int e = rtcmsg_decode(msg->type, msg->payload, msg->len, &m);
    if (e < 0 || m.type < RTCMSG_LINK)
        LK_LOG(WARN, "core", "what=rtcmsg type=%u refused", msg->type);
    else
        r->config.message(r->config.arg, &m, msg);
}

static void on_closed(void *arg, int error)
{
    LK_LOG(WARN, "core", "what=rtc-gone err=%s", strerrorname_np(-error));
    drop(arg);
}

void luukkud_rtc_show(struct lk_chan_msg *raw, struct kiosk_ui *ui)
{
    struct kiosk_ring_fds far = {lk_chan_take_fd(raw, 0),
                                 lk_chan_take_fd(raw, 1)};
    struct kiosk_ring_fds own = {lk_chan_take_fd(raw, 2),
                                 lk_chan_take_fd(raw, 3)};
    kiosk_ui_set_rings(ui, far, own);
}

/* --- speech -------------------------------------------------------------- */

static void unsaid_drop(struct luukkud_rtc *r)
{
    for (size_t i = 0; i < r->unsaids; i++) {
        r->config.spoken(r->config.arg, r->unsaid[i]->id, KIOSK_SPOKEN_CUT);
        luukkud_speech_free(r->unsaid[i]);
    }
    r->unsaids = 0;
}

/* Takes `u` over. */
static void speak(struct luukkud_rtc *r, struct kiosk_utterance *u)
{
    struct rtcmsg m;
    luukkud_speech_message(u, &m);
    if (luukkud_rtc_send(r, &m) < 0)
        r->config.spoken(r->config.arg, u->id, KIOSK_SPOKEN_FAILED);
    luukkud_speech_free(u);
}

/* What is said while luukku-rtc is started anew waits for it: that the line
 * broke, above all. */
void luukkud_rtc_say(struct luukkud_rtc *r, struct kiosk_utterance *u)
{
    if (u->interrupt)
        unsaid_drop(r);
    if (!r->chan && !u->closed && r->unsaids < LUUKKUD_RTC_UNSAID_MAX)
        r->unsaid[r->unsaids++] = u;
    else
        speak(r, u);
}

void luukkud_rtc_peer(struct luukkud_rtc *r, int fd)
{
    struct lk_chan_config config = {
        .receive = on_message, .closed = on_closed, .arg = r, .wipe = true};
    drop(r);
    int e = lk_chan_new(r->config.loop, fd, &config, &r->chan);
    if (e < 0) {
        LK_LOG(ERROR, "core", "what=rtc-channel err=%s", strerrorname_np(-e));
        return;
    }
    r->config.up(r->config.arg, true);
    size_t n = r->unsaids;
    r->unsaids = 0;
    for (size_t i = 0; i < n; i++)
        speak(r, r->unsaid[i]);
}

int luukkud_rtc_new(const struct luukkud_rtc_config *config,
                    struct luukkud_rtc **ret)
{
    struct luukkud_rtc *r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->config = *config;
    *ret = r;
    return 0;
}

struct luukkud_rtc *luukkud_rtc_free(struct luukkud_rtc *r)
{
    if (r) {
        for (size_t i = 0; i < r->unsaids; i++)
            luukkud_speech_free(r->unsaid[i]);
        r->chan = lk_chan_free(r->chan);
        free(r);
    }
    return NULL;
}

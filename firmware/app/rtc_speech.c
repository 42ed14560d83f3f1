#include "app/rtc_speech.h"

#include "base/log.h"
#include "headset/headset.h"
#include "loop/mailbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Outcomes that wait: all of a full queue, cut twice. */
#define BOX_MAX 64

_Static_assert(RTCMSG_SAY_MAX < SPEECH_TEXT_MAX, "utterances fit");
_Static_assert(RTCMSG_CANDIDATE_MAX <= SPEECH_KEYS_MAX, "so do their names");

struct rtc_speech {
    struct rtc_speech_config config;
    struct speech *voice;
    struct lk_mailbox *box;
    bool headset;
    struct headset *watch;
    struct media *media;
};

struct outcome {
    uint32_t id;
    enum speech_how how;
};

/* On any of the voice's threads. */
static void spoken(void *arg, uint32_t id, enum speech_how how)
{
    struct rtc_speech *s = arg;
    struct outcome o = {.id = id, .how = how};
    if (lk_mailbox_post(s->box, &o) < 0)
        LK_LOG(WARN, "speech", "what=outcome-lost id=%u", (unsigned)id);
}

static void on_outcome(void *arg, void *item)
{
    static const enum rtcmsg_spoken map[] = {
        [SPEECH_DONE] = RTCMSG_SPOKEN_DONE,
        [SPEECH_CUT] = RTCMSG_SPOKEN_CUT,
        [SPEECH_NO_VOICE] = RTCMSG_SPOKEN_NO_VOICE,
        [SPEECH_REFUSED] = RTCMSG_SPOKEN_REFUSED,
        [SPEECH_FAILED] = RTCMSG_SPOKEN_FAILED};
    struct rtc_speech *s = arg;
    const struct outcome *o = item;
    if (o->how == SPEECH_FAILED)
        LK_LOG(WARN, "speech", "what=failed id=%u", (unsigned)o->id);
    struct rtcmsg m = {.type = RTCMSG_SPOKEN, .id = o->id, .how = map[o->how]};
    s->config.tell(s->config.arg, &m);
}

int rtc_speech_new(struct lk_loop *loop, const struct rtc_speech_config *config,
                   struct rtc_speech **ret)
{
    struct rtc_speech *s = calloc(1, sizeof(*s));
    struct lk_mailbox_config mb = {.item_len = sizeof(struct outcome),
                                   .capacity = BOX_MAX,
                                   .full = LK_MAILBOX_REFUSE,
                                   .receive = on_outcome,
                                   .arg = s};
    struct speech_config sc = {
        .prompts = RTC_SPEECH_PROMPTS, .over = spoken, .arg = s};
    if (!s)
        return -ENOMEM;
    s->config = *config;
    int r = lk_mailbox_new(loop, &mb, &s->box);
    if (r == 0)
        r = speech_new(&sc, &s->voice);
    if (r < 0) {
        rtc_speech_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

struct rtc_speech *rtc_speech_free(struct rtc_speech *s)
{
    if (!s)
        return NULL;
    speech_free(s->voice); /* its threads post to the box */
    lk_mailbox_free(s->box);
    free(s);
    return NULL;
}

struct speech *rtc_speech_voice(struct rtc_speech *s)
{
    return s->voice;
}

static void say(struct rtc_speech *s, const struct rtcmsg *m)
{
    char text[RTCMSG_SAY_MAX + 1];
    struct speech_order o = {.id = m->id,
                             .lang = m->lang,
                             .pace = m->pace,
                             .closed = m->closed,
                             .interrupt = m->interrupt,
                             .text = text,
                             .keys = m->text};
    memcpy(text, m->bytes, m->len);
    text[m->len] = '\0';
    speech_say(s->voice, &o);
    explicit_bzero(text, m->len);
}

bool rtc_speech_order(struct rtc_speech *s, const struct rtcmsg *m)
{
    if (m->type == RTCMSG_SAY)
        say(s, m);
    else if (m->type == RTCMSG_HUSH)
        speech_hush(s->voice);
    else
        return false;
    return true;
}

static void tell_headset(struct rtc_speech *s)
{
    struct rtcmsg m = {.type = RTCMSG_HEADSET, .up = s->headset};
    s->config.tell(s->config.arg, &m);
}

void rtc_speech_greet(struct rtc_speech *s)
{
    speech_hush(s->voice);
    tell_headset(s);
}

void rtc_speech_headset(struct rtc_speech *s, bool in)
{
    if (s->headset == in)
        return;
    s->headset = in;
    speech_headset(s->voice, in);
    tell_headset(s);
}

/* Private words are safe only once the card's own device is open: until then,
 * and when it cannot be opened, there is no headset. */
static void plugged(void *arg, int card)
{
    struct rtc_speech *s = arg;
    if (card < 0)
        rtc_speech_headset(s, false);
    int r = media_set_output(s->media, card);
    if (card >= 0)
        rtc_speech_headset(s, r == 0);
    if (card >= 0 || s->headset)
        LK_LOG(INFO, "speech", "headset-card=%d result=%d", card, r);
}

int rtc_speech_watch(struct rtc_speech *s, struct lk_loop *loop,
                     struct media *media)
{
    s->media = media;
    return headset_new(loop, plugged, s, &s->watch);
}

void rtc_speech_unwatch(struct rtc_speech *s)
{
    if (s)
        s->watch = headset_free(s->watch);
}

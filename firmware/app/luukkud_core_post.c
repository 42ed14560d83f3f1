#include "app/luukkud_core_impl.h"

#include "base/log.h"

#include <sched.h>
#include <string.h>

/* Intents and answers that wait for the core; a person taps slower. */
#define BOX_MAX 64

enum post_kind { POST_INTENT, POST_ANSWER, POST_SAY, POST_STOP };

/* What other threads tell the core. Within what a mailbox carries. */
struct post {
    enum post_kind kind;
    struct session_intent intent;
    struct luukkud_answer answer;
    struct kiosk_utterance *say; /* owned */
};

void luukkud_core_intent(void *core, const struct session_intent *intent)
{
    struct luukkud_core *c = core;
    struct post p = {.kind = POST_INTENT, .intent = *intent};
    if (lk_mailbox_post(c->box, &p) < 0)
        LK_LOG(WARN, "core", "what=intent-dropped");
    explicit_bzero(&p, sizeof(p)); /* it may be a digit of a PIN */
}

void luukkud_core_speak(void *core, const struct kiosk_utterance *u)
{
    struct luukkud_core *c = core;
    struct post p = {.kind = POST_SAY, .say = luukkud_speech_copy(u)};
    if (!p.say || lk_mailbox_post(c->box, &p) < 0) {
        kiosk_ui_spoken(c->ui, u->id, KIOSK_SPOKEN_FAILED);
        luukkud_speech_free(p.say);
    }
}

void luukkud_core_answer(void *arg, const struct luukkud_answer *answer)
{
    struct luukkud_core *c = arg;
    struct post p = {.kind = POST_ANSWER, .answer = *answer};
    if (lk_mailbox_post(c->box, &p) < 0)
        kiosk_reply_free(answer->reply); /* luukkuctl hears of a timeout */
}

static void on_post(void *arg, void *item)
{
    struct luukkud_core *c = arg;
    struct post *p = item;
    switch (p->kind) {
    case POST_INTENT:
        session_intent(c->session, &p->intent, lk_loop_now_us(c->loop));
        luukkud_core_settle(c);
        break;
    case POST_ANSWER:
        luukkud_control_answer(c->control, &p->answer);
        break;
    case POST_SAY:
        luukkud_rtc_say(c->rtc, p->say);
        break;
    case POST_STOP:
        lk_loop_stop(c->loop, 0);
        break;
    }
}

static void on_dropped_post(void *arg, void *item)
{
    struct post *p = item;
    (void)arg;
    if (p->kind == POST_ANSWER)
        kiosk_reply_free(p->answer.reply);
    if (p->kind == POST_SAY)
        luukkud_speech_free(p->say);
}

void luukkud_core_end(struct luukkud_core *c)
{
    struct post p = {.kind = POST_STOP};
    while (lk_mailbox_post(c->box, &p) < 0)
        sched_yield(); /* full: the core is emptying it */
}

int luukkud_core_make_box(struct luukkud_core *c)
{
    struct lk_mailbox_config mb = {.item_len = sizeof(struct post),
                                   .capacity = BOX_MAX,
                                   .full = LK_MAILBOX_REFUSE,
                                   .receive = on_post,
                                   .drop = on_dropped_post,
                                   .arg = c};
    return lk_mailbox_new(c->loop, &mb, &c->box);
}

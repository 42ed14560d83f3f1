#include "app/card_work_impl.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void set_state(struct card_work *w, enum cardmsg_card state)
{
    w->state = state;
    card_tell_state(w);
}

/* --- the card ------------------------------------------------------------ */

/* Everything of the card, the PIN first of all. */
static void forget_card(struct card_work *w)
{
    card_vault_wipe(w->config.vault);
    w->card = card_free(w->card);
    w->looking = false;
}

static void power(struct card_work *w)
{
    if (w->under_way) {
        w->ignore = true; /* its end begins this anew */
        return;
    }
    forget_card(w);
    if (w->attempts++ >= CARD_WORK_POWER_MAX) {
        set_state(w, CARDMSG_CARD_UNREADABLE);
        return;
    }
    if (w->state != CARDMSG_CARD_LOOKING)
        set_state(w, CARDMSG_CARD_LOOKING);
    int r = w->config.ops->power(w->config.slot);
    if (r == 0) {
        w->under_way = true;
        w->powering = true;
        w->looking = true;
    } else if (r != -ENODEV && r != -ENOMEDIUM) {
        set_state(w, CARDMSG_CARD_UNREADABLE);
    }
}

/* After a fault, or a job that was left in the middle, the card begins anew. */
void card_work_recover(struct card_work *w)
{
    if (w->present && w->reader == CARDMSG_READER_READY)
        power(w);
}

static void look_ended(struct card_work *w, enum card_end end)
{
    w->looking = false;
    if (end == CARD_END_GOOD) {
        w->attempts = 0;
        set_state(w, card_tries(w->card) == 0 ? CARDMSG_CARD_BLOCKED
                                              : CARDMSG_CARD_FINEID);
    } else if (end == CARD_END_UNKNOWN) {
        set_state(w, CARDMSG_CARD_UNKNOWN);
    } else {
        LK_LOG(DEBUG, "card", "look=%s", card_end_word(end));
        card_work_recover(w);
    }
}

void card_work_blocked(struct card_work *w)
{
    set_state(w, CARDMSG_CARD_BLOCKED);
}

static void job_ended(struct card_work *w, enum card_end end)
{
    if (w->looking)
        look_ended(w, end);
    else if (w->request.state != REQUEST_NONE)
        card_request_ended(w, end);
}

void card_work_go_on(struct card_work *w)
{
    struct card_want want;
    card_next(w->card, &want);
    if (want.ask == CARD_ASK_END) {
        job_ended(w, want.end);
        return;
    }
    if (want.ask == CARD_ASK_PIN) {
        (void)card_request_pin(w, want.pin);
        return;
    }
    int r = w->config.ops->send(w->config.slot, want.command, want.len);
    if (r == 0) {
        w->under_way = true;
        return;
    }
    if (w->request.state != REQUEST_NONE)
        card_request_broken(w, r);
    else
        card_work_recover(w);
}

void card_work_powered(struct card_work *w, int status, const uint8_t *history,
                       size_t len, bool extended)
{
    w->under_way = false;
    w->powering = false;
    if (w->ignore || !w->present) {
        w->ignore = false;
        w->looking = false;
        card_work_recover(w);
        return;
    }
    struct card_config config = {
        .extended = extended && card_history_read(history, len).extended};
    int r = status;
    if (r == 0)
        r = card_new(&config, &w->card);
    if (r == 0)
        r = card_start_look(w->card);
    if (r == 0)
        card_work_go_on(w);
    else
        card_work_recover(w);
}

void card_work_answered(struct card_work *w, int status, const uint8_t *answer,
                        size_t len)
{
    w->under_way = false;
    if (w->ignore || !w->card) {
        w->ignore = false;
        card_work_recover(w);
        return;
    }
    if (status == 0) {
        if (w->request.state == REQUEST_PAD) {
            w->request.state = REQUEST_SIGN;
            card_tell_working(w);
        }
        card_answer(w->card, answer, len);
        card_work_go_on(w);
    } else if (w->request.state != REQUEST_NONE) {
        card_request_broken(w, status);
    } else {
        card_work_recover(w);
    }
}

void card_work_card(struct card_work *w, bool present)
{
    w->present = present;
    w->attempts = 0;
    if (!present) {
        card_request_fail(w, CARDMSG_CARD_GONE, CARDMSG_TRIES_UNKNOWN);
        w->ignore = w->under_way;
        forget_card(w);
        set_state(w, CARDMSG_CARD_ABSENT);
        return;
    }
    set_state(w, CARDMSG_CARD_LOOKING);
    power(w);
}

/* --- reader and luukkud -------------------------------------------------- */

void card_work_reader(struct card_work *w, enum cardmsg_reader state, bool pad)
{
    bool ready = state == CARDMSG_READER_READY;
    w->reader = state;
    w->pad = pad;
    if (!ready) {
        forget_card(w);
        /* No end follows from a reader that is freed. */
        w->present = w->under_way = w->powering = w->ignore = false;
        w->state = CARDMSG_CARD_ABSENT;
    }
    /* First, so that it is known why a request fails. */
    card_tell_state(w);
    if (!ready)
        card_request_fail(w,
                          state == CARDMSG_READER_NONE ? CARDMSG_CARD_GONE
                                                       : CARDMSG_READER_FAULT,
                          CARDMSG_TRIES_UNKNOWN);
}

void card_work_order(struct card_work *w, const struct cardmsg *m)
{
    if (m->type == CARDMSG_IDENTIFY || m->type == CARDMSG_SIGN ||
        m->type == CARDMSG_WHO)
        card_request_start(w, m);
    else
        card_request_typed(w, m);
}

void card_work_luukkud(struct card_work *w, bool there)
{
    w->luukkud = there;
    if (there) {
        card_tell_state(w);
        return;
    }
    if (w->request.state == REQUEST_NONE)
        return;
    if (w->request.state == REQUEST_PAD && w->under_way)
        w->config.ops->cancel(w->config.slot);
    bool typing = w->request.state == REQUEST_DIGITS;
    card_request_fail(w, CARDMSG_CANCELLED, CARDMSG_TRIES_UNKNOWN);
    if (typing)
        card_give_up(w->card);
    else
        card_work_recover(w);
}

/* --- life ---------------------------------------------------------------- */

static void on_timer(void *arg, int64_t now_us)
{
    (void)now_us;
    card_request_silent(arg);
}

int card_work_new(const struct card_work_config *config, struct card_work **ret)
{
    LK_AUTO(card_work) w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    w->config = *config;
    int r = lk_timer_new(config->loop, on_timer, w, &w->timer);
    if (r == 0)
        *ret = LK_TAKE(w);
    return r;
}

struct card_work *card_work_free(struct card_work *w)
{
    if (w) {
        w->timer = lk_timer_free(w->timer);
        forget_card(w);
        explicit_bzero(w, sizeof(*w));
        free(w);
    }
    return NULL;
}

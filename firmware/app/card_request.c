/* One request of luukkud: from IDENTIFY or SIGN to RESULT or FAILED. */
#include "app/card_work_impl.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>

static void forget_pin(struct card_work *w)
{
    card_vault_wipe(w->config.vault);
    lk_timer_clear(w->timer);
}

static void request_over(struct card_work *w)
{
    forget_pin(w);
    explicit_bzero(&w->request, sizeof(w->request));
}

void card_request_fail(struct card_work *w, enum cardmsg_why why, uint8_t tries)
{
    uint32_t id = w->request.id;
    if (w->request.state == REQUEST_NONE)
        return;
    request_over(w);
    card_tell_failed(w, id, why, tries);
}

/* --- begin --------------------------------------------------------------- */

/* The hash that goes with the key. */
static enum card_hash hash_for(const struct card_cert *cert)
{
    return card_cert_key(cert, NULL) == CARD_KEY_P384 ? CARD_SHA384
                                                      : CARD_SHA256;
}

static int fill_request(struct card_work *w, const struct cardmsg *m)
{
    static const enum card_hash hash[CARDMSG_HASHES] = {
        CARD_SHA256, CARD_SHA384, CARD_SHA512};
    struct card_request *q = &w->request;
    q->id = m->id;
    q->who = m->type == CARDMSG_WHO;
    if (q->who) {
        q->use = CARD_FOR_SIGNING;
        return 0;
    }
    if (m->type == CARDMSG_SIGN) {
        q->use = CARD_FOR_SIGNING;
        q->hash = hash[m->hash];
        memcpy(q->bytes, m->bytes, m->len);
        return 0;
    }
    q->use = CARD_FOR_IDENTITY;
    q->hash = hash_for(card_certificate(w->card, CARD_FOR_IDENTITY));
    return card_challenge_hash(m->purpose, m->bytes, m->len, q->hash, q->bytes);
}

void card_request_start(struct card_work *w, const struct cardmsg *m)
{
    if (w->request.state != REQUEST_NONE || w->looking || w->under_way) {
        card_tell_failed(w, m->id, CARDMSG_BUSY, CARDMSG_TRIES_UNKNOWN);
        return;
    }
    if (!w->card ||
        (w->state != CARDMSG_CARD_FINEID && w->state != CARDMSG_CARD_BLOCKED)) {
        card_tell_failed(w, m->id, CARDMSG_NO_CARD, CARDMSG_TRIES_UNKNOWN);
        return;
    }
    int r = fill_request(w, m);
    w->request.state = REQUEST_PREPARE;
    if (r == 0)
        r = card_start_prepare(w->card, w->request.use);
    if (r < 0)
        card_request_fail(w, CARDMSG_INTERNAL, CARDMSG_TRIES_UNKNOWN);
    else
        card_work_go_on(w);
}

/* --- the PIN ------------------------------------------------------------- */

static void want_digits(struct card_work *w)
{
    w->request.state = REQUEST_DIGITS;
    card_vault_wipe(w->config.vault);
    lk_timer_set_in(w->timer, w->config.typing_us);
    card_tell_wanted(w, CARDMSG_ON_SCREEN);
}

/* What is known of the card is good: now the PIN. */
static void start_sign(struct card_work *w)
{
    struct card_request *q = &w->request;
    int r = card_start_sign(w->card, q->use, q->hash, q->bytes);
    if (r < 0) {
        card_request_fail(w, CARDMSG_INTERNAL, CARDMSG_TRIES_UNKNOWN);
        return;
    }
    if (w->pad) {
        q->state = REQUEST_PAD;
        card_tell_wanted(w, CARDMSG_ON_PAD);
        card_work_go_on(w);
    } else {
        want_digits(w);
    }
}

static int send_pin(struct card_work *w, const struct card_pin *pin)
{
    const uint8_t *command = NULL;
    int n = card_vault_command(w->config.vault, pin, &command);
    int r = n < 0 ? n : w->config.ops->send(w->config.slot, command, (size_t)n);
    card_vault_wipe(w->config.vault);
    return r;
}

bool card_request_pin(struct card_work *w, const struct card_pin *pin)
{
    int r;
    if (w->request.state == REQUEST_DIGITS)
        return false; /* not yet */
    if (w->request.state == REQUEST_PAD)
        r = w->config.ops->pad(w->config.slot, pin);
    else
        r = send_pin(w, pin);
    if (r == 0)
        w->under_way = true;
    else
        card_request_broken(w, r);
    return true;
}

/* Nothing was sent: the card needs no new beginning. */
static void stop_typing(struct card_work *w, enum cardmsg_why why)
{
    card_give_up(w->card);
    card_request_fail(w, why, card_tries(w->card));
}

static void pin_ok(struct card_work *w)
{
    struct card_request *q = &w->request;
    lk_timer_clear(w->timer);
    if (card_vault_count(w->config.vault) < card_pin_of(w->card)->least) {
        stop_typing(w, CARDMSG_PIN_LENGTH);
        return;
    }
    q->state = REQUEST_SIGN;
    card_tell_working(w);
    card_work_go_on(w);
}

static void add_digit(struct card_work *w, uint8_t digit)
{
    size_t most = card_pin_of(w->card)->most;
    /* One too many is not taken; the count says so. */
    if (card_vault_count(w->config.vault) < most &&
        card_vault_add(w->config.vault, digit) < 0)
        LK_LOG(DEBUG, "card", "a digit was not taken");
}

static void cancel(struct card_work *w)
{
    w->request.cancelled = true;
    if (w->request.state == REQUEST_PAD && w->under_way) {
        w->config.ops->cancel(w->config.slot);
    } else if (w->request.state == REQUEST_DIGITS) {
        stop_typing(w, CARDMSG_CANCELLED);
    }
}

void card_request_typed(struct card_work *w, const struct cardmsg *m)
{
    if (w->request.state == REQUEST_NONE || m->id != w->request.id)
        return;
    if (m->type == CARDMSG_CANCEL) {
        cancel(w);
        return;
    }
    if (w->request.state != REQUEST_DIGITS)
        return;
    if (m->type == CARDMSG_PIN_OK) {
        pin_ok(w);
        return;
    }
    if (m->type == CARDMSG_DIGIT)
        add_digit(w, m->digit);
    else
        card_vault_back(w->config.vault);
    lk_timer_set_in(w->timer, w->config.typing_us);
    card_tell_count(w);
}

void card_request_silent(struct card_work *w)
{
    if (w->request.state == REQUEST_DIGITS)
        stop_typing(w, CARDMSG_PIN_TIMEOUT);
}

/* --- end ----------------------------------------------------------------- */

static enum cardmsg_why why_of(enum card_end end)
{
    static const enum cardmsg_why why[CARD_ENDS] = {
        [CARD_END_GOOD] = CARDMSG_INTERNAL, /* no failure */
        [CARD_END_UNKNOWN] = CARDMSG_NO_CARD,
        [CARD_END_NO_KEY] = CARDMSG_NOT_SUPPORTED,
        [CARD_END_NOT_SUPPORTED] = CARDMSG_NOT_SUPPORTED,
        [CARD_END_LAST_TRY] = CARDMSG_LAST_TRY,
        [CARD_END_BLOCKED] = CARDMSG_BLOCKED,
        [CARD_END_WRONG_PIN] = CARDMSG_WRONG_PIN,
        [CARD_END_BAD_SIGNATURE] = CARDMSG_BAD_SIGNATURE,
        [CARD_END_FAULT] = CARDMSG_CARD_FAULT,
        [CARD_END_NO_MEMORY] = CARDMSG_INTERNAL};
    return why[end];
}

/* A job of the card's ended. */
void card_request_ended(struct card_work *w, enum card_end end)
{
    struct card_request *q = &w->request;
    bool prepared = q->state == REQUEST_PREPARE;
    if (end == CARD_END_GOOD && prepared && q->cancelled) {
        card_request_fail(w, CARDMSG_CANCELLED, card_tries(w->card));
    } else if (end == CARD_END_GOOD && q->who) {
        card_tell_signer(w,
                         hash_for(card_certificate(w->card, CARD_FOR_SIGNING)));
        request_over(w);
    } else if (end == CARD_END_GOOD && prepared) {
        start_sign(w);
    } else if (end == CARD_END_GOOD) {
        card_tell_result(w);
        request_over(w);
    } else {
        bool first = q->use == CARD_FOR_IDENTITY;
        LK_LOG(DEBUG, "card", "request=%s", card_end_word(end));
        card_request_fail(w, why_of(end), card_tries(w->card));
        if (first && end == CARD_END_BLOCKED)
            card_work_blocked(w);
        /* What came may have been garbled on its way, and more of it may be
         * waiting: the card begins anew. */
        if (end == CARD_END_BAD_SIGNATURE || end == CARD_END_FAULT)
            card_work_recover(w);
    }
}

void card_request_broken(struct card_work *w, int status)
{
    bool pad = w->request.state == REQUEST_PAD;
    enum cardmsg_why why = CARDMSG_CARD_FAULT;
    if (pad && status == -EOPNOTSUPP && !w->request.cancelled) {
        /* The pad is none after all, and nothing was sent. */
        w->pad = false;
        card_tell_state(w);
        want_digits(w);
        return;
    }
    if (status == -ENOMEDIUM || status == -ENOTCONN)
        why = CARDMSG_CARD_GONE;
    else if (status == -ENODEV || status == -EBADMSG || status == -ETIMEDOUT)
        why = CARDMSG_READER_FAULT;
    else if (status == -ETIME)
        why = CARDMSG_PIN_TIMEOUT;
    else if (status == -ECANCELED)
        why = CARDMSG_CANCELLED;
    else if (status == -ENOMEM)
        why = CARDMSG_INTERNAL;
    card_request_fail(w, why, CARDMSG_TRIES_UNKNOWN);
    card_work_recover(w);
}

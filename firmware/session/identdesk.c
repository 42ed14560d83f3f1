#include "session/identdesk_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a stage is to the citizen and to the page, and how long it lasts. */
static const struct {
    enum session_identity_phase phase;
    enum identity_state state;
    int64_t lasts_us;      /* 0: as long as it takes */
    enum identity_why why; /* when it lasted longer */
} stages[STAGES] = {
    [STAGE_IDLE] = {SESSION_IDENTITY_NONE, IDENTITY_OFF, 0, IDENTITY_OTHER},
    [STAGE_ASKED] = {SESSION_IDENTITY_ASKED, IDENTITY_ASKED, 0, IDENTITY_OTHER},
    [STAGE_LINE] = {SESSION_IDENTITY_WORKING, IDENTITY_WORKING,
                    IDENTDESK_LINE_US, IDENTITY_OTHER},
    [STAGE_CARD] = {SESSION_IDENTITY_CARD, IDENTITY_WANT_CARD,
                    IDENTDESK_CARD_US, IDENTITY_NO_CARD},
    [STAGE_WHO] = {SESSION_IDENTITY_WORKING, IDENTITY_WORKING,
                   IDENTDESK_WORK_US, IDENTITY_READER},
    [STAGE_SEAL] = {SESSION_IDENTITY_WORKING, IDENTITY_WORKING,
                    IDENTDESK_SEAL_US, IDENTITY_OTHER},
    [STAGE_START] = {SESSION_IDENTITY_WORKING, IDENTITY_WORKING,
                     IDENTDESK_WORK_US, IDENTITY_READER},
    [STAGE_PIN] = {SESSION_IDENTITY_PIN, IDENTITY_PIN, IDENTDESK_PIN_US,
                   IDENTITY_TIMEOUT},
    [STAGE_WORK] = {SESSION_IDENTITY_WORKING, IDENTITY_WORKING,
                    IDENTDESK_WORK_US, IDENTITY_READER},
    [STAGE_SEALING] = {SESSION_IDENTITY_WORKING, IDENTITY_WORKING,
                       IDENTDESK_SEAL_US, IDENTITY_OTHER},
    [STAGE_CODE] = {SESSION_IDENTITY_WORKING, IDENTITY_WORKING,
                    IDENTDESK_CODE_US, IDENTITY_PHONE_FAILED},
    [STAGE_PHONE] = {SESSION_IDENTITY_PHONE, IDENTITY_SHOW_CODE,
                     IDENTDESK_PHONE_US, IDENTITY_TIMEOUT},
    [STAGE_TOKEN] = {SESSION_IDENTITY_WORKING, IDENTITY_WORKING,
                     IDENTDESK_LINE_US, IDENTITY_OTHER},
    [STAGE_CAMERA] = {SESSION_IDENTITY_DOCUMENT, IDENTITY_WORKING,
                      IDENTDESK_CODE_US, IDENTITY_NO_CAMERA},
    [STAGE_DOCUMENT] = {SESSION_IDENTITY_DOCUMENT, IDENTITY_SHOW_DOCUMENT,
                        IDENTDESK_DOCUMENT_US, IDENTITY_TIMEOUT},
    [STAGE_DONE] = {SESSION_IDENTITY_DONE, IDENTITY_PROOF, 0, IDENTITY_OTHER},
    [STAGE_FAILED] = {SESSION_IDENTITY_FAILED, IDENTITY_FAILED, 0,
                      IDENTITY_OTHER},
};

/* Why, as the citizen is told. */
static const enum session_identity_why whys[IDENTITY_WHYS] = {
    [IDENTITY_WRONG_PIN] = SESSION_WHY_WRONG_PIN,
    [IDENTITY_LAST_TRY] = SESSION_WHY_LAST_TRY,
    [IDENTITY_BLOCKED] = SESSION_WHY_BLOCKED,
    [IDENTITY_NO_CARD] = SESSION_WHY_NO_CARD,
    [IDENTITY_CARD_GONE] = SESSION_WHY_CARD_GONE,
    [IDENTITY_NOT_EID] = SESSION_WHY_NOT_EID,
    [IDENTITY_UNREADABLE] = SESSION_WHY_UNREADABLE,
    [IDENTITY_TIMEOUT] = SESSION_WHY_TIMEOUT,
    [IDENTITY_READER] = SESSION_WHY_READER,
    [IDENTITY_NO_READER] = SESSION_WHY_READER,
    [IDENTITY_BAD_SIGNATURE] = SESSION_WHY_FAILED,
    [IDENTITY_EXPIRED] = SESSION_WHY_EXPIRED,
    [IDENTITY_PHONE_DENIED] = SESSION_WHY_PHONE_DENIED,
    [IDENTITY_PHONE_FAILED] = SESSION_WHY_PHONE_FAILED,
    [IDENTITY_NO_CAMERA] = SESSION_WHY_NO_CAMERA,
    [IDENTITY_OTHER] = SESSION_WHY_FAILED,
};

void identdesk_note(struct identdesk *d, const char *what, int error)
{
    d->config.out.note(d->config.out.arg, what, strerrordesc_np(-error));
}

bool identdesk_bind(struct identdesk *d, struct identity_binding *ret)
{
    return d->open && d->config.out.binding(d->config.out.arg, ret);
}

/* --- stages ------------------------------------------------------------ */

static enum session_identity_how how_of(const struct identdesk *d)
{
    static const enum session_identity_how how[IDENTITY_HOWS] = {
        [IDENTITY_CARD] = SESSION_BY_CARD,
        [IDENTITY_PHONE] = SESSION_BY_PHONE,
        [IDENTITY_DOCUMENT] = SESSION_BY_DOCUMENT,
    };
    return d->signing ? SESSION_BY_SIGNATURE : how[d->ask.how];
}

/* Everything that only the stage before had to show. */
static void view_anew(struct identdesk *d)
{
    bool card_in = d->view.card_in;
    bool reader = d->view.reader;
    explicit_bzero(&d->view, sizeof(d->view));
    d->view.card_in = card_in;
    d->view.reader = reader;
    d->view.tries = SESSION_TRIES_UNKNOWN;
    for (size_t i = 0; i < sizeof(d->view.order); i++)
        d->view.order[i] = (uint8_t)i;
}

void identdesk_enter(struct identdesk *d, enum identdesk_stage stage)
{
    char hash[sizeof(d->view.hash)];
    int64_t lasts_us =
        stage == STAGE_PHONE ? d->code_us : stages[stage].lasts_us;
    memcpy(hash, d->view.hash, sizeof(hash));
    view_anew(d);
    d->stage = stage;
    d->view.phase = stages[stage].phase;
    d->view.how = how_of(d);
    /* The hash is to be seen as long as it is the one that is signed. */
    if (d->signing && stage >= STAGE_START && stage <= STAGE_SEALING)
        memcpy(d->view.hash, hash, sizeof(hash));
    d->until_us = lasts_us > 0 ? d->now_us + lasts_us : IDENTDESK_NEVER;
    if (stage == STAGE_PHONE)
        d->view.code_until_us = d->until_us;
    if (!d->signing && stage > STAGE_IDLE && stage < STAGE_DONE)
        identdesk_say(d, stages[stage].state);
}

/* Nothing is on the screen any more but what the page still asks. */
void identdesk_idle(struct identdesk *d)
{
    d->signing = false;
    if (!d->ask.live || d->ask.agreed) {
        d->ask.live = false;
        identdesk_enter(d, STAGE_IDLE);
        return;
    }
    identdesk_enter(d, STAGE_ASKED);
    d->called = true;
}

void identdesk_drop(struct identdesk *d)
{
    identdesk_card_drop(d);
    identdesk_else_drop(d);
}

void identdesk_fail(struct identdesk *d, enum identity_why why, uint8_t tries)
{
    identdesk_drop(d);
    if (!d->signing)
        identdesk_say_failed(d, why, tries);
    identdesk_enter(d, STAGE_FAILED);
    d->view.why = whys[why];
    d->view.tries = tries;
}

void identdesk_decline(struct identdesk *d)
{
    identdesk_drop(d);
    if (!d->signing) {
        identdesk_say(d, IDENTITY_DECLINED);
        d->ask.live = false;
    }
    identdesk_idle(d);
}

int identdesk_prove(struct identdesk *d, const struct identity_said *proof)
{
    struct identity_said s = *proof;
    bool card = d->signing || d->ask.how == IDENTITY_CARD;
    s.n = d->ask.n;
    s.how = d->ask.how;
    s.state = IDENTITY_PROOF;
    int r = d->signing ? 0 : identdesk_say_all(d, &s);
    if (r < 0)
        return r;
    if (!d->signing)
        d->ask.live = false;
    identdesk_enter(d, STAGE_DONE);
    _Static_assert(sizeof(d->card.name) <= sizeof(d->view.name), "it fits");
    if (card)
        memcpy(d->view.name, d->card.name, sizeof(d->card.name));
    return 0;
}

/* The ask is over, whatever is on the screen. */
void identdesk_ask_ends(struct identdesk *d)
{
    d->ask.live = false;
    if (d->signing)
        return;
    identdesk_drop(d);
    identdesk_idle(d);
}

void identdesk_flush(struct identdesk *d)
{
    struct session_event e = {.kind = SESSION_EVENT_IDENTITY,
                              .identity = &d->view,
                              .called = d->called};
    d->view.reader = d->card.there && d->card.reader != CARDMSG_READER_NONE;
    d->view.card_in = d->card.there && d->card.card != CARDMSG_CARD_ABSENT;
    if (!d->called && session_identity_same(&d->view, &d->told))
        return;
    d->called = false;
    memcpy(&d->told, &d->view, sizeof(d->told));
    d->config.out.event(d->config.out.arg, &e);
}

/* --- the citizen ------------------------------------------------------- */

static void agree(struct identdesk *d)
{
    d->ask.agreed = true;
    if (d->ask.how == IDENTITY_CARD)
        identdesk_card_begin(d);
    else if (d->ask.how == IDENTITY_PHONE)
        identdesk_phone_begin(d);
    else
        identdesk_document_begin(d);
}

static void again(struct identdesk *d)
{
    if (d->stage == STAGE_DOCUMENT) { /* it lay badly */
        identdesk_document_begin(d);
        return;
    }
    if (d->stage != STAGE_FAILED)
        return;
    if (d->signing)
        identdesk_card_begin(d);
    else if (d->ask.live)
        agree(d);
}

static bool finished(const struct identdesk *d)
{
    return d->stage == STAGE_DONE || d->stage == STAGE_FAILED;
}

/* What the page asks waits until the signature is made, or given up. */
static void sign(struct identdesk *d)
{
    if (!d->call || d->signing ||
        (d->stage != STAGE_IDLE && d->stage != STAGE_ASKED && !finished(d)))
        return;
    if (finished(d))
        d->ask.live = false;
    d->signing = true;
    identdesk_card_begin(d);
}

/* Texts that were cut on their way are none. */
static void set_role(struct identdesk *d, const struct session_intent *i)
{
    struct identity_acting a = {.role = (enum identity_role)i->remove};
    bool self = i->remove == SESSION_SELF;
    size_t name = self ? 0 : strlen(i->arg);
    size_t id = self ? 0 : strlen(i->path);
    if (!d->call || name >= sizeof(a.name) || id >= sizeof(a.id))
        return;
    memcpy(a.name, i->arg, name);
    memcpy(a.id, i->path, id);
    if (!identity_acting_valid(&a))
        return;
    memcpy(&d->acting, &a, sizeof(a));
    identdesk_say_role(d);
    /* What the card was asked to sign says something else now. */
    if (!d->signing && d->stage >= STAGE_START && d->stage <= STAGE_WORK)
        identdesk_card_begin(d);
}

/* What the card has signed already can no longer be given up. */
static bool waits(const struct identdesk *d)
{
    return d->stage > STAGE_ASKED && d->stage != STAGE_SEALING && !finished(d);
}

/* Leaves the screen: the question itself stays. */
static void leave(struct identdesk *d)
{
    if (waits(d))
        identdesk_decline(d);
    else if (finished(d))
        identdesk_idle(d);
}

static void obey(struct identdesk *d, const struct session_intent *i)
{
    bool asked = d->stage == STAGE_ASKED;
    if (i->kind == SESSION_INTENT_IDENTIFY_YES && asked)
        agree(d);
    else if (i->kind == SESSION_INTENT_IDENTIFY_NO && asked)
        identdesk_decline(d);
    else if (i->kind == SESSION_INTENT_IDENTIFY_NO ||
             i->kind == SESSION_INTENT_BACK || i->kind == SESSION_INTENT_DONE)
        leave(d);
    else if (i->kind == SESSION_INTENT_IDENTIFY_AGAIN)
        again(d);
    else if (i->kind == SESSION_INTENT_SIGN)
        sign(d);
    else if (i->kind == SESSION_INTENT_ROLE)
        set_role(d, i);
    else
        identdesk_card_intent(d, i);
}

void identdesk_intent(struct identdesk *d, const struct session_intent *i,
                      int64_t now_us)
{
    d->now_us = now_us;
    obey(d, i);
    identdesk_flush(d);
}

/* --- time -------------------------------------------------------------- */

/* An earlier request that does not end stands in the way of a card. */
static enum identity_why late(const struct identdesk *d)
{
    return d->stage == STAGE_CARD && d->card.request ? IDENTITY_READER
                                                     : stages[d->stage].why;
}

void identdesk_tick(struct identdesk *d, int64_t now_us)
{
    d->now_us = now_us;
    if (now_us >= d->until_us)
        identdesk_fail(d, late(d), IDENTITY_TRIES_UNKNOWN);
    if (d->stage == STAGE_CARD && now_us >= d->card.bad_us)
        identdesk_card_go(d);
    if (d->ask.live && !d->ask.agreed && now_us >= d->ask.until_us) {
        identdesk_say_failed(d, IDENTITY_TIMEOUT, IDENTITY_TRIES_UNKNOWN);
        identdesk_ask_ends(d);
    }
    identdesk_flush(d);
}

int64_t identdesk_next_us(const struct identdesk *d)
{
    int64_t next = d->until_us;
    if (d->stage == STAGE_CARD)
        next = LK_MIN(next, d->card.bad_us);
    if (d->ask.live && !d->ask.agreed)
        next = LK_MIN(next, d->ask.until_us);
    return next;
}

/* --- life -------------------------------------------------------------- */

/* Everything of the call, and nothing of reader and card. */
static void forget(struct identdesk *d)
{
    identdesk_drop(d);
    d->call = d->signing = d->called = false;
    explicit_bzero(&d->ask, sizeof(d->ask));
    explicit_bzero(&d->acting, sizeof(d->acting));
    explicit_bzero(&d->binding, sizeof(d->binding));
    explicit_bzero(d->said, sizeof(d->said));
    d->said_len = 0;
    d->asks = IDENTDESK_ASKS;
    d->asks_us = d->now_us + IDENTDESK_ASK_US;
    identdesk_enter(d, STAGE_IDLE);
}

void identdesk_begin(struct identdesk *d, int64_t now_us)
{
    d->now_us = now_us;
    forget(d);
    d->call = true;
    if (d->open)
        identdesk_say_role(d);
    identdesk_flush(d);
}

void identdesk_end(struct identdesk *d, int64_t now_us)
{
    d->now_us = now_us;
    forget(d);
    identdesk_flush(d);
}

int identdesk_new(const struct identdesk_config *config, struct identdesk **ret)
{
    struct identdesk *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->config = *config;
    d->card.bad_us = IDENTDESK_NEVER;
    forget(d);
    memcpy(&d->told, &d->view, sizeof(d->told));
    *ret = d;
    return 0;
}

struct identdesk *identdesk_free(struct identdesk *d)
{
    if (d) {
        explicit_bzero(d, sizeof(*d));
        free(d);
    }
    return NULL;
}

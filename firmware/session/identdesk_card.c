/* The card: identifying with the key of PIN 1, signing the form with that of
 * PIN 2. */
#include "session/identdesk_impl.h"

#include <errno.h>
#include <string.h>

static const struct identdesk_output *out(const struct identdesk *d)
{
    return &d->config.out;
}

/* --- to luukku-card ---------------------------------------------------- */

static bool send(struct identdesk *d, const struct cardmsg *m)
{
    int r = out(d)->card(out(d)->arg, m);
    if (r < 0)
        identdesk_note(d, "order to luukku-card", r);
    return r == 0;
}

/* Begins a request; the stage says what for. */
static void request(struct identdesk *d, struct cardmsg *m,
                    enum identdesk_stage stage)
{
    m->id = ++d->ids;
    identdesk_enter(d, stage);
    if (!send(d, m)) {
        identdesk_fail(d, IDENTITY_READER, IDENTITY_TRIES_UNKNOWN);
        return;
    }
    d->card.request = m->id;
    d->card.abandoned = false;
}

/* One word about the request that is under way. */
static void tell(struct identdesk *d, enum cardmsg_type type, uint8_t digit)
{
    struct cardmsg m = {.type = type, .id = d->card.request, .digit = digit};
    (void)send(d, &m);
    explicit_bzero(&m, sizeof(m));
}

void identdesk_card_drop(struct identdesk *d)
{
    if (d->card.request && !d->card.abandoned) {
        d->card.abandoned = true;
        tell(d, CARDMSG_CANCEL, 0);
    }
    if (d->signer) {
        struct identdesk_signature none = {.id = d->signer};
        d->signer = 0;
        (void)out(d)->signature(out(d)->arg, &none);
    }
    explicit_bzero(d->signer_sha256, sizeof(d->signer_sha256));
}

/* --- until a PIN may be asked for -------------------------------------- */

bool identdesk_card_ready(const struct identdesk *d)
{
    return d->card.there && d->card.reader == CARDMSG_READER_READY;
}

/* A reader that was unplugged, or whose program is started anew, has a moment
 * to come back. */
static void reader_follow(struct identdesk *d)
{
    if (identdesk_card_ready(d))
        d->card.bad_us = IDENTDESK_NEVER;
    else if (d->card.bad_us == IDENTDESK_NEVER)
        d->card.bad_us = d->now_us + IDENTDESK_READER_US;
}

void identdesk_card_begin(struct identdesk *d)
{
    identdesk_card_drop(d);
    d->card.bad_us = IDENTDESK_NEVER;
    reader_follow(d);
    identdesk_enter(d, STAGE_CARD);
    identdesk_card_go(d);
}

static enum identity_why no_reader(const struct identdesk *d)
{
    return d->card.there && d->card.reader == CARDMSG_READER_NONE
               ? IDENTITY_NO_READER
               : IDENTITY_READER;
}

/* Whether the card is one to begin with; what it is not is told. */
static bool card_fits(struct identdesk *d)
{
    enum identity_why why = IDENTITY_WHYS;
    if (d->card.card == CARDMSG_CARD_UNREADABLE)
        why = IDENTITY_UNREADABLE;
    else if (d->card.card == CARDMSG_CARD_UNKNOWN)
        why = IDENTITY_NOT_EID;
    else if (d->card.card == CARDMSG_CARD_BLOCKED && !d->signing)
        why = IDENTITY_BLOCKED;
    else if (d->card.chain == CARDMSG_CHAIN_EXPIRED &&
             d->card.card == CARDMSG_CARD_FINEID)
        why = IDENTITY_EXPIRED;
    if (why == IDENTITY_WHYS)
        return d->card.card >= CARDMSG_CARD_BLOCKED;
    identdesk_fail(d, why,
                   why == IDENTITY_BLOCKED ? 0 : IDENTITY_TRIES_UNKNOWN);
    return false;
}

static void identify(struct identdesk *d)
{
    uint8_t challenge[IDENTITY_HASH_LEN];
    struct cardmsg m = {.type = CARDMSG_IDENTIFY,
                        .purpose = IDENTITY_PURPOSE,
                        .bytes = challenge,
                        .len = sizeof(challenge)};
    if (!identdesk_bind(d, &d->binding)) {
        identdesk_enter(d, STAGE_LINE);
        return;
    }
    int r =
        identity_challenge(IDENTITY_CARD, &d->binding, &d->acting, challenge);
    if (r == 0) {
        request(d, &m, STAGE_START);
        return;
    }
    identdesk_note(d, "challenge", r);
    identdesk_fail(d, IDENTITY_OTHER, IDENTITY_TRIES_UNKNOWN);
}

void identdesk_card_go(struct identdesk *d)
{
    struct identity_binding b;
    struct cardmsg who = {.type = CARDMSG_WHO};
    if (d->stage == STAGE_LINE && identdesk_bind(d, &b))
        identdesk_enter(d, STAGE_CARD);
    if (d->stage != STAGE_CARD)
        return;
    reader_follow(d);
    if (d->now_us >= d->card.bad_us) {
        identdesk_fail(d, no_reader(d), IDENTITY_TRIES_UNKNOWN);
        return;
    }
    /* An earlier request has to end before the next one. */
    if (!identdesk_card_ready(d) || d->card.request || !card_fits(d))
        return;
    if (d->signing)
        request(d, &who, STAGE_WHO);
    else
        identify(d);
}

/* --- the citizen's own signature --------------------------------------- */

static void on_signer(struct identdesk *d, const struct cardmsg *m)
{
    struct identdesk_signer s = {
        .id = d->ids, .cert = m->bytes, .cert_len = m->len, .hash = m->hash};
    if (2 * cardmsg_hash_len(m->hash) >= sizeof(d->view.hash)) {
        identdesk_fail(d, IDENTITY_NOT_EID, IDENTITY_TRIES_UNKNOWN);
        return;
    }
    if (m->chain == CARDMSG_CHAIN_EXPIRED) {
        identdesk_fail(d, IDENTITY_EXPIRED, IDENTITY_TRIES_UNKNOWN);
        return;
    }
    int r = identity_digest(m->bytes, m->len, d->signer_sha256);
    d->hash = m->hash;
    identdesk_enter(d, STAGE_SEAL);
    if (r == 0)
        r = out(d)->prepare(out(d)->arg, &s);
    if (r == 0) {
        d->signer = s.id;
        return;
    }
    identdesk_note(d, "prepare", r);
    identdesk_fail(d, IDENTITY_OTHER, IDENTITY_TRIES_UNKNOWN);
}

void identdesk_prepared(struct identdesk *d, uint32_t id, const uint8_t *hash,
                        int64_t now_us)
{
    struct cardmsg m = {.type = CARDMSG_SIGN,
                        .hash = d->hash,
                        .bytes = hash,
                        .len = cardmsg_hash_len(d->hash)};
    d->now_us = now_us;
    if (id == d->signer && d->signer && !hash) {
        d->signer = 0; /* nothing is left to be given up */
        identdesk_fail(d, IDENTITY_OTHER, IDENTITY_TRIES_UNKNOWN);
    } else if (id == d->signer && d->stage == STAGE_SEAL) {
        request(d, &m, STAGE_START);
        if (d->stage == STAGE_START)
            lk_hex_encode(hash, m.len, d->view.hash);
    }
    identdesk_flush(d);
}

static void on_signature(struct identdesk *d, const struct cardmsg *m)
{
    uint8_t sha256[IDENTITY_HASH_LEN];
    struct identdesk_signature s = {.id = d->signer,
                                    .bytes = m->bytes,
                                    .len = m->len,
                                    .algorithm = m->algorithm};
    int r = identity_digest(m->certificate, m->certificate_len, sha256);
    if (r == 0 && memcmp(sha256, d->signer_sha256, sizeof(sha256)) != 0) {
        /* Another card than the one that was asked who would sign. */
        identdesk_fail(d, IDENTITY_CARD_GONE, IDENTITY_TRIES_UNKNOWN);
        return;
    }
    identdesk_enter(d, STAGE_SEALING);
    if (r == 0)
        r = out(d)->signature(out(d)->arg, &s);
    if (r == 0)
        return;
    identdesk_note(d, "signature", r);
    identdesk_fail(d, IDENTITY_OTHER, IDENTITY_TRIES_UNKNOWN);
}

void identdesk_signed(struct identdesk *d, uint32_t id, int how, int64_t now_us)
{
    const struct identity_said none = {.n = 0};
    d->now_us = now_us;
    if (id == d->signer && d->stage == STAGE_SEALING) {
        d->signer = 0;
        if (how < 0)
            identdesk_fail(d, IDENTITY_OTHER, IDENTITY_TRIES_UNKNOWN);
        else
            (void)identdesk_prove(d, &none); /* nothing is said of it */
    }
    identdesk_flush(d);
}

/* --- from luukku-card -------------------------------------------------- */

/* Every order of the digits is as likely as any other. */
static void shuffle(uint8_t order[10])
{
    for (unsigned left = 10; left > 1; left--) {
        uint8_t r;
        do
            lk_random_bytes(&r, 1);
        while (r >= 256 / left * left);
        uint8_t swap = order[left - 1];
        order[left - 1] = order[r % left];
        order[r % left] = swap;
    }
}

static void on_wanted(struct identdesk *d, const struct cardmsg *m)
{
    if (d->stage != STAGE_START && d->stage != STAGE_PIN)
        return;
    identdesk_enter(d, STAGE_PIN);
    d->view.least = m->least;
    d->view.most = m->most;
    d->view.tries = m->tries;
    d->view.pad = m->where == CARDMSG_ON_PAD;
    if (d->config.shuffle && !d->view.pad)
        shuffle(d->view.order);
}

static void on_count(struct identdesk *d, const struct cardmsg *m)
{
    if (d->stage != STAGE_PIN)
        return;
    d->view.digits = m->count;
    d->until_us = d->now_us + IDENTDESK_PIN_US;
}

/* NULL: not for this key; luukku-card asks for no other. */
static const char *algorithm_word(enum cardmsg_algorithm a)
{
    static const char *const words[CARDMSG_ALGORITHMS] = {
        [CARDMSG_ES256] = "ES256",
        [CARDMSG_ES384] = "ES384",
        [CARDMSG_RS256] = "RS256",
        [CARDMSG_PS256] = "PS256",
    };
    return words[a];
}

static void on_identified(struct identdesk *d, const struct cardmsg *m)
{
    struct identity_binding b;
    struct identity_said s = {.cert = m->certificate,
                              .cert_len = m->certificate_len,
                              .alg = algorithm_word(m->algorithm),
                              .sig = m->bytes,
                              .sig_len = m->len};
    if (!identdesk_bind(d, &b) || !identity_binding_same(&b, &d->binding)) {
        identdesk_enter(d, STAGE_LINE); /* begins anew with the next one */
        return;
    }
    int r = identdesk_prove(d, &s);
    if (r == 0)
        return;
    identdesk_note(d, "proof", r);
    identdesk_fail(d, IDENTITY_OTHER, IDENTITY_TRIES_UNKNOWN);
}

static enum identity_why why_of(const struct identdesk *d, enum cardmsg_why why)
{
    static const enum identity_why map[CARDMSG_WHYS] = {
        [CARDMSG_CANCELLED] = IDENTITY_OTHER, /* is declined, not failed */
        [CARDMSG_NO_CARD] = IDENTITY_NO_CARD,
        [CARDMSG_CARD_GONE] = IDENTITY_CARD_GONE,
        [CARDMSG_WRONG_PIN] = IDENTITY_WRONG_PIN,
        [CARDMSG_LAST_TRY] = IDENTITY_LAST_TRY,
        [CARDMSG_BLOCKED] = IDENTITY_BLOCKED,
        [CARDMSG_PIN_TIMEOUT] = IDENTITY_TIMEOUT,
        [CARDMSG_PIN_LENGTH] = IDENTITY_OTHER,
        [CARDMSG_BUSY] = IDENTITY_READER,
        [CARDMSG_NOT_SUPPORTED] = IDENTITY_NOT_EID,
        [CARDMSG_BAD_SIGNATURE] = IDENTITY_BAD_SIGNATURE,
        [CARDMSG_CARD_FAULT] = IDENTITY_UNREADABLE,
        [CARDMSG_READER_FAULT] = IDENTITY_READER,
        [CARDMSG_INTERNAL] = IDENTITY_OTHER,
    };
    bool gone = why == CARDMSG_CARD_GONE || why == CARDMSG_READER_FAULT;
    if (gone && !identdesk_card_ready(d))
        return no_reader(d);
    return map[why];
}

static void on_failed(struct identdesk *d, const struct cardmsg *m)
{
    if (m->why == CARDMSG_CANCELLED)
        identdesk_decline(d); /* on the reader's own keys */
    else if (m->why == CARDMSG_WRONG_PIN && m->tries == 0)
        identdesk_fail(d, IDENTITY_BLOCKED, 0);
    else
        identdesk_fail(d, why_of(d, m->why), m->tries);
}

static void on_end(struct identdesk *d, const struct cardmsg *m)
{
    bool abandoned = d->card.abandoned;
    d->card.request = 0;
    d->card.abandoned = false;
    if (abandoned)
        return;
    if (m->type == CARDMSG_FAILED)
        on_failed(d, m);
    else if (m->type == CARDMSG_SIGNER && d->stage == STAGE_WHO)
        on_signer(d, m);
    else if (m->type == CARDMSG_RESULT && d->stage >= STAGE_START &&
             d->stage <= STAGE_WORK && d->signing)
        on_signature(d, m);
    else if (m->type == CARDMSG_RESULT && d->stage >= STAGE_START &&
             d->stage <= STAGE_WORK)
        on_identified(d, m);
    else
        identdesk_fail(d, IDENTITY_READER, IDENTITY_TRIES_UNKNOWN);
}

static void on_state(struct identdesk *d, const struct cardmsg *m)
{
    d->card.there = true;
    d->card.reader = m->reader;
    d->card.card = m->card;
    d->card.chain = m->chain;
    explicit_bzero(d->card.name, sizeof(d->card.name));
    memcpy(d->card.name, m->name, strnlen(m->name, sizeof(m->name) - 1));
}

void identdesk_card(struct identdesk *d, const struct cardmsg *m,
                    int64_t now_us)
{
    bool mine = m->id == d->card.request && m->id != 0;
    d->now_us = now_us;
    if (m->type == CARDMSG_STATE)
        on_state(d, m);
    else if (mine && (m->type == CARDMSG_RESULT || m->type == CARDMSG_FAILED ||
                      m->type == CARDMSG_SIGNER))
        on_end(d, m);
    else if (mine && !d->card.abandoned && m->type == CARDMSG_PIN_WANTED)
        on_wanted(d, m);
    else if (mine && !d->card.abandoned && m->type == CARDMSG_PIN_COUNT)
        on_count(d, m);
    else if (mine && !d->card.abandoned && m->type == CARDMSG_WORKING &&
             (d->stage == STAGE_PIN || d->stage == STAGE_START))
        identdesk_enter(d, STAGE_WORK);
    identdesk_card_go(d);
    identdesk_flush(d);
}

void identdesk_card_gone(struct identdesk *d, int64_t now_us)
{
    bool busy = d->card.request && !d->card.abandoned;
    d->now_us = now_us;
    explicit_bzero(&d->card, sizeof(d->card));
    d->card.bad_us = IDENTDESK_NEVER;
    if (busy)
        identdesk_fail(d, IDENTITY_READER, IDENTITY_TRIES_UNKNOWN);
    identdesk_card_go(d);
    identdesk_flush(d);
}

/* --- the citizen types ------------------------------------------------- */

void identdesk_card_intent(struct identdesk *d, const struct session_intent *i)
{
    if (d->stage != STAGE_PIN || d->view.pad || d->card.abandoned)
        return;
    if (i->kind == SESSION_INTENT_PIN_DIGIT && i->at <= 9)
        tell(d, CARDMSG_DIGIT, (uint8_t)i->at);
    else if (i->kind == SESSION_INTENT_PIN_BACK)
        tell(d, CARDMSG_PIN_BACK, 0);
    else if (i->kind == SESSION_INTENT_PIN_OK &&
             d->view.digits >= d->view.least)
        tell(d, CARDMSG_PIN_OK, 0);
}

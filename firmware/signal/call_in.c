/* What comes from the broker: all of it hostile until its signature fits. */
#include "signal/call_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Counts a refusal and tells it. */
static void in_refuse(struct signal_call *c, enum signal_reason reason)
{
    struct signal_action act = {.kind = SIGNAL_ACT_REFUSED, .reason = reason};
    c->counts.refused[reason]++;
    (void)signal_actions_push(&c->actions, &act); /* room is reserved */
}

/* Acknowledges a message, once; the sender repeats it when this is lost. */
static int in_ack(struct signal_call *c, const struct signal_envelope *e)
{
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *body = NULL;
    char *payload = NULL;
    int r = signal_body_write_ack(e->sig, &body);
    if (r < 0)
        return r;
    struct signal_mail mail = {
        .type = SIGNAL_ACK, .expert = e->expert, .en = e->en, .body = body};
    r = signal_call_seal(c, &mail, sig, &payload);
    free(body);
    if (r < 0)
        return r;
    r = signal_call_publish(c, e->expert, payload);
    free(payload);
    return r;
}

/* --- claims --------------------------------------------------------------- */

/* Everything about a claim, until it is decided. */
struct in_claim {
    const struct signal_envelope *e;
    struct signal_body_claim body;
    struct signal_key *key;
    struct signal_identity who;
};

/* Tells a claimant why not. Nothing else depends on it. */
static int claim_refuse(struct signal_call *c, const struct in_claim *claim,
                        enum signal_reason why)
{
    char *body = NULL;
    in_refuse(c, why);
    int r = signal_body_write_refuse(why, &body);
    if (r < 0)
        return r;
    struct signal_mail mail = {.type = SIGNAL_REFUSE,
                               .expert = claim->e->expert,
                               .en = claim->e->en,
                               .body = body};
    r = signal_call_send(c, &mail);
    free(body);
    return r == -ENOSPC ? 0 : r; /* the claimant will ask again */
}

/* A sealed grant, ready to be sent. */
struct in_grant {
    char *payload;
    char *copy;
    char sig[SIGNAL_SIG_TEXT_SIZE];
};

static int grant_seal(struct signal_call *c, const struct in_claim *claim,
                      struct in_grant *ret)
{
    char *body = NULL;
    int r = signal_body_write_grant(c->n + 1, &c->wait, &body);
    if (r < 0)
        return r;
    struct signal_mail mail = {.type = SIGNAL_GRANT,
                               .expert = claim->e->expert,
                               .en = claim->e->en,
                               .body = body};
    r = signal_call_seal(c, &mail, ret->sig, &ret->payload);
    free(body);
    if (r < 0)
        return r;
    ret->copy = strdup(ret->payload);
    if (ret->copy)
        return 0;
    free(ret->payload);
    return -ENOMEM;
}

/* Makes the claimant the holder; the grant is sealed, so nothing can fail. */
static int grant_commit(struct signal_call *c, struct in_claim *claim,
                        const struct in_grant *grant)
{
    struct signal_mail mail = {
        .type = SIGNAL_GRANT, .expert = claim->e->expert, .en = claim->e->en};
    (void)signal_key_free(c->holder_key);
    c->holder_key = LK_TAKE(claim->key);
    c->who = claim->who;
    c->n++;
    free(c->grant);
    c->grant = grant->copy;
    /* Older letters bear a nonce that nobody listens to. */
    for (int i = 0; i < SIGNAL_TYPES; i++)
        if (i != SIGNAL_REFUSE)
            signal_outbox_drop(&c->outbox, (enum signal_type)i);
    return signal_call_post(c, &mail, grant->payload, grant->sig);
}

static void claim_tell(struct signal_call *c, enum signal_action_kind kind)
{
    struct signal_action act = {.kind = kind, .who = c->who};
    (void)signal_actions_push(&c->actions, &act); /* room is reserved */
}

static int claim_grant(struct signal_call *c, struct in_claim *claim,
                       const struct signal_claim *next, bool resumed)
{
    struct in_grant grant = {.payload = NULL};
    int r = grant_seal(c, claim, &grant);
    if (r < 0)
        return r;
    c->claim = *next;
    r = grant_commit(c, claim, &grant);
    if (resumed) {
        /* The new page knows no offer: a fresh connection follows. */
        c->outdated = true;
        c->bound = false;
        free(c->offer);
        c->offer = NULL;
        claim_tell(c, SIGNAL_ACT_RECONNECT);
        return r;
    }
    claim_tell(c, SIGNAL_ACT_GRANTED);
    int r2 = signal_call_flush_offer(c);
    int r3 = signal_call_announce(c, true);
    r = r < 0 ? r : r2;
    return r < 0 ? r : r3;
}

static int claim_decide(struct signal_call *c, struct in_claim *claim)
{
    /* On a copy: the grant may yet fail for want of memory. */
    struct signal_claim next = c->claim;
    switch (signal_claim_take(&next, claim->e->expert, claim->e->en,
                              claim->body.resume)) {
    case SIGNAL_CLAIM_GRANTED:
        return claim_grant(c, claim, &next, false);
    case SIGNAL_CLAIM_RESUMED:
        return claim_grant(c, claim, &next, true);
    case SIGNAL_CLAIM_REPEATED:
        c->counts.repeats++;
        return signal_call_publish(c, claim->e->expert, c->grant);
    case SIGNAL_CLAIM_TAKEN:
        return claim_refuse(c, claim, SIGNAL_TAKEN);
    case SIGNAL_CLAIM_NONE:
        break;
    }
    return claim_refuse(c, claim, SIGNAL_CALL);
}

static int in_claim(struct signal_call *c, const struct signal_envelope *e,
                    const struct signal_time *t)
{
    struct in_claim *claim = calloc(1, sizeof(*claim));
    if (!claim)
        return -ENOMEM;
    claim->e = e;
    int r = signal_body_claim(e->body, e->body_len, &claim->body);
    if (r == SIGNAL_OK)
        r = signal_cert_key(claim->body.cert, claim->body.cert_len,
                            &claim->key);
    if (r == SIGNAL_OK)
        r = signal_envelope_verify(e, claim->key);
    if (r > SIGNAL_OK) {
        in_refuse(c, (enum signal_reason)r);
        r = 0;
    } else if (r == SIGNAL_OK) {
        struct signal_cert_query q = {
            .agency = c->agency, .user = e->expert, .wall_s = t->wall_s};
        r = signal_trust_check(c->trust, &q, claim->body.cert,
                               claim->body.cert_len, &claim->who);
        if (r > SIGNAL_OK)
            r = claim_refuse(c, claim, (enum signal_reason)r);
        else if (r == SIGNAL_OK)
            r = claim_decide(c, claim);
    }
    (void)signal_key_free(claim->key);
    free(claim);
    return r;
}

/* --- the holder's messages ------------------------------------------------ */

/* Handlers return SIGNAL_OK, a reason, or a negative errno. */

static int in_answer(struct signal_call *c, const struct signal_envelope *e)
{
    struct signal_sdp sdp;
    int r = (int)signal_sdp_look(e->body, e->body_len, &sdp);
    if (r != SIGNAL_OK)
        return r;
    if (c->claim.state != SIGNAL_CLAIM_HELD || c->outdated || !c->offer_sent ||
        c->answered || sdp.answers != c->ids.version)
        return SIGNAL_ORDER;
    struct signal_action act = {.kind = SIGNAL_ACT_ANSWER,
                                .data = e->body,
                                .len = e->body_len,
                                .version = sdp.answers};
    r = signal_actions_push(&c->actions, &act);
    if (r < 0)
        return r;
    c->answered = c->bound = true;
    memcpy(c->page_print, sdp.print, sizeof(c->page_print));
    return 0;
}

static int in_candidate(struct signal_call *c, const struct signal_envelope *e)
{
    struct signal_body_candidate body;
    int r = signal_body_candidate(e->body, e->body_len, &body);
    if (r != SIGNAL_OK)
        return r;
    if (c->claim.state != SIGNAL_CLAIM_HELD || c->outdated || !c->offer_sent ||
        body.version != c->ids.version)
        return SIGNAL_ORDER;
    struct signal_action act = {.kind = SIGNAL_ACT_CANDIDATE,
                                .data = body.candidate,
                                .len = strlen(body.candidate),
                                .mid = body.mid,
                                .version = body.version};
    return signal_actions_push(&c->actions, &act);
}

static int in_bye(struct signal_call *c, const struct signal_envelope *e)
{
    enum signal_bye why = SIGNAL_BYE_ENDED;
    struct signal_action act = {.kind = SIGNAL_ACT_LEFT};
    int r = signal_body_bye(e->body, e->body_len, &why);
    if (r != SIGNAL_OK || c->claim.state == SIGNAL_CLAIM_OVER)
        return r;
    if (why != SIGNAL_BYE_LEFT)
        signal_call_over(c, why, true);
    else if (signal_claim_leave(&c->claim, e->en, c->now_us))
        (void)signal_actions_push(&c->actions, &act); /* room is reserved */
    return SIGNAL_OK;
}

static int in_acked(struct signal_call *c, const struct signal_envelope *e)
{
    char sig[SIGNAL_SIG_TEXT_SIZE];
    int r = signal_body_ack(e->body, e->body_len, sig);
    if (r == SIGNAL_OK)
        (void)signal_outbox_acked(&c->outbox, sig); /* perhaps long gone */
    return r;
}

static int in_body(struct signal_call *c, const struct signal_envelope *e)
{
    switch (e->type) {
    case SIGNAL_ANSWER:
        return in_answer(c, e);
    case SIGNAL_CANDIDATE:
        return in_candidate(c, e);
    case SIGNAL_BYE:
        return in_bye(c, e);
    case SIGNAL_ACK:
        return in_acked(c, e);
    case SIGNAL_ANNOUNCE:
    case SIGNAL_CLAIM:
    case SIGNAL_GRANT:
    case SIGNAL_REFUSE:
    case SIGNAL_OFFER:
    case SIGNAL_HEALTH:
    case SIGNAL_HELP_OPEN:
    case SIGNAL_HELP_ACCEPT:
    case SIGNAL_HELP_REFUSE:
    case SIGNAL_TYPES:
        break;
    }
    return SIGNAL_TYPE;
}

static int in_holders(struct signal_call *c, const struct signal_envelope *e)
{
    /* The very bytes that were verified once need no second look. */
    enum signal_seen_how seen = signal_seen_find(&c->seen, e);
    int r = SIGNAL_OK;
    if (seen != SIGNAL_SEEN_BYTES)
        r = signal_envelope_verify(e, c->holder_key);
    if (r == SIGNAL_OK && seen != SIGNAL_SEEN_NOT) {
        c->counts.repeats++;
        return in_ack(c, e);
    }
    if (r == SIGNAL_OK)
        r = in_body(c, e);
    if (r > SIGNAL_OK)
        in_refuse(c, (enum signal_reason)r);
    if (r < 0 || (r > SIGNAL_OK && r != SIGNAL_ORDER))
        return LK_MIN(r, 0);
    if (e->type == SIGNAL_ACK)
        return 0;
    signal_seen_add(&c->seen, e);
    return in_ack(c, e);
}

/* Acknowledgements of refusals come from those who lost: nothing but the
 * letter's going hangs on them, so a signature that cannot be checked (their
 * key is not kept) is not asked for. */
static bool in_loser_acked(struct signal_call *c,
                           const struct signal_envelope *e)
{
    char sig[SIGNAL_SIG_TEXT_SIZE];
    return e->type == SIGNAL_ACK &&
           signal_body_ack(e->body, e->body_len, sig) == SIGNAL_OK &&
           signal_outbox_refusal_acked(&c->outbox, e->expert, sig);
}

static int in_down(struct signal_call *c, const struct signal_topic *topic,
                   const struct signal_message *m)
{
    LK_AUTO(signal_envelope) e = NULL;
    bool holder = c->holder_key && strcmp(topic->expert, c->claim.holder) == 0;
    struct signal_held held = {.call = c->call, .kn = c->kn};
    if (!signal_rates_pass(&c->rates, topic->expert, c->claim.holder,
                           c->now_us)) {
        c->counts.limited++;
        return 0;
    }
    int r = signal_envelope_open(m->payload, m->len, topic, &held, &e);
    if (r == SIGNAL_OK && e->type == SIGNAL_CLAIM)
        return in_claim(c, e, m->t);
    if (r == SIGNAL_OK && in_loser_acked(c, e))
        return 0;
    if (r == SIGNAL_OK && !c->holder_key)
        r = SIGNAL_ORDER; /* nobody holds the call yet */
    if (r == SIGNAL_OK && (!holder || strcmp(e->en, c->claim.en) != 0))
        r = SIGNAL_NONCE;
    if (r == SIGNAL_OK)
        return in_holders(c, e);
    if (r > SIGNAL_OK)
        in_refuse(c, (enum signal_reason)r);
    return LK_MIN(r, 0);
}

/* --- the queue ------------------------------------------------------------ */

static int in_announce(struct signal_call *c, const struct signal_topic *topic,
                       const struct signal_message *m)
{
    LK_AUTO(signal_envelope) e = NULL;
    struct signal_held held = {.en = ""};
    struct signal_body_announce body;
    if (strcmp(topic->kiosk, c->kiosk) == 0)
        return 0; /* our own, come back */
    int r = signal_envelope_open(m->payload, m->len, topic, &held, &e);
    if (r == SIGNAL_OK)
        r = signal_body_announce(e->body, e->body_len, &body);
    if (r == SIGNAL_OK && strcmp(body.agency, topic->agency) != 0)
        r = SIGNAL_NAMES;
    if (r != SIGNAL_OK)
        return r;
    bool waiting = c->claim.state == SIGNAL_CLAIM_OPEN;
    struct signal_queue_call call = {
        .agency = topic->agency,
        .kiosk = topic->kiosk,
        .own = waiting ? c->agency : "",
        .since_s = body.since_s,
        .own_since_s = waiting ? (c->now_us - c->since_us) / 1000000 : 0,
        .gone = body.gone,
        .first = strcmp(topic->kiosk, c->kiosk) < 0};
    signal_queue_announced(c->queue, &call, c->now_us);
    return SIGNAL_OK;
}

static int in_presence(struct signal_call *c, const struct signal_topic *topic,
                       const struct signal_message *m)
{
    struct signal_presence p;
    int r = signal_body_presence(m->payload, m->len, &p);
    if (r != SIGNAL_OK)
        return r;
    struct signal_queue_expert expert = {.agency = topic->agency,
                                         .expert = topic->expert,
                                         .own = c->agency,
                                         .free = p.free,
                                         .gone = p.gone};
    signal_queue_present(c->queue, &expert, c->now_us);
    return SIGNAL_OK;
}

static int in_queue(struct signal_call *c, const struct signal_topic *topic,
                    const struct signal_message *m)
{
    if (!signal_bucket_take(&c->rates.queue, SIGNAL_RATE_QUEUE, c->now_us)) {
        c->counts.limited++;
        return 0;
    }
    int r = topic->kind == SIGNAL_TOPIC_CALL ? in_announce(c, topic, m)
                                             : in_presence(c, topic, m);
    if (r > SIGNAL_OK)
        in_refuse(c, (enum signal_reason)r);
    signal_call_tell_queue(c);
    return LK_MIN(r, 0);
}

int signal_call_receive(struct signal_call *c,
                        const struct signal_message *message)
{
    struct signal_topic topic;
    c->now_us = message->t->now_us;
    c->counts.received++;
    if (signal_actions_room(&c->actions) < SIGNAL_ACTIONS_RESERVE) {
        c->counts.limited++;
        return 0;
    }
    if (message->len > SIGNAL_PAYLOAD_MAX) {
        in_refuse(c, SIGNAL_OVERSIZED);
        return 0;
    }
    if (signal_topic_parse(message->topic, &topic) < 0) {
        in_refuse(c, SIGNAL_NAMES);
        return 0;
    }
    switch (topic.kind) {
    case SIGNAL_TOPIC_DOWN:
        if (strcmp(topic.kiosk, c->kiosk) == 0)
            return in_down(c, &topic, message);
        in_refuse(c, SIGNAL_NAMES);
        break;
    case SIGNAL_TOPIC_CALL:
    case SIGNAL_TOPIC_HERE:
        return in_queue(c, &topic, message);
    case SIGNAL_TOPIC_TECH_DOWN: /* no call's */
    case SIGNAL_TOPIC_TECH_UP:
    case SIGNAL_TOPIC_HEALTH:
    case SIGNAL_TOPIC_UP: /* nothing that a kiosk reads */
        in_refuse(c, SIGNAL_TYPE);
        break;
    }
    return 0;
}

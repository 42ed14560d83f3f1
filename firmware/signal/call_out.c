/* What the call sends: sealing, the outbox, announcements. */
#include "signal/call_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int signal_call_seal(const struct signal_call *c,
                     const struct signal_mail *mail, char *ret_sig, char **ret)
{
    struct signal_draft d = {.type = mail->type,
                             .kiosk = c->kiosk,
                             .expert = mail->expert,
                             .call = c->call,
                             .kn = c->kn,
                             .en = mail->en,
                             .body = mail->body};
    return signal_envelope_seal(&d, c->key, ret_sig, ret);
}

static void call_up_topic(const struct signal_call *c, const char *expert,
                          char *ret)
{
    struct signal_topic t = {.kind = SIGNAL_TOPIC_UP};
    memcpy(t.kiosk, c->kiosk, sizeof(t.kiosk));
    memcpy(t.expert, expert, strlen(expert) + 1);
    signal_topic_write(&t, ret);
}

int signal_call_post(struct signal_call *c, const struct signal_mail *mail,
                     char *payload, const char *sig)
{
    struct signal_letter l = {.type = mail->type, .payload = payload};
    memcpy(l.sig, sig, sizeof(l.sig));
    call_up_topic(c, mail->expert, l.topic);
    int r = signal_outbox_add(&c->outbox, &l, &c->actions, c->now_us);
    if (r < 0)
        free(payload);
    return r;
}

int signal_call_send(struct signal_call *c, const struct signal_mail *mail)
{
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *payload = NULL;
    if (!signal_outbox_has_room(&c->outbox, mail->type))
        return -ENOSPC;
    int r = signal_call_seal(c, mail, sig, &payload);
    return r < 0 ? r : signal_call_post(c, mail, payload, sig);
}

int signal_call_publish(struct signal_call *c, const char *expert,
                        const char *payload)
{
    char topic[SIGNAL_TOPIC_MAX];
    if (!c->up)
        return 0;
    call_up_topic(c, expert, topic);
    struct signal_action act = {.kind = SIGNAL_ACT_PUBLISH,
                                .topic = topic,
                                .data = payload,
                                .len = strlen(payload)};
    int r = signal_actions_push(&c->actions, &act);
    return r == -ENOSPC ? 0 : r; /* lost, as on the way */
}

int signal_call_announce(struct signal_call *c, bool gone)
{
    struct signal_announce_draft draft = {.wait = &c->wait,
                                          .site = c->site,
                                          .since_s = (c->now_us - c->since_us) /
                                                     1000000,
                                          .gone = gone};
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *body = NULL;
    char *payload = NULL;
    c->announce_us = c->now_us + SIGNAL_ANNOUNCE_US;
    if (!c->up)
        return 0;
    int r = signal_body_write_announce(&draft, &body);
    if (r < 0)
        return r;
    struct signal_mail mail = {
        .type = SIGNAL_ANNOUNCE, .expert = "", .en = "", .body = body};
    r = signal_call_seal(c, &mail, sig, &payload);
    free(body);
    if (r < 0)
        return r;
    struct signal_topic t = {.kind = SIGNAL_TOPIC_CALL};
    char topic[SIGNAL_TOPIC_MAX];
    memcpy(t.agency, c->agency, sizeof(t.agency));
    memcpy(t.kiosk, c->kiosk, sizeof(t.kiosk));
    signal_topic_write(&t, topic);
    struct signal_action act = {.kind = SIGNAL_ACT_PUBLISH,
                                .topic = topic,
                                .data = payload,
                                .len = strlen(payload)};
    r = signal_actions_push(&c->actions, &act);
    free(payload);
    return r == -ENOSPC ? 0 : r; /* the next one follows */
}

int signal_call_flush_offer(struct signal_call *c)
{
    if (!c->offer || c->outdated || c->claim.state != SIGNAL_CLAIM_HELD)
        return 0;
    struct signal_mail mail = {.type = SIGNAL_OFFER,
                               .expert = c->claim.holder,
                               .en = c->claim.en,
                               .body = c->offer};
    /* What belongs to older offers need not arrive any more. */
    signal_outbox_drop(&c->outbox, SIGNAL_OFFER);
    signal_outbox_drop(&c->outbox, SIGNAL_CANDIDATE);
    int r = signal_call_send(c, &mail);
    if (r < 0)
        return r;
    free(c->offer);
    c->offer = NULL;
    c->offer_sent = true;
    return 0;
}

void signal_call_over(struct signal_call *c, enum signal_bye why, bool remote)
{
    struct signal_action act = {
        .kind = SIGNAL_ACT_OVER, .why = why, .remote = remote};
    signal_claim_close(&c->claim);
    c->over_us = c->now_us + SIGNAL_LINGER_US;
    free(c->offer);
    c->offer = NULL;
    for (int i = 0; i < SIGNAL_TYPES; i++)
        if (i != SIGNAL_BYE && i != SIGNAL_REFUSE)
            signal_outbox_drop(&c->outbox, (enum signal_type)i);
    (void)signal_actions_push(&c->actions, &act); /* room is reserved */
}

void signal_call_tell_queue(struct signal_call *c)
{
    if (c->claim.state != SIGNAL_CLAIM_OPEN)
        return;
    struct signal_action act = {
        .kind = SIGNAL_ACT_QUEUE,
        .place = signal_queue_place(c->queue, c->agency, c->now_us),
        .free_experts =
            signal_queue_free_experts(c->queue, c->agency, c->now_us)};
    if (act.place == c->place && act.free_experts == c->free_experts)
        return;
    if (signal_actions_push(&c->actions, &act) == 0) {
        c->place = act.place;
        c->free_experts = act.free_experts;
    }
}

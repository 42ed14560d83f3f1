/* call_state.h - private to this room: what call*.c share. */
#ifndef LUUKKU_SIGNAL_CALL_STATE_H
#define LUUKKU_SIGNAL_CALL_STATE_H

#include "signal/actions.h"
#include "signal/body.h"
#include "signal/guard.h"
#include "signal/outbox.h"
#include "signal/queue.h"

/* Room for actions that one input may need, publications of the outbox apart.
 */
#define SIGNAL_ACTIONS_RESERVE 16

struct signal_call {
    char kiosk[LK_NAME_MAX];
    char site[SIGNAL_SHOWN_MAX];
    const struct signal_key *key;
    const struct signal_trust *trust;
    int64_t now_us; /* of the input at hand */

    /* the wait: strings that `wait` points to */
    struct signal_wait wait;
    char agency[LK_NAME_MAX];
    char card[LK_NAME_MAX];
    char lang[4];
    char title[3][SIGNAL_TITLE_MAX];
    int64_t since_us;
    int64_t announce_us;          /* when the next one is due */
    uint32_t place, free_experts; /* as last told */

    /* the call */
    char call[SIGNAL_CALL_SIZE]; /* "" when there is none: fits nothing */
    char kn[SIGNAL_NONCE_SIZE];
    uint32_t n;
    struct signal_claim claim;
    struct signal_identity who;
    struct signal_key *holder_key;
    char *grant; /* payload of the present grant, to repeat it */
    int64_t over_us;

    /* the newest offer */
    struct signal_offer_ids ids; /* as drawn; version 0: none */
    char *offer;                 /* to be sent; NULL when it was */
    bool outdated;               /* the far page knows nothing of it */
    bool offer_sent;
    bool answered;
    bool bound; /* an answer came to the present connection: */
    uint8_t kiosk_print[SIGNAL_PRINT_LEN]; /* of the newest offer */
    uint8_t page_print[SIGNAL_PRINT_LEN];
    bool up; /* the link */

    struct signal_outbox outbox;
    struct signal_actions actions;
    struct signal_rates rates;
    struct signal_seen seen;
    struct signal_queue *queue;
    struct signal_call_counts counts;
};

/* An envelope of ours to an expert. */
struct signal_mail {
    enum signal_type type;
    const char *expert;
    const char *en;
    const char *body;
};

/* Seals an envelope of the present call. `ret` and `ret_sig` as
 * signal_envelope_seal(), errors too. */
int signal_call_seal(const struct signal_call *c,
                     const struct signal_mail *mail, char *ret_sig,
                     char **ret) LK_MUST_CHECK;

/* Seals and hands to the outbox. Errors: also -ENOSPC. */
int signal_call_send(struct signal_call *c,
                     const struct signal_mail *mail) LK_MUST_CHECK;

/* Takes a sealed payload over, puts it into the outbox; freed on error. */
int signal_call_post(struct signal_call *c, const struct signal_mail *mail,
                     char *payload, const char *sig) LK_MUST_CHECK;

/* Publishes once, unacknowledged. */
int signal_call_publish(struct signal_call *c, const char *expert,
                        const char *payload) LK_MUST_CHECK;

/* Announces that the call waits, or that it is gone. */
int signal_call_announce(struct signal_call *c, bool gone) LK_MUST_CHECK;

/* Sends the offer that waits, when it may go. */
int signal_call_flush_offer(struct signal_call *c) LK_MUST_CHECK;

/* Says that the call is over; what it still needs to answer is kept. */
void signal_call_over(struct signal_call *c, enum signal_bye why, bool remote);

/* Tells place and free experts when they changed. */
void signal_call_tell_queue(struct signal_call *c);

#endif

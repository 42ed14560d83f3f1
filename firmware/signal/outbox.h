/* outbox.h - private to this room: messages until they are acknowledged.
 *
 * Spec: PROTOCOL.md, "Acknowledgements". Pure: time goes in, actions come out.
 */
#ifndef LUUKKU_SIGNAL_OUTBOX_H
#define LUUKKU_SIGNAL_OUTBOX_H

#include "signal/actions.h"

#define SIGNAL_REFUSALS_MAX 16 /* refusals among the unacknowledged */

struct signal_letter {
    enum signal_type type;
    char topic[SIGNAL_TOPIC_MAX];
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *payload; /* owned */
    unsigned sent; /* times, while the link was up */
    int64_t due_us;
};

struct signal_outbox {
    bool up; /* the link */
    size_t count;
    struct signal_letter letters[SIGNAL_UNACKED_MAX];
};

/* What the outbox did, for the counts. */
struct signal_outbox_work {
    uint64_t resent;
    uint64_t gave_up;
};

/* Whether one more of that type may be added. */
bool signal_outbox_has_room(const struct signal_outbox *o,
                            enum signal_type type);

/* Takes `letter` (payload included) and publishes it when the link is up. The
 * oldest refusal makes room for a new one.
 * Errors: -ENOSPC (the payload stays the caller's) */
int signal_outbox_add(struct signal_outbox *o,
                      const struct signal_letter *letter,
                      struct signal_actions *actions,
                      int64_t now_us) LK_MUST_CHECK;

/* Takes out what was acknowledged. False when nothing was. */
bool signal_outbox_acked(struct signal_outbox *o, const char *sig);

/* The same for a refusal that went to that expert. */
bool signal_outbox_refusal_acked(struct signal_outbox *o, const char *expert,
                                 const char *sig);

/* Takes out all letters of a type (SIGNAL_TYPES: of every type). */
void signal_outbox_drop(struct signal_outbox *o, enum signal_type type);

/* Down: nothing is due. Up: all is sent again, from the first delay on. */
void signal_outbox_link(struct signal_outbox *o, bool up, int64_t now_us);

/* Sends what is due, gives up what was sent in vain. */
void signal_outbox_tick(struct signal_outbox *o, struct signal_actions *actions,
                        int64_t now_us, struct signal_outbox_work *work);

int64_t signal_outbox_deadline_us(const struct signal_outbox *o);

#endif

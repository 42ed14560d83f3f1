/* guard.h - private to this room: rates of senders, and messages seen before.
 * Pure. */
#ifndef LUUKKU_SIGNAL_GUARD_H
#define LUUKKU_SIGNAL_GUARD_H

#include "signal/call.h"

#define SIGNAL_SENDERS_MAX 32 /* senders whose rates are told apart */

/* Lets `rate` things a second pass, and two seconds' worth at once. */
struct signal_bucket {
    int64_t full_at_us; /* when it is full again */
};
bool signal_bucket_take(struct signal_bucket *b, unsigned rate, int64_t now_us);

struct signal_sender {
    char name[LK_NAME_MAX];
    int64_t used_us;
    struct signal_bucket bucket;
};

struct signal_rates {
    struct signal_bucket holder, others, queue;
    struct signal_sender senders[SIGNAL_SENDERS_MAX];
};

/* Whether a message of that expert may be looked at. */
bool signal_rates_pass(struct signal_rates *r, const char *expert,
                       const char *holder, int64_t now_us);

/* The latest messages that were verified. */
struct signal_seen {
    size_t next;
    struct {
        uint8_t digest[32];
        char sig[SIGNAL_SIG_TEXT_SIZE];
    } items[SIGNAL_SEEN_MAX];
};

enum signal_seen_how {
    SIGNAL_SEEN_NOT,
    SIGNAL_SEEN_BYTES, /* the very same message */
    SIGNAL_SEEN_LINES  /* the same lines under another signature */
};
enum signal_seen_how signal_seen_find(const struct signal_seen *s,
                                      const struct signal_envelope *e);
void signal_seen_add(struct signal_seen *s, const struct signal_envelope *e);

#endif

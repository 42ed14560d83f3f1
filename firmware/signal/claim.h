/* claim.h - whose call it is: the kiosk's arbitration of claims.
 *
 * Spec: PROTOCOL.md, "Claim" and "Leaving". Pure: no I/O, no allocation, no
 * clock; plain data of one thread. Only claims that passed every check come
 * here. Not here: envelopes, certificates, messages.
 */
#ifndef LUUKKU_SIGNAL_CLAIM_H
#define LUUKKU_SIGNAL_CLAIM_H

#include "signal/envelope.h"

/* How long a call waits for a page that left to come back. */
#define SIGNAL_LEFT_US (15 * INT64_C(1000000))

enum signal_claim_state {
    SIGNAL_CLAIM_IDLE, /* no call */
    SIGNAL_CLAIM_OPEN, /* waiting to be claimed */
    SIGNAL_CLAIM_HELD, /* granted */
    SIGNAL_CLAIM_LEFT, /* granted; the page has left and may come back */
    SIGNAL_CLAIM_OVER  /* nothing is granted any more */
};

struct signal_claim {
    enum signal_claim_state state;
    char holder[LK_NAME_MAX];   /* expert; "" before the grant */
    char en[SIGNAL_NONCE_SIZE]; /* the holder's present nonce */
    int64_t left_until_us;      /* in SIGNAL_CLAIM_LEFT */
    uint32_t grants;            /* first grants: never above 1 */
};

enum signal_claim_answer {
    SIGNAL_CLAIM_GRANTED,  /* this is the one: grant */
    SIGNAL_CLAIM_REPEATED, /* the holder's claim once more: same grant again */
    SIGNAL_CLAIM_RESUMED,  /* the holder's page is back: grant, new en */
    SIGNAL_CLAIM_TAKEN,    /* refuse */
    SIGNAL_CLAIM_NONE      /* there is no call to be had: refuse, "call" */
};

/* Begins a new call: SIGNAL_CLAIM_OPEN. */
void signal_claim_open(struct signal_claim *c);

/* Takes one valid claim.
 *
 * expert, en  of the envelope; resume is the body's, "" when it has none
 */
enum signal_claim_answer signal_claim_take(struct signal_claim *c,
                                           const char *expert, const char *en,
                                           const char *resume);

/* The holder's page says that it goes. True when it is the holder's present
 * page that says so, and the 15 s begin. */
bool signal_claim_leave(struct signal_claim *c, const char *en, int64_t now_us);

/* True once, when the 15 s have run out: the call is over now. */
bool signal_claim_expire(struct signal_claim *c, int64_t now_us);

/* Cancelled, ended, lost: SIGNAL_CLAIM_OVER. */
void signal_claim_close(struct signal_claim *c);

/* Whether media, data and DTLS may leave the kiosk at all. */
bool signal_claim_media_allowed(const struct signal_claim *c);

#endif

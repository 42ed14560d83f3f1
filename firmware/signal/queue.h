/* queue.h - the place in the queue and the free experts of an agency.
 *
 * Spec: PROTOCOL.md, "Presence". Pure; bounded tables of what other kiosks
 * announce and experts say of themselves, all of it unverified: it feeds two
 * numbers on the waiting screen and nothing else.
 */
#ifndef LUUKKU_SIGNAL_QUEUE_H
#define LUUKKU_SIGNAL_QUEUE_H

#include "base/text.h"

#define SIGNAL_QUEUE_CALLS_MAX 128   /* other waiting calls remembered */
#define SIGNAL_QUEUE_EXPERTS_MAX 256 /* present experts remembered */
#define SIGNAL_QUEUE_CALL_US (6 * INT64_C(1000000))
#define SIGNAL_QUEUE_EXPERT_US (15 * INT64_C(1000000))

struct signal_queue;

int signal_queue_new(struct signal_queue **ret) LK_MUST_CHECK; /* -ENOMEM */
struct signal_queue *signal_queue_free(struct signal_queue *q);
LK_AUTO_DEFINE(signal_queue);

/* Another kiosk's announcement; `gone` takes it away. A table that is full
 * forgets one of another agency than `own`, or ignores the newcomer. */
struct signal_queue_call {
    const char *agency;
    const char *kiosk;
    const char *own;     /* agency of the own call, "" when not waiting */
    int64_t since_s;     /* how long they say they waited */
    int64_t own_since_s; /* how long we waited */
    bool gone;
    bool first; /* their name comes before ours */
};
void signal_queue_announced(struct signal_queue *q,
                            const struct signal_queue_call *call,
                            int64_t now_us);

/* An expert's presence; `gone` takes it away. */
struct signal_queue_expert {
    const char *agency;
    const char *expert;
    const char *own;
    bool free;
    bool gone;
};
void signal_queue_present(struct signal_queue *q,
                          const struct signal_queue_expert *expert,
                          int64_t now_us);

/* 1 + live calls of the agency that waited longer. */
uint32_t signal_queue_place(const struct signal_queue *q, const char *agency,
                            int64_t now_us);

/* Free experts of the agency that were heard of in the last 15 s. */
uint32_t signal_queue_free_experts(const struct signal_queue *q,
                                   const char *agency, int64_t now_us);

/* When the next entry runs out, INT64_MAX when there is none. */
int64_t signal_queue_deadline_us(const struct signal_queue *q, int64_t now_us);

#endif

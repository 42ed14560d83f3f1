#include "signal/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Less than this apart, two waits are too close to call: who was judged first
 * stays first, so that the place shown does not flicker. */
#define NEAR_S 2

struct queue_entry {
    char agency[LK_NAME_MAX]; /* "" for a free slot */
    char name[LK_NAME_MAX];   /* kiosk or expert */
    int64_t until_us;
    bool counts; /* a call that is ahead of ours; an expert who is free */
};

struct signal_queue {
    struct queue_entry calls[SIGNAL_QUEUE_CALLS_MAX];
    struct queue_entry experts[SIGNAL_QUEUE_EXPERTS_MAX];
};

int signal_queue_new(struct signal_queue **ret)
{
    struct signal_queue *q = calloc(1, sizeof(*q));
    if (!q)
        return -ENOMEM;
    *ret = q;
    return 0;
}

struct signal_queue *signal_queue_free(struct signal_queue *q)
{
    free(q);
    return NULL;
}

struct queue_key {
    const char *agency;
    const char *name;
    const char *own;
    int64_t now_us;
};

static bool entry_is(const struct queue_entry *e, const struct queue_key *k)
{
    return strcmp(e->name, k->name) == 0 && strcmp(e->agency, k->agency) == 0;
}

/* The entry of that name, a slot for it when `make` is set, or NULL. */
static struct queue_entry *queue_slot(struct queue_entry *all, size_t n,
                                      const struct queue_key *k, bool make)
{
    struct queue_entry *slot = NULL;
    struct queue_entry *foreign = NULL;
    for (size_t i = 0; i < n; i++) {
        struct queue_entry *e = &all[i];
        bool live = e->agency[0] != '\0' && e->until_us > k->now_us;
        if (live && entry_is(e, k))
            return e;
        if (!live && !slot)
            slot = e;
        if (live && !foreign && strcmp(e->agency, k->own) != 0)
            foreign = e;
    }
    if (!make)
        return NULL;
    if (!slot && strcmp(k->agency, k->own) == 0)
        slot = foreign;
    if (slot) {
        *slot = (struct queue_entry){.counts = false};
        memcpy(slot->agency, k->agency, strlen(k->agency) + 1);
        memcpy(slot->name, k->name, strlen(k->name) + 1);
    }
    return slot;
}

void signal_queue_announced(struct signal_queue *q,
                            const struct signal_queue_call *call,
                            int64_t now_us)
{
    struct queue_key k = {.agency = call->agency,
                          .name = call->kiosk,
                          .own = call->own,
                          .now_us = now_us};
    bool known =
        queue_slot(q->calls, SIGNAL_QUEUE_CALLS_MAX, &k, false) != NULL;
    struct queue_entry *e =
        queue_slot(q->calls, SIGNAL_QUEUE_CALLS_MAX, &k, !call->gone);
    if (!e)
        return;
    int64_t ahead_s = call->since_s - call->own_since_s;
    if (!known || ahead_s >= NEAR_S || ahead_s <= -NEAR_S)
        e->counts = ahead_s != 0 ? ahead_s > 0 : call->first;
    e->until_us = call->gone ? 0 : now_us + SIGNAL_QUEUE_CALL_US;
}

void signal_queue_present(struct signal_queue *q,
                          const struct signal_queue_expert *expert,
                          int64_t now_us)
{
    struct queue_key k = {.agency = expert->agency,
                          .name = expert->expert,
                          .own = expert->own,
                          .now_us = now_us};
    struct queue_entry *e =
        queue_slot(q->experts, SIGNAL_QUEUE_EXPERTS_MAX, &k, !expert->gone);
    if (!e)
        return;
    e->counts = expert->free;
    e->until_us = expert->gone ? 0 : now_us + SIGNAL_QUEUE_EXPERT_US;
}

static uint32_t queue_count(const struct queue_entry *all, size_t n,
                            const char *agency, int64_t now_us)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (all[i].counts && all[i].until_us > now_us &&
            strcmp(all[i].agency, agency) == 0)
            count++;
    return count;
}

uint32_t signal_queue_place(const struct signal_queue *q, const char *agency,
                            int64_t now_us)
{
    return 1 + queue_count(q->calls, SIGNAL_QUEUE_CALLS_MAX, agency, now_us);
}

uint32_t signal_queue_free_experts(const struct signal_queue *q,
                                   const char *agency, int64_t now_us)
{
    return queue_count(q->experts, SIGNAL_QUEUE_EXPERTS_MAX, agency, now_us);
}

static int64_t queue_first(const struct queue_entry *all, size_t n,
                           int64_t now_us)
{
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < n; i++)
        if (all[i].until_us > now_us)
            first = LK_MIN(first, all[i].until_us);
    return first;
}

int64_t signal_queue_deadline_us(const struct signal_queue *q, int64_t now_us)
{
    return LK_MIN(queue_first(q->calls, SIGNAL_QUEUE_CALLS_MAX, now_us),
                  queue_first(q->experts, SIGNAL_QUEUE_EXPERTS_MAX, now_us));
}

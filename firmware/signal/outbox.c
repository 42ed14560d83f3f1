#include "signal/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MS INT64_C(1000)

/* After each sending, how long until the next; after the last, giving up. */
static const int64_t delays_us[] = {400 * MS,  800 * MS,  1600 * MS,
                                    3200 * MS, 5000 * MS, 5000 * MS};

static size_t outbox_count(const struct signal_outbox *o, enum signal_type type)
{
    size_t n = 0;
    for (size_t i = 0; i < o->count; i++)
        if (o->letters[i].type == type)
            n++;
    return n;
}

bool signal_outbox_has_room(const struct signal_outbox *o,
                            enum signal_type type)
{
    if (o->count < SIGNAL_UNACKED_MAX)
        return true;
    return type == SIGNAL_REFUSE && outbox_count(o, SIGNAL_REFUSE) > 0;
}

static void outbox_remove(struct signal_outbox *o, size_t at)
{
    free(o->letters[at].payload);
    o->count--;
    memmove(&o->letters[at], &o->letters[at + 1],
            (o->count - at) * sizeof(o->letters[0]));
}

static void outbox_remove_first(struct signal_outbox *o, enum signal_type type)
{
    for (size_t i = 0; i < o->count; i++) {
        if (o->letters[i].type == type) {
            outbox_remove(o, i);
            return;
        }
    }
}

static void outbox_send(struct signal_letter *l, struct signal_actions *actions,
                        int64_t now_us)
{
    struct signal_action act = {.kind = SIGNAL_ACT_PUBLISH,
                                .topic = l->topic,
                                .data = l->payload,
                                .len = strlen(l->payload)};
    l->due_us =
        now_us + delays_us[LK_MIN(l->sent, LK_ARRAY_LEN(delays_us) - 1)];
    l->sent++;
    /* No room or no memory now: like a loss on the way, the next turn heals. */
    (void)signal_actions_push(actions, &act);
}

int signal_outbox_add(struct signal_outbox *o,
                      const struct signal_letter *letter,
                      struct signal_actions *actions, int64_t now_us)
{
    if (!signal_outbox_has_room(o, letter->type))
        return -ENOSPC;
    if (letter->type == SIGNAL_REFUSE &&
        (o->count == SIGNAL_UNACKED_MAX ||
         outbox_count(o, SIGNAL_REFUSE) == SIGNAL_REFUSALS_MAX))
        outbox_remove_first(o, SIGNAL_REFUSE);
    struct signal_letter *l = &o->letters[o->count++];
    *l = *letter;
    l->sent = 0;
    l->due_us = INT64_MAX;
    if (o->up)
        outbox_send(l, actions, now_us);
    return 0;
}

bool signal_outbox_acked(struct signal_outbox *o, const char *sig)
{
    for (size_t i = 0; i < o->count; i++) {
        if (strcmp(o->letters[i].sig, sig) == 0) {
            outbox_remove(o, i);
            return true;
        }
    }
    return false;
}

bool signal_outbox_refusal_acked(struct signal_outbox *o, const char *expert,
                                 const char *sig)
{
    for (size_t i = 0; i < o->count; i++) {
        const struct signal_letter *l = &o->letters[i];
        const char *to = strrchr(l->topic, '/');
        if (l->type == SIGNAL_REFUSE && strcmp(l->sig, sig) == 0 && to &&
            strcmp(to + 1, expert) == 0) {
            outbox_remove(o, i);
            return true;
        }
    }
    return false;
}

void signal_outbox_drop(struct signal_outbox *o, enum signal_type type)
{
    for (size_t i = o->count; i-- > 0;)
        if (type == SIGNAL_TYPES || o->letters[i].type == type)
            outbox_remove(o, i);
}

void signal_outbox_link(struct signal_outbox *o, bool up, int64_t now_us)
{
    o->up = up;
    for (size_t i = 0; i < o->count; i++) {
        o->letters[i].sent = 0;
        o->letters[i].due_us = up ? now_us : INT64_MAX;
    }
}

void signal_outbox_tick(struct signal_outbox *o, struct signal_actions *actions,
                        int64_t now_us, struct signal_outbox_work *work)
{
    for (size_t i = 0; o->up && i < o->count;) {
        struct signal_letter *l = &o->letters[i];
        if (l->due_us > now_us) {
            i++;
            continue;
        }
        if (l->sent < LK_ARRAY_LEN(delays_us)) {
            work->resent += l->sent > 0;
            outbox_send(l, actions, now_us);
            i++;
            continue;
        }
        struct signal_action act = {.kind = SIGNAL_ACT_GAVE_UP,
                                    .type = l->type};
        (void)signal_actions_push(actions, &act); /* only for the log */
        work->gave_up++;
        outbox_remove(o, i);
    }
}

int64_t signal_outbox_deadline_us(const struct signal_outbox *o)
{
    int64_t first = INT64_MAX;
    for (size_t i = 0; o->up && i < o->count; i++)
        first = LK_MIN(first, o->letters[i].due_us);
    return first;
}

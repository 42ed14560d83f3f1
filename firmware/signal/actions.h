/* actions.h - private to this room: the queue of what a call wants done. */
#ifndef LUUKKU_SIGNAL_ACTIONS_H
#define LUUKKU_SIGNAL_ACTIONS_H

#include "signal/call.h"

struct signal_queued {
    struct signal_action act; /* its pointers are set when it is polled */
    char topic[SIGNAL_TOPIC_MAX];
    char mid[SIGNAL_MID_MAX];
    char *data; /* owned */
};

struct signal_actions {
    size_t head;
    size_t count;
    struct signal_queued items[SIGNAL_ACTIONS_MAX];
    struct signal_queued polled; /* what the caller looks at now */
};

/* How many more fit. */
size_t signal_actions_room(const struct signal_actions *q);

/* Adds one; topic, mid and `len` bytes of data are copied. A publication that
 * does not fit is dropped: whatever matters is sent again.
 * Errors: -ENOSPC, -ENOMEM */
int signal_actions_push(struct signal_actions *q,
                        const struct signal_action *act);

bool signal_actions_poll(struct signal_actions *q, struct signal_action *ret);

void signal_actions_clear(struct signal_actions *q);

#endif

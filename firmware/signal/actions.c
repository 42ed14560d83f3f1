#include "signal/actions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t signal_actions_room(const struct signal_actions *q)
{
    return SIGNAL_ACTIONS_MAX - q->count;
}

static struct signal_queued *actions_at(struct signal_actions *q, size_t i)
{
    return &q->items[(q->head + i) % SIGNAL_ACTIONS_MAX];
}

int signal_actions_push(struct signal_actions *q,
                        const struct signal_action *act)
{
    if (q->count == SIGNAL_ACTIONS_MAX)
        return -ENOSPC;
    char *data = NULL;
    if (act->data) {
        data = malloc(act->len + 1);
        if (!data)
            return -ENOMEM;
        memcpy(data, act->data, act->len);
        data[act->len] = '\0';
    }
    struct signal_queued *item = actions_at(q, q->count++);
    *item = (struct signal_queued){.act = *act, .data = data};
    (void)snprintf(item->topic, sizeof(item->topic), "%s",
                   act->topic ? act->topic : "");
    (void)snprintf(item->mid, sizeof(item->mid), "%s",
                   act->mid ? act->mid : "");
    return 0;
}

bool signal_actions_poll(struct signal_actions *q, struct signal_action *ret)
{
    free(q->polled.data);
    q->polled.data = NULL;
    if (q->count == 0)
        return false;
    struct signal_queued *item = actions_at(q, 0);
    q->polled = *item;
    item->data = NULL;
    q->head = (q->head + 1) % SIGNAL_ACTIONS_MAX;
    q->count--;
    q->polled.act.topic = q->polled.topic;
    q->polled.act.mid = q->polled.mid;
    q->polled.act.data = q->polled.data;
    *ret = q->polled.act;
    return true;
}

void signal_actions_clear(struct signal_actions *q)
{
    for (size_t i = 0; i < q->count; i++) {
        free(actions_at(q, i)->data);
        actions_at(q, i)->data = NULL;
    }
    q->count = 0;
    free(q->polled.data);
    q->polled.data = NULL;
}

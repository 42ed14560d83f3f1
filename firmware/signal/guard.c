#include "signal/guard.h"

#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000)
#define BURST_US (2 * SECOND)

bool signal_bucket_take(struct signal_bucket *b, unsigned rate, int64_t now_us)
{
    int64_t full_at = LK_MAX(b->full_at_us, now_us) + SECOND / rate;
    if (full_at - now_us > BURST_US)
        return false;
    b->full_at_us = full_at;
    return true;
}

static struct signal_sender *rates_sender(struct signal_rates *r,
                                          const char *name)
{
    struct signal_sender *oldest = &r->senders[0];
    for (size_t i = 0; i < SIGNAL_SENDERS_MAX; i++) {
        struct signal_sender *s = &r->senders[i];
        if (strcmp(s->name, name) == 0)
            return s;
        if (s->used_us < oldest->used_us)
            oldest = s;
    }
    *oldest = (struct signal_sender){.used_us = 0};
    (void)snprintf(oldest->name, sizeof(oldest->name), "%s", name);
    return oldest;
}

bool signal_rates_pass(struct signal_rates *r, const char *expert,
                       const char *holder, int64_t now_us)
{
    if (strcmp(expert, holder) == 0)
        return signal_bucket_take(&r->holder, SIGNAL_RATE_HOLDER, now_us);
    struct signal_sender *s = rates_sender(r, expert);
    s->used_us = now_us;
    return signal_bucket_take(&s->bucket, SIGNAL_RATE_SENDER, now_us) &&
           signal_bucket_take(&r->others, SIGNAL_RATE_OTHERS, now_us);
}

enum signal_seen_how signal_seen_find(const struct signal_seen *s,
                                      const struct signal_envelope *e)
{
    for (size_t i = 0; i < SIGNAL_SEEN_MAX; i++)
        if (s->items[i].sig[0] != '\0' &&
            memcmp(s->items[i].digest, e->digest, sizeof(e->digest)) == 0)
            return strcmp(s->items[i].sig, e->sig) == 0 ? SIGNAL_SEEN_BYTES
                                                        : SIGNAL_SEEN_LINES;
    return SIGNAL_SEEN_NOT;
}

void signal_seen_add(struct signal_seen *s, const struct signal_envelope *e)
{
    memcpy(s->items[s->next].digest, e->digest, sizeof(e->digest));
    memcpy(s->items[s->next].sig, e->sig, sizeof(e->sig));
    s->next = (s->next + 1) % SIGNAL_SEEN_MAX;
}

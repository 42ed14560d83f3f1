/* Awareness: who is there. */
#include "coedit/sync.h"

#include "base/text.h"
#include "coedit/lib0.h"

#include <errno.h>
#include <string.h>

#define CLOCK_MAX UINT32_MAX
#define NULL_TEXT "null"

void coedit_aware_init(struct coedit_aware *a, uint64_t self)
{
    explicit_bzero(a, sizeof(*a));
    a->self = self;
}

static struct coedit_aware_client *find(struct coedit_aware *a, uint64_t client)
{
    for (size_t i = 0; i < COEDIT_AWARE_CLIENTS; i++)
        if (a->client[i].used && a->client[i].client == client)
            return &a->client[i];
    return NULL;
}

/* A slot for one who has none: a free one, or that of the one who went longest
 * ago; but the last one, and one's own, are for oneself. */
static struct coedit_aware_client *slot(struct coedit_aware *a, uint64_t client)
{
    struct coedit_aware_client *best = NULL;
    bool own_there = find(a, a->self) != NULL;
    size_t room = 0;
    for (size_t i = 0; i < COEDIT_AWARE_CLIENTS; i++) {
        struct coedit_aware_client *c = &a->client[i];
        if (c->used && (c->here || c->client == a->self))
            continue;
        room++;
        bool better = !best || (best->used && !c->used) ||
                      (best->used && c->heard_us < best->heard_us);
        best = better ? c : best;
    }
    return room == 1 && !own_there && client != a->self ? NULL : best;
}

static void store(struct coedit_aware_client *c, uint64_t client,
                  uint32_t clock, const void *state, size_t len, int64_t now_us)
{
    explicit_bzero(c->state, sizeof(c->state));
    c->used = true;
    c->here = state != NULL;
    c->client = client;
    c->clock = clock;
    c->heard_us = now_us;
    c->len = state ? len : 0;
    if (state)
        memcpy(c->state, state, len);
}

/* The word that says that one is gone. */
static bool is_null(const void *state, size_t len)
{
    return state && len == sizeof(NULL_TEXT) - 1 &&
           memcmp(state, NULL_TEXT, len) == 0;
}

int coedit_aware_set(struct coedit_aware *a, const char *state, size_t len,
                     int64_t now_us)
{
    if (state && len > COEDIT_AWARE_STATE_MAX)
        return -E2BIG;
    if (state && !lk_utf8_valid(state, len))
        return -EBADMSG;
    if (is_null(state, len))
        state = NULL;
    struct coedit_aware_client *c = find(a, a->self);
    if (!c)
        c = slot(a, a->self);
    if (!c)
        return -E2BIG;
    a->self_clock += a->self_clock < CLOCK_MAX;
    store(c, a->self, a->self_clock, state, len, now_us);
    return 0;
}

struct entry {
    uint64_t client;
    uint64_t clock;
    const uint8_t *state; /* NULL: gone */
    uint32_t len;
};

static void read_entry(struct ce_in *in, struct entry *e)
{
    e->client = ce_read_uint(in);
    e->clock = ce_read_uint(in);
    e->state = ce_read_string(in, UINT32_MAX, &e->len);
    if (is_null(e->state, e->len))
        e->state = NULL;
}

/* Checks all of a message before any of it counts. */
static int check(const void *message, size_t len)
{
    const uint8_t *p = message;
    struct ce_in in = {p, p + len, false};
    struct entry e;
    uint64_t n = ce_read_uint(&in);
    if (n > COEDIT_AWARE_CLIENTS)
        return -E2BIG;
    while (n-- > 0 && !in.bad) {
        read_entry(&in, &e);
        if (!in.bad && (e.len > COEDIT_AWARE_STATE_MAX || e.clock > CLOCK_MAX))
            return -E2BIG;
    }
    return in.bad || in.at != in.end ? -EBADMSG : 0;
}

/* Another says that this end is gone, or is further than it is. */
static int about_self(struct coedit_aware *a, const struct entry *e)
{
    struct coedit_aware_client *c = find(a, a->self);
    if (!c || !c->here || e->clock < a->self_clock || e->state)
        return 0;
    if (e->clock == CLOCK_MAX)
        return 0;
    a->self_clock = (uint32_t)e->clock + 1;
    c->clock = a->self_clock;
    return 2;
}

static int take_entry(struct coedit_aware *a, const struct entry *e,
                      int64_t now_us)
{
    struct coedit_aware_client *c = find(a, e->client);
    uint32_t known = c ? c->clock : 0;
    if (e->client == a->self)
        return about_self(a, e);
    bool newer = e->clock > known;
    bool gone = e->clock == known && !e->state && c && c->here;
    if (!newer && !gone)
        return 0;
    if (!c)
        c = slot(a, e->client);
    if (!c)
        return -E2BIG;
    bool same = c->used && c->here && e->state && c->len == e->len &&
                memcmp(c->state, e->state, e->len) == 0;
    store(c, e->client, (uint32_t)e->clock, e->state, e->len, now_us);
    return same ? 0 : 1;
}

/* All entries of a message that was checked. */
static int take_entries(struct coedit_aware *a, const void *message, size_t len,
                        int64_t now_us)
{
    int changed = 0;
    const uint8_t *p = message;
    struct ce_in in = {p, p + len, false};
    uint64_t n = ce_read_uint(&in);
    while (n-- > 0) {
        struct entry e;
        read_entry(&in, &e);
        int r = take_entry(a, &e, now_us);
        if (r < 0)
            return r;
        changed |= r;
    }
    return changed;
}

int coedit_aware_take(struct coedit_aware *a, const void *message, size_t len,
                      int64_t now_us)
{
    int r = check(message, len);
    if (r < 0)
        return r;
    /* Whether there is room for all who come is known at the end only. */
    struct coedit_aware next = *a;
    r = take_entries(&next, message, len, now_us);
    if (r >= 0)
        *a = next;
    explicit_bzero(&next, sizeof(next));
    return r;
}

bool coedit_aware_tick(struct coedit_aware *a, int64_t now_us)
{
    bool any = false;
    for (size_t i = 0; i < COEDIT_AWARE_CLIENTS; i++) {
        struct coedit_aware_client *c = &a->client[i];
        if (!c->used || !c->here || c->client == a->self ||
            now_us - c->heard_us < COEDIT_AWARE_GONE_US)
            continue;
        store(c, c->client, c->clock, NULL, 0, c->heard_us);
        any = true;
    }
    return any;
}

bool coedit_aware_due(const struct coedit_aware *a, int64_t now_us)
{
    for (size_t i = 0; i < COEDIT_AWARE_CLIENTS; i++) {
        const struct coedit_aware_client *c = &a->client[i];
        if (c->used && c->here && c->client == a->self)
            return now_us - c->heard_us >= COEDIT_AWARE_RENEW_US;
    }
    return false;
}

int coedit_aware_write(struct coedit_aware *a, int64_t now_us, void *ret,
                       size_t cap)
{
    struct coedit_aware_client *c = find(a, a->self);
    struct ce_out o = {.data = ret, .cap = cap};
    const char *state = c && c->here ? c->state : NULL_TEXT;
    size_t len = strlen(state);
    /* Numbers: one byte, eight and five at most, two of length. */
    if (cap < len + 16)
        return -EMSGSIZE;
    if (c && c->here && now_us - c->heard_us >= COEDIT_AWARE_RENEW_US)
        c->clock = a->self_clock += a->self_clock < CLOCK_MAX;
    if (c)
        c->heard_us = now_us;
    ce_write_uint(&o, 1);
    ce_write_uint(&o, a->self);
    ce_write_uint(&o, a->self_clock);
    ce_write_string(&o, state, len);
    return (int)o.len;
}

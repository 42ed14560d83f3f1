/* Structs of a client by clock: blocks of pointers, both levels searched by
 * halving, so that an insertion moves one block's worth at most. */
#include "coedit/impl.h"

#include <errno.h>
#include <string.h>

static bool spot_holds(const struct ce_client *c, struct ce_spot s,
                       uint32_t clock)
{
    if (s.block >= c->blocks || s.at >= c->block[s.block]->n)
        return false;
    const struct ce_head *h = ce_at(c, s);
    return h->clock <= clock && clock - h->clock < h->len;
}

static uint32_t find_block(const struct ce_client *c, uint32_t clock)
{
    uint32_t lo = 0;
    uint32_t hi = c->blocks;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (c->block[mid]->clock[0] <= clock)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

static struct ce_spot halve_down(const struct ce_client *c, uint32_t clock)
{
    struct ce_spot s = {find_block(c, clock), 0};
    const struct ce_block *b = c->block[s.block];
    uint32_t hi = b->n;
    while (hi - s.at > 1) {
        uint32_t mid = s.at + (hi - s.at) / 2;
        if (b->clock[mid] <= clock)
            s.at = mid;
        else
            hi = mid;
    }
    return s;
}

struct ce_spot ce_search(struct ce_client *c, uint32_t clock)
{
    /* Many are of what was looked up last, or of what is next to that. */
    if (spot_holds(c, c->near, clock))
        return c->near;
    struct ce_spot next = c->near;
    if (next.block < c->blocks && ce_next(c, &next) &&
        spot_holds(c, next, clock))
        c->near = next;
    else
        c->near = halve_down(c, clock);
    return c->near;
}

bool ce_next(const struct ce_client *c, struct ce_spot *s)
{
    if (s->at + 1 < c->block[s->block]->n) {
        s->at++;
        return true;
    }
    if (s->block + 1 >= c->blocks)
        return false;
    s->block++;
    s->at = 0;
    return true;
}

bool ce_prev(const struct ce_client *c, struct ce_spot *s)
{
    if (s->at > 0) {
        s->at--;
        return true;
    }
    if (s->block == 0)
        return false;
    s->block--;
    s->at = c->block[s->block]->n - 1;
    return true;
}

/* An empty block as number `at`. */
static int add_block(struct coedit *d, struct ce_client *c, uint32_t at)
{
    if (c->blocks == c->blocks_cap) {
        uint32_t cap = LK_MAX(c->blocks_cap * 2, 4u);
        struct ce_block **p =
            ce_take(d->arena, cap * sizeof(struct ce_block *));
        if (!p)
            return -ENOSPC;
        if (c->blocks > 0)
            memcpy(p, c->block, c->blocks * sizeof(struct ce_block *));
        ce_give(d->arena, c->block, c->blocks_cap * sizeof(struct ce_block *));
        c->block = p;
        c->blocks_cap = cap;
    }
    struct ce_block *b = ce_take(d->arena, sizeof(*b));
    if (!b)
        return -ENOSPC;
    memmove(c->block + at + 1, c->block + at,
            (c->blocks - at) * sizeof(struct ce_block *));
    c->block[at] = b;
    c->blocks++;
    return 0;
}

static void block_put(struct ce_block *b, uint32_t at, struct ce_head *h)
{
    memmove(b->clock + at + 1, b->clock + at,
            (b->n - at) * sizeof(b->clock[0]));
    memmove(b->at + at + 1, b->at + at, (b->n - at) * sizeof(struct ce_head *));
    b->clock[at] = h->clock;
    b->at[at] = h;
    b->n++;
}

int ce_append(struct coedit *d, struct ce_head *h)
{
    struct ce_client *c = &d->client[h->client];
    if (c->blocks == 0 || c->block[c->blocks - 1]->n == CE_BLOCK) {
        int r = add_block(d, c, c->blocks);
        if (r < 0)
            return r;
    }
    struct ce_block *b = c->block[c->blocks - 1];
    block_put(b, b->n, h);
    c->state = ce_end(h);
    d->structs++;
    return 0;
}

/* The upper half of a full block moves to a new one behind it. */
static int halve(struct coedit *d, struct ce_client *c, uint32_t at)
{
    int r = add_block(d, c, at + 1);
    if (r < 0)
        return r;
    struct ce_block *lo = c->block[at];
    struct ce_block *hi = c->block[at + 1];
    hi->n = lo->n - CE_BLOCK / 2;
    lo->n = CE_BLOCK / 2;
    memcpy(hi->clock, lo->clock + lo->n, hi->n * sizeof(hi->clock[0]));
    memcpy(hi->at, lo->at + lo->n, hi->n * sizeof(struct ce_head *));
    return 0;
}

int ce_insert_after(struct coedit *d, struct ce_client *c, struct ce_spot s,
                    struct ce_head *h)
{
    if (c->block[s.block]->n == CE_BLOCK) {
        int r = halve(d, c, s.block);
        if (r < 0)
            return r;
        if (s.at >= CE_BLOCK / 2) {
            s.block++;
            s.at -= CE_BLOCK / 2;
        }
    }
    block_put(c->block[s.block], s.at + 1, h);
    d->structs++;
    return 0;
}

void ce_remove(struct coedit *d, struct ce_client *c, struct ce_spot s)
{
    struct ce_block *b = c->block[s.block];
    b->n--;
    memmove(b->clock + s.at, b->clock + s.at + 1,
            (b->n - s.at) * sizeof(b->clock[0]));
    memmove(b->at + s.at, b->at + s.at + 1,
            (b->n - s.at) * sizeof(struct ce_head *));
    d->structs--;
    if (b->n > 0)
        return;
    c->blocks--;
    memmove(c->block + s.block, c->block + s.block + 1,
            (c->blocks - s.block) * sizeof(struct ce_block *));
    ce_give(d->arena, b, sizeof(*b));
}

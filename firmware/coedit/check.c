/* Where each struct of an update will go, and whether all stays within the
 * ceilings. Found out before the document is touched; nothing is followed by
 * recursion, and cycles that a liar makes end in "nowhere". */
#include "coedit/impl.h"

#include <errno.h>

static struct ce_head *known(struct coedit *d, struct ce_id id)
{
    struct ce_client *c = &d->client[id.client];
    return id.clock < c->state ? ce_at(c, ce_find(c, id.clock)) : NULL;
}

static void place(struct ce_rec *rec, struct ce_type *into, uint32_t into_rec)
{
    rec->into = into;
    rec->into_rec = into_rec;
    rec->placed = into || into_rec ? CE_PLACED : CE_NOWHERE;
}

static void place_beside(struct ce_rec *rec, struct ce_head *h)
{
    const struct ce_item *it = ce_item_of(h);
    if (it)
        rec->key = it->key;
    place(rec, it ? it->parent : NULL, 0);
}

static void place_in(struct coedit *d, struct ce_update *u, struct ce_rec *rec)
{
    if (rec->parent_is_root) {
        place(rec, ce_root_of(d, rec->root), 0);
        return; /* nowhere: one root too many, which is found out below */
    }
    struct ce_item *it = ce_item_of(known(d, rec->parent));
    if (it) {
        place(rec, it->h.ref == CE_TYPE ? it->u.type : NULL, 0);
        return;
    }
    const struct ce_rec *p = ce_update_find(u, rec->parent);
    place(rec, NULL, p && p->ref == CE_TYPE ? (uint32_t)(p - u->rec) + 1 : 0);
}

/* The struct that says where this one goes: itself, or an origin that comes
 * with the update. NULL once it is placed. */
static struct ce_rec *place_step(struct coedit *d, struct ce_update *u,
                                 struct ce_rec *rec)
{
    struct ce_id by =
        rec->origin.client != CE_NONE ? rec->origin : rec->right_origin;
    if (rec->ref == CE_GC) {
        rec->placed = CE_NOWHERE;
        return NULL;
    }
    if (rec->has_parent) {
        place_in(d, u, rec);
        return NULL;
    }
    struct ce_head *h = known(d, by);
    if (h) {
        place_beside(rec, h);
        return NULL;
    }
    struct ce_rec *next = ce_update_find(u, by);
    if (!next)
        rec->placed = CE_NOWHERE;
    return next;
}

/* Follows origins until one is placed, then places all on the way likewise. */
static void find_out(struct coedit *d, struct ce_update *u, struct ce_rec *rec)
{
    struct ce_rec *at = rec;
    while (at && at->placed == CE_NOT_YET) {
        at->placed = CE_ON_THE_WAY;
        struct ce_rec *next = place_step(d, u, at);
        if (!next)
            break;
        at = next;
    }
    const struct ce_rec end = *at;
    for (at = rec; at && at->placed == CE_ON_THE_WAY;) {
        struct ce_id by =
            at->origin.client != CE_NONE ? at->origin : at->right_origin;
        if (end.placed == CE_PLACED)
            at->key = end.key;
        place(at, end.into, end.into_rec);
        at = at->has_parent ? NULL : ce_update_find(u, by);
    }
}

/* Depth of the type that a struct holds. The types above it lie in the same
 * update at most depth_max deep, or it is too deep anyway. */
static int find_depth(const struct coedit *d, struct ce_update *u,
                      struct ce_rec *rec)
{
    uint32_t depth = 1;
    const struct ce_rec *at = rec;
    while (!at->into && at->into_rec) {
        at = &u->rec[at->into_rec - 1];
        if (++depth > d->limits.type_depth_max)
            return -E2BIG;
    }
    if (at->into)
        depth += at->into->depth;
    return depth > d->limits.type_depth_max ? -E2BIG : 0;
}

static bool is_child(const struct ce_rec *rec)
{
    return ce_ref_countable(rec->ref) && rec->ref != CE_STRING;
}

/* Children of one list or map, with those that come. */
static int count_child(const struct coedit *d, struct ce_update *u,
                       const struct ce_rec *rec)
{
    uint64_t n = 0;
    if (rec->into) {
        struct ce_type *t = rec->into;
        if (t->counted != d->updates)
            t->incoming = 0;
        t->counted = d->updates;
        t->incoming += rec->len;
        n = (uint64_t)t->incoming + (rec->key ? t->live_keys : t->length);
        /* A key that is there already is no new child. */
        if (rec->key && ce_map_find(t, rec->key))
            t->incoming -= rec->len;
    } else if (rec->into_rec) {
        u->rec[rec->into_rec - 1].incoming += rec->len;
        n = u->rec[rec->into_rec - 1].incoming;
    }
    return n > d->limits.children_max ? -E2BIG : 0;
}

/* A struct whose first part is here goes on where that part is; a liar might
 * name another place. */
static int check_overlap(struct coedit *d, const struct ce_rec *rec)
{
    uint32_t state = d->client[rec->client].state;
    if (rec->clock >= state || rec->clock + rec->len <= state)
        return 0;
    const struct ce_item *it =
        ce_item_of(known(d, (struct ce_id){rec->client, state - 1}));
    bool elsewhere =
        rec->into_rec || (it && rec->into && it->parent != rec->into);
    return elsewhere || (it && rec->into && it->key != rec->key) ? -EBADMSG : 0;
}

/* Ranges that overlap would be walked again and again; an honest editor's do
 * not: they come by falling client and rising clock. Others are put in order
 * and joined. */
static void order_ranges(const struct coedit *d, struct ce_update *u)
{
    bool ordered = true;
    for (uint32_t i = 1; i < u->dels && ordered; i++) {
        const struct ce_range *l = &u->del[i - 1];
        const struct ce_range *r = &u->del[i];
        ordered = l->client == r->client
                      ? l->clock + l->len <= r->clock
                      : d->client[l->client].id > d->client[r->client].id;
    }
    if (ordered)
        return;
    struct ce_vec v = {.at = u->del, .n = u->dels, .cap = u->dels};
    ce_ranges_sort(&v);
    u->dels = v.n;
}

/* What is left when local edits have their share. */
static size_t for_others(const struct coedit *d, size_t max)
{
    return max - max * d->limits.own_share / 100;
}

static int check_room(const struct coedit *d, const struct ce_update *u)
{
    const struct coedit_limits *m = &d->limits;
    if (d->units + u->units > for_others(d, m->text_max))
        return -E2BIG;
    if (d->structs + (size_t)u->recs > for_others(d, m->structs_max))
        return -ENOSPC;
    bool full = ce_arena_held(d->arena) > for_others(d, m->memory_max);
    return full && u->recs > 0 ? -ENOSPC : 0;
}

int ce_check(struct coedit *d, struct ce_update *u)
{
    order_ranges(d, u);
    d->updates++;
    int full = check_room(d, u);
    if (full < 0)
        return full;
    for (uint32_t i = 0; i < u->recs; i++)
        if (u->rec[i].placed == CE_NOT_YET)
            find_out(d, u, &u->rec[i]);
    for (uint32_t i = 0; i < u->recs; i++) {
        struct ce_rec *rec = &u->rec[i];
        int r = check_overlap(d, rec);
        if (r == 0 && rec->parent_is_root && !rec->into)
            r = -ENOSPC;
        if (r == 0 && is_child(rec))
            r = count_child(d, u, rec);
        if (r == 0 && rec->ref == CE_TYPE)
            r = find_depth(d, u, rec);
        if (r < 0)
            return r;
    }
    return 0;
}

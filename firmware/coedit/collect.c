/* The end of a transaction: deleted contents go, neighbours become one. The
 * order is that of yjs, so that both write the same bytes. */
#include "coedit/impl.h"

/* --- collecting --------------------------------------------------------- */

/* In the item's place a hole of the same clocks. */
static void make_hole(struct coedit *d, struct ce_item *it)
{
    struct ce_head h = it->h;
    struct ce_client *c = &d->client[h.client];
    struct ce_spot s = ce_find(c, h.clock);
    ce_content_drop(d, it);
    ce_give(d->arena, it, sizeof(*it));
    struct ce_head *hole = ce_hole_new(d, h.client, h.clock, h.len);
    if (!hole) {
        /* What was just given back can be had again. */
        struct ce_item *again = ce_item_new(d);
        hole = &again->h;
        *hole = h;
        hole->ref = CE_GC;
        hole->deleted = hole->wide = true;
    }
    ce_replace(c, s, hole);
}

static void collect_child(struct coedit *d, struct ce_item *it,
                          struct ce_type **more)
{
    if (it->h.ref == CE_TYPE) {
        it->u.type->gone = *more;
        *more = it->u.type;
        it->u.type = NULL; /* freed when its own children are */
    }
    make_hole(d, it);
}

/* Its list, and the whole chain of every key. */
static void collect_children(struct coedit *d, const struct ce_type *t,
                             struct ce_type **more)
{
    struct ce_item *next;
    for (struct ce_item *it = t->start; it; it = next) {
        next = it->right;
        collect_child(d, it, more);
    }
    for (uint32_t i = 0; i < t->entries; i++) {
        for (struct ce_item *it = t->entry[i].last; it; it = next) {
            next = it->left;
            collect_child(d, it, more);
        }
    }
}

/* All of a type, and of the types in it. */
static void collect_type(struct coedit *d, struct ce_type *t)
{
    struct ce_type *more = t;
    t->gone = NULL;
    while (more) {
        t = more;
        more = t->gone;
        collect_children(d, t, &more);
        ce_type_free(d, t);
    }
}

static void collect_item(struct coedit *d, struct ce_item *it)
{
    if (it->h.ref == CE_TYPE) {
        struct ce_type *t = it->u.type;
        it->u.type = NULL;
        d->lost = true;
        collect_type(d, t);
    }
    ce_content_drop(d, it);
}

void ce_collect(struct coedit *d)
{
    for (uint32_t i = d->del.n; i-- > 0;) {
        struct ce_range r = *ce_range_at(&d->del, i);
        struct ce_client *c = &d->client[r.client];
        struct ce_spot s = ce_find(c, r.clock);
        do {
            struct ce_head *h = ce_at(c, s);
            if (h->clock >= r.clock + r.len)
                break;
            struct ce_item *it = ce_item_of(h);
            if (it && h->deleted && h->ref != CE_DELETED)
                collect_item(d, it);
        } while (ce_next(c, &s));
    }
}

/* --- merging ------------------------------------------------------------ */

static bool same_id(struct ce_id a, struct ce_id b)
{
    return a.client == b.client && (a.client == CE_NONE || a.clock == b.clock);
}

static bool items_fit(const struct ce_item *l, const struct ce_item *r)
{
    struct ce_id last = {l->h.client, ce_end(&l->h) - 1};
    return same_id(r->origin, last) && l->right == r &&
           same_id(l->right_origin, r->right_origin);
}

static bool merge_items(struct coedit *d, struct ce_item *l, struct ce_item *r)
{
    if (!items_fit(l, r) || !ce_content_merge(d, l, r))
        return false;
    ce_list_removed(l->parent, r);
    l->right = r->right;
    if (l->right)
        l->right->left = l;
    l->h.len += r->h.len;
    ce_list_weigh(l->parent, l);
    if (r->key) {
        struct ce_entry *e = ce_map_find(l->parent, r->key);
        if (e->last == r)
            e->last = l;
    }
    return true;
}

/* Whether the struct on the right became part of the one on the left. */
static bool merge_two(struct coedit *d, struct ce_head *l, struct ce_head *r)
{
    struct ce_item *li = ce_item_of(l);
    struct ce_item *ri = ce_item_of(r);
    if (l->deleted != r->deleted || !li != !ri)
        return false;
    if (li)
        return merge_items(d, li, ri);
    l->len += r->len;
    return true;
}

/* Merges the struct at *s with those on its left, as far as that goes; *s is
 * where it then is. Returns how many were taken in. */
static uint32_t merge_lefts(struct coedit *d, struct ce_client *c,
                            struct ce_spot *s)
{
    uint32_t merged = 0;
    struct ce_spot left = *s;
    while (ce_prev(c, &left)) {
        struct ce_head *r = ce_at(c, *s);
        if (!merge_two(d, ce_at(c, left), r))
            break;
        ce_remove(d, c, *s);
        ce_struct_free(d, r);
        *s = left;
        merged++;
    }
    return merged;
}

/* From the struct at `s` down to those that begin below `least`. */
static void merge_down(struct coedit *d, struct ce_client *c, struct ce_spot s,
                       uint32_t least)
{
    while (ce_at(c, s)->clock >= least && (s.block > 0 || s.at > 0)) {
        (void)merge_lefts(d, c, &s);
        if (!ce_prev(c, &s))
            return;
    }
}

static void merge_range(struct coedit *d, const struct ce_range *r)
{
    struct ce_client *c = &d->client[r->client];
    struct ce_spot s = ce_find(c, r->clock + r->len - 1);
    (void)ce_next(c, &s);
    merge_down(d, c, s, r->clock);
}

static void merge_added(struct coedit *d, struct ce_client *c)
{
    struct ce_spot last = {c->blocks - 1, c->block[c->blocks - 1]->n - 1};
    if (c->before == c->state || ce_at(c, last)->clock < c->before)
        return; /* nothing is new, or it became part of the last one at once */
    uint32_t first = ce_at(c, ce_find(c, c->before))->clock;
    merge_down(d, c, last, first);
}

static void merge_split(struct coedit *d, struct ce_id id)
{
    struct ce_client *c = &d->client[id.client];
    struct ce_spot s = ce_find(c, id.clock);
    struct ce_spot next = s;
    if (ce_next(c, &next) && merge_lefts(d, c, &next) > 1)
        return;
    s = ce_find(c, id.clock);
    (void)merge_lefts(d, c, &s);
}

void ce_merge_all(struct coedit *d)
{
    for (uint32_t i = d->del.n; i-- > 0;)
        merge_range(d, ce_range_at(&d->del, i));
    for (uint32_t i = 0; i < d->touched.n; i++)
        merge_added(d, &d->client[((uint32_t *)d->touched.at)[i]]);
    for (uint32_t i = d->split.n; i-- > 0;)
        merge_split(d, ((struct ce_id *)d->split.at)[i]);
}

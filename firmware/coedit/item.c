/* Items: splitting, deleting, what a transaction notes of both. */
#include "coedit/impl.h"

#include <errno.h>

struct ce_item *ce_item_new(struct coedit *d)
{
    return ce_take(d->arena, sizeof(struct ce_item));
}

struct ce_head *ce_hole_new(struct coedit *d, uint32_t client, uint32_t clock,
                            uint32_t len)
{
    struct ce_head *h = ce_take(d->arena, sizeof(*h));
    if (!h)
        return NULL;
    h->client = client;
    h->clock = clock;
    h->len = len;
    h->ref = CE_GC;
    h->deleted = true;
    return h;
}

void ce_struct_free(struct coedit *d, struct ce_head *h)
{
    bool whole = h->ref != CE_GC || h->wide;
    ce_give(d->arena, h, whole ? sizeof(struct ce_item) : sizeof(*h));
}

/* NULL: no memory; nothing has changed. */
static struct ce_item *split(struct coedit *d, struct ce_client *c,
                             struct ce_spot s, struct ce_item *left,
                             uint32_t at)
{
    struct ce_item *right = ce_item_new(d);
    if (!right)
        return NULL;
    right->h = left->h;
    right->h.clock += at;
    right->h.len -= at;
    right->origin = (struct ce_id){left->h.client, left->h.clock + at - 1};
    right->right_origin = left->right_origin;
    right->parent = left->parent;
    right->key = left->key;
    if (ce_insert_after(d, c, s, &right->h) < 0) {
        ce_give(d->arena, right, sizeof(*right));
        return NULL;
    }
    ce_content_split(d, left, right, at);
    left->h.len = at;
    right->left = left;
    right->right = left->right;
    if (right->right)
        right->right->left = right;
    left->right = right;
    if (right->key && !right->right)
        ce_map_find(right->parent, right->key)->last = right;
    ce_list_weigh(right->parent, left);
    ce_list_added(right->parent, right);
    struct ce_id *id = ce_vec_push(d, &d->split, sizeof(*id));
    if (id)
        *id = (struct ce_id){right->h.client, right->h.clock};
    d->blind |= !id;
    return right;
}

struct ce_head *ce_clean_start(struct coedit *d, struct ce_id id)
{
    struct ce_client *c = &d->client[id.client];
    struct ce_spot s = ce_find(c, id.clock);
    struct ce_head *h = ce_at(c, s);
    struct ce_item *it = ce_item_of(h);
    if (!it || h->clock == id.clock)
        return h;
    it = split(d, c, s, it, id.clock - h->clock);
    return it ? &it->h : NULL;
}

struct ce_head *ce_clean_end(struct coedit *d, struct ce_id id)
{
    struct ce_client *c = &d->client[id.client];
    struct ce_spot s = ce_find(c, id.clock);
    struct ce_head *h = ce_at(c, s);
    struct ce_item *it = ce_item_of(h);
    if (it && ce_end(h) != id.clock + 1 &&
        !split(d, c, s, it, id.clock + 1 - h->clock))
        return NULL;
    return h;
}

void ce_note_deleted(struct coedit *d, const struct ce_head *h)
{
    struct ce_range *last =
        d->del.n ? (struct ce_range *)d->del.at + (d->del.n - 1) : NULL;
    if (last && last->client == h->client &&
        last->clock + last->len == h->clock) {
        last->len += h->len;
        return;
    }
    struct ce_range *r = ce_vec_push(d, &d->del, sizeof(*r));
    if (r)
        *r = (struct ce_range){h->client, h->clock, h->len};
    d->blind |= !r;
}

void ce_note_change(struct coedit *d, struct ce_type *t, struct ce_key *key)
{
    struct ce_entry *e = key ? ce_map_find(t, key) : NULL;
    uint64_t *changed = e ? &e->changed : &t->changed;
    if (*changed == d->number)
        return;
    *changed = d->number;
    struct ce_change *c = ce_vec_push(d, &d->change, sizeof(*c));
    d->blind |= !c;
    if (!c)
        return;
    struct coedit_ref ref = ce_ref_of(d, t);
    *c = (struct ce_change){.id = {t->item ? ref.client : CE_NONE, ref.clock},
                            .key = key};
}

/* Marks one item. */
static void mark(struct coedit *d, struct ce_item *it)
{
    struct ce_type *t = it->parent;
    it->h.deleted = true;
    if (ce_ref_countable(it->h.ref) && !it->key)
        t->length -= it->h.len;
    if (it->key && ce_ref_countable(it->h.ref))
        t->live_keys--;
    ce_list_weigh(t, it);
    ce_note_deleted(d, &it->h);
    ce_note_change(d, t, it->key);
}

/* Of a type that goes: what was deleted before this transaction is merged with
 * what goes now, so it is looked at too. */
static void look_at(struct coedit *d, const struct ce_item *it)
{
    if (it->h.clock >= ce_before(&d->client[it->h.client]))
        return;
    struct ce_id *id = ce_vec_push(d, &d->split, sizeof(*id));
    if (id)
        *id = (struct ce_id){it->h.client, it->h.clock};
}

/* The first item of a type's next chain: its list, then key by key. NULL when
 * there is none behind entry `from`. */
static struct ce_item *chain_from(const struct ce_type *t, uint32_t from)
{
    for (uint32_t i = from; i < t->entries; i++)
        if (t->entry[i].last)
            return t->entry[i].last;
    return NULL;
}

struct ce_item *ce_inside(const struct ce_type *t)
{
    return t->start ? t->start : chain_from(t, 0);
}

struct ce_item *ce_beside(const struct ce_item *it)
{
    const struct ce_type *t = it->parent;
    if (!it->key)
        return it->right ? it->right : chain_from(t, 0);
    const struct ce_entry *e = ce_map_find(t, it->key);
    return chain_from(t, (uint32_t)(e - t->entry) + 1);
}

/* A type goes with all that is in it: downwards through the types, back through
 * the items that hold them; no stack, however deep. */
void ce_delete(struct coedit *d, struct ce_item *it)
{
    struct ce_item *at = it;
    if (it->h.deleted)
        return;
    while (at) {
        bool fresh = !at->h.deleted;
        if (fresh)
            mark(d, at);
        else
            look_at(d, at);
        struct ce_item *next = NULL;
        if (fresh && at->h.ref == CE_TYPE)
            next = ce_inside(at->u.type);
        while (!next && at != it) {
            next = ce_beside(at);
            if (!next)
                at = at->parent->item;
        }
        at = next;
    }
}

/* Where an item goes among those that others put into the same place. */
#include "coedit/impl.h"

#include <errno.h>

/* YATA: an item lies somewhere between its origins; of those that lie there
 * already it passes the ones of lower clients with the same origin, and what
 * hangs on those. */

static bool same_id(struct ce_id a, struct ce_id b)
{
    return a.client == b.client && (a.client == CE_NONE || a.clock == b.clock);
}

static struct ce_item *first_in_place(const struct ce_item *it)
{
    if (it->left)
        return it->left->right;
    if (!it->key)
        return it->parent->start;
    const struct ce_entry *e = ce_map_find(it->parent, it->key);
    return e ? e->first : NULL;
}

static struct ce_item *item_at(struct coedit *d, struct ce_id id)
{
    struct ce_client *c = &d->client[id.client];
    return ce_item_of(ce_at(c, ce_find(c, id.clock)));
}

/* Whether the search passes `o`; *ret_take: the item goes behind it, as far as
 * is known. */
static bool passes(struct coedit *d, const struct ce_item *it,
                   const struct ce_item *o, bool *ret_take)
{
    *ret_take = false;
    if (same_id(o->origin, it->origin)) {
        if (d->client[o->h.client].id < d->client[it->h.client].id) {
            *ret_take = true;
            return true;
        }
        return !same_id(o->right_origin, it->right_origin);
    }
    if (o->origin.client == CE_NONE)
        return false;
    const struct ce_item *from = item_at(d, o->origin);
    if (!from || from->mark < d->scan)
        return false;
    *ret_take = from->mark != d->generation;
    return true;
}

static void find_place(struct coedit *d, struct ce_item *it)
{
    d->scan = ++d->generation;
    for (struct ce_item *o = first_in_place(it); o && o != it->right;
         o = o->right) {
        bool take;
        o->mark = d->generation;
        d->steps++;
        if (!passes(d, it, o, &take))
            return;
        if (take) {
            it->left = o;
            d->generation++;
        }
    }
}

static bool in_conflict(const struct ce_item *it)
{
    if (it->left)
        return it->left->right != it->right;
    return !it->right || it->right->left;
}

static void link_in(struct ce_item *it, struct ce_entry *e)
{
    struct ce_type *t = it->parent;
    if (it->left) {
        it->right = it->left->right;
        it->left->right = it;
    } else {
        it->right = first_in_place(it);
        if (e)
            e->first = it;
        else
            t->start = it;
    }
    if (it->right)
        it->right->left = it;
    if (e && !it->right)
        e->last = it;
}

int ce_integrate(struct coedit *d, struct ce_item *it)
{
    struct ce_type *t = it->parent;
    struct ce_entry *e = it->key ? ce_map_of(d, t, it->key) : NULL;
    if (it->key && !e)
        return -ENOSPC;
    ce_touch(d, it->h.client);
    int r = ce_append(d, &it->h);
    if (r < 0)
        return r;
    if (in_conflict(it))
        find_place(d, it);
    link_in(it, e);
    if (it->key && ce_counts(it))
        t->live_keys++;
    if (it->key && !it->right && it->left)
        ce_delete(d, it->left);
    if (!it->key && ce_counts(it))
        t->length += it->h.len;
    ce_list_added(t, it);
    if (it->h.ref == CE_DELETED) {
        it->h.deleted = true;
        ce_note_deleted(d, &it->h);
    }
    if (it->h.ref == CE_TYPE)
        it->u.type->depth = (uint16_t)(t->depth + 1);
    t->writer = it->h.client + 1;
    ce_note_change(d, t, it->key);
    if ((t->item && t->item->h.deleted) || (it->key && it->right))
        ce_delete(d, it);
    return 0;
}

bool ce_extend(struct coedit *d, struct ce_item *left,
               const struct ce_item *right, uint32_t client,
               const struct ce_rec *rec)
{
    struct ce_id after = {CE_NONE, 0};
    if (right)
        after = (struct ce_id){right->h.client, right->h.clock};
    if (!left || rec->ref != CE_STRING || left->h.ref != CE_STRING ||
        left->h.deleted || left->key || left->h.client != client ||
        ce_end(&left->h) != d->client[client].state || left->right != right ||
        !same_id(left->right_origin, after))
        return false;
    if (left->parent->item && left->parent->item->h.deleted)
        return false;
    if (!ce_content_extend(d, left, rec))
        return false;
    ce_touch(d, client);
    left->h.len += rec->len;
    left->parent->length += rec->len;
    d->client[client].state += rec->len;
    ce_list_weigh(left->parent, left);
    left->parent->writer = client + 1;
    ce_note_change(d, left->parent, NULL);
    return true;
}

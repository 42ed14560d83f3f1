/* Transactions: what is noted while one is open, and its end. */
#include "coedit/impl.h"

#include <errno.h>
#include <stdlib.h>

void ce_begin(struct coedit *d, bool local)
{
    d->number++;
    d->local = local;
    d->blind = d->lost = false;
    d->steps = 0;
    d->touched.n = d->del.n = d->split.n = d->change.n = 0;
    d->out.len = 0;
    d->out.full = false;
}

void ce_touch(struct coedit *d, uint32_t client)
{
    struct ce_client *c = &d->client[client];
    if (c->touched)
        return;
    c->touched = true;
    c->before = c->state;
    uint32_t *p = ce_vec_push(d, &d->touched, sizeof(*p));
    if (p) /* room for every client was made when it came */
        *p = client;
}

static int range_order(const void *a, const void *b)
{
    const struct ce_range *x = a;
    const struct ce_range *y = b;
    if (x->client != y->client)
        return x->client < y->client ? -1 : 1;
    return x->clock < y->clock ? -1 : x->clock > y->clock;
}

void ce_ranges_sort(struct ce_vec *v)
{
    if (v->n < 2)
        return;
    qsort(v->at, v->n, sizeof(struct ce_range), range_order);
    uint32_t last = 0;
    for (uint32_t i = 1; i < v->n; i++) {
        struct ce_range *l = ce_range_at(v, last);
        const struct ce_range *r = ce_range_at(v, i);
        if (l->client == r->client && l->clock + l->len >= r->clock) {
            uint32_t end = LK_MAX(l->clock + l->len, r->clock + r->len);
            l->len = end - l->clock;
        } else {
            *ce_range_at(v, ++last) = *r;
        }
    }
    v->n = last + 1;
}

uint32_t ce_ranges_from(const struct ce_vec *v, uint32_t client, uint32_t clock)
{
    uint32_t lo = 0;
    uint32_t hi = v->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        const struct ce_range *r = ce_range_at(v, mid);
        if (r->client < client ||
            (r->client == client && r->clock + r->len <= clock))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool ce_ranges_add(struct coedit *d, struct ce_vec *v, struct ce_range r)
{
    uint32_t end = r.clock + r.len;
    uint32_t at = ce_ranges_from(v, r.client, r.clock > 0 ? r.clock - 1 : 0);
    uint32_t next = at;
    for (; next < v->n; next++) { /* those that it touches become part of it */
        const struct ce_range *h = ce_range_at(v, next);
        if (h->client != r.client || h->clock > end)
            break;
        r.clock = LK_MIN(r.clock, h->clock);
        end = LK_MAX(end, h->clock + h->len);
    }
    if (next == at && ce_vec_reserve(d, v, 1, sizeof(r)) < 0)
        return false;
    uint32_t behind = v->n - next;
    r.len = end - r.clock;
    v->n = at + 1 + behind;
    if (behind > 0)
        memmove(ce_range_at(v, at + 1), ce_range_at(v, next),
                behind * sizeof(r));
    *ce_range_at(v, at) = r;
    return true;
}

/* Leaves out the changes of types that went away since. */
static void forget_lost(struct coedit *d)
{
    struct ce_change *all = d->change.at;
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->change.n; i++) {
        bool root = all[i].id.client == CE_NONE;
        struct coedit_ref ref = {root ? COEDIT_ROOT : all[i].id.client,
                                 all[i].id.clock};
        if (ce_type_at(d, ref))
            all[n++] = all[i];
    }
    d->change.n = n;
}

void ce_commit(struct coedit *d)
{
    ce_ranges_sort(&d->del);
    if (d->undo.mark)
        ce_undo_note(d);
    ce_collect(d);
    ce_merge_all(d);
    if (d->lost)
        forget_lost(d);
    if (d->local && (d->del.n > 0 || d->touched.n > 0))
        ce_write_changes(d, &d->out);
    for (uint32_t i = 0; i < d->touched.n; i++)
        d->client[((uint32_t *)d->touched.at)[i]].touched = false;
}

void coedit_begin(struct coedit *d)
{
    if (d->nested++ == 0)
        ce_begin(d, true);
}

int coedit_commit(struct coedit *d, const uint8_t **ret, size_t *ret_len)
{
    if (ret) {
        *ret = NULL;
        *ret_len = 0;
    }
    if (d->nested == 0)
        return -EPERM;
    if (--d->nested > 0)
        return 0;
    ce_commit(d);
    if (d->out.full || d->blind)
        return -ENOSPC;
    if (ret) {
        *ret = d->out.data;
        *ret_len = d->out.len;
    }
    return 0;
}

bool coedit_changed(const struct coedit *d, size_t i, struct coedit_change *ret)
{
    const struct ce_change *all = d->change.at;
    if (i >= d->change.n)
        return false;
    bool root = all[i].id.client == CE_NONE;
    ret->type = (struct coedit_ref){root ? COEDIT_ROOT : all[i].id.client,
                                    all[i].id.clock};
    ret->key = all[i].key ? all[i].key->name : NULL;
    return true;
}

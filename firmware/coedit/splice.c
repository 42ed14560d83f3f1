/* How the last transaction changed a list, found out afterwards: what it added
 * has clocks behind those that its writer had before; what it deleted is in its
 * delete set. */
#include "coedit/impl.h"

struct maker {
    const struct coedit *d;
    struct coedit_splice *ret;
    size_t n, cap;
    uint32_t at;      /* units passed */
    uint32_t between; /* of them unchanged since the last splice */
};

/* The clock from which on a client's structs are new. */
static uint32_t new_from(const struct coedit *d, uint32_t client)
{
    for (uint32_t i = 0; i < d->touched.n; i++)
        if (((const uint32_t *)d->touched.at)[i] == client)
            return d->client[client].before;
    return UINT32_MAX;
}

/* Units of old that the transaction deleted, of a struct that is deleted now;
 * its ranges are sorted. */
static uint32_t deleted_now(const struct coedit *d, const struct ce_item *it)
{
    uint32_t from = it->h.clock;
    uint32_t end = LK_MIN(ce_end(&it->h), new_from(d, it->h.client));
    uint32_t units = 0;
    uint32_t i = ce_ranges_from(&d->del, it->h.client, from);
    for (; from < end && i < d->del.n; i++) {
        const struct ce_range *r = ce_range_at(&d->del, i);
        if (r->client != it->h.client || r->clock >= end)
            break;
        uint32_t first = LK_MAX(r->clock, from);
        units += LK_MIN(r->clock + r->len, end) - first;
    }
    return units;
}

/* The splice that goes on here: the last one, when it touches or there is room
 * for no other. */
static struct coedit_splice *here(struct maker *m)
{
    struct coedit_splice *s = m->n > 0 ? &m->ret[m->n - 1] : NULL;
    if (!s || (m->between > 0 && m->n < m->cap)) {
        s = &m->ret[m->n++];
        *s = (struct coedit_splice){.at = m->at};
    } else {
        s->removed += m->between;
        s->inserted += m->between;
    }
    m->between = 0;
    return s;
}

static void step(struct maker *m, const struct ce_item *it)
{
    if (it->h.deleted) {
        uint32_t units = deleted_now(m->d, it);
        if (units > 0)
            here(m)->removed += units;
        return;
    }
    uint32_t from = LK_MAX(new_from(m->d, it->h.client), it->h.clock);
    uint32_t end = ce_end(&it->h);
    uint32_t fresh = from < end ? end - from : 0;
    m->at += it->h.len - fresh;
    m->between += it->h.len - fresh;
    if (fresh > 0)
        here(m)->inserted += fresh;
    m->at += fresh;
}

size_t coedit_splices(const struct coedit *d, struct coedit_ref ref,
                      struct coedit_splice *ret, size_t cap)
{
    const struct ce_type *t = ce_type_at(d, ref);
    struct maker m = {.d = d, .ret = ret, .cap = cap};
    if (!t || cap == 0)
        return 0;
    for (const struct ce_item *it = t->start; it; it = it->right)
        if (it->h.deleted || ce_ref_countable(it->h.ref))
            step(&m, it);
    return m.n;
}

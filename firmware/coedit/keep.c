/* What an undoable transaction did, noted at its end, while what it deleted is
 * still there. */
#include "coedit/impl.h"

#include <errno.h>
#include <string.h>

/* --- ranges ------------------------------------------------------------- */

uint32_t ce_ranges_part(const struct ce_vec *v, struct ce_range r, bool *ret_in)
{
    uint32_t end = r.clock + r.len;
    uint32_t i = ce_ranges_from(v, r.client, r.clock);
    *ret_in = false;
    if (i == v->n || ce_range_at(v, i)->client != r.client)
        return r.len;
    const struct ce_range *h = ce_range_at(v, i);
    if (h->clock > r.clock)
        return LK_MIN(h->clock, end) - r.clock;
    *ret_in = true;
    return LK_MIN(h->clock + h->len, end) - r.clock;
}

bool ce_ranges_hold(const struct ce_vec *v, struct ce_range r)
{
    bool in;
    return ce_ranges_part(v, r, &in) == r.len && in;
}

/* --- steps -------------------------------------------------------------- */

static struct ce_step *step_at(const struct coedit *d, uint32_t i)
{
    return (struct ce_step *)d->undo.step.at + i;
}

void ce_step_free(struct coedit *d, struct ce_step *s)
{
    d->undo.bytes -= s->bytes.n + s->kept.n * sizeof(struct ce_kept);
    ce_vec_free(d, &s->added, sizeof(struct ce_range));
    ce_vec_free(d, &s->again, sizeof(struct ce_range));
    ce_vec_free(d, &s->kept, sizeof(struct ce_kept));
    ce_vec_free(d, &s->bytes, 1);
}

void ce_undo_clear(struct coedit *d)
{
    for (uint32_t i = 0; i < d->undo.step.n; i++)
        ce_step_free(d, step_at(d, i));
    d->undo.step.n = 0;
    d->undo.taken.n = 0;
}

static void drop_oldest(struct coedit *d)
{
    struct ce_vec *v = &d->undo.step;
    ce_step_free(d, step_at(d, 0));
    v->n--;
    memmove(v->at, step_at(d, 1), v->n * sizeof(struct ce_step));
    if (v->n == 0)
        d->undo.taken.n = 0;
}

/* The step that the transaction belongs to; NULL: no memory. */
static struct ce_step *open_step(struct coedit *d)
{
    struct ce_vec *v = &d->undo.step;
    if (d->undo.join && v->n > 0)
        return step_at(d, v->n - 1);
    if (v->n > 0 && v->n >= d->limits.undo_max)
        drop_oldest(d);
    return ce_vec_push(d, v, sizeof(struct ce_step));
}

/* --- what was deleted --------------------------------------------------- */

/* Bytes of an item's first `n` units or values; those of what has no parts are
 * all behind the first. */
static uint32_t bytes_of(const struct ce_item *it, uint32_t n)
{
    const uint8_t *from = it->u.buf->data + it->off;
    struct ce_in in = {from, from + it->bytes, false};
    uint32_t len;
    if (it->h.ref == CE_STRING)
        return n * (uint32_t)sizeof(uint16_t);
    if (it->h.ref != CE_ANY && it->h.ref != CE_JSON)
        return n > 0 ? it->bytes : 0;
    for (uint32_t i = 0; i < n; i++) {
        if (it->h.ref == CE_JSON)
            (void)ce_read_blob(&in, UINT32_MAX, &len);
        else
            ce_skip_any(&in, CE_ANY_DEPTH, UINT32_MAX);
    }
    return (uint32_t)(in.at - from);
}

static bool add_bytes(struct coedit *d, struct ce_step *s, const uint8_t *p,
                      uint32_t len)
{
    uint32_t whole = len + len % 2; /* texts lie at even places */
    if (len == 0)
        return true;
    if (ce_vec_reserve(d, &s->bytes, whole, 1) < 0)
        return false;
    memcpy((uint8_t *)s->bytes.at + s->bytes.n, p, len);
    s->bytes.n += whole;
    d->undo.bytes += whole;
    return true;
}

/* Keeps units `from` to `end` of an item. */
static bool keep_part(struct coedit *d, struct ce_step *s,
                      const struct ce_item *it, uint32_t parent,
                      struct ce_range part)
{
    struct ce_kept *k = ce_vec_push(d, &s->kept, sizeof(*k));
    if (!k)
        return false;
    d->undo.bytes += sizeof(*k);
    *k = (struct ce_kept){.parent = parent,
                          .id = {part.client, part.clock},
                          .len = part.len,
                          .key = it->key,
                          .ref = it->h.ref,
                          .off = s->bytes.n};
    bool ok;
    if (it->h.ref == CE_TYPE) {
        k->type = it->u.type;
        k->kind = it->u.type->kind;
        const struct ce_buf *tag = it->u.type->tag;
        k->bytes = it->u.type->tag_len;
        ok = add_bytes(d, s, tag ? tag->data : NULL, k->bytes);
    } else {
        uint32_t in = part.clock - it->h.clock;
        uint32_t skip = bytes_of(it, in);
        k->bytes = bytes_of(it, in + part.len) - skip;
        ok = add_bytes(d, s, it->u.buf->data + it->off + skip, k->bytes);
    }
    return ok;
}

/* Keeps what of an item's clocks is older than the step; the rest it has
 * deleted itself. */
static bool keep_item(struct coedit *d, struct ce_step *s,
                      const struct ce_item *it, uint32_t parent)
{
    struct ce_range rest = {it->h.client, it->h.clock, it->h.len};
    if (!it->h.deleted || !ce_ref_countable(it->h.ref))
        return true;
    while (rest.len > 0) {
        bool own;
        struct ce_range part = rest;
        part.len = ce_ranges_part(&s->added, rest, &own);
        bool ok = own ? ce_ranges_add(d, &s->again, part)
                      : keep_part(d, s, it, parent, part);
        if (!ok)
            return false;
        rest.clock += part.len;
        rest.len -= part.len;
    }
    return true;
}

/* Whether the item went with the type that it lies in. */
static bool went_along(const struct ce_item *it)
{
    return it->parent->item && it->parent->item->h.deleted;
}

static bool keep_deleted(struct coedit *d, struct ce_step *s)
{
    for (uint32_t i = 0; i < d->del.n; i++) {
        const struct ce_range *r = ce_range_at(&d->del, i);
        struct ce_client *c = &d->client[r->client];
        struct ce_spot spot = ce_find(c, r->clock);
        do {
            const struct ce_item *it = ce_item_of(ce_at(c, spot));
            if (!it || it->h.clock >= r->clock + r->len)
                break;
            if (!went_along(it) && !keep_item(d, s, it, 0))
                return false;
        } while (ce_next(c, &spot));
    }
    return true;
}

/* Of a key in a type that went: what the step put there was deleted, too; what
 * it had found there is what counts. */
static const struct ce_item *found(const struct ce_step *s,
                                   const struct ce_item *it)
{
    const struct ce_item *at = it;
    while (at && it->key) {
        struct ce_range r = {at->h.client, at->h.clock, at->h.len};
        if (!ce_ranges_hold(&s->added, r))
            return at;
        at = at->left;
    }
    return it;
}

/* What is in the types that went, and in those that were in them. */
static bool keep_children(struct coedit *d, struct ce_step *s, uint32_t first)
{
    for (uint32_t i = first; i < s->kept.n; i++) {
        const struct ce_kept *k = (struct ce_kept *)s->kept.at + i;
        const struct ce_type *t = k->ref == CE_TYPE ? k->type : NULL;
        for (const struct ce_item *it = t ? ce_inside(t) : NULL; it;
             it = ce_beside(it))
            if (!keep_item(d, s, found(s, it), i + 1))
                return false;
    }
    return true;
}

static bool note(struct coedit *d, struct ce_step *s)
{
    const struct ce_client *c = &d->client[d->self];
    uint32_t before = ce_before(c);
    struct ce_range fresh = {d->self, before, c->state - before};
    uint32_t first = s->kept.n;
    if (fresh.len > 0 && !ce_ranges_add(d, &s->added, fresh))
        return false;
    return keep_deleted(d, s) && keep_children(d, s, first);
}

void ce_undo_note(struct coedit *d)
{
    const struct coedit_limits *m = &d->limits;
    d->undo.mark = false;
    if (d->del.n == 0 && d->touched.n == 0)
        return;
    struct ce_step *s = m->undo_max > 0 ? open_step(d) : NULL;
    /* A step of which a part is missing is none, and what came before it could
     * not be taken back alone. */
    if (!s || d->blind || !note(d, s))
        ce_undo_clear(d);
    while (d->undo.bytes > m->undo_bytes_max && d->undo.step.n > 0)
        drop_oldest(d);
}

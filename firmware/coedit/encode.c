/* From the document to bytes. */
#include "coedit/impl.h"

#include <errno.h>
#include <stdlib.h>

#define BIT_SUB 0x20
#define BIT_RIGHT 0x40
#define BIT_ORIGIN 0x80

static void write_id(const struct coedit *d, struct ce_out *o, struct ce_id id)
{
    ce_write_uint(o, d->client[id.client].id);
    ce_write_uint(o, id.clock);
}

static void write_origins(const struct coedit *d, struct ce_out *o, uint8_t ref,
                          struct ce_id origin, struct ce_id right, bool sub)
{
    uint8_t info = ref;
    info |= origin.client != CE_NONE ? BIT_ORIGIN : 0;
    info |= right.client != CE_NONE ? BIT_RIGHT : 0;
    info |= sub ? BIT_SUB : 0;
    ce_write_byte(o, info);
    if (origin.client != CE_NONE)
        write_id(d, o, origin);
    if (right.client != CE_NONE)
        write_id(d, o, right);
}

static void write_parent(const struct coedit *d, struct ce_out *o,
                         const struct ce_item *it)
{
    const struct ce_type *t = it->parent;
    if (t->item) {
        ce_write_byte(o, 0);
        write_id(d, o, (struct ce_id){t->item->h.client, t->item->h.clock});
    } else {
        ce_write_byte(o, 1);
        ce_write_string(o, t->name->name, t->name->len);
    }
    if (it->key)
        ce_write_string(o, it->key->name, it->key->len);
}

/* A struct from clock `off` within it on. */
static void write_struct(const struct coedit *d, struct ce_out *o,
                         struct ce_head *h, uint32_t off)
{
    const struct ce_item *it = ce_item_of(h);
    if (!it) {
        ce_write_byte(o, CE_GC);
        ce_write_uint(o, h->len - off);
        return;
    }
    struct ce_id origin = it->origin;
    if (off > 0)
        origin = (struct ce_id){h->client, h->clock + off - 1};
    write_origins(d, o, h->ref, origin, it->right_origin, it->key != NULL);
    if (origin.client == CE_NONE && it->right_origin.client == CE_NONE)
        write_parent(d, o, it);
    ce_content_write(o, it, off);
}

/* --- what waits --------------------------------------------------------- */

static void write_rec_content(struct ce_out *o, const struct ce_rec *r)
{
    if (r->ref == CE_STRING)
        ce_write_uint(o, r->body_len);
    else if (r->ref == CE_DELETED || r->ref == CE_JSON || r->ref == CE_ANY)
        ce_write_uint(o, r->len);
    else if (r->ref == CE_TYPE)
        ce_write_uint(o, r->kind);
    ce_write_raw(o, r->body, r->body_len);
}

static void write_rec(const struct coedit *d, struct ce_out *o,
                      const struct ce_rec *r)
{
    if (r->ref == CE_GC) {
        ce_write_byte(o, CE_GC);
        ce_write_uint(o, r->len);
        return;
    }
    write_origins(d, o, r->ref, r->origin, r->right_origin, r->key != NULL);
    if (r->has_parent) {
        ce_write_byte(o, r->parent_is_root);
        if (r->parent_is_root)
            ce_write_string(o, r->root->name, r->root->len);
        else
            write_id(d, o, r->parent);
        if (r->key)
            ce_write_string(o, r->key->name, r->key->len);
    }
    write_rec_content(o, r);
}

/* The records of a client that wait behind `clock`, holes between them as
 * skips. Only counts when `o` is NULL. */
static uint32_t write_pending(const struct coedit *d, struct ce_out *o,
                              uint32_t client, uint32_t clock)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->pending.rec.n; i++) {
        const struct ce_rec *r = (const struct ce_rec *)d->pending.rec.at + i;
        if (r->client != client || r->clock < clock)
            continue; /* of two that overlap the first is enough to wait */
        n += r->clock > clock ? 2 : 1;
        if (o && r->clock > clock) {
            ce_write_byte(o, CE_SKIP);
            ce_write_uint(o, r->clock - clock);
        }
        if (o)
            write_rec(d, o, r);
        clock = r->clock + r->len;
    }
    return n;
}

/* --- runs and ranges ---------------------------------------------------- */

static uint32_t count_from(const struct ce_client *c, struct ce_spot s)
{
    uint32_t n = c->block[s.block]->n - s.at;
    for (uint32_t b = s.block + 1; b < c->blocks; b++)
        n += c->block[b]->n;
    return n;
}

static void write_run(const struct coedit *d, struct ce_out *o, uint32_t client,
                      uint32_t from, bool pending)
{
    struct ce_client *c = &d->client[client];
    uint32_t extra = pending ? write_pending(d, NULL, client, c->state) : 0;
    struct ce_spot s = {0, 0};
    uint32_t n = 0;
    if (from < c->state) {
        s = ce_find(c, from);
        n = count_from(c, s);
    }
    from = LK_MIN(from, c->state);
    ce_write_uint(o, n + extra);
    ce_write_uint(o, c->id);
    ce_write_uint(o, from);
    for (uint32_t i = 0; i < n; i++) {
        struct ce_head *h = ce_at(c, s);
        write_struct(d, o, h, h->clock < from ? from - h->clock : 0);
        (void)ce_next(c, &s);
    }
    if (extra > 0)
        (void)write_pending(d, o, client, c->state);
}

static void write_client_ranges(const struct coedit *d, struct ce_out *o,
                                const struct ce_vec *v, uint32_t first)
{
    uint32_t client = ce_range_at(v, first)->client;
    uint32_t end = first;
    while (end < v->n && ce_range_at(v, end)->client == client)
        end++;
    ce_write_uint(o, d->client[client].id);
    ce_write_uint(o, end - first);
    for (uint32_t i = first; i < end; i++) {
        ce_write_uint(o, ce_range_at(v, i)->clock);
        ce_write_uint(o, ce_range_at(v, i)->len);
    }
}

/* `v` is sorted. */
void ce_write_ranges(const struct coedit *d, struct ce_out *o,
                     const struct ce_vec *v)
{
    uint32_t clients = 0;
    for (uint32_t i = 0; i < v->n; i++)
        clients += i == 0 ||
                   ce_range_at(v, i)->client != ce_range_at(v, i - 1)->client;
    ce_write_uint(o, clients);
    if (clients == 1)
        write_client_ranges(d, o, v, 0);
    for (uint32_t k = 0; k < d->clients && clients > 1; k++) {
        uint32_t first = ce_ranges_from(v, d->order[k], 0);
        if (first < v->n && ce_range_at(v, first)->client == d->order[k])
            write_client_ranges(d, o, v, first);
    }
}

void ce_write_changes(struct coedit *d, struct ce_out *o)
{
    uint32_t n = 0;
    uint32_t last = 0;
    for (uint32_t i = 0; i < d->touched.n; i++) {
        uint32_t client = ((uint32_t *)d->touched.at)[i];
        if (d->client[client].state == d->client[client].before)
            continue;
        n++;
        last = client;
    }
    ce_write_uint(o, n);
    if (n == 1)
        write_run(d, o, last, d->client[last].before, false);
    for (uint32_t k = 0; k < d->clients && n > 1; k++) {
        const struct ce_client *c = &d->client[d->order[k]];
        if (c->touched && c->state > c->before)
            write_run(d, o, d->order[k], c->before, false);
    }
    ce_write_ranges(d, o, &d->del);
}

/* --- the whole document ------------------------------------------------- */

static int read_vector(const struct coedit *d, const void *sv, size_t len,
                       uint32_t *from)
{
    const uint8_t *p = sv;
    if (len == 0)
        return 0;
    struct ce_in in = {p, p + len, false};
    uint64_t n = ce_read_uint(&in);
    if (n > len)
        return -EBADMSG;
    while (n-- > 0 && !in.bad) {
        uint64_t id = ce_read_uint(&in);
        uint64_t clock = ce_read_uint(&in);
        uint32_t client;
        if (ce_client_find(d, id, &client))
            from[client] = (uint32_t)LK_MIN(clock, (uint64_t)UINT32_MAX);
    }
    return in.bad || in.at != in.end ? -EBADMSG : 0;
}

/* One more range; one that goes on where the last ended becomes part of it. */
static int add_range(struct ce_vec *v, struct ce_range r)
{
    struct ce_range *last = v->n ? ce_range_at(v, v->n - 1) : NULL;
    if (last && last->client == r.client &&
        last->clock + last->len == r.clock) {
        last->len += r.len;
        return 0;
    }
    if (v->n == v->cap) {
        uint32_t cap = LK_MAX(v->cap * 2, 64u);
        void *p = reallocarray(v->at, cap, sizeof(r));
        if (!p)
            return -ENOMEM;
        v->at = p;
        v->cap = cap;
    }
    *ce_range_at(v, v->n++) = r;
    return 0;
}

static int client_ranges(const struct coedit *d, uint32_t client,
                         struct ce_vec *v)
{
    const struct ce_client *c = &d->client[client];
    struct ce_spot s = {0, 0};
    int r = 0;
    if (c->blocks == 0)
        return 0;
    do {
        const struct ce_head *h = ce_at(c, s);
        if (h->deleted)
            r = add_range(v, (struct ce_range){client, h->clock, h->len});
    } while (r == 0 && ce_next(c, &s));
    return r;
}

/* All deleted clocks. */
static int all_ranges(const struct coedit *d, struct ce_vec *v)
{
    int r = 0;
    for (uint32_t k = 0; k < d->clients && r == 0; k++)
        r = client_ranges(d, k, v);
    return r;
}

static int add_pending_ranges(const struct coedit *d, struct ce_vec *v)
{
    const struct ce_vec *more = &d->pending.del;
    if (more->n == 0)
        return 0;
    void *p =
        reallocarray(v->at, (size_t)v->n + more->n, sizeof(struct ce_range));
    if (!p)
        return -ENOMEM;
    v->at = p;
    v->cap = v->n + more->n;
    for (uint32_t i = 0; i < more->n; i++)
        *ce_range_at(v, v->n++) = *ce_range_at(more, i);
    ce_ranges_sort(v);
    return 0;
}

static bool run_wanted(const struct coedit *d, uint32_t client, uint32_t from)
{
    const struct ce_client *c = &d->client[client];
    return c->state > from || write_pending(d, NULL, client, c->state) > 0;
}

static void write_runs(const struct coedit *d, struct ce_out *o,
                       const uint32_t *from)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->clients; i++)
        n += run_wanted(d, i, from[i]);
    ce_write_uint(o, n);
    for (uint32_t k = 0; k < d->clients; k++)
        if (run_wanted(d, d->order[k], from[d->order[k]]))
            write_run(d, o, d->order[k], from[d->order[k]], true);
}

int coedit_encode(const struct coedit *d, const void *sv, size_t sv_len,
                  uint8_t **ret, size_t *ret_len)
{
    struct ce_out o = {0};
    struct ce_vec dels = {0};
    uint32_t *from = calloc(LK_MAX(d->clients, 1u), sizeof(*from));
    if (!from)
        return -ENOMEM;
    int r = read_vector(d, sv, sv_len, from);
    if (r == 0)
        r = all_ranges(d, &dels);
    if (r == 0)
        r = add_pending_ranges(d, &dels);
    if (r == 0) {
        write_runs(d, &o, from);
        ce_write_ranges(d, &o, &dels);
        r = o.full ? -ENOMEM : 0;
    }
    free(from);
    free(dels.at);
    if (r < 0) {
        ce_out_free(&o);
        return r;
    }
    *ret = o.data;
    *ret_len = o.len;
    return 0;
}

int coedit_state_vector(const struct coedit *d, uint8_t **ret, size_t *ret_len)
{
    struct ce_out o = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->clients; i++)
        n += d->client[i].state > 0;
    ce_write_uint(&o, n);
    for (uint32_t k = 0; k < d->clients; k++) {
        const struct ce_client *c = &d->client[d->order[k]];
        if (c->state == 0)
            continue;
        ce_write_uint(&o, c->id);
        ce_write_uint(&o, c->state);
    }
    if (o.full) {
        ce_out_free(&o);
        return -ENOMEM;
    }
    *ret = o.data;
    *ret_len = o.len;
    return 0;
}

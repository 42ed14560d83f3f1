/* What waits for structs that have not come: records sorted by client and
 * clock, without overlaps, with bodies of their own. */
#include "coedit/impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct ce_rec *rec_at(const struct coedit *d, uint32_t i)
{
    return (struct ce_rec *)d->pending.rec.at + i;
}

static bool rec_before(const struct ce_rec *a, const struct ce_rec *b)
{
    if (a->client != b->client)
        return a->client < b->client;
    return a->clock < b->clock;
}

static uint32_t rec_end(const struct ce_rec *r)
{
    return r->clock + r->len;
}

/* How much of the record, from its start on, is there already. */
static uint32_t covered(const struct coedit *d, const struct ce_rec *r,
                        uint32_t at)
{
    uint32_t end = r->clock;
    for (uint32_t i = at > 0 ? at - 1 : 0; i < d->pending.rec.n; i++) {
        const struct ce_rec *o = rec_at(d, i);
        if (o->client != r->client || o->clock > end)
            break;
        end = LK_MAX(end, rec_end(o));
    }
    return LK_MIN(end - r->clock, r->len);
}

int ce_pending_add(struct coedit *d, const struct ce_rec *rec)
{
    struct ce_pending *p = &d->pending;
    uint32_t at = p->rec.n;
    while (at > 0 && rec_before(rec, rec_at(d, at - 1)))
        at--;
    /* One that is there in full is no news. One that is there in part is kept
     * whole: integration leaves out what it has by then. */
    if (covered(d, rec, at) == rec->len)
        return 0;
    if (p->rec.n == d->limits.pending_structs_max ||
        p->bytes + rec->body_len > d->limits.pending_bytes_max)
        return -EOVERFLOW;
    uint8_t *body = NULL;
    if (rec->body_len > 0) {
        body = ce_take(d->arena, rec->body_len);
        if (!body)
            return -ENOSPC;
        memcpy(body, rec->body, rec->body_len);
    }
    if (!ce_vec_push(d, &p->rec, sizeof(*rec))) {
        ce_give(d->arena, body, rec->body_len);
        return -ENOSPC;
    }
    memmove(rec_at(d, at + 1), rec_at(d, at),
            (p->rec.n - 1 - at) * sizeof(*rec));
    *rec_at(d, at) = *rec;
    rec_at(d, at)->body = body;
    rec_at(d, at)->placed = CE_NOT_YET;
    p->bytes += rec->body_len;
    return 0;
}

int ce_pending_miss(struct coedit *d, uint32_t client, uint32_t clock)
{
    struct ce_vec *v = &d->pending.miss;
    for (uint32_t i = 0; i < v->n; i++) {
        struct ce_id *m = (struct ce_id *)v->at + i;
        if (m->client != client)
            continue;
        m->clock = LK_MIN(m->clock, clock);
        return 0;
    }
    struct ce_id *m = ce_vec_push(d, v, sizeof(*m));
    if (!m)
        return -ENOSPC;
    *m = (struct ce_id){client, clock};
    return 0;
}

int ce_pending_del(struct coedit *d, struct ce_range r)
{
    struct ce_range *at = ce_vec_push(d, &d->pending.del, sizeof(*at));
    if (!at)
        return -ENOSPC;
    *at = r;
    return 0;
}

int ce_pending_settle(struct coedit *d)
{
    struct ce_vec *v = &d->pending.del;
    ce_ranges_sort(v);
    if (v->n <= d->limits.ranges_max)
        return 0;
    v->n = d->limits.ranges_max;
    return -EOVERFLOW;
}

bool ce_pending_del_ready(const struct coedit *d)
{
    const struct ce_vec *v = &d->pending.del;
    if (v->n == 0)
        return false;
    for (uint32_t i = 0; i <= d->touched.n; i++) {
        uint32_t client =
            i < d->touched.n ? ((uint32_t *)d->touched.at)[i] : d->self;
        uint32_t first = ce_ranges_from(v, client, 0);
        const struct ce_range *r = ce_range_at(v, first);
        if (first < v->n && r->client == client &&
            r->clock < d->client[client].state)
            return true;
    }
    return false;
}

bool ce_pending_ready(const struct coedit *d)
{
    const struct ce_vec *v = &d->pending.miss;
    for (uint32_t i = 0; i < v->n && d->pending.rec.n > 0; i++) {
        const struct ce_id *m = (const struct ce_id *)v->at + i;
        if (m->clock < d->client[m->client].state)
            return true;
    }
    return false;
}

bool coedit_pending(const struct coedit *d)
{
    return d->pending.rec.n > 0 || d->pending.del.n > 0;
}

/* Runs over the records, which are sorted by client already. */
static int make_runs(struct ce_update *u)
{
    u->run = calloc(u->recs, sizeof(*u->run));
    if (!u->run)
        return -ENOMEM;
    for (uint32_t i = 0; i < u->recs; i++) {
        struct ce_run *last = u->runs ? &u->run[u->runs - 1] : NULL;
        if (!last || last->client != u->rec[i].client) {
            last = &u->run[u->runs++];
            last->client = u->rec[i].client;
            last->first = i;
        }
        last->n++;
    }
    return 0;
}

static void forget(struct coedit *d)
{
    for (uint32_t i = 0; i < d->pending.rec.n; i++) {
        struct ce_rec *r = rec_at(d, i);
        ce_give(d->arena, (void *)(uintptr_t)r->body, r->body_len);
    }
    d->pending.rec.n = 0;
    d->pending.miss.n = 0;
    d->pending.bytes = 0;
}

int ce_pending_take(struct coedit *d, struct ce_update *ret,
                    uint8_t **ret_bodies)
{
    struct ce_update *u = ret;
    *u = (struct ce_update){.recs = d->pending.rec.n};
    uint8_t *bodies = malloc(LK_MAX(d->pending.bytes, (size_t)1));
    u->rec = calloc(u->recs, sizeof(*u->rec));
    int r = bodies && u->rec ? 0 : -ENOMEM;
    size_t at = 0;
    for (uint32_t i = 0; i < u->recs && r == 0; i++) {
        u->rec[i] = *rec_at(d, i);
        if (u->rec[i].body_len > 0)
            memcpy(bodies + at, u->rec[i].body, u->rec[i].body_len);
        u->rec[i].body = bodies + at;
        at += u->rec[i].body_len;
    }
    if (r == 0)
        r = make_runs(u);
    if (r == 0)
        r = ce_update_index(d, u);
    if (r < 0) {
        free(bodies);
        ce_update_free(u);
        return r;
    }
    forget(d);
    *ret_bodies = bodies;
    return 0;
}

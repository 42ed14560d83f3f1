/* What an update would do, asked piece by piece before the document is
 * touched. */
#include "coedit/impl.h"

#include <errno.h>
#include <string.h>

struct asker {
    struct coedit *d;
    struct ce_update *u;
    struct ce_names before; /* the update */
    const struct coedit_policy *policy;
};

static int put(const struct asker *a, const struct coedit_ask *ask)
{
    int r = a->policy->ask(a->policy->arg, ask);
    return r > 0 ? -EPERM : r;
}

/* A question without an answer: what it is about will not wait. */
static int put_unknown(const struct asker *a, struct coedit_ask *ask)
{
    ask->where = COEDIT_WHERE_UNKNOWN;
    int r = put(a, ask);
    return r < 0 ? r : -EAGAIN;
}

/* --- whether all can go in now ------------------------------------------ */

/* The clock that a client will have come to. */
static uint32_t reached(const struct asker *a, uint32_t client)
{
    const struct ce_run *run = ce_update_run(a->u, client);
    uint32_t state = a->d->client[client].state;
    if (!run || run->next == 0)
        return state;
    const struct ce_rec *last = &a->u->rec[run->first + run->next - 1];
    return LK_MAX(state, last->clock + last->len);
}

static bool lacks(const struct asker *a, struct ce_id id)
{
    return id.client != CE_NONE && id.clock >= reached(a, id.client);
}

/* The client of which a struct needs one that has not been reached. */
static uint32_t lacking(const struct asker *a, const struct ce_rec *rec)
{
    if (rec->clock > reached(a, rec->client))
        return rec->client;
    if (lacks(a, rec->origin))
        return rec->origin.client;
    if (lacks(a, rec->right_origin))
        return rec->right_origin.client;
    return lacks(a, rec->parent) ? rec->parent.client : CE_NONE;
}

/* Goes through a run, and through those that it needs first. Those that wait
 * are marked, and linked by `rest`. Returns the struct that cannot go in: it
 * needs what is nowhere, or in the end itself. */
static struct ce_rec *walk_run(const struct asker *a, struct ce_run *run)
{
    struct ce_update *u = a->u;
    while (run) {
        struct ce_run *below = run->rest ? &u->run[run->rest - 1] : NULL;
        struct ce_rec *rec = &u->rec[run->first + run->next];
        uint32_t client = run->next < run->n ? lacking(a, rec) : CE_NONE;
        if (client != CE_NONE) {
            struct ce_run *first = ce_update_run(u, client);
            if (!first || first == run || first->shelved ||
                first->next == first->n)
                return rec;
            run->shelved = true;
            first->rest = (uint32_t)(run - u->run) + 1;
            run = first;
            continue;
        }
        bool end = run->next == run->n;
        run->next += !end;
        if (below) {
            run->rest = 0;
            below->shelved = false;
        }
        if (below || end)
            run = below;
    }
    return NULL;
}

static struct ce_rec *find_stuck(const struct asker *a)
{
    struct ce_rec *stuck = NULL;
    for (uint32_t i = 0; i < a->u->runs && !stuck; i++)
        stuck = walk_run(a, &a->u->run[i]);
    for (uint32_t i = 0; i < a->u->runs; i++) {
        struct ce_run *run = &a->u->run[i];
        run->next = run->rest = 0;
        run->shelved = false;
    }
    return stuck;
}

/* --- pairs of surrogates ------------------------------------------------ */

/* Whether a split before the clock would damage a text that is here. */
static bool cuts(const struct asker *a, uint32_t client, uint32_t clock)
{
    if (client == CE_NONE || clock >= a->d->client[client].state)
        return false;
    struct ce_client *c = &a->d->client[client];
    const struct ce_item *it = ce_item_of(ce_at(c, ce_find(c, clock)));
    if (!it || it->h.ref != CE_STRING || it->h.clock == clock)
        return false;
    const uint16_t *u = (const void *)(it->u.buf->data + it->off);
    uint32_t in = clock - it->h.clock;
    return (u[in] & 0xFC00) == 0xDC00 && (u[in - 1] & 0xFC00) == 0xD800;
}

/* Structs that are here already split what they name, too. */
static bool cuts_any(const struct asker *a)
{
    const struct ce_update *u = a->u;
    for (uint32_t i = 0; i < u->recs; i++) {
        const struct ce_rec *r = &u->rec[i];
        if (cuts(a, r->origin.client, r->origin.clock + 1) ||
            cuts(a, r->right_origin.client, r->right_origin.clock))
            return true;
    }
    for (uint32_t i = 0; i < u->dels; i++) {
        const struct ce_range *r = &u->del[i];
        if (cuts(a, r->client, r->clock) ||
            cuts(a, r->client, r->clock + r->len))
            return true;
    }
    return false;
}

/* --- where -------------------------------------------------------------- */

/* Units that a list will have; `more` are added to what was asked so far. */
static uint32_t count(struct coedit *d, struct ce_type *t, struct ce_rec *made,
                      uint32_t more)
{
    if (made)
        return made->incoming += more;
    if (t->counted != d->updates)
        t->incoming = 0;
    t->counted = d->updates;
    t->incoming += more;
    return t->length + t->incoming; /* modulo 2^32, where deletions are less */
}

/* `more` live units come into a type that is here (t) or comes (made); or go,
 * as the number's complement. */
static void say_where(const struct asker *a, struct coedit_ask *ask,
                      struct ce_type *t, struct ce_rec *made,
                      const struct ce_key *key)
{
    uint32_t more = 0;
    ask->where = t || made ? COEDIT_WHERE_IN : COEDIT_WHERE_NOWHERE;
    if (ask->where == COEDIT_WHERE_NOWHERE)
        return;
    ask->key = key ? key->name : NULL;
    if (made) {
        ask->into = (struct coedit_ref){made->client, made->clock};
        ask->into_kind = made->kind;
    } else {
        ask->into = ce_ref_of(a->d, t);
        ask->into_root = !t->item;
        ask->into_kind = t->kind;
    }
    if (!key && ce_ref_countable(ask->content))
        more = ask->kind == COEDIT_ASK_DELETE ? 0u - ask->units : ask->units;
    ask->length = count(a->d, t, made, more);
}

static struct ce_rec *made_by(const struct asker *a, const struct ce_rec *rec)
{
    return rec->into_rec ? &a->u->rec[rec->into_rec - 1] : NULL;
}

/* --- deletions ---------------------------------------------------------- */

static struct coedit_ask about(const struct asker *a, enum coedit_ask_kind kind,
                               struct ce_range r)
{
    return (struct coedit_ask){.kind = kind,
                               .client = a->d->client[r.client].id,
                               .clock = r.clock,
                               .units = r.len};
}

/* What is here of a range, live. */
static int ask_known(const struct asker *a, struct ce_range r)
{
    struct ce_client *c = &a->d->client[r.client];
    struct ce_spot s = ce_find(c, r.clock);
    int e = 0;
    do {
        const struct ce_head *h = ce_at(c, s);
        if (h->clock >= r.clock + r.len)
            break;
        if (h->deleted)
            continue;
        uint32_t from = LK_MAX(h->clock, r.clock);
        uint32_t end = LK_MIN(ce_end(h), r.clock + r.len);
        struct ce_range part = {r.client, from, end - from};
        struct coedit_ask ask = about(a, COEDIT_ASK_DELETE, part);
        const struct ce_item *it = LK_CONTAINER_OF(h, struct ce_item, h);
        ask.content = h->ref;
        say_where(a, &ask, it->parent, NULL, it->key);
        e = put(a, &ask);
    } while (e == 0 && ce_next(c, &s));
    return e;
}

/* What comes of a range with the update; *r goes on behind it. */
static int ask_coming(const struct asker *a, struct ce_range *r)
{
    const struct ce_rec *rec =
        ce_update_find(a->u, (struct ce_id){r->client, r->clock});
    struct coedit_ask ask = about(a, COEDIT_ASK_DELETE, *r);
    if (!rec)
        return put_unknown(a, &ask);
    ask.units = LK_MIN(r->len, rec->clock + rec->len - r->clock);
    r->clock += ask.units;
    r->len -= ask.units;
    if (rec->ref == CE_GC || rec->ref == CE_DELETED)
        return 0;
    ask.content = rec->ref;
    say_where(a, &ask, rec->into, made_by(a, rec), rec->key);
    return put(a, &ask);
}

static int ask_range(const struct asker *a, struct ce_range r)
{
    uint32_t state = a->d->client[r.client].state;
    int e = 0;
    if (r.clock < state) {
        uint32_t have = LK_MIN(r.len, state - r.clock);
        e = ask_known(a, (struct ce_range){r.client, r.clock, have});
        r.clock += have;
        r.len -= have;
    }
    while (e == 0 && r.len > 0)
        e = ask_coming(a, &r);
    return e;
}

/* --- structs ------------------------------------------------------------ */

/* Bytes of a text that hold its first units; a pair that would be cut counts
 * to what comes. */
static uint32_t text_bytes(const uint8_t *p, uint32_t len, uint32_t units)
{
    uint32_t at = 0;
    while (at < len) {
        uint32_t n = p[at] < 0x80 ? 1 : p[at] < 0xE0 ? 2 : p[at] < 0xF0 ? 3 : 4;
        uint32_t wide = n == 4 ? 2 : 1;
        if (units < wide)
            break;
        units -= wide;
        at += n;
    }
    return at;
}

/* Content without its first `offset` units, which are held already. */
static void say_bytes(const struct asker *a, struct coedit_ask *ask,
                      const struct ce_rec *rec, uint32_t offset)
{
    if (rec->ref != CE_STRING && rec->ref != CE_ANY)
        return;
    struct ce_in in = {rec->body, rec->body + rec->body_len, false};
    if (rec->ref == CE_STRING)
        in.at += text_bytes(rec->body, rec->body_len, offset);
    for (uint32_t i = 0; rec->ref == CE_ANY && i < offset; i++)
        ce_skip_any(&in, a->d->limits.any_depth_max, a->d->limits.string_max);
    ask->bytes = in.at;
    ask->len = (size_t)(in.end - in.at);
}

/* Whether the update brings a name; a struct that is held already cannot. */
static bool names_new(const struct asker *a, const struct ce_key *key)
{
    return key && key->number >= a->before.keys;
}

static int ask_struct(const struct asker *a, const struct ce_rec *rec)
{
    uint32_t state = a->d->client[rec->client].state;
    uint32_t offset = state > rec->clock ? state - rec->clock : 0;
    if (offset >= rec->len)
        return names_new(a, rec->key) || names_new(a, rec->root) ? -EBADMSG : 0;
    struct ce_range r = {rec->client, rec->clock + offset, rec->len - offset};
    if (rec->ref == CE_GC) {
        struct coedit_ask hole = about(a, COEDIT_ASK_GC, r);
        hole.where = COEDIT_WHERE_NOWHERE;
        return put(a, &hole);
    }
    if (rec->key && memchr(rec->key->name, '\0', rec->key->len))
        return -EBADMSG;
    struct coedit_ask ask = about(a, COEDIT_ASK_INSERT, r);
    ask.content = rec->ref;
    ask.made = rec->kind;
    say_where(a, &ask, rec->into, made_by(a, rec), rec->key);
    say_bytes(a, &ask, rec, offset);
    return put(a, &ask);
}

static int ask_skip(const struct asker *a)
{
    struct coedit_ask ask = about(a, COEDIT_ASK_SKIP, a->u->skip);
    ask.where = COEDIT_WHERE_NOWHERE;
    ask.content = CE_SKIP;
    return put(a, &ask);
}

static int ask_stuck(const struct asker *a, const struct ce_rec *rec)
{
    struct ce_range r = {rec->client, rec->clock, rec->len};
    struct coedit_ask ask =
        about(a, rec->ref == CE_GC ? COEDIT_ASK_GC : COEDIT_ASK_INSERT, r);
    ask.content = rec->ref;
    ask.made = rec->kind;
    say_bytes(a, &ask, rec, 0);
    return put_unknown(a, &ask);
}

/* Whether an update names a client of which nothing is. Names are kept, so
 * nobody may bring them for nothing. */
static bool names_nobody(const struct asker *a)
{
    for (uint32_t i = a->before.clients; i < a->d->clients; i++)
        if (!ce_update_run(a->u, i))
            return true;
    return false;
}

int ce_ask(struct coedit *d, struct ce_update *u, struct ce_names mark,
           const struct coedit_policy *policy)
{
    const struct asker a = {d, u, mark, policy};
    const struct ce_rec *stuck = find_stuck(&a);
    if (stuck)
        return ask_stuck(&a, stuck);
    if (cuts_any(&a))
        return -EILSEQ;
    d->updates++; /* counts anew */
    for (uint32_t i = 0; i < u->recs; i++)
        u->rec[i].incoming = 0;
    int e = u->skips > 0 ? ask_skip(&a) : 0;
    for (uint32_t i = 0; i < u->dels && e == 0; i++)
        e = ask_range(&a, u->del[i]);
    for (uint32_t i = 0; i < u->recs && e == 0; i++)
        e = ask_struct(&a, &u->rec[i]);
    return e == 0 && names_nobody(&a) ? -EBADMSG : e;
}

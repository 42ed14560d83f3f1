/* An update becomes part of the document. */
#include "coedit/impl.h"

#include <errno.h>
#include <stdlib.h>

struct applier {
    struct coedit *d;
    struct ce_update *u;
    struct ce_rec *rec; /* the update's */
    uint32_t *stack;    /* structs that wait for one of another client */
    uint32_t waiting;
    uint32_t run; /* the client that is worked on */
};

/* --- one struct --------------------------------------------------------- */

struct place {
    struct ce_head *left, *right;
    struct ce_type *parent;
    struct ce_key *key;
};

static bool beyond(const struct coedit *d, struct ce_id id)
{
    return id.client != CE_NONE && id.clock >= d->client[id.client].state;
}

/* The client whose struct must come first, or CE_NONE. */
static uint32_t missing(const struct coedit *d, const struct ce_rec *r)
{
    if (r->origin.client != r->client && beyond(d, r->origin))
        return r->origin.client;
    if (r->right_origin.client != r->client && beyond(d, r->right_origin))
        return r->right_origin.client;
    if (r->parent.client != r->client && beyond(d, r->parent))
        return r->parent.client;
    return CE_NONE;
}

static void find_parent(struct coedit *d, const struct ce_rec *r,
                        struct place *p)
{
    const struct ce_item *left = ce_item_of(p->left);
    const struct ce_item *right = ce_item_of(p->right);
    if ((p->left && !left) || (p->right && !right))
        return; /* beside what was collected there is no place */
    if (!r->has_parent) {
        const struct ce_item *by = left ? left : right;
        p->parent = by ? by->parent : NULL;
        p->key = by ? by->key : NULL;
        return;
    }
    p->key = r->key;
    if (r->parent_is_root) {
        p->parent = ce_root_of(d, r->root);
        return;
    }
    struct ce_client *c = &d->client[r->parent.client];
    struct ce_item *it = ce_item_of(ce_at(c, ce_find(c, r->parent.clock)));
    if (it && it->h.ref == CE_TYPE)
        p->parent = it->u.type;
}

/* Splits what it touches, also for a struct that turns out to be known: yjs
 * does, and a pair of surrogates may be cut by it. */
static int resolve(struct coedit *d, const struct ce_rec *r, struct place *p)
{
    *p = (struct place){0};
    if (r->ref == CE_GC)
        return 0;
    if (r->origin.client != CE_NONE)
        p->left = ce_clean_end(d, r->origin);
    if (r->right_origin.client != CE_NONE)
        p->right = ce_clean_start(d, r->right_origin);
    if ((r->origin.client != CE_NONE && !p->left) ||
        (r->right_origin.client != CE_NONE && !p->right))
        return -ENOSPC;
    find_parent(d, r, p);
    return 0;
}

static int add_hole(struct coedit *d, const struct ce_rec *r, uint32_t offset)
{
    struct ce_head *h =
        ce_hole_new(d, r->client, r->clock + offset, r->len - offset);
    if (!h)
        return -ENOSPC;
    ce_touch(d, r->client);
    int e = ce_append(d, h);
    if (e < 0)
        ce_struct_free(d, h);
    return e;
}

/* Content without its first `offset` clocks, which are known. */
static int set_content(struct coedit *d, struct ce_item *it,
                       const struct ce_rec *r, uint32_t offset)
{
    if (offset == 0)
        return ce_content_set(d, it, r);
    struct ce_item known = {0};
    int e = ce_content_set(d, &known, r);
    if (e < 0)
        return e;
    it->h.ref = r->ref;
    it->h.len = r->len - offset;
    ce_content_split(d, &known, it, offset);
    known.h.len = offset;
    if (known.h.ref != CE_DELETED)
        ce_content_drop(d, &known);
    return 0;
}

static int add_item(struct coedit *d, const struct ce_rec *r,
                    const struct place *p, uint32_t offset)
{
    if (offset == 0 &&
        ce_extend(d, ce_item_of(p->left), ce_item_of(p->right), r->client, r))
        return 0;
    struct ce_item *it = ce_item_new(d);
    if (!it)
        return -ENOSPC;
    it->h.client = r->client;
    it->h.clock = r->clock + offset;
    it->left = ce_item_of(p->left);
    it->right = ce_item_of(p->right);
    it->parent = p->parent;
    it->key = p->key;
    it->origin = it->right_origin = (struct ce_id){CE_NONE, 0};
    if (it->left)
        it->origin = (struct ce_id){p->left->client, ce_end(p->left) - 1};
    if (it->right)
        it->right_origin = (struct ce_id){p->right->client, p->right->clock};
    int e = set_content(d, it, r, offset);
    if (e == 0)
        e = ce_integrate(d, it);
    if (e < 0) {
        if (it->h.ref != CE_DELETED && it->u.buf)
            ce_content_drop(d, it);
        ce_give(d->arena, it, sizeof(*it));
    }
    return e;
}

/* All that it depends on is there. */
static int take_in(struct coedit *d, const struct ce_rec *r)
{
    uint32_t offset = d->client[r->client].state - r->clock;
    struct place p;
    int e = resolve(d, r, &p);
    if (e < 0 || offset >= r->len)
        return e;
    if (d->steps > d->limits.scan_max)
        return -EOVERFLOW;
    if (!p.parent)
        return add_hole(d, r, offset);
    if (offset > 0) {
        struct ce_id before = {r->client, r->clock + offset - 1};
        p.left = ce_clean_end(d, before);
        if (!p.left)
            return -ENOSPC;
    }
    return add_item(d, r, &p, offset);
}

/* --- all structs, in the order of what they depend on ------------------- */

/* What waits, and all behind it of the same clients, is put aside. */
static void shelve(struct applier *a)
{
    while (a->waiting > 0) {
        uint32_t i = a->stack[--a->waiting];
        const struct ce_rec *r = a->rec + i;
        struct ce_run *run = ce_update_run(a->u, r->client);
        if (!run)
            continue; /* cannot be: it came from one */
        uint32_t at = i - run->first;
        run->rest = run->shelved ? LK_MIN(run->rest, at) : at;
        run->shelved = true;
    }
}

static struct ce_rec *next_of(struct applier *a, uint32_t client)
{
    struct ce_update *u = a->u;
    struct ce_run *run = ce_update_run(u, client);
    if (!run || run->shelved || run->next == run->n)
        return NULL;
    return &u->rec[run->first + run->next++];
}

/* The next struct: one that waited for the last, or the next by client. */
static struct ce_rec *pick(struct applier *a)
{
    if (a->waiting > 0)
        return &a->rec[a->stack[--a->waiting]];
    for (; a->run < a->u->runs; a->run++) {
        struct ce_rec *r = next_of(a, a->u->run[a->run].client);
        if (r)
            return r;
    }
    return NULL;
}

/* Takes a struct in, or finds which must come before it (*ret_first), or puts
 * it aside. */
static int handle(struct applier *a, struct ce_rec *r,
                  struct ce_rec **ret_first)
{
    struct coedit *d = a->d;
    *ret_first = NULL;
    if (r->clock > d->client[r->client].state) {
        a->stack[a->waiting++] = (uint32_t)(r - a->rec);
        shelve(a);
        return ce_pending_miss(d, r->client, r->clock - 1);
    }
    uint32_t client = missing(d, r);
    if (client == CE_NONE)
        return take_in(d, r);
    a->stack[a->waiting++] = (uint32_t)(r - a->rec);
    *ret_first = next_of(a, client);
    if (*ret_first)
        return 0;
    shelve(a);
    return ce_pending_miss(d, client, d->client[client].state);
}

static int keep_rest(struct coedit *d, const struct ce_update *u)
{
    for (uint32_t i = 0; i < u->runs; i++) {
        const struct ce_run *run = &u->run[i];
        for (uint32_t k = run->rest; run->shelved && k < run->n; k++) {
            int r = ce_pending_add(d, &u->rec[run->first + k]);
            if (r < 0)
                return r;
        }
    }
    return 0;
}

static int take_structs(struct coedit *d, struct ce_update *u)
{
    uint32_t few[CE_SMALL];
    struct applier a = {.d = d, .u = u, .rec = u->rec, .stack = few};
    if (u->recs == 0 || !a.rec)
        return 0;
    if (u->recs > CE_SMALL)
        a.stack = malloc(u->recs * sizeof(*a.stack));
    if (!a.stack)
        return -ENOMEM;
    int e = 0;
    struct ce_rec *first = NULL;
    for (struct ce_rec *r = pick(&a); r && e == 0; r = first ? first : pick(&a))
        e = handle(&a, r, &first);
    if (a.stack != few)
        free(a.stack);
    return e < 0 ? e : keep_rest(d, u);
}

/* --- deletions ---------------------------------------------------------- */

/* Deletes what is there of a range. */
static int delete_known(struct coedit *d, struct ce_range r)
{
    struct ce_client *c = &d->client[r.client];
    uint32_t end = r.clock + r.len;
    struct ce_spot s = ce_find(c, r.clock);
    const struct ce_head *h = ce_at(c, s);
    if (!h->deleted && h->clock < r.clock &&
        !ce_clean_start(d, (struct ce_id){r.client, r.clock}))
        return -ENOSPC;
    for (uint32_t clock = r.clock; clock < end; clock = ce_end(h)) {
        s = ce_find(c, clock);
        h = ce_at(c, s);
        if (h->deleted)
            continue;
        if (ce_end(h) > end &&
            !ce_clean_end(d, (struct ce_id){r.client, end - 1}))
            return -ENOSPC;
        ce_delete(d, ce_item_of(ce_at(c, ce_find(c, clock))));
    }
    return 0;
}

static int delete_range(struct coedit *d, struct ce_range r)
{
    uint32_t state = d->client[r.client].state;
    struct ce_range rest = r;
    if (r.clock < state) {
        uint32_t have = LK_MIN(r.len, state - r.clock);
        int e = delete_known(d, (struct ce_range){r.client, r.clock, have});
        if (e < 0)
            return e;
        rest.clock += have;
        rest.len -= have;
    }
    return rest.len > 0 ? ce_pending_del(d, rest) : 0;
}

static int take_deletions(struct coedit *d, const struct ce_update *u)
{
    struct ce_vec waited = {0};
    int e = 0;
    if (ce_pending_del_ready(d)) {
        waited = d->pending.del;
        d->pending.del = (struct ce_vec){0};
    }
    uint32_t before = d->pending.del.n;
    for (uint32_t i = 0; i < u->dels && e == 0; i++)
        e = delete_range(d, u->del[i]);
    for (uint32_t i = 0; i < waited.n && e == 0; i++)
        e = delete_range(d, *ce_range_at(&waited, i));
    ce_vec_free(d, &waited, sizeof(struct ce_range));
    if (d->pending.del.n == before)
        return e;
    int full = ce_pending_settle(d);
    return e < 0 ? e : full;
}

/* --- the whole ---------------------------------------------------------- */

/* What waited and may go on now. */
static int take_pending(struct coedit *d)
{
    int e = 0;
    while (e == 0 && ce_pending_ready(d)) {
        struct ce_update u;
        uint8_t *bodies = NULL;
        e = ce_pending_take(d, &u, &bodies);
        if (e < 0)
            return e;
        e = ce_check(d, &u);
        if (e == 0)
            e = take_structs(d, &u);
        if (e == 0)
            e = take_deletions(d, &u);
        ce_update_free(&u);
        free(bodies);
    }
    return e;
}

int coedit_apply(struct coedit *d, const void *update, size_t len)
{
    return coedit_apply_checked(d, update, len, NULL);
}

/* Takes in what was checked. */
static int take_update(struct coedit *d, struct ce_update *u)
{
    ce_begin(d, false);
    int e = take_structs(d, u);
    if (e == 0)
        e = take_deletions(d, u);
    if (e == 0)
        e = take_pending(d);
    ce_commit(d);
    return e;
}

int coedit_apply_checked(struct coedit *d, const void *update, size_t len,
                         const struct coedit_policy *policy)
{
    struct ce_update u;
    if (d->nested > 0)
        return -EBUSY;
    struct ce_names mark = ce_names_mark(d);
    int e = ce_decode(d, update, len, &u);
    bool decoded = e == 0;
    if (e == 0)
        e = ce_check(d, &u);
    if (e == 0 && policy)
        e = ce_ask(d, &u, mark, policy);
    if (e < 0)
        ce_names_back(d, mark);
    else
        e = take_update(d, &u);
    if (decoded)
        ce_update_free(&u);
    return e;
}

/* Taking the last own edit back. */
#include "coedit/impl.h"

#include <errno.h>
#include <string.h>

struct undoer {
    struct coedit *d;
    struct ce_step step;
    struct ce_out utf8; /* for a text on its way */
    uint32_t pieces;
    int error;
};

static struct ce_kept *kept_at(const struct ce_step *s, uint32_t i)
{
    return (struct ce_kept *)s->kept.at + i;
}

static struct ce_head *head_at(struct coedit *d, uint32_t client,
                               uint32_t clock)
{
    struct ce_client *c = &d->client[client];
    return ce_at(c, ce_find(c, clock));
}

/* --- what it added goes ------------------------------------------------- */

/* Whether the type that an item lies in, or one further up, is of this step
 * and still there: then it stays, for others wrote into it. */
static bool in_what_stays(const struct undoer *u, const struct ce_item *it)
{
    for (const struct ce_item *up = it->parent->item; up;
         up = up->parent->item) {
        struct ce_range r = {up->h.client, up->h.clock, 1};
        if (!up->h.deleted && ce_ranges_hold(&u->step.added, r))
            return true;
    }
    return false;
}

/* Whether anything live in a type is another's. */
static bool others_in(const struct undoer *u, const struct ce_item *of)
{
    if (of->h.ref != CE_TYPE)
        return false;
    const struct ce_item *at = ce_inside(of->u.type);
    while (at) {
        if (ce_counts(at) && at->h.client != u->d->self)
            return true;
        const struct ce_item *next = NULL;
        if (!at->h.deleted && at->h.ref == CE_TYPE)
            next = ce_inside(at->u.type);
        while (!next && at != of) {
            next = ce_beside(at);
            if (!next)
                at = at->parent->item;
            if (at == of)
                break;
        }
        at = next;
    }
    return false;
}

/* Deletes what is live of a part of one struct. */
static void take_part(struct undoer *u, struct ce_range part)
{
    struct coedit *d = u->d;
    struct ce_item *it = ce_item_of(head_at(d, part.client, part.clock));
    if (!it || it->h.deleted || in_what_stays(u, it) || others_in(u, it))
        return;
    uint32_t last = part.clock + part.len - 1;
    if (!ce_clean_start(d, (struct ce_id){part.client, part.clock}) ||
        !ce_clean_end(d, (struct ce_id){part.client, last}) ||
        !ce_ranges_add(d, &d->undo.taken, part)) {
        u->error = -ENOSPC;
        return;
    }
    ce_delete(d, ce_item_of(head_at(d, part.client, part.clock)));
}

static void take_added(struct undoer *u)
{
    for (uint32_t i = 0; i < u->step.added.n; i++) {
        struct ce_range r = *ce_range_at(&u->step.added, i);
        while (r.len > 0 && u->error == 0) {
            struct ce_range part = r;
            part.len = LK_MIN(r.len, ce_end(head_at(u->d, r.client, r.clock)) -
                                         r.clock);
            take_part(u, part);
            r.clock += part.len;
            r.len -= part.len;
        }
    }
}

/* --- what it deleted comes again ---------------------------------------- */

/* Older steps that added what comes again have added the new one, too. */
static void passed_on(struct undoer *u, const struct ce_kept *k, uint32_t from,
                      uint32_t len, uint32_t now)
{
    struct coedit *d = u->d;
    struct ce_range rest = {k->id.client, from, len};
    for (uint32_t i = 0; i < d->undo.step.n; i++) {
        struct ce_step *s = (struct ce_step *)d->undo.step.at + i;
        struct ce_range r = rest;
        while (r.len > 0) {
            bool own;
            uint32_t n = ce_ranges_part(&s->added, r, &own);
            struct ce_range made = {d->self, now + (r.clock - from), n};
            if (own && !ce_ranges_add(d, &s->added, made))
                u->error = -ENOSPC;
            r.clock += n;
            r.len -= n;
        }
    }
}

/* Bytes of values `from` on, `n` of them; of a text that is in UTF-8 then. */
static struct ce_rec content_of(struct undoer *u, const struct ce_kept *k,
                                uint32_t from, uint32_t n)
{
    const uint8_t *p = (const uint8_t *)u->step.bytes.at + k->off;
    struct ce_rec rec = {.ref = k->ref, .kind = k->kind, .len = n};
    struct ce_in in = {p, p + k->bytes, false};
    uint32_t len;
    rec.body = p;
    rec.body_len = k->bytes;
    if (k->ref == CE_STRING) {
        u->utf8.len = 0;
        ce_write_utf8(&u->utf8, (const uint16_t *)(const void *)p + from, n);
        rec.body = u->utf8.data;
        rec.body_len = (uint32_t)u->utf8.len;
    }
    for (uint32_t i = 0; k->ref == CE_ANY && i < from + n; i++) {
        ce_skip_any(&in, CE_ANY_DEPTH, UINT32_MAX);
        if (i + 1 == from)
            rec.body = in.at;
    }
    for (uint32_t i = 0; k->ref == CE_JSON && i < from + n; i++) {
        (void)ce_read_blob(&in, UINT32_MAX, &len);
        if (i + 1 == from)
            rec.body = in.at;
    }
    if (k->ref == CE_ANY || k->ref == CE_JSON)
        rec.body_len = (uint32_t)(in.at - rec.body);
    return rec;
}

/* Puts `n` units of a piece, from clock `from` on, between two. */
static void put_piece(struct undoer *u, struct ce_kept *k, struct ce_type *t,
                      struct ce_item *left, struct ce_range part)
{
    struct coedit *d = u->d;
    uint32_t now = d->client[d->self].state;
    struct ce_rec rec = content_of(u, k, part.clock - k->id.clock, part.len);
    struct ce_item *right = left ? left->right : k->key ? NULL : t->start;
    if (d->undo.step.n > 0)
        passed_on(u, k, part.clock, part.len, now);
    if (u->error == 0)
        u->error = ce_put(d, t, left, right, k->key, &rec);
    if (u->error == 0 && k->ref == CE_TYPE) {
        struct ce_item *it = ce_item_of(head_at(d, d->self, now));
        k->type = it && it->h.ref == CE_TYPE ? it->u.type : NULL;
    }
}

/* The item that held a clock, when its place is still there. */
static struct ce_item *place_of(struct coedit *d, uint32_t client,
                                uint32_t clock)
{
    struct ce_item *it = ce_item_of(head_at(d, client, clock));
    bool there = it && (!it->parent->item || !it->parent->item->h.deleted);
    return there ? it : NULL;
}

/* In a list: behind what is left of it, part by part, for others may have
 * written in between. */
static void again_in_list(struct undoer *u, struct ce_kept *k)
{
    struct coedit *d = u->d;
    struct ce_range r = {k->id.client, k->id.clock, k->len};
    while (r.len > 0 && u->error == 0) {
        struct ce_range part = r;
        part.len =
            LK_MIN(r.len, ce_end(head_at(d, r.client, r.clock)) - r.clock);
        struct ce_id last = {r.client, r.clock + part.len - 1};
        r.clock += part.len;
        r.len -= part.len;
        if (!place_of(d, part.client, part.clock))
            continue;
        struct ce_item *left = ce_item_of(ce_clean_end(d, last));
        if (left)
            put_piece(u, k, left->parent, left, part);
        else
            u->error = -ENOSPC;
    }
}

/* Whether the end of a struct, from `clock` on, was taken back, or deleted by
 * the very step. */
static bool is_void(const struct undoer *u, const struct ce_item *it,
                    uint32_t clock)
{
    struct ce_range r = {it->h.client, clock, ce_end(&it->h) - clock};
    while (r.len > 0) {
        bool taken;
        bool own;
        uint32_t n = ce_ranges_part(&u->d->undo.taken, r, &taken);
        uint32_t m = ce_ranges_part(&u->step.again, r, &own);
        if (!taken && !own)
            return false;
        n = taken && own ? LK_MAX(n, m) : taken ? n : m;
        r.clock += n;
        r.len -= n;
    }
    return true;
}

/* Whether a key's chain is as the step found it: behind the value that it
 * deleted comes only what was taken back. Another's that lost against what was
 * taken back lies before that, and is passed. */
static bool key_is_free(const struct undoer *u, const struct ce_kept *k,
                        const struct ce_item *was)
{
    bool own = false;
    const struct ce_item *at = ce_map_find(was->parent, k->key)->last;
    while (at && at != was && at->h.deleted) {
        bool is = is_void(u, at, at->h.clock);
        if (!is && !own)
            return false;
        own |= is;
        at = at->left;
    }
    if (at != was || !at->h.deleted)
        return false;
    uint32_t behind = k->id.clock + k->len;
    return own || behind == ce_end(&was->h) || is_void(u, was, behind);
}

static void again_at_key(struct undoer *u, struct ce_kept *k)
{
    const struct ce_item *was = place_of(u->d, k->id.client, k->id.clock);
    struct ce_range all = {k->id.client, k->id.clock, k->len};
    if (was && key_is_free(u, k, was))
        put_piece(u, k, was->parent, ce_map_find(was->parent, k->key)->last,
                  all);
}

/* In a type that came again. */
static void again_inside(struct undoer *u, struct ce_kept *k)
{
    struct ce_type *t = kept_at(&u->step, k->parent - 1)->type;
    struct ce_range all = {k->id.client, k->id.clock, k->len};
    if (t)
        put_piece(u, k, t, k->key ? NULL : ce_list_tail(t), all);
}

static void bring_again(struct undoer *u)
{
    for (uint32_t i = 0; i < u->step.kept.n; i++)
        kept_at(&u->step, i)->type = NULL;
    /* Of a key's values the last one. */
    for (uint32_t i = u->step.kept.n; i-- > 0 && u->error == 0;) {
        struct ce_kept *k = kept_at(&u->step, i);
        if (k->parent == 0 && k->key)
            again_at_key(u, k);
    }
    for (uint32_t i = 0; i < u->step.kept.n && u->error == 0; i++) {
        struct ce_kept *k = kept_at(&u->step, i);
        if (k->parent == 0 && !k->key)
            again_in_list(u, k);
        else if (k->parent > 0)
            again_inside(u, k);
    }
}

/* --- room --------------------------------------------------------------- */

/* Structs that hold a range. */
static uint32_t structs_in(struct coedit *d, struct ce_range r)
{
    uint32_t n = 0;
    struct ce_client *c = &d->client[r.client];
    struct ce_spot s = ce_find(c, r.clock);
    do {
        if (ce_at(c, s)->clock >= r.clock + r.len)
            break;
        n++;
    } while (ce_next(c, &s));
    return n;
}

/* Whether a piece fits beside what is there now. */
static bool child_fits(struct coedit *d, const struct ce_kept *k)
{
    const struct ce_item *it =
        ce_item_of(head_at(d, k->id.client, k->id.clock));
    if (k->parent > 0 || k->ref == CE_STRING || !it)
        return true;
    const struct ce_type *t = it->parent;
    uint32_t have = k->key ? t->live_keys : t->length;
    return have + k->len <= d->limits.children_max;
}

static bool within_limits(const struct coedit *d, size_t units, size_t clocks,
                          size_t structs)
{
    const struct coedit_limits *m = &d->limits;
    size_t state = d->client[d->self].state;
    return d->units + units <= m->text_max &&
           d->structs + structs <= m->structs_max &&
           state + clocks <= LK_MIN(m->clock_max, m->growth_max);
}

/* Whether all of it will go in; then it does. */
static int make_room(struct undoer *u, const struct ce_step *s)
{
    struct coedit *d = u->d;
    size_t units = 0;
    size_t clocks = 0;
    uint32_t longest = 1;
    size_t pieces = s->kept.n;
    for (uint32_t i = 0; i < s->added.n; i++)
        pieces += structs_in(d, *ce_range_at(&s->added, i));
    for (uint32_t i = 0; i < s->kept.n; i++) {
        const struct ce_kept *k = kept_at(s, i);
        struct ce_range r = {k->id.client, k->id.clock, k->len};
        pieces += k->parent ? 1 : structs_in(d, r);
        clocks += k->len;
        units += k->ref == CE_STRING ? k->len : 0;
        longest = LK_MAX(longest, k->bytes);
        if (!child_fits(d, k))
            return -ENOSPC;
    }
    if (!within_limits(d, units, clocks, 3 * pieces))
        return -ENOSPC;
    /* Two splits and an item each, a block for each of them, contents, keys,
     * notes. */
    size_t need = 3 * pieces *
                      (sizeof(struct ce_item) + sizeof(struct ce_type) +
                       sizeof(struct ce_block) + 256) +
                  4 * (size_t)s->bytes.n + 4096;
    for (uint32_t i = 0; i < d->undo.step.n; i++)
        need += 4 * pieces * sizeof(struct ce_range);
    if (ce_arena_reserve(d->arena, need) < 0)
        return -ENOSPC;
    return ce_out_room(&u->utf8, 2 * (size_t)longest) ? 0 : -ENOSPC;
}

int coedit_undoable(struct coedit *d, bool join)
{
    if (d->nested == 0)
        return -EPERM;
    d->undo.mark = true;
    d->undo.join = join;
    return 0;
}

bool coedit_can_undo(const struct coedit *d)
{
    return d->undo.step.n > 0;
}

void coedit_undo_forget(struct coedit *d)
{
    ce_undo_clear(d);
}

int coedit_undo(struct coedit *d, const uint8_t **ret, size_t *ret_len)
{
    struct ce_vec *v = &d->undo.step;
    struct undoer u = {.d = d};
    if (ret) {
        *ret = NULL;
        *ret_len = 0;
    }
    if (d->nested > 0)
        return -EBUSY;
    if (v->n == 0)
        return -ENOENT;
    int r = make_room(&u, (struct ce_step *)v->at + (v->n - 1));
    if (r == 0) {
        u.step = ((struct ce_step *)v->at)[--v->n];
        coedit_begin(d);
        take_added(&u);
        bring_again(&u);
        ce_step_free(d, &u.step);
        if (u.error < 0)
            ce_undo_clear(d); /* what is older may count on what is not there */
        if (v->n == 0)
            d->undo.taken.n = 0;
        r = coedit_commit(d, ret, ret_len);
    }
    ce_out_free(&u.utf8);
    return u.error < 0 ? u.error : r;
}

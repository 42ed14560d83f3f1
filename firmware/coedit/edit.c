/* Local edits. Where several places would do, it is the one that yjs takes, so
 * that both write the same bytes. */
#include "coedit/impl.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

/* --- common ------------------------------------------------------------- */

/* The type, if edits may be made now. Roots become what they are used as. */
static int open_type(struct coedit *d, struct coedit_ref ref,
                     enum coedit_kind kind, struct ce_type **ret)
{
    struct ce_type *t = ce_type_at(d, ref);
    if (d->nested == 0)
        return -EPERM;
    if (!t)
        return -ENOENT;
    if (t->item && t->kind != kind)
        return -ENOTSUP;
    *ret = t;
    return 0;
}

/* Fails early where the document is near its ceilings, so that an edit is made
 * whole or not at all. */
static int room_for(struct coedit *d, size_t bytes)
{
    const struct coedit_limits *m = &d->limits;
    const struct ce_client *c = &d->client[d->self];
    if (d->structs + 4 > m->structs_max || bytes > m->string_max ||
        c->state + bytes + 1 > LK_MIN(m->clock_max, m->growth_max))
        return -ENOSPC;
    /* Three splits, a block for each, an item and its content. */
    size_t need = 4 * (sizeof(struct ce_item) + 2 * sizeof(struct ce_block)) +
                  4 * bytes + 1024 +
                  2 * (size_t)c->blocks_cap * sizeof(struct ce_block *);
    return ce_arena_reserve(d->arena, need) < 0 ? -ENOSPC : 0;
}

static struct ce_id last_id(const struct ce_item *it)
{
    if (!it)
        return (struct ce_id){CE_NONE, 0};
    return (struct ce_id){it->h.client, ce_end(&it->h) - 1};
}

static struct ce_id first_id(const struct ce_item *it)
{
    if (!it)
        return (struct ce_id){CE_NONE, 0};
    return (struct ce_id){it->h.client, it->h.clock};
}

int ce_put(struct coedit *d, struct ce_type *t, struct ce_item *left,
           struct ce_item *right, struct ce_key *key,
           const struct ce_rec *content)
{
    if (ce_extend(d, left, right, d->self, content))
        return 0;
    struct ce_item *it = ce_item_new(d);
    if (!it)
        return -ENOSPC;
    it->h.client = d->self;
    it->h.clock = d->client[d->self].state;
    it->left = left;
    it->right = right;
    it->origin = last_id(left);
    it->right_origin = first_id(right);
    it->parent = t;
    it->key = key;
    int r = ce_content_set(d, it, content);
    if (r == 0)
        r = ce_integrate(d, it);
    if (r < 0) {
        if (it->h.ref != CE_DELETED && it->u.buf)
            ce_content_drop(d, it);
        ce_give(d->arena, it, sizeof(*it));
    }
    return r;
}

/* Splits before unit `in` of an item, unless that is its start. */
static struct ce_item *cut(struct coedit *d, struct ce_item *it, uint32_t in)
{
    if (in == 0)
        return it;
    return ce_item_of(
        ce_clean_start(d, (struct ce_id){it->h.client, it->h.clock + in}));
}

/* Whether unit `in` of a text's item is the second half of a pair. */
static bool in_pair(const struct ce_item *it, uint32_t in)
{
    const uint16_t *u = (const void *)(it->u.buf->data + it->off);
    return it->h.ref == CE_STRING && in > 0 && (u[in] & 0xFC00) == 0xDC00 &&
           (u[in - 1] & 0xFC00) == 0xD800;
}

static int check_cut(struct ce_type *t, uint32_t at)
{
    uint32_t in = 0;
    if (at == 0 || at == t->length)
        return 0;
    const struct ce_item *it = ce_list_find(t, at, &in);
    return in_pair(it, in) ? -EINVAL : 0;
}

/* Likewise at both ends of a piece; most lie within one item. */
static int check_cuts(struct ce_type *t, uint32_t at, uint32_t units)
{
    uint32_t in = 0;
    if (at == t->length)
        return 0;
    const struct ce_item *it = ce_list_find(t, at, &in);
    if (in_pair(it, in))
        return -EINVAL;
    uint32_t left = it->h.len - in;
    if (units < left)
        return in_pair(it, in + units) ? -EINVAL : 0;
    return units == left ? 0 : check_cut(t, at + units);
}

/* Deletes `n` live units from `at` on. */
static int delete_units(struct coedit *d, struct ce_type *t, uint32_t at,
                        uint32_t n)
{
    while (n > 0) {
        uint32_t in = 0;
        struct ce_item *it = ce_list_find(t, at, &in);
        it = cut(d, it, in);
        if (!it)
            return -ENOSPC;
        if (n < it->h.len && !cut(d, it, n))
            return -ENOSPC;
        n -= it->h.len;
        ce_delete(d, it);
    }
    return 0;
}

/* --- texts -------------------------------------------------------------- */

/* The neighbours of a place in a text: behind all that was deleted there. */
static int text_place(struct coedit *d, struct ce_type *t, uint32_t at,
                      struct ce_item **ret_left, struct ce_item **ret_right)
{
    uint32_t in = 0;
    if (at == t->length) {
        *ret_left = ce_list_tail(t);
        *ret_right = NULL;
        return 0;
    }
    struct ce_item *it = ce_list_find(t, at, &in);
    it = cut(d, it, in);
    if (!it)
        return -ENOSPC;
    *ret_left = it->left;
    *ret_right = it;
    return 0;
}

int coedit_text_insert(struct coedit *d, struct coedit_ref ref, uint32_t at,
                       const char *s, size_t len)
{
    struct ce_type *t = NULL;
    struct ce_item *left = NULL;
    struct ce_item *right = NULL;
    int r = open_type(d, ref, COEDIT_TEXT, &t);
    if (r < 0)
        return r;
    if (at > t->length)
        return -ERANGE;
    if (!lk_utf8_valid(s, len))
        return -EBADMSG;
    if (len == 0)
        return 0;
    struct ce_rec content = {.ref = CE_STRING,
                             .len = (uint32_t)ce_units((const void *)s, len),
                             .body = (const void *)s,
                             .body_len = (uint32_t)len};
    if (d->units + content.len > d->limits.text_max)
        return -ENOSPC;
    r = check_cut(t, at);
    if (r == 0)
        r = room_for(d, len);
    if (r == 0)
        r = text_place(d, t, at, &left, &right);
    return r < 0 ? r : ce_put(d, t, left, right, NULL, &content);
}

int coedit_text_delete(struct coedit *d, struct coedit_ref ref, uint32_t at,
                       uint32_t units)
{
    struct ce_type *t = NULL;
    int r = open_type(d, ref, COEDIT_TEXT, &t);
    if (r < 0)
        return r;
    if (at > t->length || units > t->length - at)
        return -ERANGE;
    r = check_cuts(t, at, units);
    if (r == 0)
        r = room_for(d, 0);
    return r < 0 ? r : delete_units(d, t, at, units);
}

/* --- arrays ------------------------------------------------------------- */

static int array_put(struct coedit *d, struct ce_type *t, uint32_t at,
                     const struct ce_rec *content)
{
    struct ce_item *left = NULL;
    uint32_t in = 0;
    if (at > t->length)
        return -ERANGE;
    if (t->length + content->len > d->limits.children_max)
        return -ENOSPC;
    int r = room_for(d, content->body_len + content->len);
    if (r < 0)
        return r;
    if (at > 0) {
        /* Right behind the live one on the left, before what was deleted. */
        left = ce_list_find(t, at - 1, &in);
        if (in + 1 < left->h.len && !cut(d, left, in + 1))
            return -ENOSPC;
    }
    return ce_put(d, t, left, left ? left->right : t->start, NULL, content);
}

static int check_any(const struct coedit *d, uint32_t n, const void *any,
                     size_t len)
{
    const uint8_t *p = any;
    struct ce_in in = {p, p + len, false};
    for (uint32_t i = 0; i < n && !in.bad; i++)
        ce_skip_any(&in, d->limits.any_depth_max, d->limits.string_max);
    return in.bad || in.at != in.end || n == 0 ? -EBADMSG : 0;
}

int coedit_array_insert(struct coedit *d, struct coedit_ref ref, uint32_t at,
                        uint32_t n, const void *any, size_t len)
{
    struct ce_type *t = NULL;
    int r = open_type(d, ref, COEDIT_ARRAY, &t);
    if (r == 0)
        r = check_any(d, n, any, len);
    if (r < 0)
        return r;
    struct ce_rec content = {
        .ref = CE_ANY, .len = n, .body = any, .body_len = (uint32_t)len};
    return array_put(d, t, at, &content);
}

int coedit_array_insert_type(struct coedit *d, struct coedit_ref ref,
                             uint32_t at, enum coedit_kind kind,
                             struct coedit_ref *ret)
{
    struct ce_type *t = NULL;
    struct ce_rec content = {.ref = CE_TYPE, .len = 1, .kind = (uint8_t)kind};
    int r = open_type(d, ref, COEDIT_ARRAY, &t);
    if (r == 0 && t->depth >= d->limits.type_depth_max)
        r = -ENOSPC;
    if (r < 0)
        return r;
    struct coedit_ref made = {d->self, d->client[d->self].state};
    r = array_put(d, t, at, &content);
    if (r == 0)
        *ret = made;
    return r;
}

int coedit_array_delete(struct coedit *d, struct coedit_ref ref, uint32_t at,
                        uint32_t n)
{
    struct ce_type *t = NULL;
    int r = open_type(d, ref, COEDIT_ARRAY, &t);
    if (r < 0)
        return r;
    if (at > t->length || n > t->length - at)
        return -ERANGE;
    r = room_for(d, 0);
    return r < 0 ? r : delete_units(d, t, at, n);
}

/* --- maps --------------------------------------------------------------- */

static int map_put(struct coedit *d, struct ce_type *t, const char *name,
                   const struct ce_rec *content)
{
    size_t len = strlen(name);
    if (len > d->limits.key_max || !lk_utf8_valid(name, len))
        return -EINVAL;
    int r = room_for(d, content->body_len + len + 1);
    if (r < 0)
        return r;
    struct ce_key *key = ce_key_of(d, name, len);
    const struct ce_entry *e = key ? ce_map_find(t, key) : NULL;
    bool there = e && e->last && !e->last->h.deleted;
    if (!key || (!there && t->live_keys >= d->limits.children_max))
        return -ENOSPC;
    return ce_put(d, t, e ? e->last : NULL, NULL, key, content);
}

int coedit_map_set(struct coedit *d, struct coedit_ref ref, const char *key,
                   const void *any, size_t len)
{
    struct ce_type *t = NULL;
    struct ce_rec content = {
        .ref = CE_ANY, .len = 1, .body = any, .body_len = (uint32_t)len};
    int r = open_type(d, ref, COEDIT_MAP, &t);
    if (r == 0)
        r = check_any(d, 1, any, len);
    return r < 0 ? r : map_put(d, t, key, &content);
}

int coedit_map_set_type(struct coedit *d, struct coedit_ref ref,
                        const char *key, enum coedit_kind kind,
                        struct coedit_ref *ret)
{
    struct ce_type *t = NULL;
    struct ce_rec content = {.ref = CE_TYPE, .len = 1, .kind = (uint8_t)kind};
    int r = open_type(d, ref, COEDIT_MAP, &t);
    if (r == 0 && t->depth >= d->limits.type_depth_max)
        r = -ENOSPC;
    if (r < 0)
        return r;
    struct coedit_ref made = {d->self, d->client[d->self].state};
    r = map_put(d, t, key, &content);
    if (r == 0)
        *ret = made;
    return r;
}

int coedit_map_delete(struct coedit *d, struct coedit_ref ref, const char *key)
{
    struct ce_type *t = NULL;
    int r = open_type(d, ref, COEDIT_MAP, &t);
    if (r < 0)
        return r;
    const struct ce_key *k = ce_key_find(d, key, strlen(key));
    struct ce_entry *e = k ? ce_map_find(t, k) : NULL;
    if (e && e->last)
        ce_delete(d, e->last);
    return 0;
}

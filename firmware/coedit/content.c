/* Contents: pieces of shared bytes that are split and joined without copying
 * where they can be. */
#include "coedit/impl.h"

#include <errno.h>
#include <string.h>

#define UNIT sizeof(uint16_t)
#define REPLACEMENT 0xFFFD
#define JSON_MAX UINT32_MAX

struct ce_buf *ce_buf_new(struct coedit *d, size_t bytes)
{
    size_t whole = ce_arena_round(sizeof(struct ce_buf) + bytes);
    struct ce_buf *b = ce_take(d->arena, whole);
    if (b) {
        b->refs = 1;
        b->cap = (uint32_t)(whole - sizeof(*b));
    }
    return b;
}

void ce_buf_drop(struct coedit *d, struct ce_buf *b)
{
    if (b && --b->refs == 0)
        ce_give(d->arena, b, sizeof(*b) + b->cap);
}

static int set_bytes(struct coedit *d, struct ce_item *it, const uint8_t *p,
                     uint32_t len)
{
    it->u.buf = ce_buf_new(d, len);
    if (!it->u.buf)
        return -ENOSPC;
    if (len > 0)
        memcpy(it->u.buf->data, p, len);
    it->u.buf->used = it->bytes = len;
    return 0;
}

static int set_string(struct coedit *d, struct ce_item *it,
                      const struct ce_rec *rec)
{
    size_t bytes = rec->len * UNIT;
    it->u.buf = ce_buf_new(d, bytes);
    if (!it->u.buf)
        return -ENOSPC;
    ce_to_utf16(rec->body, rec->body_len, (uint16_t *)(void *)it->u.buf->data);
    it->u.buf->used = it->bytes = (uint32_t)bytes;
    d->units += rec->len;
    return 0;
}

static int set_type(struct coedit *d, struct ce_item *it,
                    const struct ce_rec *rec)
{
    struct ce_type *t = ce_type_new(d);
    if (!t)
        return -ENOSPC;
    t->kind = rec->kind;
    t->item = it;
    it->u.type = t;
    if (rec->body_len == 0)
        return 0;
    t->tag = ce_buf_new(d, rec->body_len);
    if (!t->tag)
        return -ENOSPC;
    memcpy(t->tag->data, rec->body, rec->body_len);
    t->tag_len = rec->body_len;
    return 0;
}

int ce_content_set(struct coedit *d, struct ce_item *it,
                   const struct ce_rec *rec)
{
    it->h.ref = rec->ref;
    it->h.len = rec->len;
    switch (rec->ref) {
    case CE_DELETED:
        return 0;
    case CE_STRING:
        return set_string(d, it, rec);
    case CE_TYPE:
        return set_type(d, it, rec);
    default:
        return set_bytes(d, it, rec->body, rec->body_len);
    }
}

static uint16_t *units_of(const struct ce_item *it)
{
    return (uint16_t *)(void *)(it->u.buf->data + it->off);
}

/* Bytes of an item's first `n` values. What is stored was checked. */
static uint32_t values_len(const struct ce_item *it, uint32_t n)
{
    const uint8_t *from = it->u.buf->data + it->off;
    struct ce_in in = {from, from + it->bytes, false};
    uint32_t len;
    for (uint32_t i = 0; i < n; i++) {
        if (it->h.ref == CE_JSON)
            (void)ce_read_blob(&in, JSON_MAX, &len);
        else
            ce_skip_any(&in, CE_ANY_DEPTH, JSON_MAX);
    }
    return (uint32_t)(in.at - from);
}

void ce_content_split(struct coedit *d, struct ce_item *left,
                      struct ce_item *right, uint32_t at)
{
    (void)d;
    if (left->h.ref == CE_DELETED)
        return;
    uint32_t cut =
        left->h.ref == CE_STRING ? at * (uint32_t)UNIT : values_len(left, at);
    right->u.buf = left->u.buf;
    right->u.buf->refs++;
    right->off = left->off + cut;
    right->bytes = left->bytes - cut;
    left->bytes = cut;
    /* A pair that is cut becomes two replacement characters, as yjs does: both
     * ends must do the same. */
    if (left->h.ref == CE_STRING &&
        (units_of(left)[at - 1] & 0xFC00) == 0xD800) {
        units_of(left)[at - 1] = REPLACEMENT;
        units_of(right)[0] = REPLACEMENT;
    }
}

/* Room for `more` bytes behind the item's piece. */
static bool piece_room(struct coedit *d, struct ce_item *it, uint32_t more)
{
    struct ce_buf *b = it->u.buf;
    if (b->used == it->off + it->bytes && b->used + more <= b->cap)
        return true;
    struct ce_buf *n = ce_buf_new(d, (size_t)(it->bytes + more) * 3 / 2);
    if (!n)
        return false;
    memcpy(n->data, b->data + it->off, it->bytes);
    n->used = it->bytes;
    ce_buf_drop(d, b);
    it->u.buf = n;
    it->off = 0;
    return true;
}

bool ce_content_extend(struct coedit *d, struct ce_item *it,
                       const struct ce_rec *rec)
{
    uint32_t more = rec->len * (uint32_t)UNIT;
    if (!piece_room(d, it, more))
        return false;
    uint8_t *to = it->u.buf->data + it->off + it->bytes;
    ce_to_utf16(rec->body, rec->body_len, (uint16_t *)(void *)to);
    it->u.buf->used += more;
    it->bytes += more;
    d->units += rec->len;
    return true;
}

static bool merges(uint8_t ref)
{
    return ref == CE_DELETED || ref == CE_JSON || ref == CE_STRING ||
           ref == CE_ANY;
}

bool ce_content_merge(struct coedit *d, struct ce_item *left,
                      struct ce_item *right)
{
    if (left->h.ref != right->h.ref || !merges(left->h.ref))
        return false;
    if (left->h.ref == CE_DELETED)
        return true;
    bool joined =
        left->u.buf == right->u.buf && left->off + left->bytes == right->off;
    if (!joined) {
        if (!piece_room(d, left, right->bytes))
            return false;
        memcpy(left->u.buf->data + left->off + left->bytes,
               right->u.buf->data + right->off, right->bytes);
        left->u.buf->used += right->bytes;
    }
    left->bytes += right->bytes;
    ce_buf_drop(d, right->u.buf);
    right->u.buf = NULL;
    return true;
}

/* Wipes the item's own piece, which others of the same bytes do not see. */
static void wipe_piece(struct ce_item *it)
{
    if (it->u.buf && it->bytes > 0)
        explicit_bzero(it->u.buf->data + it->off, it->bytes);
}

void ce_content_drop(struct coedit *d, struct ce_item *it)
{
    if (it->h.ref == CE_TYPE) {
        ce_type_free(d, it->u.type);
    } else if (it->h.ref != CE_DELETED) {
        if (it->h.ref == CE_STRING)
            d->units -= it->h.len;
        wipe_piece(it);
        ce_buf_drop(d, it->u.buf);
    }
    it->u.buf = NULL;
    it->off = it->bytes = 0;
    it->h.ref = CE_DELETED;
}

static void write_values(struct ce_out *o, const struct ce_item *it,
                         uint32_t off)
{
    uint32_t skip = off > 0 ? values_len(it, off) : 0;
    ce_write_uint(o, it->h.len - off);
    ce_write_raw(o, it->u.buf->data + it->off + skip, it->bytes - skip);
}

void ce_content_write(struct ce_out *o, const struct ce_item *it, uint32_t off)
{
    switch (it->h.ref) {
    case CE_DELETED:
        ce_write_uint(o, it->h.len - off);
        break;
    case CE_STRING:
        ce_write_utf16(o, units_of(it) + off, it->h.len - off);
        break;
    case CE_JSON:
    case CE_ANY:
        write_values(o, it, off);
        break;
    case CE_TYPE:
        ce_write_uint(o, it->u.type->kind);
        if (it->u.type->tag)
            ce_write_raw(o, it->u.type->tag->data, it->u.type->tag_len);
        break;
    default:
        ce_write_raw(o, it->u.buf->data + it->off, it->bytes);
        break;
    }
}

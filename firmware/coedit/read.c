/* Reading: lengths, values, texts, JSON. */
#include "coedit/impl.h"
#include "coedit/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS 66 /* deepest nesting of types, the root and one more */

uint32_t coedit_length(const struct coedit *d, struct coedit_ref ref)
{
    const struct ce_type *t = ce_type_at(d, ref);
    if (!t)
        return 0;
    return t->start || t->length ? t->length : t->live_keys;
}

static void text_out(struct ce_out *o, const struct ce_type *t)
{
    for (const struct ce_item *it = t->start; it; it = it->right)
        if (it->h.ref == CE_STRING && !it->h.deleted)
            ce_write_utf8(o, (const void *)(it->u.buf->data + it->off),
                          it->h.len);
}

int coedit_text(const struct coedit *d, struct coedit_ref ref, char **ret,
                size_t *ret_len)
{
    const struct ce_type *t = ce_type_at(d, ref);
    struct ce_out o = {0};
    if (!t)
        return -ENOENT;
    if (t->item && t->kind != COEDIT_TEXT)
        return -ENOTSUP;
    text_out(&o, t);
    ce_write_byte(&o, '\0');
    if (o.full) {
        ce_out_free(&o);
        return -ENOMEM;
    }
    *ret = (char *)o.data;
    *ret_len = o.len - 1;
    return 0;
}

/* Value number `in` of an item. */
static int value_of(const struct ce_item *it, uint32_t in,
                    struct coedit_value *ret)
{
    *ret = (struct coedit_value){0};
    if (it->h.ref == CE_TYPE) {
        ret->is_type = true;
        ret->type = (struct coedit_ref){it->h.client, it->h.clock};
        ret->kind = it->u.type->kind;
        return 0;
    }
    if (it->h.ref != CE_ANY)
        return -ENOTSUP;
    const uint8_t *p = it->u.buf->data + it->off;
    struct ce_in at = {p, p + it->bytes, false};
    for (uint32_t i = 0; i < in; i++)
        ce_skip_any(&at, CE_ANY_DEPTH, UINT32_MAX);
    ret->any = at.at;
    ce_skip_any(&at, CE_ANY_DEPTH, UINT32_MAX);
    ret->len = (size_t)(at.at - ret->any);
    return 0;
}

int coedit_map_get(const struct coedit *d, struct coedit_ref ref,
                   const char *key, struct coedit_value *ret)
{
    const struct ce_type *t = ce_type_at(d, ref);
    const struct ce_key *k = ce_key_find(d, key, strlen(key));
    const struct ce_entry *e = t && k ? ce_map_find(t, k) : NULL;
    if (!e || !e->last || e->last->h.deleted)
        return -ENOENT;
    return value_of(e->last, e->last->h.len - 1, ret);
}

int coedit_array_get(const struct coedit *d, struct coedit_ref ref, uint32_t at,
                     struct coedit_value *ret)
{
    struct ce_type *t = ce_type_at(d, ref);
    uint32_t in = 0;
    const struct ce_item *it = t ? ce_list_find(t, at, &in) : NULL;
    return it ? value_of(it, in, ret) : -ENOENT;
}

/* --- JSON --------------------------------------------------------------- */

/* A type that is being written. */
struct open_type {
    const struct ce_type *t;
    enum coedit_kind kind;
    const struct ce_item *it;      /* arrays: the next one */
    const struct ce_entry **entry; /* maps: theirs, sorted */
    uint32_t next;
    bool any;
};

struct writer {
    struct ce_out o;
    struct open_type level[LEVELS];
    int at;
    int error;
};

static void separate(struct writer *w)
{
    if (w->level[w->at].any)
        ce_write_byte(&w->o, ',');
    w->level[w->at].any = true;
}

static void text_json(struct ce_out *o, const struct ce_type *t)
{
    struct ce_out text = {0};
    text_out(&text, t);
    ce_json_string(o, text.data, text.len);
    o->full |= text.full;
    ce_out_free(&text);
}

static bool is_list(enum coedit_kind kind)
{
    return kind == COEDIT_ARRAY || kind == COEDIT_XML_FRAGMENT ||
           kind == COEDIT_XML_ELEMENT;
}

static int entry_order(const void *a, const void *b)
{
    const struct ce_key *x = (*(const struct ce_entry *const *)a)->key;
    const struct ce_key *y = (*(const struct ce_entry *const *)b)->key;
    return ce_key_order(x->name, x->len, y->name, y->len);
}

static const struct ce_entry **sorted_entries(const struct ce_type *t)
{
    const struct ce_entry **list =
        malloc(LK_MAX(t->entries, 1u) * sizeof(struct ce_entry *));
    for (uint32_t i = 0; list && i < t->entries; i++)
        list[i] = &t->entry[i];
    if (list)
        qsort(list, t->entries, sizeof(struct ce_entry *), entry_order);
    return list;
}

static void enter(struct writer *w, const struct ce_type *t,
                  enum coedit_kind kind)
{
    if (kind == COEDIT_TEXT || kind == COEDIT_XML_TEXT) {
        text_json(&w->o, t);
        return;
    }
    if (w->at + 1 == LEVELS) {
        w->error = -E2BIG;
        return;
    }
    struct open_type *l = &w->level[w->at + 1];
    *l = (struct open_type){.t = t, .kind = kind, .it = t->start};
    if (!is_list(kind))
        l->entry = sorted_entries(t);
    if (!is_list(kind) && !l->entry) {
        w->error = -ENOMEM;
        return;
    }
    ce_write_byte(&w->o, is_list(kind) ? '[' : '{');
    w->at++;
}

/* One value of an item that is no type. */
static void value_json(struct ce_out *o, const struct ce_item *it,
                       struct ce_in *in)
{
    uint32_t len;
    const uint8_t *p;
    if (it->h.ref == CE_ANY) {
        ce_json_any(o, in);
        return;
    }
    p = ce_read_blob(in, UINT32_MAX, &len);
    if (it->h.ref == CE_BINARY) {
        ce_json_bytes(o, p, len);
        return;
    }
    if (it->h.ref == CE_DOC || len == 0 ||
        (len == 9 && memcmp(p, "undefined", 9) == 0))
        ce_write_raw(o, it->h.ref == CE_DOC ? "{}" : "null",
                     it->h.ref == CE_DOC ? 2 : 4);
    else
        ce_write_raw(o, p, len); /* JSON already */
}

static struct ce_in item_in(const struct ce_item *it)
{
    const uint8_t *p = it->u.buf->data + it->off;
    return (struct ce_in){p, p + it->bytes, false};
}

/* The next item of an array. */
static void array_step(struct writer *w)
{
    struct open_type *l = &w->level[w->at];
    const struct ce_item *it = l->it;
    l->it = it->right;
    if (!ce_counts(it))
        return;
    if (it->h.ref == CE_TYPE) {
        separate(w);
        enter(w, it->u.type, it->u.type->kind);
        return;
    }
    if (it->h.ref == CE_STRING) {
        /* A text's content in what is read as an array: unit by unit, as yjs
         * does, is of no use to anybody; it is left out. */
        return;
    }
    struct ce_in in = item_in(it);
    for (uint32_t i = 0; i < it->h.len; i++) {
        separate(w);
        value_json(&w->o, it, &in);
    }
}

static void map_step(struct writer *w)
{
    struct open_type *l = &w->level[w->at];
    const struct ce_entry *e = l->entry[l->next++];
    const struct ce_item *it = e->last;
    if (!it || !ce_counts(it))
        return;
    struct ce_in in = {0};
    if (it->h.ref != CE_TYPE && it->h.ref != CE_STRING) {
        in = item_in(it);
        for (uint32_t i = 0; i + 1 < it->h.len; i++)
            ce_skip_any(&in, CE_ANY_DEPTH, UINT32_MAX);
        if (it->h.ref == CE_ANY && ce_json_absent(&in))
            return;
    }
    separate(w);
    ce_json_string(&w->o, e->key->name, e->key->len);
    ce_write_byte(&w->o, ':');
    if (it->h.ref == CE_TYPE)
        enter(w, it->u.type, it->u.type->kind);
    else if (it->h.ref == CE_STRING)
        ce_write_raw(&w->o, "null", 4);
    else
        value_json(&w->o, it, &in);
}

static void step(struct writer *w)
{
    struct open_type *l = &w->level[w->at];
    bool list = is_list(l->kind);
    if (list ? !l->it : l->next == l->t->entries) {
        ce_write_byte(&w->o, list ? ']' : '}');
        free(l->entry);
        w->at--;
    } else if (list) {
        array_step(w);
    } else {
        map_step(w);
    }
}

int coedit_json(const struct coedit *d, struct coedit_ref ref,
                enum coedit_kind kind, char **ret, size_t *ret_len)
{
    struct writer w = {.at = -1};
    const struct ce_type *t = ce_type_at(d, ref);
    if (!t)
        return -ENOENT;
    enter(&w, t, t->item ? (enum coedit_kind)t->kind : kind);
    while (w.at >= 0 && w.error == 0 && !w.o.full)
        step(&w);
    for (; w.at >= 0; w.at--)
        free(w.level[w.at].entry);
    ce_write_byte(&w.o, '\0');
    if (w.error < 0 || w.o.full) {
        ce_out_free(&w.o);
        return w.error < 0 ? w.error : -ENOMEM;
    }
    *ret = (char *)w.o.data;
    *ret_len = w.o.len - 1;
    return 0;
}

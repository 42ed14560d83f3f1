#include "forms/def_impl.h"

#include "base/text.h"
#include "forms/chars.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_LEN 8192

struct def_chunk {
    struct def_chunk *next;
    size_t used;
    size_t len;
    max_align_t data[];
};

void def_enter(struct def_parse *p, const char *key)
{
    p->step[p->depth++] = (struct lk_json_step){.key = key};
}

void def_enter_at(struct def_parse *p, size_t index)
{
    p->step[p->depth++] = (struct lk_json_step){.index = index};
}

void def_leave(struct def_parse *p)
{
    p->depth--;
}

void def_refuse(struct def_parse *p, const char *why)
{
    if (p->errors == p->cap)
        return;
    struct forms_def_error *e = &p->error[p->errors++];
    e->line = lk_json_where(p->text, p->len, p->step, p->depth);
    lk_json_reason(p->step, p->depth, why, e->reason, sizeof(e->reason));
}

void def_refuse_at(struct def_parse *p, const char *key, const char *why)
{
    def_enter(p, key);
    def_refuse(p, why);
    def_leave(p);
}

void *def_take(struct def_parse *p, size_t n, size_t size)
{
    size_t align = sizeof(max_align_t);
    size_t len = (n * size + align - 1) / align * align;
    if (len == 0)
        return NULL;
    struct def_chunk *c = p->def->chunk;
    if (!c || c->len - c->used < len) {
        size_t room = LK_MAX(len, CHUNK_LEN);
        c = calloc(1, sizeof(*c) + room);
        if (!c) {
            p->no_memory = true;
            return NULL;
        }
        c->len = room;
        c->next = p->def->chunk;
        p->def->chunk = c;
    }
    void *at = (char *)c->data + c->used;
    c->used += len;
    return at;
}

void def_release(struct def *d)
{
    while (d->chunk) {
        struct def_chunk *c = d->chunk;
        d->chunk = c->next;
        free(c);
    }
    json_decref(d->root);
}

/* Only json_object_foreach() wants it not const. */
static json_t *loosen(const json_t *v)
{
    return (json_t *)(uintptr_t)v;
}

bool def_members(struct def_parse *p, const json_t *object,
                 const char *const *known, size_t n)
{
    const char *key = NULL;
    json_t *unused = NULL;
    if (!json_is_object(object)) {
        def_refuse(p, "is not an object");
        return false;
    }
    json_object_foreach(loosen(object), key, unused)
    {
        bool found = false;
        for (size_t i = 0; i < n && !found; i++)
            found = strcmp(known[i], key) == 0;
        if (!found)
            def_refuse_at(p, key, "is not a member that is known");
    }
    return true;
}

/* The member, or NULL; one that must be there is noted. */
static const json_t *get(struct def_parse *p, const json_t *object,
                         const char *key, bool must)
{
    const json_t *v = json_object_get(object, key);
    if (!v && must)
        def_refuse_at(p, key, "is missing");
    return v;
}

const char *def_string(struct def_parse *p, const json_t *object,
                       const char *key, bool must)
{
    const json_t *v = get(p, object, key, must);
    if (!v)
        return NULL;
    if (!json_is_string(v))
        def_refuse_at(p, key, "is not a string");
    else if (json_string_length(v) == 0)
        def_refuse_at(p, key, "is empty");
    else
        return json_string_value(v);
    return NULL;
}

/* What is wrong with an id, or NULL. */
static const char *id_wrong(const char *s)
{
    static const char chars[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    if (s[0] < 'a' || s[0] > 'z' || s[strspn(s, chars)])
        return "is not an id, [a-z][a-z0-9-]{0,23}";
    if (strlen(s) >= FORMS_ID_MAX)
        return "is longer than 24 characters";
    for (const char *at = strchr(s, '-'); at; at = strchr(at, '-')) {
        at++;
        size_t digits = strspn(at, "0123456789");
        if (digits > 0 && (at[digits] == '-' || at[digits] == 0))
            return "has a part of digits alone, as only rows have";
    }
    return NULL;
}

const char *def_id(struct def_parse *p, const json_t *object, const char *key)
{
    const char *s = def_string(p, object, key, true);
    const char *wrong = s ? id_wrong(s) : NULL;
    if (wrong)
        def_refuse_at(p, key, wrong);
    return wrong ? NULL : s;
}

bool def_bool(struct def_parse *p, const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    if (v && !json_is_boolean(v))
        def_refuse_at(p, key, "is not true or false");
    return json_is_true(v);
}

uint32_t def_uint(struct def_parse *p, const json_t *object, const char *key,
                  uint32_t least, uint32_t most)
{
    char why[64];
    const json_t *v = json_object_get(object, key);
    json_int_t n = json_integer_value(v);
    if (!json_is_integer(v) || n < least || n > most) {
        (void)snprintf(why, sizeof(why), "is not a whole number, %u to %u",
                       least, most);
        def_refuse_at(p, key, why);
        return least;
    }
    return (uint32_t)n;
}

const json_t *def_list(struct def_parse *p, const json_t *object,
                       const char *key, size_t least, size_t most)
{
    char why[64];
    const json_t *v = get(p, object, key, true);
    if (!v)
        return NULL;
    if (!json_is_array(v)) {
        def_refuse_at(p, key, "is not a list");
        return NULL;
    }
    size_t n = json_array_size(v);
    if (n >= least && n <= most)
        return v;
    (void)snprintf(why, sizeof(why), "has %zu elements, not %zu to %zu", n,
                   least, most);
    def_refuse_at(p, key, why);
    return NULL;
}

/* What is wrong with a text, or NULL. */
static const char *text_wrong(struct def_parse *p, const char *s, size_t max)
{
    size_t len = strlen(s);
    size_t rest = len;
    if (forms_chars_points(s, len) > max)
        return "is too long";
    if (forms_chars_trim(s, &rest) != s || rest != len)
        return "begins or ends with a space";
    if (!forms_chars_good(s, len, false))
        return "has a character that belongs into no text";
    int r = forms_chars_nfc(s, len);
    p->no_memory |= r < 0;
    return r == 0 ? "is not in Unicode's form NFC" : NULL;
}

void def_text(struct def_parse *p, const json_t *object, const char *key,
              size_t max, struct forms_text *ret)
{
    const json_t *v = json_object_get(object, key);
    const struct forms_def *d = &p->def->pub;
    if (!v) {
        def_refuse_at(p, key, "is missing");
        return;
    }
    def_enter(p, key);
    bool good = def_members(p, v, d->lang, d->langs);
    for (size_t i = 0; i < d->langs && good; i++) {
        const char *s = def_string(p, v, d->lang[i], true);
        const char *wrong = s ? text_wrong(p, s, max) : NULL;
        if (wrong)
            def_refuse_at(p, d->lang[i], wrong);
        ret->in[i] = s;
    }
    def_leave(p);
}

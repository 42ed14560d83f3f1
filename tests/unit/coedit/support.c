#include "support.h"

void wire_uint(struct wire *w, uint64_t v)
{
    assert_true(w->len + 10 < sizeof(w->at));
    for (; v >= 0x80; v >>= 7)
        w->at[w->len++] = (uint8_t)(v | 0x80);
    w->at[w->len++] = (uint8_t)v;
}

void wire_text(struct wire *w, const char *s)
{
    size_t len = strlen(s);
    wire_uint(w, len);
    assert_true(w->len + len < sizeof(w->at));
    memcpy(w->at + w->len, s, len);
    w->len += len;
}

void wire_run(struct wire *w, uint64_t client, uint64_t structs, uint64_t clock)
{
    wire_uint(w, structs);
    wire_uint(w, client);
    wire_uint(w, clock);
}

void wire_into(struct wire *w, const char *root, const char *key,
               const char *text)
{
    wire_uint(w, key ? 0x24 : 0x04);
    wire_uint(w, 1);
    wire_text(w, root);
    if (key)
        wire_text(w, key);
    wire_text(w, text);
}

void wire_after(struct wire *w, uint64_t client, uint64_t clock,
                const char *text)
{
    w->at[w->len++] = 0x84;
    wire_uint(w, client);
    wire_uint(w, clock);
    wire_text(w, text);
}

const char *letters(uint32_t n)
{
    static char filler[40000];
    assert_true(n < sizeof(filler));
    memset(filler, 'x', n);
    filler[n] = '\0';
    return filler;
}

struct coedit *with(size_t field, uint32_t v)
{
    struct coedit_limits m = coedit_limits_form;
    struct coedit *d;
    m.own_share = 0;
    switch (field) {
    case MOST(memory_max):
    case MOST(update_max):
    case MOST(live_max):
        memcpy((char *)&m + field, &(size_t){v}, sizeof(size_t));
        break;
    case MOST(client_max):
        m.client_max = v;
        break;
    default:
        memcpy((char *)&m + field, &v, sizeof(v));
        break;
    }
    assert_int_equal(coedit_new(1, &m, &d), 0);
    insert(d, root_of(d, "notes"), 0, "Hei");
    return d;
}

struct coedit_ref root_of(struct coedit *d, const char *name)
{
    struct coedit_ref ref;
    assert_int_equal(coedit_root(d, name, &ref), 0);
    return ref;
}

void text_is(struct coedit *d, struct coedit_ref ref, const char *want)
{
    char *text;
    size_t len;
    assert_int_equal(coedit_text(d, ref, &text, &len), 0);
    assert_string_equal(text, want);
    free(text);
}

uint8_t *whole(const struct coedit *d, size_t *ret_len)
{
    uint8_t *p;
    assert_int_equal(coedit_encode(d, NULL, 0, &p, ret_len), 0);
    return p;
}

int bring(struct coedit *to, const struct coedit *from,
          const struct coedit_policy *policy)
{
    uint8_t *sv;
    uint8_t *p;
    size_t sv_len;
    size_t len;
    assert_int_equal(coedit_state_vector(to, &sv, &sv_len), 0);
    assert_int_equal(coedit_encode(from, sv, sv_len, &p, &len), 0);
    int r = coedit_apply_checked(to, p, len, policy);
    free(p);
    free(sv);
    return r;
}

struct coedit *copy_of(const struct coedit *d, uint64_t client)
{
    struct coedit *copy;
    assert_int_equal(coedit_new(client, &coedit_limits_form, &copy), 0);
    assert_int_equal(bring(copy, d, NULL), 0);
    return copy;
}

void insert(struct coedit *d, struct coedit_ref ref, uint32_t at, const char *s)
{
    coedit_begin(d);
    assert_int_equal(coedit_text_insert(d, ref, at, s, strlen(s)), 0);
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
}

void delete (struct coedit *d, struct coedit_ref ref, uint32_t at, uint32_t n)
{
    coedit_begin(d);
    assert_int_equal(coedit_text_delete(d, ref, at, n), 0);
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
}

void set_number(struct coedit *d, struct coedit_ref ref, const char *key,
                double v)
{
    uint8_t any[COEDIT_ANY_SMALL];
    int n = coedit_any_number(v, any, sizeof(any));
    assert_true(n > 0);
    coedit_begin(d);
    assert_int_equal(coedit_map_set(d, ref, key, any, (size_t)n), 0);
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
}

/* Every ceiling, one by one: what just fits is taken, one more is refused by
 * name and changes nothing, and what is honest goes in all the same. */
#include "support.h"

struct ceiling {
    const char *what;
    size_t field; /* of the limits */
    uint32_t set; /* what it is set to */
    uint32_t fits;
    int error; /* of one more */
    void (*make)(struct wire *w, uint32_t n);
};

/* --- updates that are as large as they are told ------------------------- */

static void no_deletions(struct wire *w)
{
    wire_uint(w, 0);
}

/* An update of n bytes: 14 around the text of two bytes' length. */
static void make_bytes(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, 1, 0);
    wire_into(w, "notes", NULL, letters(n - 15));
    no_deletions(w);
    assert_int_equal(w->len, n);
}

static void make_client(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, n, 1, 0);
    wire_into(w, "notes", NULL, "x");
    no_deletions(w);
}

static void make_clients(struct wire *w, uint32_t n)
{
    wire_uint(w, n);
    for (uint32_t i = n; i > 0; i--) {
        wire_run(w, 10 + i, 1, 0);
        wire_into(w, "notes", NULL, "x");
    }
    no_deletions(w);
}

static void make_hole(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, 1, 0);
    wire_uint(w, 0);
    wire_uint(w, n);
    no_deletions(w);
}

/* Clocks left out, and a deletion: both end at n. */
static void make_clock(struct wire *w, uint32_t n)
{
    wire_uint(w, 0);
    wire_uint(w, 1);
    wire_uint(w, 1);
    wire_uint(w, 1);
    wire_uint(w, n - 5);
    wire_uint(w, 5);
}

static void make_structs(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, n, 0);
    for (uint32_t i = 0; i < n; i++)
        wire_into(w, "notes", NULL, "x");
    no_deletions(w);
}

static void make_string(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, 1, 0);
    wire_into(w, "notes", NULL, letters(n));
    no_deletions(w);
}

static void wire_value(struct wire *w, const char *key)
{
    wire_uint(w, key ? 0x28 : 0x08);
    wire_uint(w, 1);
    wire_text(w, "f");
    if (key)
        wire_text(w, key);
    wire_uint(w, 1);
}

static void make_value(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, 1, 0);
    wire_value(w, "k");
    w->at[w->len++] = 119;
    wire_text(w, letters(n));
    no_deletions(w);
}

static void make_texts(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, 2, 0);
    wire_into(w, "notes", NULL, letters(n - 3));
    wire_into(w, "other", NULL, letters(3));
    no_deletions(w);
}

static void make_deep_value(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, 1, 0);
    wire_value(w, "k");
    for (uint32_t i = 0; i < n; i++) {
        w->at[w->len++] = 117;
        w->at[w->len++] = 1;
    }
    w->at[w->len++] = 126;
    no_deletions(w);
}

/* Arrays in arrays; the root is the first. */
static void make_deep_types(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, n - 1, 0);
    for (uint32_t i = 1; i < n; i++) {
        wire_uint(w, 7);
        wire_uint(w, i == 1);
        if (i == 1) {
            wire_text(w, "rows");
        } else {
            wire_uint(w, 2);
            wire_uint(w, i - 2);
        }
        wire_uint(w, COEDIT_ARRAY);
    }
    no_deletions(w);
}

static void make_list(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, 1, 0);
    wire_uint(w, 8);
    wire_uint(w, 1);
    wire_text(w, "rows");
    wire_uint(w, n);
    memset(w->at + w->len, 126, n);
    w->len += n;
    no_deletions(w);
}

static void make_keys(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, n, 0);
    for (uint32_t i = 0; i < n; i++) {
        char key[16];
        (void)snprintf(key, sizeof(key), "k%u", i);
        wire_value(w, key);
        w->at[w->len++] = 126;
    }
    no_deletions(w);
}

static void make_key(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, 1, 0);
    wire_value(w, letters(n));
    w->at[w->len++] = 126;
    no_deletions(w);
}

static void make_root(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, 1, 0);
    wire_into(w, letters(n), NULL, "x");
    no_deletions(w);
}

static void make_roots(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, n, 0);
    for (uint32_t i = 0; i < n; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "root%u", i);
        wire_into(w, name, NULL, "x");
    }
    no_deletions(w);
}

static void make_ranges(struct wire *w, uint32_t n)
{
    wire_uint(w, 0);
    wire_uint(w, 1);
    wire_uint(w, 1);
    wire_uint(w, n);
    for (uint32_t i = 0; i < n; i++) {
        wire_uint(w, 2 * i);
        wire_uint(w, 1);
    }
}

static const struct ceiling ceilings[] = {
    {"bytes of an update", MOST(update_max), 300, 300, -E2BIG, make_bytes},
    {"a client id", MOST(client_max), 99, 99, -E2BIG, make_client},
    /* one's own, "stranger" of the document's making, and these */
    {"clients", MOST(clients_max), 9, 8, -E2BIG, make_clients},
    {"the end of a deletion", MOST(clock_max), 400, 400, -ERANGE, make_clock},
    {"a hole's clocks", MOST(clock_max), 400, 400, -ERANGE, make_hole},
    {"growth", MOST(growth_max), 400, 400, -ERANGE, make_hole},
    {"structs of an update", MOST(update_structs_max), 20, 20, -E2BIG,
     make_structs},
    {"structs", MOST(structs_max), 20, 19, -ENOSPC, make_structs},
    {"a string", MOST(string_max), 200, 200, -E2BIG, make_string},
    {"a value's string", MOST(string_max), 200, 200, -E2BIG, make_value},
    {"units of all texts", MOST(text_max), 53, 50, -E2BIG, make_texts},
    {"depth of a value", MOST(any_depth_max), 5, 5, -E2BIG, make_deep_value},
    {"depth of types", MOST(type_depth_max), 5, 5, -E2BIG, make_deep_types},
    {"values of a list", MOST(children_max), 30, 30, -E2BIG, make_list},
    {"keys of a map", MOST(children_max), 30, 30, -E2BIG, make_keys},
    {"a key", MOST(key_max), 40, 40, -E2BIG, make_key},
    {"a root's name", MOST(key_max), 40, 40, -E2BIG, make_root},
    {"roots", MOST(roots_max), 5, 4, -ENOSPC, make_roots},
    {"ranges of an update", MOST(ranges_max), 20, 20, -E2BIG, make_ranges},
};

/* --- at them ------------------------------------------------------------ */

static void check_ceiling(const struct ceiling *c)
{
    static struct wire w;
    size_t before_len;
    size_t len;
    struct coedit_figures f;
    struct coedit *d = with(c->field, c->set);
    w.len = 0;
    c->make(&w, c->fits);
    int r = coedit_apply(d, w.at, w.len);
    if (r != 0)
        fail_msg("%s: %u are refused: %d", c->what, c->fits, r);
    coedit_free(d);
    d = with(c->field, c->set);
    uint8_t *before = whole(d, &before_len);
    w.len = 0;
    c->make(&w, c->fits + 1);
    r = coedit_apply(d, w.at, w.len);
    if (r != c->error)
        fail_msg("%s: %u are answered with %d", c->what, c->fits + 1, r);
    uint8_t *now = whole(d, &len);
    assert_int_equal(len, before_len);
    assert_memory_equal(now, before, len);
    assert_false(coedit_pending(d));
    coedit_figures(d, &f); /* nor are names kept of what was refused */
    assert_int_equal(f.clients, 1);
    w.len = 0;
    wire_uint(&w, 1);
    wire_run(&w, 7, 1, 0);
    wire_after(&w, 1, 2, "!");
    no_deletions(&w);
    assert_int_equal(coedit_apply(d, w.at, w.len), 0);
    text_is(d, root_of(d, "notes"), "Hei!");
    free(before);
    free(now);
    coedit_free(d);
}

static void test_updates(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(ceilings); i++)
        check_ceiling(&ceilings[i]);
}

/* The ceilings that forms have are those that were decided. */
static void test_of_forms(void **state)
{
    const struct coedit_limits *m = &coedit_limits_form;
    (void)state;
    assert_int_equal(m->update_max, 1 << 20);
    assert_int_equal(m->clock_max, 0x7fffffff);
    assert_int_equal(m->growth_max, 1000000);
    assert_int_equal(m->update_structs_max, 10000);
    assert_int_equal(m->structs_max, 200000);
    assert_int_equal(m->string_max, 16384);
    assert_int_equal(m->text_max, 1 << 20);
    assert_int_equal(m->any_depth_max, 8);
    assert_int_equal(m->type_depth_max, 6);
    assert_int_equal(m->children_max, 1000);
    assert_int_equal(m->pending_bytes_max, 65536);
    assert_int_equal(m->pending_structs_max, 256);
    assert_int_equal(m->ranges_max, 4096);
    assert_int_equal(m->scan_max, 50000);
    assert_int_equal(m->key_max, 64);
}

/* Limits that cannot be are refused. */
static void test_limits_themselves(void **state)
{
    struct coedit_limits m;
    struct coedit *d = NULL;
    (void)state;
    const size_t wrong[] = {MOST(clock_max), MOST(growth_max),
                            MOST(any_depth_max), MOST(type_depth_max),
                            MOST(own_share)};
    for (size_t i = 0; i < LK_ARRAY_LEN(wrong); i++) {
        m = coedit_limits_form;
        memcpy((char *)&m + wrong[i], &(uint32_t){UINT32_MAX},
               sizeof(uint32_t));
        assert_int_equal(coedit_new(1, &m, &d), -EINVAL);
    }
    m = coedit_limits_form;
    assert_int_equal(coedit_new(m.client_max + 1, &m, &d), -EINVAL);
    m.clients_max = 0;
    assert_int_equal(coedit_new(1, &m, &d), -EINVAL);
    assert_null(d);
}

/* --- what waits --------------------------------------------------------- */

/* One struct each, with a gap before it, so that none can be joined. */
static int wait_for(struct coedit *d, uint32_t clock, const char *text)
{
    static struct wire w;
    w.len = 0;
    wire_uint(&w, 1);
    wire_run(&w, 2, 1, clock);
    wire_into(&w, "notes", NULL, text);
    no_deletions(&w);
    return coedit_apply(d, w.at, w.len);
}

static void test_waiting_structs(void **state)
{
    struct coedit_figures f;
    struct coedit *d = with(MOST(pending_structs_max), 10);
    (void)state;
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(wait_for(d, 5 + 2 * i, "x"), 0);
    assert_int_equal(wait_for(d, 5, "x"), 0); /* the same once more */
    assert_int_equal(wait_for(d, 90, "x"), -EOVERFLOW);
    coedit_figures(d, &f);
    assert_int_equal(f.pending_structs, 10);
    text_is(d, root_of(d, "notes"), "Hei");
    coedit_free(d);
}

static void test_waiting_bytes(void **state)
{
    struct coedit_figures f;
    struct coedit *d = with(MOST(pending_bytes_max), 100);
    (void)state;
    assert_int_equal(wait_for(d, 5, letters(60)), 0);
    assert_int_equal(wait_for(d, 100, letters(40)), 0);
    assert_int_equal(wait_for(d, 200, "x"), -EOVERFLOW);
    coedit_figures(d, &f);
    assert_int_equal(f.pending_bytes, 100);
    coedit_free(d);
}

static void test_waiting_ranges(void **state)
{
    static struct wire w;
    struct coedit_figures f;
    struct coedit *d = with(MOST(ranges_max), 20);
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        w.len = 0;
        wire_uint(&w, 0);
        wire_uint(&w, 1);
        wire_uint(&w, 2);
        wire_uint(&w, 10);
        for (uint32_t k = 0; k < 10; k++) {
            wire_uint(&w, (i * 10 + k) * 2);
            wire_uint(&w, 1);
        }
        assert_int_equal(coedit_apply(d, w.at, w.len), i < 2 ? 0 : -EOVERFLOW);
    }
    coedit_figures(d, &f);
    assert_int_equal(f.pending_ranges, 20);
    coedit_free(d);
}

/* --- search -------------------------------------------------- */

/* Many insertions at one place, each of which passes those of lower clients. */
static void test_search(void **state)
{
    static struct wire w;
    struct coedit *d = with(MOST(scan_max), 500);
    int r = 0;
    uint32_t n = 0;
    (void)state;
    for (; r == 0 && n < 100; n++) {
        w.len = 0;
        wire_uint(&w, 1);
        wire_run(&w, 20 + n, 20, 0);
        for (int i = 0; i < 20; i++)
            wire_after(&w, 1, 0, "x");
        no_deletions(&w);
        r = coedit_apply(d, w.at, w.len);
    }
    assert_int_equal(r, -EOVERFLOW);
    /* What is in is whole, and others' edits go on. */
    insert(d, root_of(d, "notes"), 0, "y");
    struct coedit *copy = copy_of(d, 3);
    assert_int_equal(coedit_length(copy, root_of(copy, "notes")),
                     coedit_length(d, root_of(d, "notes")));
    coedit_free(copy);
    coedit_free(d);
}

/* A long chain of values that each new one has to pass. */
static void test_search_of_chains(void **state)
{
    static struct wire w;
    struct coedit *d = with(MOST(scan_max), 300);
    int r = 0;
    (void)state;
    for (uint32_t n = 0; r == 0 && n < 100; n++) {
        w.len = 0;
        wire_uint(&w, 1);
        wire_run(&w, 20 + n, 10, 0);
        for (int i = 0; i < 10; i++) {
            wire_value(&w, "k");
            w.at[w.len++] = 126;
        }
        no_deletions(&w);
        r = coedit_apply(d, w.at, w.len);
    }
    assert_int_equal(r, -EOVERFLOW);
    coedit_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_updates),
        cmocka_unit_test(test_of_forms),
        cmocka_unit_test(test_limits_themselves),
        cmocka_unit_test(test_waiting_structs),
        cmocka_unit_test(test_waiting_bytes),
        cmocka_unit_test(test_waiting_ranges),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_search_of_chains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

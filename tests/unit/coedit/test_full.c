/* A document that is full: what others send is refused before that, and local
 * edits are made whole or not at all. */
#include "support.h"

static void one_text(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, 1, 0);
    wire_into(w, "notes", NULL, letters(n));
    wire_uint(w, 0);
}

static void many_texts(struct wire *w, uint32_t n)
{
    wire_uint(w, 1);
    wire_run(w, 2, n, 0);
    for (uint32_t i = 0; i < n; i++)
        wire_into(w, "notes", "k", "x");
    wire_uint(w, 0);
}

/* Others fill the document up to their share; local edits go on. */
static void test_own_share(void **state)
{
    struct coedit_limits m = coedit_limits_form;
    struct coedit *d;
    int r = 0;
    (void)state;
    m.memory_max = 400000;
    m.own_share = 25;
    assert_int_equal(coedit_new(1, &m, &d), 0);
    for (uint32_t n = 0; r == 0; n++) {
        static struct wire w;
        w.len = 0;
        wire_uint(&w, 1);
        wire_run(&w, 2, 1, n * 1000);
        wire_into(&w, "notes", NULL, letters(1000));
        wire_uint(&w, 0);
        r = coedit_apply(d, w.at, w.len);
    }
    assert_int_equal(r, -ENOSPC);
    for (int i = 0; i < 20; i++)
        insert(d, root_of(d, "notes"), 0, letters(200));
    assert_int_equal(coedit_free(d) == NULL, 1);
    m = coedit_limits_form;
    m.text_max = 100;
    m.structs_max = 80;
    assert_int_equal(coedit_new(1, &m, &d), 0);
    static struct wire w;
    w.len = 0;
    one_text(&w, 76);
    assert_int_equal(coedit_apply(d, w.at, w.len), -E2BIG);
    w.len = 0;
    many_texts(&w, 61);
    assert_int_equal(coedit_apply(d, w.at, w.len), -ENOSPC);
    w.len = 0;
    one_text(&w, 75);
    assert_int_equal(coedit_apply(d, w.at, w.len), 0);
    insert(d, root_of(d, "notes"), 0, letters(25));
    coedit_free(d);
}

/* Local edits up to the arena's very end: each is made, or is not at all. */
static void test_memory(void **state)
{
    struct coedit *d = with(MOST(memory_max), 100000);
    struct coedit_ref notes = root_of(d, "notes");
    struct coedit_figures f;
    uint32_t len = 3;
    int r = 0;
    (void)state;
    for (uint32_t i = 0; r == 0; i++) {
        coedit_begin(d);
        r = coedit_text_insert(d, notes, i * 7 % len, letters(40), 40);
        int end = coedit_commit(d, NULL, NULL);
        assert_true(end == 0 || end == -ENOSPC);
        len += r == 0 ? 40 : 0;
        assert_int_equal(coedit_length(d, notes), len);
    }
    assert_int_equal(r, -ENOSPC);
    coedit_figures(d, &f);
    assert_true(f.memory_held <= 100000);
    coedit_free(d);
}

/* --- local edits -------------------------------------------------------- */

static void test_local(void **state)
{
    struct coedit_ref ref;
    struct coedit *d = with(MOST(text_max), 10);
    (void)state;
    coedit_begin(d);
    ref = root_of(d, "notes");
    assert_int_equal(coedit_text_insert(d, ref, 0, letters(8), 8), -ENOSPC);
    assert_int_equal(coedit_text_insert(d, ref, 0, letters(7), 7), 0);
    coedit_free(d);
    d = with(MOST(growth_max), 10);
    coedit_begin(d);
    assert_int_equal(coedit_text_insert(d, ref, 0, letters(7), 7), -ENOSPC);
    coedit_free(d);
    d = with(MOST(string_max), 10);
    coedit_begin(d);
    assert_int_equal(coedit_text_insert(d, ref, 0, letters(11), 11), -ENOSPC);
    assert_int_equal(coedit_text_insert(d, ref, 0, letters(10), 10), 0);
    coedit_free(d);
    d = with(MOST(children_max), 2);
    coedit_begin(d);
    ref = root_of(d, "f");
    assert_int_equal(coedit_map_set(d, ref, "a", "\x7e", 1), 0);
    assert_int_equal(coedit_map_set(d, ref, "b", "\x7e", 1), 0);
    assert_int_equal(coedit_map_set(d, ref, "c", "\x7e", 1), -ENOSPC);
    assert_int_equal(coedit_map_set(d, ref, "b", "\x7e", 1), 0);
    ref = root_of(d, "rows");
    assert_int_equal(coedit_array_insert(d, ref, 0, 3, "\x7e\x7e\x7e", 3),
                     -ENOSPC);
    assert_int_equal(coedit_array_insert(d, ref, 0, 2, "\x7e\x7e", 2), 0);
    coedit_free(d);
    d = with(MOST(key_max), 10);
    coedit_begin(d);
    ref = root_of(d, "f");
    assert_int_equal(coedit_map_set(d, ref, letters(11), "\x7e", 1), -EINVAL);
    assert_int_equal(coedit_root(d, letters(11), &ref), -EINVAL);
    coedit_free(d);
    d = with(MOST(roots_max), 2);
    assert_int_equal(coedit_root(d, "a", &ref), 0);
    assert_int_equal(coedit_root(d, "b", &ref), -ENOSPC);
    coedit_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_share),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_local),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

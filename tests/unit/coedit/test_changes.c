/* What a transaction says that it changed; deletions that waited. */
#include "support.h"

static struct coedit *d; /* client 1 */
static struct coedit_ref rows, form, notes;

static int setup(void **state)
{
    (void)state;
    assert_int_equal(coedit_new(1, &coedit_limits_form, &d), 0);
    rows = root_of(d, "rows");
    form = root_of(d, "form");
    notes = root_of(d, "notes");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    d = coedit_free(d);
    return 0;
}

/* The i-th change is of this type and key; NULL for a list. */
static void changed(size_t i, struct coedit_ref type, const char *key)
{
    struct coedit_change c;
    assert_true(coedit_changed(d, i, &c));
    assert_int_equal(c.type.client, type.client);
    assert_int_equal(c.type.clock, type.clock);
    if (key)
        assert_string_equal(c.key, key);
    else
        assert_null(c.key);
}

static void no_more(size_t i)
{
    struct coedit_change c;
    assert_false(coedit_changed(d, i, &c));
    assert_false(coedit_changed(d, SIZE_MAX, &c));
}

static struct coedit_ref add_row(void)
{
    struct coedit_ref row;
    assert_int_equal(coedit_array_insert_type(d, rows, 0, COEDIT_MAP, &row), 0);
    return row;
}

static void write(struct coedit_ref map, const char *key)
{
    uint8_t any[COEDIT_ANY_SMALL];
    int n = coedit_any_bool(true, any, sizeof(any));
    assert_int_equal(coedit_map_set(d, map, key, any, (size_t)n), 0);
}

/* In order of the first change, each once. */
static void test_each_once(void **state)
{
    (void)state;
    coedit_begin(d);
    struct coedit_ref row = add_row();
    write(row, "a");
    write(row, "b");
    write(form, "a");
    write(row, "a");
    assert_int_equal(coedit_text_insert(d, notes, 0, "x", 1), 0);
    assert_int_equal(coedit_text_insert(d, notes, 0, "y", 1), 0);
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
    changed(0, rows, NULL);
    changed(1, row, "a");
    changed(2, row, "b");
    changed(3, form, "a");
    changed(4, notes, NULL);
    no_more(5);
}

/* What went away in the same transaction is left out, without holes. */
static void test_gone(void **state)
{
    (void)state;
    coedit_begin(d);
    struct coedit_ref stays = add_row();
    struct coedit_ref goes = add_row();
    struct coedit_ref inner;
    assert_int_equal(coedit_map_set_type(d, goes, "m", COEDIT_MAP, &inner), 0);
    write(inner, "a");
    write(stays, "a");
    assert_int_equal(coedit_array_delete(d, rows, 0, 1), 0);
    write(form, "a");
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
    changed(0, rows, NULL);
    changed(1, stays, "a");
    changed(2, form, "a");
    no_more(3);
    coedit_begin(d);
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
    no_more(0);
}

static void wait_for(uint64_t client, uint32_t clock)
{
    static struct wire w;
    w.len = 0;
    wire_uint(&w, 0);
    wire_uint(&w, 1);
    wire_uint(&w, client);
    wire_uint(&w, 1);
    wire_uint(&w, clock);
    wire_uint(&w, 1);
    assert_int_equal(coedit_apply(d, w.at, w.len), 0);
}

static uint32_t waiting(void)
{
    struct coedit_figures f;
    coedit_figures(d, &f);
    return f.pending_ranges;
}

/* Deletions that wait are made when what they are of has come, and not before;
 * those of others go on waiting. */
static void test_deletions_wait(void **state)
{
    (void)state;
    struct coedit *other;
    assert_int_equal(coedit_new(9, &coedit_limits_form, &other), 0);
    struct coedit_ref theirs = root_of(other, "notes");
    wait_for(9, 1);
    wait_for(7, 3);
    wait_for(9, 5);
    wait_for(1, 2); /* of what this document itself will write */
    assert_int_equal(waiting(), 4);
    insert(other, theirs, 0, "abc");
    assert_int_equal(bring(d, other, NULL), 0);
    text_is(d, notes, "ac");
    assert_int_equal(waiting(), 3);
    insert(other, theirs, 3, "defg");
    assert_int_equal(bring(d, other, NULL), 0);
    text_is(d, notes, "acdeg");
    assert_int_equal(waiting(), 2);
    insert(d, notes, 0, "123");
    text_is(d, notes, "123acdeg");
    insert(other, theirs, 7, "h");
    assert_int_equal(bring(d, other, NULL), 0);
    text_is(d, notes, "12acdegh");
    assert_int_equal(waiting(), 1);
    coedit_free(other);
}

/* One who says that there was nothing at a key yet comes before all others. */
static void test_first_at_a_key(void **state)
{
    static struct wire w;
    struct coedit_value v;
    (void)state;
    set_number(d, form, "k", 1);
    set_number(d, form, "k", 2);
    for (uint32_t i = 0; i < 3; i++) {
        w.len = 0;
        wire_uint(&w, 1);
        wire_run(&w, 0, 1, i);
        wire_uint(&w, 0x28); /* a value, a key, no origin */
        wire_uint(&w, 1);
        wire_text(&w, "form");
        wire_text(&w, "k");
        wire_uint(&w, 1);
        wire_uint(&w, 126); /* null */
        wire_uint(&w, 0);
        assert_int_equal(coedit_apply(d, w.at, w.len), 0);
        double n = 0;
        assert_int_equal(coedit_map_get(d, form, "k", &v), 0);
        assert_int_equal(coedit_any_read_number(v.any, v.len, &n), 0);
        assert_true(n == 2);
    }
    struct coedit *copy = copy_of(d, 5);
    size_t len;
    size_t copy_len;
    uint8_t *all = whole(d, &len);
    uint8_t *same = whole(copy, &copy_len);
    assert_int_equal(len, copy_len);
    assert_memory_equal(all, same, len);
    free(all);
    free(same);
    coedit_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_deletions_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(test_first_at_a_key, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

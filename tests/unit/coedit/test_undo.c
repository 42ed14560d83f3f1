/* Taking own edits back: what others wrote stays. */
#include "support.h"

static struct coedit *d; /* client 1, that undoes */
static struct coedit *e; /* client 2 */
static struct coedit_ref notes, form, rows;

static int setup(void **state)
{
    (void)state;
    assert_int_equal(coedit_new(1, &coedit_limits_form, &d), 0);
    notes = root_of(d, "notes");
    form = root_of(d, "f");
    rows = root_of(d, "rows");
    e = copy_of(d, 2);
    (void)root_of(e, "notes");
    (void)root_of(e, "f");
    (void)root_of(e, "rows");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    d = coedit_free(d);
    e = coedit_free(e);
    return 0;
}

static void meet(void)
{
    assert_int_equal(bring(e, d, NULL), 0);
    assert_int_equal(bring(d, e, NULL), 0);
}

/* Opens a transaction that can be taken back. */
static void begin(bool join)
{
    coedit_begin(d);
    assert_int_equal(coedit_undoable(d, join), 0);
}

static void end(void)
{
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
}

static void undo(void)
{
    const uint8_t *p;
    size_t len;
    assert_int_equal(coedit_undo(d, &p, &len), 0);
    assert_true(len > 0);
    assert_int_equal(coedit_apply(e, p, len), 0);
}

static void type(uint32_t at, uint32_t remove, const char *s, bool join)
{
    begin(join);
    assert_int_equal(coedit_text_delete(d, notes, at, remove), 0);
    assert_int_equal(coedit_text_insert(d, notes, at, s, strlen(s)), 0);
    end();
}

static void set(double v)
{
    uint8_t any[COEDIT_ANY_SMALL];
    int n = coedit_any_number(v, any, sizeof(any));
    begin(false);
    assert_int_equal(coedit_map_set(d, form, "k", any, (size_t)n), 0);
    end();
}

static double value(struct coedit *of)
{
    struct coedit_value v;
    double n;
    if (coedit_map_get(of, root_of(of, "f"), "k", &v) < 0)
        return -1;
    assert_int_equal(coedit_any_read_number(v.any, v.len, &n), 0);
    return n;
}

static void test_typed(void **state)
{
    (void)state;
    assert_int_equal(coedit_undo(d, NULL, NULL), -ENOENT);
    assert_int_equal(coedit_undoable(d, false), -EPERM);
    type(0, 0, "Hei ", false);
    type(4, 0, "A", false);
    type(5, 0, "i", true);
    insert(d, notes, 6, "!"); /* not marked: stays */
    meet();
    insert(e, notes, 5, "x"); /* into the middle of what goes */
    meet();
    undo();
    text_is(d, notes, "Hei x!");
    undo();
    text_is(d, notes, "x!");
    text_is(e, notes, "x!");
    assert_false(coedit_can_undo(d));
    assert_int_equal(coedit_undo(d, NULL, NULL), -ENOENT);
}

static void test_deleted(void **state)
{
    (void)state;
    insert(e, notes, 0,
           "abc\xf0\x9f\x98\x80"
           "def");
    meet();
    type(1, 5, "XY", false); /* aXYef */
    type(0, 2, "", false);   /* Yef */
    meet();
    insert(e, notes, 1, "z"); /* Yzef */
    meet();
    undo();
    text_is(d, notes, "aXYzef");
    undo();
    text_is(d, notes,
            "abc\xf0\x9f\x98\x80"
            "dzef");
    meet();
    text_is(e, notes,
            "abc\xf0\x9f\x98\x80"
            "dzef");
}

/* What was typed, deleted and came again belongs to the typing all the same. */
static void test_again_and_again(void **state)
{
    (void)state;
    type(0, 0, "one", false);
    type(3, 0, " two", false);
    type(1, 5, "", false); /* oo */
    undo();
    text_is(d, notes, "one two");
    undo();
    text_is(d, notes, "one");
    undo();
    text_is(d, notes, "");
    meet();
    text_is(e, notes, "");
}

/* Within one step nothing comes again that the step itself had added. */
static void test_joined(void **state)
{
    (void)state;
    insert(d, notes, 0, "base");
    type(2, 0, "123", false);
    type(1, 3, "", true); /* b3se: "a", "1", "2" gone */
    text_is(d, notes, "b3se");
    undo();
    text_is(d, notes, "base");
}

static void test_keys(void **state)
{
    (void)state;
    set(1);
    set(2);
    begin(false);
    assert_int_equal(coedit_map_delete(d, form, "k"), 0);
    end();
    set(3);
    meet();
    undo();
    assert_true(value(d) == -1);
    undo();
    assert_true(value(d) == 2);
    undo();
    assert_true(value(d) == 1);
    undo();
    assert_true(value(d) == -1);
    meet();
    assert_true(value(e) == -1);
}

/* A value that another set since stays; so does its absence. */
static void test_keys_of_others(void **state)
{
    (void)state;
    set(1);
    set(2);
    meet();
    set_number(e, form, "k", 9);
    meet();
    assert_int_equal(coedit_undo(d, NULL, NULL), 0);
    assert_true(value(d) == 9);
    set(4);
    meet();
    undo();
    assert_true(value(d) == 9);
    set(5);
    meet();
    coedit_begin(e);
    assert_int_equal(coedit_map_delete(e, form, "k"), 0);
    assert_int_equal(coedit_commit(e, NULL, NULL), 0);
    meet();
    assert_int_equal(coedit_undo(d, NULL, NULL), 0);
    assert_true(value(d) == -1);
}

/* What another set at the same time and lost with does not stop it. */
static void test_keys_at_once(void **state)
{
    struct coedit *low = NULL;
    (void)state;
    set(1);
    low = copy_of(d, 0);
    (void)root_of(low, "f");
    set_number(low, root_of(low, "f"), "k", 7);
    set(2);
    assert_int_equal(bring(d, low, NULL), 0);
    assert_true(value(d) == 2);
    assert_int_equal(coedit_undo(d, NULL, NULL), 0);
    assert_true(value(d) == 1);
    coedit_free(low);
}

static struct coedit_ref add_row(const char *name)
{
    struct coedit_ref row;
    struct coedit_ref text;
    uint8_t any[COEDIT_ANY_SMALL];
    int n = coedit_any_number(1, any, sizeof(any));
    begin(false);
    assert_int_equal(coedit_array_insert_type(d, rows, 0, COEDIT_MAP, &row), 0);
    assert_int_equal(coedit_map_set(d, row, "_id", any, (size_t)n), 0);
    assert_int_equal(coedit_map_set_type(d, row, "name", COEDIT_TEXT, &text),
                     0);
    assert_int_equal(coedit_text_insert(d, text, 0, name, strlen(name)), 0);
    end();
    return text;
}

static void rows_are(struct coedit *of, const char *want)
{
    char *s;
    size_t len;
    assert_int_equal(
        coedit_json(of, root_of(of, "rows"), COEDIT_ARRAY, &s, &len), 0);
    assert_string_equal(s, want);
    free(s);
}

static void test_rows(void **state)
{
    (void)state;
    struct coedit_ref name = add_row("Aino");
    begin(false);
    assert_int_equal(coedit_text_insert(d, name, 4, "!", 1), 0);
    end();
    begin(false); /* changed and removed as one */
    struct coedit_value v;
    assert_int_equal(coedit_array_get(d, rows, 0, &v), 0);
    assert_int_equal(coedit_map_set(d, v.type, "_id", "\x7d\x05", 2), 0);
    assert_int_equal(coedit_text_insert(d, name, 0, "x", 1), 0);
    assert_int_equal(coedit_array_delete(d, rows, 0, 1), 0);
    end();
    meet();
    rows_are(e, "[]");
    undo();
    rows_are(d, "[{\"_id\":1,\"name\":\"Aino!\"}]");
    rows_are(e, "[{\"_id\":1,\"name\":\"Aino!\"}]");
    undo(); /* the typing in the row that came again */
    rows_are(d, "[{\"_id\":1,\"name\":\"Aino\"}]");
    undo();
    rows_are(d, "[]");
    rows_are(e, "[]");
}

/* A row that another wrote into stays whole. */
static void test_row_with_others(void **state)
{
    (void)state;
    (void)add_row("Aino");
    meet();
    coedit_begin(e);
    struct coedit_value v;
    struct coedit_value t;
    assert_int_equal(coedit_array_get(e, rows, 0, &v), 0);
    assert_int_equal(coedit_map_get(e, v.type, "name", &t), 0);
    assert_int_equal(coedit_text_insert(e, t.type, 4, " K", 2), 0);
    assert_int_equal(coedit_commit(e, NULL, NULL), 0);
    meet();
    assert_int_equal(coedit_undo(d, NULL, NULL), 0);
    rows_are(d, "[{\"_id\":1,\"name\":\"Aino K\"}]");
}

/* What was in a row that another removed cannot come again. */
static void test_place_is_gone(void **state)
{
    (void)state;
    struct coedit_ref name = add_row("Aino");
    meet();
    begin(false);
    assert_int_equal(coedit_text_delete(d, name, 0, 2), 0);
    end();
    coedit_begin(e);
    assert_int_equal(coedit_array_delete(e, rows, 0, 1), 0);
    assert_int_equal(coedit_commit(e, NULL, NULL), 0);
    meet();
    assert_int_equal(coedit_undo(d, NULL, NULL), 0);
    assert_int_equal(coedit_undo(d, NULL, NULL), 0);
    rows_are(d, "[]");
    meet();
    rows_are(e, "[]");
}

/* Ceilings: old steps are forgotten; one too large leaves none. */
static void test_ceilings(void **state)
{
    struct coedit_limits limits = coedit_limits_form;
    struct coedit *mine = d;
    (void)state;
    limits.undo_max = 2;
    limits.undo_bytes_max = 200;
    assert_int_equal(coedit_new(1, &limits, &d), 0);
    notes = root_of(d, "notes");
    type(0, 0, "aaa", false);
    type(3, 0, "bbb", false);
    type(6, 0, "ccc", false);
    assert_int_equal(coedit_undo(d, NULL, NULL), 0);
    assert_int_equal(coedit_undo(d, NULL, NULL), 0);
    assert_int_equal(coedit_undo(d, NULL, NULL), -ENOENT);
    text_is(d, notes, "aaa");
    char many[301];
    memset(many, 'm', 300);
    many[300] = '\0';
    type(3, 0, many, false);
    assert_true(coedit_can_undo(d));
    type(3, 300, "", false); /* 600 bytes */
    assert_false(coedit_can_undo(d));
    type(0, 0, "z", false);
    coedit_undo_forget(d);
    assert_int_equal(coedit_undo(d, NULL, NULL), -ENOENT);
    coedit_begin(d);
    assert_int_equal(coedit_undo(d, NULL, NULL), -EBUSY);
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
    coedit_free(d);
    d = mine;
}

/* No room for what would come again: all stays, and can be taken back later. */
static void test_no_room(void **state)
{
    struct coedit_limits limits = coedit_limits_form;
    struct coedit *mine = d;
    (void)state;
    limits.text_max = 10;
    assert_int_equal(coedit_new(1, &limits, &d), 0);
    notes = root_of(d, "notes");
    type(0, 0, "12345678", false);
    type(0, 8, "", false);
    insert(d, notes, 0, "abc");
    assert_int_equal(coedit_undo(d, NULL, NULL), -ENOSPC);
    text_is(d, notes, "abc");
    delete (d, notes, 0, 2);
    assert_int_equal(coedit_undo(d, NULL, NULL), 0);
    assert_int_equal(coedit_length(d, notes), 9);
    coedit_free(d);
    d = mine;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_typed),
        CASE(test_deleted),
        CASE(test_again_and_again),
        CASE(test_joined),
        CASE(test_keys),
        CASE(test_keys_of_others),
        CASE(test_keys_at_once),
        CASE(test_rows),
        CASE(test_row_with_others),
        CASE(test_place_is_gone),
        CASE(test_ceilings),
        CASE(test_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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
    struct coedit_ref name = add_row("Aino");
    meet();
    coedit_begin(e);
    uint32_t at;
    (void)at;
    struct coedit_value v;
    struct coedit_value t;
    assert_int_equal(coedit_array_get(e, rows, 0, &v), 0);
    assert_int_equal(coedit_map_get(e, v.type, "name", &t), 0);
    assert_int_equal(coedit_text_insert(e, t.type, 4, " K", 2), 0);
    assert_int_equal(coedit_commit(e, NULL, NULL), 0);
    meet();
    (void)name;
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

/* --- by chance ---------------------------------------------------------- */

#define UNITS 4000
#define STEPS 60

/* Every unit that was ever written, in the order of the text; each is another
 * character. */
static struct {
    struct unit {
        uint32_t code;
        int step;    /* that it came with; -1 cannot be taken back */
        int gone_by; /* -2 here, -1 for good, else the step */
    } unit[UNITS];
    size_t n;
    uint32_t next;
    int step[STEPS * 20]; /* those that can be taken back */
    size_t steps;
    int numbers;
} m;

static size_t index_of(uint32_t at)
{
    size_t i = 0;
    for (; i < m.n; i++)
        if (m.unit[i].gone_by == -2 && at-- == 0)
            return i;
    return i;
}

static uint32_t here(void)
{
    uint32_t n = 0;
    for (size_t i = 0; i < m.n; i++)
        n += m.unit[i].gone_by == -2;
    return n;
}

static size_t put_code(char *s, uint32_t c)
{
    s[0] = (char)(0xE0 | c >> 12);
    s[1] = (char)(0x80 | (c >> 6 & 63));
    s[2] = (char)(0x80 | (c & 63));
    s[3] = '\0';
    return 3;
}

static void model_is(struct coedit *of)
{
    static char want[UNITS * 3 + 1];
    size_t len = 0;
    want[0] = '\0';
    for (size_t i = 0; i < m.n; i++)
        if (m.unit[i].gone_by == -2)
            len += put_code(want + len, m.unit[i].code);
    text_is(of, root_of(of, "notes"), want);
}

/* One edit of one end, in the document and in the model. */
static void edit(struct coedit *of, int step, uint64_t *random)
{
    char s[32];
    size_t len = 0;
    uint32_t have = here();
    uint32_t at = (uint32_t)(test_random(random) % (have + 1));
    uint32_t n = (uint32_t)(test_random(random) % 6);
    if (test_random(random) % 2 == 0) {
        n = LK_MIN(n, have - at);
        assert_int_equal(coedit_text_delete(of, notes, at, n), 0);
        for (uint32_t i = 0; i < n; i++)
            m.unit[index_of(at)].gone_by = step;
        return;
    }
    size_t i = index_of(at);
    memmove(&m.unit[i + n], &m.unit[i], (m.n - i) * sizeof(m.unit[0]));
    for (uint32_t k = 0; k < n; k++) {
        m.unit[i + k] = (struct unit){0x4E00 + m.next, step, -2};
        len += put_code(s + len, 0x4E00 + m.next++);
    }
    m.n += n;
    assert_int_equal(coedit_text_insert(of, notes, at, s, len), 0);
}

static void edit_once(uint64_t *random)
{
    uint64_t kind = test_random(random) % 8;
    struct coedit *of = kind < 3 ? e : d;
    bool marked = kind >= 4;
    bool join = marked && kind == 7 && m.steps > 0;
    int step = -1;
    if (marked)
        step = join ? m.step[m.steps - 1] : m.numbers++;
    coedit_begin(of);
    if (marked)
        assert_int_equal(coedit_undoable(d, join), 0);
    size_t before = m.next;
    uint32_t had = here();
    edit(of, step, random);
    edit(of, step, random);
    bool nothing = m.next == before && here() == had;
    assert_int_equal(coedit_commit(of, NULL, NULL), 0);
    if (marked && !join && !nothing)
        m.step[m.steps++] = step;
    meet();
}

/* The model: what the step added is gone, what it deleted is here, unless the
 * step had added it. */
static void undo_once(void)
{
    int step = m.step[--m.steps];
    assert_int_equal(coedit_undo(d, NULL, NULL), 0);
    for (size_t i = 0; i < m.n; i++) {
        struct unit *u = &m.unit[i];
        if (u->gone_by == step)
            u->gone_by = -2;
        if (u->step == step && u->gone_by == -2)
            u->gone_by = -1;
    }
    meet();
}

static void test_by_chance(void **state)
{
    uint64_t random = test_seed();
    (void)state;
    for (int i = 0; i < 60; i++) {
        memset(&m, 0, sizeof(m));
        for (int k = 0; k < STEPS; k++) {
            if (m.steps > 0 && test_random(&random) % 4 == 0)
                undo_once();
            else
                edit_once(&random);
            model_is(d);
            model_is(e);
        }
        while (m.steps > 0)
            undo_once();
        model_is(d);
        assert_false(coedit_can_undo(d));
        (void)teardown(NULL);
        (void)setup(NULL);
    }
}

/* Edits at the same time: no order is promised between what was written at one
 * place, but both ends hold the same, and exactly what they should. */
static void check_set(void)
{
    char *text;
    size_t len;
    assert_int_equal(coedit_text(d, notes, &text, &len), 0);
    assert_int_equal(len, (size_t)here() * 3);
    for (size_t i = 0; i < m.n; i++) {
        char s[4];
        (void)put_code(s, m.unit[i].code);
        assert_int_equal(strstr(text, s) != NULL, m.unit[i].gone_by == -2);
    }
    text_is(e, notes, text);
    free(text);
}

/* Types at a place of its own end, without looking at the model's order. */
static void write_apart(struct coedit *of, int step, uint64_t *random)
{
    char s[4];
    uint32_t len = coedit_length(of, notes);
    uint32_t at = (uint32_t)(test_random(random) % (len + 1));
    for (int i = 0; i < 3; i++) {
        m.unit[m.n++] = (struct unit){0x4E00 + m.next, step, -2};
        (void)put_code(s, 0x4E00 + m.next++);
        assert_int_equal(coedit_text_insert(of, notes, at + (uint32_t)i, s, 3),
                         0);
    }
}

static void delete_apart(struct coedit *of, int step, uint64_t *random)
{
    char *text;
    size_t bytes;
    uint32_t len = coedit_length(of, notes);
    if (len < 4)
        return;
    uint32_t at = (uint32_t)(test_random(random) % (len - 2));
    assert_int_equal(coedit_text(of, notes, &text, &bytes), 0);
    for (size_t i = 0; i < m.n; i++) {
        char s[4];
        (void)put_code(s, m.unit[i].code);
        for (uint32_t k = at; k < at + 2; k++)
            if (memcmp(text + (size_t)k * 3, s, 3) == 0 &&
                (m.unit[i].gone_by == -2 || step >= 0))
                m.unit[i].gone_by = step;
    }
    free(text);
    assert_int_equal(coedit_text_delete(of, notes, at, 2), 0);
}

static void test_at_once(void **state)
{
    uint64_t random = test_seed();
    (void)state;
    for (int i = 0; i < 400; i++) {
        if (i % 20 == 0) {
            (void)teardown(NULL);
            (void)setup(NULL);
            memset(&m, 0, sizeof(m));
        }
        int step = m.numbers++;
        begin(false);
        write_apart(d, step, &random);
        delete_apart(d, step, &random);
        end();
        coedit_begin(e);
        write_apart(e, -1, &random);
        delete_apart(e, -1, &random);
        assert_int_equal(coedit_commit(e, NULL, NULL), 0);
        m.step[m.steps++] = step;
        if (i % 2)
            meet();
        if (test_random(&random) % 3 == 0)
            undo_once();
        meet();
        check_set();
    }
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
        CASE(test_by_chance),
        CASE(test_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

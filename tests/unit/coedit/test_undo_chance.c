/* Edits by chance, taken back by chance: what is left is what there would be
 * without them. A model keeps every unit that was ever written. */
#include "support.h"

static struct coedit *d; /* client 1, that undoes */
static struct coedit *e; /* client 2 */
static struct coedit_ref notes;

static int setup(void **state)
{
    (void)state;
    assert_int_equal(coedit_new(1, &coedit_limits_form, &d), 0);
    notes = root_of(d, "notes");
    e = copy_of(d, 2);
    (void)root_of(e, "notes");
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
        coedit_begin(d);
        assert_int_equal(coedit_undoable(d, false), 0);
        write_apart(d, step, &random);
        delete_apart(d, step, &random);
        assert_int_equal(coedit_commit(d, NULL, NULL), 0);
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
    const struct CMUnitTest tests[] = {CASE(test_by_chance),
                                       CASE(test_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

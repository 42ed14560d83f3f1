/* Every allocation fails once, wherever documents are made, read, changed and
 * written: it is said, nothing leaks, and what is there stays whole. */
#include "oom.h"

#include "coedit/sync.h"
#include "support.h"

void *__real_reallocarray(void *p, size_t n, size_t len);
void *__wrap_reallocarray(void *p, size_t n, size_t len);

void *__wrap_reallocarray(void *p, size_t n, size_t len)
{
    return oom_now() ? NULL : __real_reallocarray(p, n, len);
}

static uint8_t *full; /* an update with a bit of everything */
static size_t full_len;
static char *full_json;

static char *json_of(struct coedit *d)
{
    char *all = NULL;
    size_t len = 0;
    static const struct {
        const char *name;
        enum coedit_kind kind;
    } roots[] = {
        {"notes", COEDIT_TEXT}, {"f", COEDIT_MAP}, {"rows", COEDIT_ARRAY}};
    FILE *f = open_memstream(&all, &len);
    assert_non_null(f);
    for (size_t i = 0; i < LK_ARRAY_LEN(roots); i++) {
        char *s;
        size_t n;
        assert_int_equal(
            coedit_json(d, root_of(d, roots[i].name), roots[i].kind, &s, &n),
            0);
        (void)fputs(s, f);
        free(s);
    }
    (void)fclose(f);
    return all;
}

static struct coedit *new_doc(uint64_t client)
{
    struct coedit *d;
    assert_int_equal(coedit_new(client, &coedit_limits_form, &d), 0);
    return d;
}

/* Some of everything, in one transaction each; `n` rows. */
static void fill(struct coedit *d, int n)
{
    struct coedit_ref row;
    struct coedit_ref text;
    for (int i = 0; i < n; i++) {
        char key[16];
        (void)snprintf(key, sizeof(key), "key%d", i);
        set_number(d, root_of(d, "f"), key, i);
        set_number(d, root_of(d, "f"), "same", i);
        insert(d, root_of(d, "notes"),
               coedit_length(d, root_of(d, "notes")) / 2, letters(50));
        coedit_begin(d);
        assert_int_equal(coedit_array_insert_type(d, root_of(d, "rows"), 0,
                                                  COEDIT_MAP, &row),
                         0);
        assert_int_equal(
            coedit_map_set_type(d, row, "name", COEDIT_TEXT, &text), 0);
        assert_int_equal(coedit_text_insert(d, text, 0, "Aino", 4), 0);
        assert_int_equal(coedit_commit(d, NULL, NULL), 0);
    }
    coedit_begin(d);
    assert_int_equal(coedit_array_delete(d, root_of(d, "rows"), 1, 2), 0);
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
    delete (d, root_of(d, "notes"), 10, 30);
}

static int prepare(void **state)
{
    (void)state;
    struct coedit *d = new_doc(9);
    fill(d, 60);
    full = whole(d, &full_len);
    full_json = json_of(d);
    coedit_free(d);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    free(full);
    free(full_json);
    return 0;
}

static int make(void)
{
    struct coedit *d = NULL;
    int r = coedit_new(1, &coedit_limits_form, &d);
    assert_int_equal(d == NULL, r < 0);
    coedit_free(d);
    return r;
}

static void test_new(void **state)
{
    int r;
    (void)state;
    OOM_SWEEP(r, make());
    assert_int_equal(r, 0);
}

static int allow(void *arg, const struct coedit_ask *ask)
{
    (void)arg;
    (void)ask;
    return 0;
}

/* What was interrupted can be had again, and is then the same. */
static void sweep_apply(const struct coedit_policy *policy)
{
    int r = -1;
    for (long i = 0; r < 0; i++) {
        struct coedit *d = new_doc(1);
        oom_left = i;
        r = coedit_apply_checked(d, full, full_len, policy);
        oom_left = -1;
        assert_true(r == 0 || r == -ENOMEM || r == -ENOSPC);
        struct coedit *copy = copy_of(d, 2); /* what is in is whole */
        coedit_free(copy);
        assert_int_equal(coedit_apply(d, full, full_len), 0);
        char *s = json_of(d);
        assert_string_equal(s, full_json);
        free(s);
        coedit_free(d);
        assert_true(i < 10000);
    }
}

static void test_apply(void **state)
{
    static const struct coedit_policy policy = {allow, NULL};
    (void)state;
    sweep_apply(NULL);
    sweep_apply(&policy);
}

/* Structs that come the wrong way round, and wait. */
static void test_waiting(void **state)
{
    static struct wire late;
    static struct wire first;
    int r = -1;
    (void)state;
    late.len = first.len = 0;
    wire_uint(&late, 1);
    wire_run(&late, 3, 40, 1);
    for (int i = 0; i < 40; i++)
        wire_into(&late, "notes", NULL, "x");
    wire_uint(&late, 1);
    wire_uint(&late, 3);
    wire_uint(&late, 1);
    wire_uint(&late, 2);
    wire_uint(&late, 5);
    wire_uint(&first, 1);
    wire_run(&first, 3, 1, 0);
    wire_into(&first, "notes", NULL, "y");
    wire_uint(&first, 0);
    for (long i = 0; r < 0; i++) {
        struct coedit *d = new_doc(1);
        oom_left = i;
        r = coedit_apply(d, late.at, late.len);
        if (r == 0)
            r = coedit_apply(d, first.at, first.len);
        oom_left = -1;
        assert_true(r == 0 || r == -ENOMEM || r == -ENOSPC);
        assert_int_equal(coedit_apply(d, first.at, first.len), 0);
        assert_int_equal(coedit_apply(d, late.at, late.len), 0);
        assert_int_equal(coedit_length(d, root_of(d, "notes")), 36);
        coedit_free(d);
    }
}

/* Local edits are made whole or not at all; a commit may lack its update. */
static void test_edits(void **state)
{
    struct coedit *d = new_doc(1);
    struct coedit_ref notes = root_of(d, "notes");
    uint32_t len = 0;
    (void)state;
    for (int i = 0; i < 3000; i++) {
        const uint8_t *p;
        size_t n;
        oom_left = i % 3;
        coedit_begin(d);
        int r = coedit_text_insert(d, notes, len / 2, letters(9), 9);
        int s = r < 0 ? 0 : coedit_map_set(d, root_of(d, "f"), "k", "\x7e", 1);
        assert_true((r == 0 || r == -ENOSPC) && (s == 0 || s == -ENOSPC));
        r = coedit_commit(d, &p, &n);
        assert_true(r == 0 || r == -ENOSPC);
        oom_left = -1;
        len = coedit_length(d, notes);
        assert_int_equal(len % 9, 0);
    }
    assert_true(len > 9 * 2000);
    struct coedit *copy = copy_of(d, 2);
    assert_int_equal(coedit_length(copy, root_of(copy, "notes")), len);
    coedit_free(copy);
    coedit_free(d);
}

/* Taking back: done, or not done; in between only the update may be lacking. */
static void test_undo(void **state)
{
    int r = -1;
    (void)state;
    for (long i = 0; r < 0; i++) {
        struct coedit *d = new_doc(1);
        assert_int_equal(coedit_apply(d, full, full_len), 0);
        coedit_begin(d);
        assert_int_equal(coedit_undoable(d, false), 0);
        assert_int_equal(coedit_array_delete(d, root_of(d, "rows"), 0, 20), 0);
        assert_int_equal(coedit_text_delete(d, root_of(d, "notes"), 5, 900), 0);
        oom_left = i;
        int c = coedit_commit(d, NULL, NULL);
        if (c == 0 && coedit_can_undo(d))
            r = coedit_undo(d, NULL, NULL);
        oom_left = -1;
        char *s = json_of(d);
        bool back = strcmp(s, full_json) == 0;
        assert_true(r == 0 || r == -1 || r == -ENOSPC);
        assert_true(r < 0 || back);
        if (!back && coedit_can_undo(d))
            assert_int_equal(coedit_undo(d, NULL, NULL), 0);
        free(s);
        struct coedit *copy = copy_of(d, 2);
        coedit_free(copy);
        coedit_free(d);
        assert_true(i < 10000);
    }
}

/* The arena ends at any byte: whatever was in the middle of, the document is
 * whole, others can read all of it, and nothing outgrows its ceiling. */
static void test_arena(void **state)
{
    struct coedit_limits m = coedit_limits_form;
    int r = -1;
    (void)state;
    m.own_share = 0;
    for (m.memory_max = 20000; r < 0; m.memory_max += 331) {
        struct coedit *d;
        struct coedit_figures f;
        assert_int_equal(coedit_new(1, &m, &d), 0);
        r = coedit_apply(d, full, full_len);
        assert_true(r == 0 || r == -ENOSPC);
        struct coedit_ref notes;
        if (coedit_root(d, "notes", &notes) == 0) {
            uint32_t len = coedit_length(d, notes);
            coedit_begin(d);
            assert_int_equal(coedit_undoable(d, false), 0);
            int e = coedit_text_delete(d, notes, len / 3, len / 3);
            assert_true(e == 0 || e == -ENOSPC);
            (void)coedit_commit(d, NULL, NULL);
            if (coedit_can_undo(d)) {
                e = coedit_undo(d, NULL, NULL);
                assert_true(e == 0 || e == -ENOSPC);
                if (e == 0)
                    assert_int_equal(coedit_length(d, notes), len);
            }
        }
        coedit_figures(d, &f);
        assert_true(f.memory_held <= m.memory_max);
        struct coedit *copy = copy_of(d, 2);
        coedit_free(copy);
        coedit_free(d);
    }
}

static struct coedit *read_doc;

static int read_all(void)
{
    char *s = NULL;
    uint8_t *p = NULL;
    size_t len;
    int r = coedit_json(read_doc, (struct coedit_ref){COEDIT_ROOT, 1},
                        COEDIT_MAP, &s, &len);
    free(s);
    if (r == 0) {
        s = NULL;
        r = coedit_text(read_doc, (struct coedit_ref){COEDIT_ROOT, 0}, &s,
                        &len);
        free(s);
    }
    if (r == 0)
        r = coedit_state_vector(read_doc, &p, &len);
    free(p);
    p = NULL;
    if (r == 0)
        r = coedit_encode(read_doc, NULL, 0, &p, &len);
    free(p);
    p = NULL;
    if (r == 0)
        r = coedit_encode(read_doc, "\x01\x09\x20", 3, &p, &len);
    free(p);
    return r;
}

static int talk(void)
{
    uint8_t *p = NULL;
    uint8_t *answer = NULL;
    size_t len;
    size_t answer_len;
    int r = coedit_sync_hello(read_doc, &p, &len);
    if (r == 0)
        r = coedit_sync_take(read_doc, p, len, &answer, &answer_len);
    free(p);
    p = NULL;
    if (r == 0)
        r = coedit_sync_update(answer, answer_len, &p, &len);
    free(p);
    free(answer);
    return r;
}

static void test_reading(void **state)
{
    int r;
    (void)state;
    read_doc = new_doc(1);
    (void)root_of(read_doc, "notes");
    (void)root_of(read_doc, "f");
    assert_int_equal(coedit_apply(read_doc, full, full_len), 0);
    OOM_SWEEP(r, read_all());
    assert_int_equal(r, 0);
    OOM_SWEEP(r, talk());
    assert_int_equal(r, 0);
    coedit_free(read_doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),     cmocka_unit_test(test_apply),
        cmocka_unit_test(test_waiting), cmocka_unit_test(test_edits),
        cmocka_unit_test(test_undo),    cmocka_unit_test(test_arena),
        cmocka_unit_test(test_reading),
    };
    return cmocka_run_group_tests(tests, prepare, finish);
}

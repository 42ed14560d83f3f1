/* What a policy is asked, and that nothing gets past it. */
#include "support.h"

#define ASKED 64

static struct coedit *d; /* ours, client 1 */
static struct coedit *e; /* theirs, client 2 */

static struct {
    struct coedit_ask ask[ASKED];
    char key[ASKED][65];
    char bytes[ASKED][65];
    double number[ASKED];
    size_t n;
    size_t refuse; /* the question that is answered with -EACCES, + 1 */
} asked;

static int answer(void *arg, const struct coedit_ask *ask)
{
    (void)arg;
    assert_true(asked.n < ASKED);
    size_t i = asked.n++;
    asked.ask[i] = *ask;
    asked.key[i][0] = asked.bytes[i][0] = '\0';
    if (ask->key)
        (void)snprintf(asked.key[i], sizeof(asked.key[i]), "%s", ask->key);
    if (ask->content == 4 && ask->bytes)
        (void)snprintf(asked.bytes[i], sizeof(asked.bytes[i]), "%.*s",
                       (int)ask->len, (const char *)ask->bytes);
    if (ask->content == 8 && ask->bytes)
        assert_int_equal(
            coedit_any_read_number(ask->bytes, ask->len, &asked.number[i]), 0);
    return asked.refuse == i + 1 ? -EACCES : 0;
}

static const struct coedit_policy policy = {answer, NULL};

static int setup(void **state)
{
    (void)state;
    memset(&asked, 0, sizeof(asked));
    assert_int_equal(coedit_new(1, &coedit_limits_form, &d), 0);
    insert(d, root_of(d, "notes"), 0, "Hei");
    set_number(d, root_of(d, "f"), "age", 7);
    e = copy_of(d, 2);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    d = coedit_free(d);
    e = coedit_free(e);
    return 0;
}

static bool same_ref(struct coedit_ref a, struct coedit_ref b)
{
    return a.client == b.client && a.clock == b.clock;
}

/* Insertions, their place found by an origin alone; lengths as they will be. */
static void test_texts(void **state)
{
    (void)state;
    insert(e, root_of(e, "notes"), 3, " vaan");
    insert(e, root_of(e, "notes"), 0, "x");
    delete (e, root_of(e, "notes"), 1, 2);
    assert_int_equal(bring(d, e, &policy), 0);
    assert_int_equal(asked.n, 3);
    const struct coedit_ask *a = asked.ask;
    assert_int_equal(a[0].kind, COEDIT_ASK_DELETE);
    assert_int_equal(a[0].client, 1);
    assert_int_equal(a[0].clock, 0);
    assert_int_equal(a[0].units, 2);
    assert_int_equal(a[0].length, 1);
    assert_int_equal(a[1].kind, COEDIT_ASK_INSERT);
    assert_int_equal(a[1].client, 2);
    assert_int_equal(a[1].units, 5);
    assert_int_equal(a[1].content, 4);
    assert_string_equal(asked.bytes[1], " vaan");
    assert_int_equal(a[1].length, 6);
    assert_int_equal(a[2].length, 7);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(a[i].where, COEDIT_WHERE_IN);
        assert_true(a[i].into_root);
        assert_true(same_ref(a[i].into, root_of(d, "notes")));
        assert_null(a[i].key);
    }
    text_is(d, root_of(d, "notes"), "xi vaan");
    asked.n = 0; /* what is held is not asked about again */
    assert_int_equal(bring(d, e, &policy), 0);
    assert_int_equal(asked.n, 0);
}

/* A key that is overwritten is not on the wire, yet it is told. */
static void test_keys(void **state)
{
    (void)state;
    set_number(e, root_of(e, "f"), "age", 8);
    assert_int_equal(bring(d, e, &policy), 0);
    assert_int_equal(asked.n, 2); /* the deletion of what was there, too */
    assert_int_equal(asked.ask[0].kind, COEDIT_ASK_DELETE);
    assert_int_equal(asked.ask[1].kind, COEDIT_ASK_INSERT);
    for (int i = 0; i < 2; i++) {
        assert_true(same_ref(asked.ask[i].into, root_of(d, "f")));
        assert_string_equal(asked.key[i], "age");
        assert_int_equal(asked.ask[i].content, 8);
    }
    assert_true(asked.number[1] == 8);
}

/* What comes into a type of the same update. */
static void test_nested(void **state)
{
    struct coedit_ref row;
    struct coedit_ref text;
    (void)state;
    coedit_begin(e);
    assert_int_equal(
        coedit_array_insert_type(e, root_of(e, "rows"), 0, COEDIT_MAP, &row),
        0);
    assert_int_equal(coedit_map_set_type(e, row, "name", COEDIT_TEXT, &text),
                     0);
    assert_int_equal(coedit_text_insert(e, text, 0, "Aino", 4), 0);
    assert_int_equal(coedit_commit(e, NULL, NULL), 0);
    assert_int_equal(bring(d, e, &policy), 0);
    const struct coedit_ask *a = asked.ask;
    assert_int_equal(asked.n, 3);
    assert_true(a[0].into_root && same_ref(a[0].into, root_of(d, "rows")));
    assert_int_equal(a[0].content, 7);
    assert_int_equal(a[0].made, COEDIT_MAP);
    assert_int_equal(a[1].into_kind, COEDIT_MAP);
    assert_false(a[1].into_root);
    assert_string_equal(asked.key[1], "name");
    assert_int_equal(a[2].into_kind, COEDIT_TEXT);
    assert_int_equal(a[2].length, 4);
    struct coedit_value v; /* the place that was named is what came to be */
    assert_int_equal(coedit_array_get(d, root_of(d, "rows"), 0, &v), 0);
    assert_true(same_ref(v.type, a[1].into));
    assert_int_equal(coedit_map_get(d, v.type, "name", &v), 0);
    assert_true(same_ref(v.type, a[2].into));
}

/* Whichever question is refused: nothing has changed. */
static void test_refused(void **state)
{
    (void)state;
    insert(e, root_of(e, "notes"), 3, " vaan");
    set_number(e, root_of(e, "f"), "age", 8);
    delete (e, root_of(e, "notes"), 0, 1);
    size_t len;
    uint8_t *before = whole(d, &len);
    for (size_t i = 1; i <= 4; i++) {
        size_t now_len;
        asked.n = 0;
        asked.refuse = i;
        assert_int_equal(bring(d, e, &policy), -EACCES);
        assert_int_equal(asked.n, i);
        uint8_t *now = whole(d, &now_len);
        assert_int_equal(now_len, len);
        assert_memory_equal(now, before, len);
        free(now);
    }
    asked.n = asked.refuse = 0;
    assert_int_equal(bring(d, e, &policy), 0);
    assert_int_equal(asked.n, 4);
    free(before);
}

/* Nothing waits behind a policy's back. */
static void test_unknown(void **state)
{
    static const struct {
        const char *what;
        const char *bytes;
        size_t len;
    } all[] = {
        {"clocks left out", "\x01\x01\x02\x05\x04\x01\x05notes\x01x\0", 15},
        {"behind a skip", "\x01\x02\x02\0\x0a\x01\x04\x01\x05notes\x01x\0", 17},
        {"beside what never was", "\x01\x01\x02\0\x84\x01\x63\x01x\0", 10},
        {"in what never was", "\x01\x01\x02\0\x04\0\x01\x63\x01x\0", 11},
        {"deleting what never was", "\0\x01\x01\x01\x63\x05", 6},
        {"deleting of a stranger", "\0\x01\x09\x01\0\x01", 6},
        {"each needs the other",
         "\x02\x01\x03\0\x84\x02\0\x01x\x01\x02\0\x84\x03\0\x01x\0", 18},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(all); i++) {
        asked.n = 0;
        int r = coedit_apply_checked(d, all[i].bytes, all[i].len, &policy);
        if (r != -EAGAIN || asked.n == 0 ||
            asked.ask[asked.n - 1].where != COEDIT_WHERE_UNKNOWN)
            fail_msg("%s: %d, %zu questions", all[i].what, r, asked.n);
        assert_false(coedit_pending(d));
        text_is(d, root_of(d, "notes"), "Hei");
    }
}

/* Structs of several clients that need one another, in any order of ids. */
static void test_crossed(void **state)
{
    struct coedit *f = copy_of(d, 9);
    (void)state;
    insert(e, root_of(e, "notes"), 3, "A");
    assert_int_equal(bring(f, e, NULL), 0);
    insert(f, root_of(f, "notes"), 4, "B");
    assert_int_equal(bring(e, f, NULL), 0);
    insert(e, root_of(e, "notes"), 5, "C");
    assert_int_equal(bring(d, e, &policy), 0);
    assert_int_equal(asked.n, 3);
    text_is(d, root_of(d, "notes"), "HeiABC");
    coedit_free(f);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_texts),   CASE(test_keys),    CASE(test_nested),
        CASE(test_refused), CASE(test_unknown), CASE(test_crossed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The messages of y-protocols: both ends get what they lack, and what is no
 * message is refused. */
#include "support.h"

#include "coedit/sync.h"

static struct coedit *d, *e;

static int setup(void **state)
{
    (void)state;
    assert_int_equal(coedit_new(1, &coedit_limits_form, &d), 0);
    assert_int_equal(coedit_new(2, &coedit_limits_form, &e), 0);
    insert(d, root_of(d, "notes"), 0, "kiosk");
    insert(e, root_of(e, "notes"), 0, "page");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    d = coedit_free(d);
    e = coedit_free(e);
    return 0;
}

static int deny(void *arg, const struct coedit_ask *ask)
{
    (void)arg;
    return ask->kind == COEDIT_ASK_INSERT ? -EACCES : 0;
}

/* `from` says hello to `to`, and takes the answer. */
static void hello(struct coedit *from, struct coedit *to)
{
    uint8_t *p;
    uint8_t *answer;
    uint8_t *none;
    size_t len;
    size_t answer_len;
    size_t none_len;
    assert_int_equal(coedit_sync_hello(from, &p, &len), 0);
    assert_int_equal(coedit_sync_take(to, p, len, &answer, &answer_len),
                     COEDIT_SYNC_STEP_1);
    assert_true(answer_len > 0);
    assert_int_equal(
        coedit_sync_take(from, answer, answer_len, &none, &none_len),
        COEDIT_SYNC_STEP_2);
    assert_null(none);
    assert_int_equal(none_len, 0);
    free(p);
    free(answer);
}

static void test_both_ways(void **state)
{
    (void)state;
    hello(d, e);
    hello(e, d);
    text_is(d, root_of(d, "notes"), "kioskpage");
    text_is(e, root_of(e, "notes"), "kioskpage");
    hello(d, e); /* nothing is lacking now */
    text_is(d, root_of(d, "notes"), "kioskpage");
}

static void test_update(void **state)
{
    const uint8_t *p;
    uint8_t *m;
    uint8_t *answer;
    size_t len;
    size_t m_len;
    size_t answer_len;
    (void)state;
    hello(e, d);
    coedit_begin(d);
    assert_int_equal(coedit_text_insert(d, root_of(d, "notes"), 0, "!", 1), 0);
    assert_int_equal(coedit_commit(d, &p, &len), 0);
    assert_int_equal(coedit_sync_update(p, len, &m, &m_len), 0);
    assert_int_equal(coedit_sync_take(e, m, m_len, &answer, &answer_len),
                     COEDIT_SYNC_UPDATE);
    assert_int_equal(answer_len, 0);
    text_is(e, root_of(e, "notes"), "!kioskpage");
    free(m);
}

/* Both kinds that carry an update are asked about; a state vector is not. */
static void test_policy(void **state)
{
    const struct coedit_policy policy = {deny, NULL};
    uint8_t *p;
    uint8_t *answer;
    size_t len;
    size_t answer_len;
    (void)state;
    for (int kind = COEDIT_SYNC_STEP_2; kind <= COEDIT_SYNC_UPDATE; kind++) {
        uint8_t *all = whole(e, &len);
        assert_int_equal(coedit_sync_update(all, len, &p, &len), 0);
        p[0] = (uint8_t)kind;
        assert_int_equal(
            coedit_sync_take_checked(d, p, len, &policy, &answer, &answer_len),
            -EACCES);
        assert_null(answer);
        text_is(d, root_of(d, "notes"), "kiosk");
        free(all);
        free(p);
    }
    assert_int_equal(coedit_sync_hello(e, &p, &len), 0);
    assert_int_equal(
        coedit_sync_take_checked(d, p, len, &policy, &answer, &answer_len),
        COEDIT_SYNC_STEP_1);
    free(answer);
    free(p);
}

static void test_refused(void **state)
{
    static const struct {
        const char *what;
        const char *bytes;
        size_t len;
        int error;
    } all[] = {
        {"nothing", "", 0, -EBADMSG},
        {"a kind alone", "\0", 1, -EBADMSG},
        {"an unknown kind", "\x03\x01\0", 3, -EBADMSG},
        {"shorter than it says", "\0\x02\0", 3, -EBADMSG},
        {"longer than it says", "\0\x01\0\0", 4, -EBADMSG},
        {"half a state vector", "\0\x02\x01\x01", 4, -EBADMSG},
        {"more clients than bytes", "\0\x02\x7f\x01", 4, -EBADMSG},
        {"bytes behind a state vector", "\0\x02\0\0", 4, -EBADMSG},
        {"a broken update", "\x02\x01\x01", 3, -EBADMSG},
        {"a broken step 2", "\x01\x01\x01", 3, -EBADMSG},
        {"a length beyond everything", "\0\xff\xff\xff\xff\xff\xff\xff\x0f", 9,
         -EBADMSG},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(all); i++) {
        uint8_t *answer;
        size_t len;
        int r = coedit_sync_take(d, all[i].bytes, all[i].len, &answer, &len);
        if (r != all[i].error)
            fail_msg("%s: %d", all[i].what, r);
        assert_null(answer);
        assert_int_equal(len, 0);
        text_is(d, root_of(d, "notes"), "kiosk");
    }
}

/* A state vector of clocks that never were: the answer is small, and all right.
 */
static void test_vectors_of_liars(void **state)
{
    static struct wire w;
    uint8_t *answer;
    size_t len;
    (void)state;
    w.len = 0;
    wire_uint(&w, 0);
    wire_uint(&w, 13);
    wire_uint(&w, 2);
    wire_uint(&w, 1);
    wire_uint(&w, (UINT64_C(1) << 31) - 1);
    wire_uint(&w, 77);
    wire_uint(&w, (UINT64_C(1) << 31) - 1);
    assert_int_equal(w.len, 15);
    int r = coedit_sync_take(d, w.at, w.len, &answer, &len);
    assert_int_equal(r, COEDIT_SYNC_STEP_1);
    assert_int_equal(len, 4); /* an empty update in its frame */
    free(answer);
}

/* What comes as it is made is small; all at once may be more. */
static void test_live(void **state)
{
    static struct wire w;
    uint8_t *m;
    uint8_t *answer;
    size_t len;
    size_t answer_len;
    (void)state;
    for (size_t most = 200; most <= 201; most++) {
        struct coedit *small = with(MOST(live_max), 200);
        w.len = 0;
        wire_uint(&w, 1);
        wire_run(&w, 2, 1, 0);
        wire_into(&w, "notes", NULL, letters((uint32_t)most - 15));
        wire_uint(&w, 0);
        assert_int_equal(w.len, most);
        assert_int_equal(coedit_sync_update(w.at, w.len, &m, &len), 0);
        assert_int_equal(coedit_sync_take(small, m, len, &answer, &answer_len),
                         most == 200 ? COEDIT_SYNC_UPDATE : -E2BIG);
        m[0] = COEDIT_SYNC_STEP_2;
        assert_int_equal(coedit_sync_take(small, m, len, &answer, &answer_len),
                         COEDIT_SYNC_STEP_2);
        free(m);
        coedit_free(small);
    }
    assert_int_equal(coedit_limits_form.live_max, 65536);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_both_ways), CASE(test_update),           CASE(test_policy),
        CASE(test_refused),   CASE(test_vectors_of_liars), CASE(test_live),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

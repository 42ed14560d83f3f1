/* Who wrote what, and how the last transaction changed a text. */
#include "support.h"

static struct coedit *d; /* client 1 */
static struct coedit *e; /* client 2 */
static struct coedit_ref notes, form;

static int setup(void **state)
{
    (void)state;
    assert_int_equal(coedit_new(1, &coedit_limits_form, &d), 0);
    notes = root_of(d, "notes");
    form = root_of(d, "f");
    insert(d, notes, 0, "abcdef");
    set_number(d, form, "age", 7);
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

static void test_authors(void **state)
{
    struct coedit_authors a;
    (void)state;
    assert_int_equal(coedit_authors(d, root_of(d, "rows"), NULL, &a), 0);
    assert_int_equal(a.n, 0);
    assert_false(a.written);
    insert(e, root_of(e, "notes"), 3, "XY");
    set_number(e, root_of(e, "f"), "age", 8);
    assert_int_equal(bring(d, e, NULL), 0);
    assert_int_equal(coedit_authors(d, notes, NULL, &a), 0);
    assert_int_equal(a.n, 2);
    assert_int_equal(a.author[0].client, 1);
    assert_int_equal(a.author[0].units, 6);
    assert_int_equal(a.author[1].client, 2);
    assert_int_equal(a.author[1].units, 2);
    assert_true(a.written);
    assert_int_equal(a.last, 2);
    assert_int_equal(coedit_authors(d, form, "age", &a), 0);
    assert_int_equal(a.n, 1);
    assert_int_equal(a.author[0].client, 2);
    assert_int_equal(coedit_authors(d, form, "name", &a), -ENOENT);
    /* What was deleted is nobody's; who wrote last stays known. */
    delete (d, notes, 3, 2);
    assert_int_equal(coedit_authors(d, notes, NULL, &a), 0);
    assert_int_equal(a.n, 1);
    assert_int_equal(a.last, 2);
    insert(d, notes, 6, "g");
    assert_int_equal(coedit_authors(d, notes, NULL, &a), 0);
    assert_int_equal(a.last, 1);
}

static void test_many_authors(void **state)
{
    struct coedit_authors a;
    (void)state;
    for (uint64_t i = 0; i < COEDIT_AUTHORS + 3; i++) {
        struct coedit *f = copy_of(d, 100 + i);
        insert(f, root_of(f, "notes"), 0, "z");
        assert_int_equal(bring(d, f, NULL), 0);
        coedit_free(f);
    }
    assert_int_equal(coedit_authors(d, notes, NULL, &a), 0);
    assert_int_equal(a.n, COEDIT_AUTHORS);
    assert_true(a.more);
    assert_int_equal(a.author[0].client, 1);
    assert_int_equal(a.author[0].units, 6);
}

static void test_clock(void **state)
{
    (void)state;
    assert_int_equal(coedit_clock(d, 1), 7);
    assert_int_equal(coedit_clock(d, 2), 0);
    insert(e, root_of(e, "notes"), 0, "q");
    assert_int_equal(bring(d, e, NULL), 0);
    assert_int_equal(coedit_clock(d, 2), 1);
}

static void splices_are(const struct coedit_splice *want, size_t n, size_t cap)
{
    struct coedit_splice got[8];
    assert_int_equal(coedit_splices(d, notes, got, cap), n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(got[i].at, want[i].at);
        assert_int_equal(got[i].removed, want[i].removed);
        assert_int_equal(got[i].inserted, want[i].inserted);
    }
}

static void test_splices(void **state)
{
    const struct coedit_splice two[] = {{1, 1, 2}, {6, 1, 0}};
    const struct coedit_splice one[] = {{1, 5, 5}};
    const struct coedit_splice first[] = {{0, 1, 0}};
    (void)state;
    insert(e, root_of(e, "notes"), 1, "XY"); /* aXYbcdef */
    delete (e, root_of(e, "notes"), 3, 1);   /* aXYcdef */
    delete (e, root_of(e, "notes"), 6, 1);   /* aXYcde */
    insert(e, root_of(e, "notes"), 0, "p");
    delete (e, root_of(e, "notes"), 0, 1); /* never seen */
    assert_int_equal(bring(d, e, NULL), 0);
    text_is(d, notes, "aXYcde");
    splices_are(two, 2, 8);
    splices_are(one, 1, 1);
    insert(e, root_of(e, "notes"), 0, "m");
    assert_int_equal(bring(d, e, NULL), 0);
    insert(e, root_of(e, "notes"), 2, "1"); /* never seen, with clocks behind */
    insert(e, root_of(e, "notes"), 4, "2"); /* those of what was seen */
    delete (e, root_of(e, "notes"), 4, 1);
    delete (e, root_of(e, "notes"), 2, 1);
    delete (e, root_of(e, "notes"), 0, 1);
    assert_int_equal(bring(d, e, NULL), 0);
    splices_are(first, 1, 8);
    set_number(d, form, "age", 9); /* another transaction, not of the text */
    splices_are(NULL, 0, 8);
}

/* What splices say, done to what was there, makes what is there. */
static void check_round(uint32_t *random)
{
    char *old;
    char *now;
    size_t old_len;
    size_t now_len;
    struct coedit_splice s[4];
    assert_int_equal(coedit_text(d, notes, &old, &old_len), 0);
    for (int i = 0; i < 6; i++) {
        uint32_t len = coedit_length(e, root_of(e, "notes"));
        *random = *random * 1664525 + 1013904223;
        uint32_t at = (*random >> 8) % (len + 1);
        if ((*random >> 4) % 3 == 0 && at < len)
            delete (e, root_of(e, "notes"), at, LK_MIN(len - at, 3u));
        else
            insert(e, root_of(e, "notes"), at, "uvw");
    }
    assert_int_equal(bring(d, e, NULL), 0);
    size_t n = coedit_splices(d, notes, s, 1 + *random % 4);
    assert_int_equal(coedit_text(d, notes, &now, &now_len), 0);
    char all[4096];
    memcpy(all, old, old_len + 1);
    for (size_t i = 0; i < n; i++) {
        memmove(all + s[i].at + s[i].inserted, all + s[i].at + s[i].removed,
                strlen(all + s[i].at + s[i].removed) + 1);
        memcpy(all + s[i].at, now + s[i].at, s[i].inserted);
    }
    assert_string_equal(all, now);
    free(old);
    free(now);
}

static void test_splices_by_chance(void **state)
{
    uint32_t random = 4711;
    (void)state;
    for (int i = 0; i < 200; i++) {
        insert(d, notes, 0, "k");
        assert_int_equal(bring(e, d, NULL), 0);
        check_round(&random);
        if (coedit_length(d, notes) > 1000)
            delete (d, notes, 10, 900);
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_authors), CASE(test_many_authors),      CASE(test_clock),
        CASE(test_splices), CASE(test_splices_by_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

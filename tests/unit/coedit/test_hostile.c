/* Updates that no honest editor makes: each is refused by name, and the
 * document is as it was. */
#include "testing.h"

#include "coedit/any.h"
#include "coedit/coedit.h"

#include <errno.h>
#include <stdlib.h>

static struct coedit *d;

static void text_is(const char *want)
{
    struct coedit_ref notes;
    char *text;
    size_t len;
    assert_int_equal(coedit_root(d, "notes", &notes), 0);
    assert_int_equal(coedit_text(d, notes, &text, &len), 0);
    assert_string_equal(text, want);
    free(text);
}

static int setup(void **state)
{
    struct coedit_ref notes;
    (void)state;
    assert_int_equal(coedit_new(1, &coedit_limits_form, &d), 0);
    assert_int_equal(coedit_root(d, "notes", &notes), 0);
    coedit_begin(d);
    assert_int_equal(coedit_text_insert(d, notes, 0, "Hei", 3), 0);
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    d = coedit_free(d);
    return 0;
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
        {"half a header", "\x01", 1, -EBADMSG},
        {"bytes behind the end", "\0\0\0", 3, -EBADMSG},
        {"more structs than bytes", "\x01\x7f\x02\0\0\x01\0", 7, -EBADMSG},
        {"an empty string", "\x01\x01\x02\0\x04\x01\x05notes\0\0", 13,
         -EBADMSG},
        {"a hole of no length", "\x01\x01\x02\0\0\0\0", 7, -EBADMSG},
        {"nothing deleted", "\x01\x01\x02\0\x01\x01\x05notes\0\0", 13,
         -EBADMSG},
        {"a skip with flags", "\x01\x01\x02\0\x8a\x01\0", 7, -EBADMSG},
        {"an unknown content", "\x01\x01\x02\0\x0b\x01\x05notes\x01\0", 13,
         -EBADMSG},
        {"an origin of its own that is to come",
         "\x01\x01\x02\0\x84\x02\0\x01x\0", 10, -EBADMSG},
        {"a broken character", "\x01\x01\x02\0\x04\x01\x05notes\x01\xff\0", 14,
         -EBADMSG},
        {"a client twice", "\x02\x01\x02\0\0\x01\x01\x02\x01\0\x01\0", 12,
         -EBADMSG},
        {"a hole up to the end of clocks",
         "\x01\x01\x02\0\0\xff\xff\xff\xff\xff\xff\xff\x0f\0", 14, -ERANGE},
        {"deletions up to the end of clocks",
         "\0\x01\x02\x01\0\xff\xff\xff\xff\xff\xff\xff\x0f", 13, -ERANGE},
        {"a number that is too long",
         "\x01\x01\x02\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\0", 16,
         -EBADMSG},
        {"a client id beyond the ceiling",
         "\x01\x01\xff\xff\xff\xff\xff\x01\0\0\x01\0", 12, -E2BIG},
        {"more growth than one may have", "\x01\x01\x02\0\0\xc1\x84\x3d\0", 9,
         -ERANGE},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(all); i++) {
        int r = coedit_apply(d, all[i].bytes, all[i].len);
        if (r != all[i].error)
            fail_msg("%s: %d, wanted %d", all[i].what, r, all[i].error);
        text_is("Hei");
        assert_false(coedit_pending(d));
    }
}

/* Values nested deeper than is allowed. */
static void test_deep_value(void **state)
{
    uint8_t update[64] = "\x01\x01\x02\0\x28\x01\x04"
                         "form\x01k\x01";
    size_t len = 14;
    (void)state;
    for (int i = 0; i < 9; i++) {
        update[len++] = 117;
        update[len++] = 1;
    }
    update[len++] = 126;
    update[len++] = 0;
    assert_int_equal(coedit_apply(d, update, len), -E2BIG);
}

/* Types in types: the depth is counted in what comes and in what is there. */
static void test_deep_types(void **state)
{
    struct coedit_ref at;
    (void)state;
    assert_int_equal(coedit_root(d, "form", &at), 0);
    coedit_begin(d);
    uint32_t depth = 1;
    while (coedit_map_set_type(d, at, "in", COEDIT_MAP, &at) == 0)
        depth++;
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
    assert_int_equal(depth, coedit_limits_form.type_depth_max);
}

/* What waits has a ceiling, and waits no longer when what it needs has come. */
static void test_waiting(void **state)
{
    uint8_t late[] = "\x01\x01\x02\x05\x04\x01\x05notes\x01x";
    struct coedit_figures f;
    int r = 0;
    (void)state;
    assert_int_equal(coedit_apply(d, late, sizeof(late)), 0);
    assert_true(coedit_pending(d));
    text_is("Hei");
    for (uint8_t i = 6; r == 0; i++) {
        late[3] = i;
        r = i < 0x7f ? coedit_apply(d, late, sizeof(late)) : -ERANGE;
    }
    assert_int_equal(r, -ERANGE); /* 120 single ones are within the ceiling */
    coedit_figures(d, &f);
    assert_true(f.pending_structs <= coedit_limits_form.pending_structs_max);
    uint8_t first[] = "\x01\x01\x02\0\x04\x01\x05notes\x05"
                      "abcde";
    assert_int_equal(coedit_apply(d, first, sizeof(first)), 0);
    assert_false(coedit_pending(d));
}

/* Local edits outside what is there change nothing. */
static void test_edits_out_of_place(void **state)
{
    struct coedit_ref notes;
    struct coedit_ref form;
    struct coedit_ref stale = {0, 77};
    (void)state;
    assert_int_equal(coedit_root(d, "notes", &notes), 0);
    assert_int_equal(coedit_root(d, "form", &form), 0);
    assert_int_equal(coedit_text_insert(d, notes, 0, "x", 1), -EPERM);
    coedit_begin(d);
    assert_int_equal(coedit_text_insert(d, notes, 4, "x", 1), -ERANGE);
    assert_int_equal(coedit_text_delete(d, notes, 2, 2), -ERANGE);
    assert_int_equal(coedit_text_delete(d, notes, 0, UINT32_MAX), -ERANGE);
    assert_int_equal(coedit_text_insert(d, notes, 0, "\xff", 1), -EBADMSG);
    assert_int_equal(coedit_text_insert(d, stale, 0, "x", 1), -ENOENT);
    assert_int_equal(coedit_map_set(d, form, "k", "\x7d", 1), -EBADMSG);
    assert_int_equal(coedit_text_insert(d, notes, 1, "\xf0\x9f\x98\x80", 4), 0);
    assert_int_equal(coedit_text_insert(d, notes, 2, "x", 1), -EINVAL);
    assert_int_equal(coedit_text_delete(d, notes, 1, 1), -EINVAL);
    assert_int_equal(coedit_apply(d, "\0\0", 2), -EBUSY);
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
    text_is("H\xf0\x9f\x98\x80"
            "ei");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_refused),
        CASE(test_deep_value),
        CASE(test_deep_types),
        CASE(test_waiting),
        CASE(test_edits_out_of_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

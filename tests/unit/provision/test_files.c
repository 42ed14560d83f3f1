/* The set of named texts. */
#include "oom.h"

#include "provision/files.h"

static struct provision_files *fresh(void)
{
    struct provision_files *f = NULL;
    assert_int_equal(provision_files_new(&f), 0);
    return f;
}

static const char *text(const struct provision_files *f, const char *name)
{
    const struct lk_buf *b = provision_files_get(f, name);
    return b ? lk_buf_str(b) : NULL;
}

static void test_put_get_drop(void **state)
{
    LK_AUTO(provision_files) f = fresh();
    (void)state;
    assert_int_equal(provision_files_put(f, "a", "one", 3), 0);
    assert_int_equal(provision_files_put(f, "b", "two", 3), 0);
    assert_int_equal(provision_files_put(f, "c", "", 0), 0);
    assert_int_equal(provision_files_put(f, "a", "three", 5), 0);
    assert_int_equal(f->files, 3);
    assert_string_equal(text(f, "a"), "three");
    provision_files_drop(f, "a");
    provision_files_drop(f, "none");
    assert_int_equal(f->files, 2);
    assert_null(text(f, "a"));
    assert_string_equal(text(f, "b"), "two");
    assert_string_equal(text(f, "c"), "");
}

static void test_names(void **state)
{
    static const char *const bad[] = {
        "",          ".",
        "..",        ".a",
        "a/b",       "A",
        "a b",       "\n",
        "a\xc3\xa4", "0123456789012345678901234567890123456789"};
    LK_AUTO(provision_files) f = fresh();
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(provision_files_put(f, bad[i], "x", 1), -EINVAL);
    assert_int_equal(f->files, 0);
}

static void test_ceilings(void **state)
{
    LK_AUTO(provision_files) f = fresh();
    static char big[PROVISION_TEXT_MAX + 1];
    char name[16];
    (void)state;
    assert_true(provision_files_put(f, "big", big, sizeof(big)) < 0);
    assert_int_equal(provision_files_put(f, "big", big, sizeof(big) - 1), 0);
    for (int i = 1; i < PROVISION_FILES_MAX; i++) {
        (void)snprintf(name, sizeof(name), "f%d", i);
        assert_int_equal(provision_files_put(f, name, "x", 1), 0);
    }
    assert_int_equal(provision_files_put(f, "one-more", "x", 1), -ENOSPC);
    assert_int_equal(provision_files_put(f, "f1", "y", 1), 0);
}

static void test_no_memory(void **state)
{
    LK_AUTO(provision_files) f = fresh();
    struct provision_files *copy = NULL;
    int r = 0;
    (void)state;
    OOM_SWEEP(r, provision_files_put(f, "a", "one", 3));
    OOM_SWEEP(r, provision_files_put(f, "b", "two", 3));
    OOM_SWEEP(r, provision_files_copy(f, &copy));
    assert_string_equal(text(copy, "b"), "two");
    (void)provision_files_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_get_drop),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

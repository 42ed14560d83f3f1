#include "oom.h"

#include "base/buf.h"

static void test_grows_to_its_ceiling(void **state)
{
    (void)state;
    LK_AUTO(lk_buf) b = NULL;
    assert_int_equal(lk_buf_new(1000, &b), 0);
    assert_string_equal(lk_buf_str(b), "");
    for (int i = 0; i < 1000; i++)
        assert_int_equal(lk_buf_append(b, "x", 1), 0);
    assert_int_equal(lk_buf_append(b, "x", 1), -EMSGSIZE);
    assert_int_equal(lk_buf_append(b, "x", SIZE_MAX), -EMSGSIZE);
    assert_int_equal(b->len, 1000);
    assert_int_equal(strlen(lk_buf_str(b)), 1000);
    assert_true(b->cap <= 1001);
}

static void test_printf(void **state)
{
    (void)state;
    LK_AUTO(lk_buf) b = NULL;
    assert_int_equal(lk_buf_new(8, &b), 0);
    assert_int_equal(lk_buf_printf(b, "%d-%s", 12, "ab"), 0);
    assert_string_equal(lk_buf_str(b), "12-ab");
    assert_int_equal(lk_buf_printf(b, "%s", "long"), -EMSGSIZE);
    assert_string_equal(lk_buf_str(b), "12-ab"); /* all or nothing */
    lk_buf_wipe(b);
    assert_int_equal(b->len, 0);
    for (size_t i = 0; i < b->cap; i++)
        assert_int_equal(b->data[i], 0);
}

static int build(struct lk_buf **ret)
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(4096, &b);
    for (int i = 0; r == 0 && i < 200; i++)
        r = lk_buf_printf(b, "%d,", i);
    if (r == 0)
        *ret = LK_TAKE(b);
    return r;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    struct lk_buf *b = NULL;
    int r;
    OOM_SWEEP(r, build(&b));
    assert_non_null(b);
    lk_buf_free(b);
    assert_int_equal(lk_buf_new(0, &b), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows_to_its_ceiling),
        cmocka_unit_test(test_printf),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

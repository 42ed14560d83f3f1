#include "testing.h"

#include "base/text.h"
#include "catalog/builtin.h"

/* Every card can be named in a topic and has words in every language. */
static void test_cards_are_complete(void **state)
{
    (void)state;
    size_t n;
    const struct catalog_card *c = catalog_builtin(&n);
    assert_true(n >= 4);
    for (size_t i = 0; i < n; i++) {
        assert_true(lk_name_valid(c[i].id));
        assert_true(lk_name_valid(c[i].agency));
        assert_ptr_equal(catalog_builtin_find(c[i].id), &c[i]);
        for (int k = 0; k < CATALOG_LANGS; k++) {
            assert_true(strlen(c[i].agency_name[k]) > 0);
            assert_true(strlen(c[i].title[k]) > 0);
            assert_true(strlen(c[i].text[k]) > 0);
        }
    }
    assert_null(catalog_builtin_find("nothing"));
}

static void test_languages(void **state)
{
    (void)state;
    assert_int_equal(catalog_lang("fi"), CATALOG_FI);
    assert_int_equal(catalog_lang("sv"), CATALOG_SV);
    assert_int_equal(catalog_lang("en"), CATALOG_EN);
    assert_int_equal(catalog_lang("ar"), CATALOG_EN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cards_are_complete),
        cmocka_unit_test(test_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

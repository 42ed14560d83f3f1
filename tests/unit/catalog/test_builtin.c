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
            assert_true(lk_utf8_valid(c[i].agency_name[k],
                                      strlen(c[i].agency_name[k])));
            assert_true(lk_utf8_valid(c[i].title[k], strlen(c[i].title[k])));
            assert_true(lk_utf8_valid(c[i].text[k], strlen(c[i].text[k])));
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
    assert_int_equal(catalog_lang("se"), CATALOG_SE);
    assert_int_equal(catalog_lang("ru"), CATALOG_RU);
    assert_int_equal(catalog_lang("uk"), CATALOG_UK);
    assert_int_equal(catalog_lang("ar"), CATALOG_AR);
    assert_int_equal(catalog_lang("et"), CATALOG_ET);
    assert_int_equal(catalog_lang("xx"), CATALOG_EN);
    assert_int_equal(catalog_lang(""), CATALOG_EN);
}

/* No text was left in another language: names of agencies may be alike. */
static void test_texts_differ(void **state)
{
    (void)state;
    size_t n;
    const struct catalog_card *c = catalog_builtin(&n);
    for (size_t i = 0; i < n; i++) {
        for (int a = 0; a < CATALOG_LANGS; a++) {
            for (int b = 0; b < a; b++) {
                assert_string_not_equal(c[i].title[a], c[i].title[b]);
                assert_string_not_equal(c[i].text[a], c[i].text[b]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cards_are_complete),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_texts_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

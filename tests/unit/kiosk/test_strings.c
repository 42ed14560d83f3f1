/* Texts in each language and their placeholders. */
#include "kiosk/strings.h"

#include "base/defs.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_tables(void **state)
{
    (void)state;
    for (int lang = 0; lang < KIOSK_LANGS; lang++) {
        assert_int_equal(kiosk_lang_find(kiosk_lang_codes[lang]), lang);
        for (int key = 0; key < KIOSK_STRS; key++) {
            const char *s =
                kiosk_str((enum kiosk_lang)lang, (enum kiosk_str)key);
            assert_true(*s);
            assert_true(lk_utf8_valid(s, strlen(s)));
        }
    }
    assert_int_equal(kiosk_lang_find("xx"), KIOSK_LANG_FI);
    assert_int_equal(kiosk_lang_find(""), KIOSK_LANG_FI);
    assert_string_equal(kiosk_str(KIOSK_LANG_SV, KIOSK_STR_DONE), "Klar");
}

/* Every form that a number can ask for, and the borders between them. */
static void test_plural_forms(void **state)
{
    (void)state;
    static const struct {
        enum kiosk_lang lang;
        uint64_t n;
        enum kiosk_form form;
    } cases[] = {
        {KIOSK_LANG_FI, 0, KIOSK_FORM_OTHER},
        {KIOSK_LANG_FI, 1, KIOSK_FORM_ONE},
        {KIOSK_LANG_SV, 2, KIOSK_FORM_OTHER},
        {KIOSK_LANG_EN, 21, KIOSK_FORM_OTHER},
        {KIOSK_LANG_ET, 1, KIOSK_FORM_ONE},
        {KIOSK_LANG_ET, 101, KIOSK_FORM_OTHER},
        {KIOSK_LANG_SE, 0, KIOSK_FORM_OTHER},
        {KIOSK_LANG_SE, 1, KIOSK_FORM_ONE},
        {KIOSK_LANG_SE, 2, KIOSK_FORM_TWO},
        {KIOSK_LANG_SE, 3, KIOSK_FORM_OTHER},
        {KIOSK_LANG_RU, 0, KIOSK_FORM_MANY},
        {KIOSK_LANG_RU, 1, KIOSK_FORM_ONE},
        {KIOSK_LANG_RU, 2, KIOSK_FORM_FEW},
        {KIOSK_LANG_RU, 4, KIOSK_FORM_FEW},
        {KIOSK_LANG_RU, 5, KIOSK_FORM_MANY},
        {KIOSK_LANG_RU, 11, KIOSK_FORM_MANY},
        {KIOSK_LANG_RU, 14, KIOSK_FORM_MANY},
        {KIOSK_LANG_RU, 21, KIOSK_FORM_ONE},
        {KIOSK_LANG_RU, 22, KIOSK_FORM_FEW},
        {KIOSK_LANG_UK, 111, KIOSK_FORM_MANY},
        {KIOSK_LANG_UK, 112, KIOSK_FORM_MANY},
        {KIOSK_LANG_UK, 123, KIOSK_FORM_FEW},
        {KIOSK_LANG_UK, 1001, KIOSK_FORM_ONE},
        {KIOSK_LANG_AR, 0, KIOSK_FORM_ZERO},
        {KIOSK_LANG_AR, 1, KIOSK_FORM_ONE},
        {KIOSK_LANG_AR, 2, KIOSK_FORM_TWO},
        {KIOSK_LANG_AR, 3, KIOSK_FORM_FEW},
        {KIOSK_LANG_AR, 10, KIOSK_FORM_FEW},
        {KIOSK_LANG_AR, 11, KIOSK_FORM_MANY},
        {KIOSK_LANG_AR, 99, KIOSK_FORM_MANY},
        {KIOSK_LANG_AR, 100, KIOSK_FORM_OTHER},
        {KIOSK_LANG_AR, 102, KIOSK_FORM_OTHER},
        {KIOSK_LANG_AR, 103, KIOSK_FORM_FEW},
        {KIOSK_LANG_AR, UINT64_MAX, KIOSK_FORM_MANY},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++)
        assert_int_equal(kiosk_lang_form(cases[i].lang, cases[i].n),
                         cases[i].form);
}

static void test_plural_texts(void **state)
{
    (void)state;
    char text[128];
    for (int lang = 0; lang < KIOSK_LANGS; lang++) {
        for (int key = 0; key < KIOSK_PLURALS; key++) {
            for (uint64_t n = 0; n < 130; n++) {
                kiosk_str_count((enum kiosk_lang)lang, (enum kiosk_plural)key,
                                n, sizeof(text), text);
                assert_true(*text);
                assert_null(strchr(text, '{'));
                assert_true(lk_utf8_valid(text, strlen(text)));
            }
        }
    }
    kiosk_str_count(KIOSK_LANG_FI, KIOSK_PLURAL_SPEAK_MINUTES, 1, sizeof(text),
                    text);
    assert_string_equal(text, "yhden minuutin");
    kiosk_str_count(KIOSK_LANG_RU, KIOSK_PLURAL_SPEAK_MINUTES, 22, sizeof(text),
                    text);
    assert_string_equal(text, "22 минуты");
    kiosk_str_count(KIOSK_LANG_AR, KIOSK_PLURAL_SPEAK_MINUTES, 2, sizeof(text),
                    text);
    assert_string_equal(text, "دقيقتان");
}

/* The order on the start screen, and which is read from the right. */
static void test_languages(void **state)
{
    (void)state;
    static const char *const codes[] = {"fi", "sv", "en", "se",
                                        "ru", "uk", "ar", "et"};
    assert_int_equal(LK_ARRAY_LEN(codes), KIOSK_LANGS);
    for (int i = 0; i < KIOSK_LANGS; i++) {
        assert_string_equal(kiosk_lang_codes[i], codes[i]);
        assert_int_equal(kiosk_lang_rtl((enum kiosk_lang)i),
                         strcmp(codes[i], "ar") == 0);
    }
}

static void test_fill(void **state)
{
    (void)state;
    static const struct {
        const char *text, *key, *value;
        size_t cap;
        const char *expected;
    } cases[] = {
        {"{n} min", "n", "12", 32, "12 min"},
        {"{h}.{m}", "m", "05", 32, "{h}.05"},
        {"{n}{n}", "n", "a", 32, "aa"},
        {"{nn} {n", "n", "a", 32, "{nn} {n"},
        {"abc", "n", "a", 3, "ab"},
        {"abc", "n", "a", 1, ""},
        {"aä", "n", "", 3, "a"},
        {"aä", "n", "", 4, "aä"},
        {"{n}", "n", "ää", 4, "ä"},
        {"", "n", "a", 4, ""},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        char ret[40];
        memset(ret, 'x', sizeof(ret));
        kiosk_str_fill(cases[i].text, cases[i].key, cases[i].value,
                       cases[i].cap, ret);
        assert_string_equal(ret, cases[i].expected);
        assert_int_equal(ret[cases[i].cap], 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_plural_forms),
        cmocka_unit_test(test_plural_texts),
        cmocka_unit_test(test_fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

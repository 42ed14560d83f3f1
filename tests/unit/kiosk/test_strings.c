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
        cmocka_unit_test(test_fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

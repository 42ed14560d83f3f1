#include "shorthand.h"
#include "testing.h"

#include "base/text.h"
#include "forms/value.h"

#include <jansson.h>

/* A form of one field, in three languages. */
struct one {
    struct forms_def *def;
    const struct forms_field *field;
};

static struct one make_field(const json_t *properties, const char *cell)
{
    struct one one = {0};
    json_t *field = json_deep_copy(properties);
    json_object_set_new(field, "id", json_string("f"));
    json_t *sections = json_pack("[{s:s, s:[o]}]", "id", "s", "fields", field);
    one.def = shorthand_parse(sections);
    json_decref(sections);
    one.field = one.def->section[0].field;
    for (size_t i = 0; cell && i < 3; i++)
        if (strcmp(one.def->section[0].field[0].field[i].id + 2, cell) == 0)
            one.field = &one.def->section[0].field[0].field[i];
    return one;
}

static struct forms_day read_day(const char *s)
{
    char *end = NULL;
    struct forms_day d;
    d.year = (int)strtol(s, &end, 10);
    d.month = (int)strtol(end + 1, &end, 10);
    d.day = (int)strtol(end + 1, &end, 10);
    assert_true(d.year > 2000 && d.month > 0 && d.day > 0 && !*end);
    return d;
}

static const char *text_of(const json_t *v, const char *key)
{
    const char *s = json_string_value(json_object_get(v, key));
    return s ? s : "";
}

static void check_shown(const struct one *one, const json_t *c,
                        const char *canonical)
{
    char shown[FORMS_VALUE_MAX];
    const json_t *want = json_object_get(c, "shown");
    for (size_t i = 0; i < one->def->langs; i++) {
        const char *lang = one->def->lang[i];
        const char *each = json_string_value(want) ? json_string_value(want)
                           : want                  ? text_of(want, lang)
                                                   : canonical;
        forms_show_in(one->def, one->field, canonical, lang, shown,
                      sizeof(shown));
        assert_string_equal(shown, each);
    }
}

static void play_case(const struct one *one, const json_t *c,
                      const struct forms_day *today)
{
    char canonical[FORMS_VALUE_MAX];
    char again[FORMS_VALUE_MAX];
    struct forms_judged j;
    struct forms_judged without;
    const char *value = text_of(c, "value");
    forms_judge(one->field, value, today, canonical, &j);
    forms_judge(one->field, value, today, NULL, &without);
    if (strcmp(forms_error_word(j.error), text_of(c, "error")) != 0 ||
        strcmp(j.bound, text_of(c, "bound")) != 0 ||
        strcmp(canonical, text_of(c, "canonical")) != 0) {
        char *text = json_dumps(c, JSON_ENSURE_ASCII);
        fail_msg("%s\n gives error '%s' bound '%s' canonical '%.80s'", text,
                 forms_error_word(j.error), j.bound, canonical);
    }
    assert_int_equal(without.error, j.error);
    if (j.error != FORMS_OK)
        return;
    /* What is canonical stays as it is. */
    forms_judge(one->field, canonical, today, again, &j);
    assert_int_equal(j.error, FORMS_OK);
    assert_string_equal(again, canonical);
    check_shown(one, c, canonical);
}

static void test_vectors(void **state)
{
    (void)state;
    json_error_t e;
    json_t *root = json_load_file(VECTORS "/values.json", 0, &e);
    assert_non_null(root);
    size_t cases = 0;
    size_t i = 0;
    json_t *g = NULL;
    json_array_foreach(json_object_get(root, "groups"), i, g)
    {
        const char *own = text_of(g, "today");
        struct forms_day today = read_day(*own ? own : text_of(root, "today"));
        struct one one =
            make_field(json_object_get(g, "field"),
                       json_string_value(json_object_get(g, "cell")));
        size_t k = 0;
        json_t *c = NULL;
        json_array_foreach(json_object_get(g, "cases"), k, c)
        {
            play_case(&one, c, &today);
            cases++;
        }
        (void)forms_def_free(one.def);
    }
    json_decref(root);
    printf("%zu cases\n", cases);
    assert_true(cases >= 250);
}

static const struct forms_day today = {2026, 11, 22};

/* Bytes that JSON cannot say. */
static void test_bytes_that_are_no_text(void **state)
{
    (void)state;
    static const char *const bytes[] = {
        "\xff",
        "a\x80",
        "\xc0\xaf",
        "\xed\xa0\x80",
        "\xc3",
        "\xf4\x90\x80\x80",
        "\xe2\x82",
        "abc\xf0\x9f\x98",
        " \xff ",
        "\xed\xb0\x80",
        "\xf8\x88\x80\x80\x80",
    };
    for (int t = 0; t < FORMS_TYPES; t++) {
        struct forms_field f = {.type = (enum forms_type)t,
                                .max_length = 200,
                                .pattern = "",
                                .min = "",
                                .max = ""};
        bool judged = t != FORMS_ROWS && t != FORMS_ATTACHMENT &&
                      t != FORMS_SIGNATURE && t != FORMS_INFO &&
                      t != FORMS_ADDRESS;
        for (size_t i = 0; i < LK_ARRAY_LEN(bytes); i++) {
            struct forms_judged j = {.error = FORMS_ERRORS};
            char canonical[FORMS_VALUE_MAX] = "x";
            forms_judge(&f, bytes[i], &today, canonical, &j);
            assert_int_equal(j.error, judged ? FORMS_BAD_TEXT : FORMS_OK);
            assert_string_equal(canonical, "");
        }
    }
}

/* However long: judged, not overrun. */
static void test_giant_values(void **state)
{
    (void)state;
    size_t len = 1024 * 1024;
    char *s = malloc(len + 1);
    for (int t = 0; t < FORMS_TYPES; t++) {
        struct forms_field f = {.type = (enum forms_type)t,
                                .max_length = 4000,
                                .pattern = "",
                                .min = "",
                                .max = ""};
        for (const char *c = "1A @\n-"; *c; c++) {
            struct forms_judged j;
            memset(s, *c, len);
            s[len] = 0;
            forms_judge(&f, s, &today, NULL, &j);
        }
    }
    free(s);
}

/* A canonical text of 4,000 units can need more bytes than typed. */
static void test_text_that_grows(void **state)
{
    (void)state;
    struct forms_field f = {
        .type = FORMS_LINES, .max_length = 4000, .pattern = ""};
    static char s[4000 * 3 + 1];
    for (size_t i = 0; i < 12000; i++)
        s[i] = "\xef\xac\xac"[i % 3]; /* U+FB2C: three times as long */
    char canonical[FORMS_VALUE_MAX];
    struct forms_judged j;
    forms_judge(&f, s, &today, canonical, &j);
    assert_int_equal(j.error, FORMS_TOO_LONG);
    assert_string_equal(j.bound, "4000");
}

/* Every cut is at a character, and ends in a NUL. */
static void test_shown_is_cut(void **state)
{
    (void)state;
    static const struct {
        enum forms_type type;
        const char *canonical;
    } cases[] = {
        {FORMS_TEXT, "äö€😀"},       {FORMS_NUMBER, "-1234567.5"},
        {FORMS_DATE, "2027-02-14"}, {FORMS_IBAN, "FI2112345600000785"},
        {FORMS_YESNO, "yes"},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct forms_field f = {.type = cases[i].type, .decimals = 2};
        for (size_t cap = 1; cap < 40; cap++) {
            char shown[41];
            memset(shown, 'x', sizeof(shown));
            forms_show(&f, cases[i].canonical, "fi", shown, cap);
            assert_true(strlen(shown) < cap);
            assert_int_equal(shown[cap], 'x');
            assert_true(lk_utf8_valid(shown, strlen(shown)));
        }
    }
}

static void test_shown_in_other_languages(void **state)
{
    (void)state;
    static const struct {
        enum forms_type type;
        const char *canonical, *lang, *shown;
    } cases[] = {
        {FORMS_DATE, "2027-02-04", "se", "4.2.2027"},
        {FORMS_DATE, "2027-02-04", "ru", "04.02.2027"},
        {FORMS_DATE, "2027-02-04", "uk", "04.02.2027"},
        {FORMS_DATE, "2027-02-04", "et", "04.02.2027"},
        {FORMS_DATE, "2027-02-04", "ar", "4.2.2027"},
        {FORMS_NUMBER, "1234.5", "ar",
         "1\xc2\xa0"
         "234.50"},
        {FORMS_NUMBER, "1234.5", "ru",
         "1\xc2\xa0"
         "234,50"},
        {FORMS_YESNO, "no", "et", "Ei"},
        {FORMS_YESNO, "yes", "ar", "نعم"},
        {FORMS_YESNO, "yes", "xx", "Yes"},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        char shown[64];
        struct forms_field f = {.type = cases[i].type, .decimals = 2};
        forms_show(&f, cases[i].canonical, cases[i].lang, shown, sizeof(shown));
        assert_string_equal(shown, cases[i].shown);
    }
}

/* Every error has a word of its own. */
static void test_error_words(void **state)
{
    (void)state;
    for (int i = 0; i < FORMS_ERRORS; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(forms_error_word((enum forms_error)i),
                                    forms_error_word((enum forms_error)k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_giant_values),
        cmocka_unit_test(test_text_that_grows),
        cmocka_unit_test(test_shown_is_cut),
        cmocka_unit_test(test_shown_in_other_languages),
        cmocka_unit_test(test_error_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

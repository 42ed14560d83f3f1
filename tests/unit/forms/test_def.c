#include "oom.h"
#include "shorthand.h"
#include "testing.h"

#include "base/buf.h"

#define MISTAKES_MAX 100

/* The vectors' right definition, as text. */
static char *base_text(const json_t *root)
{
    LK_AUTO(lk_buf) b = NULL;
    size_t i = 0;
    json_t *line = NULL;
    assert_int_equal(lk_buf_new(FORMS_DEF_LEN_MAX, &b), 0);
    json_array_foreach(json_object_get(root, "base"), i, line)
    {
        assert_int_equal(lk_buf_printf(b, "%s\n", json_string_value(line)), 0);
    }
    char *copy = strdup(lk_buf_str(b));
    assert_non_null(copy);
    return copy;
}

static json_t *load(void)
{
    json_error_t e;
    json_t *root = json_load_file(VECTORS "/wrong.json", 0, &e);
    assert_non_null(root);
    return root;
}

static const char *text_of(const json_t *v, const char *key)
{
    return json_string_value(json_object_get(v, key));
}

/* The base with one change. */
static char *changed(const char *base, const char *find, const char *put)
{
    const char *at = strstr(base, find);
    assert_non_null(at);
    size_t size = strlen(base) + strlen(put) + 1;
    char *s = malloc(size);
    (void)snprintf(s, size, "%.*s%s%s", (int)(at - base), base, put,
                   at + strlen(find));
    return s;
}

static void play_wrong(const char *base, const json_t *c)
{
    struct forms_def_error e = {.line = -1};
    struct forms_def *d = NULL;
    const char *reason = text_of(c, "reason");
    char *text = changed(base, text_of(c, "find"), text_of(c, "put"));
    assert_int_equal(forms_def_parse(text, strlen(text), &d, &e), -EBADMSG);
    assert_null(d);
    if (e.line != json_integer_value(json_object_get(c, "line")) ||
        strncmp(e.reason, reason, strlen(reason)) != 0)
        fail_msg("%s\nis refused at %d: %s\nnot %d: %s", text_of(c, "put"),
                 e.line, e.reason,
                 (int)json_integer_value(json_object_get(c, "line")), reason);
    free(text);
}

static void test_wrong(void **state)
{
    (void)state;
    json_t *root = load();
    char *base = base_text(root);
    struct forms_def_error e;
    LK_AUTO(forms_def) d = NULL;
    assert_int_equal(forms_def_parse(base, strlen(base), &d, &e), 0);
    size_t i = 0;
    json_t *c = NULL;
    json_array_foreach(json_object_get(root, "cases"), i, c)
    {
        play_wrong(base, c);
    }
    printf("%zu cases\n", i);
    free(base);
    json_decref(root);
}

/* All that can be seen in one run, in the order of the text. */
static void test_all_mistakes(void **state)
{
    (void)state;
    static const char text[] =
        "{\"id\": \"T\", \"version\": 0, \"agency\": \"kela\",\n"
        "\"languages\": [\"fi\"], \"title\": {\"fi\": \"\"},\n"
        "\"sections\": [{\"id\": \"s\", \"title\": {\"en\": \"a\"},\n"
        "\"fields\": [{\"id\": \"x\", \"type\": \"dat\"},\n"
        "{\"id\": \"y\", \"type\": \"text\", \"label\": {\"fi\": \"a\"},\n"
        "\"when\": {\"field\": \"x\", \"filled\": true}, \"max\": 1}]}]}";
    static const struct forms_def_error want[] = {
        {1, "id: is not an id, [a-z][a-z0-9-]{0,23}"},
        {1, "version: is not a whole number, 1 to 1000000"},
        {2, "title.fi: is empty"},
        {3, "sections[0].title.en: is not a member that is known"},
        {3, "sections[0].title.fi: is missing"},
        {4, "sections[0].fields[0].type: is not a type that is known"},
        {6, "sections[0].fields[1].max: is not a member of a field of type "
            "text"},
    };
    struct forms_def *d = NULL;
    struct forms_def_error e[MISTAKES_MAX];
    size_t n = MISTAKES_MAX;
    assert_int_equal(forms_def_check(text, strlen(text), &d, e, &n), -EBADMSG);
    assert_int_equal(n, LK_ARRAY_LEN(want));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(e[i].line, want[i].line);
        assert_string_equal(e[i].reason, want[i].reason);
    }
    /* No more than there is room for. */
    n = 3;
    assert_int_equal(forms_def_check(text, strlen(text), &d, e, &n), -EBADMSG);
    assert_int_equal(n, 3);
}

/* What is read stands where it should. */
static void test_tables(void **state)
{
    (void)state;
    json_t *root = load();
    char *base = base_text(root);
    struct forms_def_error e;
    LK_AUTO(forms_def) d = NULL;
    assert_int_equal(forms_def_parse(base, strlen(base), &d, &e), 0);
    assert_string_equal(d->id, "try-out");
    assert_string_equal(d->agency, "kela");
    assert_int_equal(d->langs, 2);
    assert_int_equal(d->sections, 2);
    const struct forms_field *f = d->section[0].field;
    assert_int_equal(d->section[0].fields, 7);
    assert_int_equal(f[0].max_length, 20);
    assert_string_equal(f[0].pattern, "A*-99");
    assert_string_equal(forms_say(d, &f[0].help, "fi"), "Apu");
    assert_string_equal(forms_say(d, &f[0].hint, "fi"), "");
    assert_int_equal(f[1].options, 2);
    assert_string_equal(f[1].option[1].id, "dog");
    assert_true(f[2].required && f[2].who == FORMS_CITIZEN);
    assert_string_equal(f[3].min, "0.5");
    assert_string_equal(f[3].max, "10");
    assert_int_equal(f[3].decimals, 1);
    assert_string_equal(f[4].min, "today-30");
    assert_true(f[5].is_private);
    assert_int_equal(f[6].fields, 3);
    assert_string_equal(f[6].field[0].id, "home-street");
    assert_int_equal(f[6].field[1].type, FORMS_POSTCODE);
    assert_string_equal(forms_say(d, &f[6].field[2].label, "en"), "Town");
    assert_string_equal(forms_say(d, &f[6].field[2].error, "en"), "Check it.");
    f = d->section[1].field;
    assert_non_null(d->section[1].when);
    assert_int_equal(f[0].fields, 2);
    assert_string_equal(f[0].max, "5");
    assert_string_equal(forms_say(d, &f[0].item, "sv"), "Job");
    assert_int_equal(f[1].who, FORMS_CITIZEN);
    free(base);
    json_decref(root);
}

/* Another language gets English, then the first. */
static void test_languages(void **state)
{
    (void)state;
    static const char *const langs[] = {"[\"fi\",\"en\"]", "[\"fi\",\"sv\"]"};
    static const char *const said[] = {"E", "F"};
    for (size_t i = 0; i < 2; i++) {
        char text[1024];
        const char *two = i == 0 ? "en" : "sv";
        struct forms_def_error e;
        LK_AUTO(forms_def) d = NULL;
        (void)snprintf(text, sizeof(text),
                       "{\"id\":\"t\",\"version\":1,\"agency\":\"kela\","
                       "\"languages\":%s,\"title\":{\"fi\":\"F\",\"%s\":\"E\"},"
                       "\"sections\":[{\"id\":\"s\",\"title\":{\"fi\":\"F\","
                       "\"%s\":\"E\"},\"fields\":[{\"id\":\"x\",\"type\":"
                       "\"info\",\"label\":{\"fi\":\"F\",\"%s\":\"E\"}}]}]}",
                       langs[i], two, two, two);
        assert_int_equal(forms_def_parse(text, strlen(text), &d, &e), 0);
        assert_string_equal(forms_say(d, &d->title, "ru"), said[i]);
        assert_string_equal(forms_say(d, &d->title, "fi"), "F");
        assert_string_equal(forms_say(d, &d->title, two), "E");
    }
}

/* Ceilings that no short case can reach. */
static void test_ceilings(void **state)
{
    (void)state;
    struct forms_def_error e;
    struct forms_def *d = NULL;
    char *big = calloc(1, FORMS_DEF_LEN_MAX + 2);
    memset(big, ' ', FORMS_DEF_LEN_MAX + 1);
    assert_int_equal(forms_def_parse(big, FORMS_DEF_LEN_MAX + 1, &d, &e),
                     -EBADMSG);
    assert_string_equal(e.reason, "the file is longer than 64 KiB");
    memset(big, '[', FORMS_DEF_LEN_MAX);
    assert_int_equal(forms_def_parse(big, FORMS_DEF_LEN_MAX, &d, &e), -EBADMSG);
    free(big);
    for (int n = 59; n <= 62; n++) {
        json_t *fields = json_array();
        for (int i = 0; i < n; i++) {
            char id[16];
            (void)snprintf(id, sizeof(id), "f%d", i);
            json_array_append_new(fields, json_pack("{s:s, s:s, s:{s:s}}", "id",
                                                    id, "type", "address",
                                                    "label", "fi", "a"));
        }
        json_t *root = json_pack(
            "{s:s, s:i, s:s, s:[s], s:{s:s}, s:[{s:s, s:{s:s}, s:o}]}", "id",
            "t", "version", 1, "agency", "kela", "languages", "fi", "title",
            "fi", "a", "sections", "id", "s", "title", "fi", "a", "fields",
            fields);
        char *text = json_dumps(root, 0);
        int r = forms_def_parse(text, strlen(text), &d, &e);
        assert_int_equal(r, n <= FORMS_FIELDS_MAX ? 0 : -EBADMSG);
        d = r == 0 ? forms_def_free(d) : NULL;
        free(text);
        json_decref(root);
    }
}

static void test_survives_lack_of_memory(void **state)
{
    (void)state;
    size_t len = 0;
    const char *json = forms_builtin("parental-allowance", &len);
    struct forms_def *d = NULL;
    struct forms_def_error e = {0};
    int r = 0;
    OOM_SWEEP(r, forms_def_parse(json, len, &d, &e));
    assert_int_equal(r, 0);
    (void)forms_def_free(d);
    assert_string_equal(e.reason, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_all_mistakes),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

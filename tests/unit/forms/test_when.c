#include "shorthand.h"
#include "testing.h"

#include <stdio.h>

/* A filled form as the vectors have it, and what was found hidden so far. */
struct filled {
    const struct forms_def *def;
    const json_t *values;
    json_t *hidden; /* list of paths */
    const char *rows;
};

static bool is_hidden(const struct filled *f, const char *path)
{
    size_t i = 0;
    json_t *v = NULL;
    json_array_foreach(f->hidden, i, v)
    {
        if (strcmp(json_string_value(v), path) == 0)
            return true;
    }
    return false;
}

/* The cells of an address are hidden with it. */
static bool is_under_hidden(const struct filled *f, const char *path)
{
    static const char *const part[] = {"-street", "-postcode", "-town"};
    for (size_t i = 0; i < LK_ARRAY_LEN(part); i++) {
        size_t len = strlen(path);
        size_t tail = strlen(part[i]);
        char whole[FORMS_PATH_MAX];
        if (len <= tail || strcmp(path + len - tail, part[i]) != 0)
            continue;
        (void)snprintf(whole, sizeof(whole), "%.*s", (int)(len - tail), path);
        if (is_hidden(f, whole))
            return true;
    }
    return is_hidden(f, path);
}

static const char *lookup(void *arg, const char *id, uint32_t row)
{
    const struct filled *f = arg;
    char path[FORMS_PATH_MAX];
    const char *s = json_string_value(json_object_get(f->values, id));
    (void)snprintf(path, sizeof(path), "%s", id);
    if (!s && row > 0) {
        const json_t *rows = json_object_get(f->values, f->rows);
        s = json_string_value(
            json_object_get(json_array_get(rows, row - 1), id));
        (void)snprintf(path, sizeof(path), "%s-%u-%s", f->rows, row, id);
    }
    return s && !is_under_hidden(f, path) ? s : "";
}

static void hide(struct filled *f, const char *path)
{
    json_array_append_new(f->hidden, json_string(path));
}

static void play_row(struct filled *f, const struct forms_field *rows,
                     uint32_t row)
{
    for (size_t i = 0; i < rows->fields; i++) {
        char path[FORMS_PATH_MAX];
        const struct forms_field *c = &rows->field[i];
        (void)snprintf(path, sizeof(path), "%s-%u-%s", rows->id, row, c->id);
        if (!forms_when_holds(c->when, row, lookup, f))
            hide(f, path);
    }
}

static void play_section(struct filled *f, const struct forms_section *s)
{
    bool applies = forms_when_holds(s->when, 0, lookup, f);
    if (!applies)
        hide(f, s->id);
    for (size_t i = 0; i < s->fields; i++) {
        const struct forms_field *field = &s->field[i];
        if (!applies || !forms_when_holds(field->when, 0, lookup, f)) {
            hide(f, field->id);
            continue;
        }
        if (field->type != FORMS_ROWS)
            continue;
        f->rows = field->id;
        size_t n = json_array_size(json_object_get(f->values, field->id));
        for (size_t row = 1; row <= n; row++)
            play_row(f, field, (uint32_t)row);
    }
}

/* What the vectors list: of a section that is hidden not its fields. */
static json_t *listed(const struct filled *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->def->sections; i++) {
        const struct forms_section *s = &f->def->section[i];
        if (!is_hidden(f, s->id))
            continue;
        for (size_t k = 0; k < s->fields; k++) {
            size_t at = 0;
            json_t *v = NULL;
            json_array_foreach(f->hidden, at, v)
            {
                if (strcmp(json_string_value(v), s->field[k].id) == 0)
                    json_array_remove(f->hidden, at--);
            }
        }
    }
    json_array_extend(list, f->hidden);
    return list;
}

static void play_case(const json_t *c)
{
    LK_AUTO(forms_def) def = shorthand_parse(json_object_get(c, "sections"));
    struct filled f = {.def = def,
                       .values = json_object_get(c, "values"),
                       .hidden = json_array(),
                       .rows = ""};
    for (size_t i = 0; i < def->sections; i++)
        play_section(&f, &def->section[i]);
    json_t *found = listed(&f);
    if (!json_equal(found, json_object_get(c, "hidden"))) {
        char *got = json_dumps(found, 0);
        fail_msg("%s: hidden are %s",
                 json_string_value(json_object_get(c, "name")), got);
    }
    json_decref(found);
    json_decref(f.hidden);
}

static void test_vectors(void **state)
{
    (void)state;
    json_error_t e;
    json_t *root = json_load_file(VECTORS "/conditions.json", 0, &e);
    assert_non_null(root);
    size_t i = 0;
    json_t *c = NULL;
    json_array_foreach(json_object_get(root, "cases"), i, c)
    {
        play_case(c);
    }
    printf("%zu cases\n", i);
    assert_true(i >= 50);
    json_decref(root);
}

static const char *no_lookup(void *arg, const char *id, uint32_t row)
{
    (void)arg;
    (void)row;
    fail_msg("asked for %s", id);
    return "";
}

/* Without a condition there is nothing to ask. */
static void test_nothing_holds(void **state)
{
    (void)state;
    assert_true(forms_when_holds(NULL, 0, no_lookup, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_nothing_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

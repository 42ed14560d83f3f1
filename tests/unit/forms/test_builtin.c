#include "testing.h"

#include "base/text.h"
#include "catalog/builtin.h"
#include "forms/def.h"

#include <openssl/sha.h>

static struct forms_def *parse_builtin(const char *id)
{
    size_t len = 0;
    struct forms_def *d = NULL;
    struct forms_def_error e = {0};
    const char *json = forms_builtin(id, &len);
    assert_non_null(json);
    assert_int_equal(json[len], 0);
    if (forms_def_parse(json, len, &d, &e) < 0)
        fail_msg("%s:%d: %s", id, e.line, e.reason);
    return d;
}

/* Each parses, under its own name, with its very bytes. */
static void test_all_parse(void **state)
{
    (void)state;
    for (const char *const *id = forms_builtin_ids(); *id; id++) {
        uint8_t sha[32];
        size_t len = 0;
        const char *json = forms_builtin(*id, &len);
        LK_AUTO(forms_def) d = parse_builtin(*id);
        assert_string_equal(d->id, *id);
        assert_int_equal(d->json_len, len);
        assert_memory_equal(d->json, json, len);
        SHA256((const unsigned char *)json, len, sha);
        assert_memory_equal(d->sha256, sha, sizeof(sha));
    }
    size_t len = 0;
    assert_null(forms_builtin("nothing", &len));
}

/* A card's form is there, and is of the card's agency. */
static void test_cards_have_their_forms(void **state)
{
    (void)state;
    size_t n = 0;
    size_t forms = 0;
    const struct catalog_card *c = catalog_builtin(&n);
    for (size_t i = 0; i < n; i++) {
        if (!c[i].form)
            continue;
        LK_AUTO(forms_def) d = parse_builtin(c[i].form);
        assert_string_equal(d->agency, c[i].agency);
        forms++;
    }
    size_t ids = 0;
    while (forms_builtin_ids()[ids])
        ids++;
    assert_int_equal(forms, ids);
}

static void note_types(const struct forms_field *f, size_t n, bool *seen,
                       bool *who)
{
    for (size_t i = 0; i < n; i++) {
        seen[f[i].type] = true;
        who[f[i].who] = true;
        note_types(f[i].field, f[i].fields, seen, who);
    }
}

/* Between them the forms use every type, and every kind of writer. */
static void test_every_type_occurs(void **state)
{
    (void)state;
    bool seen[FORMS_TYPES] = {false};
    bool who[3] = {false};
    for (const char *const *id = forms_builtin_ids(); *id; id++) {
        LK_AUTO(forms_def) d = parse_builtin(*id);
        for (size_t i = 0; i < d->sections; i++)
            note_types(d->section[i].field, d->section[i].fields, seen, who);
    }
    for (int t = 0; t < FORMS_TYPES; t++)
        if (!seen[t])
            fail_msg("no field of type %s", forms_type_name(t));
    assert_true(who[FORMS_BOTH] && who[FORMS_CITIZEN] && who[FORMS_EXPERT]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_parse),
        cmocka_unit_test(test_cards_have_their_forms),
        cmocka_unit_test(test_every_type_occurs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

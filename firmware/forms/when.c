#include "forms/def_impl.h"

#include <stdio.h>
#include <string.h>

/* Why no condition can name a field of that type, or NULL. */
static const char *type_wrong(enum forms_type type, bool filled)
{
    switch ((unsigned)type) {
    case FORMS_ROWS:
    case FORMS_ATTACHMENT:
    case FORMS_SIGNATURE:
    case FORMS_INFO:
        return "names a field that has no value";
    case FORMS_CHOICE:
    case FORMS_CHOICES:
    case FORMS_YESNO:
        return NULL;
    default:
        return filled ? NULL
                      : "names a field that is neither a choice nor "
                        "yes or no: it can only be filled";
    }
}

/* The field that a condition at the present place is about, or NULL. */
static const struct forms_field *take_about(struct def_parse *p,
                                            const json_t *v, bool filled)
{
    const char *s = def_string(p, v, "field", true);
    const struct def_id *id = NULL;
    const char *wrong = "names no field that stands before";
    for (size_t i = 0; s && i < p->ids; i++)
        if (strcmp(p->id[i].id, s) == 0)
            id = &p->id[i];
    if (!s)
        return NULL;
    if (id && !id->field && !id->wrong)
        wrong = "names no field, but a step or a part of an address";
    else if (id && !id->field)
        return NULL; /* what is wrong with it was noted */
    else if (id && id->rows && id->rows != p->rows)
        wrong = "names a cell of rows that it does not stand in";
    else if (id)
        wrong = type_wrong(id->field->type, filled);
    if (wrong)
        def_refuse_at(p, "field", wrong);
    return wrong ? NULL : id->field;
}

/* Whether `s` can be a value of the field. */
static bool can_be(const struct forms_field *f, const char *s)
{
    if (f->type == FORMS_YESNO)
        return strcmp(s, "yes") == 0 || strcmp(s, "no") == 0;
    for (size_t i = 0; i < f->options; i++)
        if (f->option[i].id && strcmp(f->option[i].id, s) == 0)
            return true;
    return false;
}

/* One value at the present place. */
static const char *take_value(struct def_parse *p, const json_t *v,
                              const struct forms_field *about)
{
    const char *s = json_string_value(v);
    if (!s)
        def_refuse(p, "is not a string");
    else if (about && !can_be(about, s))
        def_refuse(p, "is no value of that field");
    return s ? s : "";
}

static void take_is(struct def_parse *p, const json_t *v,
                    struct forms_when *ret)
{
    const struct forms_field *about = take_about(p, v, false);
    const char **value = def_take(p, 1, sizeof(*value));
    if (!value)
        return;
    def_enter(p, "is");
    value[0] = take_value(p, json_object_get(v, "is"), about);
    def_leave(p);
    *ret = (struct forms_when){.kind = FORMS_WHEN_IN,
                               .field = about ? about->id : "",
                               .value = value,
                               .values = 1};
}

static void take_in(struct def_parse *p, const json_t *v,
                    struct forms_when *ret)
{
    const struct forms_field *about = take_about(p, v, false);
    const json_t *list = def_list(p, v, "in", 1, FORMS_OPTIONS_MAX);
    size_t n = list ? json_array_size(list) : 0;
    const char **value = def_take(p, n, sizeof(*value));
    if (!value)
        return;
    def_enter(p, "in");
    for (size_t i = 0; i < n; i++) {
        def_enter_at(p, i);
        value[i] = take_value(p, json_array_get(list, i), about);
        def_leave(p);
    }
    def_leave(p);
    *ret = (struct forms_when){.kind = FORMS_WHEN_IN,
                               .field = about ? about->id : "",
                               .value = value,
                               .values = n};
}

/* An address is filled when one of its cells is. */
static void take_filled(struct def_parse *p, const json_t *v,
                        struct forms_when *ret)
{
    const struct forms_field *about = take_about(p, v, true);
    if (!json_is_true(json_object_get(v, "filled")))
        def_refuse_at(p, "filled", "is not true");
    *ret = (struct forms_when){.kind = FORMS_WHEN_FILLED,
                               .field = about ? about->id : ""};
    if (!about || about->type != FORMS_ADDRESS)
        return;
    struct forms_when *cell = def_take(p, about->fields, sizeof(*cell));
    if (!cell)
        return;
    for (size_t i = 0; i < about->fields; i++)
        cell[i] = (struct forms_when){.kind = FORMS_WHEN_FILLED,
                                      .field = about->field[i].id};
    *ret = (struct forms_when){
        .kind = FORMS_WHEN_ANY, .sub = cell, .subs = about->fields};
}

static void take_condition(struct def_parse *p, const json_t *v, size_t level,
                           struct forms_when *ret);

static void take_list(struct def_parse *p, const json_t *v, const char *key,
                      size_t level, struct forms_when *ret)
{
    const json_t *list = def_list(p, v, key, 1, DEF_LIST_MAX);
    size_t n = list ? json_array_size(list) : 0;
    struct forms_when *sub = def_take(p, n, sizeof(*sub));
    if (!sub)
        return;
    def_enter(p, key);
    for (size_t i = 0; i < n; i++) {
        def_enter_at(p, i);
        take_condition(p, json_array_get(list, i), level + 1, &sub[i]);
        def_leave(p);
    }
    def_leave(p);
    *ret = (struct forms_when){.kind = strcmp(key, "all") == 0 ? FORMS_WHEN_ALL
                                                               : FORMS_WHEN_ANY,
                               .sub = sub,
                               .subs = n};
}

static void take_not(struct def_parse *p, const json_t *v, size_t level,
                     struct forms_when *ret)
{
    struct forms_when *sub = def_take(p, 1, sizeof(*sub));
    if (!sub)
        return;
    def_enter(p, "not");
    take_condition(p, json_object_get(v, "not"), level + 1, sub);
    def_leave(p);
    *ret = (struct forms_when){.kind = FORMS_WHEN_NOT, .sub = sub, .subs = 1};
}

/* Which kind the condition says it is: one word, beside `field` or alone. */
static const char *take_kind(struct def_parse *p, const json_t *v)
{
    static const char *const known[] = {"field", "is",  "in", "filled",
                                        "all",   "any", "not"};
    const char *kind = NULL;
    size_t kinds = 0;
    if (!def_members(p, v, known, LK_ARRAY_LEN(known)))
        return NULL;
    for (size_t i = 1; i < LK_ARRAY_LEN(known); i++) {
        if (!json_object_get(v, known[i]))
            continue;
        kind = known[i];
        kinds++;
    }
    bool field = json_object_get(v, "field") != NULL;
    bool list = kind && (strcmp(kind, "not") == 0 || kind[0] == 'a');
    if (kinds == 1 && field != list)
        return kind;
    def_refuse(p, "is not a condition: field with is, in or filled; or all, "
                  "any or not alone");
    return NULL;
}

static void take_condition(struct def_parse *p, const json_t *v, size_t level,
                           struct forms_when *ret)
{
    if (level > DEF_WHEN_DEPTH_MAX) {
        def_refuse(p, "is nested more than 4 deep");
        return;
    }
    const char *kind = take_kind(p, v);
    if (!kind)
        return;
    if (strcmp(kind, "is") == 0)
        take_is(p, v, ret);
    else if (strcmp(kind, "in") == 0)
        take_in(p, v, ret);
    else if (strcmp(kind, "filled") == 0)
        take_filled(p, v, ret);
    else if (strcmp(kind, "not") == 0)
        take_not(p, v, level, ret);
    else
        take_list(p, v, kind, level, ret);
}

const struct forms_when *def_when(struct def_parse *p, const json_t *object)
{
    const json_t *v = json_object_get(object, "when");
    struct forms_when *ret = v ? def_take(p, 1, sizeof(*ret)) : NULL;
    if (!ret)
        return NULL;
    def_enter(p, "when");
    take_condition(p, v, 1, ret);
    def_leave(p);
    return ret;
}

/* Whether `word` is one of those in `value`, which a space parts. Only of
 * choices is there more than one. */
static bool has_word(const char *value, const char *word)
{
    size_t len = strlen(word);
    while (*value) {
        size_t n = strcspn(value, " ");
        if (n == len && memcmp(value, word, n) == 0)
            return true;
        value += n + (value[n] == ' ');
    }
    return false;
}

static bool value_in(const struct forms_when *w, const char *value)
{
    for (size_t i = 0; i < w->values; i++)
        if (has_word(value, w->value[i]))
            return true;
    return false;
}

/* At most DEF_WHEN_DEPTH_MAX deep, and one more for an address. */
bool forms_when_holds(const struct forms_when *w, uint32_t row,
                      forms_lookup lookup, void *arg)
{
    if (!w)
        return true;
    switch (w->kind) {
    case FORMS_WHEN_IN:
        return value_in(w, lookup(arg, w->field, row));
    case FORMS_WHEN_FILLED:
        return *lookup(arg, w->field, row) != 0;
    case FORMS_WHEN_NOT:
        return !forms_when_holds(w->sub, row, lookup, arg);
    case FORMS_WHEN_ALL:
    case FORMS_WHEN_ANY:
        break;
    }
    bool all = w->kind == FORMS_WHEN_ALL;
    for (size_t i = 0; i < w->subs; i++)
        if (forms_when_holds(&w->sub[i], row, lookup, arg) != all)
            return !all;
    return all;
}

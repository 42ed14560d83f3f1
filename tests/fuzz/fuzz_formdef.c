/* fuzz_formdef.c - the parser of form definitions, conditions, and the judging
 * of values: a definition, then values, each behind a NUL. What they promise: a
 * refusal has a line and a reason of one line; a value that fits is canonical,
 * and stays so when it is judged again. */
#include "base/text.h"
#include "forms/value.h"

#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct forms_day today = {2026, 11, 22};

struct input {
    const char *value[VALUES_MAX];
    size_t values;
};

static void require(bool so)
{
    if (!so)
        abort();
}

static const char *lookup(void *arg, const char *id, uint32_t row)
{
    const struct input *in = arg;
    size_t n = strlen(id) + row;
    require(*id != 0);
    return in->values ? in->value[n % in->values] : "";
}

static void judge(const struct forms_def *d, const struct forms_field *f,
                  const char *value)
{
    static char canonical[FORMS_VALUE_MAX];
    static char again[FORMS_VALUE_MAX];
    static char shown[FORMS_VALUE_MAX];
    struct forms_judged j;
    forms_judge(f, value, &today, canonical, &j);
    require(j.error < FORMS_ERRORS && strlen(j.bound) < FORMS_BOUND_MAX);
    require(j.error == FORMS_OK || !*canonical);
    if (j.error != FORMS_OK)
        return;
    require(lk_utf8_valid(canonical, strlen(canonical)));
    forms_judge(f, canonical, &today, again, &j);
    require(j.error == FORMS_OK && strcmp(canonical, again) == 0);
    for (size_t i = 0; i < d->langs; i++) {
        forms_show_in(d, f, canonical, d->lang[i], shown, sizeof(shown));
        require(lk_utf8_valid(shown, strlen(shown)));
        forms_show_in(d, f, canonical, d->lang[i], shown, 5);
        require(strlen(shown) < 5);
    }
}

static void try_fields(const struct forms_def *d, const struct forms_field *f,
                       size_t n, struct input *in, uint32_t row)
{
    for (size_t i = 0; i < n; i++) {
        (void)forms_when_holds(f[i].when, row, lookup, in);
        require(*forms_say(d, &f[i].label, "fi") != 0);
        for (size_t k = 0; k < in->values; k++)
            judge(d, &f[i], in->value[k]);
        require(f[i].fields == 0 || f[i].field);
        try_fields(d, f[i].field, f[i].fields, in,
                   f[i].type == FORMS_ROWS ? 1 : row);
    }
}

static void try_definition(const char *json, size_t len, struct input *in)
{
    struct forms_def_error e[8] = {{.line = -1}};
    size_t errors = LK_ARRAY_LEN(e);
    LK_AUTO(forms_def) d = NULL;
    int r = forms_def_check(json, len, &d, e, &errors);
    require((r == 0) == (d != NULL) && (r == 0) == (errors == 0));
    for (size_t i = 0; i < errors; i++)
        require(e[i].line >= 0 && e[i].reason[0] &&
                !strchr(e[i].reason, '\n') &&
                lk_utf8_valid(e[i].reason, strlen(e[i].reason)));
    if (!d)
        return;
    require(d->json_len == len && memcmp(d->json, json, len) == 0);
    for (size_t i = 0; i < d->sections; i++) {
        (void)forms_when_holds(d->section[i].when, 0, lookup, in);
        try_fields(d, d->section[i].field, d->section[i].fields, in, 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {.values = 0};
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    size_t len = strlen(text);
    for (size_t at = len + 1; at < size && in.values < VALUES_MAX;) {
        in.value[in.values++] = text + at;
        at += strlen(text + at) + 1;
    }
    try_definition(text, len, &in);
    free(text);
    return 0;
}

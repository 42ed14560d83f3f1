#include "shorthand.h"

#include "testing.h"

static json_t *text(void)
{
    return json_pack("{s:s, s:s, s:s}", "fi", "a", "sv", "b", "en", "c");
}

static void fill_options(json_t *field)
{
    size_t i = 0;
    json_t *o = NULL;
    json_t *options = json_object_get(field, "options");
    json_array_foreach(options, i, o)
    {
        if (json_is_string(o))
            json_array_set_new(
                options, i, json_pack("{s:O, s:o}", "id", o, "label", text()));
    }
}

static void fill_fields(json_t *fields)
{
    size_t i = 0;
    json_t *f = NULL;
    json_array_foreach(fields, i, f)
    {
        json_object_set_new(f, "label", text());
        fill_options(f);
        fill_fields(json_object_get(f, "fields"));
    }
}

struct forms_def *shorthand_parse(const json_t *sections)
{
    struct forms_def *def = NULL;
    struct forms_def_error e = {0};
    size_t i = 0;
    json_t *s = NULL;
    json_t *all = json_deep_copy(sections);
    json_array_foreach(all, i, s)
    {
        json_object_set_new(s, "title", text());
        fill_fields(json_object_get(s, "fields"));
    }
    json_t *root = json_pack("{s:s, s:i, s:s, s:[sss], s:o, s:o}", "id", "t",
                             "version", 1, "agency", "kela", "languages", "fi",
                             "sv", "en", "title", text(), "sections", all);
    char *json = json_dumps(root, 0);
    if (forms_def_parse(json, strlen(json), &def, &e) < 0)
        fail_msg("%s: %s", json, e.reason);
    free(json);
    json_decref(root);
    return def;
}

#include "forms/def.h"

#include "base/text.h"
#include "forms/def_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#define VERSION_MAX 1000000

static bool is_lang(const char *s)
{
    return s && strlen(s) == 2 && s[0] >= 'a' && s[0] <= 'z' && s[1] >= 'a' &&
           s[1] <= 'z';
}

static void take_langs(struct def_parse *p, const json_t *root)
{
    struct forms_def *d = &p->def->pub;
    const json_t *v = def_list(p, root, "languages", 1, FORMS_LANGS_MAX);
    def_enter(p, "languages");
    for (size_t i = 0; v && i < json_array_size(v); i++) {
        const char *s = json_string_value(json_array_get(v, i));
        def_enter_at(p, i);
        if (!is_lang(s))
            def_refuse(p, "is not a language, [a-z]{2}");
        for (size_t j = 0; is_lang(s) && j < d->langs; j++)
            if (strcmp(d->lang[j], s) == 0)
                def_refuse(p, "is given twice");
        if (is_lang(s))
            d->lang[d->langs++] = s;
        def_leave(p);
    }
    def_leave(p);
}

static void take_section(struct def_parse *p, const json_t *v,
                         struct forms_section *s)
{
    static const char *const known[] = {"id", "title", "when", "fields"};
    if (!def_members(p, v, known, LK_ARRAY_LEN(known)))
        return;
    s->id = def_id(p, v, "id");
    def_text(p, v, "title", DEF_TITLE_MAX, &s->title);
    s->when = def_when(p, v);
    def_id_add(p, "id", &(struct def_id){.id = s->id});
    s->field = def_fields(p, v, &s->fields);
}

static void take_sections(struct def_parse *p, const json_t *root)
{
    struct forms_def *d = &p->def->pub;
    const json_t *v = def_list(p, root, "sections", 1, FORMS_SECTIONS_MAX);
    size_t n = v ? json_array_size(v) : 0;
    struct forms_section *s = def_take(p, n, sizeof(*s));
    if (!s)
        return;
    d->section = s;
    d->sections = n;
    def_enter(p, "sections");
    for (size_t i = 0; i < n; i++) {
        def_enter_at(p, i);
        take_section(p, json_array_get(v, i), &s[i]);
        def_leave(p);
    }
    def_leave(p);
}

/* `other` is the page's own word for what is on no list. */
static void take_paper(struct def_parse *p, const json_t *v, size_t at,
                       struct forms_paper *all)
{
    static const char *const known[] = {"id", "label", "both_sides"};
    struct forms_paper *paper = &all[at];
    if (!def_members(p, v, known, LK_ARRAY_LEN(known)))
        return;
    paper->id = def_id(p, v, "id");
    if (paper->id && strcmp(paper->id, "other") == 0)
        def_refuse_at(p, "id", "other stands for what is not on the list");
    for (size_t i = 0; paper->id && i < at; i++)
        if (all[i].id && strcmp(all[i].id, paper->id) == 0)
            def_refuse_at(p, "id", "is given twice");
    def_text(p, v, "label", DEF_PAPER_MAX, &paper->label);
    paper->both_sides = def_bool(p, v, "both_sides");
}

static void take_papers(struct def_parse *p, const json_t *root)
{
    struct forms_def *d = &p->def->pub;
    if (!json_object_get(root, "papers"))
        return;
    const json_t *v = def_list(p, root, "papers", 1, FORMS_PAPERS_MAX);
    size_t n = v ? json_array_size(v) : 0;
    struct forms_paper *all = def_take(p, n, sizeof(*all));
    if (!all)
        return;
    d->paper = all;
    d->papers = n;
    def_enter(p, "papers");
    for (size_t i = 0; i < n; i++) {
        def_enter_at(p, i);
        take_paper(p, json_array_get(v, i), i, all);
        def_leave(p);
    }
    def_leave(p);
}

static void take_whole(struct def_parse *p, const json_t *root)
{
    static const char *const known[] = {
        "id", "version", "agency", "languages", "title", "sections", "papers"};
    struct forms_def *d = &p->def->pub;
    if (!def_members(p, root, known, LK_ARRAY_LEN(known)))
        return;
    d->id = def_id(p, root, "id");
    d->version = def_uint(p, root, "version", 1, VERSION_MAX);
    d->agency = def_string(p, root, "agency", true);
    if (d->agency && !lk_name_valid(d->agency))
        def_refuse_at(p, "agency", "is not a name, [a-z0-9-]{3,32}");
    take_langs(p, root);
    /* Without languages every text would be wrong once more. */
    if (d->langs == 0)
        return;
    def_text(p, root, "title", DEF_TITLE_MAX, &d->title);
    take_sections(p, root);
    take_papers(p, root);
}

/* Keeps the very bytes. */
static void take_bytes(struct def_parse *p)
{
    char *copy = def_take(p, p->len + 1, 1);
    if (!copy)
        return;
    memcpy(copy, p->text, p->len);
    p->def->pub.json = copy;
    p->def->pub.json_len = p->len;
    SHA256((const unsigned char *)p->text, p->len, p->def->pub.sha256);
}

/* What is wrong with the JSON itself. */
static int refuse_syntax(struct def_parse *p, const json_error_t *j)
{
    if (json_error_code(j) == json_error_out_of_memory)
        return -ENOMEM;
    struct forms_def_error *e = &p->error[p->errors++];
    e->line = j->line > 0 ? j->line : 0;
    lk_json_reason(NULL, 0, j->text, e->reason, sizeof(e->reason));
    return -EBADMSG;
}

static int parse(struct def_parse *p)
{
    json_error_t j;
    if (p->len > FORMS_DEF_LEN_MAX) {
        def_refuse(p, "the file is longer than 64 KiB");
        return -EBADMSG;
    }
    p->def->root = json_loadb(p->text, p->len, JSON_REJECT_DUPLICATES, &j);
    if (!p->def->root)
        return refuse_syntax(p, &j);
    take_whole(p, p->def->root);
    take_bytes(p);
    if (p->no_memory)
        return -ENOMEM;
    return p->errors > 0 ? -EBADMSG : 0;
}

int forms_def_check(const char *json, size_t len, struct forms_def **ret,
                    struct forms_def_error *ret_errors, size_t *errors)
{
    struct def_parse *p = calloc(1, sizeof(*p));
    struct def *d = calloc(1, sizeof(*d));
    int r = -ENOMEM;
    if (p && d) {
        p->text = json;
        p->len = len;
        p->error = ret_errors;
        p->cap = *errors;
        p->def = d;
        r = parse(p);
        *errors = r == -EBADMSG ? p->errors : 0;
    }
    free(p);
    if (r < 0 && d)
        (void)forms_def_free(&d->pub);
    if (r == 0)
        *ret = &d->pub;
    return r;
}

int forms_def_parse(const char *json, size_t len, struct forms_def **ret,
                    struct forms_def_error *ret_error)
{
    size_t one = 1;
    return forms_def_check(json, len, ret, ret_error, &one);
}

struct forms_def *forms_def_free(struct forms_def *d)
{
    if (d) {
        struct def *whole = LK_CONTAINER_OF(d, struct def, pub);
        def_release(whole);
        free(whole);
    }
    return NULL;
}

static size_t lang_at(const struct forms_def *d, const char *lang)
{
    size_t english = 0;
    for (size_t i = 0; i < d->langs; i++) {
        if (strcmp(d->lang[i], lang) == 0)
            return i;
        if (strcmp(d->lang[i], "en") == 0)
            english = i;
    }
    return english;
}

const char *forms_say(const struct forms_def *d, const struct forms_text *t,
                      const char *lang)
{
    const char *s = t->in[lang_at(d, lang)];
    return s ? s : "";
}

const char *forms_say_paper(const struct forms_def *d, const char *kind,
                            const char *lang)
{
    for (size_t i = 0; i < d->papers; i++)
        if (strcmp(d->paper[i].id, kind) == 0)
            return forms_say(d, &d->paper[i].label, lang);
    return NULL;
}

#include "seal/form.h"

#include "base/json.h"
#include "base/text.h"
#include "seal/seal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/sha.h>

#define ITEMS_AT_FIRST 64

/* A member that is a string; NULL otherwise. */
static const char *text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static int form_add(struct seal_form *f, struct seal_item item)
{
    if (f->items == SEAL_FORM_ITEMS_MAX)
        return -EBADMSG;
    if (f->items == f->room) {
        size_t room = f->room ? 2 * f->room : ITEMS_AT_FIRST;
        struct seal_item *more =
            realloc(f->item, room * sizeof(struct seal_item));
        if (!more)
            return -ENOMEM;
        f->item = more;
        f->room = room;
    }
    f->item[f->items++] = item;
    return 0;
}

/* The papers of an attachment field. */
static int form_add_papers(struct seal_form *f, const json_t *field)
{
    const json_t *papers = json_object_get(field, "value");
    size_t i;
    const json_t *paper;
    int r = json_is_array(papers) ? 0 : -EBADMSG;
    json_array_foreach(papers, i, paper)
    {
        struct seal_item item = {.kind = SEAL_ITEM_PAPER,
                                 .label = text_of(paper, "name"),
                                 .value = text_of(paper, "sha256"),
                                 .by = ""};
        if (r == 0)
            r = item.label && item.value ? form_add(f, item) : -EBADMSG;
    }
    return r;
}

/* A field without rows. */
static int form_add_answer(struct seal_form *f, const json_t *field,
                           const char *type, const char *label)
{
    struct seal_item item = {.kind = SEAL_ITEM_ANSWER, .label = label};
    if (strcmp(type, "info") == 0) {
        item.kind = SEAL_ITEM_INFO;
        return form_add(f, item);
    }
    item.value = text_of(field, "shown");
    item.by = text_of(field, "by");
    if (!item.value || !item.by)
        return -EBADMSG;
    if (strcmp(type, "signature") == 0)
        item.kind = SEAL_ITEM_SIGNED;
    int r = form_add(f, item);
    if (r == 0 && strcmp(type, "attachment") == 0)
        r = form_add_papers(f, field);
    return r;
}

/* Sets *ret_type and *ret_label, or leaves them NULL when it does not apply. */
static int field_read(const json_t *field, const char **ret_type,
                      const char **ret_label)
{
    const char *type = text_of(field, "type");
    const char *label = text_of(field, "label");
    if (!type || !label)
        return -EBADMSG;
    if (json_is_false(json_object_get(field, "applies")))
        return 0;
    *ret_type = type;
    *ret_label = label;
    return 0;
}

static int form_add_row(struct seal_form *f, const json_t *row, size_t at)
{
    size_t i;
    const json_t *cell;
    int r = form_add(
        f, (struct seal_item){.kind = SEAL_ITEM_ROW, .row = (unsigned)at + 1});
    if (!json_is_array(row))
        return -EBADMSG;
    json_array_foreach(row, i, cell)
    {
        const char *type = NULL;
        const char *label = NULL;
        if (r == 0)
            r = field_read(cell, &type, &label);
        if (r == 0 && type)
            r = form_add_answer(f, cell, type, label);
    }
    return r;
}

static int form_add_field(struct seal_form *f, const json_t *field)
{
    const char *type = NULL;
    const char *label = NULL;
    size_t i;
    const json_t *row;
    int r = field_read(field, &type, &label);
    if (r < 0 || !type)
        return r;
    const json_t *rows = json_object_get(field, "rows");
    if (!rows)
        return form_add_answer(f, field, type, label);
    if (!json_is_array(rows))
        return -EBADMSG;
    r = form_add(f,
                 (struct seal_item){.kind = SEAL_ITEM_GROUP, .label = label});
    json_array_foreach(rows, i, row)
    {
        if (r == 0)
            r = form_add_row(f, row, i);
    }
    if (r == 0)
        r = form_add(f, (struct seal_item){.kind = SEAL_ITEM_ROWS_END});
    return r;
}

static int form_add_section(struct seal_form *f, const json_t *section)
{
    const char *title = text_of(section, "title");
    const json_t *fields = json_object_get(section, "fields");
    size_t before = f->items;
    size_t i;
    const json_t *field;
    if (!title || !json_is_array(fields))
        return -EBADMSG;
    int r = form_add(
        f, (struct seal_item){.kind = SEAL_ITEM_SECTION, .label = title});
    json_array_foreach(fields, i, field)
    {
        if (r == 0)
            r = form_add_field(f, field);
    }
    if (r == 0 && f->items == before + 1)
        f->items = before; /* nothing of it applies */
    return r;
}

/* For somebody else: with a name. */
static int form_read_role(struct seal_form *f, const json_t *role)
{
    f->role_name = f->role_id = "";
    if (!role)
        return 0;
    f->role_name = text_of(role, "name");
    f->role_id = text_of(role, "id");
    return f->role_name && *f->role_name && f->role_id ? 0 : -EBADMSG;
}

static int form_read_head(struct seal_form *f, const json_t *o)
{
    const json_t *form = json_object_get(o, "form");
    const json_t *expert = json_object_get(o, "expert");
    const json_t *version = json_object_get(form, "version");
    f->id = text_of(form, "id");
    f->agency = text_of(form, "agency");
    f->version = json_integer_value(version);
    f->lang = text_of(o, "lang");
    f->title = text_of(o, "title");
    f->kiosk = text_of(o, "kiosk");
    f->expert_user = text_of(expert, "user");
    f->expert_name = text_of(expert, "name");
    bool whole = f->id && f->agency && f->lang && f->title && f->kiosk &&
                 f->expert_user && f->expert_name && json_is_integer(version);
    return whole && json_integer_value(json_object_get(o, "v")) == 1 ? 0
                                                                     : -EBADMSG;
}

static int form_read(struct seal_form *f)
{
    const json_t *sections = json_object_get(f->json, "sections");
    size_t i;
    const json_t *section;
    int r = form_read_head(f, f->json);
    if (r == 0)
        r = form_read_role(f, json_object_get(f->json, "role"));
    if (r == 0 && !json_is_array(sections))
        r = -EBADMSG;
    json_array_foreach(sections, i, section)
    {
        if (r == 0)
            r = form_add_section(f, section);
    }
    return r;
}

int seal_form_parse(const char *json, size_t len, struct seal_form **ret)
{
    json_error_t error;
    if (len > SEAL_FORM_LEN_MAX ||
        !lk_json_is_shallow(json, len, SEAL_FORM_DEPTH_MAX))
        return -EBADMSG;
    struct seal_form *f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    f->json = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
    int r = f->json ? form_read(f) : -EBADMSG;
    if (r < 0) {
        seal_form_free(f);
        return r;
    }
    *ret = f;
    return 0;
}

struct seal_form *seal_form_free(struct seal_form *f)
{
    if (!f)
        return NULL;
    json_decref(f->json);
    free(f->item);
    free(f);
    return NULL;
}

/* --- the papers that go with it ----------------------------------------- */

/* Whether it is "attachments/" and that name. */
static bool is_paper(const struct seal_file *f, const char *name)
{
    size_t n = strlen(SEAL_PAPERS);
    return strncmp(f->name, SEAL_PAPERS, n) == 0 &&
           strcmp(f->name + n, name) == 0;
}

static bool paper_fits(const struct seal_item *item,
                       const struct seal_file *paper, size_t papers)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    char hex[2 * SHA256_DIGEST_LENGTH + 1];
    size_t i = 0;
    while (i < papers && !is_paper(&paper[i], item->label))
        i++;
    if (i == papers)
        return false;
    SHA256(paper[i].data, paper[i].len, hash);
    lk_hex_encode(hash, sizeof(hash), hex);
    return strcmp(hex, item->value) == 0;
}

int seal_papers_check(const char *canonical, size_t len,
                      const struct seal_file *paper, size_t papers)
{
    LK_AUTO(seal_form) f = NULL;
    size_t named = 0;
    int r = seal_form_parse(canonical, len, &f);
    if (r < 0)
        return r;
    for (size_t i = 0; i < f->items; i++) {
        if (f->item[i].kind != SEAL_ITEM_PAPER)
            continue;
        if (!paper_fits(&f->item[i], paper, papers))
            return -EBADMSG;
        named++;
    }
    return named == papers ? 0 : -EBADMSG;
}

#include "pages/pdf_plain.h"

#include "pages/pdf_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TAIL_LEN 1024   /* where startxref is looked for */
#define ENTRY_LEN 20    /* of the table (7.5.4) */
#define NODES_MAX 1024  /* of the page tree, met in all */
#define VALUE_LEN 65536 /* of an object without its stream */

/* A level of the page tree, with what its pages inherit. */
struct level {
    struct pdf_span kids;
    struct pdf_page_inherit inherit;
};

struct tree {
    struct level level[PAGES_PDF_DEPTH_MAX];
    size_t depth;
    size_t nodes;
};

/* --- objects ------------------------------------------------------------ */

int pdf_object(const struct pdf_file *f, uint32_t number,
               struct pdf_span *ret_value, struct pdf_span *ret_rest)
{
    size_t offset = number < f->objects ? f->offset[number] : 0;
    if (offset == 0 || offset >= (size_t)(f->all.end - f->all.at))
        return -EBADMSG;
    struct pdf_span s = {f->all.at + offset, f->all.end};
    struct pdf_span id = {NULL, NULL};
    int64_t n = 0;
    int r = pdf_value(&s, &id);
    if (r == 0)
        r = pdf_integer(id, &n);
    if (r < 0 || n != number || !pdf_word(&s, "0") || !pdf_word(&s, "obj"))
        return -EBADMSG;
    /* What is looked through again and again is short. */
    struct pdf_span v = {s.at, s.at + LK_MIN(s.end - s.at, VALUE_LEN)};
    r = pdf_value(&v, ret_value);
    if (r == 0)
        *ret_rest = (struct pdf_span){v.at, s.end};
    return r;
}

int pdf_resolve(const struct pdf_file *f, struct pdf_span *value)
{
    uint32_t number;
    struct pdf_span rest = {NULL, NULL};
    if (pdf_reference(*value, &number) < 0)
        return 0; /* direct */
    return pdf_object(f, number, value, &rest);
}

int pdf_get(const struct pdf_file *f, struct pdf_span dict, const char *key,
            struct pdf_span *ret)
{
    int r = pdf_lookup(dict, key, ret);
    return r < 0 ? r : pdf_resolve(f, ret);
}

bool pdf_lacks(struct pdf_span dict, const char *const *keys)
{
    struct pdf_span value = {NULL, NULL};
    for (; *keys; keys++)
        if (pdf_lookup(dict, *keys, &value) != -ENOENT)
            return false;
    return true;
}

int pdf_stream(const struct pdf_file *f, struct pdf_span ref,
               struct pdf_span *ret_dict, struct pdf_span *ret_bytes)
{
    uint32_t number;
    int64_t len = 0;
    struct pdf_span s;
    struct pdf_span value = {NULL, NULL};
    int r = pdf_reference(ref, &number);
    if (r == 0)
        r = pdf_object(f, number, ret_dict, &s);
    if (r == 0)
        r = pdf_get(f, *ret_dict, "Length", &value);
    if (r == 0)
        r = pdf_integer(value, &len);
    if (r < 0 || !pdf_word(&s, "stream"))
        return -EBADMSG;
    if (s.at < s.end && *s.at == '\r')
        s.at++;
    if (s.at >= s.end || *s.at++ != '\n' || len > s.end - s.at)
        return -EBADMSG;
    *ret_bytes = (struct pdf_span){s.at, s.at + len};
    s.at += len;
    return pdf_word(&s, "endstream") ? 0 : -EBADMSG;
}

/* --- the table ---------------------------------------------------------- */

static int table_start(struct pdf_span all, struct pdf_span *ret)
{
    static const char word[] = "startxref";
    size_t len = (size_t)(all.end - all.at);
    size_t tail = LK_MIN(len, (size_t)TAIL_LEN);
    const uint8_t *at = memmem(all.end - tail, tail, word, sizeof(word) - 1);
    struct pdf_span value = {NULL, NULL};
    int64_t offset = 0;
    if (!at)
        return -EBADMSG;
    struct pdf_span s = {at + sizeof(word) - 1, all.end};
    int r = pdf_value(&s, &value);
    if (r == 0)
        r = pdf_integer(value, &offset);
    if (r < 0 || (uint64_t)offset >= len)
        return -EBADMSG;
    *ret = (struct pdf_span){all.at + offset, all.end};
    return 0;
}

static int64_t table_number(struct pdf_span *s)
{
    struct pdf_span value = {NULL, NULL};
    int64_t n = 0;
    if (pdf_value(s, &value) < 0 || pdf_integer(value, &n) < 0)
        return -EBADMSG;
    return n;
}

static int table_entries(struct pdf_file *f, struct pdf_span *s)
{
    for (size_t i = 0; i < f->objects; i++, s->at += ENTRY_LEN) {
        if (s->end - s->at < ENTRY_LEN)
            return -EBADMSG;
        struct pdf_span number = {s->at, s->at + 10};
        int64_t offset = 0;
        if (pdf_integer(number, &offset) < 0 ||
            (s->at[17] != 'n' && s->at[17] != 'f'))
            return -EBADMSG;
        f->offset[i] = s->at[17] == 'n' ? (size_t)offset : 0;
    }
    return 0;
}

static int table_read(struct pdf_file *f, struct pdf_span *ret_trailer)
{
    static const char *const foreign[] = {"Prev", "Encrypt", "XRefStm", NULL};
    struct pdf_span s;
    int r = table_start(f->all, &s);
    if (r < 0 || !pdf_word(&s, "xref") || table_number(&s) != 0)
        return -EBADMSG;
    int64_t n = table_number(&s);
    if (n < 1 || n > PAGES_PDF_OBJECTS_MAX)
        return -EBADMSG;
    f->objects = (size_t)n;
    pdf_space(&s);
    r = table_entries(f, &s);
    if (r < 0 || !pdf_word(&s, "trailer"))
        return -EBADMSG;
    r = pdf_value(&s, ret_trailer);
    return r < 0 || !pdf_lacks(*ret_trailer, foreign) ? -EBADMSG : 0;
}

/* --- the tree of pages -------------------------------------------------- */

static int take_inherited(const struct pdf_file *f, struct pdf_span node,
                          struct pdf_page_inherit *i)
{
    static const char *const key[] = {"MediaBox", "CropBox", "Resources",
                                      "Rotate"};
    struct pdf_span *to[] = {&i->box, &i->crop, &i->resources, &i->rotate};
    for (size_t k = 0; k < LK_ARRAY_LEN(key); k++) {
        struct pdf_span value = {NULL, NULL};
        int r = pdf_get(f, node, key[k], &value);
        if (r == 0)
            *to[k] = value;
        else if (r != -ENOENT)
            return r;
    }
    return 0;
}

static int tree_push(const struct pdf_file *f, struct tree *t,
                     struct pdf_span node,
                     const struct pdf_page_inherit *inherit)
{
    struct pdf_span kids = {NULL, NULL};
    if (t->depth >= PAGES_PDF_DEPTH_MAX)
        return -EBADMSG;
    int r = pdf_get(f, node, "Kids", &kids);
    if (r == 0)
        r = pdf_array(kids, &kids);
    if (r < 0)
        return -EBADMSG;
    t->level[t->depth++] = (struct level){.kids = kids, .inherit = *inherit};
    return 0;
}

/* The next node of the topmost level: a page, or a level more. */
static int tree_step(const struct pdf_file *f, struct tree *t,
                     struct pdf_plain *out)
{
    struct level *top = &t->level[t->depth - 1];
    struct pdf_page_inherit inherit = top->inherit;
    struct pdf_span node = {NULL, NULL};
    struct pdf_span type = {NULL, NULL};
    pdf_space(&top->kids);
    if (top->kids.at >= top->kids.end) {
        t->depth--;
        return 0;
    }
    int r = ++t->nodes > NODES_MAX ? -EBADMSG : pdf_value(&top->kids, &node);
    if (r == 0)
        r = pdf_resolve(f, &node);
    if (r == 0)
        r = pdf_get(f, node, "Type", &type);
    if (r == 0)
        r = take_inherited(f, node, &inherit);
    if (r < 0)
        return -EBADMSG;
    if (pdf_is_name(type, "Pages"))
        return tree_push(f, t, node, &inherit);
    if (!pdf_is_name(type, "Page") || out->pages >= PAGES_PDF_PAGES_MAX)
        return -EBADMSG;
    return pdf_page_read(f, node, &inherit, &out->page[out->pages++]);
}

static int read_all(struct pdf_file *f, struct pdf_plain *out)
{
    static const char *const foreign[] = {"AcroForm", "OCProperties", NULL};
    static const struct pdf_page_inherit nothing;
    struct tree t = {.depth = 0};
    struct pdf_span trailer = {NULL, NULL};
    struct pdf_span root = {NULL, NULL};
    struct pdf_span pages = {NULL, NULL};
    int r = table_read(f, &trailer);
    if (r == 0)
        r = pdf_get(f, trailer, "Root", &root);
    if (r == 0)
        r = pdf_lacks(root, foreign) ? pdf_get(f, root, "Pages", &pages)
                                     : -EBADMSG;
    struct pdf_page_inherit inherit = nothing;
    if (r == 0)
        r = take_inherited(f, pages, &inherit);
    if (r == 0)
        r = tree_push(f, &t, pages, &inherit);
    while (r == 0 && t.depth > 0)
        r = tree_step(f, &t, out);
    return r == 0 && out->pages > 0 ? 0 : -EBADMSG;
}

int pdf_plain_read(const uint8_t *data, size_t len, struct pdf_plain *ret)
{
    if (len < 32 || memcmp(data, "%PDF-1.", 7) != 0)
        return -EBADMSG;
    struct pdf_file *f = calloc(1, sizeof(*f));
    if (!f)
        return -EBADMSG; /* poppler will say what is wrong */
    f->all = (struct pdf_span){data, data + len};
    ret->pages = 0;
    int r = read_all(f, ret);
    free(f);
    return r;
}

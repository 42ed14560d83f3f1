#include "seal/tail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANG_MAX 35 /* bytes of a language tag (RFC 5646, 4.4.1) */
#define XREF_LINE 20

/* The last `what` in the buffer, or NULL. */
static const char *find_last(const struct lk_buf *b, const char *what)
{
    const char *text = lk_buf_str(b);
    size_t n = strlen(what);
    for (size_t i = b->len >= n ? b->len - n + 1 : 0; i-- > 0;)
        if (memcmp(text + i, what, n) == 0)
            return text + i;
    return NULL;
}

/* The number behind `key`, which stands behind `from`; 0: none. */
static size_t number_after(const char *from, const char *key)
{
    const char *at = from ? strstr(from, key) : NULL;
    return at ? strtoul(at + strlen(key), NULL, 10) : 0;
}

struct tail {
    size_t xref, size, root, info;
    const char *catalog; /* behind its "<<" */
    size_t catalog_len;  /* up to "endobj" */
};

/* Where the object is, by the cross-reference table, which begins with object
 * 0; NULL: it is not. */
static const char *object_at(const struct lk_buf *b, const struct tail *t,
                             size_t number)
{
    const char *text = lk_buf_str(b);
    /* "xref", "0 <count>", then a line for each object */
    const char *lines = t->xref < b->len ? strchr(text + t->xref, '\n') : NULL;
    lines = lines ? strchr(lines + 1, '\n') : NULL;
    if (!lines || number * XREF_LINE >= b->len - (size_t)(lines - text))
        return NULL;
    size_t offset = strtoul(lines + 1 + number * XREF_LINE, NULL, 10);
    return offset < b->len ? text + offset : NULL;
}

static int tail_read(const struct lk_buf *b, struct tail *ret)
{
    struct tail t = {0};
    const char *trailer = find_last(b, "trailer\n");
    t.xref = number_after(trailer, "startxref\n");
    t.size = number_after(trailer, "/Size ");
    t.root = number_after(trailer, "/Root ");
    t.info = number_after(trailer, "/Info ");
    if (!t.xref || !t.size || !t.root || !t.info)
        return -EIO;
    const char *object = object_at(b, &t, t.root);
    const char *open = object ? strstr(object, "<<") : NULL;
    const char *end = open ? strstr(open, "endobj") : NULL;
    if (!end || number_after(object, "") != t.root)
        return -EIO;
    t.catalog = open + 2;
    t.catalog_len = (size_t)(end - t.catalog);
    *ret = t;
    return 0;
}

int seal_tail_add(struct lk_buf *pdf, const char *lang)
{
    struct tail t;
    LK_AUTO(lk_buf) add = NULL;
    size_t at = pdf->len;
    if (strspn(lang, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") !=
            strlen(lang) ||
        strlen(lang) > LANG_MAX)
        return -EIO;
    int r = tail_read(pdf, &t);
    if (r == 0)
        r = lk_buf_new(t.catalog_len + 1024, &add);
    if (r == 0)
        r = lk_buf_printf(add,
                          "%zu 0 obj\n<< /Lang (%s)\n"
                          "   /ViewerPreferences << /DisplayDocTitle true >>",
                          t.root, lang);
    if (r == 0)
        r = lk_buf_append(add, t.catalog, t.catalog_len);
    if (r == 0)
        r = lk_buf_printf(add, "endobj\n");
    size_t xref = r == 0 ? at + add->len : 0;
    if (r == 0)
        r = lk_buf_printf(add,
                          "xref\n%zu 1\n%010zu 00000 n \n"
                          "trailer\n<< /Size %zu\n   /Root %zu 0 R\n"
                          "   /Info %zu 0 R\n   /Prev %zu\n>>\n"
                          "startxref\n%zu\n%%%%EOF\n",
                          t.root, at, t.size, t.root, t.info, t.xref, xref);
    return r < 0 ? r : lk_buf_append(pdf, add->data, add->len);
}

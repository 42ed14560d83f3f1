/* pdf_impl.h - shared by pdf_plain.c (the file) and pdf_page.c (one page). */
#ifndef LUUKKU_PAGES_PDF_IMPL_H
#define LUUKKU_PAGES_PDF_IMPL_H

#include "pages/pdf_plain.h"

struct pdf_file {
    struct pdf_span all;
    size_t offset[PAGES_PDF_OBJECTS_MAX]; /* 0: a free number */
    size_t objects;
};

/* What a page has from the tree above it, or itself; .at NULL: not said. */
struct pdf_page_inherit {
    struct pdf_span box;
    struct pdf_span crop;
    struct pdf_span resources;
    struct pdf_span rotate;
};

/* An object's value, and what follows it. Errors: -EBADMSG. */
int pdf_object(const struct pdf_file *f, uint32_t number,
               struct pdf_span *ret_value,
               struct pdf_span *ret_rest) LK_MUST_CHECK;

/* Replaces a reference by what it means (once). Errors: -EBADMSG. */
int pdf_resolve(const struct pdf_file *f, struct pdf_span *value) LK_MUST_CHECK;

/* pdf_lookup() and pdf_resolve(). */
int pdf_get(const struct pdf_file *f, struct pdf_span dict, const char *key,
            struct pdf_span *ret) LK_MUST_CHECK;

/* Whether a dictionary has none of the keys (up to a NULL). */
bool pdf_lacks(struct pdf_span dict, const char *const *keys);

/* A stream's dictionary and its raw bytes. Errors: -EBADMSG. */
int pdf_stream(const struct pdf_file *f, struct pdf_span ref,
               struct pdf_span *ret_dict,
               struct pdf_span *ret_bytes) LK_MUST_CHECK;

/* Reads a page that is one picture. Errors: -EBADMSG it is not. */
int pdf_page_read(const struct pdf_file *f, struct pdf_span page,
                  const struct pdf_page_inherit *inherit,
                  struct pdf_plain_page *ret) LK_MUST_CHECK;

#endif

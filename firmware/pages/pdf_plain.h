/* pdf_plain.h - a PDF whose pages are one JPEG each, as scanners make them.
 *
 * Room: finds the pictures, so that they are decoded as they are, at their own
 * resolution, and poppler never sees the file. Strict: one classic table of
 * objects, nothing encrypted, every page one picture that covers it and nothing
 * else. Anything other is refused, and the file is left to poppler.
 * Spec: ISO 32000-1:2008. Pure but for zlib; any thread.
 */
#ifndef LUUKKU_PAGES_PDF_PLAIN_H
#define LUUKKU_PAGES_PDF_PLAIN_H

#include "pages/limits.h"
#include "pages/pdf_syntax.h"

struct pdf_plain_page {
    struct pdf_span jpeg;
    uint32_t dpi;
    uint8_t turn; /* quarter turns clockwise */
};

struct pdf_plain {
    struct pdf_plain_page page[PAGES_PDF_PAGES_MAX];
    size_t pages; /* 1 or more */
};

/* Reads `len` bytes.
 *
 * ret     points into `data`
 * Errors  -EBADMSG not such a file
 */
int pdf_plain_read(const uint8_t *data, size_t len,
                   struct pdf_plain *ret) LK_MUST_CHECK;

#endif

/* draw.h - pages and files for the tests of firmware/pages. */
#ifndef LUUKKU_TESTS_PAGES_DRAW_H
#define LUUKKU_TESTS_PAGES_DRAW_H

#include "ipc/scanpage.h"

#include <stdbool.h>

struct picture {
    uint32_t w;
    uint32_t h;
    uint32_t depth; /* 1, 3, or 4 (CMYK, for coding only) */
    uint8_t *rows;
};

/* A letter of `lines` lines on white paper, turned clockwise by `degrees`. */
struct picture draw_letter(uint32_t w, uint32_t h, int lines, double degrees);

/* The letter on a dark desk, seen aslant under a lamp that leaves one corner
 * darker: `corner` are the sheet's corners on the photograph, clockwise from
 * the left top, x and y. */
struct picture draw_photo(uint32_t w, uint32_t h, const struct picture *letter,
                          const double corner[8]);

struct picture draw_gray(const struct picture *p);
void picture_free(struct picture *p);

struct coding {
    int quality;
    bool progressive;
    int restart_rows; /* 0 none */
    int dpi;          /* 0 none */
    bool full_chroma; /* 4:4:4 */
};

/* Codes a picture; the bytes are the caller's. */
uint8_t *draw_jpeg(const struct picture *p, const struct coding *c,
                   size_t *ret_len);

/* The same bytes decoded by libjpeg in the plainest way. */
struct picture draw_decoded(const uint8_t *jpeg, size_t len);

/* A PDF as scanners write it: one JPEG on each page. `content` NULL: drawn on
 * the whole page. `page_extra` goes into each page's dictionary, `image_extra`
 * into each picture's. */
struct pdf_recipe {
    const uint8_t *jpeg;
    size_t jpeg_len;
    uint32_t w;
    uint32_t h;
    int pages;
    const char *colours; /* NULL: /DeviceRGB */
    const char *content;
    const char *page_extra;
    const char *image_extra;
    bool packed; /* content in FlateDecode */
};

uint8_t *draw_pdf(const struct pdf_recipe *r, size_t *ret_len);

/* A PDF with `pages` pages of lines and words, by cairo, w * h points. */
uint8_t *draw_text_pdf(double w, double h, int pages, size_t *ret_len);

/* A sealed memfd with the bytes. */
int draw_memfd(const void *data, size_t len);

#endif

/* jpeg.h - a hostile JPEG to a page's pixels.
 *
 * Room: baseline and progressive pictures, gray, YCbCr, RGB, CMYK and YCCK;
 * the header is checked before anything of the picture's size is allocated.
 * Arithmetic coding, 12 bits and hierarchical pictures are refused.
 * Spec: ITU-T T.81; JFIF 1.02; Exif 2.32 (orientation only).
 */
#ifndef LUUKKU_PAGES_JPEG_H
#define LUUKKU_PAGES_JPEG_H

#include "ipc/scanpage.h"
#include "pages/inflow.h"

#include <stdbool.h>

/* A picture as its header tells. */
struct pages_jpeg_info {
    uint32_t width_px;
    uint32_t height_px;
    uint32_t components; /* 1, 3 or 4 */
    uint32_t dpi;        /* JFIF's; 0 not known */
};

/* Reads the header only. Errors: as pages_jpeg_decode(). */
int pages_jpeg_info(const uint8_t *data, size_t len,
                    struct pages_jpeg_info *ret) LK_MUST_CHECK;

/* Decodes `len` bytes. A picture larger than a page may be is reduced by 2, 4
 * or 8 where that helps.
 *
 * dpi     of the page, 0: what the picture says
 * ret     the page; the caller's
 * traits  on success SCANMSG_CUT (rows are missing: white), SCANMSG_DAMAGED,
 *         SCANMSG_REDUCED are added
 * Errors  -EBADMSG broken, or of a kind that is refused; -EMSGSIZE too many
 *         pixels; -E2BIG too many scans or too much memory for them; -ENOMEM;
 *         memfd_create(2)'s
 * Thread  any
 */
int pages_jpeg_decode(const uint8_t *data, size_t len, uint32_t dpi,
                      struct scanpage_draft **ret,
                      unsigned *traits) LK_MUST_CHECK;

/* Where a page goes while it is decoded. */
struct pages_strips {
    /* Once, first: what page it will be. 0, or -errno, which ends it. */
    int (*begin)(void *arg, const struct scanpage_info *i);
    /* Rows y..y + n - 1, whole and one after another, borrowed; from top to
     * bottom, each once. 0, or -errno. */
    int (*rows)(void *arg, uint32_t y, const uint8_t *rows, uint32_t n);
    void *arg;
};

/* As pages_jpeg_decode(), a strip at a time: the whole page is never here.
 * Errors: those, and what `to` says. */
int pages_jpeg_strips(const uint8_t *data, size_t len, uint32_t dpi,
                      const struct pages_strips *to,
                      unsigned *traits) LK_MUST_CHECK;

/* As pages_jpeg_strips(), while the bytes come in; those behind the picture's
 * end are not waited for. Errors: those, and `in`'s; -EIO the memfd is shorter
 * than `in` says. */
int pages_jpeg_inflow(const struct pages_inflow *in, uint32_t dpi,
                      const struct pages_strips *to,
                      unsigned *traits) LK_MUST_CHECK;

/* How a camera or telephone was held, by the Exif data: quarter turns clockwise
 * that set the picture upright, 0..3. Mirrored ones count as not mirrored; what
 * is broken or missing as 0. */
unsigned pages_jpeg_turn(const uint8_t *data, size_t len);

/* Rows that are still being made. */
struct pages_rows {
    /* Waits until there are more than `have` rows. Returns how many there are,
     * or 0: nobody wants them any more. NULL: all are there. */
    uint32_t (*await)(void *arg, uint32_t have);
    void *arg;
};

/* Writes a page as a clean JPEG of PAGES_JPEG_QUALITY into a sealed memfd.
 * Returns the descriptor, the caller's, or -ENOMEM, -EIO, memfd_create(2)'s;
 * -ECANCELED by `from`. */
int pages_jpeg_encode(const struct scanpage_info *i, const uint8_t *rows,
                      const struct pages_rows *from) LK_MUST_CHECK;

#endif

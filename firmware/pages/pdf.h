/* pdf.h - a hostile PDF to pages.
 *
 * Room: files whose pages are one JPEG each (a scanner's) are taken apart here
 * and decoded at their own resolution; all others are drawn by poppler, within
 * ceilings of pages, sizes and pixels. What a file can make poppler spend of
 * time and memory is bounded from outside: by the program's limits and the
 * clock of its loop (scan_worker.h).
 * Spec: ISO 32000-1:2008.
 */
#ifndef LUUKKU_PAGES_PDF_H
#define LUUKKU_PAGES_PDF_H

#include "ipc/scanpage.h"

#include <stdbool.h>

struct pages_pdf;

/* Opens `len` bytes, which must stay where they are until it is freed.
 *
 * Owner   caller; pages_pdf_free()
 * Errors  -EBADMSG broken, -EACCES wants a password, -EMSGSIZE too many pages,
 *         -ENOMEM
 * Thread  one for all of a document
 */
int pages_pdf_open(const uint8_t *data, size_t len,
                   struct pages_pdf **ret) LK_MUST_CHECK;
struct pages_pdf *pages_pdf_free(struct pages_pdf *p);
LK_AUTO_DEFINE(pages_pdf);

/* Pages, 1..PAGES_PDF_PAGES_MAX. */
size_t pages_pdf_count(const struct pages_pdf *p);

/* Whether its pages are pictures taken out as they are. */
bool pages_pdf_plain(const struct pages_pdf *p);

/* Makes page `index` (from 0).
 *
 * dpi     of a drawn page, 0: PAGES_PDF_DPI; fewer where the page is large.
 *         Pictures keep their own
 * ret     the page; the caller's
 * turn    gets the quarter turns clockwise that it still needs
 * traits  SCANMSG_REDUCED, SCANMSG_CUT, SCANMSG_DAMAGED are added
 * Errors  -EBADMSG, -EMSGSIZE, -E2BIG, -ENOMEM, memfd_create(2)'s
 */
int pages_pdf_page(struct pages_pdf *p, size_t index, uint32_t dpi,
                   struct scanpage_draft **ret, unsigned *turn,
                   unsigned *traits) LK_MUST_CHECK;

#endif

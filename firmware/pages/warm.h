/* warm.h - the decoders loaded and tried, before a program confines itself.
 *
 * Room: everything that is loaded or read at first use (fontconfig's tables,
 * poppler's, leptonica's) is loaded now.
 */
#ifndef LUUKKU_PAGES_WARM_H
#define LUUKKU_PAGES_WARM_H

#include "base/defs.h"

/* Draws a small page with a word that has no font of its own, and looks at it.
 * Errors: pages_pdf_open()'s and pages_pdf_page()'s. Thread: any. */
int pages_warm(void) LK_MUST_CHECK;

#endif

/* flatten.h - a sheet photographed from above becomes a page.
 *
 * Room: the sheet is found (look.h), its four corners become those of a
 * rectangle, and its paper white everywhere, whatever lamp it lay under.
 */
#ifndef LUUKKU_PAGES_FLATTEN_H
#define LUUKKU_PAGES_FLATTEN_H

#include "ipc/scanpage.h"

/* Replaces the picture by the sheet on it. A sheet with the sides of A4 gets
 * exactly these, and the resolution that follows.
 * Errors: -ENOENT no sheet is found, or the picture is larger than
 * PAGES_SHEET_PIXELS_MAX: it stays as it was; -ENOMEM, scanpage_draft_new()'s
 */
int pages_flatten(struct scanpage_draft **page) LK_MUST_CHECK;

/* Makes the paper white everywhere: each pixel is judged by the paper around
 * it. Errors: -ENOMEM, scanpage_draft_new()'s. */
int pages_light(struct scanpage_draft *page) LK_MUST_CHECK;

#endif

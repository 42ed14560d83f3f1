/* rows.h - a page's pixels turned, straightened, cut and judged.
 *
 * Pure but for memory; any thread.
 */
#ifndef LUUKKU_PAGES_ROWS_H
#define LUUKKU_PAGES_ROWS_H

#include "ipc/scanpage.h"

#include <stdbool.h>

/* Replaces the page by one turned `turn` (0..3) quarters clockwise. By halves
 * in place; otherwise both pages are in memory for a while.
 * Errors: -E2BIG they would be too large together, -ENOMEM,
 * scanpage_draft_new()'s; the page stays as it was. */
int pages_turn(struct scanpage_draft **page, unsigned turn) LK_MUST_CHECK;

/* Replaces the page by one turned clockwise by a small angle about its middle,
 * the corners white. The old one is given back while the new one grows.
 * Errors: -EINVAL more than PAGES_SKEW_MAX_DEG, scanpage_draft_new()'s. */
int pages_rotate(struct scanpage_draft **page, double degrees) LK_MUST_CHECK;

/* Replaces the page by what is between the edges: left, top, right, bottom, in
 * 1/SCANMSG_EDGE_MAX of its width and height, at least one pixel; all 0:
 * nothing is cut. The old one is given back while the new one grows.
 * Errors: -EINVAL no such edges, scanpage_draft_new()'s; the page stays. */
int pages_crop(struct scanpage_draft **page,
               const uint16_t crop[4]) LK_MUST_CHECK;

/* Whether nothing is on the sheet, by a reduced picture of it: paper of one
 * shade, a little dust allowed, margins not looked at. */
bool pages_blank(const struct scanpage_info *info, const uint8_t *rows);

#define PAGES_SKEW_MAX_DEG 10.0

#endif

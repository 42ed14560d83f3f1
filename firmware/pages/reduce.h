/* reduce.h - a smaller copy of a page, each pixel the mean of those it stands
 * for.
 *
 * Pure but for memory; any thread, one at a time for a reducer.
 */
#ifndef LUUKKU_PAGES_REDUCE_H
#define LUUKKU_PAGES_REDUCE_H

#include "ipc/scanpage.h"

#include <stdbool.h>

/* A copy that grows while the page's rows come. */
struct pages_reducer;

/* Begins a copy that fits into side_px * side_px, never larger than the page.
 *
 * info    of the page; copied
 * gray    of one byte per pixel, whatever the page has
 * Owner   caller, pages_reducer_free()
 * Errors  -ENOMEM, scanpage_draft_new()'s
 */
int pages_reducer_new(const struct scanpage_info *info, uint32_t side_px,
                      bool gray, struct pages_reducer **ret) LK_MUST_CHECK;
struct pages_reducer *pages_reducer_free(struct pages_reducer *t);
LK_AUTO_DEFINE(pages_reducer);

/* The next `n` whole rows, from top to bottom; what is beyond the page's last
 * one is not looked at. */
void pages_reducer_rows(struct pages_reducer *t, const uint8_t *rows,
                        uint32_t n);

/* The copy, once, the caller's; NULL while rows are missing. */
struct scanpage_draft *pages_reducer_take(struct pages_reducer *t)
    LK_MUST_CHECK;

/* All at once. Errors: pages_reducer_new()'s. */
int pages_reduce(const struct scanpage_info *info, const uint8_t *rows,
                 uint32_t side_px, bool gray,
                 struct scanpage_draft **ret) LK_MUST_CHECK;

#endif

/* making.h - a page, and what is made of it while its rows come in.
 *
 * Room: the page's pixels; the preview, added to with every strip; the JPEG,
 * coded on a second thread behind the rows. What is changed afterwards is made
 * anew, from the whole page.
 * Thread: one for all of a page; the second one is inside.
 */
#ifndef LUUKKU_PAGES_MAKING_H
#define LUUKKU_PAGES_MAKING_H

#include "pages/jpeg.h"
#include "pages/reduce.h"

struct pages_coding;

struct pages_making {
    bool early; /* preview and JPEG are made with the rows: set it at first */
    bool coded; /* a JPEG is wished: likewise */
    struct scanpage_draft *page;    /* NULL at first */
    struct scanpage_draft *preview; /* private from here on */
    struct pages_reducer *reducer;
    struct pages_coding *coding;
};

/* Takes strips (struct pages_strips): `arg` is a struct pages_making. Errors:
 * -ENOMEM, scanpage_draft_new()'s, scanpage_draft_put()'s. */
int pages_making_begin(void *arg, const struct scanpage_info *i) LK_MUST_CHECK;
int pages_making_rows(void *arg, uint32_t y, const uint8_t *rows,
                      uint32_t n) LK_MUST_CHECK;

/* Called before `page` is changed or replaced: what was made is dropped. */
void pages_making_change(struct pages_making *m);

/* The whole page's preview, borrowed until the page is changed.
 * Errors: pages_reducer_new()'s */
int pages_making_preview(struct pages_making *m,
                         struct scanpage_draft **ret) LK_MUST_CHECK;

/* Begins to code the whole page, where that is wished and has not begun. */
void pages_making_code(struct pages_making *m);

/* Waits for the page's JPEG: the descriptor, sealed, the caller's; or
 * pages_jpeg_encode()'s errors. Only where it was wished, once. */
int pages_making_jpeg(struct pages_making *m) LK_MUST_CHECK;

/* Ends it, as far as it came. */
void pages_making_end(struct pages_making *m);

#endif

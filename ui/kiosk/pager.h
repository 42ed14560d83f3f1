/* pager.h - pages: what does not fit one comes on the next.
 *
 * Room: building a pager with the buttons that turn it, remembering which page
 * each one shows, and the focus across pages. Which child is on which page is
 * decided by the layout. Pure.
 */
#ifndef LUUKKU_KIOSK_PAGER_H
#define LUUKKU_KIOSK_PAGER_H

#include "kiosk/tree.h"

#define KIOSK_PAGERS_MAX 8 /* pagers whose pages are remembered */

/* Pages that are not the first, by the pager's id. Zeroed: none. */
struct kiosk_pages {
    struct {
        char id[KIOSK_ID_MAX];
        uint8_t page;
    } at[KIOSK_PAGERS_MAX];
};

/* Opens a node as a pager; it must have an id. kiosk_pager_close() adds the
 * buttons ("<id>-back", "<id>-more") and the words between them ("<id>-of").
 * They are shown only where there is more than one page. */
int kiosk_pager_open(struct kiosk_tree *t, const struct kiosk_node *n);
void kiosk_pager_close(struct kiosk_tree *t);

/* Before the layout: puts the remembered pages into a new tree. */
void kiosk_pages_apply(const struct kiosk_pages *p, struct kiosk_tree *t);

/* After the layout: remembers what it made of them. */
void kiosk_pages_keep(struct kiosk_pages *p, const struct kiosk_tree *t);

/* After the layout: turns to the page that node i is on. Returns whether that
 * is another one: lay out anew. */
bool kiosk_pages_show(struct kiosk_pages *p, const struct kiosk_tree *t, int i);

/* A button with KIOSK_ACT_PAGE was released. Returns whether another page is
 * to be shown: build and lay out anew. */
bool kiosk_pages_turn(struct kiosk_pages *p, const struct kiosk_tree *t, int i);

/* Whether a step of the focus from node i goes past the page's first or last
 * node onto another page, which is then to be shown. */
bool kiosk_pages_step(struct kiosk_pages *p, const struct kiosk_tree *t, int i,
                      int step);

/* Thereafter, in the new tree: where the focus goes; i as before. */
int kiosk_pages_entry(const struct kiosk_tree *t, int i, int step);

#endif

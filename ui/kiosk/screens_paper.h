/* screens_paper.h - parts of the screens that are about papers.
 *
 * Room: a page as it is named and drawn, the buttons beside it. `v` is the
 * papers' view; what is shown of it is copied into the tree, but for pictures
 * and marks, which are the view's.
 */
#ifndef LUUKKU_KIOSK_SCREENS_PAPER_H
#define LUUKKU_KIOSK_SCREENS_PAPER_H

#include "kiosk/paper.h"
#include "kiosk/screen_parts.h"

/* A button with all that its intent says. */
struct kiosk_paper_button {
    struct kiosk_button button;
    const char *name;   /* instead of button.text, when not NULL */
    enum kiosk_act act; /* NONE: the intent */
    uint32_t at, remove, version;
    uint16_t box[4];
};

/* Its place from 0, or SIZE_MAX. */
size_t kiosk_paper_place(const struct papers_view *v, uint32_t id);
/* How many of the citizen's own the expert does not see. */
size_t kiosk_paper_unshared(const struct papers_view *v);

/* "Page 2 of 3". */
const char *kiosk_paper_name(struct kiosk_page *p, size_t place);
/* How it stands: "The expert sees it, goes with the form". Percentages in
 * steps, where they are for the ear. */
const char *kiosk_paper_state(struct kiosk_page *p,
                              const struct papers_page *page, bool spoken);

/* What is in hand; never NULL. */
const struct kiosk_paper *kiosk_paper_hand(const struct kiosk_page *p);

/* The page, whole, as a leaf; for those who change something about it. */
struct kiosk_node kiosk_paper_sheet(const struct papers_page *page);

/* Opens what is in the panel: page beside (landscape) or above the buttons. */
void kiosk_paper_body_open(struct kiosk_page *p);
void kiosk_paper_body_close(struct kiosk_page *p);

/* A pager for words and buttons, beside the page; closed with the row of
 * buttons that stays below: the way back, then `more` (NULL: none). */
void kiosk_paper_tools_open(struct kiosk_page *p);
void kiosk_paper_tools_close(struct kiosk_page *p,
                             const struct kiosk_button *back,
                             const struct kiosk_paper_button *const more[2]);

/* The tile that makes it go with the form, or not any more; nothing where
 * neither can be. */
void kiosk_paper_attach(struct kiosk_page *p, const struct papers_view *v,
                        const struct papers_page *page);

/* Opens a grid of small buttons; kiosk_tree_close() ends it. */
void kiosk_paper_grid_open(struct kiosk_page *p);
/* One of its buttons: words under an icon, or the icon alone where there is
 * little room. */
void kiosk_paper_tile(struct kiosk_page *p, const struct kiosk_paper_button *b);
/* The icon alone, as small as a target may be. */
void kiosk_paper_key(struct kiosk_page *p, const struct kiosk_paper_button *b);
/* A button as wide as its place, with its words. */
void kiosk_paper_wide(struct kiosk_page *p, const struct kiosk_paper_button *b);

/* Name and state of a page, for eye and ear. */
void kiosk_paper_head(struct kiosk_page *p, const struct papers_view *v,
                      size_t place);

/* A zero-sized status: for the ear. */
void kiosk_paper_said(struct kiosk_page *p, const char *id, const char *words);

/* The expert's wish, what went wrong, how many blank pages were left out. */
void kiosk_paper_news(struct kiosk_page *p, const struct papers_view *v);
/* What could not be done with a page; nothing else. */
void kiosk_paper_trouble(struct kiosk_page *p, const struct papers_view *v);
/* Where the paper lies, where there is a choice. */
void kiosk_paper_where(struct kiosk_page *p, const struct papers_view *v);

/* The way back, on all of them. */
extern const struct kiosk_button kiosk_paper_back;

/* The screens, by mode. */
void kiosk_paper_tray(struct kiosk_page *p, const struct papers_view *v);
void kiosk_paper_scanning(struct kiosk_page *p, const struct papers_view *v);
void kiosk_paper_aim(struct kiosk_page *p, const struct papers_view *v);
void kiosk_paper_consent(struct kiosk_page *p, const struct papers_view *v);
void kiosk_paper_page(struct kiosk_page *p, const struct papers_view *v);
void kiosk_paper_crop(struct kiosk_page *p, const struct papers_view *v);
void kiosk_paper_together(struct kiosk_page *p, const struct papers_view *v);

#endif

/* papers.h - the pages of one visit: their order, what was done to each, who
 * may see it, and what was drawn on it.
 *
 * Room: a model without I/O; its descriptors are memory. Whoever changes it
 * does so by the functions below: `version` and its kin tell share.h and the
 * screen what is new. One thread.
 * Not here: how pages are made (luukku-scan), how they travel (share.h).
 */
#ifndef LUUKKU_PAPERS_PAPERS_H
#define LUUKKU_PAPERS_PAPERS_H

#include "papers/view.h"

/* Bytes of JPEG of all pages, first ones and previews included. */
#define PAPERS_BYTES_MAX (160UL * 1024 * 1024)
#define PAPERS_DETAIL_MAX (32UL * 1024 * 1024) /* of one page's JPEG */
#define PAPERS_SMALL_MAX (2UL * 1024 * 1024)   /* of its preview's */
#define PAPERS_POINTS_US 33333 /* between two pointers of one side */
#define PAPERS_LAST SIZE_MAX   /* a place: behind all */

/* What was done to a page, always applied to its first JPEG: turned, then
 * straightened, then cut. */
struct papers_edit {
    uint8_t turn; /* quarters clockwise */
    bool straighten;
    uint16_t crop[4]; /* left, top, right, bottom edge; of 1/PAPERS_WHOLE */
};

/* A page as luukku-scan gave it; the descriptors are the page's from then on,
 * also when it is not taken. */
struct papers_given {
    enum papers_from from;
    uint32_t document; /* the expert's, with PAPERS_FROM_EXPERT */
    bool fleeting;     /* to be looked at only: neither saved nor attached */
    uint8_t traits;    /* enum scanmsg_traits */
    uint16_t dpi;
    uint32_t width_px, height_px;
    int preview_fd; /* scanpage.h */
    int detail_fd;  /* JPEG, sealed */
    int small_fd;   /* the preview, likewise */
};

/* Closes what it has, and forgets. */
void papers_given_close(struct papers_given *g);

/* One page. To be looked at from outside; changed here alone. */
struct papers_sheet {
    struct papers_page show; /* with the sheet's own reference to its preview;
                                `sent` and `whole` as the far end said */
    bool fleeting;
    uint32_t document;
    uint8_t traits;
    struct papers_edit edit;           /* of `detail` against `first` */
    int first_fd, detail_fd, small_fd; /* first_fd -1: detail is it */
    uint32_t first_len, detail_len, small_len;
    uint8_t sha256[32]; /* of detail */
    struct papers_mark mark[PAPERS_MARKS_MAX];
    size_t marks;
    uint32_t marks_version; /* rises */
};

enum papers_ask_state {
    PAPERS_ASK_NONE,
    PAPERS_ASK_OPEN,
    PAPERS_ASK_SCANNING,
    PAPERS_ASK_DONE,
    PAPERS_ASK_DECLINED,
};

enum papers_document_state {
    PAPERS_DOCUMENT_NONE,
    PAPERS_DOCUMENT_COMING,
    PAPERS_DOCUMENT_READING,
    PAPERS_DOCUMENT_SHOWN,
    PAPERS_DOCUMENT_REFUSED,
};

/* How the machines are, in the channel's words. */
enum papers_scanner {
    PAPERS_SCANNER_NONE,
    PAPERS_SCANNER_READY,
    PAPERS_SCANNER_BUSY,
    PAPERS_SCANNER_TROUBLE,
};

struct papers {
    struct papers_sheet *sheet[PAPERS_PAGES_MAX]; /* in their order */
    size_t sheets;
    size_t bytes; /* of all their JPEGs */
    uint32_t last_id, last_mark;
    struct papers_look look; /* at a shared page, or none */
    bool look_mine;
    struct papers_point mine, theirs;
    uint32_t mine_page, theirs_page; /* that they are on */
    struct papers_ask ask;
    enum papers_ask_state ask_state;
    struct {
        uint32_t n; /* the newest; 0 none */
        enum papers_document_state state;
        const char *why; /* static; "" none */
        uint32_t pages;
    } document; /* the expert's */
    enum papers_scanner scanner;
    bool camera;
    uint64_t version;      /* rises with everything that the screen shows */
    uint32_t list_version; /* with what `list` says */
    uint32_t look_version; /* with every look to be told */
    uint32_t mine_version; /* with every movement of the citizen's pointer */
};

int papers_new(struct papers **ret) LK_MUST_CHECK; /* -ENOMEM */
/* Wipes and frees. NULL is fine. Returns NULL. */
struct papers *papers_free(struct papers *p);
LK_AUTO_DEFINE(papers);

/* Nothing is kept of the visit. Ids begin anew; versions go on. */
void papers_wipe(struct papers *p);

/* Something changed that only the screen shows. */
void papers_touch(struct papers *p);

/* --- pages -------------------------------------------------------------- */

/* NULL: there is no such page (any more). */
const struct papers_sheet *papers_find(const struct papers *p, uint32_t id);
/* Its place; SIZE_MAX none. */
size_t papers_place(const struct papers *p, uint32_t id);

/* A new page before the one at `place`; not shared, but for the expert's own.
 *
 * ret     its id
 * Errors  -ENOSPC PAPERS_PAGES_MAX or PAPERS_BYTES_MAX; -EBADMSG what was given
 *         is no such page; -ENOMEM; fstat(2)'s, mmap(2)'s
 */
int papers_add(struct papers *p, struct papers_given *g, size_t place,
               uint32_t *ret) LK_MUST_CHECK;

/* Another content in a page's place, made of its first JPEG by `edit`; NULL: it
 * is scanned anew, is neither shared nor attached, and has a new first. The
 * page has another id, no marks, and is not busy. What was cut away of a shared
 * page stays so: one that is straightened after it was cut is not shared any
 * more. Errors: as above, -ENOENT; the page stays as it was. */
int papers_renew(struct papers *p, uint32_t id, struct papers_given *g,
                 const struct papers_edit *edit, uint32_t *ret) LK_MUST_CHECK;

/* What is to be made of its first JPEG for one step more: `more` is relative to
 * what is seen now. */
struct papers_edit papers_edit_add(const struct papers_edit *now,
                                   const struct papers_edit *more);
#define PAPERS_EDIT_NONE ((struct papers_edit){.crop = {0, 0, 10000, 10000}})
#define PAPERS_EDGE_MIN 50 /* of the first page, that a cut one must have */
/* Whether enough of the page is left. */
bool papers_edit_fits(const struct papers_edit *e);

/* Below: nothing for a page that is not there. */
void papers_remove(struct papers *p, uint32_t id);
void papers_remove_document(struct papers *p, uint32_t document);
void papers_move(struct papers *p, uint32_t id, bool later);
/* Whether the expert sees it; not for the expert's own, which always is. */
void papers_set_shared(struct papers *p, uint32_t id, bool on);
void papers_set_attached(struct papers *p, uint32_t id, bool on);
void papers_set_saved(struct papers *p, uint32_t id);
void papers_set_busy(struct papers *p, uint32_t id, bool on);
/* How much of it the far end has, of detail_len; and that it has all. */
void papers_set_sent(struct papers *p, uint32_t id, uint32_t bytes, bool whole);

/* --- together ----------------------------------------------------------- */

/* Looks there: at a shared page, or 0. Errors: -EINVAL out of range, -ENOENT no
 * such page is shared; the look stays. */
int papers_look_at(struct papers *p, const struct papers_look *l,
                   bool mine) LK_MUST_CHECK;
/* A pointer on a shared page; page 0: nowhere. Errors: as above. */
int papers_point_at(struct papers *p, uint32_t page, uint16_t x, uint16_t y,
                    bool mine) LK_MUST_CHECK;
/* Draws on a shared page; the mark's id is given here. Errors: -EINVAL out of
 * range, control characters, no UTF-8, text without any; -ENOENT; -ENOSPC. */
int papers_mark(struct papers *p, uint32_t page,
                const struct papers_mark *m) LK_MUST_CHECK;
/* Takes a mark away; the expert's own only, unless `mine`: it is the citizen's
 * paper. */
void papers_unmark(struct papers *p, uint32_t page, uint32_t mark, bool mine);

/* --- the screen ---------------------------------------------------------- */

/* Pages, marks, looks and what was asked; the rest of it is zero.
 * Owner: caller. Errors: -ENOMEM. */
int papers_view_new(const struct papers *p,
                    struct papers_view **ret) LK_MUST_CHECK;

#endif

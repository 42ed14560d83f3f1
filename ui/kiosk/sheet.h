/* sheet.h - a page of paper on the screen: what of it is seen where.
 *
 * Room: geometry between the page and the screen, what lies over the page, and
 * what must be drawn anew when that changes. Pure. Not here: pixels
 * (sheets.h, paint_sheet.c).
 */
#ifndef LUUKKU_KIOSK_SHEET_H
#define LUUKKU_KIOSK_SHEET_H

#include "base/defs.h"
#include "papers/view.h"

#include <stdbool.h>

struct kiosk_rect {
    int x, y, w, h; /* px */
};

/* Somebody's pointer. Positions are those of papers/view.h. */
struct kiosk_sheet_point {
    bool here;
    uint16_t x, y;
    const char *name; /* "" none; the tree's own */
};

/* How a page is shown. Zeroed but for `page`: whole, and nothing over it. */
struct kiosk_sheet {
    uint32_t page;                  /* its id; 0: a blank sheet */
    struct papers_picture *picture; /* the papers' view's; NULL: none yet */
    uint8_t turn;                   /* quarters clockwise */
    uint16_t zoom;                  /* percent; 0: the whole page */
    uint16_t x, y;                  /* its point in the middle */
    bool touched;                   /* fingers do something on it */
    bool crops;                     /* `edge` is shown */
    uint16_t edge[4];               /* left, top, right, bottom */
    struct kiosk_sheet_point mine, theirs;
    const struct papers_mark *mark; /* the papers' view's */
    size_t marks;
    uint64_t marks_sum;       /* another one where they differ */
    struct papers_mark draft; /* being drawn; its id 1 when there is one */
};

/* Where the whole page lies, turned; larger than its place when zoomed. px,
 * with parts of pixels. */
struct kiosk_spread {
    double x, y, w, h;
    uint8_t turn;
};

/* Where the page lies that is shown in `r`. */
struct kiosk_spread kiosk_sheet_spread(const struct kiosk_sheet *s,
                                       struct kiosk_rect r);

/* What of it is seen in `r`, in whole pixels. */
struct kiosk_rect kiosk_sheet_seen(const struct kiosk_spread *p,
                                   struct kiosk_rect r);

/* From a point of the page to the screen, and back, into the page. */
void kiosk_sheet_to(const struct kiosk_spread *p, uint16_t x, uint16_t y,
                    double ret[2]);
void kiosk_sheet_from(const struct kiosk_spread *p, double x, double y,
                      uint16_t ret[2]);

/* Position `v`, moved by `by`, within the page. */
uint16_t kiosk_sheet_move(uint16_t v, int by);

/* What identifies marks: another number where one differs. */
uint64_t kiosk_sheet_marks_sum(const struct papers_mark *m, size_t n);

/* Whether both look the same but for the pointers and what is being drawn. */
bool kiosk_sheet_same(const struct kiosk_sheet *a, const struct kiosk_sheet *b);

/* The areas that differ in two sheets shown in `r` that are the same in the
 * sense above; of each pointer that moved where it was and where it is. At
 * most KIOSK_SHEET_AREAS. */
#define KIOSK_SHEET_AREAS 6
int kiosk_sheet_areas(const struct kiosk_sheet *a, const struct kiosk_sheet *b,
                      struct kiosk_rect r, float px_per_mm,
                      struct kiosk_rect ret[KIOSK_SHEET_AREAS]);

/* How large a pointer and the plate with its name may be, mm. */
#define KIOSK_POINTER_MM 11.0f
#define KIOSK_PLATE_W_MM 80.0f
#define KIOSK_PLATE_H_MM 13.0f

#endif

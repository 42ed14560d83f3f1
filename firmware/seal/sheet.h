/* sheet.h - texts on the pages of a tagged PDF: wrapped, kept together where
 * they fit, with a footer on every page.
 *
 * Spec: ISO 32000-1, 14.8 (tagged PDF). Fonts are used by their paths alone,
 * in a font map of its own: it works beside any other thread's, and after no
 * file but fonts can be read. One thread a sheet.
 */
#ifndef LUUKKU_SEAL_SHEET_H
#define LUUKKU_SEAL_SHEET_H

#include "base/buf.h"

#include <stdbool.h>

#define SHEET_LEN_MAX (8UL * 1024 * 1024) /* bytes of PDF */

struct sheet;

enum sheet_style {
    SHEET_AGENCY,
    SHEET_TITLE,
    SHEET_HEADING,
    SHEET_GROUP,
    SHEET_LABEL,
    SHEET_VALUE,
    SHEET_NONE, /* in place of a value */
    SHEET_NOTE,
    SHEET_FOOT,
    SHEET_STYLES,
};

struct sheet_config {
    const char *lang; /* BCP 47 */
    const char *title;
    const char *author;
    const char *foot;      /* on the left of every page's foot */
    const char *page, *of; /* "Page", " of " */
    int pages;             /* how many there will be; 0: not known yet */
    int64_t now_s;
    bool discard; /* to count the pages only */
};

/* Errors: -ENOENT the fonts are not installed, -ENOMEM. */
int sheet_new(const struct sheet_config *config,
              struct sheet **ret) LK_MUST_CHECK;
struct sheet *sheet_free(struct sheet *s);
LK_AUTO_DEFINE(sheet);

/* A group of the document's structure: "Document", "Sect", "L", "LI". */
void sheet_open(struct sheet *s, const char *tag);
void sheet_close(struct sheet *s, const char *tag);

/* Where a text goes: points from the left of the paper, and how wide. */
struct sheet_place {
    enum sheet_style style;
    const char *tag; /* "P", "H1", "Lbl", ... */
    double x, width;
    bool stay;  /* the next text begins at the same height */
    bool right; /* its lines end on the right */
};

extern const double sheet_left, sheet_width;

/* Writes a paragraph; goes on on the next page when it must. */
void sheet_text(struct sheet *s, const struct sheet_place *p, const char *text);
/* Its height in points. */
double sheet_height(struct sheet *s, const struct sheet_place *p,
                    const char *text);
/* A new page unless that much fits, or it is more than half a page. */
void sheet_keep(struct sheet *s, double height);
/* Past texts that stayed. */
void sheet_advance(struct sheet *s, double height);
/* Room above what follows, not at the top of a page. */
void sheet_space(struct sheet *s, double height);
void sheet_rule(struct sheet *s);

/* Ends the document. Returns the number of pages.
 * ret     the PDF; untouched when it was discarded
 * Errors  -ENOMEM, -EMSGSIZE, -EIO */
int sheet_end(struct sheet *s, struct lk_buf **ret) LK_MUST_CHECK;

#endif

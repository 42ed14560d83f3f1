/* text.h - text by Pango: fonts, measuring, drawing, a cache of layouts.
 *
 * Room: the only place that knows fonts. Just the font files of typeset/
 * are used, each by its path, so that no font is looked for later, when files
 * can no longer be opened; letters that none of them has become boxes. Both
 * directions of writing; a paragraph's own letters decide.
 */
#ifndef LUUKKU_KIOSK_TEXT_H
#define LUUKKU_KIOSK_TEXT_H

#include "kiosk/layout.h"

/* Layouts kept: KIOSK_TEXT_SETS times KIOSK_TEXT_WAYS; in each set the least
 * recently used goes. */
#define KIOSK_TEXT_SETS 64
#define KIOSK_TEXT_WAYS 8

struct kiosk_text;
struct _cairo;

/* Where in an area a text lies, as seen, whatever way it is written. */
enum kiosk_side {
    KIOSK_LEFT,
    KIOSK_MIDDLE,
    KIOSK_RIGHT,
};

/* Loads the fonts. distance_mm: from where the screen is read.
 *
 * Errors  -ENOENT the fonts are not installed, -ENOMEM
 * Thread  one
 */
int kiosk_text_new(float px_per_mm, float distance_mm,
                   struct kiosk_text **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct kiosk_text *kiosk_text_free(struct kiosk_text *t);
LK_AUTO_DEFINE(kiosk_text);

/* A kiosk_metrics measure function; arg is the struct kiosk_text. */
int kiosk_text_measure(void *arg, const struct kiosk_type *type,
                       const char *text, int width_px, struct kiosk_size *ret);

/* Draws in cr's source colour, wrapped at area.w, in the middle of the area's
 * height. */
void kiosk_text_draw(struct kiosk_text *t, struct _cairo *cr,
                     const struct kiosk_type *type, const char *text,
                     struct kiosk_rect area, enum kiosk_side side);

/* A text as it is drawn. */
struct kiosk_drawn {
    struct kiosk_type type;
    const char *text;
    struct kiosk_rect area;
    enum kiosk_side side;
};

/* The byte that a point lies nearest to. */
size_t kiosk_text_at(struct kiosk_text *t, const struct kiosk_drawn *d, int x,
                     int y);

/* The caret before byte `at`: one pixel wide. Errors: -ENOMEM. */
int kiosk_text_caret(struct kiosk_text *t, const struct kiosk_drawn *d,
                     size_t at, struct kiosk_rect *ret) LK_MUST_CHECK;

/* The areas of bytes range[0]..range[1]-1, at most max of them. Returns their
 * number; 0 also when there is no memory. */
int kiosk_text_range(struct kiosk_text *t, const struct kiosk_drawn *d,
                     const size_t range[2], int max, struct kiosk_rect *ret);

/* Puts letters of the scripts that names may be written in through every font,
 * so that its file is open. */
void kiosk_text_warm(struct kiosk_text *t, struct _cairo *cr);

/* Drops all layouts that are kept. */
void kiosk_text_forget(struct kiosk_text *t);

#endif

/* text.h - text by Pango: fonts, measuring, drawing, a cache of layouts.
 *
 * Room: the only place that knows fonts. Just the font files listed in text.c
 * are used, each by its path, so that no font is looked for later, when files
 * can no longer be opened; letters that none of them has become boxes.
 */
#ifndef LUUKKU_KIOSK_TEXT_H
#define LUUKKU_KIOSK_TEXT_H

#include "kiosk/layout.h"

#define KIOSK_TEXT_CACHE 192 /* layouts kept; the least recently used goes */

struct kiosk_text;
struct _cairo;

/* Loads the fonts.
 *
 * Errors  -ENOENT the fonts are not installed, -ENOMEM
 * Thread  one
 */
int kiosk_text_new(float px_per_mm, struct kiosk_text **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct kiosk_text *kiosk_text_free(struct kiosk_text *t);
LK_AUTO_DEFINE(kiosk_text);

/* A kiosk_metrics measure function; arg is the struct kiosk_text. */
int kiosk_text_measure(void *arg, enum kiosk_font font, const char *text,
                       int width_px, struct kiosk_size *ret);

/* Draws in cr's source colour, wrapped at area.w, in the middle of the area's
 * height; `place` says where its lines are. */
void kiosk_text_draw(struct kiosk_text *t, struct _cairo *cr,
                     enum kiosk_font font, const char *text,
                     struct kiosk_rect area, enum kiosk_place place);

/* Puts letters of the scripts that names may be written in through every font,
 * so that its file is open. */
void kiosk_text_warm(struct kiosk_text *t, struct _cairo *cr);

#endif

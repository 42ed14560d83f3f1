/* icons.h - drawings as masks that take any colour.
 *
 * Room: renders the embedded SVG files by librsvg, once per size.
 */
#ifndef LUUKKU_KIOSK_ICONS_H
#define LUUKKU_KIOSK_ICONS_H

#include "base/defs.h"
#include "kiosk/icons_gen.h"

#include <stdbool.h>

#define KIOSK_ICON_SIZES 6 /* sizes kept of one drawing */

struct kiosk_icons;
struct _cairo;

/* Errors: -ENOMEM, -EIO a drawing cannot be read. Thread: one. */
int kiosk_icons_new(struct kiosk_icons **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct kiosk_icons *kiosk_icons_free(struct kiosk_icons *s);
LK_AUTO_DEFINE(kiosk_icons);

/* Where a drawing goes: its upper left corner and its edge, px. */
struct kiosk_icon_place {
    int x, y, edge;
};

/* Draws in cr's source colour. `rtl`: drawings that point along the writing are
 * turned round. */
void kiosk_icon_draw(struct kiosk_icons *s, struct _cairo *cr,
                     enum kiosk_icon icon, struct kiosk_icon_place at,
                     bool rtl);

/* Whether a drawing points along the writing. */
bool kiosk_icon_points(enum kiosk_icon icon);

#endif

/* shadow.h - soft shadows of panels: a blurred mask, computed once per radius
 * and drawn in slices.
 */
#ifndef LUUKKU_KIOSK_SHADOW_H
#define LUUKKU_KIOSK_SHADOW_H

#include "kiosk/layout.h"

struct kiosk_shadow;
struct _cairo;

/* A shadow that reaches `spread` px beyond boxes with corners of `radius` px.
 * Errors: -ENOMEM. */
int kiosk_shadow_new(int radius, int spread,
                     struct kiosk_shadow **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct kiosk_shadow *kiosk_shadow_free(struct kiosk_shadow *s);
LK_AUTO_DEFINE(kiosk_shadow);

/* Draws the shadow of box r in cr's source colour; what the box itself covers
 * is left out, but for its corners. */
void kiosk_shadow_draw(const struct kiosk_shadow *s, struct _cairo *cr,
                       struct kiosk_rect r);

#endif

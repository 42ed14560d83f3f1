/* theme.h - the colours of the screens. Contrasts: text on its ground 7:1 and
 * more, muted text and outlines of buttons 4.5:1 and more (WCAG 2.2, 1.4.3,
 * 1.4.6, 1.4.11). */
#ifndef LUUKKU_KIOSK_THEME_H
#define LUUKKU_KIOSK_THEME_H

#include "kiosk/tree.h"

#define KIOSK_ACCENTS 5

/* 0xRRGGBB */
struct kiosk_theme {
    uint32_t page, surface, line, outline, shade;
    uint32_t text, muted, brand, brand_pressed, on_brand;
    uint32_t tint, disabled, on_disabled;
    uint32_t danger, danger_pressed, danger_tint;
    uint32_t good, good_tint, warn, warn_tint;
    uint32_t video, focus, focus_inner;
    uint32_t accent[KIOSK_ACCENTS], accent_tint[KIOSK_ACCENTS];
};

extern const struct kiosk_theme kiosk_theme_light;

#endif

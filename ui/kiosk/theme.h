/* theme.h - the colours of the screens: standard, and inverse contrast.
 *
 * Room: two palettes, and which of their colours a node is drawn with. Text on
 * its ground has at least 4.5:1, outlines of buttons, icons and one of the two
 * lines of the focus ring 3:1 (WCAG 2.2, 1.4.3, 1.4.11, 2.4.13); tests compute
 * it for every screen. Pure.
 */
#ifndef LUUKKU_KIOSK_THEME_H
#define LUUKKU_KIOSK_THEME_H

#include "kiosk/tree.h"

#define KIOSK_ACCENTS 5

/* 0xRRGGBB */
struct kiosk_theme {
    uint32_t page, surface, line, outline, shade, scrim;
    uint32_t text, muted, brand, brand_pressed, on_brand;
    uint32_t bar, on_bar;
    uint32_t tint, disabled, on_disabled;
    uint32_t danger, danger_pressed, danger_tint, on_danger;
    uint32_t good, good_tint, warn, warn_tint;
    uint32_t alarm, on_alarm;
    uint32_t video, on_video, focus, focus_inner;
    uint32_t key, key_pressed, selection;
    uint32_t accent[KIOSK_ACCENTS], accent_tint[KIOSK_ACCENTS];
    bool shadows;
};

const struct kiosk_theme *kiosk_theme(bool contrast);

/* How a node's own area is drawn. */
struct kiosk_skin {
    bool filled;
    uint32_t fill;
    float outline_mm; /* 0: none */
    uint32_t outline;
    float radius_mm; /* 0: sharp corners */
    bool shadow;
    bool scrim; /* laid over what is beneath, which shows through */
};
struct kiosk_skin kiosk_skin(const struct kiosk_theme *theme,
                             const struct kiosk_node *n);

/* The colour behind a node's text: its own ground or that around it. */
uint32_t kiosk_ground(const struct kiosk_theme *theme,
                      const struct kiosk_tree *t, int i);

/* The colour of a node's text and icon. */
uint32_t kiosk_ink(const struct kiosk_theme *theme, const struct kiosk_tree *t,
                   int i);

/* Contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
double kiosk_contrast(uint32_t a, uint32_t b);

#endif

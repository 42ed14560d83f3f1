#include "kiosk/theme.h"

#include "kiosk/sizes.h"

#include <math.h>

static const struct kiosk_theme standard = {
    .page = 0xF3F6FA,
    .surface = 0xFFFFFF,
    .line = 0xDCE3EA,
    .outline = 0x6B7F95,
    .shade = 0x002152,
    .scrim = 0x0B1B33,
    .text = 0x1B2430,
    .muted = 0x4A5768,
    .brand = 0x00357A,
    .brand_pressed = 0x00224F,
    .on_brand = 0xFFFFFF,
    .bar = 0x00357A,
    .on_bar = 0xFFFFFF,
    .tint = 0xE3EEF9,
    .disabled = 0xE3E7EC,
    .on_disabled = 0x5A6675,
    .danger = 0xB3261E,
    .danger_pressed = 0x861A14,
    .danger_tint = 0xFBE4E2,
    .on_danger = 0xFFFFFF,
    .good = 0x076B4C,
    .good_tint = 0xE3F4EC,
    .warn = 0x7A4100,
    .warn_tint = 0xFFF0CF,
    .alarm = 0xFFC91A,
    .on_alarm = 0x1B2430,
    .video = 0x16202D,
    .on_video = 0xFFFFFF,
    .focus = 0xFFC91A,
    .focus_inner = 0x1B2430,
    .key = 0xFFFFFF,
    .key_pressed = 0xCFE1F5,
    .selection = 0xBBD6F5,
    .accent = {0x00357A, 0xA3182C, 0x6A2F80, 0x075E43, 0x00357A},
    .accent_tint = {0xE3EEF9, 0xFCE7E9, 0xF1E9F5, 0xE6F4EC, 0xE3EEF9},
    .shadows = true,
};

static const struct kiosk_theme inverse = {
    .page = 0x000000,
    .surface = 0x0C1117,
    .line = 0x5C6B7C,
    .outline = 0xB9C5D3,
    .shade = 0x000000,
    .scrim = 0x000000,
    .text = 0xFFFFFF,
    .muted = 0xD4DCE6,
    .brand = 0xFFD84D,
    .brand_pressed = 0xD9AE00,
    .on_brand = 0x000000,
    .bar = 0x0C1117,
    .on_bar = 0xFFFFFF,
    .tint = 0x10263D,
    .disabled = 0x2A333D,
    .on_disabled = 0xB7C2CE,
    .danger = 0xFF8F86,
    .danger_pressed = 0xD9655C,
    .danger_tint = 0x3D0F0C,
    .on_danger = 0x000000,
    .good = 0x7EE2B5,
    .good_tint = 0x08301F,
    .warn = 0xFFC470,
    .warn_tint = 0x372300,
    .alarm = 0xFFD84D,
    .on_alarm = 0x000000,
    .video = 0x0C1117,
    .on_video = 0xFFFFFF,
    .focus = 0xFFFFFF,
    .focus_inner = 0x000000,
    .key = 0x18212B,
    .key_pressed = 0x3A5068,
    .selection = 0x2D4F78,
    .accent = {0x9CC7FF, 0xFF9DA8, 0xDDB3EF, 0x86DDB9, 0x9CC7FF},
    .accent_tint = {0x10263D, 0x3A1117, 0x2B1735, 0x0B2E21, 0x10263D},
    .shadows = false,
};

const struct kiosk_theme *kiosk_theme(bool contrast)
{
    return contrast ? &inverse : &standard;
}

static struct kiosk_skin plain(uint32_t fill, float radius_mm)
{
    return (struct kiosk_skin){
        .filled = true, .fill = fill, .radius_mm = radius_mm};
}

static struct kiosk_skin lined(uint32_t fill, float radius_mm, uint32_t outline,
                               float outline_mm)
{
    struct kiosk_skin s = plain(fill, radius_mm);
    s.outline = outline;
    s.outline_mm = outline_mm;
    return s;
}

static struct kiosk_skin button_skin(const struct kiosk_theme *t,
                                     const struct kiosk_node *n)
{
    bool down = n->state & KIOSK_PRESSED;
    float radius = KIOSK_BUTTON_RADIUS_MM;
    bool leave = n->look == KIOSK_LOOK_LEAVE;
    if (n->state & KIOSK_DISABLED)
        return plain(t->disabled, radius);
    if (n->look == KIOSK_LOOK_PRIMARY)
        return plain(down ? t->brand_pressed : t->brand, radius);
    if (n->look == KIOSK_LOOK_DANGER)
        return plain(down ? t->danger_pressed : t->danger, radius);
    if (leave)
        return lined(down ? t->danger_tint : t->surface, radius, t->danger,
                     KIOSK_OUTLINE_MM);
    return lined(down ? t->tint : t->surface, radius, t->outline,
                 KIOSK_OUTLINE_MM);
}

static struct kiosk_skin key_skin(const struct kiosk_theme *t,
                                  const struct kiosk_node *n)
{
    bool down = n->state & KIOSK_PRESSED;
    if (n->state & KIOSK_DISABLED)
        return plain(t->disabled, KIOSK_KEY_RADIUS_MM);
    if (n->state & KIOSK_CHECKED)
        return plain(down ? t->brand_pressed : t->brand, KIOSK_KEY_RADIUS_MM);
    return lined(down ? t->key_pressed : t->key, KIOSK_KEY_RADIUS_MM,
                 t->outline, KIOSK_OUTLINE_MM);
}

static struct kiosk_skin panel_skin(const struct kiosk_theme *t,
                                    const struct kiosk_node *n)
{
    bool down = n->state & KIOSK_PRESSED;
    bool card = n->look == KIOSK_LOOK_CARD;
    struct kiosk_skin s = lined(
        down ? t->tint : t->surface, KIOSK_PANEL_RADIUS_MM,
        card ? t->outline : t->line, card ? KIOSK_OUTLINE_MM : KIOSK_LINE_MM);
    s.shadow = t->shadows;
    return s;
}

static struct kiosk_skin marked_skin(const struct kiosk_theme *t,
                                     const struct kiosk_node *n)
{
    if (n->look == KIOSK_LOOK_WRONG)
        return lined(t->key, KIOSK_KEY_RADIUS_MM, t->danger,
                     KIOSK_OUTLINE_MM * 2);
    return lined(t->warn_tint, KIOSK_PANEL_RADIUS_MM, t->warn,
                 KIOSK_OUTLINE_MM * 2);
}

struct kiosk_skin kiosk_skin(const struct kiosk_theme *t,
                             const struct kiosk_node *n)
{
    uint32_t tint = t->accent_tint[n->accent % KIOSK_ACCENTS];
    switch (n->look) {
    case KIOSK_LOOK_NONE:
        break;
    case KIOSK_LOOK_VIDEO:
        return plain(t->video, KIOSK_PANEL_RADIUS_MM);
    case KIOSK_LOOK_PAGE:
        return plain(t->page, 0);
    case KIOSK_LOOK_BAR:
        return plain(t->bar, 0);
    case KIOSK_LOOK_FOOTER:
        return plain(t->surface, 0);
    case KIOSK_LOOK_PANEL:
    case KIOSK_LOOK_CARD:
        return panel_skin(t, n);
    case KIOSK_LOOK_PLAIN:
    case KIOSK_LOOK_PRIMARY:
    case KIOSK_LOOK_DANGER:
    case KIOSK_LOOK_LEAVE:
        return button_skin(t, n);
    case KIOSK_LOOK_KEY:
        return key_skin(t, n);
    case KIOSK_LOOK_TILE:
        return plain(tint, KIOSK_TILE_RADIUS_MM);
    case KIOSK_LOOK_BADGE:
        return plain(t->tint, KIOSK_PANEL_RADIUS_MM * 4);
    case KIOSK_LOOK_LOGO:
        return plain(t->surface, KIOSK_LOGO_RADIUS_MM);
    case KIOSK_LOOK_FIELD:
        return lined(t->key, KIOSK_KEY_RADIUS_MM, t->outline, KIOSK_OUTLINE_MM);
    case KIOSK_LOOK_INFO:
    case KIOSK_LOOK_MINE:
        return plain(t->tint, KIOSK_STRIP_RADIUS_MM);
    case KIOSK_LOOK_THEIRS:
        return lined(t->surface, KIOSK_STRIP_RADIUS_MM, t->outline,
                     KIOSK_LINE_MM);
    case KIOSK_LOOK_WARN:
        return plain(t->warn_tint, KIOSK_STRIP_RADIUS_MM);
    case KIOSK_LOOK_GOOD:
        return plain(t->good_tint, KIOSK_STRIP_RADIUS_MM);
    case KIOSK_LOOK_MARKED:
    case KIOSK_LOOK_WRONG:
        return marked_skin(t, n);
    case KIOSK_LOOK_STEP:
        return plain(n->state & KIOSK_CHECKED ? t->brand : t->line, 0.8f);
    case KIOSK_LOOK_QR:
    case KIOSK_LOOK_SHEET:
        break;
    case KIOSK_LOOK_ALARM:
        return plain(t->alarm, KIOSK_PANEL_RADIUS_MM);
    case KIOSK_LOOK_SCRIM:
        return (struct kiosk_skin){
            .filled = true, .fill = t->scrim, .scrim = true};
    }
    return (struct kiosk_skin){0};
}

/* The node whose ground lies behind i. */
static int grounded(const struct kiosk_tree *t, int i)
{
    while (i > 0 && t->node[i].look == KIOSK_LOOK_NONE)
        i = t->node[i].parent;
    return i;
}

uint32_t kiosk_ground(const struct kiosk_theme *theme,
                      const struct kiosk_tree *t, int i)
{
    struct kiosk_skin s = kiosk_skin(theme, &t->node[grounded(t, i)]);
    return s.filled ? s.fill : theme->page;
}

/* What is written on a ground of the theme's own colours. */
static uint32_t light_ink(const struct kiosk_theme *theme,
                          const struct kiosk_node *ground)
{
    switch ((int)ground->look) {
    case KIOSK_LOOK_BAR:
        return theme->on_bar;
    case KIOSK_LOOK_PRIMARY:
    case KIOSK_LOOK_KEY:
        return theme->on_brand;
    case KIOSK_LOOK_DANGER:
        return theme->on_danger;
    case KIOSK_LOOK_ALARM:
        return theme->on_alarm;
    case KIOSK_LOOK_VIDEO:
        return theme->on_video;
    default:
        return theme->text;
    }
}

uint32_t kiosk_ink(const struct kiosk_theme *theme, const struct kiosk_tree *t,
                   int i)
{
    const struct kiosk_node *n = &t->node[i];
    const struct kiosk_node *ground = &t->node[grounded(t, i)];
    if ((n->state | ground->state) & KIOSK_DISABLED)
        return theme->on_disabled;
    if (n->look == KIOSK_LOOK_LEAVE)
        return theme->danger;
    if (n->look == KIOSK_LOOK_KEY && n->state & KIOSK_CHECKED)
        return theme->on_brand;
    switch (n->ink) {
    case KIOSK_INK_TEXT:
        return theme->text;
    case KIOSK_INK_MUTED:
        return theme->muted;
    case KIOSK_INK_BRAND:
        return theme->brand;
    case KIOSK_INK_LIGHT:
        return light_ink(theme, ground);
    case KIOSK_INK_GOOD:
        return theme->good;
    case KIOSK_INK_WARN:
        return theme->warn;
    case KIOSK_INK_DANGER:
        return theme->danger;
    case KIOSK_INK_ACCENT:
        return theme->accent[n->accent % KIOSK_ACCENTS];
    }
    return theme->text;
}

static double channel(uint32_t c)
{
    double v = c / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t rgb)
{
    return 0.2126 * channel(rgb >> 16 & 255) +
           0.7152 * channel(rgb >> 8 & 255) + 0.0722 * channel(rgb & 255);
}

double kiosk_contrast(uint32_t a, uint32_t b)
{
    double la = luminance(a);
    double lb = luminance(b);
    return (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
}

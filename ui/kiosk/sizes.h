/* sizes.h - all lengths that the screens share, in millimetres.
 *
 * Room: the least targets, the spaces, and the letters of each kind of text in
 * three sizes. Pure.
 */
#ifndef LUUKKU_KIOSK_SIZES_H
#define LUUKKU_KIOSK_SIZES_H

#include "kiosk/tree.h"

/* Least edge of what a finger must hit, and of the room between two keys. */
#define KIOSK_TARGET_MM 20.0f
#define KIOSK_KEY_GAP_MM 3.0f

/* Space between parts and at the edges. */
#define KIOSK_MARGIN_MM 12.0f
#define KIOSK_GAP_MM 6.5f

/* Between an icon and its text; an icon's edge on buttons. */
#define KIOSK_ICON_GAP_MM 2.6f
#define KIOSK_ICON_MM 7.4f

/* Corners and lines. */
#define KIOSK_PANEL_RADIUS_MM 5.0f
#define KIOSK_BUTTON_RADIUS_MM 10.0f
#define KIOSK_STRIP_RADIUS_MM 3.2f
#define KIOSK_KEY_RADIUS_MM 2.4f
#define KIOSK_TILE_RADIUS_MM 4.4f
#define KIOSK_LOGO_RADIUS_MM 2.6f
#define KIOSK_LINE_MM 0.3f
#define KIOSK_OUTLINE_MM 0.5f

/* From where the screen is read, unless the configuration says else. */
#define KIOSK_DISTANCE_MM 600.0f

/* The least panel that the screens are made for at true size. */
#define KIOSK_LEAST_LONG_MM 330.0f
#define KIOSK_LEAST_SHORT_MM 205.0f

/* Height of a capital H that is seen at 0.7 degrees from that distance
 * (EN 301 549, 5.1.4). */
float kiosk_capital_mm(float distance_mm);

/* Height of the em of a kind of text. In SESSION_TEXT_LARGEST the capitals of
 * every kind have at least kiosk_capital_mm(). */
float kiosk_font_mm(enum kiosk_font font, enum session_text_size size,
                    float distance_mm);

/* How much larger icons, and cells that hold text, are than at normal size. */
float kiosk_icon_growth(enum session_text_size size);
float kiosk_cell_growth(enum session_text_size size);

#endif

#include "kiosk/sizes.h"

#include <math.h>

/* Capitals of the fonts in use are at least that part of the em (Noto Sans
 * 0.714; Inter 0.727). */
#define CAPITAL_OF_EM 0.714f
#define HALF_ANGLE_RAD 0.00610865f /* 0.35 degrees */

static const float font_mm[KIOSK_FONTS][SESSION_TEXT_SIZES] = {
    [KIOSK_FONT_BODY] = {5.3f, 7.2f, 0},
    [KIOSK_FONT_SMALL] = {4.7f, 6.6f, 0},
    [KIOSK_FONT_LABEL] = {5.6f, 7.4f, 0},
    [KIOSK_FONT_LEAD] = {6.3f, 7.8f, 0},
    [KIOSK_FONT_NAME] = {7.4f, 8.8f, 0},
    [KIOSK_FONT_HEADING] = {11.0f, 11.6f, 12.0f},
    [KIOSK_FONT_TITLE] = {13.0f, 13.4f, 13.8f},
    [KIOSK_FONT_FIGURE] = {14.5f, 15.0f, 15.5f},
};

float kiosk_capital_mm(float distance_mm)
{
    return 2 * distance_mm * tanf(HALF_ANGLE_RAD);
}

float kiosk_font_mm(enum kiosk_font font, enum session_text_size size,
                    float distance_mm)
{
    float mm = font_mm[font][size];
    if (size != SESSION_TEXT_LARGEST)
        return mm;
    return fmaxf(mm, kiosk_capital_mm(distance_mm) / CAPITAL_OF_EM);
}

float kiosk_icon_growth(enum session_text_size size)
{
    static const float growth[SESSION_TEXT_SIZES] = {1.0f, 1.15f, 1.35f};
    return growth[size];
}

float kiosk_cell_growth(enum session_text_size size)
{
    static const float growth[SESSION_TEXT_SIZES] = {1.0f, 1.3f, 1.8f};
    return growth[size];
}

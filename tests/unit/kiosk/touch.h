/* touch.h - fingers on the panel of bench_run(), as SDL's events. */
#ifndef LUUKKU_TESTS_KIOSK_TOUCH_H
#define LUUKKU_TESTS_KIOSK_TOUCH_H

#include "bench.h"

#include <stdint.h>

#define TOUCH_WIDTH 1080
#define TOUCH_HEIGHT 1920

/* type   SDL_FINGERDOWN and the like
 * id     which finger
 * x, y   px */
void touch_finger(uint32_t type, int id, double x, double y);

#endif

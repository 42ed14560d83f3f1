#include "touch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <SDL.h>
#include <cmocka.h>

void touch_finger(uint32_t type, int id, double x, double y)
{
    SDL_Event e = {.tfinger = {.type = type,
                               .touchId = 1,
                               .fingerId = id,
                               .x = (float)(x / TOUCH_WIDTH),
                               .y = (float)(y / TOUCH_HEIGHT)}};
    assert_int_equal(SDL_PushEvent(&e), 1);
}

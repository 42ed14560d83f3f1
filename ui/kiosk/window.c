#include "kiosk/window.h"

#include "kiosk/keypad.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <SDL.h>

#define HEADLESS_WIDTH 1080
#define HEADLESS_HEIGHT 1920
#define SHIFT_PREFIX "Shift+"

struct kiosk_window {
    SDL_Window *sdl;
    struct kiosk_size size;
    bool headless;
    bool started;   /* SDL is */
    bool repeating; /* the last key came from the system's own repeat */
};

static void window_hints(bool headless)
{
    /* Not "dummy": that one takes the machine's keyboards over. */
    if (headless)
        SDL_SetHintWithPriority(SDL_HINT_VIDEODRIVER, "offscreen",
                                SDL_HINT_OVERRIDE);
    else
        SDL_ResetHint(SDL_HINT_VIDEODRIVER);
    /* The program handles its signals; a touch must not come twice. */
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0");
    SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0");
}

/* Memory of the window system, not a texture: what is drawn is in memory, and
 * loading OpenGL costs 100 MB. The kernel's own display has textures only. */
static void window_hint_surface(void)
{
    const char *name = SDL_GetCurrentVideoDriver();
    bool kernel = name && strcmp(name, "KMSDRM") == 0;
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, kernel ? "opengles2" : "0");
}

/* Drivers that show nothing to anybody. SDL may fall back to them. */
static bool driver_is_blind(void)
{
    const char *name = SDL_GetCurrentVideoDriver();
    return !name || strcmp(name, "dummy") == 0 ||
           strcmp(name, "offscreen") == 0 || strcmp(name, "evdev") == 0;
}

static struct kiosk_size window_wish(const struct kiosk_config *c)
{
    struct kiosk_size s = {(int)c->width_px, (int)c->height_px};
    SDL_DisplayMode mode;
    if (s.w == 0 && !c->headless && SDL_GetDesktopDisplayMode(0, &mode) == 0)
        s = (struct kiosk_size){mode.w, mode.h};
    if (s.w == 0)
        s = (struct kiosk_size){HEADLESS_WIDTH, HEADLESS_HEIGHT};
    return s;
}

static int window_open(struct kiosk_window *w,
                       const struct kiosk_config *config)
{
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) < 0)
        return -ENODEV;
    w->started = true;
    if (!config->headless && driver_is_blind())
        return -ENODEV;
    window_hint_surface();
    struct kiosk_size s = window_wish(config);
    bool cover = config->fullscreen && !config->headless;
    w->sdl = SDL_CreateWindow("Luukku", SDL_WINDOWPOS_CENTERED,
                              SDL_WINDOWPOS_CENTERED, s.w, s.h,
                              cover ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
    if (!w->sdl)
        return -ENODEV;
    w->size = s;
    if (!config->headless)
        SDL_GetWindowSize(w->sdl, &w->size.w, &w->size.h);
    if (!SDL_GetWindowSurface(w->sdl))
        return -ENODEV;
    if (cover)
        SDL_ShowCursor(SDL_DISABLE);
    return 0;
}

int kiosk_window_new(const struct kiosk_config *config,
                     struct kiosk_window **ret)
{
    struct kiosk_window *w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    w->headless = config->headless;
    window_hints(config->headless);
    int r = window_open(w, config);
    if (r < 0) {
        kiosk_window_free(w);
        return r;
    }
    *ret = w;
    return 0;
}

struct kiosk_window *kiosk_window_free(struct kiosk_window *w)
{
    if (!w)
        return NULL;
    if (w->sdl)
        SDL_DestroyWindow(w->sdl);
    if (w->started)
        SDL_QuitSubSystem(SDL_INIT_VIDEO);
    free(w);
    return NULL;
}

struct kiosk_size kiosk_window_size(const struct kiosk_window *w)
{
    return w->size;
}

bool kiosk_window_needs_polling(const struct kiosk_window *w)
{
    return !w->headless;
}

static void event_mouse(const SDL_Event *e, struct kiosk_event *ret)
{
    ret->pointer = INT64_MIN;
    if (e->type == SDL_MOUSEMOTION) {
        ret->kind = KIOSK_EVENT_MOVE;
        ret->x = e->motion.x;
        ret->y = e->motion.y;
        return;
    }
    if (e->button.button != SDL_BUTTON_LEFT)
        return;
    ret->kind =
        e->type == SDL_MOUSEBUTTONDOWN ? KIOSK_EVENT_DOWN : KIOSK_EVENT_UP;
    ret->x = e->button.x;
    ret->y = e->button.y;
}

static void event_finger(const struct kiosk_window *w, const SDL_Event *e,
                         struct kiosk_event *ret)
{
    ret->kind = KIOSK_EVENT_MOVE;
    if (e->type == SDL_FINGERDOWN)
        ret->kind = KIOSK_EVENT_DOWN;
    if (e->type == SDL_FINGERUP)
        ret->kind = KIOSK_EVENT_UP;
    ret->pointer = e->tfinger.fingerId;
    ret->x = (int)(e->tfinger.x * (float)w->size.w);
    ret->y = (int)(e->tfinger.y * (float)w->size.h);
}

static enum kiosk_key key_meant(SDL_Keycode k, bool shift)
{
    static const struct {
        SDL_Keycode code;
        enum kiosk_key key;
    } keys[] = {
        {SDLK_RETURN, KIOSK_KEY_ENTER},  {SDLK_KP_ENTER, KIOSK_KEY_ENTER},
        {SDLK_SPACE, KIOSK_KEY_SPACE},   {SDLK_ESCAPE, KIOSK_KEY_ESCAPE},
        {SDLK_LEFT, KIOSK_KEY_LEFT},     {SDLK_RIGHT, KIOSK_KEY_RIGHT},
        {SDLK_UP, KIOSK_KEY_UP},         {SDLK_DOWN, KIOSK_KEY_DOWN},
        {SDLK_HOME, KIOSK_KEY_HOME},     {SDLK_END, KIOSK_KEY_END},
        {SDLK_DELETE, KIOSK_KEY_DELETE}, {SDLK_BACKSPACE, KIOSK_KEY_BACKSPACE},
    };
    if (k == SDLK_TAB)
        return shift ? KIOSK_KEY_PREVIOUS : KIOSK_KEY_NEXT;
    for (size_t i = 0; i < LK_ARRAY_LEN(keys); i++)
        if (keys[i].code == k)
            return keys[i].key;
    return KIOSK_KEY_OTHER;
}

/* The system's repeats are left out: how keys repeat is ours to say. */
static void event_key(struct kiosk_window *w, const SDL_Event *e,
                      struct kiosk_event *ret)
{
    const SDL_Keysym *k = &e->key.keysym;
    w->repeating = e->key.repeat;
    if (e->key.repeat)
        return;
    ret->kind = e->type == SDL_KEYDOWN ? KIOSK_EVENT_KEY : KIOSK_EVENT_KEY_UP;
    ret->shift = k->mod & KMOD_SHIFT;
    ret->ctrl = k->mod & KMOD_CTRL;
    ret->key = key_meant(k->sym, ret->shift);
    /* SDL numbers its scancodes by HID page 7. */
    if (k->scancode >= KIOSK_USAGE_MIN && k->scancode <= KIOSK_USAGE_MAX)
        ret->usage = (uint16_t)k->scancode;
}

static void event_text(const struct kiosk_window *w, const SDL_Event *e,
                       struct kiosk_event *ret)
{
    if (w->repeating)
        return;
    ret->kind = KIOSK_EVENT_TEXT;
    snprintf(ret->text, sizeof(ret->text), "%s", e->text.text);
}

static void event_window(struct kiosk_window *w, const SDL_Event *e,
                         struct kiosk_event *ret)
{
    if (e->window.event == SDL_WINDOWEVENT_EXPOSED)
        ret->kind = KIOSK_EVENT_EXPOSED;
    if (e->window.event == SDL_WINDOWEVENT_CLOSE)
        ret->kind = KIOSK_EVENT_CLOSED;
    if (e->window.event != SDL_WINDOWEVENT_SIZE_CHANGED || w->headless)
        return;
    ret->kind = KIOSK_EVENT_RESIZED;
    ret->size = (struct kiosk_size){e->window.data1, e->window.data2};
    w->size = ret->size;
}

bool kiosk_window_event(struct kiosk_window *w, struct kiosk_event *ret)
{
    SDL_Event e;
    if (!SDL_PollEvent(&e))
        return false;
    Uint32 age_ms = SDL_GetTicks() - e.common.timestamp;
    *ret = (struct kiosk_event){.kind = KIOSK_EVENT_NONE,
                                .age_us = (int64_t)age_ms * 1000};
    switch (e.type) {
    case SDL_MOUSEMOTION:
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        event_mouse(&e, ret);
        break;
    case SDL_FINGERDOWN:
    case SDL_FINGERMOTION:
    case SDL_FINGERUP:
        event_finger(w, &e, ret);
        break;
    case SDL_KEYDOWN:
    case SDL_KEYUP:
        event_key(w, &e, ret);
        break;
    case SDL_TEXTINPUT:
        event_text(w, &e, ret);
        break;
    case SDL_WINDOWEVENT:
        event_window(w, &e, ret);
        break;
    case SDL_QUIT:
        ret->kind = KIOSK_EVENT_CLOSED;
        break;
    default:
        break;
    }
    return true;
}

int kiosk_window_show(struct kiosk_window *w, const struct kiosk_canvas *c,
                      const struct kiosk_rect *areas, int n)
{
    SDL_Rect rects[64];
    SDL_Surface *to = SDL_GetWindowSurface(w->sdl);
    SDL_Surface *from = SDL_CreateRGBSurfaceWithFormatFrom(
        c->pixels, c->size.w, c->size.h, 32, c->stride_px * 4,
        SDL_PIXELFORMAT_RGB888);
    int r = to && from ? 0 : -EIO;
    n = LK_MIN(n, (int)LK_ARRAY_LEN(rects));
    for (int i = 0; i < n && r == 0; i++) {
        rects[i] = (SDL_Rect){areas[i].x, areas[i].y, areas[i].w, areas[i].h};
        SDL_Rect at = rects[i];
        if (SDL_BlitSurface(from, &rects[i], to, &at) < 0)
            r = -EIO;
    }
    if (r == 0 && n > 0 && SDL_UpdateWindowSurfaceRects(w->sdl, rects, n) < 0)
        r = -EIO;
    SDL_FreeSurface(from);
    return r;
}

static int push(SDL_Event *e)
{
    return SDL_PushEvent(e) == 1 ? 0 : -EIO;
}

int kiosk_window_push_tap(struct kiosk_window *w, int x, int y)
{
    Uint32 id = SDL_GetWindowID(w->sdl);
    SDL_Event e = {.button = {.type = SDL_MOUSEBUTTONDOWN,
                              .windowID = id,
                              .button = SDL_BUTTON_LEFT,
                              .state = SDL_PRESSED,
                              .clicks = 1,
                              .x = x,
                              .y = y}};
    int r = push(&e);
    if (r < 0)
        return r;
    e.button.type = SDL_MOUSEBUTTONUP;
    e.button.state = SDL_RELEASED;
    return push(&e);
}

int kiosk_window_push_key(struct kiosk_window *w, const char *name)
{
    Uint16 mod = KMOD_NONE;
    if (strncmp(name, SHIFT_PREFIX, strlen(SHIFT_PREFIX)) == 0) {
        mod = KMOD_LSHIFT;
        name += strlen(SHIFT_PREFIX);
    }
    SDL_Keycode k = SDL_GetKeyFromName(name);
    if (k == SDLK_UNKNOWN)
        return -ENOENT;
    SDL_Event e = {.key = {.type = SDL_KEYDOWN,
                           .windowID = SDL_GetWindowID(w->sdl),
                           .state = SDL_PRESSED,
                           .keysym = {.sym = k,
                                      .scancode = SDL_GetScancodeFromKey(k),
                                      .mod = mod}}};
    int r = push(&e);
    if (r < 0)
        return r;
    e.key.type = SDL_KEYUP;
    e.key.state = SDL_RELEASED;
    return push(&e);
}

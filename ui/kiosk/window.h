/* window.h - the SDL window and its events.
 *
 * Room: opening a window, or memory in its place, bringing parts of a canvas
 * there, input events as plain data. The only place that knows SDL.
 */
#ifndef LUUKKU_KIOSK_WINDOW_H
#define LUUKKU_KIOSK_WINDOW_H

#include "kiosk/kiosk.h"
#include "kiosk/paint.h"

struct kiosk_window;

enum kiosk_event_kind {
    KIOSK_EVENT_NONE, /* nothing of interest; there may be more */
    KIOSK_EVENT_DOWN,
    KIOSK_EVENT_MOVE,
    KIOSK_EVENT_UP,
    KIOSK_EVENT_KEY,
    KIOSK_EVENT_KEY_UP,
    KIOSK_EVENT_TEXT,    /* what the key that came before types */
    KIOSK_EVENT_EXPOSED, /* all must be brought there again */
    KIOSK_EVENT_RESIZED,
    KIOSK_EVENT_CLOSED,
};

enum kiosk_key {
    KIOSK_KEY_OTHER,
    KIOSK_KEY_NEXT,     /* Tab */
    KIOSK_KEY_PREVIOUS, /* Shift+Tab */
    KIOSK_KEY_ENTER,    /* Return */
    KIOSK_KEY_SPACE,
    KIOSK_KEY_ESCAPE,
    KIOSK_KEY_LEFT,
    KIOSK_KEY_RIGHT,
    KIOSK_KEY_UP,
    KIOSK_KEY_DOWN,
    KIOSK_KEY_HOME,
    KIOSK_KEY_END,
    KIOSK_KEY_BACKSPACE,
    KIOSK_KEY_DELETE,
};

#define KIOSK_EVENT_TEXT_MAX 32 /* bytes, the NUL included */

struct kiosk_event {
    enum kiosk_event_kind kind;
    int64_t age_us;  /* since it came, to the millisecond */
    int64_t pointer; /* finger, or INT64_MIN for the mouse */
    int x, y;        /* px */
    enum kiosk_key key;
    uint16_t usage;         /* KEY, KEY_UP: on HID page 7; 0 for none */
    bool shift, ctrl;       /* are down */
    struct kiosk_size size; /* RESIZED */
    char text[KIOSK_EVENT_TEXT_MAX]; /* TEXT: UTF-8 */
};

/* Opens it; see kiosk_ui_new() for the errors. */
int kiosk_window_new(const struct kiosk_config *config,
                     struct kiosk_window **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct kiosk_window *kiosk_window_free(struct kiosk_window *w);
LK_AUTO_DEFINE(kiosk_window);

struct kiosk_size kiosk_window_size(const struct kiosk_window *w);

/* Whether input comes without waking a descriptor and must be looked for. */
bool kiosk_window_needs_polling(const struct kiosk_window *w);

/* Takes the next event; false when there is none. */
bool kiosk_window_event(struct kiosk_window *w, struct kiosk_event *ret);

/* Brings n areas of the canvas to the screen. Errors: -EIO. */
int kiosk_window_show(struct kiosk_window *w, const struct kiosk_canvas *c,
                      const struct kiosk_rect *areas, int n) LK_MUST_CHECK;

/* Puts real events into SDL's queue: a press and a release of the mouse, a
 * key by SDL's name. Errors: -ENOENT no such key, -EIO the queue is full. */
int kiosk_window_push_tap(struct kiosk_window *w, int x, int y) LK_MUST_CHECK;
int kiosk_window_push_key(struct kiosk_window *w,
                          const char *name) LK_MUST_CHECK;

#endif

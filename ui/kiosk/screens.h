/* screens.h - each screen as a function from the view to a tree.
 *
 * Room: what is shown and what each button does. Pure: depends on its
 * arguments only. Not here: sizes in pixels (layout.h), drawing.
 */
#ifndef LUUKKU_KIOSK_SCREENS_H
#define LUUKKU_KIOSK_SCREENS_H

#include "kiosk/strings.h"
#include "kiosk/tree.h"

struct kiosk_typing;
struct kiosk_paper;

/* The question on whose behalf one acts; what was chosen and not said yet. */
struct kiosk_acting {
    bool open;
    enum session_role role;
};

/* All that a screen depends on besides the view. */
struct kiosk_env {
    float width_mm, height_mm;
    int hour, minute; /* local time */
    int64_t now_us;   /* as the view's times, CLOCK_MONOTONIC */
    bool remote_live; /* pictures keep coming */
    bool self_live;
    const struct kiosk_typing *typing; /* NULL: nothing is typed */
    const struct form_view *form;      /* NULL: there is none */
    const struct kiosk_paper *paper;   /* NULL: nothing in hand */
    const struct papers_view *papers;  /* likewise */
    struct kiosk_acting acting;
};

/* Builds the view's screen into `ret`, not laid out. Its error member says
 * whether a ceiling was hit. */
void kiosk_screen_build(const struct session_view *view,
                        const struct kiosk_env *env, struct kiosk_tree *ret);

/* When the screen changes by itself, as env->now_us; INT64_MAX for never. The
 * clock in the title bar is not counted. */
int64_t kiosk_screen_next_us(const struct session_view *view, int64_t now_us);

#endif

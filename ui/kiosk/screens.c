#include "kiosk/screens.h"

#include "kiosk/keyboard.h"
#include "session/session.h"

#include <string.h>

#define MINUTE_US (60 * INT64_C(1000000))

/* Less height than this and the spacing is reduced, mm. */
#define LOW_MM 230.0f

/* What stands before any screen, if something does. */
static bool screen_before(struct kiosk_page *p)
{
    bool role = p->env->acting.open && session_in_call(p->view);
    if (p->view->help)
        kiosk_screen_help(p);
    else if (role)
        kiosk_screen_role(p);
    return p->view->help || role;
}

static void screen_fill(struct kiosk_page *p)
{
    if (screen_before(p))
        return;
    switch (p->view->screen) {
    case SESSION_START:
        kiosk_screen_start(p);
        return;
    case SESSION_SERVICES:
        kiosk_screen_services(p);
        return;
    case SESSION_CARD:
        kiosk_screen_card(p);
        return;
    case SESSION_WAITING:
        kiosk_screen_waiting(p);
        return;
    case SESSION_PAPER:
        kiosk_screen_paper(p);
        return;
    case SESSION_CALL:
        kiosk_screen_call(p);
        return;
    case SESSION_IDENTIFY:
        kiosk_screen_identify(p);
        return;
    case SESSION_END:
        kiosk_screen_end(p);
        return;
    case SESSION_LEAVING:
        kiosk_screen_leaving(p);
        return;
    case SESSION_FORM:
        kiosk_screen_form(p);
        return;
    case SESSION_APPROVE:
        kiosk_screen_approve(p);
        return;
    case SESSION_RECEIPT:
        kiosk_screen_receipt(p);
        return;
    case SESSION_TRACK:
        kiosk_screen_track(p);
        return;
    case SESSION_TRIAL:
        kiosk_screen_trial(p);
        return;
    case SESSION_UNUSED:
        kiosk_screen_unused(p);
        return;
    case SESSION_OUT_OF_SERVICE:
        break;
    }
    kiosk_screen_out(p);
}

static void screen_build(const struct session_view *view,
                         const struct kiosk_env *env, struct kiosk_tree *ret)
{
    struct kiosk_page p = {
        .t = ret,
        .view = view,
        .env = env,
        .lang = kiosk_lang_find(view->lang),
        .wide = env->width_mm > env->height_mm,
        .low = env->height_mm < LOW_MM,
    };
    p.bare = p.low && kiosk_page_typing(&p);
    kiosk_tree_begin(ret, view->screen, p.lang);
    ret->text_size = view->manner.text_size;
    ret->contrast = view->manner.contrast;
    ret->rtl = kiosk_lang_rtl(p.lang);
    if (view->help)
        kiosk_tree_open(ret, &(struct kiosk_node){.role = KIOSK_GROUP});
    kiosk_page_begin(&p);
    screen_fill(&p);
    kiosk_page_end(&p);
    if (view->idle)
        kiosk_page_idle(&p);
}

void kiosk_screen_build(const struct session_view *view,
                        const struct kiosk_env *env, struct kiosk_tree *ret)
{
    struct session_view alone;
    bool alarm = view->screen == SESSION_END && view->card_left;
    if (!alarm || (!view->help && !view->idle)) {
        screen_build(view, env, ret);
        return;
    }
    /* Nothing lies over a card that was left behind. */
    alone = *view;
    alone.help = alone.idle = false;
    screen_build(&alone, env, ret);
    explicit_bzero(&alone, sizeof(alone));
}

static int64_t next_minute_us(const struct session_view *v, int64_t now_us)
{
    if (v->screen != SESSION_WAITING || now_us < v->waiting_since_us)
        return INT64_MAX;
    int64_t minutes = (now_us - v->waiting_since_us) / MINUTE_US;
    return v->waiting_since_us + (minutes + 1) * MINUTE_US;
}

int64_t kiosk_screen_next_us(const struct session_view *view, int64_t now_us)
{
    return LK_MIN(next_minute_us(view, now_us),
                  LK_MIN(kiosk_code_next_us(view, now_us),
                         kiosk_idle_next_us(view, now_us)));
}

/* session_trial.c - a technician tries something while nobody is there. */
#include "session/session_impl.h"

#include <errno.h>
#include <string.h>

/* Nobody is there when nothing was changed on the start screen, and nothing
 * touched of late. */
static bool nobody(const struct session *s, int64_t now_us)
{
    const struct session_view *v = &s->view;
    if (v->screen == SESSION_TRIAL)
        return v->trial != SESSION_TRIAL_NONE;
    return v->screen == SESSION_START && !v->idle && !session_can_idle(s) &&
           (s->alive_us == 0 || now_us - s->alive_us >= SESSION_TRIAL_ALONE_US);
}

int session_trial(struct session *s, enum session_trial what, int64_t now_us)
{
    if (what == SESSION_TRIAL_NONE) {
        if (s->view.screen != SESSION_TRIAL)
            return 0;
        session_begin(s);
    } else if (!nobody(s, now_us)) {
        return -EBUSY;
    } else {
        s->view.screen = SESSION_TRIAL;
        s->view.trial = what;
        s->view.help = false;
    }
    s->view.version++;
    return 0;
}

bool session_trial_touched(struct session *s)
{
    struct session_view *v = &s->view;
    if (v->screen != SESSION_TRIAL || v->trial != SESSION_TRIAL_PICTURE)
        return false;
    v->trial = SESSION_TRIAL_NONE;
    return true;
}

bool session_trial_intent(struct session *s, const struct session_intent *i)
{
    if (i->kind != SESSION_INTENT_QUIT || s->view.trial == SESSION_TRIAL_NONE)
        return false;
    /* The screen stays until what ran has been wiped. */
    s->view.trial = SESSION_TRIAL_NONE;
    return true;
}

int session_helper(struct session *s, const char *name, int64_t now_us)
{
    struct session_view *v = &s->view;
    if (*name && (v->screen == SESSION_TRIAL || !nobody(s, now_us)))
        return -EBUSY;
    v->helping = *name ? SESSION_HELPING : SESSION_HELPING_NOT;
    memset(v->helper, 0, sizeof(v->helper));
    session_copy_text(v->helper, sizeof(v->helper), name);
    v->version++;
    return 0;
}

bool session_helper_intent(struct session *s, const struct session_intent *i)
{
    struct session_view *v = &s->view;
    bool rests = v->screen == SESSION_START || v->screen == SESSION_TRIAL;
    if (v->helping != SESSION_HELPING)
        return false;
    if (i->kind == SESSION_INTENT_HELPER_STOP)
        v->helping = SESSION_HELPING_STOPPED;
    else if (!rests || session_can_idle(s))
        v->helping = SESSION_HELPING_VISIT;
    else
        return false;
    memset(v->helper, 0, sizeof(v->helper));
    return true;
}

/* session_form.c - the screens about the call's form, and about a matter that
 * was sent before. */
#include "session/session_impl.h"

#include <string.h>

/* Where the form is looked at, as far as it has come. */
enum session_screen session_form_screen(const struct session *s)
{
    switch (s->phase) {
    case FORM_REVIEW:
    case FORM_SEALING:
        return SESSION_APPROVE;
    case FORM_SENT:
        return SESSION_RECEIPT;
    case FORM_FILLING:
    case FORM_FAILED:
        break;
    }
    return SESSION_FORM;
}

static bool to_screen(struct session *s, enum session_screen screen)
{
    s->view.screen = screen;
    return true;
}

static bool from_call(struct session *s, const struct session_intent *i)
{
    if (i->kind != SESSION_INTENT_FORM || !s->view.has_form)
        return false;
    s->view.form_called = false;
    return to_screen(s, session_form_screen(s));
}

/* What the form is asked whatever its screen shows: it refuses what does not
 * fit, and counts it. */
static bool is_change(enum session_intent_kind kind)
{
    return kind == SESSION_INTENT_EDIT || kind == SESSION_INTENT_SET ||
           kind == SESSION_INTENT_TOGGLE || kind == SESSION_INTENT_FOCUS ||
           kind == SESSION_INTENT_ROW_ADD ||
           kind == SESSION_INTENT_ROW_REMOVE || kind == SESSION_INTENT_UNDO;
}

static bool is_step(enum session_intent_kind kind)
{
    return kind == SESSION_INTENT_NEXT || kind == SESSION_INTENT_BACK ||
           kind == SESSION_INTENT_ACCEPT || kind == SESSION_INTENT_DECLINE ||
           kind == SESSION_INTENT_REVIEW;
}

static bool is_decision(enum session_intent_kind kind)
{
    return kind == SESSION_INTENT_APPROVE || kind == SESSION_INTENT_DECLINE ||
           kind == SESSION_INTENT_BACK;
}

bool session_form_intent(struct session *s, const struct session_intent *i)
{
    enum session_screen screen = s->view.screen;
    if ((screen == SESSION_CALL || screen == SESSION_PAPER) &&
        i->kind != SESSION_INTENT_CALL_VIEW && !is_change(i->kind))
        return from_call(s, i);
    if (is_change(i->kind) || i->kind == SESSION_INTENT_CALL_VIEW ||
        (screen == SESSION_FORM && is_step(i->kind)) ||
        (screen == SESSION_APPROVE && is_decision(i->kind)))
        session_do_intent(s, SESSION_DO_FORM, i);
    if (i->kind == SESSION_INTENT_CALL_VIEW ||
        (screen == SESSION_RECEIPT && i->kind == SESSION_INTENT_DONE))
        return to_screen(s, SESSION_CALL);
    return false; /* the view changes when the form has */
}

/* The form went on while somebody looks at it, or was sent. */
static void follow_form(struct session *s)
{
    struct session_view *v = &s->view;
    bool beside = v->screen == SESSION_PAPER || v->screen == SESSION_IDENTIFY;
    if (beside && s->phase != FORM_SENT)
        return; /* from there the way back leads to the form as it is then */
    if (v->has_form && session_identity_keeps(s))
        return;
    if (!v->has_form)
        v->screen = SESSION_CALL;
    else if (v->screen != SESSION_CALL || s->phase == FORM_SENT)
        v->screen = session_form_screen(s);
    v->form_called = v->form_called && v->screen == SESSION_CALL;
}

void session_form_event(struct session *s, const struct session_event *e)
{
    struct session_view *v = &s->view;
    bool call = session_in_call(v);
    if (e->kind == SESSION_EVENT_FORM_LEFT) {
        if (v->screen == SESSION_FORM)
            v->screen = SESSION_CALL;
        return;
    }
    if (!call && v->screen != SESSION_END)
        return;
    /* A call can end while what was approved is being sealed. */
    if (e->code)
        session_copy_text(v->code, sizeof(v->code), e->code);
    if (!call)
        return;
    bool moved = s->phase != e->phase || v->has_form != e->up;
    v->has_form = e->up;
    v->form_called = e->up && (v->form_called || e->called);
    s->phase = e->phase;
    if (moved || v->screen != SESSION_CALL)
        follow_form(s);
}

bool session_track_intent(struct session *s, const struct session_intent *i)
{
    if (i->kind == SESSION_INTENT_TRACK_CODE ||
        (i->kind == SESSION_INTENT_TRACK_ANSWER &&
         s->view.track == SESSION_TRACK_FOUND && s->view.track_asks[0] &&
         !s->view.track_answered && i->arg[0])) {
        if (lk_utf8_valid(i->arg, strlen(i->arg)))
            session_do_intent(s, SESSION_DO_TRACK, i);
        return false;
    }
    if (i->kind == SESSION_INTENT_BACK || i->kind == SESSION_INTENT_QUIT ||
        i->kind == SESSION_INTENT_DONE)
        return session_leave(s);
    return false;
}

void session_track_event(struct session *s, const struct session_matter *m)
{
    struct session_view *v = &s->view;
    if (v->screen != SESSION_TRACK)
        return;
    if (m->answered) { /* what is shown stays, if it is still that matter */
        v->track_answered = v->track == SESSION_TRACK_FOUND &&
                            strcmp(v->track_code, m->code) == 0;
        return;
    }
    v->track = m->track;
    v->track_answered = false;
    session_copy_text(v->track_code, sizeof(v->track_code), m->code);
    session_copy_text(v->track_title, sizeof(v->track_title), m->title);
    session_copy_text(v->track_state, sizeof(v->track_state), m->state);
    session_copy_text(v->track_asks, sizeof(v->track_asks), m->asks);
}

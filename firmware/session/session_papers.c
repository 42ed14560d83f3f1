/* session_papers.c - the screens about papers, and about who the citizen is:
 * how one comes to them and back. What happens on them is decided by those who
 * have the papers and the card. */
#include "session/session_impl.h"

#include <string.h>

/* From the call or the form to a screen beside it. */
static bool go(struct session *s, enum session_screen screen)
{
    struct session_view *v = &s->view;
    if (v->screen != SESSION_PAPER && v->screen != SESSION_IDENTIFY)
        s->beside_form = v->screen != SESSION_CALL;
    v->screen = screen;
    return true;
}

static bool go_back(struct session *s)
{
    s->view.screen = s->beside_form && s->view.has_form ? session_form_screen(s)
                                                        : SESSION_CALL;
    return true;
}

/* --- papers ------------------------------------------------------------ */

static bool is_papers(enum session_intent_kind kind)
{
    return kind >= SESSION_INTENT_PAPERS && kind <= SESSION_INTENT_ASK_DECLINE;
}

bool session_papers_intent(struct session *s, const struct session_intent *i)
{
    struct session_view *v = &s->view;
    bool there = v->screen == SESSION_PAPER;
    if (!is_papers(i->kind) && !(there && i->kind == SESSION_INTENT_BACK))
        return false;
    if (!v->has_papers)
        return false;
    session_do_intent(s, SESSION_DO_PAPERS, i);
    if (i->kind != SESSION_INTENT_PAPERS)
        return false; /* the view changes when the papers have */
    v->paper_called = false;
    return go(s, SESSION_PAPER);
}

void session_papers_event(struct session *s, const struct session_event *e)
{
    struct session_view *v = &s->view;
    if (e->kind == SESSION_EVENT_PAPERS_LEFT) {
        if (v->screen == SESSION_PAPER)
            (void)go_back(s);
        return;
    }
    v->paper_left = v->paper_left || e->glass;
    v->has_papers = e->up;
    v->paper_called = e->up && v->screen != SESSION_PAPER &&
                      session_in_call(v) && (v->paper_called || e->called);
    if (!e->up && v->screen == SESSION_PAPER)
        (void)go_back(s);
}

/* --- who it is --------------------------------------------------------- */

static bool is_identity(enum session_intent_kind kind)
{
    return kind >= SESSION_INTENT_IDENTIFY_YES && kind <= SESSION_INTENT_SIGN;
}

static bool set_role(struct session *s, const struct session_intent *i)
{
    struct session_view *v = &s->view;
    bool self = i->remove == SESSION_SELF;
    if (i->remove > SESSION_COMPANY || !lk_utf8_valid(i->arg, strlen(i->arg)) ||
        !lk_utf8_valid(i->path, strlen(i->path)))
        return false;
    v->role = i->remove;
    session_copy_text(v->role_name, sizeof(v->role_name), self ? "" : i->arg);
    session_copy_text(v->role_id, sizeof(v->role_id), self ? "" : i->path);
    session_do_intent(s, SESSION_DO_IDENTITY, i);
    return true;
}

bool session_identity_intent(struct session *s, const struct session_intent *i)
{
    struct session_view *v = &s->view;
    bool there = v->screen == SESSION_IDENTIFY;
    if (i->kind == SESSION_INTENT_ROLE)
        return set_role(s, i);
    if (i->kind == SESSION_INTENT_IDENTIFY) {
        v->identity_called = false;
        return go(s, SESSION_IDENTIFY);
    }
    if (there &&
        (i->kind == SESSION_INTENT_BACK || i->kind == SESSION_INTENT_DONE)) {
        session_do_intent(s, SESSION_DO_IDENTITY, i);
        return go_back(s);
    }
    if (i->kind == SESSION_INTENT_SIGN && v->screen != SESSION_APPROVE)
        return false;
    if (!is_identity(i->kind) || (!there && i->kind != SESSION_INTENT_SIGN))
        return false;
    session_do_intent(s, SESSION_DO_IDENTITY, i);
    return i->kind == SESSION_INTENT_SIGN && go(s, SESSION_IDENTIFY);
}

void session_identity_event(struct session *s, const struct session_event *e)
{
    struct session_view *v = &s->view;
    bool was = v->identity.phase != SESSION_IDENTITY_NONE;
    v->identity = *e->identity;
    bool is = v->identity.phase != SESSION_IDENTITY_NONE;
    v->card_left = v->screen == SESSION_END && v->identity.card_in;
    v->identity_called = is && session_in_call(v) &&
                         v->screen != SESSION_IDENTIFY &&
                         (v->identity_called || e->called);
    if (was && !is && v->screen == SESSION_IDENTIFY)
        (void)go_back(s);
}

/* session_papers.c - the screen about papers, and how one comes beside the form
 * and back. What happens there is decided by those who have the papers. */
#include "session/session_impl.h"

#include <string.h>

bool session_beside(struct session *s, enum session_screen screen)
{
    struct session_view *v = &s->view;
    if (v->screen != SESSION_PAPER && v->screen != SESSION_IDENTIFY)
        s->beside_form = v->screen != SESSION_CALL;
    v->screen = screen;
    return true;
}

bool session_beside_back(struct session *s)
{
    s->view.screen = s->beside_form && s->view.has_form ? session_form_screen(s)
                                                        : SESSION_CALL;
    return true;
}

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
    return session_beside(s, SESSION_PAPER);
}

void session_papers_event(struct session *s, const struct session_event *e)
{
    struct session_view *v = &s->view;
    if (e->kind == SESSION_EVENT_PAPERS_LEFT) {
        if (v->screen == SESSION_PAPER)
            (void)session_beside_back(s);
        return;
    }
    v->paper_left = v->paper_left || e->glass;
    v->has_papers = e->up;
    v->paper_called = e->up && v->screen != SESSION_PAPER &&
                      session_in_call(v) && (v->paper_called || e->called);
    if (!e->up && v->screen == SESSION_PAPER)
        (void)session_beside_back(s);
}

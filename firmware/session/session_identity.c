/* session_identity.c - the screen about who the citizen is and the signature by
 * card, and the card that is left behind. What happens there is decided by the
 * desk (identdesk.h). */
#include "session/session_impl.h"

#include "identity/identity.h"

#include <string.h>

static bool is_identity(enum session_intent_kind kind)
{
    return kind >= SESSION_INTENT_IDENTIFY_YES && kind <= SESSION_INTENT_SIGN;
}

/* Whether it is one that can be told and signed (identity.h). */
static bool role_valid(const struct session_view *v,
                       const struct session_intent *i)
{
    struct identity_acting a = {.role = (enum identity_role)i->remove};
    bool self = i->remove == SESSION_SELF;
    size_t name = self ? 0 : strlen(i->arg);
    size_t id = self ? 0 : strlen(i->path);
    if (i->remove > SESSION_COMPANY || name >= sizeof(v->role_name) ||
        id >= sizeof(v->role_id))
        return false;
    memcpy(a.name, i->arg, name);
    memcpy(a.id, i->path, id);
    bool valid = identity_acting_valid(&a);
    explicit_bzero(&a, sizeof(a));
    return valid;
}

static bool set_role(struct session *s, const struct session_intent *i)
{
    struct session_view *v = &s->view;
    bool self = i->remove == SESSION_SELF;
    /* What is sealed says who it is for. */
    if (!role_valid(v, i) ||
        (v->has_form && (s->phase == FORM_SEALING || s->phase == FORM_SENT)))
        return false;
    v->role = (enum session_role)i->remove;
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
        return session_beside(s, SESSION_IDENTIFY);
    }
    if (there &&
        (i->kind == SESSION_INTENT_BACK || i->kind == SESSION_INTENT_DONE)) {
        session_do_intent(s, SESSION_DO_IDENTITY, i);
        return session_beside_back(s);
    }
    if (i->kind == SESSION_INTENT_SIGN && v->screen != SESSION_APPROVE)
        return false;
    if (!is_identity(i->kind) || (!there && i->kind != SESSION_INTENT_SIGN))
        return false;
    session_do_intent(s, SESSION_DO_IDENTITY, i);
    return i->kind == SESSION_INTENT_SIGN &&
           session_beside(s, SESSION_IDENTIFY);
}

bool session_identity_keeps(struct session *s)
{
    struct session_intent done = {.kind = SESSION_INTENT_DONE};
    if (s->view.screen != SESSION_IDENTIFY)
        return false;
    if (s->view.identity.how != SESSION_BY_SIGNATURE)
        return true;
    session_do_intent(s, SESSION_DO_IDENTITY, &done);
    return false;
}

void session_identity_event(struct session *s, const struct session_event *e,
                            int64_t now_us)
{
    struct session_view *v = &s->view;
    bool was = v->identity.phase != SESSION_IDENTITY_NONE;
    bool left = v->card_left;
    v->identity = *e->identity;
    bool is = v->identity.phase != SESSION_IDENTITY_NONE;
    v->card_left = v->screen == SESSION_END && v->identity.card_in;
    if (left && !v->card_left)
        session_end_shown(s, now_us);
    v->identity_called = is && session_in_call(v) &&
                         v->screen != SESSION_IDENTIFY &&
                         (v->identity_called || e->called);
    if (was && !is && v->screen == SESSION_IDENTIFY)
        (void)session_beside_back(s);
}

/* session_intent.c - what people do, screen by screen. */
#include "session/session_impl.h"

#include "base/lang.h"

#include "catalog/builtin.h"

#include <string.h>

static bool choose_lang(struct session *s, const char *code)
{
    if (!lk_lang_known(code))
        return false;
    session_copy_text(s->view.lang, sizeof(s->view.lang), code);
    session_do(s, SESSION_DO_CONTROLS);
    return true;
}

static bool intent_start(struct session *s, const struct session_intent *i)
{
    if (i->kind == SESSION_INTENT_LANG)
        return choose_lang(s, i->arg);
    if (i->kind == SESSION_INTENT_NEXT)
        s->view.screen = SESSION_SERVICES;
    else if (i->kind == SESSION_INTENT_TRACK)
        s->view.screen = SESSION_TRACK;
    else
        return false;
    return true;
}

static bool intent_services(struct session *s, const struct session_intent *i)
{
    if (i->kind == SESSION_INTENT_LANG)
        return choose_lang(s, i->arg);
    if (i->kind == SESSION_INTENT_QUIT)
        return session_quit(s);
    if (i->kind == SESSION_INTENT_BACK) {
        s->view.screen = SESSION_START;
        return true;
    }
    if (i->kind != SESSION_INTENT_CARD || !catalog_builtin_find(i->arg))
        return false;
    session_copy_text(s->view.card, sizeof(s->view.card), i->arg);
    s->view.screen = SESSION_CARD;
    session_do(s, SESSION_DO_WATCH);
    return true;
}

static bool intent_card(struct session *s, const struct session_intent *i,
                        int64_t now_us)
{
    if (i->kind == SESSION_INTENT_QUIT)
        return session_quit(s);
    if (i->kind == SESSION_INTENT_BACK) {
        s->view.screen = SESSION_SERVICES;
        s->view.card[0] = '\0';
        session_do(s, SESSION_DO_WATCH);
        return true;
    }
    if (i->kind != SESSION_INTENT_CALL ||
        (s->view.notices & SESSION_NOTICE_NO_BROKER) != 0)
        return false;
    s->view.screen = SESSION_WAITING;
    s->view.place = 0;
    s->view.free_experts = 0;
    s->view.waiting_since_us = now_us;
    session_do(s, SESSION_DO_WAIT);
    return true;
}

static bool intent_waiting(struct session *s, const struct session_intent *i,
                           int64_t now_us)
{
    if (i->kind != SESSION_INTENT_CANCEL)
        return false;
    session_do(s, SESSION_DO_LEAVE);
    session_end(s, SESSION_END_CANCELLED, now_us);
    return true;
}

/* The conversation in writing. */
static bool intent_write(struct session *s, const struct session_intent *i)
{
    if (i->kind == SESSION_INTENT_TYPING) {
        s->view.manner.typing = !s->view.manner.typing;
        return true;
    }
    if (i->kind == SESSION_INTENT_WRITE &&
        lk_utf8_valid(i->arg, strlen(i->arg))) {
        session_copy_text(s->text, sizeof(s->text), i->arg);
        session_do(s, SESSION_DO_WRITE);
    }
    if (i->kind == SESSION_INTENT_SAY)
        session_do(s, SESSION_DO_SAY);
    return false; /* the view changes when the words are in the conversation */
}

/* Papers, and who the citizen is; from there, too, to the form. */
static bool intent_beside(struct session *s, const struct session_intent *i)
{
    if (i->kind == SESSION_INTENT_FORM || i->kind == SESSION_INTENT_CALL_VIEW)
        return session_form_intent(s, i);
    bool papers = session_papers_intent(s, i);
    return session_identity_intent(s, i) || papers;
}

static bool intent_call(struct session *s, const struct session_intent *i,
                        int64_t now_us)
{
    struct session_view *v = &s->view;
    if (i->kind == SESSION_INTENT_TYPING || i->kind == SESSION_INTENT_WRITE ||
        i->kind == SESSION_INTENT_SAY)
        return intent_write(s, i);
    if (i->kind == SESSION_INTENT_END_CALL) {
        session_do(s, SESSION_DO_HANG_UP);
        session_end(s, SESSION_END_BY_CITIZEN, now_us);
        return true;
    }
    if (i->kind == SESSION_INTENT_MUTE)
        v->mic_on = !v->mic_on;
    else if (i->kind == SESSION_INTENT_CAMERA)
        v->camera_on = !v->camera_on;
    else if (s->view.screen == SESSION_PAPER ||
             s->view.screen == SESSION_IDENTIFY ||
             i->kind >= SESSION_INTENT_PAPERS)
        return intent_beside(s, i);
    else
        return session_form_intent(s, i);
    session_do(s, SESSION_DO_CONTROLS);
    return true;
}

static bool intent_end(struct session *s, const struct session_intent *i)
{
    if (i->kind != SESSION_INTENT_DONE || s->view.card_left)
        return false;
    session_finish(s);
    return true;
}

/* What every screen has: help, and how the screen is used. */
static bool intent_manner(struct session *s, enum session_intent_kind kind)
{
    struct session_manner *m = &s->view.manner;
    if (kind == SESSION_INTENT_HELP)
        s->view.help = !s->view.help;
    else if (kind == SESSION_INTENT_TEXT_SIZE)
        m->text_size = (m->text_size + 1) % SESSION_TEXT_SIZES;
    else if (kind == SESSION_INTENT_CONTRAST)
        m->contrast = !m->contrast;
    else if (kind == SESSION_INTENT_SPEECH)
        m->speech = !m->speech;
    else if (kind == SESSION_INTENT_FASTER && m->pace < SESSION_PACE_MAX)
        m->pace++;
    else if (kind == SESSION_INTENT_SLOWER && m->pace > 0)
        m->pace--;
    else
        return false;
    return true;
}

/* On every screen: what is spoken has a volume, too. */
static bool intent_volume(struct session *s, enum session_intent_kind kind)
{
    uint32_t *volume = &s->view.volume;
    if (kind == SESSION_INTENT_VOLUME_UP && *volume < SESSION_VOLUME_MAX)
        ++*volume;
    else if (kind == SESSION_INTENT_VOLUME_DOWN && *volume > 0)
        --*volume;
    else
        return false;
    session_do(s, SESSION_DO_CONTROLS);
    return true;
}

/* What only the present screen has. */
static bool intent_screen(struct session *s, const struct session_intent *i,
                          int64_t now_us)
{
    switch (s->view.screen) {
    case SESSION_START:
        return intent_start(s, i);
    case SESSION_SERVICES:
        return intent_services(s, i);
    case SESSION_CARD:
        return intent_card(s, i, now_us);
    case SESSION_WAITING:
        return intent_waiting(s, i, now_us);
    case SESSION_CALL:
    case SESSION_FORM:
    case SESSION_APPROVE:
    case SESSION_RECEIPT:
    case SESSION_PAPER:
    case SESSION_IDENTIFY:
        return intent_call(s, i, now_us);
    case SESSION_TRACK:
        return session_track_intent(s, i);
    case SESSION_END:
        return intent_end(s, i);
    case SESSION_TRIAL:
        return session_trial_intent(s, i);
    case SESSION_LEAVING:
    case SESSION_UNUSED:
    case SESSION_OUT_OF_SERVICE:
        break;
    }
    return false;
}

void session_intent(struct session *s, const struct session_intent *intent,
                    int64_t now_us)
{
    if (s->view.screen == SESSION_LEAVING)
        return;
    enum session_screen was = s->view.screen;
    bool changed = session_alive(s, now_us);
    if (session_trial_touched(s))
        changed = true;
    if (intent_manner(s, intent->kind) || intent_volume(s, intent->kind) ||
        intent_screen(s, intent, now_us))
        changed = true;
    if (s->view.screen != was)
        s->view.help = false;
    if (session_helper_intent(s, intent))
        changed = true;
    if (changed)
        s->view.version++;
}

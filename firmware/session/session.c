#include "session/session.h"

#include "catalog/builtin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct session {
    struct session_view view;
    char default_lang[SESSION_LANG_MAX];
    struct session_action action[SESSION_ACTIONS_MAX];
    size_t first;
    size_t actions;
    int64_t end_at_us; /* when the end screen leaves by itself */
};

/* Notices that belong to the kiosk, not to the visit: they outlive it. */
#define LASTING_NOTICES                                    \
    (SESSION_NOTICE_NO_BROKER | SESSION_NOTICE_NO_CAMERA | \
     SESSION_NOTICE_NO_SOUND | SESSION_NOTICE_SIMULATED)

static const char *const langs[] = {"fi", "sv", "en"};

static bool lang_known(const char *code)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(langs); i++)
        if (strcmp(langs[i], code) == 0)
            return true;
    return false;
}

/* Copies a shown text; a longer one is cut between characters. */
static void copy_text(char *ret, size_t cap, const char *s)
{
    size_t len = lk_utf8_cut(s, strlen(s), cap - 1);
    memcpy(ret, s, len);
    ret[len] = '\0';
}

/* A fresh visit on the start screen, with what is lasting kept. */
static void session_begin(struct session *s)
{
    struct session_view v = {
        .version = s->view.version,
        .screen = SESSION_START,
        .notices = s->view.notices & LASTING_NOTICES,
        .mic_on = true,
        .camera_on = true,
        .volume = SESSION_VOLUME_DEFAULT,
    };
    memcpy(v.site, s->view.site, sizeof(v.site));
    memcpy(v.lang, s->default_lang, sizeof(v.lang));
    /* The view comes first; through its own address gcc 12 misjudges the size
     * under sanitizers. */
    _Static_assert(offsetof(struct session, view) == 0, "the view is first");
    explicit_bzero(s, sizeof(s->view));
    s->view = v;
}

int session_new(const struct session_config *config, struct session **ret)
{
    if (strlen(config->site) >= SESSION_TEXT_MAX ||
        !lk_utf8_valid(config->site, strlen(config->site)) ||
        !lang_known(config->lang))
        return -EINVAL;
    struct session *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    copy_text(s->view.site, sizeof(s->view.site), config->site);
    copy_text(s->default_lang, sizeof(s->default_lang), config->lang);
    s->view.notices = SESSION_NOTICE_NO_BROKER; /* until it is said to be up */
    s->view.version = 1;
    session_begin(s);
    *ret = s;
    return 0;
}

struct session *session_free(struct session *s)
{
    if (s) {
        explicit_bzero(s, sizeof(*s));
        free(s);
    }
    return NULL;
}

const struct session_view *session_view(const struct session *s)
{
    return &s->view;
}

static void do_action(struct session *s, enum session_action_kind kind)
{
    size_t last = (s->first + s->actions - 1) % SESSION_ACTIONS_MAX;
    /* Switches are read from the view when they are set: once is enough. */
    if (s->actions > 0 && kind == SESSION_DO_CONTROLS &&
        s->action[last].kind == kind)
        return;
    /* Whoever polls does so after each call; two fit into eight. */
    if (s->actions == SESSION_ACTIONS_MAX)
        return;
    struct session_action *a =
        &s->action[(s->first + s->actions++) % SESSION_ACTIONS_MAX];
    *a = (struct session_action){.kind = kind};
    memcpy(a->card, s->view.card, sizeof(a->card));
    memcpy(a->lang, s->view.lang, sizeof(a->lang));
}

bool session_poll(struct session *s, struct session_action *ret)
{
    if (s->actions == 0)
        return false;
    *ret = s->action[s->first];
    s->first = (s->first + 1) % SESSION_ACTIONS_MAX;
    s->actions--;
    return true;
}

static void session_end(struct session *s, enum session_end end, int64_t now_us)
{
    s->view.screen = SESSION_END;
    s->view.end = end;
    /* The expert's name has no place on the end screen. */
    explicit_bzero(s->view.expert_name, sizeof(s->view.expert_name));
    s->end_at_us = now_us + SESSION_END_SHOWN_US;
}

static void session_finish(struct session *s)
{
    session_begin(s);
    do_action(s, SESSION_DO_FINISH);
}

static bool choose_lang(struct session *s, const char *code)
{
    if (!lang_known(code))
        return false;
    copy_text(s->view.lang, sizeof(s->view.lang), code);
    do_action(s, SESSION_DO_CONTROLS);
    return true;
}

static bool intent_start(struct session *s, const struct session_intent *i)
{
    if (i->kind == SESSION_INTENT_LANG)
        return choose_lang(s, i->arg);
    if (i->kind != SESSION_INTENT_NEXT)
        return false;
    s->view.screen = SESSION_SERVICES;
    return true;
}

static bool intent_services(struct session *s, const struct session_intent *i)
{
    if (i->kind == SESSION_INTENT_LANG)
        return choose_lang(s, i->arg);
    if (i->kind == SESSION_INTENT_BACK) {
        session_begin(s);
        do_action(s, SESSION_DO_CONTROLS);
        return true;
    }
    if (i->kind != SESSION_INTENT_CARD || !catalog_builtin_find(i->arg))
        return false;
    copy_text(s->view.card, sizeof(s->view.card), i->arg);
    s->view.screen = SESSION_CARD;
    return true;
}

static bool intent_card(struct session *s, const struct session_intent *i,
                        int64_t now_us)
{
    if (i->kind == SESSION_INTENT_BACK) {
        s->view.screen = SESSION_SERVICES;
        s->view.card[0] = '\0';
        return true;
    }
    if (i->kind != SESSION_INTENT_CALL ||
        (s->view.notices & SESSION_NOTICE_NO_BROKER) != 0)
        return false;
    s->view.screen = SESSION_WAITING;
    s->view.place = 0;
    s->view.free_experts = 0;
    s->view.waiting_since_us = now_us;
    do_action(s, SESSION_DO_WAIT);
    return true;
}

static bool intent_waiting(struct session *s, const struct session_intent *i,
                           int64_t now_us)
{
    if (i->kind != SESSION_INTENT_CANCEL)
        return false;
    do_action(s, SESSION_DO_LEAVE);
    session_end(s, SESSION_END_CANCELLED, now_us);
    return true;
}

static bool intent_call(struct session *s, const struct session_intent *i,
                        int64_t now_us)
{
    struct session_view *v = &s->view;
    if (i->kind == SESSION_INTENT_END_CALL) {
        do_action(s, SESSION_DO_HANG_UP);
        session_end(s, SESSION_END_BY_CITIZEN, now_us);
        return true;
    }
    if (i->kind == SESSION_INTENT_MUTE)
        v->mic_on = !v->mic_on;
    else if (i->kind == SESSION_INTENT_CAMERA)
        v->camera_on = !v->camera_on;
    else if (i->kind == SESSION_INTENT_VOLUME_UP &&
             v->volume < SESSION_VOLUME_MAX)
        v->volume++;
    else if (i->kind == SESSION_INTENT_VOLUME_DOWN && v->volume > 0)
        v->volume--;
    else
        return false;
    do_action(s, SESSION_DO_CONTROLS);
    return true;
}

static bool intent_end(struct session *s, const struct session_intent *i)
{
    if (i->kind != SESSION_INTENT_DONE)
        return false;
    session_finish(s);
    return true;
}

void session_intent(struct session *s, const struct session_intent *intent,
                    int64_t now_us)
{
    bool changed = false;
    switch (s->view.screen) {
    case SESSION_START:
        changed = intent_start(s, intent);
        break;
    case SESSION_SERVICES:
        changed = intent_services(s, intent);
        break;
    case SESSION_CARD:
        changed = intent_card(s, intent, now_us);
        break;
    case SESSION_WAITING:
        changed = intent_waiting(s, intent, now_us);
        break;
    case SESSION_CALL:
        changed = intent_call(s, intent, now_us);
        break;
    case SESSION_END:
        changed = intent_end(s, intent);
        break;
    case SESSION_OUT_OF_SERVICE:
        break;
    }
    if (changed)
        s->view.version++;
}

static void notice(struct session *s, uint32_t bit, bool on)
{
    if (on)
        s->view.notices |= bit;
    else
        s->view.notices &= ~bit;
}

static void event_granted(struct session *s, const struct session_event *e,
                          int64_t now_us)
{
    struct session_view *v = &s->view;
    if (v->screen != SESSION_WAITING)
        return;
    v->screen = SESSION_CALL;
    v->line = SESSION_LINE_CONNECTING;
    v->call_since_us = now_us;
    copy_text(v->expert_name, sizeof(v->expert_name), e->expert_name);
    copy_text(v->agency_name, sizeof(v->agency_name), e->agency_name);
}

static void event_over(struct session *s, enum session_end end, int64_t now_us)
{
    if (s->view.screen == SESSION_CALL || s->view.screen == SESSION_WAITING)
        session_end(s, end, now_us);
}

/* The transport program died or came back. Screens stay; a call says that it
 * is being mended until its line speaks again. */
static void event_transport(struct session *s, bool up)
{
    if (!up) {
        notice(s, SESSION_NOTICE_NO_BROKER, true);
        if (s->view.screen == SESSION_CALL)
            s->view.line = SESSION_LINE_RECONNECTING;
    }
}

static void apply_event(struct session *s, const struct session_event *e,
                        int64_t now_us)
{
    switch (e->kind) {
    case SESSION_EVENT_BROKER:
        notice(s, SESSION_NOTICE_NO_BROKER, !e->up);
        break;
    case SESSION_EVENT_QUEUE:
        s->view.place = e->place;
        s->view.free_experts = e->free_experts;
        break;
    case SESSION_EVENT_GRANTED:
        event_granted(s, e, now_us);
        break;
    case SESSION_EVENT_LINE:
        if (s->view.screen == SESSION_CALL)
            s->view.line = e->line;
        break;
    case SESSION_EVENT_OVER:
        event_over(s, e->end, now_us);
        break;
    case SESSION_EVENT_REMOTE:
        notice(s, SESSION_NOTICE_NO_PICTURE, !e->camera);
        notice(s, SESSION_NOTICE_EXPERT_MUTED, !e->mic);
        break;
    case SESSION_EVENT_DEVICES:
        notice(s, SESSION_NOTICE_NO_CAMERA, !e->camera);
        notice(s, SESSION_NOTICE_NO_SOUND, !e->mic);
        notice(s, SESSION_NOTICE_SIMULATED, e->simulated);
        break;
    case SESSION_EVENT_TRANSPORT:
        event_transport(s, e->up);
        break;
    }
}

/* Whether they show the same. Of everything but the version: a new member
 * belongs here too. */
static bool view_same(const struct session_view *a,
                      const struct session_view *b)
{
    return a->screen == b->screen && a->notices == b->notices &&
           a->place == b->place && a->free_experts == b->free_experts &&
           a->waiting_since_us == b->waiting_since_us && a->line == b->line &&
           a->mic_on == b->mic_on && a->camera_on == b->camera_on &&
           a->volume == b->volume && a->call_since_us == b->call_since_us &&
           a->end == b->end && strcmp(a->lang, b->lang) == 0 &&
           strcmp(a->site, b->site) == 0 && strcmp(a->card, b->card) == 0 &&
           strcmp(a->expert_name, b->expert_name) == 0 &&
           strcmp(a->agency_name, b->agency_name) == 0;
}

void session_event(struct session *s, const struct session_event *event,
                   int64_t now_us)
{
    struct session_view before = s->view;
    apply_event(s, event, now_us);
    if (!view_same(&before, &s->view))
        s->view.version++;
}

void session_tick(struct session *s, int64_t now_us)
{
    if (now_us < session_next_us(s))
        return;
    session_finish(s);
    s->view.version++;
}

int64_t session_next_us(const struct session *s)
{
    return s->view.screen == SESSION_END ? s->end_at_us : INT64_MAX;
}

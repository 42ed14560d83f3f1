/* session.c - a visit's life: events, time, what follows. */
#include "session/session_impl.h"

#include "base/lang.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void session_copy_text(char *ret, size_t cap, const char *s)
{
    size_t len = lk_utf8_cut(s, strlen(s), cap - 1);
    memcpy(ret, s, len);
    ret[len] = '\0';
}

void session_begin(struct session *s)
{
    struct session_view v = {
        .version = s->view.version,
        .screen = SESSION_START,
        .notices = s->view.notices & LASTING_NOTICES,
        .mic_on = true,
        .camera_on = true,
        .volume = s->default_volume,
        .has_papers = s->view.has_papers,
        .identity = {.reader = s->view.identity.reader,
                     .card_in = s->view.identity.card_in},
        .manner = {.pace = SESSION_PACE_DEFAULT,
                   .headset = s->view.manner.headset},
    };
    s->headset_seen = v.manner.headset;
    v.helping = s->view.helping; /* it goes on behind a trial */
    memcpy(v.helper, s->view.helper, sizeof(v.helper));
    memcpy(v.site, s->view.site, sizeof(v.site));
    memcpy(v.site_notice, s->view.site_notice, sizeof(v.site_notice));
    memcpy(v.lang, s->default_lang, sizeof(v.lang));
    /* The view comes first; through its own address gcc 12 misjudges the size
     * under sanitizers. */
    _Static_assert(offsetof(struct session, view) == 0, "the view is first");
    explicit_bzero(s, sizeof(s->view));
    explicit_bzero(s->text, sizeof(s->text));
    s->phase = FORM_FILLING;
    s->view = v;
}

static bool is_shown(const char *s, size_t cap)
{
    return strlen(s) < cap && lk_utf8_valid(s, strlen(s));
}

int session_new(const struct session_config *config, struct session **ret)
{
    const char *notice = config->notice ? config->notice : "";
    if (!is_shown(config->site, SESSION_TEXT_MAX) ||
        !is_shown(notice, SESSION_NOTICE_MAX) ||
        config->volume > SESSION_VOLUME_MAX || !lk_lang_known(config->lang))
        return -EINVAL;
    struct session *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    session_copy_text(s->view.site, sizeof(s->view.site), config->site);
    session_copy_text(s->view.site_notice, sizeof(s->view.site_notice), notice);
    s->default_volume =
        config->volume ? config->volume : SESSION_VOLUME_DEFAULT;
    session_copy_text(s->default_lang, sizeof(s->default_lang), config->lang);
    s->view.notices = SESSION_NOTICE_NO_BROKER; /* until it is said to be up */
    s->view.version = 1;
    s->idle_us = config->idle_us ? config->idle_us : SESSION_IDLE_US;
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

bool session_in_call(const struct session_view *v)
{
    return v->screen == SESSION_CALL || v->screen == SESSION_FORM ||
           v->screen == SESSION_APPROVE || v->screen == SESSION_RECEIPT ||
           v->screen == SESSION_PAPER || v->screen == SESSION_IDENTIFY;
}

const struct session_view *session_view(const struct session *s)
{
    return &s->view;
}

void session_do(struct session *s, enum session_action_kind kind)
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
    memcpy(a->text, s->text, sizeof(a->text));
}

void session_do_intent(struct session *s, enum session_action_kind kind,
                       const struct session_intent *i)
{
    size_t before = s->actions;
    session_do(s, kind);
    if (s->actions == before)
        return;
    size_t last = (s->first + s->actions - 1) % SESSION_ACTIONS_MAX;
    s->action[last].intent = *i;
}

bool session_poll(struct session *s, struct session_action *ret)
{
    if (s->actions == 0)
        return false;
    *ret = s->action[s->first];
    explicit_bzero(&s->action[s->first], sizeof(*ret));
    s->first = (s->first + 1) % SESSION_ACTIONS_MAX;
    s->actions--;
    return true;
}

static int64_t end_shown_us(const struct session *s)
{
    return s->view.code[0] ? SESSION_END_CODE_US : SESSION_END_SHOWN_US;
}

void session_end_shown(struct session *s, int64_t now_us)
{
    s->end_at_us = now_us + end_shown_us(s);
}

void session_end(struct session *s, enum session_end end, int64_t now_us)
{
    s->view.screen = SESSION_END;
    s->view.end = end;
    /* The expert's name and what was written have no place on the end screen.
     */
    explicit_bzero(s->view.expert_name, sizeof(s->view.expert_name));
    explicit_bzero(&s->view.talk, sizeof(s->view.talk));
    explicit_bzero(s->text, sizeof(s->text));
    s->view.manner.typing = false;
    s->view.speaks = s->voice = false;
    s->view.has_form = s->view.form_called = false;
    s->view.paper_called = s->view.identity_called = false;
    bool card_in = s->view.identity.card_in;
    bool reader = s->view.identity.reader;
    explicit_bzero(&s->view.identity, sizeof(s->view.identity));
    s->view.identity.reader = reader;
    s->view.identity.card_in = s->view.card_left = card_in;
    explicit_bzero(s->view.role_name, sizeof(s->view.role_name));
    explicit_bzero(s->view.role_id, sizeof(s->view.role_id));
    session_end_shown(s, now_us);
    s->end_by_us = now_us + SESSION_END_CARD_US;
}

/* The visit is over: what was on the screen is gone, and until the programs
 * have been wiped nothing can be touched that would be lost with them. */
void session_finish(struct session *s)
{
    session_begin(s);
    s->view.screen = SESSION_LEAVING;
    session_do(s, SESSION_DO_FINISH);
}

bool session_quit(struct session *s)
{
    session_begin(s);
    session_do(s, SESSION_DO_CONTROLS);
    session_do(s, SESSION_DO_WATCH);
    return true;
}

bool session_leave(struct session *s)
{
    enum session_track track = s->view.track;
    if (s->view.screen != SESSION_TRACK || track == SESSION_TRACK_TYPING ||
        track == SESSION_TRACK_BAD_CODE)
        return session_quit(s);
    session_finish(s);
    return true;
}

bool session_alive(struct session *s, int64_t now_us)
{
    bool asked = s->view.idle;
    s->alive_us = now_us;
    s->view.idle = false;
    s->view.idle_ends_us = 0;
    if (s->view.screen == SESSION_END)
        session_end_shown(s, now_us);
    return asked;
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
    s->phase = FORM_FILLING;
    v->line = SESSION_LINE_CONNECTING;
    v->call_since_us = now_us;
    session_copy_text(v->expert_name, sizeof(v->expert_name), e->expert_name);
    session_copy_text(v->agency_name, sizeof(v->agency_name), e->agency_name);
}

static void event_over(struct session *s, enum session_end end, int64_t now_us)
{
    if (session_in_call(&s->view) || s->view.screen == SESSION_WAITING)
        session_end(s, end, now_us);
}

/* The transport program died or came back. Screens stay; a call says that it
 * is being mended until its line speaks again. */
static void event_transport(struct session *s, bool up)
{
    if (!up) {
        notice(s, SESSION_NOTICE_NO_BROKER, true);
        if (session_in_call(&s->view))
            s->view.line = SESSION_LINE_RECONNECTING;
    }
}

/* Who plugs a headset in wants to hear; once, so that who then turns speech off
 * is not overruled by a loose plug (EN 301 549, 5.1.3). */
static void event_headset(struct session *s, bool in, int64_t now_us)
{
    s->view.manner.headset = in;
    if (!in || s->headset_seen)
        return;
    s->headset_seen = true;
    s->view.manner.speech = true;
    (void)session_alive(s, now_us);
}

/* Another's first words open the conversation: who is called in writing must
 * see it. */
static void event_said(struct session *s, const struct session_talk *talk)
{
    bool up = s->view.talk.up;
    bool began = s->view.talk.n == 0 && talk->n > 0;
    s->view.talk = *talk;
    s->view.talk.up = up;
    if (began)
        s->view.manner.typing = true;
}

/* All of the visit, or of the trial, is gone. */
static void event_wiped(struct session *s)
{
    if (s->view.screen == SESSION_LEAVING || s->view.screen == SESSION_TRIAL)
        session_begin(s);
}

/* Of the form, the papers, who it is, a matter that was sent before. */
static void apply_part_event(struct session *s, const struct session_event *e,
                             int64_t now_us)
{
    if (e->kind == SESSION_EVENT_TRACK)
        session_track_event(s, e->matter);
    else if (e->kind == SESSION_EVENT_IDENTITY)
        session_identity_event(s, e, now_us);
    else if (e->kind == SESSION_EVENT_FORM ||
             e->kind == SESSION_EVENT_FORM_LEFT)
        session_form_event(s, e);
    else
        session_papers_event(s, e);
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
        if (session_in_call(&s->view))
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
    case SESSION_EVENT_HEADSET:
        event_headset(s, e->up, now_us);
        break;
    case SESSION_EVENT_TALK:
        s->view.talk.up = e->up && session_in_call(&s->view);
        break;
    case SESSION_EVENT_SAID:
        if (session_in_call(&s->view))
            event_said(s, e->talk);
        break;
    case SESSION_EVENT_VOICE:
        s->voice = e->up;
        break;
    case SESSION_EVENT_FORM:
    case SESSION_EVENT_FORM_LEFT:
    case SESSION_EVENT_PAPERS:
    case SESSION_EVENT_PAPERS_LEFT:
    case SESSION_EVENT_IDENTITY:
    case SESSION_EVENT_TRACK:
        apply_part_event(s, e, now_us);
        break;
    case SESSION_EVENT_WIPED:
        event_wiped(s);
        break;
    }
}

/* Who is muted may still be heard for a moment, and of a line that is bad one
 * knows nothing: the word comes anew when it is good again. */
static void speaks_follow(struct session *s)
{
    const struct session_view *v = &s->view;
    if (!session_in_call(v) || v->line != SESSION_LINE_GOOD)
        s->voice = false;
    s->view.speaks = s->voice && !(v->notices & SESSION_NOTICE_EXPERT_MUTED);
}

void session_event(struct session *s, const struct session_event *event,
                   int64_t now_us)
{
    struct session_view before = s->view;
    apply_event(s, event, now_us);
    speaks_follow(s);
    if (s->view.screen != before.screen)
        s->view.help = false;
    if (!session_view_same(&before, &s->view))
        s->view.version++;
}

bool session_can_idle(const struct session *s)
{
    const struct session_view *v = &s->view;
    const struct session_manner *m = &v->manner;
    if (v->screen == SESSION_SERVICES || v->screen == SESSION_CARD ||
        v->screen == SESSION_TRACK)
        return true;
    return v->screen == SESSION_START &&
           (v->help || m->speech || m->contrast ||
            m->text_size != SESSION_TEXT_NORMAL ||
            m->pace != SESSION_PACE_DEFAULT || v->volume != s->default_volume ||
            strcmp(v->lang, s->default_lang) != 0);
}

static void session_ask(struct session *s, int64_t now_us)
{
    s->view.idle = true;
    s->view.idle_ends_us = now_us + SESSION_IDLE_ANSWER_US;
}

void session_tick(struct session *s, int64_t now_us)
{
    if (now_us < session_next_us(s))
        return;
    if (s->view.screen == SESSION_END)
        session_finish(s);
    else if (s->view.idle)
        (void)session_leave(s);
    else
        session_ask(s, now_us);
    s->view.version++;
}

int64_t session_next_us(const struct session *s)
{
    if (s->view.screen == SESSION_END)
        return s->view.card_left ? LK_MAX(s->end_at_us, s->end_by_us)
                                 : s->end_at_us;
    if (s->view.idle)
        return s->view.idle_ends_us;
    if (session_can_idle(s))
        return s->alive_us + s->idle_us;
    return INT64_MAX;
}

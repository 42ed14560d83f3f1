#include "app/luukkud_core.h"

#include "app/luukkud_control.h"
#include "app/luukkud_devices.h"
#include "app/luukkud_form.h"
#include "app/luukkud_identity.h"
#include "app/luukkud_papers.h"
#include "app/luukkud_rtc.h"
#include "app/superlink.h"
#include "base/clock.h"
#include "base/log.h"
#include "loop/mailbox.h"
#include "session/line.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Intents and answers that wait for the core; a person taps slower. */
#define BOX_MAX 64

/* Longest wait at the end of a visit for the farewell to be acknowledged. */
#define FAREWELL_US (2 * INT64_C(1000000))

struct luukkud_core {
    struct lk_loop *loop;
    struct superlink *super;
    struct luukkud_rtc *rtc;
    struct session *session;
    struct line *line;
    struct luukkud_form *form;
    struct luukkud_papers *papers;
    struct luukkud_identity *identity;
    struct lk_mailbox *box;
    struct lk_timer *timer;
    struct kiosk_ui *ui;
    struct luukkud_control *control;
    struct luukkud_post *post;
    struct luukkud_devices *devices;
    const char *walls;
    pthread_t thread;
    uint64_t shown;       /* version of the view that the screen has */
    int64_t finish_by_us; /* the visit is over: end the programs by then; 0 */
    bool started;
};

enum post_kind { POST_INTENT, POST_ANSWER, POST_SAY, POST_STOP };

/* What other threads tell the core. Within what a mailbox carries. */
struct post {
    enum post_kind kind;
    struct session_intent intent;
    struct luukkud_answer answer;
    struct kiosk_utterance *say; /* owned */
};

static struct signal_time core_time(const struct luukkud_core *c)
{
    return (struct signal_time){.now_us = lk_loop_now_us(c->loop),
                                .wall_s = lk_clock_wall_us() / 1000000};
}

/* --- what follows from the session's decisions ------------------------- */

static void set_controls(struct luukkud_core *c)
{
    const struct session_view *v = session_view(c->session);
    struct line_controls k = {
        .mic = v->mic_on, .camera = v->camera_on, .volume = (uint8_t)v->volume};
    memcpy(k.lang, v->lang, sizeof(k.lang));
    line_set_controls(c->line, &k);
}

static void join_queue(struct luukkud_core *c, const struct session_action *a)
{
    struct signal_time t = core_time(c);
    int r = line_wait(c->line, a->card, a->lang, &t);
    if (r < 0) {
        struct session_event e = {.kind = SESSION_EVENT_OVER,
                                  .end = SESSION_END_FAILED};
        LK_LOG(ERROR, "core", "what=wait err=%s", strerrorname_np(-r));
        session_event(c->session, &e, t.now_us);
    }
}

/* The visit is over: the programs end as soon as the expert's page knows. */
static void finish_visit(struct luukkud_core *c)
{
    if (c->finish_by_us == 0 ||
        (!line_settled(c->line) && lk_loop_now_us(c->loop) < c->finish_by_us))
        return;
    c->finish_by_us = 0;
    int r = superlink_session_ended(c->super);
    if (r < 0) {
        LK_LOG(ERROR, "core", "what=session-ended err=%s", strerrorname_np(-r));
        kiosk_ui_quit(c->ui); /* super starts everything anew */
    }
}

static void do_action(struct luukkud_core *c, const struct session_action *a)
{
    struct signal_time t = core_time(c);
    switch (a->kind) {
    case SESSION_DO_WAIT:
        join_queue(c, a);
        break;
    case SESSION_DO_LEAVE:
    case SESSION_DO_HANG_UP:
        line_end(c->line, &t);
        break;
    case SESSION_DO_CONTROLS:
        set_controls(c);
        break;
    case SESSION_DO_WRITE:
        line_write(c->line, a->text, t.now_us);
        break;
    case SESSION_DO_SAY:
        line_say(c->line, t.now_us);
        break;
    case SESSION_DO_WATCH:
        line_watch(c->line, a->card);
        break;
    case SESSION_DO_FORM:
    case SESSION_DO_TRACK:
        luukkud_form_act(c->form, a);
        break;
    case SESSION_DO_PAPERS:
        luukkud_papers_act(c->papers, a);
        break;
    case SESSION_DO_IDENTITY:
        luukkud_identity_act(c->identity, a);
        if (a->intent.kind == SESSION_INTENT_ROLE)
            luukkud_form_act(c->form, a);
        break;
    case SESSION_DO_FINISH:
        luukkud_form_act(c->form, a);
        luukkud_papers_act(c->papers, a);
        luukkud_identity_act(c->identity, a);
        set_controls(c);
        c->finish_by_us = t.now_us + FAREWELL_US;
        break;
    }
}

/* What the form's and the papers' screens show. */
static void show_rooms(struct luukkud_core *c)
{
    luukkud_form_show(c->form, c->ui);
    luukkud_papers_show(c->papers, c->ui);
}

/* After every input: carries out what was decided, shows what changed, and
 * sets the timer. */
static void settle(void *arg)
{
    struct luukkud_core *c = arg;
    struct session_action a;
    while (session_poll(c->session, &a)) {
        do_action(c, &a);
        explicit_bzero(&a, sizeof(a)); /* it may be a digit of a PIN */
    }
    line_flow(c->line); /* what form and papers have to say */
    finish_visit(c);
    if (c->ui)
        show_rooms(c);
    const struct session_view *v = session_view(c->session);
    if (v->version != c->shown && c->ui) {
        c->shown = v->version;
        kiosk_ui_set_view(c->ui, v);
    }
    int64_t next = LK_MIN(session_next_us(c->session), line_next_us(c->line));
    next = LK_MIN(next, luukkud_form_next_us(c->form));
    next = LK_MIN(next, luukkud_papers_next_us(c->papers));
    next = LK_MIN(next, luukkud_identity_next_us(c->identity));
    if (next == INT64_MAX)
        lk_timer_clear(c->timer);
    else
        lk_timer_set(c->timer, next);
}

static void on_timer(void *arg, int64_t now_us)
{
    struct luukkud_core *c = arg;
    struct signal_time t = core_time(c);
    session_tick(c->session, now_us);
    line_tick(c->line, &t);
    luukkud_form_tick(c->form);
    luukkud_papers_tick(c->papers);
    luukkud_identity_tick(c->identity);
    settle(c);
}

/* --- the line's outputs ------------------------------------------------ */

static void line_send(void *arg, const struct rtcmsg *m)
{
    struct luukkud_core *c = arg;
    (void)luukkud_rtc_send(c->rtc, m); /* logged; the line has timers */
}

static void line_event(void *arg, const struct session_event *e)
{
    struct luukkud_core *c = arg;
    session_event(c->session, e, lk_loop_now_us(c->loop));
    luukkud_identity_event(c->identity, e);
    if (e->kind != SESSION_EVENT_GRANTED)
        return;
    luukkud_form_begin(c->form, session_view(c->session), e);
    luukkud_papers_begin(c->papers);
}

static void line_lane(void *arg, enum line_lane lane, bool open)
{
    struct luukkud_core *c = arg;
    if (lane == LINE_FORM)
        luukkud_form_channel(c->form, open);
    else
        luukkud_papers_channel(c->papers, open);
}

static void line_lane_data(void *arg, enum line_lane lane, const void *bytes,
                           size_t len)
{
    struct luukkud_core *c = arg;
    if (lane == LINE_FORM)
        luukkud_form_data(c->form, bytes, len);
    else
        luukkud_papers_data(c->papers, bytes, len);
}

static bool line_lane_poll(void *arg, enum line_lane lane, const void **ret,
                           size_t *ret_len)
{
    struct luukkud_core *c = arg;
    return lane == LINE_FORM ? luukkud_form_poll(c->form, ret, ret_len)
                             : luukkud_papers_poll(c->papers, ret, ret_len);
}

static void line_ctl(void *arg, bool open)
{
    struct luukkud_core *c = arg;
    luukkud_identity_channel(c->identity, open);
}

static void line_ctl_text(void *arg, const char *text, size_t len)
{
    struct luukkud_core *c = arg;
    luukkud_identity_text(c->identity, text, len);
}

/* Of the form, the papers, and who it is. */
static void form_event(void *arg, const struct session_event *e)
{
    struct luukkud_core *c = arg;
    session_event(c->session, e, lk_loop_now_us(c->loop));
}

static int identity_document(void *arg, bool on)
{
    struct luukkud_core *c = arg;
    return luukkud_papers_document(c->papers, on);
}

static void line_note(void *arg, const char *what, const char *why)
{
    (void)arg;
    LK_LOG(WARN, "call", "what=\"%s\" why=\"%s\"", what, why);
}

/* --- luukku-rtc -------------------------------------------------------- */

static void rtc_up(void *arg, bool up)
{
    struct luukkud_core *c = arg;
    struct kiosk_ring_fds none = {.memory_fd = -1, .wake_fd = -1};
    struct signal_time t = core_time(c);
    line_transport(c->line, up, &t);
    if (!up)
        luukkud_papers_rtc_gone(c->papers);
    if (!up && c->ui)
        kiosk_ui_set_rings(c->ui, none, none);
    settle(c);
}

static void rtc_message(void *arg, const struct rtcmsg *m,
                        struct lk_chan_msg *raw)
{
    struct luukkud_core *c = arg;
    struct signal_time t = core_time(c);
    if (m->type == RTCMSG_SPOKEN) {
        kiosk_ui_spoken(c->ui, m->id, luukkud_speech_outcome(m->how));
    } else if (m->type == RTCMSG_HEADSET) {
        struct session_event e = {.kind = SESSION_EVENT_HEADSET, .up = m->up};
        session_event(c->session, &e, t.now_us);
    } else if (m->type == RTCMSG_RINGS) {
        luukkud_rtc_show(raw, c->ui);
    } else if (!luukkud_papers_rtc(c->papers, m, raw)) {
        line_receive(c->line, m, &t);
    }
    settle(c);
}

static void rtc_spoken(void *arg, uint32_t id, enum kiosk_spoken how)
{
    struct luukkud_core *c = arg;
    kiosk_ui_spoken(c->ui, id, how);
}

/* --- luukku-super ------------------------------------------------------ */

static void super_peer(void *arg, const char *name, int fd)
{
    struct luukkud_core *c = arg;
    if (!luukkud_devices_peer(c->devices, name, fd))
        luukkud_rtc_peer(c->rtc, fd);
}

static void super_control(void *arg, uint32_t id, size_t argc,
                          const char *const *argv)
{
    struct luukkud_core *c = arg;
    luukkud_control_command(c->control, id, argc, argv,
                            session_view(c->session));
}

static void super_shutdown(void *arg)
{
    struct luukkud_core *c = arg;
    kiosk_ui_quit(c->ui); /* main then stops this thread */
}

static void super_kept(void *arg)
{
    struct luukkud_core *c = arg;
    struct session_event e = {.kind = SESSION_EVENT_WIPED};
    session_event(c->session, &e, lk_loop_now_us(c->loop));
    settle(c);
}

static bool super_alive(void *arg)
{
    struct luukkud_core *c = arg;
    return luukkud_control_ui_alive(c->control, lk_loop_now_us(c->loop));
}

static void super_post_came(void *arg, const struct supermsg *m, int fd)
{
    struct luukkud_core *c = arg;
    luukkud_post_message(c->post, m, fd);
}

/* --- other threads ----------------------------------------------------- */

void luukkud_core_intent(void *core, const struct session_intent *intent)
{
    struct luukkud_core *c = core;
    struct post p = {.kind = POST_INTENT, .intent = *intent};
    if (lk_mailbox_post(c->box, &p) < 0)
        LK_LOG(WARN, "core", "what=intent-dropped");
    explicit_bzero(&p, sizeof(p)); /* it may be a digit of a PIN */
}

void luukkud_core_speak(void *core, const struct kiosk_utterance *u)
{
    struct luukkud_core *c = core;
    struct post p = {.kind = POST_SAY, .say = luukkud_speech_copy(u)};
    if (!p.say || lk_mailbox_post(c->box, &p) < 0) {
        kiosk_ui_spoken(c->ui, u->id, KIOSK_SPOKEN_FAILED);
        luukkud_speech_free(p.say);
    }
}

/* The screen's answer to a technician; on the main thread. */
static void post_answer(void *arg, const struct luukkud_answer *answer)
{
    struct luukkud_core *c = arg;
    struct post p = {.kind = POST_ANSWER, .answer = *answer};
    if (lk_mailbox_post(c->box, &p) < 0)
        kiosk_reply_free(answer->reply); /* luukkuctl hears of a timeout */
}

static void on_post(void *arg, void *item)
{
    struct luukkud_core *c = arg;
    struct post *p = item;
    switch (p->kind) {
    case POST_INTENT:
        session_intent(c->session, &p->intent, lk_loop_now_us(c->loop));
        settle(c);
        break;
    case POST_ANSWER:
        luukkud_control_answer(c->control, &p->answer);
        break;
    case POST_SAY:
        luukkud_rtc_say(c->rtc, p->say);
        break;
    case POST_STOP:
        lk_loop_stop(c->loop, 0);
        break;
    }
}

static void on_dropped_post(void *arg, void *item)
{
    struct post *p = item;
    (void)arg;
    if (p->kind == POST_ANSWER)
        kiosk_reply_free(p->answer.reply);
    if (p->kind == POST_SAY)
        luukkud_speech_free(p->say);
}

/* --- life -------------------------------------------------------------- */

/* What is beside the form. */
static int core_make_beside(struct luukkud_core *c,
                            const struct luukkud_core_config *config)
{
    struct luukkud_papers_config papers = {.loop = c->loop,
                                           .devices = c->devices,
                                           .form = c->form,
                                           .rtc = c->rtc,
                                           .identity = &c->identity,
                                           .event = form_event,
                                           .settle = settle,
                                           .arg = c};
    struct luukkud_identity_config identity = {.loop = c->loop,
                                               .devices = c->devices,
                                               .key = config->key,
                                               .config = config->config,
                                               .form = c->form,
                                               .line = &c->line,
                                               .document = identity_document,
                                               .event = form_event,
                                               .settle = settle,
                                               .arg = c};
    int r = luukkud_papers_new(&papers, &c->papers);
    return r < 0 ? r : luukkud_identity_new(&identity, &c->identity);
}

static int core_make_rooms(struct luukkud_core *c,
                           const struct luukkud_core_config *config)
{
    struct session_config sc = {
        .site = config->config->site, .lang = "fi", .idle_us = config->idle_us};
    struct signal_call_config cc = {.kiosk = config->config->kiosk,
                                    .site = config->config->site,
                                    .key = config->key,
                                    .trust = config->trust};
    struct line_output out = {.send = line_send,
                              .event = line_event,
                              .note = line_note,
                              .lane = line_lane,
                              .lane_data = line_lane_data,
                              .lane_poll = line_lane_poll,
                              .ctl = line_ctl,
                              .ctl_text = line_ctl_text,
                              .arg = c};
    struct luukkud_form_config fc = {.loop = c->loop,
                                     .kiosk = config->config->kiosk,
                                     .key = config->seal,
                                     .post = c->post,
                                     .event = form_event,
                                     .settle = settle,
                                     .arg = c};
    struct luukkud_rtc_config rc = {.loop = c->loop,
                                    .up = rtc_up,
                                    .message = rtc_message,
                                    .spoken = rtc_spoken,
                                    .arg = c};
    int r = session_new(&sc, &c->session);
    if (r == 0)
        r = luukkud_rtc_new(&rc, &c->rtc);
    if (r == 0)
        r = luukkud_form_new(&fc, &c->form);
    if (r == 0)
        r = core_make_beside(c, config);
    if (r == 0)
        r = line_new(&cc, &out, &c->line);
    return r;
}

static int core_make_loop(struct luukkud_core *c,
                          const struct luukkud_core_config *config)
{
    struct lk_mailbox_config mb = {.item_len = sizeof(struct post),
                                   .capacity = BOX_MAX,
                                   .full = LK_MAILBOX_REFUSE,
                                   .receive = on_post,
                                   .drop = on_dropped_post,
                                   .arg = c};
    int r = lk_loop_new(&c->loop);
    const struct luukkud_post_config post = {
        .loop = c->loop, .config = config->config, .cert = config->post};
    if (r == 0)
        r = lk_mailbox_new(c->loop, &mb, &c->box);
    if (r == 0)
        r = lk_timer_new(c->loop, on_timer, c, &c->timer);
    if (r == 0)
        r = luukkud_devices_new(c->loop, &c->devices);
    return r < 0 ? r : luukkud_post_new(&post, &c->post);
}

static int core_make_super(struct luukkud_core *c, int fd)
{
    struct superlink_config config = {.program = "luukkud",
                                      .peer = super_peer,
                                      .control = super_control,
                                      .shutdown = super_shutdown,
                                      .kept = super_kept,
                                      .alive = super_alive,
                                      .post = super_post_came,
                                      .arg = c};
    int r = superlink_new(c->loop, fd, &config, &c->super);
    if (r == 0)
        luukkud_post_attach(c->post, c->super);
    if (r == 0)
        r = luukkud_control_new(c->super, post_answer, c, &c->control);
    return r;
}

int luukkud_core_new(const struct luukkud_core_config *config,
                     struct luukkud_core **ret)
{
    LK_AUTO_FD super_fd = config->super_fd;
    struct luukkud_core *c = calloc(1, sizeof(*c));
    int r = c ? core_make_loop(c, config) : -ENOMEM;
    if (r == 0)
        r = core_make_rooms(c, config);
    if (r == 0)
        r = core_make_super(c, lk_fd_take(&super_fd));
    if (r < 0) {
        luukkud_core_free(c);
        return r;
    }
    *ret = c;
    return 0;
}

static void *core_main(void *arg)
{
    struct luukkud_core *c = arg;
    pthread_setname_np(pthread_self(), "core");
    set_controls(c); /* the language, for captions in pictures */
    int r = superlink_ready(c->super, c->walls);
    settle(c);
    if (r == 0)
        r = lk_loop_run(c->loop);
    if (r < 0) {
        LK_LOG(ERROR, "core", "what=loop err=%s", strerrorname_np(-r));
        kiosk_ui_quit(c->ui); /* super starts the program anew */
    }
    return NULL;
}

int luukkud_core_start(struct luukkud_core *c, struct kiosk_ui *ui,
                       const char *walls)
{
    c->ui = ui;
    c->walls = walls;
    luukkud_control_attach(c->control, ui);
    int r = -pthread_create(&c->thread, NULL, core_main, c);
    c->started = r == 0;
    return r;
}

void luukkud_core_stop(struct luukkud_core *c)
{
    struct post p = {.kind = POST_STOP};
    if (!c->started)
        return;
    while (lk_mailbox_post(c->box, &p) < 0)
        sched_yield(); /* full: the core is emptying it */
    pthread_join(c->thread, NULL);
    c->started = false;
}

struct luukkud_core *luukkud_core_free(struct luukkud_core *c)
{
    if (!c)
        return NULL;
    luukkud_control_free(c->control);
    luukkud_rtc_free(c->rtc);
    luukkud_papers_free(c->papers);
    luukkud_identity_free(c->identity);
    luukkud_devices_free(c->devices);
    superlink_free(c->super);
    line_free(c->line);
    luukkud_form_free(c->form);
    luukkud_post_free(c->post);
    session_free(c->session);
    lk_timer_free(c->timer);
    lk_mailbox_free(c->box);
    lk_loop_free(c->loop);
    free(c);
    return NULL;
}

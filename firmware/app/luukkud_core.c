#include "app/luukkud_core_impl.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Longest wait at the end of a visit for the farewell to be acknowledged. */
#define FAREWELL_US (2 * INT64_C(1000000))

struct signal_time luukkud_core_time(const struct luukkud_core *c)
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
    struct signal_time t = luukkud_core_time(c);
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
    struct signal_time t = luukkud_core_time(c);
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
    enum session_screen on = session_view(c->session)->screen;
    luukkud_papers_screen(c->papers, on == SESSION_PAPER);
    luukkud_form_show(c->form, c->ui);
    luukkud_papers_show(c->papers, c->ui);
}

void luukkud_core_settle(void *arg)
{
    struct luukkud_core *c = arg;
    struct session_action a;
    while (session_poll(c->session, &a)) {
        do_action(c, &a);
        explicit_bzero(&a, sizeof(a)); /* it may be a digit of a PIN */
    }
    luukkud_trial_watch(c->trial);
    luukkud_help_watch(c->help);
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
    struct signal_time t = luukkud_core_time(c);
    session_tick(c->session, now_us);
    line_tick(c->line, &t);
    luukkud_form_tick(c->form);
    luukkud_papers_tick(c->papers);
    luukkud_identity_tick(c->identity);
    luukkud_core_settle(c);
}

/* --- life -------------------------------------------------------------- */

static int core_make_loop(struct luukkud_core *c,
                          const struct luukkud_core_config *config)
{
    int r = lk_loop_new(&c->loop);
    const struct luukkud_post_config post = {
        .loop = c->loop, .config = config->config, .cert = config->post};
    if (r == 0)
        r = luukkud_core_make_box(c);
    if (r == 0)
        r = lk_timer_new(c->loop, on_timer, c, &c->timer);
    if (r == 0)
        r = luukkud_devices_new(c->loop, &c->devices);
    return r < 0 ? r : luukkud_post_new(&post, &c->post);
}

int luukkud_core_new(const struct luukkud_core_config *config,
                     struct luukkud_core **ret)
{
    LK_AUTO_FD super_fd = config->super_fd;
    struct luukkud_core *c = calloc(1, sizeof(*c));
    int r = c ? core_make_loop(c, config) : -ENOMEM;
    if (r == 0)
        r = luukkud_core_make_rooms(c, config);
    if (r == 0)
        r = luukkud_core_make_super(c, lk_fd_take(&super_fd));
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
    luukkud_core_settle(c);
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
    if (!c->started)
        return;
    luukkud_core_end(c);
    pthread_join(c->thread, NULL);
    c->started = false;
}

struct luukkud_core *luukkud_core_free(struct luukkud_core *c)
{
    if (!c)
        return NULL;
    luukkud_control_free(c->control);
    luukkud_rtc_free(c->rtc);
    luukkud_health_free(c->health);
    luukkud_trial_free(c->trial);
    luukkud_help_free(c->help);
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

#include "app/luukkud_core_impl.h"

static void super_peer(void *arg, const char *name, int fd)
{
    struct luukkud_core *c = arg;
    if (!luukkud_devices_peer(c->devices, name, fd) &&
        !luukkud_help_peer(c->help, name, fd))
        luukkud_rtc_peer(c->rtc, fd);
}

static void super_control(void *arg, uint32_t id, size_t argc,
                          const char *const *argv)
{
    struct luukkud_core *c = arg;
    if (!luukkud_trial_command(c->trial, id, argc, argv))
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
    luukkud_core_settle(c);
}

static bool super_alive(void *arg)
{
    struct luukkud_core *c = arg;
    luukkud_control_session(c->control, session_view(c->session));
    return luukkud_control_ui_alive(c->control, lk_loop_now_us(c->loop));
}

static void super_health(void *arg, const char *facts)
{
    struct luukkud_core *c = arg;
    luukkud_health_facts(c->health, facts);
}

static void super_post_came(void *arg, const struct supermsg *m, int fd)
{
    struct luukkud_core *c = arg;
    luukkud_post_message(c->post, m, fd);
}

int luukkud_core_make_super(struct luukkud_core *c, int fd)
{
    struct superlink_config config = {.program = "luukkud",
                                      .peer = super_peer,
                                      .control = super_control,
                                      .shutdown = super_shutdown,
                                      .kept = super_kept,
                                      .alive = super_alive,
                                      .health = super_health,
                                      .post = super_post_came,
                                      .arg = c};
    int r = superlink_new(c->loop, fd, &config, &c->super);
    if (r == 0)
        luukkud_post_attach(c->post, c->super);
    if (r == 0)
        luukkud_trial_attach(c->trial, c->super);
    if (r == 0)
        r = luukkud_control_new(c->super, luukkud_core_answer, c, &c->control);
    return r;
}

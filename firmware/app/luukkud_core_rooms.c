#include "app/luukkud_core_impl.h"

#include "base/log.h"

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
    struct signal_time t = luukkud_core_time(c);
    line_transport(c->line, up, &t);
    if (!up) {
        luukkud_papers_rtc_gone(c->papers);
        luukkud_health_rtc_gone(c->health);
        luukkud_trial_rtc_gone(c->trial);
    }
    if (!up && c->ui)
        kiosk_ui_set_rings(c->ui, none, none);
    luukkud_core_settle(c);
}

static void rtc_message(void *arg, const struct rtcmsg *m,
                        struct lk_chan_msg *raw)
{
    struct luukkud_core *c = arg;
    struct signal_time t = luukkud_core_time(c);
    luukkud_health_rtc(c->health, m);
    if (m->type == RTCMSG_SPOKEN) {
        kiosk_ui_spoken(c->ui, m->id, luukkud_speech_outcome(m->how));
    } else if (m->type == RTCMSG_HEADSET) {
        struct session_event e = {.kind = SESSION_EVENT_HEADSET, .up = m->up};
        session_event(c->session, &e, t.now_us);
    } else if (m->type == RTCMSG_RINGS) {
        luukkud_rtc_show(raw, c->ui);
    } else if (!luukkud_help_rtc(c->help, m) &&
               !luukkud_papers_rtc(c->papers, m, raw) &&
               !luukkud_trial_rtc(c->trial, m, raw)) {
        line_receive(c->line, m, &t);
    }
    luukkud_core_settle(c);
}

static void rtc_spoken(void *arg, uint32_t id, enum kiosk_spoken how)
{
    struct luukkud_core *c = arg;
    kiosk_ui_spoken(c->ui, id, how);
}

/* --- making ------------------------------------------------------------ */

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
                                           .settle = luukkud_core_settle,
                                           .arg = c};
    struct luukkud_identity_config identity = {.loop = c->loop,
                                               .devices = c->devices,
                                               .key = config->key,
                                               .config = config->config,
                                               .form = c->form,
                                               .line = &c->line,
                                               .document = identity_document,
                                               .event = form_event,
                                               .settle = luukkud_core_settle,
                                               .arg = c};
    struct luukkud_health_config health = {.loop = c->loop,
                                           .config = config->config,
                                           .key = config->key,
                                           .session = c->session,
                                           .rtc = c->rtc};
    struct luukkud_trial_config trial = {.loop = c->loop,
                                         .session = c->session,
                                         .rtc = c->rtc,
                                         .settle = luukkud_core_settle,
                                         .arg = c};
    struct luukkud_help_config help = {.loop = c->loop,
                                       .config = config->config,
                                       .key = config->key,
                                       .trust = config->help,
                                       .session = c->session,
                                       .rtc = c->rtc,
                                       .settle = luukkud_core_settle,
                                       .arg = c};
    int r = luukkud_papers_new(&papers, &c->papers);
    if (r == 0)
        r = luukkud_help_new(&help, &c->help);
    if (r == 0)
        r = luukkud_trial_new(&trial, &c->trial);
    if (r == 0)
        r = luukkud_health_new(&health, &c->health);
    return r < 0 ? r : luukkud_identity_new(&identity, &c->identity);
}

int luukkud_core_make_rooms(struct luukkud_core *c,
                            const struct luukkud_core_config *config)
{
    struct session_config sc = {.site = config->config->site,
                                .lang = config->config->language,
                                .notice = config->config->notice,
                                .volume = config->config->volume,
                                .idle_us = config->idle_us};
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
                                     .settle = luukkud_core_settle,
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

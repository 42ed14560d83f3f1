#include "app/rtc_control_impl.h"
#include "app/rtc_stats.h"

#include <string.h>

static int command_devices(struct rtc_control *c, uint32_t id, bool test)
{
    LK_AUTO(lk_buf) b = NULL;
    struct media_devices d;
    media_devices(c->media, &d);
    int r = lk_buf_new(RTC_STATS_TEXT_MAX, &b);
    if (r == 0)
        r = test ? rtc_stats_selftest(&d, rtc_broker_up(c->broker), b)
                 : rtc_stats_devices(&d, b);
    return r < 0 ? r : superlink_reply(c->super, id, lk_buf_str(b));
}

static int emulate_headset(struct rtc_control *c, uint32_t id, bool in)
{
    struct media_devices d;
    media_devices(c->media, &d);
    if (d.loudspeaker != MEDIA_DEVICE_SIMULATED)
        return superlink_fail(c->super, id, "the sound is not simulated");
    rtc_speech_headset(c->speech, in);
    return superlink_reply(c->super, id, "true");
}

/* "emu camera|headset plug|unplug". A headset is only where no sound leaves
 * the machine: from real loudspeakers private words would be heard. */
static int command_emu(struct rtc_control *c, uint32_t id, size_t argc,
                       const char *const *argv)
{
    bool plug = argc == 3 && strcmp(argv[2], "plug") == 0;
    bool unplug = argc == 3 && strcmp(argv[2], "unplug") == 0;
    bool headset = strcmp(argv[1], "headset") == 0;
    if ((strcmp(argv[1], "camera") != 0 && !headset) || (!plug && !unplug))
        return superlink_fail(c->super, id,
                              "usage: emu camera|headset plug|unplug");
    if (headset)
        return emulate_headset(c, id, plug);
    if (media_emulate_camera(c->media, plug) < 0)
        return superlink_fail(c->super, id, "the camera is not simulated");
    return superlink_reply(c->super, id, "true");
}

static void super_control(void *arg, uint32_t id, size_t argc,
                          const char *const *argv)
{
    struct rtc_control *c = arg;
    int r;
    if (argc >= 2 && strcmp(argv[0], "call") == 0 &&
        strcmp(argv[1], "stats") == 0)
        r = rtc_transport_ask_stats(c->transport, id);
    else if (strcmp(argv[0], "status") == 0)
        r = superlink_reply(c->super, id,
                            rtc_broker_up(c->broker)
                                ? "{\"broker_link\":\"up\"}"
                                : "{\"broker_link\":\"down\"}");
    else if (strcmp(argv[0], "devices") == 0)
        r = command_devices(c, id, false);
    else if (strcmp(argv[0], "selftest") == 0)
        r = command_devices(c, id, true);
    else if (argc >= 2 && strcmp(argv[0], "emu") == 0)
        r = command_emu(c, id, argc, argv);
    else
        r = superlink_fail(c->super, id, "luukku-rtc has no \"%s\"", argv[0]);
    rtc_control_note("command", r);
}

void rtc_control_quality_begin(struct rtc_control *c)
{
    struct media_stats m;
    media_stats(c->media, &m);
    rtc_quality_begin(&c->quality, &m, lk_loop_now_us(c->loop));
    lk_timer_set_in(c->sample, RTC_QUALITY_EVERY_US);
}

void rtc_control_quality_due(void *arg, int64_t now_us)
{
    struct rtc_control *c = arg;
    /* 0: no technician asks. */
    rtc_control_note("sample", rtc_transport_ask_stats(c->transport, 0));
    lk_timer_set(c->sample, now_us + RTC_QUALITY_EVERY_US);
}

void rtc_control_quality_sample(struct rtc_control *c,
                                const struct rtc_transport_stats *t)
{
    struct media_stats m;
    media_stats(c->media, &m);
    rtc_quality_sample(&c->quality, t, &m, lk_loop_now_us(c->loop));
    if (c->last_sample)
        rtc_control_quality_end(c);
}

void rtc_control_quality_last(struct rtc_control *c)
{
    if (!c->quality.runs)
        return;
    lk_timer_clear(c->sample);
    c->last_sample = rtc_transport_ask_stats(c->transport, 0) == 0;
    if (!c->last_sample)
        rtc_control_quality_end(c);
}

void rtc_control_quality_end(struct rtc_control *c)
{
    char text[FIGURES_TEXT_MAX];
    int64_t value[FIGURES_CALL];
    c->last_sample = false;
    lk_timer_clear(c->sample);
    if (!rtc_quality_end(&c->quality, lk_loop_now_us(c->loop), value))
        return;
    int r = figures_write_call(value, text, sizeof(text));
    rtc_control_note("figures", r < 0 ? r : superlink_news(c->super, text));
}

static void super_shutdown(void *arg)
{
    struct rtc_control *c = arg;
    rtc_control_quality_end(c);
    lk_loop_stop(c->loop, 0);
}

static bool super_alive(void *arg)
{
    struct rtc_control *c = arg;
    return rtc_transport_alive(c->transport, lk_loop_now_us(c->loop));
}

static void super_camera(void *arg, const char *line, int fd)
{
    struct rtc_control *c = arg;
    rtc_cameras_heard(c->cameras, line, fd);
    rtc_control_tell_document(c);
}

/* --- the simulated document camera ------------------------------------- */

static void stills_gone(void *arg, const char *why)
{
    struct rtc_control *c = arg;
    rtc_control_note(
        "document camera",
        superlink_device_state(c->super, c->stills_id, false, why ? why : ""));
    rtc_control_tell_document(c);
}

static void super_device(void *arg, uint32_t id, const char *how, int fd)
{
    struct rtc_control *c = arg;
    (void)how; /* there is one kind alone */
    c->stills_id = id;
    int r = rtc_stills_given(c->stills, fd);
    bool works = r == 0;
    rtc_control_note("document camera",
                     superlink_device_state(c->super, id, works,
                                            works ? "" : strerrorname_np(-r)));
    rtc_control_tell_document(c);
}

int rtc_control_make_stills(struct rtc_control *c)
{
    int r = rtc_stills_new(c->loop, stills_gone, c, &c->stills);
    if (r == 0)
        rtc_cameras_stand_in(c->cameras, c->stills);
    return r;
}

/* --- new certificates: luukku-super asks, and judges -------------------- */

void rtc_control_renewed(void *arg, const char *text)
{
    struct rtc_control *c = arg;
    const struct supermsg m = {.type = SUPERMSG_RENEW, .text = text};
    rtc_control_note("renewal", superlink_post(c->super, &m, -1));
}

static void super_post(void *arg, const struct supermsg *m, int fd)
{
    struct rtc_control *c = arg;
    (void)lk_fd_close(fd); /* none comes with it */
    if (m->type == SUPERMSG_RENEW)
        rtc_control_note("renewal", rtc_broker_renew(c->broker, m->text));
}

int rtc_control_make_super(struct rtc_control *c, int fd)
{
    struct superlink_config config = {.program = "luukku-rtc",
                                      .peer = rtc_control_peer,
                                      .control = super_control,
                                      .shutdown = super_shutdown,
                                      .alive = super_alive,
                                      .camera = super_camera,
                                      .device = super_device,
                                      .post = super_post,
                                      .arg = c};
    return superlink_new(c->loop, fd, &config, &c->super);
}

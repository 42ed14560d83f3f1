/* luukku-super: starts, confines and watches the rest. */
#include "app/super.h"
#include "app/super_backlight.h"
#include "app/super_camera.h"
#include "app/super_desk.h"
#include "app/super_device.h"
#include "app/super_files.h"
#include "app/super_health.h"
#include "app/super_help.h"
#include "app/super_options.h"
#include "app/super_output.h"
#include "app/super_post.h"
#include "app/super_provision.h"
#include "app/super_renew.h"
#include "app/super_reset.h"
#include "app/super_ring.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/wipe.h"
#include "control/server.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <jansson.h>

#define EXIT_USAGE 2

struct app {
    struct super_options options;
    struct super_provision *provision; /* NULL: the configuration is a file */
    struct store_config *config;
    struct super_files files;
    struct super_log *log;
    struct super_ring *ring; /* NULL: the log is in memory alone */
    int ring_error;          /* 0, or -errno of what was tried last */
    struct super_news news;
    struct lk_loop *loop;
    struct lk_watch *signals;
    int signal_fd;
    bool asked_to_end;
    enum super_desk_end end; /* what follows, when asked */
    struct super_desk *desk;
    struct control_server *server;
    struct super *super;
    struct super_post *post; /* NULL: no agency has an address */
    struct super_devices *devices;
    struct super_cameras *cameras; /* NULL: none is wanted */
    struct super_health *health;
    struct super_renew *renew; /* NULL: not provisioned here */
    struct super_help help;
    struct super_program program[SUPER_PROGRAMS_MAX];
    char path[SUPER_PROGRAMS_MAX][PATH_MAX];
    char probe[PATH_MAX];
    const char *args[5];
    const char *rtc_args[6]; /* the same, and the floor */
    char floor[32];
};

static void on_stopped(void *arg)
{
    struct app *a = arg;
    lk_loop_stop(a->loop, 0);
}

static void on_signal(void *arg, int fd, short events)
{
    struct app *a = arg;
    struct signalfd_siginfo info;
    (void)events;
    if (read(fd, &info, sizeof(info)) != sizeof(info))
        return;
    LK_LOG(INFO, "super", "stopping signal=%s",
           sigabbrev_np((int)info.ssi_signo));
    super_stop(a->super);
}

static int watch_signals(struct app *a)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    a->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (a->signal_fd < 0)
        return -errno;
    return lk_watch_new(a->loop, a->signal_fd, POLLIN, on_signal, a,
                        &a->signals);
}

/* A PulseAudio or PipeWire server that this user has. */
static bool has_sound_server(void)
{
    char path[PATH_MAX];
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    const char *dir = getenv("XDG_RUNTIME_DIR");
    if (!dir)
        return false;
    (void)snprintf(path, sizeof(path), "%s/pulse/native", dir);
    return access(path, F_OK) == 0;
}

static void make_args(struct app *a)
{
    const struct {
        bool wanted;
        const char *word;
    } words[] = {
        {a->options.headless, "--headless"},
        {a->options.allow_ui_control, "--allow-ui-control"},
        {a->options.black_screen, "--black-screen"},
        {a->options.short_idle, "--short-idle"},
    };
    size_t args = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(words); i++)
        if (words[i].wanted)
            a->args[args++] = words[i].word;
    memcpy(a->rtc_args, a->args, sizeof(a->args));
    a->rtc_args[args] = a->floor;
}

/* No right clock shows less. */
static int64_t floor_s(const struct app *a)
{
    return a->provision ? super_provision_floor(a->provision)
                        : LUUKKU_BUILD_TIME;
}

/* Each start has the floor of its time. */
static int open_rtc(void *arg, struct inherit *in)
{
    struct app *a = arg;
    (void)snprintf(a->floor, sizeof(a->floor), "--floor=%lld",
                   (long long)floor_s(a));
    return super_files_open_rtc(&a->files, in);
}

/* What makes one program different from the next. */
static const struct {
    const char *name;
    const struct confine_profile *profile;
    int (*open)(void *arg, struct inherit *in);
} kinds[SUPER_DESK_PROGRAMS] = {
    [SUPER_LUUKKUD] = {"luukkud", &confine_luukkud, super_files_open_luukkud},
    [SUPER_RTC] = {"luukku-rtc", &confine_rtc, super_files_open_rtc},
    [SUPER_FETCH] = {"luukku-fetch", &confine_fetch, super_files_open_fetch},
    [SUPER_SCAN] = {"luukku-scan", &confine_scan, super_files_open_scan},
    [SUPER_CARD] = {"luukku-card", &confine_card, super_files_open_card},
    [SUPER_HELP] = {"luukku-help", &confine_help, super_help_open},
};

/* Whether this kiosk needs it. */
static bool is_wanted(const struct app *a, size_t program)
{
    if (a->files.request >= 0)
        return program == SUPER_LUUKKUD; /* it says that it is not in use */
    if (program == SUPER_FETCH)
        return super_files_have_fetch(a->config);
    if (program == SUPER_SCAN)
        return super_files_have_device(&a->config->scanner) ||
               super_files_have_device(&a->config->document) ||
               a->config->camera_document[0]; /* it reads its pictures */
    if (program == SUPER_CARD)
        return super_files_have_device(&a->config->reader);
    if (program == SUPER_HELP)
        return super_help_wanted(a->config, a->options.audit);
    return true;
}

/* The programs lie beside this one. */
static int find_programs(struct app *a)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n < 0)
        return -errno;
    self[n] = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    const char *dir = dirname(self);
    int at = snprintf(a->probe, sizeof(a->probe), "%s/luukku-probe", dir);
    if (at < 0 || (size_t)at >= sizeof(a->probe))
        return -ENAMETOOLONG;
    make_args(a);
    for (size_t i = 0; i < SUPER_DESK_PROGRAMS; i++) {
        int len = snprintf(a->path[i], sizeof(a->path[i]), "%s/%s", dir,
                           kinds[i].name);
        if (len < 0 || (size_t)len >= sizeof(a->path[i]))
            return -ENAMETOOLONG;
        a->program[i] =
            (struct super_program){.name = kinds[i].name,
                                   .path = is_wanted(a, i) ? a->path[i] : NULL,
                                   .args = a->args,
                                   .profile = kinds[i].profile,
                                   .open = kinds[i].open,
                                   .arg = &a->files};
    }
    a->help.audit = a->options.audit;
    a->program[SUPER_HELP].arg = &a->help;
    a->program[SUPER_LUUKKUD].options.display = !a->options.headless;
    a->program[SUPER_RTC].open = open_rtc;
    a->program[SUPER_RTC].arg = a;
    a->program[SUPER_RTC].args = a->rtc_args;
    a->program[SUPER_RTC].options.sound =
        a->config->sound == STORE_CONFIG_AUTO && has_sound_server();
    return 0;
}

static void end_later(void *arg)
{
    struct app *a = arg;
    super_stop(a->super);
}

static void on_end(void *arg, enum super_desk_end end)
{
    struct app *a = arg;
    if (a->asked_to_end)
        return;
    a->asked_to_end = lk_loop_defer(a->loop, end_later, a) == 0;
    a->end = end;
}

static const struct super_timing *timing(const struct app *a)
{
    return a->options.slow ? &super_timing_slow : &super_timing_usual;
}

static int make_control(struct app *a)
{
    struct super_desk_config desk = {.kiosk = a->config->kiosk,
                                     .version = LUUKKU_VERSION,
                                     .allow_ui_control =
                                         a->options.allow_ui_control,
                                     .headless = a->options.headless,
                                     .floor_s = LUUKKU_BUILD_TIME,
                                     .store = a->config,
                                     .files = &a->files,
                                     .probe = a->probe,
                                     .log = a->log,
                                     .log_error = &a->ring_error,
                                     .news = &a->news,
                                     .provision = a->provision,
                                     .may_reboot = a->options.may_reboot,
                                     .answer_us = timing(a)->answer_us,
                                     .end = on_end,
                                     .arg = a};
    int r = super_desk_new(a->loop, &desk, &a->desk);
    if (r < 0)
        return r;
    struct control_server_config server = {.path = a->config->control,
                                           .request = super_desk_request,
                                           .arg = a->desk};
    r = control_server_new(a->loop, &server, &a->server);
    if (r == -EADDRINUSE)
        LK_LOG(ERROR, "super", "another kiosk runs with control=\"%s\"",
               a->config->control);
    else if (r == 0)
        a->help.server = a->server;
    else
        LK_LOG(ERROR, "super", "control=\"%s\" err=%s", a->config->control,
               strerrorname_np(-r));
    return r;
}

static void forward_reply(void *arg, size_t program, const struct supermsg *m,
                          int fd)
{
    struct app *a = arg;
    super_desk_reply(a->desk, program, m, fd);
}

static void forward_gone(void *arg, size_t program, bool broke)
{
    struct app *a = arg;
    super_desk_gone(a->desk, program);
    if (program == SUPER_RTC || program == SUPER_LUUKKUD)
        super_news_forget(&a->news, program == SUPER_RTC ? SUPER_NEWS_RTC
                                                         : SUPER_NEWS_LUUKKUD);
    super_devices_ended(a->devices, program, broke);
}

static bool forward_device(void *arg, size_t program, const struct supermsg *m)
{
    struct app *a = arg;
    return super_devices_message(a->devices, program, m);
}

static bool forward_post(void *arg, size_t program, const struct supermsg *m,
                         int fd)
{
    struct app *a = arg;
    LK_AUTO_FD own = fd;
    if (m->type == SUPERMSG_RENEW)
        return a->renew && super_renew_message(a->renew, program, m);
    return a->post && super_post_message(a->post, program, m, own);
}

static bool forward_news(void *arg, size_t program, const struct supermsg *m)
{
    struct app *a = arg;
    if (program != SUPER_LUUKKUD && program != SUPER_RTC)
        return false;
    return super_news_take(&a->news,
                           program == SUPER_RTC ? SUPER_NEWS_RTC
                                                : SUPER_NEWS_LUUKKUD,
                           m->text, lk_clock_wall_us()) == 0;
}

static void forward_ready(void *arg, size_t program)
{
    struct app *a = arg;
    if (a->post)
        super_post_ready(a->post, program);
    super_devices_ready(a->devices, program);
    super_cameras_ready(a->cameras, program);
    super_health_ready(a->health, program);
}

/* Letters and matters: where an agency has an address. */
static int make_post(struct app *a)
{
    if (!super_files_have_post(a->config))
        return 0;
    int r = super_post_new(a->config->outbox, &a->post);
    if (r < 0)
        LK_LOG(ERROR, "super", "outbox=\"%s\" err=%s", a->config->outbox,
               strerrorname_np(-r));
    return r;
}

/* USB's own numbers: the kernel's <linux/usb/ch9.h> has them under other names.
 * Scanners speak IPP over USB, a printer's protocol. */
#define USB_CLASS_PRINTER 7
#define USB_CLASS_CARD_READER 11
#define USB_CLASS_VIDEO 14

static int make_devices(struct app *a)
{
    const struct super_device_role known[] = {
        {"scanner", SUPER_SCAN, USB_CLASS_PRINTER, &a->config->scanner},
        {"reader", SUPER_CARD, USB_CLASS_CARD_READER, &a->config->reader},
        {"document", SUPER_RTC, USB_CLASS_VIDEO, &a->config->document},
    };
    struct super_device_role role[LK_ARRAY_LEN(known)];
    size_t roles = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++)
        if (super_files_have_device(known[i].config))
            role[roles++] = known[i];
    struct super_devices_config config = super_devices_usual;
    config.role = role;
    config.roles = roles;
    return super_devices_new(a->loop, &config, &a->devices);
}

static int make_cameras(struct app *a)
{
    static const struct super_cameras_config config = {
        .dev = "/dev", .sysfs = "/sys", .program = SUPER_RTC};
    if (a->config->camera != STORE_CONFIG_AUTO)
        return 0;
    return super_cameras_new(a->loop, &config, &a->cameras);
}

static int make_health(struct app *a)
{
    const struct super_health_config config = {.version = LUUKKU_VERSION,
                                               .config = a->config,
                                               .provision = a->provision,
                                               .program = SUPER_LUUKKUD};
    return super_health_new(a->loop, &config, &a->health);
}

static void begin_with_others(void *arg)
{
    on_end(arg, SUPER_DESK_RESTART);
}

static int make_renew(struct app *a)
{
    const struct super_renew_config config = {
        .provision = a->provision,
        .news = &a->news,
        .program = SUPER_RTC,
        .timing =
            a->options.quick_renewal ? &super_renew_quick : &super_renew_usual,
        .anew = begin_with_others,
        .arg = a};
    return a->provision ? super_renew_new(a->loop, &config, &a->renew) : 0;
}

static int make_super(struct app *a)
{
    struct super_config config = {.program = a->program,
                                  .programs = SUPER_DESK_PROGRAMS,
                                  .link = {{SUPER_LUUKKUD, SUPER_RTC},
                                           {SUPER_LUUKKUD, SUPER_SCAN},
                                           {SUPER_LUUKKUD, SUPER_CARD},
                                           {SUPER_LUUKKUD, SUPER_FETCH},
                                           {SUPER_LUUKKUD, SUPER_HELP}},
                                  .links = 5,
                                  .timing = *timing(a),
                                  .keep_programs = a->options.keep_programs,
                                  .log = a->log,
                                  .reply = forward_reply,
                                  .gone = forward_gone,
                                  .device = forward_device,
                                  .post = forward_post,
                                  .news = forward_news,
                                  .ready = forward_ready,
                                  .stopped = on_stopped,
                                  .arg = a};
    int r = super_new(a->loop, &config, &a->super);
    if (r == 0)
        super_desk_attach(a->desk, a->super, a->devices, a->server);
    if (r == 0)
        super_devices_attach(a->devices, a->super);
    if (r == 0)
        super_cameras_attach(a->cameras, a->super);
    if (r == 0)
        super_health_attach(a->health, a->super, a->devices);
    if (r == 0 && a->post)
        super_post_attach(a->post, a->super);
    if (r == 0 && a->renew)
        super_renew_attach(a->renew, a->super);
    return r;
}

static int load_files(struct app *a)
{
    const struct super_provision_config config = {.home = a->options.home,
                                                  .control = a->options.control,
                                                  .floor_s = LUUKKU_BUILD_TIME};
    if (a->options.home)
        return super_provision_begin(&config, &a->provision, &a->config,
                                     &a->files);
    return super_files_load(a->options.config, &a->config, &a->files);
}

/* As the configuration wants it; a display whose light the kernel does not
 * know is as bright as it is. */
static void set_light(const struct app *a)
{
    if (a->config->brightness == 0)
        return;
    int r = super_backlight_set(SUPER_BACKLIGHT_DIR, a->config->brightness);
    if (r <= 0)
        LK_LOG(WARN, "super", "brightness=%u lights=%d err=%s",
               a->config->brightness, LK_MAX(r, 0), strerrorname_np(-r));
}

static int app_open(struct app *a)
{
    int r = load_files(a);
    if (r == 0)
        r = find_programs(a);
    if (r == 0)
        r = lk_loop_new(&a->loop);
    if (r == 0)
        r = watch_signals(a);
    if (r == 0)
        r = make_control(a);
    if (r == 0)
        r = make_post(a);
    if (r == 0)
        r = make_devices(a);
    if (r == 0)
        r = make_cameras(a);
    if (r == 0)
        r = make_health(a);
    if (r == 0)
        r = make_renew(a);
    if (r == 0)
        r = make_super(a);
    if (r == 0)
        set_light(a);
    return r;
}

static void app_close(struct app *a)
{
    a->server = control_server_free(a->server);
    a->health = super_health_free(a->health);
    a->renew = super_renew_free(a->renew);
    a->super = super_free(a->super);
    a->devices = super_devices_free(a->devices);
    a->cameras = super_cameras_free(a->cameras);
    a->post = super_post_free(a->post);
    a->desk = super_desk_free(a->desk);
    a->signals = lk_watch_free(a->signals);
    a->signal_fd = lk_fd_close(a->signal_fd);
    a->loop = lk_loop_free(a->loop);
    super_files_close(&a->files);
    a->config = store_config_free(a->config);
    a->provision = super_provision_free(a->provision);
}

/* Signals that ask to stop wait for the loop from the first moment on, so that
 * nothing half started is left behind. */
static void hold_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

static void keep_line(void *arg, const struct super_log_line *line)
{
    struct app *a = arg;
    const char *level = NULL;
    const char *room = NULL;
    size_t len = 0;
    bool urgent = super_log_parse(line->text, &level, &room, &len) &&
                  (*level == 'e' || *level == 'w');
    /* A disk that is full or broken must not fill the log with itself: the
     * technician hears of it in `test storage`. */
    a->ring_error = super_ring_put(a->ring, line, urgent);
}

/* What was said before the last end comes back first. */
static void open_ring(struct app *a)
{
    if (!a->options.log)
        return;
    a->ring_error = super_ring_open(a->options.log, &a->ring);
    if (a->ring_error < 0) {
        LK_LOG(ERROR, "super", "log=\"%s\" err=%s", a->options.log,
               strerrorname_np(-a->ring_error));
        return;
    }
    (void)super_ring_load(a->ring, a->log);
    super_log_set_keep(a->log, keep_line, a);
}

static int run(struct app *a)
{
    int r = app_open(a);
    if (r == 0) {
        LK_LOG(INFO, "super", "kiosk=%s control=\"%s\"%s", a->config->kiosk,
               a->config->control,
               a->options.allow_ui_control ? " ui-control=allowed" : "");
        super_start(a->super);
        r = lk_loop_run(a->loop);
        LK_LOG(INFO, "super", "stopped");
    }
    app_close(a);
    return r;
}

/* Everything has ended: the machine, or this very program with its words. */
static int begin_anew(const struct app *a, char **argv)
{
    if (a->end == SUPER_DESK_REBOOT) {
        sync();
        return reboot(RB_AUTOBOOT) < 0 ? -errno : 0;
    }
    (void)execv("/proc/self/exe", argv);
    return -errno;
}

int main(int argc, char **argv)
{
    struct app a = {.signal_fd = -1, .files = {.text = -1, .request = -1}};
    lk_log_init("luukku-super", LK_LOG_INFO);
    if (super_options_parse(argc, argv, &a.options) < 0)
        return EXIT_USAGE;
    hold_signals();
    /* It holds the configuration with its passwords: closed to others. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    /* It lives on after the visit, and a technician's request may say what the
     * citizen does. */
    json_set_alloc_funcs(malloc, lk_free_wiped);
    if (super_reset_resume(a.options.home, a.options.log) < 0 ||
        super_log_new(&a.log) < 0)
        return EXIT_FAILURE;
    super_news_init(&a.news);
    open_ring(&a);
    lk_log_set_sink(super_output_own, a.log);
    int r = run(&a);
    lk_log_set_sink(NULL, NULL);
    a.log = super_log_free(a.log);
    a.ring = super_ring_free(a.ring);
    if (r == 0 && a.asked_to_end)
        r = begin_anew(&a, argv);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

#include "app/super_probe.h"

#include "app/super_spawn.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum cut { CUT_NONE, CUT_LATE, CUT_STOPPED };

struct super_probe {
    struct super_probe_config config;
    struct super_process process; /* pid 0: none */
    struct lk_watch *watch_end;
    struct lk_watch *watch_output;
    struct lk_timer *deadline;
    struct super_lines lines;
    json_t *findings;
    enum cut cut;
    super_probe_fn *done;
    void *arg;
    char word[SUPER_PROBE_WORDS][256];
    char floor[32];
    const char *args[SUPER_PROBE_WORDS + 3];
};

static void probe_line(void *arg, const char *text, size_t len)
{
    struct super_probe *p = arg;
    json_t *one = NULL;
    if (len > 0 && text[0] == '{')
        one = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    if (!one)
        super_log_add(p->config.log, "luukku-probe", lk_clock_wall_us(), text,
                      len);
    else if (json_array_size(p->findings) < SUPER_PROBE_LINES)
        (void)json_array_append(p->findings, one);
    json_decref(one);
}

static bool read_output(struct super_probe *p)
{
    char data[4096];
    for (;;) {
        ssize_t n = read(p->process.output, data, sizeof(data));
        if (n <= 0)
            return n < 0 && (errno == EAGAIN || errno == EINTR);
        super_lines_feed(&p->lines, data, (size_t)n, probe_line, p);
    }
}

static void on_output(void *arg, int fd, short events)
{
    struct super_probe *p = arg;
    (void)fd;
    (void)events;
    if (!read_output(p))
        p->watch_output = lk_watch_free(p->watch_output);
}

static void release(struct super_probe *p)
{
    lk_timer_clear(p->deadline);
    p->watch_end = lk_watch_free(p->watch_end);
    p->watch_output = lk_watch_free(p->watch_output);
    (void)lk_fd_close(p->process.output);
    (void)lk_fd_close(p->process.pidfd);
    (void)lk_fd_close(p->process.channel);
    p->process = (struct super_process){
        .pid = 0, .pidfd = -1, .channel = -1, .output = -1};
}

static void broken(struct super_probe *p, const char *why, const char *next)
{
    (void)json_array_append_new(
        p->findings, json_pack("{s:s,s:s,s:s,s:s}", "test", "probe", "result",
                               "FAIL", "reason", why, "next", next));
}

static void on_end(void *arg, int fd, short events)
{
    struct super_probe *p = arg;
    siginfo_t info = {.si_pid = 0};
    (void)events;
    if (waitid(P_PIDFD, (id_t)fd, &info, WEXITED | WNOHANG) < 0 ||
        info.si_pid == 0)
        return;
    (void)read_output(p);
    super_lines_end(&p->lines, probe_line, p);
    if (p->cut == CUT_LATE)
        broken(p, "the look at certificates or network took too long",
               "Ask again; when it stays so, restart the kiosk.");
    else if (p->cut == CUT_STOPPED)
        broken(p, "it was stopped", "");
    else if (info.si_code != CLD_EXITED || info.si_status != 0)
        broken(p, "luukku-probe broke off",
               "Look at: log program=luukku-probe");
    release(p);
    json_t *findings = p->findings;
    p->findings = NULL;
    p->done(p->arg, findings);
}

static void cut(struct super_probe *p, enum cut why)
{
    p->cut = why;
    (void)syscall(SYS_pidfd_send_signal, p->process.pidfd, SIGKILL, NULL, 0);
}

static void on_deadline(void *arg, int64_t now_us)
{
    (void)now_us;
    cut(arg, CUT_LATE);
}

void super_probe_stop(struct super_probe *p)
{
    if (p->findings)
        cut(p, CUT_STOPPED);
}

int super_probe_new(const struct super_probe_config *config,
                    struct super_probe **ret)
{
    struct super_probe *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->config = *config;
    p->process = (struct super_process){
        .pid = 0, .pidfd = -1, .channel = -1, .output = -1};
    int r = lk_timer_new(config->loop, on_deadline, p, &p->deadline);
    if (r == 0)
        *ret = p;
    else
        free(p);
    return r;
}

static void end_now(struct super_probe *p)
{
    if (p->process.pid > 0) {
        (void)kill(p->process.pid, SIGKILL); /* not reaped: still its id */
        (void)waitpid(p->process.pid, NULL, 0);
    }
    release(p);
    json_decref(p->findings);
    p->findings = NULL;
}

struct super_probe *super_probe_free(struct super_probe *p)
{
    if (p) {
        end_now(p);
        p->deadline = lk_timer_free(p->deadline);
        free(p);
    }
    return NULL;
}

static int take_words(struct super_probe *p,
                      const struct super_probe_look *look)
{
    size_t n = 0;
    if (look->words > SUPER_PROBE_WORDS)
        return -EINVAL;
    p->args[n++] = look->net ? "net" : "certs";
    (void)snprintf(p->floor, sizeof(p->floor), "--floor=%lld",
                   (long long)look->floor_s);
    if (look->net && look->floor_s != 0)
        p->args[n++] = p->floor;
    for (size_t i = 0; i < look->words; i++) {
        const char *word = look->word[i];
        /* What begins so would be an option to somebody. */
        if (strlen(word) >= sizeof(p->word[i]) || word[0] == '-')
            return -EINVAL;
        memcpy(p->word[i], word, strlen(word) + 1);
        p->args[n++] = p->word[i];
    }
    p->args[n] = NULL;
    return 0;
}

static int start(struct super_probe *p, bool net)
{
    const struct super_program program = {
        .name = "luukku-probe",
        .path = p->config.path,
        .args = p->args,
        .profile = net ? &confine_probe : &confine_probe_certs,
        .open = net ? super_files_open_probe : super_files_open_probe_certs,
        .arg = (void *)(uintptr_t)p->config.files};
    int r = super_spawn(&program, &p->process);
    if (r == 0)
        r = lk_watch_new(p->config.loop, p->process.pidfd, POLLIN, on_end, p,
                         &p->watch_end);
    if (r == 0)
        r = lk_watch_new(p->config.loop, p->process.output, POLLIN, on_output,
                         p, &p->watch_output);
    return r;
}

int super_probe_start(struct super_probe *p,
                      const struct super_probe_look *look, super_probe_fn *done,
                      void *arg)
{
    if (p->findings)
        return -EBUSY;
    int r = take_words(p, look);
    if (r < 0)
        return r;
    p->findings = json_array();
    if (!p->findings)
        return -ENOMEM;
    p->lines = (struct super_lines){.len = 0};
    p->cut = CUT_NONE;
    p->done = done;
    p->arg = arg;
    r = start(p, look->net);
    if (r < 0)
        end_now(p);
    else
        lk_timer_set_in(p->deadline, SUPER_PROBE_US);
    return r;
}

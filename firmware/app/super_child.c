#include "app/super_impl.h"
#include "app/super_output.h"

#include "base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* From the end of a channel to SIGKILL: a program that ends closes it first. */
#define CLOSED_US 500000

bool super_child_lives(const struct super_child *c)
{
    return c->process.pid > 0;
}

static void child_signal(struct super_child *c, int number)
{
    if (super_child_lives(c))
        (void)syscall(SYS_pidfd_send_signal, c->process.pidfd, number, NULL, 0);
}

void super_child_kill(struct super_child *c, const char *why)
{
    LK_LOG(WARN, "super", "killed=%s why=\"%s\"", c->program->name, why);
    c->killed = why;
    child_signal(c, SIGKILL);
}

int super_child_send(struct super_child *c, const struct supermsg *m, int fd)
{
    static uint8_t buf[SUPERMSG_PAYLOAD_MAX];
    if (!c->chan)
        return -ENOTCONN;
    int n = supermsg_encode(m, buf, sizeof(buf));
    if (n < 0)
        return n;
    int r = lk_chan_send(c->chan, m->type, buf, (size_t)n, &fd, fd >= 0);
    explicit_bzero(buf, (size_t)n); /* a request may say what somebody does */
    return r;
}

/* Starts again at once, or after the back-off. */
static void child_wait(struct super_child *c)
{
    int64_t now_us = lk_loop_now_us(c->loop);
    int64_t wait_us = 0;
    if (!c->renewing) {
        wait_us = super_backoff_after(&c->backoff, c->started_us, now_us);
        c->restarts++;
    }
    c->renewing = false;
    c->state = SUPER_WAITING;
    LK_LOG(INFO, "super", "restart=%s in_ms=%lld", c->program->name,
           (long long)(wait_us / 1000));
    lk_timer_set(c->deadline, now_us + wait_us);
}

static void on_ping(void *arg, int64_t now_us)
{
    struct super_child *c = arg;
    const struct super_timing *t = &c->super->config.timing;
    (void)now_us;
    if (c->state != SUPER_RUNNING)
        return;
    if (c->missed >= t->pings_missed) {
        super_child_kill(c, "does not answer");
        return;
    }
    struct supermsg m = {.type = SUPERMSG_PING, .id = ++c->ping_id};
    c->missed++; /* an answer takes it back */
    if (super_child_send(c, &m, -1) < 0)
        super_child_kill(c, "does not read");
    else
        lk_timer_set_in(c->ping, t->ping_us);
}

static void on_deadline(void *arg, int64_t now_us)
{
    struct super_child *c = arg;
    (void)now_us;
    switch (c->state) {
    case SUPER_WAITING:
        super_child_start(c);
        break;
    case SUPER_STARTING:
        super_child_kill(c, "is not ready in time");
        break;
    case SUPER_RUNNING:
        super_child_kill(c, "has closed its channel");
        break;
    case SUPER_STOPPING:
        super_child_kill(c, "does not end in time");
        break;
    case SUPER_ENDED:
        break;
    }
}

static void on_output(void *arg, int fd, short events)
{
    struct super_child *c = arg;
    (void)fd;
    (void)events;
    if (!super_output_read(c))
        c->watch_output = lk_watch_free(c->watch_output);
}

static void child_ready(struct super_child *c, const char *walls)
{
    if (c->state != SUPER_STARTING)
        return;
    c->state = SUPER_RUNNING;
    (void)snprintf(c->walls, sizeof(c->walls), "%.255s", walls);
    LK_LOG(INFO, "super", "ready=%s walls=\"%s\"", c->program->name, c->walls);
    if (strchr(c->walls, '-'))
        LK_LOG(WARN, "super", "%s runs with fewer walls than it should: %s",
               c->program->name, c->walls);
    c->missed = 0;
    lk_timer_clear(c->deadline);
    lk_timer_set_in(c->ping, c->super->config.timing.ping_us);
    super_on_ready(c->super, c);
}

static void on_message(void *arg, struct lk_chan_msg *raw)
{
    struct super_child *c = arg;
    struct supermsg m;
    int r = supermsg_decode(raw->type, raw->payload, raw->len, lk_chan_fds(raw),
                            &m);
    bool hello = r == 0 && m.type == SUPERMSG_HELLO;
    if (r < 0 || hello == c->said_hello ||
        (hello && strcmp(m.text, c->program->name) != 0) ||
        (m.type >= SUPERMSG_PING && m.type < SUPERMSG_LETTER)) {
        super_child_kill(c, "sent what it must not");
        return;
    }
    c->said_hello = true;
    switch ((unsigned)m.type) {
    case SUPERMSG_HELLO:
        break;
    case SUPERMSG_READY:
        child_ready(c, m.text);
        break;
    case SUPERMSG_PONG:
        /* Also a late one: whoever answers does not hang. */
        if (m.id <= c->ping_id)
            c->missed = 0;
        break;
    default:
        super_on_message(c->super, c, &m, raw);
        break;
    }
}

static void on_channel_closed(void *arg, int error)
{
    struct super_child *c = arg;
    if (c->state == SUPER_STOPPING)
        return;
    if (error != -EPIPE && error != -ECONNRESET)
        super_child_kill(c, "sent what no channel carries");
    else
        lk_timer_set_in(c->deadline, CLOSED_US);
}

static void say_end(struct super_child *c, const siginfo_t *info)
{
    bool ours = info->si_code != CLD_EXITED && info->si_status == SIGKILL;
    if (info->si_code == CLD_EXITED)
        (void)snprintf(c->ended, sizeof(c->ended), "exit %d", info->si_status);
    else if (ours && c->killed)
        (void)snprintf(c->ended, sizeof(c->ended), "killed, it %s", c->killed);
    else
        (void)snprintf(c->ended, sizeof(c->ended), "signal %s%s",
                       sigabbrev_np(info->si_status),
                       info->si_status == SIGSYS ? " (a forbidden call)" : "");
    LK_LOG(INFO, "super", "ended=%s how=\"%s\"", c->program->name, c->ended);
}

/* Gives back all that belonged to the process, which is reaped. */
static void child_release(struct super_child *c)
{
    super_output_end(c);
    lk_timer_clear(c->ping);
    lk_timer_clear(c->deadline);
    c->watch_end = lk_watch_free(c->watch_end);
    c->watch_output = lk_watch_free(c->watch_output);
    c->chan = lk_chan_free(c->chan);
    (void)lk_fd_close(c->process.output);
    (void)lk_fd_close(c->process.pidfd);
    c->process = (struct super_process){
        .pid = 0, .pidfd = -1, .channel = -1, .output = -1};
}

static void on_end(void *arg, int fd, short events)
{
    struct super_child *c = arg;
    siginfo_t info = {.si_pid = 0};
    (void)events;
    int r = waitid(P_PIDFD, (id_t)fd, &info, WEXITED | WNOHANG);
    if (r < 0 || info.si_pid == 0)
        return;
    say_end(c, &info);
    child_release(c);
    bool broke = c->state == SUPER_RUNNING;
    if (c->super->stopping)
        c->state = SUPER_ENDED;
    else
        child_wait(c);
    super_on_ended(c->super, c, broke);
}

/* Watches a process that has just been started. */
static int child_watch(struct super_child *c)
{
    struct lk_chan_config chan = {.receive = on_message,
                                  .closed = on_channel_closed,
                                  .arg = c,
                                  .wipe = true};
    int channel = c->process.channel;
    c->process.channel = -1;
    int r = lk_chan_new(c->loop, channel, &chan, &c->chan);
    if (r == 0)
        r = lk_watch_new(c->loop, c->process.pidfd, POLLIN, on_end, c,
                         &c->watch_end);
    if (r == 0)
        r = lk_watch_new(c->loop, c->process.output, POLLIN, on_output, c,
                         &c->watch_output);
    return r;
}

void super_child_start(struct super_child *c)
{
    c->started_us = lk_loop_now_us(c->loop);
    c->said_hello = false;
    c->missed = 0;
    c->killed = NULL;
    c->walls[0] = 0;
    int r = super_spawn(c->program, &c->process);
    if (r == 0) {
        r = child_watch(c);
        if (r < 0) {
            child_signal(c, SIGKILL);
            (void)waitid(P_PIDFD, (id_t)c->process.pidfd, NULL, WEXITED);
            child_release(c);
        }
    }
    if (r < 0) {
        LK_LOG(ERROR, "super", "cannot start=%s err=%s", c->program->name,
               strerrorname_np(-r));
        (void)snprintf(c->ended, sizeof(c->ended), "not started: %s",
                       strerrorname_np(-r));
        child_wait(c);
        return;
    }
    c->state = SUPER_STARTING;
    lk_timer_set_in(c->deadline, c->super->config.timing.start_us);
    super_on_started(c->super, c);
}

void super_child_stop(struct super_child *c, bool hard)
{
    if (!super_child_lives(c)) {
        lk_timer_clear(c->deadline);
        if (c->super->stopping)
            c->state = SUPER_ENDED;
        else
            lk_timer_set_in(c->deadline, 0);
        return;
    }
    if (hard) {
        child_signal(c, SIGKILL);
        return;
    }
    if (c->state != SUPER_STOPPING)
        lk_timer_set_in(c->deadline, c->super->config.timing.stop_us);
    c->state = SUPER_STOPPING;
    struct supermsg m = {.type = SUPERMSG_SHUTDOWN};
    /* SIGTERM says the same to a program whose channel is full or closed. */
    (void)super_child_send(c, &m, -1);
    child_signal(c, SIGTERM);
}

int super_child_init(struct super_child *c, struct super *s, size_t index)
{
    const struct super_timing *t = &s->config.timing;
    c->super = s;
    c->loop = s->loop;
    c->index = index;
    c->program = &s->config.program[index];
    c->state = SUPER_ENDED;
    c->process = (struct super_process){
        .pid = 0, .pidfd = -1, .channel = -1, .output = -1};
    c->backoff = (struct super_backoff){.first_us = t->backoff_us,
                                        .most_us = t->backoff_most_us,
                                        .healthy_us = t->healthy_us};
    int r = lk_timer_new(s->loop, on_ping, c, &c->ping);
    return r < 0 ? r : lk_timer_new(s->loop, on_deadline, c, &c->deadline);
}

void super_child_finish(struct super_child *c)
{
    if (super_child_lives(c)) {
        child_signal(c, SIGKILL);
        (void)waitid(P_PIDFD, (id_t)c->process.pidfd, NULL, WEXITED);
        child_release(c);
    }
    c->ping = lk_timer_free(c->ping);
    c->deadline = lk_timer_free(c->deadline);
}

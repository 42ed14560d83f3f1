#include "app/help_console.h"

#include "app/console_commands.h"
#include "app/console_tell.h"
#include "base/clock.h"
#include "base/log.h"
#include "console/put.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TICK_MS 250
#define READ_MAX 256
#define LINE "help" /* in the trail, in the place of a serial line */

struct help_console {
    struct help_console_config config;
    struct console_tree *tree;
    struct console_commands commands;
    struct console *console;
    char banner[256];
    char user[LK_NAME_MAX]; /* of the next session */
    int fd;                 /* its bytes */
    const uint8_t *rest;    /* those read and not typed yet */
    size_t rest_len;
    int ask[2]; /* main tells the thread: a session, or the end */
    pthread_t thread;
    bool started;
    atomic_bool busy; /* a session has not ended yet */
    atomic_bool cut;  /* nothing more of it is run */
};

static int on_audit(void *arg, const char *who, const char *what,
                    const char *text)
{
    const struct console_commands *c = arg;
    struct help_console *h = c->arg;
    /* Nor is what waited behind a command run, once it is over. */
    if (atomic_load(&h->cut) && strcmp(what, "logout") != 0)
        return -ECANCELED;
    int r =
        console_audit_add(h->config.trail, lk_clock_wall_us(), who, what, text);
    if (r < 0) {
        LK_LOG(ERROR, "help", "what=trail err=%s", strerrorname_np(-r));
        return r;
    }
    console_tell_by(h->config.client, LINE, who, what, text);
    return 0;
}

static bool on_follow(void *arg, struct lk_buf *text)
{
    return console_commands_follow(arg, text);
}

static void send_some(struct help_console *h)
{
    size_t len = 0;
    const uint8_t *data = console_output(h->console, &len);
    while (len > 0) {
        ssize_t n = send(h->fd, data, len, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            atomic_store(&h->cut, true); /* main has closed it */
        if (n <= 0)
            return;
        console_sent(h->console, (size_t)n);
        data = console_output(h->console, &len);
    }
}

static void on_notice(void *arg, const char *text)
{
    struct help_console *h = arg;
    size_t len = 0;
    char said[128];
    int n =
        snprintf(said, sizeof(said), "%.*s\r\n", (int)strlen(text) - 1, text);
    send_some(h);
    (void)console_output(h->console, &len);
    if (len > 0 || send(h->fd, said, (size_t)n, MSG_NOSIGNAL) < 0)
        return; /* a slow line: the answer will do */
}

/* What came together with the command is older than what comes now. */
static bool on_typed(void *arg)
{
    struct help_console *h = arg;
    uint8_t data[2 * READ_MAX];
    size_t len = h->rest_len;
    if (len > 0)
        memcpy(data, h->rest, len);
    h->rest_len = 0;
    ssize_t n = read(h->fd, data + len, READ_MAX);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        atomic_store(&h->cut, true);
    len += n > 0 ? (size_t)n : 0;
    bool stopped = console_interrupt(h->console, data, len);
    explicit_bzero(data, sizeof(data));
    return stopped || atomic_load(&h->cut);
}

static void receive_some(struct help_console *h)
{
    uint8_t data[READ_MAX];
    ssize_t n = read(h->fd, data, sizeof(data));
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        atomic_store(&h->cut, true);
    /* A byte at a time: nothing is run once somebody at the kiosk has stopped
     * it, though it may have come before. */
    h->rest = data;
    h->rest_len = n > 0 ? (size_t)n : 0;
    while (h->rest_len > 0 && !atomic_load(&h->cut)) {
        h->rest_len--;
        console_input(h->console, h->rest++, 1, lk_clock_us());
    }
    h->rest = NULL;
    h->rest_len = 0;
    explicit_bzero(data, sizeof(data));
}

static void serve(struct help_console *h)
{
    size_t waiting = 0;
    while (!atomic_load(&h->cut)) {
        (void)console_output(h->console, &waiting);
        if (console_over(h->console) && waiting == 0)
            return;
        struct pollfd p = {.fd = h->fd, .events = POLLIN};
        if (waiting > 0)
            p.events |= POLLOUT;
        int n = poll(&p, 1, TICK_MS);
        if (n > 0 && p.revents & (POLLIN | POLLHUP | POLLERR))
            receive_some(h);
        console_tick(h->console, lk_clock_us());
        send_some(h);
    }
    console_hangup(h->console, lk_clock_us());
}

static void run_session(struct help_console *h)
{
    const struct console_config config = {.user = h->user,
                                          .banner = h->banner,
                                          .prompt = "luukku> ",
                                          .tree = h->tree,
                                          .audit = on_audit,
                                          .follow = on_follow,
                                          .arg = &h->commands};
    console_commands_name(&h->commands);
    (void)snprintf(h->banner, sizeof(h->banner),
                   "Luukku " LUUKKU_VERSION ", %s, from afar: its screen says "
                   "so.\nEvery line is recorded, with who typed it.\n",
                   h->commands.kiosk);
    h->commands.line_fd = h->fd;
    int r = console_new(&config, lk_clock_us(), &h->console);
    if (r == 0)
        serve(h);
    else
        LK_LOG(ERROR, "help", "what=console err=%s", strerrorname_np(-r));
    h->console = console_free(h->console);
}

static void *console_main(void *arg)
{
    struct help_console *h = arg;
    char word = 0;
    pthread_setname_np(pthread_self(), "console");
    while (read(h->ask[1], &word, 1) == 1 && word == 's') {
        run_session(h);
        h->fd = lk_fd_close(h->fd);
        atomic_store(&h->busy, false);
    }
    return NULL;
}

int help_console_open(struct help_console *h, const char *user, int *ret)
{
    int pair[2];
    if (atomic_load(&h->busy))
        return -EBUSY;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                   pair) < 0)
        return -errno;
    h->fd = pair[1];
    (void)snprintf(h->user, sizeof(h->user), "%s", user);
    atomic_store(&h->cut, false);
    atomic_store(&h->busy, true);
    if (write(h->ask[0], "s", 1) != 1) {
        (void)lk_fd_close(pair[0]);
        h->fd = lk_fd_close(pair[1]);
        atomic_store(&h->busy, false);
        return -EIO;
    }
    *ret = pair[0];
    return 0;
}

bool help_console_busy(const struct help_console *h)
{
    return atomic_load(&h->busy);
}

void help_console_cut(struct help_console *h)
{
    atomic_store(&h->cut, true);
}

int help_console_start(struct help_console *h)
{
    int r = -pthread_create(&h->thread, NULL, console_main, h);
    h->started = r == 0;
    return r;
}

int help_console_new(const struct help_console_config *config,
                     struct help_console **ret)
{
    LK_AUTO(help_console) h = calloc(1, sizeof(*h));
    if (!h)
        return -ENOMEM;
    h->config = *config;
    h->fd = h->ask[0] = h->ask[1] = -1;
    h->commands.client = config->client;
    h->commands.notice = on_notice;
    h->commands.line_fd = -1;
    h->commands.typed = on_typed;
    h->commands.arg = h;
    int r = console_commands_tree(&h->tree);
    if (r == 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, h->ask))
        r = -errno;
    if (r == 0)
        *ret = LK_TAKE(h);
    return r;
}

struct help_console *help_console_free(struct help_console *h)
{
    if (!h)
        return NULL;
    help_console_cut(h);
    h->ask[0] = lk_fd_close(h->ask[0]); /* the thread reads its end */
    if (h->started)
        pthread_join(h->thread, NULL);
    (void)lk_fd_close(h->ask[1]);
    h->tree = console_tree_free(h->tree);
    free(h);
    return NULL;
}

#include "app/super_emu.h"

#include "app/super_usb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct asked {
    struct super_emu *emu;
    int fd;           /* -1: a free place */
    const char *then; /* who is asked when this one refuses; NULL: nobody */
    char ask[SUPER_EMU_LINE_MAX];
    struct lk_watch *watch;
    struct super_emu_done done;
    int64_t until_us;
    char line[SUPER_EMU_LINE_MAX]; /* the answer so far */
    size_t len;
};

struct super_emu {
    struct lk_loop *loop;
    struct lk_timer *timer;
    struct asked asked[SUPER_EMU_ASKED_MAX];
};

static void asked_close(struct asked *a)
{
    a->watch = lk_watch_free(a->watch);
    a->fd = lk_fd_close(a->fd);
    a->len = 0;
}

static int asked_send(struct asked *a, const char *path);

static void asked_end(struct asked *a, bool ok, const char *text)
{
    char line[SUPER_EMU_LINE_MAX];
    struct super_emu_done done = a->done;
    const char *then = a->then;
    (void)snprintf(line, sizeof(line), "%s", text);
    asked_close(a); /* the callee may ask again */
    a->then = NULL;
    if (ok || !then || asked_send(a, then) < 0)
        done.fn(done.arg, done.tag, ok, line);
}

/* "ok", "ok words" or "error why". */
static void asked_answer(struct asked *a)
{
    char *end = memchr(a->line, '\n', a->len);
    if (!end)
        return;
    *end = 0;
    if (strncmp(a->line, "ok", 2) == 0 && (!a->line[2] || a->line[2] == ' '))
        asked_end(a, true, a->line[2] ? a->line + 3 : "");
    else if (strncmp(a->line, "error ", 6) == 0)
        asked_end(a, false, a->line + 6);
    else
        asked_end(a, false, "the emulator answers in no known way");
}

static void on_readable(void *arg, int fd, short events)
{
    struct asked *a = arg;
    (void)events;
    ssize_t n = recv(fd, a->line + a->len, sizeof(a->line) - a->len, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        asked_end(a, false, "the emulator has gone");
        return;
    }
    a->len += (size_t)n;
    asked_answer(a);
    if (a->fd >= 0 && a->len == sizeof(a->line))
        asked_end(a, false, "the emulator's answer is too long");
}

static void on_timer(void *arg, int64_t now_us)
{
    struct super_emu *e = arg;
    int64_t next_us = INT64_MAX;
    for (size_t i = 0; i < SUPER_EMU_ASKED_MAX; i++) {
        struct asked *a = &e->asked[i];
        if (a->fd >= 0 && a->until_us <= now_us)
            asked_end(a, false, "the emulator does not answer");
        if (a->fd >= 0)
            next_us = LK_MIN(next_us, a->until_us);
    }
    if (next_us != INT64_MAX)
        lk_timer_set(e->timer, next_us);
}

static int asked_send(struct asked *a, const char *path)
{
    struct lk_loop *l = a->emu->loop;
    size_t len = strlen(a->ask);
    LK_AUTO_FD fd = super_usb_connect(path);
    if (fd < 0)
        return fd;
    /* A fresh stream socket takes so little at once, or nobody is behind it. */
    if (send(fd, a->ask, len, MSG_NOSIGNAL) != (ssize_t)len)
        return -ENODEV;
    int r = lk_watch_new(l, fd, POLLIN, on_readable, a, &a->watch);
    if (r < 0)
        return r;
    a->fd = lk_fd_take(&fd);
    a->until_us = lk_loop_now_us(l) + SUPER_EMU_ANSWER_US;
    lk_timer_set_in(a->emu->timer, 0); /* looks when the first is due */
    return 0;
}

int super_emu_ask(struct super_emu *e, const char *path, const char *then,
                  const char *line, struct super_emu_done done)
{
    struct asked *a = NULL;
    for (size_t i = 0; i < SUPER_EMU_ASKED_MAX && !a; i++)
        if (e->asked[i].fd < 0)
            a = &e->asked[i];
    if (!a)
        return -ENOSPC;
    int len = snprintf(a->ask, sizeof(a->ask), "%s\n", line);
    if (len < 0 || (size_t)len >= sizeof(a->ask))
        return -EMSGSIZE;
    a->then = then;
    a->done = done;
    return asked_send(a, path);
}

/* The words from `from` on, with one space between. */
static int join(const char *const *argv, size_t argc, size_t from,
                struct super_emu_words *w)
{
    size_t at = 0;
    for (size_t i = from; i < argc; i++) {
        int n = snprintf(w->line + at, sizeof(w->line) - at, "%s%s",
                         i > from ? " " : "", argv[i]);
        if (n < 0 || (size_t)n >= sizeof(w->line) - at)
            return -EMSGSIZE;
        at += (size_t)n;
    }
    return strchr(w->line, '\n') ? -EINVAL : 0;
}

int super_emu_parse(const char *const *argv, size_t argc,
                    struct super_emu_words *ret)
{
    static const struct {
        const char *word;
        const char *role;
        const char *then;
        size_t from; /* the first word that the emulator hears */
    } known[] = {
        {"scanner", "scanner", NULL, 2},   {"reader", "reader", NULL, 2},
        {"document", "document", NULL, 2}, {"card", "reader", NULL, 1},
        {"pages", "scanner", NULL, 1},     {"fault", "scanner", "reader", 1},
    };
    struct super_emu_words w = {.role = NULL};
    if (argc < 3)
        return -EINVAL;
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++) {
        if (strcmp(known[i].word, argv[1]) != 0)
            continue;
        w.role = known[i].role;
        w.then = known[i].then;
        int r = join(argv, argc, known[i].from, &w);
        if (r < 0)
            return r;
    }
    if (!w.role)
        return -EINVAL;
    w.plug = strcmp(w.line, "plug") == 0;
    *ret = w;
    return 0;
}

int super_emu_new(struct lk_loop *l, struct super_emu **ret)
{
    LK_AUTO(super_emu) e = calloc(1, sizeof(*e));
    if (!e)
        return -ENOMEM;
    e->loop = l;
    for (size_t i = 0; i < SUPER_EMU_ASKED_MAX; i++)
        e->asked[i] = (struct asked){.emu = e, .fd = -1};
    int r = lk_timer_new(l, on_timer, e, &e->timer);
    if (r == 0)
        *ret = LK_TAKE(e);
    return r;
}

struct super_emu *super_emu_free(struct super_emu *e)
{
    if (e) {
        for (size_t i = 0; i < SUPER_EMU_ASKED_MAX; i++)
            asked_close(&e->asked[i]);
        e->timer = lk_timer_free(e->timer);
        free(e);
    }
    return NULL;
}

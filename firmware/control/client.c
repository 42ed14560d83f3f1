#include "control/client.h"

#include "base/clock.h"
#include "base/text.h"
#include "ipc/chan.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct control_client {
    struct lk_loop *loop;
    struct lk_chan *chan;
    uint32_t id; /* of the request under way */
    int result;  /* 1: waiting; 0: answered; else -errno */
    struct control_answer *answer;
};

/* The whole of a sealed memfd, with a NUL behind it. */
static int read_payload(int fd, size_t max, uint8_t **ret, size_t *ret_len)
{
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0 || st.st_size < 0 ||
        (size_t)st.st_size > max)
        return -EBADMSG;
    size_t len = (size_t)st.st_size;
    uint8_t *data = malloc(len + 1);
    if (!data)
        return -ENOMEM;
    size_t at = 0;
    while (at < len) {
        ssize_t n = pread(fd, data + at, len - at, (off_t)at);
        if (n <= 0 && !(n < 0 && errno == EINTR)) {
            free(data);
            return -EBADMSG;
        }
        at += n > 0 ? (size_t)n : 0;
    }
    data[len] = 0;
    *ret = data;
    *ret_len = len;
    return 0;
}

static int fill_answer(struct control_answer *a, struct control_reply *reply,
                       int fd)
{
    a->ok = reply->ok;
    if (!reply->ok) {
        a->text = LK_TAKE(reply->error);
        return 0;
    }
    uint8_t *data = NULL;
    size_t len = 0;
    int r = 0;
    switch (reply->carries) {
    case CONTROL_NOTHING:
        break;
    case CONTROL_JSON:
        r = read_payload(fd, CONTROL_JSON_MAX, &data, &len);
        if (r == 0 && (!lk_utf8_valid(data, len) || memchr(data, 0, len))) {
            free(data);
            return -EBADMSG;
        }
        a->text = (char *)data;
        return r;
    case CONTROL_PNG:
        r = read_payload(fd, CONTROL_PICTURE_MAX, &a->payload, &a->len);
        a->picture = r == 0;
        break;
    }
    if (r == 0) {
        a->text = reply->result ? LK_TAKE(reply->result) : strdup("null");
        r = a->text ? 0 : -ENOMEM;
    }
    return r;
}

static int take_reply(struct control_client *c, struct lk_chan_msg *msg)
{
    LK_AUTO(control_reply) reply = NULL;
    LK_AUTO(control_answer) a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    if (msg->type != CONTROL_REPLY)
        return -EBADMSG;
    int r = control_reply_decode(msg->payload, msg->len, &reply);
    if (r < 0)
        return r;
    /* id 0 is about a request that could not even be read. */
    if (reply->id != c->id && reply->id != 0)
        return 1; /* a late one, given up before */
    r = fill_answer(a, reply, msg->fds[0]);
    if (r == 0)
        c->answer = LK_TAKE(a);
    return r;
}

static void on_receive(void *arg, struct lk_chan_msg *msg)
{
    struct control_client *c = arg;
    if (c->result == 1)
        c->result = take_reply(c, msg);
}

static void on_closed(void *arg, int error)
{
    struct control_client *c = arg;
    if (c->result == 1)
        c->result = error;
}

static int client_begin(struct control_client *c, int fd)
{
    struct lk_chan_config config = {
        .receive = on_receive, .closed = on_closed, .arg = c};
    return lk_chan_new(c->loop, fd, &config, &c->chan);
}

static int client_connect(struct control_client *c, const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(a.sun_path))
        return -ENAMETOOLONG;
    memcpy(a.sun_path, path, strlen(path) + 1);
    LK_AUTO_FD fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (void *)&a, sizeof(a)) < 0)
        return -errno;
    return client_begin(c, lk_fd_take(&fd));
}

int control_client_new(int fd, struct control_client **ret)
{
    LK_AUTO_FD own = fd;
    LK_AUTO(control_client) c = calloc(1, sizeof(*c));
    int r = c ? lk_loop_new(&c->loop) : -ENOMEM;
    if (r == 0)
        r = client_begin(c, lk_fd_take(&own));
    if (r == 0)
        *ret = LK_TAKE(c);
    return r;
}

int control_client_open(const char *path, struct control_client **ret)
{
    LK_AUTO(control_client) c = calloc(1, sizeof(*c));
    int r = c ? lk_loop_new(&c->loop) : -ENOMEM;
    if (r == 0)
        r = client_connect(c, path);
    if (r == 0)
        *ret = LK_TAKE(c);
    return r;
}

struct control_client *control_client_free(struct control_client *c)
{
    if (c) {
        c->chan = lk_chan_free(c->chan);
        c->loop = lk_loop_free(c->loop);
        (void)control_answer_free(c->answer);
        free(c);
    }
    return NULL;
}

static int client_send(struct control_client *c, const char *const *argv,
                       size_t argc)
{
    struct control_request req = {.id = ++c->id, .args = argc};
    LK_AUTO(lk_buf) b = NULL;
    if (argc > CONTROL_ARGS_MAX)
        return -EINVAL;
    for (size_t i = 0; i < argc; i++)
        req.arg[i] = (char *)(uintptr_t)argv[i];
    int r = lk_buf_new(CONTROL_TEXT_MAX, &b);
    if (r == 0)
        r = control_request_encode(&req, b);
    if (r < 0)
        return r;
    return lk_chan_send(c->chan, CONTROL_REQUEST, b->data, b->len, NULL, 0);
}

struct waiting {
    struct control_client *client;
    const struct control_client_stop *stop;
};

static void on_stop(void *arg, int fd, short events)
{
    const struct waiting *w = arg;
    (void)fd;
    (void)events;
    if (w->client->result == 1 && w->stop->stop(w->stop->arg))
        w->client->result = -ECANCELED;
}

/* What is answered to that is a late answer for the next call. */
static int stop_it(struct control_client *c)
{
    static const char *const words[] = {"stop"};
    int r = client_send(c, words, LK_ARRAY_LEN(words));
    return r < 0 ? r : -ECANCELED;
}

int control_client_call_until(struct control_client *c, const char *const *argv,
                              size_t argc, int64_t timeout_us,
                              const struct control_client_stop *stop,
                              struct control_answer **ret)
{
    struct waiting w = {c, stop};
    struct lk_watch *watch = NULL;
    int r = lk_watch_new(c->loop, stop->fd, POLLIN, on_stop, &w, &watch);
    if (r == 0)
        r = control_client_call(c, argv, argc, timeout_us, ret);
    watch = lk_watch_free(watch);
    return r == -ECANCELED ? stop_it(c) : r;
}

int control_client_call(struct control_client *c, const char *const *argv,
                        size_t argc, int64_t timeout_us,
                        struct control_answer **ret)
{
    int64_t end_us = lk_clock_us() + timeout_us;
    c->result = 1;
    int r = client_send(c, argv, argc);
    while (r == 0 && c->result == 1) {
        int64_t left_us = end_us - lk_clock_us();
        r = left_us > 0 ? lk_loop_step(c->loop, left_us) : -ETIMEDOUT;
    }
    if (r == 0)
        r = c->result;
    c->result = 0;
    if (r == 0)
        *ret = LK_TAKE(c->answer);
    return r;
}

struct control_answer *control_answer_free(struct control_answer *a)
{
    if (a) {
        free(a->text);
        free(a->payload);
        free(a);
    }
    return NULL;
}

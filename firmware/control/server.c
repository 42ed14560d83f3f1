#include "control/server.h"

#include "ipc/chan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct client {
    struct control_server *server;
    struct lk_chan *chan; /* NULL: a free place */
    struct lk_timer *idle;
    uint64_t name; /* never used twice */
    unsigned waiting;
    bool stays; /* adopted: it may be silent */
};

struct control_server {
    struct lk_loop *loop;
    struct control_server_config config;
    struct sockaddr_un address;
    struct lk_watch *watch;
    int fd; /* listening; -1 */
    bool bound;
    uint64_t next_name;
    struct client client[CONTROL_CLIENTS_MAX];
};

static void client_release(struct client *c)
{
    c->chan = lk_chan_free(c->chan);
    c->idle = lk_timer_free(c->idle);
    c->waiting = 0;
    c->name = 0;
    c->stays = false;
}

static void client_release_deferred(void *arg)
{
    client_release(arg);
}

/* Lets a client go from inside its own channel's callback. */
static void client_drop(struct client *c)
{
    c->name = 0; /* from now on it is not found */
    if (lk_loop_defer(c->server->loop, client_release_deferred, c) < 0)
        lk_timer_set_in(c->idle, 0); /* which does the same a little later */
}

static void on_idle(void *arg, int64_t now_us)
{
    (void)now_us;
    client_release(arg);
}

static void on_closed(void *arg, int error)
{
    (void)error;
    client_drop(arg);
}

static int client_reply(struct client *c, const struct control_reply *reply,
                        int fd)
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(CONTROL_TEXT_MAX, &b);
    if (r == 0)
        r = control_reply_encode(reply, b);
    if (r < 0)
        return r;
    return lk_chan_send(c->chan, CONTROL_REPLY, b->data, b->len, &fd, fd >= 0);
}

static int client_fail(struct client *c, uint32_t id, const char *why)
{
    struct control_reply reply = {.id = id, .error = (char *)(uintptr_t)why};
    return client_reply(c, &reply, -1);
}

/* Tells the client why it is let go, as far as it can still be told. */
static void client_refuse(struct client *c, uint32_t id, const char *why)
{
    (void)client_fail(c, id, why);
    client_drop(c);
}

static void on_receive(void *arg, struct lk_chan_msg *msg)
{
    struct client *c = arg;
    LK_AUTO(control_request) req = NULL;
    if (c->name == 0)
        return;
    if (!c->stays)
        lk_timer_set_in(c->idle, CONTROL_IDLE_US);
    if (msg->type != CONTROL_REQUEST) {
        client_refuse(c, 0, "this is no request");
        return;
    }
    int r = control_request_decode(msg->payload, msg->len, &req);
    if (r == -EPROTONOSUPPORT)
        client_refuse(c, 0, "another version of the control protocol");
    else if (r < 0)
        client_refuse(c, 0, "the request is malformed");
    else if (c->waiting == CONTROL_WAITING_MAX)
        client_refuse(c, req->id, "too many unanswered requests");
    else {
        c->waiting++;
        req->far = c->stays;
        c->server->config.request(c->server->config.arg, c->name, req);
    }
}

static struct client *client_place(struct control_server *s)
{
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
        if (!s->client[i].chan)
            return &s->client[i];
    return NULL;
}

/* Besides the socket's mode: root and the user that super runs as. */
static bool may_connect(int fd)
{
    struct ucred who;
    socklen_t len = sizeof(who);
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
           (who.uid == 0 || who.uid == geteuid());
}

/* Takes `fd` over, also when it fails. */
static int client_begin(struct control_server *s, struct client *c, int fd)
{
    LK_AUTO_FD own = fd;
    struct lk_chan_config chan = {
        .receive = on_receive, .closed = on_closed, .arg = c, .wipe = true};
    c->server = s;
    c->name = ++s->next_name;
    int r = lk_timer_new(s->loop, on_idle, c, &c->idle);
    if (r == 0)
        r = lk_chan_new(s->loop, lk_fd_take(&own), &chan, &c->chan);
    if (r < 0)
        client_release(c);
    return r;
}

static void on_connection(void *arg, int fd, short events)
{
    struct control_server *s = arg;
    (void)events;
    LK_AUTO_FD own = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct client *c = client_place(s);
    if (own < 0 || !c || !may_connect(own))
        return; /* closed: the other end sees that at once */
    if (client_begin(s, c, lk_fd_take(&own)) == 0)
        lk_timer_set_in(c->idle, CONTROL_IDLE_US);
}

int control_server_adopt(struct control_server *s, int fd)
{
    LK_AUTO_FD own = fd;
    struct client *c = client_place(s);
    if (!c)
        return -ENOSPC;
    int r = client_begin(s, c, lk_fd_take(&own));
    c->stays = r == 0;
    return r;
}

/* Whether somebody listens at the address. */
static int probe_address(const struct sockaddr_un *a)
{
    struct stat st;
    if (lstat(a->sun_path, &st) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(st.st_mode))
        return -EEXIST;
    LK_AUTO_FD fd =
        socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (const void *)a, sizeof(*a)) == 0 || errno == EAGAIN)
        return -EADDRINUSE;
    if (errno != ECONNREFUSED)
        return errno == EPROTOTYPE ? -EADDRINUSE : -errno;
    return unlink(a->sun_path) < 0 ? -errno : 0;
}

/* Made with its final mode: never open to others, not even for a moment. */
static int bind_private(int fd, const struct sockaddr_un *a)
{
    mode_t before = umask(0177);
    int r = bind(fd, (const void *)a, sizeof(*a)) < 0 ? -errno : 0;
    (void)umask(before);
    return r;
}

/* Two that start at the same moment take turns, by a lock on the directory;
 * otherwise the second could take the first one's socket for a stale one. */
static int server_bind(struct control_server *s)
{
    char dir[sizeof(s->address.sun_path)];
    memcpy(dir, s->address.sun_path, sizeof(dir));
    char *slash = strrchr(dir, '/');
    if (!slash)
        return -EINVAL;
    slash[slash == dir] = 0;
    LK_AUTO_FD lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX) < 0)
        return -errno;
    int r = probe_address(&s->address);
    if (r == 0)
        r = bind_private(s->fd, &s->address);
    s->bound = r == 0;
    if (r == 0 && listen(s->fd, CONTROL_CLIENTS_MAX) < 0)
        r = -errno;
    return r;
}

static int server_open(struct control_server *s)
{
    size_t len = strlen(s->config.path);
    if (len >= sizeof(s->address.sun_path))
        return -ENAMETOOLONG;
    s->address.sun_family = AF_UNIX;
    memcpy(s->address.sun_path, s->config.path, len + 1);
    s->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->fd < 0)
        return -errno;
    int r = server_bind(s);
    if (r < 0)
        return r;
    return lk_watch_new(s->loop, s->fd, POLLIN, on_connection, s, &s->watch);
}

int control_server_new(struct lk_loop *l,
                       const struct control_server_config *config,
                       struct control_server **ret)
{
    LK_AUTO(control_server) s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->loop = l;
    s->config = *config;
    s->fd = -1;
    int r = server_open(s);
    if (r == 0)
        *ret = LK_TAKE(s);
    return r;
}

struct control_server *control_server_free(struct control_server *s)
{
    if (s) {
        for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
            client_release(&s->client[i]);
        s->watch = lk_watch_free(s->watch);
        if (s->bound)
            (void)unlink(s->address.sun_path);
        (void)lk_fd_close(s->fd);
        free(s);
    }
    return NULL;
}

int control_server_reply(struct control_server *s, uint64_t client,
                         const struct control_reply *reply, int fd)
{
    struct client *c = NULL;
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
        if (s->client[i].chan && s->client[i].name == client)
            c = &s->client[i];
    if (!c || client == 0)
        return -ENOENT;
    c->waiting--;
    int r = client_reply(c, reply, fd);
    if (r == -EBADMSG || r == -EMSGSIZE)
        r = client_fail(c, reply->id,
                        r == -EBADMSG ? "the program's answer is malformed"
                                      : "the answer is too long");
    return r;
}

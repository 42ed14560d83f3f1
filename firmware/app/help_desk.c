#include "app/help_desk.h"

#include "app/superlink.h"
#include "base/log.h"
#include "ipc/chan.h"
#include "ipc/helpmsg.h"
#include "remote/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct help_desk {
    struct help_desk_config config;
    struct lk_loop *loop;
    struct superlink *super;
    struct lk_chan *luukkud;
    struct lk_timer *timer;
    uint32_t id;                  /* of the session */
    char user[LK_NAME_MAX];       /* whose it is */
    struct remote_stream *stream; /* NULL: none is under way */
    struct lk_watch *watch;
    int fd; /* the console's bytes; -1: it has not begun, or has ended */
};

static void desk_flow(struct help_desk *d);

static void note(const char *what, int r)
{
    if (r < 0)
        LK_LOG(WARN, "help", "what=%s err=%s", what, strerrorname_np(-r));
}

static int tell(struct help_desk *d, const struct helpmsg *m)
{
    uint8_t bytes[HELPMSG_ENCODED_MAX];
    if (!d->luukkud)
        return -ENOTCONN;
    int n = helpmsg_encode(m, bytes, sizeof(bytes));
    if (n < 0)
        return n;
    return lk_chan_send(d->luukkud, (uint16_t)m->type, bytes, (size_t)n, NULL,
                        0);
}

/* --- the console's bytes -------------------------------------------------- */

static void console_close(struct help_desk *d)
{
    d->watch = lk_watch_free(d->watch);
    d->fd = lk_fd_close(d->fd);
    help_console_cut(d->config.console);
}

static void on_bytes(void *arg, int fd, short events)
{
    (void)fd;
    (void)events;
    desk_flow(arg);
}

/* The technician has shown to hold the keys. */
static void console_begin(struct help_desk *d)
{
    int r = help_console_open(d->config.console, d->user, &d->fd);
    if (r == 0)
        r = lk_watch_new(d->loop, d->fd, POLLIN, on_bytes, d, &d->watch);
    if (r == 0)
        return;
    note("console", r);
    remote_stream_end(d->stream, REMOTE_FAILED);
}

/* From the console, as much as the window takes. */
static void take_output(struct help_desk *d)
{
    uint8_t data[REMOTE_DATA_MAX];
    while (d->fd >= 0 && remote_stream_room(d->stream)) {
        ssize_t n = read(d->fd, data, sizeof(data));
        if (n > 0)
            (void)remote_stream_write(d->stream, data, (size_t)n);
        if (n > 0 || (n < 0 && errno == EINTR))
            continue;
        if (n < 0 && errno == EAGAIN)
            break;
        console_close(d);
        remote_stream_end(d->stream, REMOTE_LEFT);
    }
    explicit_bzero(data, sizeof(data));
}

/* To the console. Its socket holds more than a technician types while it is at
 * work; what it does not take stays in the stream, unacknowledged beyond its
 * room. */
static void give_input(struct help_desk *d)
{
    uint8_t data[256];
    size_t n = 0;
    while (d->fd >= 0 &&
           (n = remote_stream_peek(d->stream, data, sizeof(data))) > 0) {
        ssize_t done = write(d->fd, data, n);
        if (done <= 0)
            break;
        remote_stream_skip(d->stream, (size_t)done);
    }
    explicit_bzero(data, sizeof(data));
}

/* --- the stream ----------------------------------------------------------- */

static void send_frames(struct help_desk *d)
{
    uint8_t frame[REMOTE_FRAME_MAX];
    struct helpmsg m = {.type = HELPMSG_UP, .id = d->id, .frame = frame};
    int n = 0;
    while ((n = remote_stream_poll(d->stream, frame, lk_loop_now_us(d->loop))) >
           0) {
        m.frame_len = (size_t)n;
        note("up", tell(d, &m));
    }
    note("seal", n);
}

static void desk_finish(struct help_desk *d)
{
    const struct helpmsg m = {.type = HELPMSG_ENDED,
                              .id = d->id,
                              .why = (uint8_t)remote_stream_ended(d->stream)};
    note("ended", tell(d, &m));
    console_close(d);
    lk_timer_clear(d->timer);
    d->stream = remote_stream_free(d->stream);
}

/* Everything that can move, moves. */
static void desk_flow(struct help_desk *d)
{
    if (!d->stream)
        return;
    if (remote_stream_ended(d->stream) == REMOTE_GOES_ON) {
        give_input(d);
        take_output(d);
    }
    send_frames(d);
    if (remote_stream_ended(d->stream) != REMOTE_GOES_ON) {
        desk_finish(d);
        return;
    }
    uint8_t byte = 0;
    short events = remote_stream_room(d->stream) ? POLLIN : 0;
    if (remote_stream_peek(d->stream, &byte, 1) > 0)
        events |= POLLOUT; /* the console is slow */
    if (d->watch)
        lk_watch_set(d->watch, events);
    lk_timer_set(d->timer, remote_stream_next_us(d->stream));
}

static void on_timer(void *arg, int64_t now_us)
{
    (void)now_us;
    desk_flow(arg);
}

/* --- luukkud -------------------------------------------------------------- */

static int make_stream(struct help_desk *d, const struct helpmsg *m,
                       uint8_t *ret_point)
{
    LK_AUTO(remote_secret) secret = NULL;
    struct remote_keys keys;
    uint8_t salt[REMOTE_SALT_LEN];
    struct remote_stream_config config = {
        .keys = &keys, .kiosk = true, .now_us = lk_loop_now_us(d->loop)};
    memcpy(config.id, m->session, sizeof(config.id));
    int r = remote_secret_new(&secret);
    if (r == 0)
        r = remote_secret_public(secret, ret_point);
    if (r == 0)
        r = remote_salt(m->digest, m->kn, ret_point, salt);
    if (r == 0)
        r = remote_agree(secret, m->point, salt, &keys);
    if (r == 0)
        r = remote_stream_new(&config, &d->stream);
    explicit_bzero(&keys, sizeof(keys));
    return r;
}

static void desk_open(struct help_desk *d, const struct helpmsg *m)
{
    struct helpmsg key = {.type = HELPMSG_KEY, .id = m->id};
    const struct helpmsg failed = {
        .type = HELPMSG_ENDED, .id = m->id, .why = REMOTE_FAILED};
    console_close(d);
    d->stream = remote_stream_free(d->stream);
    d->id = m->id;
    memcpy(d->user, m->user, sizeof(d->user));
    int r = make_stream(d, m, key.point);
    if (r == 0)
        r = tell(d, &key);
    note("open", r);
    if (r < 0) {
        d->stream = remote_stream_free(d->stream);
        note("ended", tell(d, &failed));
        return;
    }
    desk_flow(d);
}

static void desk_frame(struct help_desk *d, const struct helpmsg *m)
{
    bool before = remote_stream_confirmed(d->stream);
    int r = remote_stream_receive(d->stream, m->frame, m->frame_len,
                                  lk_loop_now_us(d->loop));
    if (r < 0 && r != -EALREADY && r != -EAGAIN)
        LK_LOG(WARN, "help", "what=frame err=%s", strerrorname_np(-r));
    if (!before && remote_stream_confirmed(d->stream))
        console_begin(d);
    desk_flow(d);
}

static void luukkud_receive(void *arg, struct lk_chan_msg *msg)
{
    struct help_desk *d = arg;
    struct helpmsg m;
    int r = helpmsg_decode(msg->type, msg->payload, msg->len, &m);
    if (r < 0 || m.type >= HELPMSG_KEY) {
        LK_LOG(ERROR, "help", "luukkud sent what it must not");
        return;
    }
    if (m.type == HELPMSG_OPEN) {
        desk_open(d, &m);
    } else if (d->stream && m.id == d->id) {
        if (m.type == HELPMSG_DOWN) {
            desk_frame(d, &m);
            return;
        }
        help_console_cut(d->config.console);
        remote_stream_end(d->stream, (enum remote_end)m.why);
        desk_flow(d);
    }
}

/* Without luukkud nothing is on the screen: it is over. */
static void drop_luukkud(struct help_desk *d)
{
    struct lk_chan *old = d->luukkud;
    d->luukkud = NULL;
    console_close(d);
    d->stream = remote_stream_free(d->stream);
    lk_timer_clear(d->timer);
    if (old)
        note("defer", lk_chan_free_later(old));
}

static void luukkud_closed(void *arg, int error)
{
    note("luukkud", error);
    drop_luukkud(arg);
}

/* --- luukku-super, and life ----------------------------------------------- */

static void super_peer(void *arg, const char *name, int fd)
{
    struct help_desk *d = arg;
    const struct lk_chan_config config = {.receive = luukkud_receive,
                                          .closed = luukkud_closed,
                                          .arg = d,
                                          .wipe = true};
    (void)name; /* luukkud is its only sibling */
    drop_luukkud(d);
    note("channel", lk_chan_new(d->loop, fd, &config, &d->luukkud));
}

static void super_control(void *arg, uint32_t id, size_t argc,
                          const char *const *argv)
{
    struct help_desk *d = arg;
    (void)argc;
    if (strcmp(argv[0], "status") == 0)
        note("reply", superlink_reply(d->super, id,
                                      d->stream ? "{\"help\":true}"
                                                : "{\"help\":false}"));
    else if (strcmp(argv[0], "selftest") == 0 ||
             strcmp(argv[0], "devices") == 0)
        note("reply", superlink_reply(d->super, id, "[]"));
    else
        note("reply", superlink_fail(d->super, id, "luukku-help has no \"%s\"",
                                     argv[0]));
}

/* The technician hears of it, if there is time. */
static void super_shutdown(void *arg)
{
    struct help_desk *d = arg;
    if (d->stream) {
        remote_stream_end(d->stream, REMOTE_FAILED);
        desk_flow(d);
    }
    lk_loop_stop(d->loop, 0);
}

static int make_all(struct help_desk *d, int fd)
{
    LK_AUTO_FD own = fd;
    const struct superlink_config link = {.program = "luukku-help",
                                          .peer = super_peer,
                                          .control = super_control,
                                          .shutdown = super_shutdown,
                                          .arg = d};
    int r = lk_loop_new(&d->loop);
    if (r == 0)
        r = lk_timer_new(d->loop, on_timer, d, &d->timer);
    return r < 0 ? r
                 : superlink_new(d->loop, lk_fd_take(&own), &link, &d->super);
}

int help_desk_new(const struct help_desk_config *config, struct help_desk **ret)
{
    LK_AUTO_FD fd = config->super_fd;
    LK_AUTO(help_desk) d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->config = *config;
    d->fd = -1;
    int r = make_all(d, lk_fd_take(&fd));
    if (r == 0)
        *ret = LK_TAKE(d);
    return r;
}

struct help_desk *help_desk_free(struct help_desk *d)
{
    if (d) {
        console_close(d);
        d->stream = remote_stream_free(d->stream);
        d->luukkud = lk_chan_free(d->luukkud);
        d->super = superlink_free(d->super);
        d->timer = lk_timer_free(d->timer);
        d->loop = lk_loop_free(d->loop);
        free(d);
    }
    return NULL;
}

int help_desk_run(struct help_desk *d, const char *walls)
{
    int r = superlink_ready(d->super, walls);
    return r < 0 ? r : lk_loop_run(d->loop);
}

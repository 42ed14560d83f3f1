#include "app/superlink.h"

#include "base/text.h"
#include "ipc/chan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define JSON_MAX (4UL * 1024 * 1024)

struct superlink {
    struct superlink_config config;
    struct lk_chan *chan;
    bool stopping; /* shutdown() was called, and is called once */
    uint8_t buf[SUPERMSG_PAYLOAD_MAX]; /* a message being encoded */
};

static int link_send(struct superlink *s, const struct supermsg *m, int fd)
{
    int n = supermsg_encode(m, s->buf, sizeof(s->buf));
    if (n < 0)
        return n;
    return lk_chan_send(s->chan, m->type, s->buf, (size_t)n, &fd, fd >= 0);
}

static void link_pong(struct superlink *s, uint32_t id)
{
    if (s->config.alive && !s->config.alive(s->config.arg))
        return;
    struct supermsg pong = {.type = SUPERMSG_PONG, .id = id};
    /* A pong that does not fit is missed by super, which is what it is for. */
    (void)link_send(s, &pong, -1);
}

static void link_stop(struct superlink *s)
{
    if (s->stopping)
        return;
    s->stopping = true;
    s->config.shutdown(s->config.arg);
}

static void link_post(struct superlink *s, const struct supermsg *m,
                      struct lk_chan_msg *msg)
{
    if (s->config.post)
        s->config.post(s->config.arg, m, lk_chan_take_fd(msg, 0));
    else
        link_stop(s);
}

static void link_receive(void *arg, struct lk_chan_msg *msg)
{
    struct superlink *s = arg;
    struct supermsg m;
    int r = supermsg_decode(msg->type, msg->payload, msg->len, lk_chan_fds(msg),
                            &m);
    /* super is trusted: what it should not say is a fault of the versions, and
     * ends this program as its absence would. */
    if (r < 0) {
        link_stop(s);
        return;
    }
    switch ((unsigned)m.type) {
    case SUPERMSG_PING:
        link_pong(s, m.id);
        break;
    case SUPERMSG_PEER:
        if (s->config.peer)
            s->config.peer(s->config.arg, m.text, lk_chan_take_fd(msg, 0));
        break;
    case SUPERMSG_CONTROL:
        s->config.control(s->config.arg, m.id, m.args, m.arg);
        break;
    case SUPERMSG_DEVICE:
        if (s->config.device)
            s->config.device(s->config.arg, m.id, m.text,
                             lk_chan_take_fd(msg, 0));
        break;
    case SUPERMSG_CAMERA:
    case SUPERMSG_CAMERA_GONE:
        if (s->config.camera)
            s->config.camera(s->config.arg, m.text, lk_chan_take_fd(msg, 0));
        break;
    case SUPERMSG_HEALTH:
        if (s->config.health)
            s->config.health(s->config.arg, m.text);
        break;
    case SUPERMSG_KEPT:
        if (s->config.kept)
            s->config.kept(s->config.arg);
        break;
    case SUPERMSG_LETTER:
    case SUPERMSG_POSTED:
    case SUPERMSG_ASK:
    case SUPERMSG_TOLD:
    case SUPERMSG_HELD:
    case SUPERMSG_RENEW:
        link_post(s, &m, msg);
        break;
    default:
        link_stop(s);
        break;
    }
}

static void link_closed(void *arg, int error)
{
    struct superlink *s = arg;
    (void)error;
    link_stop(s);
}

static int send_text(struct superlink *s, enum supermsg_type type,
                     const char *text)
{
    struct supermsg m = {.type = type, .text = text};
    return link_send(s, &m, -1);
}

int superlink_new(struct lk_loop *l, int fd,
                  const struct superlink_config *config, struct superlink **ret)
{
    LK_AUTO_FD own = fd;
    LK_AUTO(superlink) s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->config = *config;
    struct lk_chan_config chan = {
        .receive = link_receive, .closed = link_closed, .arg = s};
    int r = lk_chan_new(l, lk_fd_take(&own), &chan, &s->chan);
    if (r < 0)
        return r;
    r = send_text(s, SUPERMSG_HELLO, config->program);
    if (r < 0)
        return r;
    *ret = LK_TAKE(s);
    return 0;
}

struct superlink *superlink_free(struct superlink *s)
{
    if (s) {
        (void)lk_chan_free(s->chan);
        free(s);
    }
    return NULL;
}

int superlink_ready(struct superlink *s, const char *walls)
{
    return send_text(s, SUPERMSG_READY, walls);
}

int superlink_post(struct superlink *s, const struct supermsg *m, int fd)
{
    return link_send(s, m, fd);
}

int superlink_device_state(struct superlink *s, uint32_t id, bool works,
                           const char *why)
{
    struct supermsg m = {
        .type = SUPERMSG_DEVICE_STATE, .id = id, .ok = works, .text = why};
    return link_send(s, &m, -1);
}

int superlink_news(struct superlink *s, const char *text)
{
    struct supermsg m = {.type = SUPERMSG_NEWS, .text = text};
    return link_send(s, &m, -1);
}

int superlink_session_ended(struct superlink *s)
{
    struct supermsg m = {.type = SUPERMSG_SESSION_ENDED};
    return link_send(s, &m, -1);
}

int superlink_memfd(const void *data, size_t len)
{
    LK_AUTO_FD fd = memfd_create("reply", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    for (size_t at = 0; at < len;) {
        ssize_t n = write(fd, (const uint8_t *)data + at, len - at);
        if (n < 0 && errno != EINTR)
            return -errno;
        at += n > 0 ? (size_t)n : 0;
    }
    if (fcntl(fd, F_ADD_SEALS,
              F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
        return -errno;
    return lk_fd_take(&fd);
}

static int reply_with(struct superlink *s, struct supermsg *m, const void *data,
                      size_t len)
{
    LK_AUTO_FD fd = superlink_memfd(data, len);
    return fd < 0 ? fd : link_send(s, m, fd);
}

int superlink_reply(struct superlink *s, uint32_t id, const char *json)
{
    size_t len = strlen(json);
    struct supermsg m = {.type = SUPERMSG_CONTROL_REPLY, .id = id, .ok = true};
    if (len > JSON_MAX)
        return -EMSGSIZE;
    if (len >= SUPERMSG_TEXT_MAX) {
        m.carries = SUPERMSG_JSON;
        return reply_with(s, &m, json, len);
    }
    m.text = json;
    return link_send(s, &m, -1);
}

int superlink_reply_png(struct superlink *s, uint32_t id, const char *json,
                        const void *png, size_t len)
{
    struct supermsg m = {.type = SUPERMSG_CONTROL_REPLY,
                         .id = id,
                         .ok = true,
                         .carries = SUPERMSG_PNG,
                         .text = json};
    return len > SUPERLINK_PNG_MAX ? -EMSGSIZE : reply_with(s, &m, png, len);
}

int superlink_fail(struct superlink *s, uint32_t id, const char *why, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, why);
    int n = vsnprintf(text, sizeof(text), why, ap);
    va_end(ap);
    if (n < 0)
        return -EINVAL;
    text[lk_utf8_cut(text, strlen(text), sizeof(text) - 1)] = 0;
    struct supermsg m = {
        .type = SUPERMSG_CONTROL_REPLY, .id = id, .text = text};
    return link_send(s, &m, -1);
}

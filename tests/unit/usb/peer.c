#include "peer.h"

#include "base/bytes.h"
#include "testing.h"

#include <ctype.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER 48

const uint8_t peer_device[18] = {18,   1,    0,    2,    0xff, 0, 0, 64, 0x09,
                                 0x12, 0x02, 0x00, 0x34, 0x12, 1, 2, 3,  1};

const uint8_t peer_config[9 + 9 + 9 + 3 * 7] = {
    9, 2,    sizeof(peer_config),
    0, 1,    1,
    0, 0x80, 50, /* configuration 1 */
    9, 4,    0,
    0, 0,    0xff,
    1, 2,    0, /* interface 0, 0 */
    9, 4,    0,
    1, 3,    0xff,
    1, 2,    0, /* interface 0, 1 */
    7, 5,    0x02,
    2, 0,    2,
    0, /* bulk OUT, 512 */
    7, 5,    0x81,
    2, 0,    2,
    0, /* bulk IN, 512 */
    7, 5,    0x83,
    3, 8,    0,
    4, /* interrupt IN, 8 */
};

static const uint8_t peer_strings[4][20] = {
    {4, 3, 0x09, 0x04},
    {10, 3, 'L', 0, 'u', 0, 'u', 0, 'k', 0},
    {10, 3, 'P', 0, 'e', 0, 'e', 0, 'r', 0},
    {6, 3, '4', 0, '2', 0},
};

void peer_send(struct peer *p, const void *bytes, size_t len)
{
    if (p->fd >= 0 && len > 0 && send(p->fd, bytes, len, MSG_NOSIGNAL) < 0)
        assert_true(errno == EPIPE || errno == ECONNRESET);
}

void peer_return(struct peer *p, uint32_t seq, int32_t status, const void *data,
                 size_t len, uint32_t actual)
{
    uint8_t head[HEADER] = {0};
    lk_put_u32(head, 3);
    lk_put_u32(head + 4, seq);
    lk_put_u32(head + 20, (uint32_t)status);
    lk_put_u32(head + 24, actual);
    peer_send(p, head, sizeof(head));
    peer_send(p, data, len);
}

void peer_return_unlink(struct peer *p, uint32_t seq, int32_t status)
{
    uint8_t head[HEADER] = {0};
    lk_put_u32(head, 4);
    lk_put_u32(head + 4, seq);
    lk_put_u32(head + 20, (uint32_t)status);
    peer_send(p, head, sizeof(head));
}

void peer_hang_up(struct peer *p)
{
    p->watch = lk_watch_free(p->watch);
    p->fd = lk_fd_close(p->fd);
}

static void serve_descriptor(struct peer *p, const struct peer_command *c)
{
    const uint8_t *d = NULL;
    size_t len = 0;
    if (c->setup[3] == 1) {
        d = peer_device;
        len = sizeof(peer_device);
    } else if (c->setup[3] == 2) {
        d = peer_config;
        len = sizeof(peer_config);
    } else if (c->setup[3] == 3 && c->setup[2] < 4) {
        d = peer_strings[c->setup[2]];
        len = d[0];
    }
    len = LK_MIN(len, c->length);
    if (d)
        peer_return(p, c->seq, 0, d, len, (uint32_t)len);
    else
        peer_return(p, c->seq, -32, NULL, 0, 0);
}

static void serve_control(struct peer *p, const struct peer_command *c)
{
    static const uint8_t zeros[2];
    const uint8_t *s = c->setup;
    if (s[0] == 0x80 && s[1] == 6)
        serve_descriptor(p, c);
    else if (s[0] == 0x80 && s[1] == 0)
        peer_return(p, c->seq, 0, zeros, 2, 2);
    else if (c->in || s[0] == 0x23) /* a reset: as Linux' server */
        peer_return(p, c->seq, -32, NULL, 0, 0);
    else
        peer_return(p, c->seq, 0, NULL, 0, c->length);
    if (s[0] == 0x01 && s[1] == 11)
        p->alternate = s[2];
    if (s[0] == 0x00 && s[1] == 9)
        p->alternate = 0;
}

static void serve_unlink(struct peer *p, const struct peer_command *c)
{
    int32_t status = 0;
    for (size_t i = 0; i < p->pendings; i++) {
        if (p->pending[i].seq == c->flags) {
            p->pending[i] = p->pending[--p->pendings];
            status = -104;
            break;
        }
    }
    peer_return_unlink(p, c->seq, status);
}

/* Gives what is there to the first IN that waits for it. */
static void serve_echo(struct peer *p)
{
    for (size_t i = 0; i < p->pendings && p->echo_len != SIZE_MAX; i++) {
        struct peer_command in = p->pending[i];
        if (in.endpoint != 1)
            continue;
        size_t n = LK_MIN(p->echo_len, in.length);
        memmove(&p->pending[i], &p->pending[i + 1],
                (p->pendings - i - 1) * sizeof(in));
        p->pendings--;
        peer_return(p, in.seq, 0, p->echo, n, (uint32_t)n);
        p->echo_len = SIZE_MAX;
    }
}

void peer_serve(struct peer *p, const struct peer_command *c)
{
    if (c->command == 2) {
        serve_unlink(p, c);
    } else if (c->endpoint == 0) {
        serve_control(p, c);
    } else if (c->in) {
        assert_true(p->pendings < PEER_PENDING_MAX);
        p->pending[p->pendings++] = *c;
        serve_echo(p);
    } else {
        for (size_t i = 0; i < c->length; i++)
            p->echo[i] = (uint8_t)toupper(c->data[i]);
        p->echo_len = c->length;
        peer_return(p, c->seq, 0, NULL, 0, c->length);
        serve_echo(p);
    }
}

static void serve_import(struct peer *p)
{
    uint8_t answer[8 + 312] = {0x01, 0x11, 0x00, 0x03};
    if (p->refuse) {
        answer[7] = 1;
        peer_send(p, answer, 8);
        return;
    }
    memcpy(answer + 8 + 256, p->in + 8, 32);
    lk_put_u32(answer + 8 + 288, 1);
    lk_put_u32(answer + 8 + 292, 2);
    lk_put_u16(answer + 8 + 300, 0x1209);
    lk_put_u16(answer + 8 + 302, 0x0002);
    p->imported = true;
    peer_send(p, answer, sizeof(answer));
}

/* Bytes of the first whole command in `in`; 0 when there is none. */
static size_t peer_take(struct peer *p)
{
    if (!p->imported) {
        if (p->have < 40)
            return 0;
        assert_int_equal(lk_get_u16(p->in), 0x0111);
        assert_int_equal(lk_get_u16(p->in + 2), 0x8003);
        serve_import(p);
        return 40;
    }
    if (p->have < HEADER)
        return 0;
    struct peer_command c = {
        .command = lk_get_u32(p->in),
        .seq = lk_get_u32(p->in + 4),
        .in = lk_get_u32(p->in + 12) != 0,
        .endpoint = lk_get_u32(p->in + 16),
        .flags = lk_get_u32(p->in + 20),
        .length = lk_get_u32(p->in + 24),
        .interval = lk_get_u32(p->in + 36),
        .data = p->in + HEADER,
    };
    memcpy(c.setup, p->in + 40, 8);
    assert_int_equal(lk_get_u32(p->in + 8), 1 << 16 | 2);
    assert_true(c.command == 1 || c.command == 2);
    if (c.command == 1)
        assert_int_equal(c.flags, c.in ? 0x200 : 0);
    size_t data = c.command == 1 && !c.in ? c.length : 0;
    assert_true(HEADER + data <= sizeof(p->in));
    if (p->have < HEADER + data)
        return 0;
    p->commands++;
    p->unlinks += c.command == 2;
    if (!p->hook || !p->hook(p, &c))
        peer_serve(p, &c);
    return HEADER + data;
}

static void on_peer(void *arg, int fd, short events)
{
    struct peer *p = arg;
    (void)events;
    if (p->deaf) {
        lk_watch_set(p->watch, 0);
        return;
    }
    ssize_t n = recv(fd, p->in + p->have, sizeof(p->in) - p->have, 0);
    if (n <= 0) {
        peer_hang_up(p);
        return;
    }
    p->have += (size_t)n;
    size_t took;
    while (p->fd >= 0 && (took = peer_take(p)) > 0) {
        memmove(p->in, p->in + took, p->have - took);
        p->have -= took;
    }
}

void peer_start(struct peer *p, struct lk_loop *loop)
{
    int fds[2];
    memset(p, 0, sizeof(*p));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
                     0);
    p->loop = loop;
    p->fd = fds[0];
    p->client = fds[1];
    p->echo_len = SIZE_MAX;
    assert_int_equal(lk_watch_new(loop, p->fd, POLLIN, on_peer, p, &p->watch),
                     0);
}

void peer_stop(struct peer *p)
{
    peer_hang_up(p);
    p->client = lk_fd_close(p->client);
}

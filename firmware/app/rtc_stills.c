#include "app/rtc_stills.h"

#include "base/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD 4
#define AT_ONCE 65536 /* bytes read in one turn of the loop */

struct rtc_stills {
    struct lk_loop *loop;
    void (*gone)(void *arg, const char *why);
    void *gone_arg;
    int fd; /* -1: there is none */
    struct lk_watch *watch;
    struct lk_timer *timer;
    camera_snapshot_fn *fn; /* NULL: no picture is awaited */
    void *arg;
    uint8_t head[HEAD];
    size_t got; /* of head, then of the picture behind it */
    size_t len; /* of the picture */
    int picture;
    uint8_t bytes[AT_ONCE];
};

/* The picture that is awaited ends; nothing is done after it. */
static void tell(struct rtc_stills *s, int error)
{
    camera_snapshot_fn *fn = s->fn;
    int fd = lk_fd_take(&s->picture);
    s->fn = NULL;
    lk_timer_clear(s->timer);
    if (error < 0)
        fd = lk_fd_close(fd);
    if (fn)
        fn(s->arg, error, fd);
    else
        (void)lk_fd_close(fd);
}

static void close_socket(struct rtc_stills *s)
{
    s->watch = lk_watch_free(s->watch);
    s->fd = lk_fd_close(s->fd);
}

static void lose(struct rtc_stills *s, int error, const char *why)
{
    close_socket(s);
    tell(s, error);
    s->gone(s->gone_arg, why);
}

static int seal(int fd)
{
    int r = fcntl(fd, F_ADD_SEALS,
                  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
    return r < 0 ? -errno : 0;
}

/* Its length is known. */
static int picture_begin(struct rtc_stills *s)
{
    s->len = lk_get_u32(s->head);
    if (s->len == 0 || s->len > CAMERA_SNAPSHOT_MAX)
        return -EBADMSG;
    s->picture = memfd_create("still", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return s->picture < 0 ? -errno : 0;
}

static int picture_bytes(struct rtc_stills *s, const uint8_t *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = write(s->picture, data + at, len - at);
        if (n < 0)
            return -errno;
        at += (size_t)n;
    }
    s->got += len;
    return s->got == HEAD + s->len ? seal(s->picture) : 0;
}

/* Nothing comes that was not asked for. */
static int take_bytes(struct rtc_stills *s, const uint8_t *data, size_t len)
{
    if (!s->fn)
        return -EBADMSG;
    while (len > 0 && s->got < HEAD) {
        s->head[s->got++] = *data++;
        len--;
        int r = s->got == HEAD ? picture_begin(s) : 0;
        if (r < 0)
            return r;
    }
    if (len == 0)
        return 0;
    return len > HEAD + s->len - s->got ? -EBADMSG
                                        : picture_bytes(s, data, len);
}

static void on_readable(void *arg, int fd, short events)
{
    struct rtc_stills *s = arg;
    (void)events;
    ssize_t n = recv(fd, s->bytes, sizeof(s->bytes), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        lose(s, -ENODEV, NULL);
        return;
    }
    int r = take_bytes(s, s->bytes, (size_t)n);
    if (r < 0)
        lose(s, r == -EBADMSG ? -EIO : r, "a picture that is none");
    else if (s->got > HEAD && s->got == HEAD + s->len)
        tell(s, 0);
}

static void on_late(void *arg, int64_t now_us)
{
    (void)now_us;
    lose(arg, -ETIMEDOUT, "no picture in time");
}

int rtc_stills_new(struct lk_loop *l, void (*gone)(void *arg, const char *why),
                   void *arg, struct rtc_stills **ret)
{
    LK_AUTO(rtc_stills) s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->loop = l;
    s->gone = gone;
    s->gone_arg = arg;
    s->fd = s->picture = -1;
    int r = lk_timer_new(l, on_late, s, &s->timer);
    if (r == 0)
        *ret = LK_TAKE(s);
    return r;
}

struct rtc_stills *rtc_stills_free(struct rtc_stills *s)
{
    if (!s)
        return NULL;
    close_socket(s);
    s->picture = lk_fd_close(s->picture);
    s->timer = lk_timer_free(s->timer);
    free(s);
    return NULL;
}

int rtc_stills_given(struct rtc_stills *s, int fd)
{
    close_socket(s);
    if (s->fn)
        tell(s, -ENODEV);
    s->fd = fd;
    int r = lk_watch_new(s->loop, fd, POLLIN, on_readable, s, &s->watch);
    if (r < 0)
        close_socket(s);
    return r;
}

bool rtc_stills_there(const struct rtc_stills *s)
{
    return s->fd >= 0;
}

int rtc_stills_take(struct rtc_stills *s, camera_snapshot_fn *fn, void *arg)
{
    static const uint8_t please = 1;
    if (s->fd < 0)
        return -ENODEV;
    if (s->fn)
        return -EBUSY;
    /* Nothing but this is ever sent: a socket that has no room is dead. */
    if (send(s->fd, &please, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
        return -ENODEV;
    s->fn = fn;
    s->arg = arg;
    s->got = s->len = 0;
    lk_timer_set_in(s->timer, CAMERA_SNAPSHOT_US);
    return 0;
}

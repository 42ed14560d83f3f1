/* snapshot.c - one picture, when exposure has settled. */
#include "camera/snapshot.h"
#include "camera/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct camera_snapshot {
    struct camera_stream *stream;
    struct lk_watch *watch;
    struct lk_timer *timer;
    camera_snapshot_fn *fn;
    void *arg;
    int taken;
    int error, fd; /* of the picture that counts */
};

static const struct camera_wish wish = {.width_px = CAMERA_SNAPSHOT_PX_MAX,
                                        .height_px = CAMERA_SNAPSHOT_PX_MAX,
                                        .fps = 1,
                                        .jpeg_only = true};

static int seal_copy(const uint8_t *data, size_t len)
{
    LK_AUTO_FD fd = memfd_create("snapshot", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    for (size_t at = 0; at < len;) {
        ssize_t n = write(fd, data + at, len - at);
        if (n < 0)
            return -errno;
        at += (size_t)n;
    }
    if (fcntl(fd, F_ADD_SEALS,
              F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
        return -errno;
    return lk_fd_take(&fd);
}

static void came(void *arg, const struct camera_picture *p)
{
    struct camera_snapshot *s = arg;
    if (s->taken++ < CAMERA_SNAPSHOT_SKIP)
        return;
    int fd =
        p->len > CAMERA_SNAPSHOT_MAX ? -EMSGSIZE : seal_copy(p->data, p->len);
    s->error = fd < 0 ? fd : 0;
    s->fd = fd < 0 ? -1 : fd;
}

/* Tells, and does nothing after it: it may be freed inside. */
static void tell(struct camera_snapshot *s, int error)
{
    int fd = error < 0 ? -1 : lk_fd_take(&s->fd);
    s->watch = lk_watch_free(s->watch);
    lk_timer_clear(s->timer);
    s->fn(s->arg, error, fd);
}

static void on_ready(void *arg, int fd, short events)
{
    struct camera_snapshot *s = arg;
    (void)fd;
    (void)events;
    int r = camera_stream_take(s->stream, came, s);
    if (r < 0)
        tell(s, r);
    else if (s->taken > CAMERA_SNAPSHOT_SKIP)
        tell(s, s->error);
}

static void on_late(void *arg, int64_t now_us)
{
    (void)now_us;
    tell(arg, -ETIMEDOUT);
}

static int snapshot_start(struct camera_snapshot *s, struct lk_loop *l,
                          struct camera *c, int64_t most_us)
{
    int r = camera_stream_new(c, &wish, &s->stream);
    if (r == 0)
        r = lk_watch_new(l, camera_fd(c), POLLIN, on_ready, s, &s->watch);
    if (r == 0)
        r = lk_timer_new(l, on_late, s, &s->timer);
    if (r == 0)
        lk_timer_set_in(s->timer, most_us);
    return r;
}

int camera_snapshot_new(struct lk_loop *l, struct camera *c, int64_t most_us,
                        camera_snapshot_fn *fn, void *arg,
                        struct camera_snapshot **ret)
{
    struct camera_snapshot *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->fn = fn;
    s->arg = arg;
    s->fd = -1;
    int r = snapshot_start(s, l, c, most_us);
    if (r < 0) {
        camera_snapshot_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

struct camera_snapshot *camera_snapshot_free(struct camera_snapshot *s)
{
    if (!s)
        return NULL;
    lk_watch_free(s->watch);
    lk_timer_free(s->timer);
    camera_stream_free(s->stream);
    lk_fd_close(s->fd);
    free(s);
    return NULL;
}

#include "app/rtc_cameras.h"

#include "base/log.h"
#include "camera/id.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct rtc_cameras {
    struct lk_loop *loop;
    const struct store_config *config;
    struct media *media;
    struct rtc_stills *stills; /* in the document camera's place, or NULL */
    struct camera_id id[CAMERAS_MAX];
    int fd[CAMERAS_MAX];
    size_t count;
    char call[CAMERA_NODE_MAX]; /* whom media films with; "" nobody */
    bool stale;                 /* that one is gone, or was given anew */
    struct camera *camera;      /* of the snapshot that is being taken */
    struct camera_snapshot *snapshot;
    camera_snapshot_fn *fn;
    void *arg;
};

int rtc_cameras_new(struct lk_loop *l, const struct store_config *config,
                    struct media *media, struct rtc_cameras **ret)
{
    struct rtc_cameras *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->loop = l;
    c->config = config;
    c->media = media;
    *ret = c;
    return 0;
}

static void snapshot_end(struct rtc_cameras *c)
{
    c->snapshot = camera_snapshot_free(c->snapshot);
    c->camera = camera_free(c->camera);
}

struct rtc_cameras *rtc_cameras_free(struct rtc_cameras *c)
{
    if (!c)
        return NULL;
    snapshot_end(c);
    for (size_t i = 0; i < c->count; i++)
        lk_fd_close(c->fd[i]);
    free(c);
    return NULL;
}

static struct camera_roles roles_of(const struct rtc_cameras *c)
{
    return camera_id_roles(c->id, c->count, c->config->camera_call,
                           c->config->camera_document);
}

static int copy_of(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

/* Gives media the call's camera when that is another one than before. */
static void roles_update(struct rtc_cameras *c)
{
    int at = roles_of(c).call;
    const char *node = at < 0 ? "" : c->id[at].node;
    if (!c->stale && strcmp(node, c->call) == 0)
        return;
    c->stale = false;
    memcpy(c->call, node, strlen(node) + 1);
    LK_LOG(INFO, "camera", "call=\"%s\" port=%s", at < 0 ? "" : c->id[at].name,
           at < 0 ? "" : c->id[at].port);
    if (at < 0)
        media_use_camera(c->media, -1, NULL);
    else
        media_use_camera(c->media, copy_of(c->fd[at]), c->id[at].name);
}

static void forget(struct rtc_cameras *c, const char *node)
{
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->id[i].node, node) != 0)
            continue;
        /* A snapshot that is being taken ends by its own error. */
        lk_fd_close(c->fd[i]);
        c->count--;
        memmove(&c->id[i], &c->id[i + 1], (c->count - i) * sizeof(c->id[0]));
        memmove(&c->fd[i], &c->fd[i + 1], (c->count - i) * sizeof(c->fd[0]));
        c->stale |= strcmp(c->call, node) == 0;
        return;
    }
}

/* Whether it captures; such as metadata nodes do not. */
static bool captures(int fd)
{
    LK_AUTO(camera) camera = NULL;
    int copy = copy_of(fd);
    return copy >= 0 && camera_open(copy, NULL, &camera) == 0;
}

static void remember(struct rtc_cameras *c, const char *line, int fd)
{
    LK_AUTO_FD own = fd;
    struct camera_id id;
    if (camera_id_parse(line, &id) < 0 || !captures(own))
        return;
    forget(c, id.node);
    if (c->count == CAMERAS_MAX)
        return;
    c->id[c->count] = id;
    c->fd[c->count++] = lk_fd_take(&own);
}

void rtc_cameras_heard(void *arg, const char *line, int fd)
{
    struct rtc_cameras *c = arg;
    if (fd < 0)
        forget(c, line);
    else
        remember(c, line, fd);
    roles_update(c);
}

static void snapshot_taken(void *arg, int error, int fd)
{
    struct rtc_cameras *c = arg;
    snapshot_end(c);
    c->fn(c->arg, error, fd);
}

void rtc_cameras_stand_in(struct rtc_cameras *c, struct rtc_stills *s)
{
    c->stills = s;
}

int rtc_cameras_snapshot(struct rtc_cameras *c, camera_snapshot_fn *fn,
                         void *arg)
{
    /* As photographs of papers want it: the light is the room's. */
    static const struct camera_settings usual = {.power_line_hz = 50,
                                                 .zoom = -1};
    int at = roles_of(c).document;
    if (at < 0)
        return c->stills ? rtc_stills_take(c->stills, fn, arg) : -ENODEV;
    if (c->snapshot)
        return -EBUSY;
    int fd = copy_of(c->fd[at]);
    int r = fd < 0 ? -ENODEV : camera_open(fd, NULL, &c->camera);
    if (r < 0)
        return r;
    camera_prepare(c->camera, &usual);
    c->fn = fn;
    c->arg = arg;
    r = camera_snapshot_new(c->loop, c->camera, CAMERA_SNAPSHOT_US,
                            snapshot_taken, c, &c->snapshot);
    if (r < 0)
        snapshot_end(c);
    return r;
}

bool rtc_cameras_document(const struct rtc_cameras *c)
{
    return roles_of(c).document >= 0 ||
           (c->stills && rtc_stills_there(c->stills));
}

void rtc_cameras_choose(const struct store_config *s, struct media_config *m)
{
    struct media_probe found;
    media_probe(&found);
    m->camera_simulated = s->camera != STORE_CONFIG_NONE;
    if (s->sound == STORE_CONFIG_AUTO) {
        m->source = found.source;
        m->sink = found.sink;
    }
    m->sound_simulated =
        s->sound == STORE_CONFIG_SIMULATED ||
        (s->sound == STORE_CONFIG_AUTO && found.source == MEDIA_SOUND_NONE);
}

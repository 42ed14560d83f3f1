/* watch.c - video nodes by inotify. */
#include "camera/watch.h"
#include "camera/id.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* IN_ATTRIB: the node is made first, and given to its group then. */
#define EVENTS (IN_CREATE | IN_DELETE | IN_ATTRIB | IN_MOVED_TO | IN_MOVED_FROM)

struct camera_watch {
    struct camera_watch_config config;
    struct lk_watch *watch;
    struct lk_timer *timer;
    int inotify;
    char node[CAMERA_NODES_MAX][CAMERA_NODE_MAX]; /* told; "" is free */
};

static char *find(struct camera_watch *w, const char *node)
{
    for (size_t i = 0; i < CAMERA_NODES_MAX; i++)
        if (strcmp(w->node[i], node) == 0)
            return w->node[i];
    return NULL;
}

static void appeared(struct camera_watch *w, const char *node)
{
    char *place = find(w, "");
    if (!place || find(w, node))
        return;
    LK_AUTO_FD dir = open(w->config.dev, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = openat(dir, node, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return; /* not yet: its rights change next */
    memcpy(place, node, strlen(node) + 1);
    w->config.came(w->config.arg, node, fd);
}

static void vanished(struct camera_watch *w, const char *node)
{
    char *place = find(w, node);
    if (!place)
        return;
    *place = '\0';
    w->config.went(w->config.arg, node);
}

static int is_node(const struct dirent *e)
{
    return camera_id_is_node(e->d_name);
}

/* Looks at all of /dev; what was told and is not there any more has gone. Which
 * events led here does not matter, so none can be lost. */
static void look(struct camera_watch *w)
{
    LK_AUTO_FD at = open(w->config.dev, O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < CAMERA_NODES_MAX; i++) {
        char node[CAMERA_NODE_MAX];
        memcpy(node, w->node[i], sizeof(node));
        if (*node && faccessat(at, node, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
            vanished(w, node);
    }
    struct dirent **list = NULL;
    int n = scandir(w->config.dev, &list, is_node, alphasort);
    for (int i = 0; i < n; i++) {
        appeared(w, list[i]->d_name);
        free(list[i]);
    }
    free(list);
}

/* A node that went and came between two looks is another one. */
static void heard(struct camera_watch *w, const struct inotify_event *e)
{
    if (e->len > 0 && (e->mask & (IN_DELETE | IN_MOVED_FROM)) &&
        camera_id_is_node(e->name))
        vanished(w, e->name);
}

static void on_events(void *arg, int fd, short events)
{
    struct camera_watch *w = arg;
    alignas(struct inotify_event) char bytes[4096];
    (void)events;
    ssize_t n = read(fd, bytes, sizeof(bytes));
    size_t len = n > 0 ? (size_t)n : 0;
    for (size_t at = 0; at + sizeof(struct inotify_event) <= len;) {
        const struct inotify_event *e = (const void *)(bytes + at);
        heard(w, e);
        at += sizeof(*e) + e->len;
    }
    lk_timer_set_in(w->timer, 0);
}

static void on_timer(void *arg, int64_t now_us)
{
    (void)now_us;
    look(arg);
}

void camera_watch_again(struct camera_watch *w)
{
    memset(w->node, 0, sizeof(w->node));
    lk_timer_set_in(w->timer, 0);
}

static int watch_start(struct camera_watch *w, struct lk_loop *l)
{
    w->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (w->inotify < 0 ||
        inotify_add_watch(w->inotify, w->config.dev, EVENTS) < 0)
        return -errno;
    int r = lk_watch_new(l, w->inotify, POLLIN, on_events, w, &w->watch);
    if (r == 0)
        r = lk_timer_new(l, on_timer, w, &w->timer);
    if (r == 0)
        lk_timer_set_in(w->timer, 0);
    return r;
}

int camera_watch_new(struct lk_loop *l,
                     const struct camera_watch_config *config,
                     struct camera_watch **ret)
{
    struct camera_watch *w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    w->config = *config;
    int r = watch_start(w, l);
    if (r < 0) {
        camera_watch_free(w);
        return r;
    }
    *ret = w;
    return 0;
}

struct camera_watch *camera_watch_free(struct camera_watch *w)
{
    if (!w)
        return NULL;
    lk_watch_free(w->watch);
    lk_timer_free(w->timer);
    lk_fd_close(w->inotify);
    free(w);
    return NULL;
}

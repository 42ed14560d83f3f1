#include "app/super_camera.h"

#include "base/log.h"
#include "camera/id.h"
#include "camera/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct super_cameras {
    struct super_cameras_config config;
    struct camera_watch *watch;
    struct super *super;
};

/* A program that does not run gets them all when it does. */
static void give(struct super_cameras *c, const struct supermsg *m, int fd)
{
    int r = c->super ? super_post(c->super, c->config.program, m, fd) : 0;
    if (r < 0 && r != -ENOTCONN)
        LK_LOG(WARN, "super", "camera=\"%s\" not told err=%s", m->text,
               strerrorname_np(-r));
}

static void came(void *arg, const char *node, int fd)
{
    struct super_cameras *c = arg;
    LK_AUTO_FD own = fd;
    struct camera_id id;
    char line[CAMERA_LINE_MAX];
    if (camera_id_read(c->config.sysfs, node, &id) < 0 ||
        camera_id_line(&id, line) < 0)
        return;
    const struct supermsg m = {.type = SUPERMSG_CAMERA, .text = line};
    give(c, &m, own);
}

static void went(void *arg, const char *node)
{
    const struct supermsg m = {.type = SUPERMSG_CAMERA_GONE, .text = node};
    give(arg, &m, -1);
}

int super_cameras_new(struct lk_loop *l,
                      const struct super_cameras_config *config,
                      struct super_cameras **ret)
{
    struct super_cameras *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->config = *config;
    const struct camera_watch_config watch = {
        .dev = config->dev, .came = came, .went = went, .arg = c};
    int r = camera_watch_new(l, &watch, &c->watch);
    if (r < 0) {
        super_cameras_free(c);
        return r;
    }
    *ret = c;
    return 0;
}

struct super_cameras *super_cameras_free(struct super_cameras *c)
{
    if (!c)
        return NULL;
    camera_watch_free(c->watch);
    free(c);
    return NULL;
}

void super_cameras_attach(struct super_cameras *c, struct super *s)
{
    if (c)
        c->super = s;
}

void super_cameras_ready(struct super_cameras *c, size_t program)
{
    if (c && program == c->config.program)
        camera_watch_again(c->watch);
}

/* watch.h - cameras come and go.
 *
 * Room: the video nodes in /dev, as they are and as they change (inotify(7)),
 * with their rights: a node that may not be opened yet comes when it may.
 * Not here: whether it captures (device.h), which one is meant (id.h).
 * Thread: the loop's.
 */
#ifndef LUUKKU_CAMERA_WATCH_H
#define LUUKKU_CAMERA_WATCH_H

#include "base/defs.h"
#include "loop/loop.h"

#define CAMERA_NODES_MAX 32 /* known at one time; further ones are not told */

struct camera_watch;

struct camera_watch_config {
    const char *dev; /* "/dev"; borrowed while the watch lives */
    /* A node that can be opened is there: the callee owns `fd`, opened for
     * reading and writing, non-blocking. `node` dies on return. */
    void (*came)(void *arg, const char *node, int fd);
    /* It is gone. */
    void (*went)(void *arg, const char *node);
    void *arg;
};

/* Starts; what is there already comes from the loop, too.
 *
 * Owner   caller, camera_watch_free(), not inside its callbacks
 * Errors  -ENOMEM, -ENOSPC, inotify_add_watch(2)'s
 */
int camera_watch_new(struct lk_loop *l,
                     const struct camera_watch_config *config,
                     struct camera_watch **ret) LK_MUST_CHECK;

/* Tells every node again that is there: whoever was told is gone. */
void camera_watch_again(struct camera_watch *w);

/* NULL is fine. Returns NULL. */
struct camera_watch *camera_watch_free(struct camera_watch *w);

#endif

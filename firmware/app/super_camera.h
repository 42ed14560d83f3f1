/* super_camera.h - cameras for luukku-rtc, as they come and go.
 *
 * Room: opens video nodes, which the program's walls do not show it, and gives
 * it their descriptors with one line that says which camera each is: the
 * kernel's words, and the serial number and name as sysfs has them, copied,
 * not read. Which one is used, and whether it is a camera at all, is the
 * program's business. Thread: the loop's.
 */
#ifndef LUUKKU_APP_SUPER_CAMERA_H
#define LUUKKU_APP_SUPER_CAMERA_H

#include "app/super.h"

struct super_cameras;

struct super_cameras_config {
    const char *dev;   /* "/dev"; borrowed while it lives */
    const char *sysfs; /* "/sys"; likewise */
    size_t program;    /* who gets them: its place in struct super_config */
};

/* Owner: caller, super_cameras_free(). Errors: -ENOMEM, camera_watch_new()'s.
 */
int super_cameras_new(struct lk_loop *l,
                      const struct super_cameras_config *config,
                      struct super_cameras **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct super_cameras *super_cameras_free(struct super_cameras *c);

/* Tells whom it works with; borrowed. NULL `c` is fine, here and below. */
void super_cameras_attach(struct super_cameras *c, struct super *s);

/* For struct super_config: a program runs, and gets every camera if they are
 * its. */
void super_cameras_ready(struct super_cameras *c, size_t program);

#endif

/* camera.h - one V4L2 camera, until it is gone.
 *
 * Room, private. A camera that was unplugged or broke is freed and made anew
 * by its owner. Pictures are handed over as they come, unconverted.
 */
#ifndef LUUKKU_MEDIA_CAMERA_H
#define LUUKKU_MEDIA_CAMERA_H

#include "base/defs.h"

#include <gst/gst.h>
#include <stdbool.h>

struct media_camera;

struct media_camera_config {
    const char *path;   /* "/dev/videoN" */
    GstElement *source; /* instead of it, for tests; floating; or NULL */
    int width, height, fps;
    /* One picture: takes over `b`. `fourcc` as libyuv says it. Thread: the
     * camera's. */
    void (*frame)(void *arg, GstBuffer *b, int width, int height,
                  uint32_t fourcc);
    void (*lost)(void *arg); /* once; the camera's thread */
    void *arg;
};

/* Opens and starts.
 *
 * Owner   caller; its path may die
 * Errors  -ENODEV it cannot be opened or has no fitting format, -ENOMEM
 * Thread  control; may take as long as the driver takes to open
 */
int media_camera_new(const struct media_camera_config *config,
                     struct media_camera **ret) LK_MUST_CHECK;

/* Stops; no callback comes after it. NULL is fine. Returns NULL. */
struct media_camera *media_camera_free(struct media_camera *c);

#endif

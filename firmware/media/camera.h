/* camera.h - the call's camera, until it is gone.
 *
 * Room, private: a thread that takes pictures from drivers/camera. A camera
 * that was unplugged or broke is freed and made anew by its owner. Pictures
 * are handed over as they come, unconverted.
 */
#ifndef LUUKKU_MEDIA_CAMERA_H
#define LUUKKU_MEDIA_CAMERA_H

#include "camera/io.h"

#include <gst/gst.h>
#include <stdbool.h>

struct media_camera;

struct media_camera_config {
    int fd;                     /* of its node; a copy is made */
    const struct camera_io *io; /* NULL: the kernel's */
    int width, height, fps;
    /* One picture: takes over `b`. `fourcc` as libyuv says it. Thread: the
     * camera's. */
    void (*frame)(void *arg, GstBuffer *b, int width, int height,
                  uint32_t fourcc);
    /* Its privacy shutter is closed, or open: at first where it is closed, and
     * whenever it moves. The camera's thread. */
    void (*shut)(void *arg, bool shut);
    void (*lost)(void *arg); /* once; the camera's thread */
    void *arg;
};

/* Opens and starts.
 *
 * Owner   caller
 * Errors  -ENODEV it is gone, is no camera, or has no fitting format, -ENOMEM
 * Thread  control; may take as long as the driver takes to start
 */
int media_camera_new(const struct media_camera_config *config,
                     struct media_camera **ret) LK_MUST_CHECK;

/* Stops; no callback comes after it. NULL is fine. Returns NULL. */
struct media_camera *media_camera_free(struct media_camera *c);

/* libyuv's code of one of V4L2's formats; 0 when we cannot take it. */
uint32_t media_camera_fourcc(uint32_t format);

#endif

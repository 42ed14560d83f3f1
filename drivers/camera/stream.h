/* stream.h - pictures of an opened camera.
 *
 * Room: a mode is set, buffers are mapped, pictures are taken one by one.
 * Nothing waits: poll(2) the camera's descriptor for POLLIN.
 * Thread: that of the camera, one at a time.
 * Source: the kernel's Video for Linux API, "Streaming I/O (Memory Mapping)".
 */
#ifndef LUUKKU_CAMERA_STREAM_H
#define LUUKKU_CAMERA_STREAM_H

#include "camera/device.h"

#define CAMERA_BUFFERS 4
#define CAMERA_PICTURE_MAX (32 * 1024 * 1024) /* bytes of one */

struct camera_stream;

struct camera_picture {
    const uint8_t *data; /* the driver's memory: borrowed until the callback
                            returns */
    size_t len;
    uint32_t format, width_px, height_px;
    int64_t captured_us; /* CLOCK_MONOTONIC; 0: the driver does not say */
};

/* Sets the mode that serves the wish best, and starts.
 *
 * Owner   caller, camera_stream_free() before the camera
 * Errors  -ENOTSUP no mode will do, -EBUSY another program streams, -ENODEV,
 *         -EIO, -ENOMEM
 */
int camera_stream_new(struct camera *c, const struct camera_wish *wish,
                      struct camera_stream **ret) LK_MUST_CHECK;

/* Stops and gives the buffers back. NULL is fine. Returns NULL. */
struct camera_stream *camera_stream_free(struct camera_stream *s);
LK_AUTO_DEFINE(camera_stream);

/* What was set; it may differ from what was wished for. */
const struct camera_mode *camera_stream_mode(const struct camera_stream *s);

typedef void camera_picture_fn(void *arg, const struct camera_picture *p);

/* Takes the picture that is ready, and hands it to fn. One that the driver
 * calls broken, or that is shorter than its format, is left out.
 *
 * Returns 1 a picture, 0 none now; -ENODEV the camera is gone, -EIO the
 *         stream broke: free it, and make a new one
 */
int camera_stream_take(struct camera_stream *s, camera_picture_fn *fn,
                       void *arg) LK_MUST_CHECK;

#endif

/* device.h - one opened V4L2 camera: what it offers, and its controls.
 *
 * Room: capabilities, modes, controls, the privacy shutter. Everything the
 * driver enumerates is bounded. Not here: pictures (stream.h), opening the node
 * (whoever may), which camera it is (id.h).
 * Thread: one at a time for each camera.
 * Source: the kernel's Video for Linux API, userspace-api/media/v4l.
 */
#ifndef LUUKKU_CAMERA_DEVICE_H
#define LUUKKU_CAMERA_DEVICE_H

#include "camera/io.h"
#include "camera/mode.h"

struct camera;

#define CAMERA_CARD_MAX 33 /* of the driver's name for it, the NUL included */

/* Asks the driver what it is and offers.
 *
 * fd      of a node, open for reading and writing, non-blocking; taken over,
 *         also when this fails
 * io      borrowed while the camera lives; NULL: the kernel's
 * Errors  -ENODEV it is gone or none at all, -ENOTSUP it does not capture (a
 *         metadata node, an output), -ENOMEM
 */
int camera_open(int fd, const struct camera_io *io,
                struct camera **ret) LK_MUST_CHECK;

/* Closes. Its stream must have been freed. NULL is fine. Returns NULL. */
struct camera *camera_free(struct camera *c);
LK_AUTO_DEFINE(camera);

/* Borrowed: to poll(2) for POLLIN (a picture) and POLLPRI (an event). */
int camera_fd(const struct camera *c);

/* The driver's name for it; printable ASCII. Lives as long as the camera. */
const char *camera_card(const struct camera *c);

/* Fills `modes` with what it offers near a wish: all discrete modes, and of
 * ranges of sizes the one nearest to the wish. Returns how many, at most
 * CAMERA_MODES_MAX. */
size_t camera_modes(struct camera *c, const struct camera_wish *wish,
                    struct camera_mode modes[CAMERA_MODES_MAX]);

enum camera_control {
    CAMERA_EXPOSURE_PRIORITY, /* 1: a long exposure may lower the rate */
    CAMERA_EXPOSURE_AUTO,     /* V4L2_EXPOSURE_* */
    CAMERA_EXPOSURE,          /* 100 us */
    CAMERA_FOCUS_AUTO,        /* 0, 1 */
    CAMERA_FOCUS,             /* the driver's own unit; larger is nearer */
    CAMERA_ZOOM,              /* the driver's own unit */
    CAMERA_POWER_LINE,        /* 0 off, 1: 50 Hz, 2: 60 Hz, 3 automatic */
    CAMERA_PRIVACY,           /* 1: the shutter is closed; read only */
    CAMERA_CONTROLS
};

struct camera_range {
    int32_t min, max, step, normal;
    bool menu;      /* only some values between are offered */
    bool read_only; /* at least now */
};

/* Errors  -ENOENT it has no such control, -ENODEV, -EIO */
int camera_control_range(struct camera *c, enum camera_control which,
                         struct camera_range *ret);
int camera_control_get(struct camera *c, enum camera_control which,
                       int32_t *ret);

/* Sets, brought into its range and on its step. Errors: as above, and -EACCES
 * it cannot be set now (automatic, read only). */
int camera_control_set(struct camera *c, enum camera_control which,
                       int32_t value);

struct camera_settings {
    int power_line_hz; /* 50 or 60; lamps flicker with it */
    int32_t zoom;      /* negative: as it was made */
};

/* Sets what a call wants: exposure by itself, but never longer than a picture;
 * focus by itself; power line; zoom. Whatever it does not have is left out. */
void camera_prepare(struct camera *c, const struct camera_settings *s);

/* Whether the privacy shutter is closed, as last known. False where the camera
 * does not tell. */
bool camera_shut(const struct camera *c);

/* Takes the events that wait (POLLPRI). Returns whether the shutter moved. */
bool camera_events(struct camera *c);

#endif

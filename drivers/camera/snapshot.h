/* snapshot.h - one picture of a camera, as a JPEG in sealed memory.
 *
 * Room: for papers under a document camera: the largest picture it has, taken
 * once its exposure has settled. Needs a camera with MJPEG, as all are whose
 * pictures are large enough for a paper. What the JPEG holds was made by the
 * camera: whoever decodes it takes it for hostile.
 * Thread: the loop's.
 */
#ifndef LUUKKU_CAMERA_SNAPSHOT_H
#define LUUKKU_CAMERA_SNAPSHOT_H

#include "camera/device.h"
#include "loop/loop.h"

#define CAMERA_SNAPSHOT_SKIP 6       /* pictures, while exposure settles */
#define CAMERA_SNAPSHOT_US 10000000  /* usual `most_us` below */
#define CAMERA_SNAPSHOT_PX_MAX 4096  /* of a side */
#define CAMERA_SNAPSHOT_MAX 16777216 /* bytes of the JPEG */

struct camera_snapshot;

/* Once.
 *
 * error  0; -ENODEV the camera is gone, -ETIMEDOUT it gives no pictures,
 *        -EIO it broke, -EMSGSIZE the picture is too large, -ENOMEM
 * fd     a sealed memfd with the JPEG, the callee's; -1 with an error
 */
typedef void camera_snapshot_fn(void *arg, int error, int fd);

/* Starts the camera for one picture.
 *
 * c       borrowed until the end; nothing else may stream from it
 * most_us until the picture, or -ETIMEDOUT
 * Owner   caller, camera_snapshot_free(), also inside fn; it stops the camera
 * Errors  camera_stream_new()'s, -ENOSPC
 */
int camera_snapshot_new(struct lk_loop *l, struct camera *c, int64_t most_us,
                        camera_snapshot_fn *fn, void *arg,
                        struct camera_snapshot **ret) LK_MUST_CHECK;

/* Without a callback, when it has not been yet. NULL is fine. Returns NULL. */
struct camera_snapshot *camera_snapshot_free(struct camera_snapshot *s);
LK_AUTO_DEFINE(camera_snapshot);

#endif

/* mode.h - picture formats of a camera, and which of them to ask for.
 *
 * Room: the choice among what a driver enumerates. Pure: no I/O, any thread.
 * Format codes are V4L2's (linux/videodev2.h, V4L2_PIX_FMT_*).
 */
#ifndef LUUKKU_CAMERA_MODE_H
#define LUUKKU_CAMERA_MODE_H

#include "base/defs.h"

#include <stdbool.h>

#define CAMERA_MODES_MAX 256
#define CAMERA_SIDE_MIN 16   /* pixels; smaller ones are no picture */
#define CAMERA_SIDE_MAX 8192 /* larger ones are left out */

#define CAMERA_FOURCC(a, b, c, d)                               \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | \
     (uint32_t)(d) << 24)
#define CAMERA_MJPEG CAMERA_FOURCC('M', 'J', 'P', 'G')
#define CAMERA_YUYV CAMERA_FOURCC('Y', 'U', 'Y', 'V')
#define CAMERA_NV12 CAMERA_FOURCC('N', 'V', '1', '2')
#define CAMERA_I420 CAMERA_FOURCC('Y', 'U', '1', '2')

struct camera_mode {
    uint32_t format;
    uint32_t width_px, height_px;
    uint32_t interval_num, interval_den; /* shortest time from one picture to
                                            the next, seconds; den 0: unknown */
};

/* What somebody would like best. */
struct camera_wish {
    uint32_t width_px, height_px;
    uint32_t fps;
    bool jpeg_only; /* nothing else will do */
};

/* Picks the mode that serves the wish best: first one that is fast enough, then
 * one that is large enough, then the same shape, then the nearest size, then
 * the format: MJPEG, which alone fits through USB 2 at larger sizes, then YUYV,
 * NV12, I420. Other formats and sizes out of bounds are passed over.
 *
 * Returns its index, or -ENOENT when none will do.
 */
int camera_mode_choose(const struct camera_mode *modes, size_t count,
                       const struct camera_wish *wish);

/* Whether it gives at least that many pictures a second. One that does not say
 * does not. */
bool camera_mode_reaches(const struct camera_mode *m, uint32_t fps);

/* Bytes of one whole picture of a mode; 0 for MJPEG, whose pictures differ. */
size_t camera_mode_bytes(const struct camera_mode *m);

#endif

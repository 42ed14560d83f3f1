/* video.h - pictures from the frame rings onto the canvas.
 *
 * Room: the newest picture of each ring, whether pictures keep coming, scaling
 * and conversion by libyuv. What the rings hold comes from another program and
 * is not trusted: ring.c checks sizes, here only pixels are read.
 */
#ifndef LUUKKU_KIOSK_VIDEO_H
#define LUUKKU_KIOSK_VIDEO_H

#include "kiosk/paint.h"

/* A picture is live for this long after it was captured. */
#define KIOSK_LIVE_US (3 * INT64_C(1000000))

struct kiosk_video;

/* Errors: -ENOMEM. Thread: one, as all below. */
int kiosk_video_new(struct kiosk_video **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct kiosk_video *kiosk_video_free(struct kiosk_video *v);
LK_AUTO_DEFINE(kiosk_video);

/* Takes both descriptors over and replaces the source's ring; -1: none. The
 * picture of the old one is forgotten. */
void kiosk_video_set(struct kiosk_video *v, enum kiosk_source source,
                     int memory_fd, int wake_fd);

/* The descriptor that becomes readable with a new picture, or -1. */
int kiosk_video_wake_fd(const struct kiosk_video *v, enum kiosk_source source);

/* Takes the newest picture. Returns whether there was a new one. A ring that
 * lies is given up. */
bool kiosk_video_poll(struct kiosk_video *v, enum kiosk_source source,
                      int64_t now_us);

/* Whether the newest picture is younger than KIOSK_LIVE_US; and when that
 * ends, INT64_MAX when it has. */
bool kiosk_video_live(const struct kiosk_video *v, enum kiosk_source source,
                      int64_t now_us);
int64_t kiosk_video_until_us(const struct kiosk_video *v,
                             enum kiosk_source source, int64_t now_us);

/* A kiosk_painter picture function; arg is the struct kiosk_video. Fills the
 * area; cuts off at most a quarter of the picture, otherwise leaves dark bars.
 * One's own picture is mirrored. */
bool kiosk_video_draw(void *arg, enum kiosk_source source,
                      const struct kiosk_canvas *c, struct kiosk_rect area);

#endif

/* vsend.h - the picture that is sent: source, size, encoder, packets.
 *
 * Room, private. One thread of its own draws or converts a picture, encodes
 * it, hands the packets out, and gives the self-view its copy.
 */
#ifndef LUUKKU_MEDIA_VSEND_H
#define LUUKKU_MEDIA_VSEND_H

#include "media/camera.h"
#include "media/look.h"
#include "media/media.h"
#include "media/packets.h"

struct media_vsend;

/* Starts the thread. `cb` is borrowed. Errors: -ENOMEM, -EIO. */
int media_vsend_new(const struct media_config *config,
                    const struct media_callbacks *cb,
                    struct media_vsend **ret) LK_MUST_CHECK;
struct media_vsend *media_vsend_free(struct media_vsend *v);

/* Who looks at what the camera gives, or what stands for it; borrowed. Before
 * the first media_vsend_capture(). */
void media_vsend_look(struct media_vsend *v, struct media_looker *l);

/* The self-view's ring, or NULL. Borrowed. */
struct lk_ring *media_vsend_ring(struct media_vsend *v);

/* Pictures are wanted (true), or nothing is: no picture is made or taken, the
 * thread sleeps, and what was seen last is gone from memory and self-view. At
 * first nothing is. `patience_us`: so long the camera may take to its first
 * picture before the still one says that there is none. Any thread. */
void media_vsend_capture(struct media_vsend *v, bool on, int64_t patience_us);

/* As the public functions of the same names. Any thread. */
void media_vsend_open(struct media_vsend *v, bool open);
void media_vsend_identity(struct media_vsend *v, uint8_t pt, uint32_t ssrc);
void media_vsend_bitrate(struct media_vsend *v, int bps);
void media_vsend_keyframe(struct media_vsend *v);
void media_vsend_set_stamps(struct media_vsend *v, bool on);
void media_vsend_camera_on(struct media_vsend *v, bool on);
/* The simulated camera is there, or unplugged. */
void media_vsend_scene_there(struct media_vsend *v, bool there);
/* There is no simulated camera any more. */
void media_vsend_scene_end(struct media_vsend *v);
void media_vsend_caption(struct media_vsend *v, enum media_caption which,
                         const char *text);
void media_vsend_stats(struct media_vsend *v, struct media_stats *ret);

/* For media_camera_config. */
void media_vsend_camera_frame(void *arg, GstBuffer *b, int width, int height,
                              uint32_t fourcc);
void media_vsend_camera_shut(void *arg, bool shut);
void media_vsend_camera_lost(void *arg);

/* Whether the encoder failed. Any thread. */
bool media_vsend_failed(struct media_vsend *v);

/* Whether its shutter is closed. Any thread. */
bool media_vsend_camera_is_shut(struct media_vsend *v);

/* Whether pictures come from the camera now. Any thread. */
bool media_vsend_camera_lives(struct media_vsend *v);

#endif

/* vrecv.h - the picture that is received: decoder, ring, stamps.
 *
 * Room, private. No thread of its own: the jitter buffer's decodes.
 */
#ifndef LUUKKU_MEDIA_VRECV_H
#define LUUKKU_MEDIA_VRECV_H

#include "media/receive.h"

struct media_vrecv;

/* `open` is borrowed. Errors: -ENOMEM, -EIO. Thread: control. */
int media_vrecv_new(const struct media_config *config,
                    const struct media_callbacks *cb, const atomic_bool *open,
                    struct media_vrecv **ret) LK_MUST_CHECK;
struct media_vrecv *media_vrecv_free(struct media_vrecv *v);

/* Calls `first` for the first picture, and for the first after what was counted
 * was forgotten: on the streaming thread, so that it must only hand on.
 * Control, before anything is received. */
void media_vrecv_on_first(struct media_vrecv *v, void (*first)(void *arg),
                          void *arg);

/* Its RTP side and its ring, borrowed. */
struct media_receive *media_vrecv_receive(struct media_vrecv *v);
struct lk_ring *media_vrecv_ring(struct media_vrecv *v);

/* Shows pictures this much after they left the jitter buffer. Any thread. */
void media_vrecv_delay(struct media_vrecv *v, int64_t delay_us);

/* Stamps are read in what comes, or not. Any thread. */
void media_vrecv_set_stamps(struct media_vrecv *v, bool on);

/* Forgets what was counted. Control. */
void media_vrecv_reset(struct media_vrecv *v);
void media_vrecv_stats(struct media_vrecv *v, struct media_stats *ret);

#endif

/* arecv.h - the sound that is received: decoder, measuring, loudspeaker.
 *
 * Room, private. No thread of its own: the jitter buffer's decodes and plays.
 */
#ifndef LUUKKU_MEDIA_ARECV_H
#define LUUKKU_MEDIA_ARECV_H

#include "media/look.h"
#include "media/receive.h"

struct media_arecv;

#define MEDIA_GAIN_ONE 4096

struct media_arecv_config {
    uint8_t pt;
    enum media_sound sink;       /* NONE: played to nobody, in real time */
    int card;                    /* ALSA's; -1: its default device */
    struct speech *speech;       /* mixed in; borrowed, NULL: none */
    struct media_looker *looker; /* likewise its tone; borrowed */
    const atomic_int *gain;      /* 0..MEDIA_GAIN_ONE; borrowed */
    const atomic_bool *open;     /* borrowed */
};

/* Errors: -ENOMEM, -EIO the device cannot be opened. Thread: control. */
int media_arecv_new(const struct media_arecv_config *config,
                    const struct media_callbacks *cb,
                    struct media_arecv **ret) LK_MUST_CHECK;
struct media_arecv *media_arecv_free(struct media_arecv *a);

/* Its RTP side, borrowed. */
struct media_receive *media_arecv_receive(struct media_arecv *a);

/* True once the device is gone. Any thread. */
bool media_arecv_broken(struct media_arecv *a);

/* Fits the jitter buffer to the network's jitter, and shares out a changed
 * latency. Control. */
void media_arecv_tick(struct media_arecv *a);

/* From a sample leaving the jitter buffer until it is heard, in us. */
int64_t media_arecv_latency_us(struct media_arecv *a);

void media_arecv_stats(struct media_arecv *a, struct media_stats *ret);

#endif

/* packets.h - from the payloader to the transport.
 *
 * Room, private: one outgoing stream, its identity and its gate.
 */
#ifndef LUUKKU_MEDIA_PACKETS_H
#define LUUKKU_MEDIA_PACKETS_H

#include "media/media.h"

#include <gst/gst.h>
#include <stdatomic.h>

struct media_out {
    enum media_kind kind;
    const struct media_callbacks *cb; /* borrowed */
    atomic_bool open;
    atomic_bool await_key; /* video: nothing leaves before a key frame */
    atomic_uint pt, ssrc;
    bool pass;    /* this frame was begun while open; streaming thread only */
    uint16_t seq; /* of the next packet; streaming thread only */
    /* What time stamps leave out of CLOCK_MONOTONIC; streaming thread only. */
    int64_t skipped_us;
    atomic_ullong frames, keyframes, packets;
};

void media_out_init(struct media_out *o, enum media_kind kind,
                    const struct media_callbacks *cb);

/* Hands one frame's packets to the callback. `list` or `one` is given; both
 * are borrowed. Thread: streaming. */
void media_out_send(struct media_out *o, GstBufferList *list, GstBuffer *one);

#endif

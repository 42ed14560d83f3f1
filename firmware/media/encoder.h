/* encoder.h - pictures in, RTP packets of VP8 out, at a changing rate and size.
 *
 * Room, private. All of it on one thread: the one that calls.
 */
#ifndef LUUKKU_MEDIA_ENCODER_H
#define LUUKKU_MEDIA_ENCODER_H

#include "media/packets.h"
#include "media/picture.h"

struct media_encoder;

/* `out` is borrowed. Errors: -ENOMEM, -EIO. */
int media_encoder_new(const struct media_config *config, struct media_out *out,
                      struct media_encoder **ret) LK_MUST_CHECK;
struct media_encoder *media_encoder_free(struct media_encoder *e);

struct media_encoder_job {
    const struct media_picture *picture; /* full size; may be written to */
    int64_t captured_us;                 /* rises from picture to picture */
    int bps;
    bool keyframe;
    bool stamp;
    uint16_t counter; /* in the stamp */
};

/* Encodes; the packets have left when it returns. Errors: -EIO. */
int media_encoder_encode(struct media_encoder *e,
                         const struct media_encoder_job *job) LK_MUST_CHECK;

/* The size of the last picture. Any thread. */
void media_encoder_size(struct media_encoder *e, int *ret_width,
                        int *ret_height);

#endif

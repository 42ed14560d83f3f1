/* playout.h - all that the loudspeaker plays: the far end's sound and the
 * firmware's own speech, in one stream.
 *
 * Room, private. Stands between the decoder and the loudspeaker (in front of
 * the echo canceller's probe, which so knows of both). While the far end's
 * sound flows, speech is mixed into it; while none does, a thread of this
 * file's own carries the speech.
 *
 * While something is spoken the far end is a little quieter: the speech is
 * short and was asked for, and the person who talks is still heard.
 */
#ifndef LUUKKU_MEDIA_PLAYOUT_H
#define LUUKKU_MEDIA_PLAYOUT_H

#include "media/element.h"
#include "media/look.h"

#include "speech/pcm.h"
#include "speech/speech.h"

struct media_playout;

/* No sample of the whole is beyond this: 3 dB below the most. Loud sounds
 * never, whatever the far end sends. */
#define MEDIA_CEILING 23197
/* Of MEDIA_GAIN_ONE: the far end while something is spoken, 10 dB down; and
 * speech at the least volume, so that who turned it down finds the way back. */
#define MEDIA_DUCKED 1295
#define MEDIA_SPEECH_GAIN_MIN 1024

struct media_playout_config {
    GstElement *from;            /* S16LE, 48 kHz, mono */
    GstElement *to;              /* the same */
    struct speech *speech;       /* borrowed; NULL: none */
    struct media_looker *looker; /* its tone, likewise; borrowed */
    const atomic_int *gain;      /* 0..MEDIA_GAIN_ONE; borrowed */
};

/* Links the two; call it before the pipeline plays. Errors: -ENOMEM, -EIO.
 * Thread: control. */
int media_playout_new(const struct media_playout_config *config,
                      struct media_playout **ret) LK_MUST_CHECK;

/* Announces the stream and lets speech flow, once the pipeline plays. Errors:
 * pthread_create(3)'s. */
int media_playout_begin(struct media_playout *p) LK_MUST_CHECK;

/* Once the pipeline is stopped: waits for the thread, unlinks. NULL is fine.
 * Returns NULL. */
struct media_playout *media_playout_free(struct media_playout *p);

/* Mixing alone, for tests: adds speech to n samples of the far end. */
struct media_mix {
    int duck; /* what is taken from the far end now, of MEDIA_GAIN_ONE */
    struct speech_limiter limiter;
};
void media_mix(struct media_mix *m, int16_t *far, const int16_t *voice,
               size_t n, bool speaking, int gain);

#endif

/* pcm.h - samples: from the synthesiser's rate to the loudspeaker's, and never
 * louder than a ceiling.
 *
 * Pure: no I/O, no allocation; one thread each. 16 bit, one channel.
 */
#ifndef LUUKKU_SPEECH_PCM_H
#define LUUKKU_SPEECH_PCM_H

#include <stddef.h>
#include <stdint.h>

#define SPEECH_RATE_HZ 48000 /* of everything that leaves this room */

/* Resampler: the curve through four neighbours (Hermite). A voice has little
 * near half its rate, where this would be heard. Zeroed, then rate_hz set. */
struct speech_resampler {
    uint32_t rate_hz; /* of the input; 8000..SPEECH_RATE_HZ */
    uint32_t at;      /* between x[1] and x[2], in 1/SPEECH_RATE_HZ steps */
    int16_t x[4];     /* the last four samples */
};

/* Takes one sample and gives those that lie before it, at most
 * SPEECH_RESAMPLE_MAX. Returns how many. */
#define SPEECH_RESAMPLE_MAX 8
size_t speech_resample(struct speech_resampler *r, int16_t sample,
                       int16_t ret[SPEECH_RESAMPLE_MAX]);

/* Limiter: follows the peaks at once and lets go within some 0.2 s, so that
 * what is too loud becomes quieter instead of harsh. Zeroed: at rest. */
struct speech_limiter {
    uint32_t down; /* gain taken away, of 1 << 16 */
};

/* `sample`, as a sum of several may lie outside 16 bits; the result is within
 * -ceiling..ceiling. */
int16_t speech_limit(struct speech_limiter *l, int32_t sample, int ceiling);

/* Fades the samples out to silence, without a click. */
void speech_fade_out(int16_t *samples, size_t n);

#endif

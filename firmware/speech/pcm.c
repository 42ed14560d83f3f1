#include "speech/pcm.h"

#define ONE (1 << 16)
#define RELEASE_SHIFT 13 /* 1 / 8192 of what is left, each sample: 0.17 s */

/* Catmull-Rom at t, 0..1. */
static int16_t between(const int16_t x[4], float t)
{
    float a = (float)x[0];
    float b = (float)x[1];
    float c = (float)x[2];
    float d = (float)x[3];
    float v =
        b + 0.5f * t *
                (c - a +
                 t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    if (v > INT16_MAX)
        v = INT16_MAX;
    if (v < INT16_MIN)
        v = INT16_MIN;
    return (int16_t)v;
}

size_t speech_resample(struct speech_resampler *r, int16_t sample,
                       int16_t ret[SPEECH_RESAMPLE_MAX])
{
    size_t n = 0;
    r->x[0] = r->x[1];
    r->x[1] = r->x[2];
    r->x[2] = r->x[3];
    r->x[3] = sample;
    while (r->at < SPEECH_RATE_HZ && n < SPEECH_RESAMPLE_MAX) {
        ret[n++] = between(r->x, (float)r->at / SPEECH_RATE_HZ);
        r->at += r->rate_hz;
    }
    r->at -= SPEECH_RATE_HZ;
    return n;
}

int16_t speech_limit(struct speech_limiter *l, int32_t sample, int ceiling)
{
    int64_t loud = sample < 0 ? -(int64_t)sample : sample;
    l->down -= (l->down + (1 << RELEASE_SHIFT) - 1) >> RELEASE_SHIFT;
    if (loud * (ONE - l->down) > (int64_t)ceiling * ONE)
        l->down = (uint32_t)(ONE - (int64_t)ceiling * ONE / loud);
    int64_t v = (int64_t)sample * (ONE - l->down) / ONE;
    if (v > ceiling)
        v = ceiling;
    if (v < -ceiling)
        v = -ceiling;
    return (int16_t)v;
}

void speech_fade_out(int16_t *samples, size_t n)
{
    for (size_t i = 0; i < n; i++)
        samples[i] = (int16_t)((int64_t)samples[i] * (int64_t)(n - i) /
                               (int64_t)(n + 1));
}

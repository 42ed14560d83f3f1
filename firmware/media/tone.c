/* tone.c - how loud received sound is, and whether it is one steady tone. */
#include "media/tone.h"

#include <math.h>
#include <stdbool.h>

#define RATE_HZ (48000.0 / MEDIA_TONE_DECIMATE)
#define SILENCE 0.002 /* root mean square below which nothing is said */
#define PERIODS_MIN 10
#define UNSTEADY 0.12 /* spread of the periods over their mean */

void media_tone_add(struct media_tone *t, const int16_t *samples, size_t n,
                    int64_t now_us)
{
    if (now_us - t->last_us > MEDIA_TONE_STALE_US)
        t->filled = 0;
    t->last_us = now_us;
    for (size_t i = 0; i < n; i++) {
        t->sum += samples[i];
        if (++t->summed < MEDIA_TONE_DECIMATE)
            continue;
        t->sample[t->at] = (int16_t)(t->sum / MEDIA_TONE_DECIMATE);
        t->at = (t->at + 1) % MEDIA_TONE_LEN;
        t->filled = LK_MIN(t->filled + 1, (size_t)MEDIA_TONE_LEN);
        t->sum = t->summed = 0;
    }
}

static double sample_at(const struct media_tone *t, size_t i)
{
    size_t first = t->at + MEDIA_TONE_LEN - t->filled;
    return t->sample[(first + i) % MEDIA_TONE_LEN] / 32768.0;
}

struct periods {
    double sum, squares, last;
    int n;
};

static void periods_add(struct periods *p, double crossing)
{
    if (p->n > 0) {
        double len = crossing - p->last;
        p->sum += len;
        p->squares += len * len;
    }
    p->last = crossing;
    p->n++;
}

/* Upward zero crossings, counted once per swing: the signal must have been
 * below -swing before and rise above +swing after. */
static struct periods crossings(const struct media_tone *t, double swing)
{
    struct periods p = {0};
    bool low = false;
    double zero = 0, before = sample_at(t, 0);
    for (size_t i = 1; i < t->filled; i++) {
        double v = sample_at(t, i);
        if (before < 0 && v >= 0)
            zero = (double)i - v / (v - before);
        if (v < -swing)
            low = true;
        if (low && v > swing) {
            periods_add(&p, zero);
            low = false;
        }
        before = v;
    }
    return p;
}

void media_tone_measure(const struct media_tone *t, int64_t now_us,
                        double *ret_hz, double *ret_level)
{
    *ret_hz = 0;
    *ret_level = 0;
    if (t->filled < MEDIA_TONE_LEN / 2 ||
        now_us - t->last_us > MEDIA_TONE_STALE_US)
        return;
    double power = 0;
    for (size_t i = 0; i < t->filled; i++)
        power += sample_at(t, i) * sample_at(t, i);
    double level = sqrt(power / (double)t->filled);
    *ret_level = level;
    if (level < SILENCE)
        return;
    struct periods p = crossings(t, level / 2);
    if (p.n <= PERIODS_MIN)
        return;
    double mean = p.sum / (p.n - 1);
    double spread = p.squares / (p.n - 1) - mean * mean;
    if (spread > 0 && sqrt(spread) > UNSTEADY * mean)
        return;
    *ret_hz = RATE_HZ / mean;
}

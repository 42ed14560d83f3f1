/* adapt.c - picture size from the bitrate, and delays for lip-sync. */
#include "media/adapt.h"

#define LEVELS 5
#define PATIENCE_US 4000000
#define SKEW_FREE_US 45000
#define DELAY_STEP_US 10000 /* per look: too small to be seen */
#define LATENCY_MIN_MS 20
#define LATENCY_MAX_MS 200

/* Eighths of the full sides. */
static const int eighths[LEVELS] = {8, 6, 4, 3, 2};

/* A VP8 picture is still one at this many bits per thousand pixels; below it,
 * a smaller one looks better. */
#define MILLIBITS_DOWN 18
#define MILLIBITS_UP 26

static struct media_size size_at(const struct media_adapt *a, int level)
{
    return (struct media_size){a->full.width * eighths[level] / 8 / 4 * 4,
                               a->full.height * eighths[level] / 8 / 4 * 4};
}

static bool level_exists(const struct media_adapt *a, int level)
{
    if (level >= LEVELS)
        return false;
    struct media_size s = size_at(a, level);
    return s.width >= 256 && s.height >= 144;
}

static bool level_bears(const struct media_adapt *a, int level, int bps,
                        int millibits)
{
    struct media_size s = size_at(a, level);
    return (int64_t)bps * 1000 >=
           (int64_t)s.width * s.height * a->fps * millibits;
}

struct media_size media_adapt_size(struct media_adapt *a, int bps,
                                   int64_t now_us)
{
    while (level_exists(a, a->level + 1) &&
           !level_bears(a, a->level, bps, MILLIBITS_DOWN)) {
        a->level++;
        a->better_since_us = 0;
    }
    if (a->level == 0)
        return a->full;
    if (!level_bears(a, a->level - 1, bps, MILLIBITS_UP))
        a->better_since_us = 0;
    else if (a->better_since_us == 0)
        a->better_since_us = now_us;
    else if (now_us - a->better_since_us > PATIENCE_US) {
        a->level--;
        a->better_since_us = 0;
    }
    return a->level == 0 ? a->full : size_at(a, a->level);
}

int media_adapt_latency(int now_ms, int64_t jitter_us)
{
    int64_t want = LATENCY_MIN_MS + 4 * jitter_us / 1000;
    want = LK_MIN(LK_MAX(want, LATENCY_MIN_MS), LATENCY_MAX_MS);
    if (want > now_ms)
        return (int)((want + 9) / 10 * 10);
    return want <= now_ms - 20 ? now_ms - 10 : now_ms;
}

int64_t media_adapt_delay(int64_t now_us, int64_t skew_us)
{
    int64_t want = LK_MAX(skew_us - SKEW_FREE_US, 0);
    want = LK_MIN(want, MEDIA_DELAY_MAX_US);
    if (want > now_us)
        return LK_MIN(now_us + DELAY_STEP_US, want);
    return LK_MAX(now_us - DELAY_STEP_US, want);
}

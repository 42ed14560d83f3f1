/* stats.h - how quickly the screen answers, for technicians and benchmarks.
 *
 * Room: arithmetic and the JSON text of `ui stats`. Pure.
 */
#ifndef LUUKKU_KIOSK_STATS_H
#define LUUKKU_KIOSK_STATS_H

#include "base/defs.h"

#include <stdbool.h>
#include <stdint.h>

/* Times in microseconds; zeroed: nothing happened yet. */
struct kiosk_stats {
    int64_t since_us;  /* when the input came that is not shown yet, or 0 */
    int64_t answer_us; /* from the last input to its pixels */
    int64_t answer_worst_us; /* the longest such time */
    int64_t full_us;         /* the last drawing of the whole screen */
    int64_t draws;           /* times that anything was drawn */
    int64_t drawn_px;        /* pixels of all that */
};

/* Input came at that time, CLOCK_MONOTONIC. */
void kiosk_stats_input(struct kiosk_stats *s, int64_t at_us);

/* What was drawn from `from_us` on is on the screen; px pixels of it, `all`:
 * the whole screen. */
void kiosk_stats_shown(struct kiosk_stats *s, int64_t from_us, int64_t now_us,
                       int64_t px, bool all);

/* {"answer_us", "answer_worst_us", "full_us", "draws", "drawn_px"}.
 *
 * ret     heap text, the caller frees it
 * Errors  -ENOMEM
 */
int kiosk_stats_json(const struct kiosk_stats *s, char **ret) LK_MUST_CHECK;

#endif

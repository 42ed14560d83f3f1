/* clock.h - monotonic and wall time.
 *
 * Room: reading clocks. Pure modules do not call this: they take the time.
 */
#ifndef LUUKKU_BASE_CLOCK_H
#define LUUKKU_BASE_CLOCK_H

#include <stdint.h>

/* Microseconds of CLOCK_MONOTONIC. Never negative. Thread: any. */
int64_t lk_clock_us(void);

/* Milliseconds of CLOCK_MONOTONIC. Thread: any. */
int64_t lk_clock_ms(void);

/* Microseconds of CLOCK_REALTIME since 1970. Never used for freshness.
 * Thread: any. */
int64_t lk_clock_wall_us(void);

#endif

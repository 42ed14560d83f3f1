/* clock.h - monotonic and wall time.
 *
 * Room: reading clocks. Pure modules do not call this: they take the time.
 */
#ifndef LUUKKU_BASE_CLOCK_H
#define LUUKKU_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Microseconds of CLOCK_MONOTONIC. Never negative. Thread: any. */
int64_t lk_clock_us(void);

/* Milliseconds of CLOCK_MONOTONIC. Thread: any. */
int64_t lk_clock_ms(void);

/* Microseconds of CLOCK_REALTIME since 1970. Never used for freshness.
 * Thread: any. */
int64_t lk_clock_wall_us(void);

/* Microseconds of a processor that `thread`, one that was not joined yet, has
 * used. Thread: any of its program. */
int64_t lk_clock_thread_us(pthread_t thread);

/* Whether the kernel says that something outside keeps CLOCK_REALTIME right
 * (NTP or the like; adjtimex(2), STA_UNSYNC). Thread: any. */
bool lk_clock_set(void);

#endif

/* super_time.h - a moment as technicians read it.
 *
 * Room: CLOCK_REALTIME to text. Pure; any thread.
 */
#ifndef LUUKKU_APP_SUPER_TIME_H
#define LUUKKU_APP_SUPER_TIME_H

#include "base/defs.h"

#include <stdint.h>

#define SUPER_TIME_MAX 40 /* bytes, the NUL included */

/* "2026-01-31T09:05:07.123Z" of microseconds since 1970. */
void super_time_text(int64_t wall_us, char ret[SUPER_TIME_MAX]);

#endif

/* log.h - one line per event: level, room, key=value text.
 *
 * Room: formatting, levels, rate limit, the sink. Lines go to standard error,
 * which the supervisor collects. No personal data, ever: no names, form text,
 * PINs, APDUs, SDP passwords or keys.
 */
#ifndef LUUKKU_BASE_LOG_H
#define LUUKKU_BASE_LOG_H

#include "base/defs.h"

enum lk_log_level {
    LK_LOG_ERROR = 0,
    LK_LOG_WARN = 1,
    LK_LOG_INFO = 2,
    LK_LOG_DEBUG = 3
};

/* Longest line, newline included; what is longer is cut. */
#define LK_LOG_LINE_MAX 512

/* A burst of this many lines per level and second, then silence with a count
 * of what was dropped. */
#define LK_LOG_BURST 50

/* Logs `fmt` under `room`. LK_LOG(WARN, "ccid", "slot=%u err=%d", slot, r) */
#define LK_LOG(level, room, ...) \
    lk_log_write(LK_LOG_##level, (room), __VA_ARGS__)

/* Writes one line "<level> <program> <room> <text>\n" to the sink in one
 * write(2), so that lines of several threads do not mix.
 *
 * room    static string, [a-z0-9-]+
 * Errors  none; a line that cannot be written is lost and counted
 * Thread  any
 */
void lk_log_write(enum lk_log_level level, const char *room, const char *fmt,
                  ...) LK_PRINTF(3, 4);

/* Sets the program's name (static string) and the most verbose level shown.
 * Defaults: "luukku", LK_LOG_INFO. Thread: before others start. */
void lk_log_init(const char *program, enum lk_log_level max_level);

/* Replaces the sink, for tests and for the supervisor's ring; NULL restores
 * standard error. `line` has no newline and dies on return. Thread: as above.
 */
typedef void lk_log_sink_fn(void *arg, enum lk_log_level level,
                            const char *line);
void lk_log_set_sink(lk_log_sink_fn *fn, void *arg);

#endif

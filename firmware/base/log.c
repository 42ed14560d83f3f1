#include "base/log.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *log_program = "luukku";
static enum lk_log_level log_max_level = LK_LOG_INFO;
static lk_log_sink_fn *log_sink;
static void *log_sink_arg;

/* Second in which the bucket was opened, and lines in it, per level. */
static struct {
    _Atomic int64_t second;
    _Atomic unsigned lines;
    _Atomic unsigned dropped;
} log_bucket[LK_LOG_DEBUG + 1];

static const char *const log_level_name[] = {"error", "warn", "info", "debug"};

void lk_log_init(const char *program, enum lk_log_level max_level)
{
    log_program = program;
    log_max_level = max_level;
}

void lk_log_set_sink(lk_log_sink_fn *fn, void *arg)
{
    log_sink = fn;
    log_sink_arg = arg;
}

/* Whether a line may pass now; sets *dropped to what was lost before it. */
static int log_admit(enum lk_log_level level, unsigned *dropped)
{
    int64_t now_s = lk_clock_us() / 1000000;
    int64_t was = atomic_load(&log_bucket[level].second);
    *dropped = 0;
    if (was != now_s && atomic_compare_exchange_strong(
                            &log_bucket[level].second, &was, now_s)) {
        atomic_store(&log_bucket[level].lines, 0);
        *dropped = atomic_exchange(&log_bucket[level].dropped, 0);
    }
    if (atomic_fetch_add(&log_bucket[level].lines, 1) < LK_LOG_BURST)
        return 1;
    atomic_fetch_add(&log_bucket[level].dropped, 1);
    return 0;
}

static void log_emit(enum lk_log_level level, char *line, size_t len)
{
    if (log_sink) {
        log_sink(log_sink_arg, level, line);
        return;
    }
    line[len] = '\n';
    /* Nobody is left to tell when standard error is gone. */
    ssize_t n = write(STDERR_FILENO, line, len + 1);
    (void)n;
}

/* Keeps one event on one line, whatever a value holds. */
static void log_flatten(char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            *s = '?';
}

void lk_log_write(enum lk_log_level level, const char *room, const char *fmt,
                  ...)
{
    char line[LK_LOG_LINE_MAX + 1];
    unsigned dropped;
    if (level > log_max_level || !log_admit(level, &dropped))
        return;
    int at = snprintf(line, LK_LOG_LINE_MAX, "%s %s %s ", log_level_name[level],
                      log_program, room);
    if (at < 0)
        return;
    size_t len = LK_MIN((size_t)at, (size_t)LK_LOG_LINE_MAX - 1);
    va_list ap;
    va_start(ap, fmt);
    at = vsnprintf(line + len, LK_LOG_LINE_MAX - len, fmt, ap);
    va_end(ap);
    if (at > 0)
        len = LK_MIN(len + (size_t)at, (size_t)LK_LOG_LINE_MAX - 1);
    if (dropped > 0) {
        at =
            snprintf(line + len, LK_LOG_LINE_MAX - len, " dropped=%u", dropped);
        if (at > 0)
            len = LK_MIN(len + (size_t)at, (size_t)LK_LOG_LINE_MAX - 1);
    }
    log_flatten(line);
    log_emit(level, line, len);
}

/* What a program writes to standard output and error: into the ring, and on to
 * super's own standard error. */
#include "app/super_output.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* Reads of one wake-up: a program that never stops talking must not keep super
 * from its pings. */
#define READS_MAX 8

/* Blocking would stop all supervision because of a stuck terminal: a line that
 * finds no room is not passed on. It stays in the ring. */
static void pass_on(const char *text, size_t len)
{
    char line[SUPER_LOG_TEXT_MAX + 1];
    struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (len > sizeof(line) - 1 || poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT))
        return;
    for (size_t i = 0; i < len; i++)
        line[i] = text[i];
    line[len] = '\n';
    ssize_t n = write(STDERR_FILENO, line, len + 1);
    (void)n; /* nobody is left to tell */
}

static bool may_pass(struct super_child *c)
{
    int64_t second = lk_loop_now_us(c->loop) / 1000000;
    if (c->lines_second != second) {
        c->lines_second = second;
        c->lines_passed = 0;
    }
    return c->lines_passed++ < SUPER_LINES_PER_S;
}

/* Says at the end of a line how many like it were not kept. */
static void keep(struct super_child *c, const char *text, size_t len,
                 unsigned dropped)
{
    char line[SUPER_LOG_TEXT_MAX + 32];
    struct super_log *log = c->super->config.log;
    if (dropped == 0) {
        super_log_add(log, c->program->name, lk_clock_wall_us(), text, len);
        return;
    }
    size_t n = LK_MIN(len, (size_t)SUPER_LOG_TEXT_MAX - 32);
    int all =
        snprintf(line, sizeof(line), "%.*s dropped=%u", (int)n, text, dropped);
    super_log_add(log, c->program->name, lk_clock_wall_us(), line,
                  (size_t)LK_MAX(all, 0));
}

static void on_line(void *arg, const char *text, size_t len)
{
    struct super_child *c = arg;
    unsigned dropped = 0;
    if (super_rate_admit(&c->super->rate, c->program->name, text, len,
                         lk_loop_now_us(c->loop), &dropped))
        keep(c, text, len, dropped);
    if (may_pass(c))
        pass_on(text, len);
}

bool super_output_read(struct super_child *c)
{
    char data[4096];
    for (int i = 0; i < READS_MAX; i++) {
        ssize_t n = read(c->process.output, data, sizeof(data));
        if (n > 0)
            super_lines_feed(&c->lines, data, (size_t)n, on_line, c);
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            return false;
        else
            break;
    }
    return true;
}

void super_output_end(struct super_child *c)
{
    (void)super_output_read(c);
    super_lines_end(&c->lines, on_line, c);
}

void super_output_own(void *arg, enum lk_log_level level, const char *line)
{
    size_t len = 0;
    (void)level;
    while (line[len])
        len++;
    super_log_add(arg, "luukku-super", lk_clock_wall_us(), line, len);
    pass_on(line, len);
}

#include "app/super_answer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const state_name[] = {
    [SUPER_WAITING] = "waiting to start",
    [SUPER_STARTING] = "starting",
    [SUPER_RUNNING] = "running",
    [SUPER_STOPPING] = "stopping",
    [SUPER_ENDED] = "ended",
};

static json_t *program_status(const struct super *s, size_t i, int64_t now_us)
{
    struct super_info info;
    super_info(s, i, &info);
    int64_t up_us = info.pid ? now_us - info.started_us : 0;
    return json_pack("{s:s,s:s,s:i,s:i,s:I,s:s,s:s}", "name", info.name,
                     "state", state_name[info.state], "pid", (int)info.pid,
                     "restarts", (int)info.restarts, "uptime_s",
                     (json_int_t)(up_us / 1000000), "walls", info.walls,
                     "last_end", info.ended);
}

json_t *super_answer_status(const struct super_desk_config *config,
                            const struct super *s, int64_t up_us,
                            int64_t now_us)
{
    json_t *programs = json_array();
    for (size_t i = 0; i < super_programs(s); i++)
        if (super_has(s, i) &&
            json_array_append_new(programs, program_status(s, i, now_us)) < 0) {
            json_decref(programs);
            return NULL;
        }
    return json_pack("{s:s,s:s,s:I,s:b,s:o,s:o}", "kiosk", config->kiosk,
                     "version", config->version, "uptime_s",
                     (json_int_t)(up_us / 1000000), "ui_control",
                     config->allow_ui_control, "programs", programs, "errors",
                     json_object());
}

json_t *super_answer_check(const char *program, const char *what,
                           const char *result, const char *why)
{
    char text[96];
    (void)snprintf(text, sizeof(text), "%s %s", program, what);
    return json_pack("{s:s,s:s,s:s}", "test", text, "result", result, "why",
                     why);
}

/* A device that is not there fails as one that is set aside: the kiosk is
 * configured to have it. */
static int check_devices(json_t *checks, const struct super_devices *d)
{
    json_t *list = super_devices_answer(d);
    size_t i = 0;
    json_t *one = NULL;
    int r = list ? 0 : -ENOMEM;
    json_array_foreach(list, i, one)
    {
        const char *state = json_string_value(json_object_get(one, "state"));
        const char *why = json_string_value(json_object_get(one, "why"));
        bool works = strcmp(state, "works") == 0;
        char text[SUPER_DEVICE_WHY_MAX + 32];
        (void)snprintf(text, sizeof(text), "%s%s%s", works ? "" : state,
                       works || !*why ? "" : ": ", works ? "" : why);
        r |= json_array_append_new(
            checks, super_answer_check(
                        json_string_value(json_object_get(one, "device")),
                        "works", works ? "PASS" : "FAIL", text));
    }
    json_decref(list);
    return r;
}

json_t *super_answer_selftest(const struct super *s,
                              const struct super_devices *d)
{
    json_t *checks = json_array();
    int r = 0;
    for (size_t i = 0; i < super_programs(s); i++) {
        struct super_info info;
        if (!super_has(s, i))
            continue;
        super_info(s, i, &info);
        bool runs = info.state == SUPER_RUNNING;
        bool confined = runs && !strchr(info.walls, '-');
        r |= json_array_append_new(
            checks,
            super_answer_check(info.name, "runs", runs ? "PASS" : "FAIL",
                               runs ? "" : state_name[info.state]));
        r |= json_array_append_new(
            checks, super_answer_check(info.name, "is confined",
                                       confined ? "PASS" : "FAIL",
                                       confined ? "" : info.walls));
    }
    r |= check_devices(checks, d);
    if (r < 0) {
        json_decref(checks);
        return NULL;
    }
    return checks;
}

static json_t *line_answer(const struct super_log_line *line)
{
    char at[40];
    struct tm tm;
    time_t s = (time_t)(line->wall_us / 1000000);
    size_t n = gmtime_r(&s, &tm)
                   ? strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%S", &tm)
                   : 0;
    (void)snprintf(at + n, sizeof(at) - n, ".%03dZ",
                   (int)(line->wall_us / 1000 % 1000));
    return json_pack("{s:I,s:s,s:s,s:s}", "n", (json_int_t)line->number, "at",
                     at, "program", line->program, "text", line->text);
}

/* Bytes of text in one answer: with its JSON around it fits a message. */
#define LOG_BYTES 12000
#define LINE_EXTRA 100

/* The first of the last lines that fit into one answer. */
static uint64_t log_tail(const struct super_log *log)
{
    uint64_t first = super_log_next(log);
    size_t bytes = 0;
    for (unsigned n = 0; first > 1 && n < SUPER_DESK_LOG_LINES; n++) {
        struct super_log_line line;
        if (super_log_at(log, first - 1, &line) == 0)
            break;
        bytes += strlen(line.text) + LINE_EXTRA;
        if (bytes > LOG_BYTES)
            break;
        first--;
    }
    return first;
}

json_t *super_answer_log(const struct super_log *log, uint64_t from)
{
    struct super_log_line line;
    json_t *lines = json_array();
    size_t bytes = 0;
    uint64_t next = from > 0 ? from : log_tail(log);
    for (unsigned n = 0; lines && n < SUPER_DESK_LOG_LINES &&
                         super_log_at(log, next, &line) == 1;
         n++) {
        bytes += strlen(line.text) + LINE_EXTRA;
        if (bytes > LOG_BYTES)
            break;
        if (json_array_append_new(lines, line_answer(&line)) < 0) {
            json_decref(lines);
            return NULL;
        }
        next = line.number + 1;
    }
    return json_pack("{s:I,s:o}", "next", (json_int_t)next, "lines", lines);
}

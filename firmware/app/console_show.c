#include "app/console_show.h"

#include "app/console_json.h"
#include "console/put.h"
#include "console/table.h"

#include <stdio.h>
#include <string.h>

/* The programs of a status, and what is known of the dead ones. */
static int show_programs(const json_t *status, struct lk_buf *out)
{
    static const struct console_column programs[] = {
        {"name", "PROGRAM"},      {"state", "STATE"},     {"pid", "PID"},
        {"restarts", "RESTARTS"}, {"uptime_s", "UP (S)"}, {"memory_kb", "KB"},
        {"last_end", "LAST END"},
    };
    static const struct console_column dead[] = {
        {"name", "DEAD"},
        {"state", "STATE"},
        {"why", "WHY"},
    };
    const json_t *list = json_object_get(status, "dead");
    int r = console_json_list(json_object_get(status, "programs"), programs,
                              LK_ARRAY_LEN(programs), out);
    if (r < 0 || json_array_size(list) == 0)
        return r;
    console_put(out, "\n");
    return console_json_list(list, dead, LK_ARRAY_LEN(dead), out);
}

int console_show_programs(const char *json, struct lk_buf *out)
{
    json_t *v = NULL;
    int r = console_json_load(json, &v);
    if (r == 0)
        r = show_programs(v, out);
    json_decref(v);
    return r;
}

int console_show_status(const char *json, struct lk_buf *out)
{
    static const struct console_column members[] = {
        {"kiosk", "kiosk"},     {"site", "site"},
        {"health", "health"},   {"version", "version"},
        {"at", "time (UTC)"},   {"uptime_s", "up (seconds)"},
        {"session", "session"}, {"screen", "screen"},
        {"line", "line"},       {"broker_link", "broker"},
    };
    json_t *v = NULL;
    int r = console_json_load(json, &v);
    if (r == 0)
        r = console_json_members(v, members, LK_ARRAY_LEN(members), out);
    if (r == 0)
        r = lk_buf_append(out, "\n", 1);
    if (r == 0)
        r = show_programs(v, out);
    const json_t *errors = json_object_get(v, "errors");
    if (r == 0 && json_object_size(errors) > 0) {
        console_put(out, "\nNo answer from:\n");
        r = console_json_all(errors, out);
    }
    json_decref(v);
    return r;
}

int console_show_devices(const char *json, struct lk_buf *out)
{
    static const struct console_column columns[] = {
        {"device", "DEVICE"},
        {"state", "STATE"},
        {"name", "NAME"},
        {"why", "WHY"},
    };
    json_t *v = NULL;
    int r = console_json_load(json, &v);
    if (r == 0)
        r = console_json_list(v, columns, LK_ARRAY_LEN(columns), out);
    json_decref(v);
    return r;
}

int console_show_call(const char *json, struct lk_buf *out)
{
    json_t *v = NULL;
    int r = console_json_load(json, &v);
    if (r == 0 && json_object_size(v) == 0)
        r = lk_buf_printf(out, "There is no call.\n");
    else if (r == 0)
        r = console_json_all(v, out);
    json_decref(v);
    return r;
}

/* "FAIL  broker  why", and below it what to do. */
static int show_check(const json_t *check, struct lk_buf *out)
{
    LK_AUTO(console_table) t = NULL;
    const char *why = console_json_text(check, "reason");
    if (!*why)
        why = console_json_text(check, "why");
    const char *next = console_json_text(check, "next");
    const char *const first[] = {console_json_text(check, "result"),
                                 console_json_text(check, "test"),
                                 *why ? why : " "};
    const char *const second[] = {" ", " ", next};
    int r = console_table_new(NULL, LK_ARRAY_LEN(first), &t);
    if (r == 0)
        r = console_table_add(t, first);
    if (r == 0 && *next)
        r = console_table_add(t, second);
    return r < 0 ? r : console_table_draw(t, out);
}

int console_show_tests(const char *json, struct lk_buf *out)
{
    json_t *v = NULL;
    size_t failed = 0;
    const char *first = "";
    int r = console_json_load(json, &v);
    size_t n = json_array_size(v);
    for (size_t i = 0; i < n && r == 0; i++) {
        const json_t *check = json_array_get(v, i);
        r = show_check(check, out);
        if (strcmp(console_json_text(check, "result"), "FAIL") != 0)
            continue;
        if (failed++ == 0)
            first = console_json_text(check, "test");
    }
    if (r == 0 && failed > 0)
        console_putf(out, "\n%zu of %zu failed. Begin with: %s\n", failed, n,
                     first);
    else if (r == 0)
        console_putf(out, "\nNothing failed, of %zu.\n", n);
    json_decref(v);
    return r;
}

int console_show_log(const char *json, struct lk_buf *out)
{
    json_t *v = NULL;
    int r = console_json_load(json, &v);
    const json_t *lines = json_object_get(v, "lines");
    for (size_t i = 0; i < json_array_size(lines) && r == 0; i++) {
        const json_t *line = json_array_get(lines, i);
        char said[1024];
        char plain[1024];
        (void)snprintf(said, sizeof(said), "%.19s %s",
                       console_json_text(line, "at"),
                       console_json_text(line, "text"));
        (void)console_plain(said, strlen(said), plain, sizeof(plain));
        r = lk_buf_printf(out, "%s\n", plain);
    }
    json_decref(v);
    return r;
}

unsigned long long console_show_log_next(const char *json)
{
    json_t *v = NULL;
    if (console_json_load(json, &v) < 0)
        return 0;
    json_int_t n = json_integer_value(json_object_get(v, "next"));
    json_decref(v);
    return n > 0 ? (unsigned long long)n : 0;
}

#include "app/console_show.h"

#include "app/console_json.h"
#include "console/put.h"
#include "console/table.h"

#include <errno.h>
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

/* Not a figure of a check, or said in another place. */
static bool is_said(const char *key)
{
    static const char *const known[] = {"test", "result", "reason",   "why",
                                        "next", "height", "simulated"};
    bool said = false;
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++)
        said = said || strcmp(key, known[i]) == 0;
    return said;
}

/* What ends a member's name is its unit. */
static const struct {
    const char *end;
    const char *unit;
    bool alone; /* the unit says it all */
} units[] = {
    {"frames_per_s", " pictures a second", true},
    {"mbit_up_and_down", " Mbit/s up and down", true},
    {"device", "", true},
    {"_percent", " %", false},
    {"percent", " %", true},
    {"_kbps", " kbit/s", false},
    {"_ms", " ms", false},
    {"ms", " ms", true},
    {"_db", " dB", false},
    {"_hz", " Hz", false},
};

static bool ends_with(const char *s, const char *end)
{
    size_t len = strlen(s);
    size_t n = strlen(end);
    return len >= n && strcmp(s + len - n, end) == 0;
}

/* "delay_ms" and 12 are "delay 12 ms"; "frames_per_s" and 29.8 are "29.8
 * pictures a second". */
static void say_figure(const char *key, const char *value, char *ret,
                       size_t cap)
{
    char name[CONSOLE_CELL_MAX];
    const char *unit = "";
    (void)snprintf(name, sizeof(name), "%s ", key);
    for (size_t i = 0; i < LK_ARRAY_LEN(units); i++) {
        if (units[i].alone ? strcmp(key, units[i].end) != 0
                           : !ends_with(key, units[i].end))
            continue;
        unit = units[i].unit;
        if (units[i].alone)
            *name = 0;
        else
            (void)snprintf(name, sizeof(name), "%.*s ",
                           (int)(strlen(key) - strlen(units[i].end)), key);
        break;
    }
    for (char *c = strchr(name, '_'); c; c = strchr(c, '_'))
        *c = ' ';
    (void)snprintf(ret, cap, "%s%s%s", name, value, unit);
}

/* Figures that came with a check: "640 x 480, 29.8 pictures a second". */
static void check_figures(const json_t *check, char *ret, size_t cap)
{
    size_t at = 0;
    json_int_t height = json_integer_value(json_object_get(check, "height"));
    void *it = json_object_iter((json_t *)(uintptr_t)check);
    *ret = 0;
    for (; it; it = json_object_iter_next((json_t *)(uintptr_t)check, it)) {
        const char *key = json_object_iter_key(it);
        char value[CONSOLE_CELL_MAX];
        char said[2 * CONSOLE_CELL_MAX];
        console_json_value(json_object_iter_value(it), value, sizeof(value));
        if (is_said(key) || !*value || at >= cap)
            continue;
        if (strcmp(key, "width") == 0)
            (void)snprintf(said, sizeof(said), "%s x %lld", value,
                           (long long)height);
        else
            say_figure(key, value, said, sizeof(said));
        at += (size_t)snprintf(ret + at, cap - at, "%s%s", at > 0 ? ", " : "",
                               said);
    }
    if (json_is_true(json_object_get(check, "simulated")) && at < cap)
        (void)snprintf(ret + at, cap - at, "%ssimulated", at > 0 ? ", " : "");
}

/* "FAIL  broker  why", and below it what to do. */
static int add_check(const json_t *check, struct console_table *t)
{
    char figures[CONSOLE_CELL_MAX];
    const char *why = console_json_text(check, "reason");
    char next[CONSOLE_TABLE_CELL_MAX] = "";
    const char *then = console_json_text(check, "next");
    check_figures(check, figures, sizeof(figures));
    if (!*why)
        why = console_json_text(check, "why");
    if (!*why)
        why = *figures ? figures : " ";
    const char *const first[] = {console_json_text(check, "result"),
                                 console_json_text(check, "test"), why};
    if (*then)
        (void)snprintf(next, sizeof(next), "-> %s", then);
    const char *const second[] = {" ", " ", next};
    int r = console_table_add(t, first);
    return r < 0 || !*next ? r : console_table_add(t, second);
}

/* How many failed, and which first. */
static void sum_up(const json_t *checks, struct lk_buf *out)
{
    size_t n = json_array_size(checks);
    size_t failed = 0;
    const char *first = "";
    for (size_t i = n; i-- > 0;) {
        const json_t *check = json_array_get(checks, i);
        if (strcmp(console_json_text(check, "result"), "FAIL") != 0)
            continue;
        first = console_json_text(check, "test");
        failed++;
    }
    if (n == 0)
        console_put(out, "There is nothing to test: none is configured.\n");
    else if (failed > 0 && n == 1)
        console_put(out, "\nIt failed.\n");
    else if (failed > 0)
        console_putf(out, "\n%zu of %zu failed. Begin with: %s\n", failed, n,
                     first);
    else
        console_putf(out, "\nNothing failed.\n");
}

int console_show_tests(const char *json, struct lk_buf *out)
{
    LK_AUTO(console_table) t = NULL;
    json_t *v = NULL;
    int r = console_json_load(json, &v);
    if (r == 0)
        r = console_table_new(NULL, 3, &t);
    for (size_t i = 0; i < json_array_size(v) && r == 0; i++)
        r = add_check(json_array_get(v, i), t);
    if (r == 0)
        r = console_table_draw(t, out);
    if (r == 0)
        sum_up(v, out);
    json_decref(v);
    return r;
}

/* Rows of characters, as luukku-rtc made them of the camera's picture. */
static int show_rows(const json_t *rows, struct lk_buf *out)
{
    int r = 0;
    for (size_t i = 0; i < json_array_size(rows) && r == 0; i++) {
        const char *row = json_string_value(json_array_get(rows, i));
        char plain[CONSOLE_CELL_MAX];
        if (!row)
            return -EBADMSG;
        (void)console_plain(row, strlen(row), plain, sizeof(plain));
        r = lk_buf_printf(out, "%s\n", plain);
    }
    return r;
}

int console_show_picture(const char *json, struct lk_buf *out)
{
    LK_AUTO(console_table) t = NULL;
    json_t *v = NULL;
    int r = console_json_load(json, &v);
    const json_t *checks = json_object_get(v, "checks");
    if (r == 0)
        r = show_rows(json_object_get(v, "rows"), out);
    if (r == 0)
        r = console_table_new(NULL, 3, &t);
    for (size_t i = 0; i < json_array_size(checks) && r == 0; i++)
        r = add_check(json_array_get(checks, i), t);
    if (r == 0)
        r = console_table_draw(t, out);
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

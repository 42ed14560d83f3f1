#include "app/console_show.h"

#include "console/put.h"
#include "console/table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#define CELL_MAX 384

/* A column: the member of each row's object, and its heading. */
struct column {
    const char *key;
    const char *heading;
};

static int load(const char *json, json_t **ret)
{
    *ret = json_loads(json, JSON_DECODE_ANY, NULL);
    return *ret ? 0 : -EBADMSG;
}

static void value_text(const json_t *v, char *ret, size_t cap)
{
    *ret = 0;
    if (json_is_string(v))
        (void)snprintf(ret, cap, "%s", json_string_value(v));
    else if (json_is_integer(v))
        (void)snprintf(ret, cap, "%lld", (long long)json_integer_value(v));
    else if (json_is_real(v))
        (void)snprintf(ret, cap, "%.1f", json_real_value(v));
    else if (json_is_boolean(v))
        (void)snprintf(ret, cap, "%s", json_is_true(v) ? "yes" : "no");
    for (size_t i = 0; i < json_array_size(v); i++) {
        char one[CELL_MAX];
        size_t at = strlen(ret);
        const json_t *e = json_array_get(v, i);
        if (json_is_array(e) || json_is_object(e))
            continue;
        value_text(e, one, sizeof(one));
        (void)snprintf(ret + at, cap - at, "%s%s", at > 0 ? " " : "", one);
    }
}

static int draw(struct console_table *t, int r, struct lk_buf *out)
{
    return r < 0 ? r : console_table_draw(t, out);
}

/* A row for each object of `list`. */
static int show_list(const json_t *list, const struct column *column, size_t n,
                     struct lk_buf *out)
{
    const char *heading[CONSOLE_TABLE_COLUMNS_MAX] = {0};
    LK_AUTO(console_table) t = NULL;
    if (json_array_size(list) == 0)
        return lk_buf_printf(out, "None.\n");
    for (size_t i = 0; i < n; i++)
        heading[i] = column[i].heading;
    int r = console_table_new(heading, n, &t);
    for (size_t i = 0; i < json_array_size(list) && r == 0; i++) {
        const json_t *row = json_array_get(list, i);
        const char *cell[CONSOLE_TABLE_COLUMNS_MAX];
        char text[CONSOLE_TABLE_COLUMNS_MAX][CELL_MAX];
        for (size_t j = 0; j < n; j++) {
            value_text(json_object_get(row, column[j].key), text[j], CELL_MAX);
            cell[j] = text[j];
        }
        r = console_table_add(t, cell);
    }
    return draw(t, r, out);
}

/* The members of an object that are there, one a row. */
static int show_members(const json_t *object, const struct column *member,
                        size_t n, struct lk_buf *out)
{
    LK_AUTO(console_table) t = NULL;
    int r = console_table_new(NULL, 2, &t);
    for (size_t i = 0; i < n && r == 0; i++) {
        char text[CELL_MAX];
        const json_t *v = json_object_get(object, member[i].key);
        value_text(v, text, sizeof(text));
        const char *const cell[] = {member[i].heading, text};
        if (v)
            r = console_table_add(t, cell);
    }
    return draw(t, r, out);
}

/* Members that hold an object or a list are left out. */
static int show_all_members(const json_t *object, struct lk_buf *out)
{
    LK_AUTO(console_table) t = NULL;
    int r = console_table_new(NULL, 2, &t);
    void *it = json_object_iter((json_t *)(uintptr_t)object);
    for (; it && r == 0;
         it = json_object_iter_next((json_t *)(uintptr_t)object, it)) {
        char text[CELL_MAX];
        const json_t *v = json_object_iter_value(it);
        value_text(v, text, sizeof(text));
        const char *const cell[] = {json_object_iter_key(it), text};
        if (!json_is_object(v) && !json_is_array(v))
            r = console_table_add(t, cell);
    }
    return draw(t, r, out);
}

int console_show_status(const char *json, struct lk_buf *out)
{
    static const struct column members[] = {
        {"kiosk", "kiosk"},        {"site", "site"},
        {"health", "health"},      {"version", "version"},
        {"at", "time (UTC)"},      {"uptime_s", "up (seconds)"},
        {"session", "session"},    {"screen", "screen"},
        {"broker_link", "broker"},
    };
    static const struct column programs[] = {
        {"name", "PROGRAM"},    {"state", "STATE"},
        {"pid", "PID"},         {"restarts", "RESTARTS"},
        {"uptime_s", "UP (S)"}, {"last_end", "LAST END"},
    };
    json_t *v = NULL;
    int r = load(json, &v);
    if (r == 0)
        r = show_members(v, members, LK_ARRAY_LEN(members), out);
    if (r == 0)
        r = lk_buf_append(out, "\n", 1);
    if (r == 0)
        r = show_list(json_object_get(v, "programs"), programs,
                      LK_ARRAY_LEN(programs), out);
    const json_t *errors = json_object_get(v, "errors");
    if (r == 0 && json_object_size(errors) > 0) {
        console_put(out, "\nNo answer from:\n");
        r = show_all_members(errors, out);
    }
    json_decref(v);
    return r;
}

int console_show_devices(const char *json, struct lk_buf *out)
{
    static const struct column columns[] = {
        {"device", "DEVICE"},
        {"state", "STATE"},
        {"name", "NAME"},
        {"why", "WHY"},
    };
    json_t *v = NULL;
    int r = load(json, &v);
    if (r == 0)
        r = show_list(v, columns, LK_ARRAY_LEN(columns), out);
    json_decref(v);
    return r;
}

int console_show_call(const char *json, struct lk_buf *out)
{
    json_t *v = NULL;
    int r = load(json, &v);
    if (r == 0 && json_object_size(v) == 0)
        r = lk_buf_printf(out, "There is no call.\n");
    else if (r == 0)
        r = show_all_members(v, out);
    json_decref(v);
    return r;
}

static const char *member(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

/* "FAIL  broker  why", and below it what to do. */
static int show_check(const json_t *check, struct lk_buf *out)
{
    LK_AUTO(console_table) t = NULL;
    const char *why = member(check, "reason");
    if (!*why)
        why = member(check, "why");
    const char *next = member(check, "next");
    const char *const first[] = {member(check, "result"), member(check, "test"),
                                 *why ? why : " "};
    const char *const second[] = {" ", " ", next};
    int r = console_table_new(NULL, LK_ARRAY_LEN(first), &t);
    if (r == 0)
        r = console_table_add(t, first);
    if (r == 0 && *next)
        r = console_table_add(t, second);
    return draw(t, r, out);
}

int console_show_tests(const char *json, struct lk_buf *out)
{
    json_t *v = NULL;
    size_t failed = 0;
    const char *first = "";
    int r = load(json, &v);
    size_t n = json_array_size(v);
    for (size_t i = 0; i < n && r == 0; i++) {
        const json_t *check = json_array_get(v, i);
        r = show_check(check, out);
        if (strcmp(member(check, "result"), "FAIL") != 0)
            continue;
        if (failed++ == 0)
            first = member(check, "test");
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
    int r = load(json, &v);
    const json_t *lines = json_object_get(v, "lines");
    for (size_t i = 0; i < json_array_size(lines) && r == 0; i++) {
        const json_t *line = json_array_get(lines, i);
        char said[1024];
        char plain[1024];
        (void)snprintf(said, sizeof(said), "%.19s %s", member(line, "at"),
                       member(line, "text"));
        (void)console_plain(said, strlen(said), plain, sizeof(plain));
        r = lk_buf_printf(out, "%s\n", plain);
    }
    json_decref(v);
    return r;
}

unsigned long long console_show_log_next(const char *json)
{
    json_t *v = NULL;
    if (load(json, &v) < 0)
        return 0;
    json_int_t n = json_integer_value(json_object_get(v, "next"));
    json_decref(v);
    return n > 0 ? (unsigned long long)n : 0;
}

#include "app/ctl_print.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <jansson.h>

#define DEPTH_MAX 8

static void print_value(FILE *to, const json_t *v, int depth);

static void indent(FILE *to, int depth)
{
    (void)fprintf(to, "%*s", depth * 2, "");
}

static void print_scalar(FILE *to, const json_t *v)
{
    if (json_is_string(v))
        (void)fprintf(to, "%s\n", json_string_value(v));
    else if (json_is_integer(v))
        (void)fprintf(to, "%lld\n", (long long)json_integer_value(v));
    else if (json_is_real(v))
        (void)fprintf(to, "%.3f\n", json_real_value(v));
    else if (json_is_boolean(v))
        (void)fprintf(to, "%s\n", json_is_true(v) ? "yes" : "no");
    else
        (void)fprintf(to, "-\n");
}

static void print_member(FILE *to, const char *name, const json_t *v, int depth)
{
    indent(to, depth);
    (void)fprintf(to, "%s:", name);
    if (json_is_object(v) || json_is_array(v)) {
        (void)fputc('\n', to);
        print_value(to, v, depth + 1);
    } else {
        (void)fputc(' ', to);
        print_scalar(to, v);
    }
}

/* An object without others inside: its values on one line. */
static bool print_row(FILE *to, const json_t *e)
{
    const char *key = NULL;
    json_t *v = NULL;
    if (!json_is_object(e))
        return false;
    json_object_foreach((json_t *)(uintptr_t)e, key,
                        v) if (!json_is_string(v)) return false;
    json_object_foreach((json_t *)(uintptr_t)e, key,
                        v) if (json_string_length(v) > 0)(void)
        fprintf(to, "%s  ", json_string_value(v));
    (void)fputc('\n', to);
    return true;
}

static void print_elements(FILE *to, const json_t *v, int depth)
{
    for (size_t i = 0; i < json_array_size(v); i++) {
        const json_t *e = json_array_get(v, i);
        indent(to, depth);
        (void)fputs("- ", to);
        if (print_row(to, e))
            continue;
        if (json_is_object(e) || json_is_array(e)) {
            (void)fputc('\n', to);
            print_value(to, e, depth + 1);
        } else {
            print_scalar(to, e);
        }
    }
}

static void print_value(FILE *to, const json_t *v, int depth)
{
    if (depth > DEPTH_MAX)
        return;
    if (json_is_array(v)) {
        print_elements(to, v, depth);
        return;
    }
    if (!json_is_object(v)) {
        indent(to, depth);
        print_scalar(to, v);
        return;
    }
    void *it = json_object_iter((json_t *)(uintptr_t)v);
    for (; it; it = json_object_iter_next((json_t *)(uintptr_t)v, it))
        print_member(to, json_object_iter_key(it), json_object_iter_value(it),
                     depth);
}

void ctl_print_answer(FILE *to, const char *json)
{
    json_t *v = json_loads(json, JSON_DECODE_ANY, NULL);
    if (!v)
        (void)fprintf(to, "%s\n", json);
    else if (!json_is_null(v))
        print_value(to, v, 0);
    json_decref(v);
}

static void print_check(FILE *to, const json_t *check)
{
    const char *test = NULL;
    const char *result = NULL;
    const char *reason = "";
    const char *next = "";
    const json_t *ms = json_object_get(check, "ms");
    if (json_unpack((json_t *)(uintptr_t)check, "{s:s,s:s,s?s,s?s}", "test",
                    &test, "result", &result, "reason", &reason, "next",
                    &next) < 0)
        return;
    (void)fprintf(to, "%-4s  %-10s  %s", result, test, reason);
    if (json_is_integer(ms))
        (void)fprintf(to, "%lld ms", (long long)json_integer_value(ms));
    (void)fputc('\n', to);
    if (*next)
        (void)fprintf(to, "                  -> %s\n", next);
}

void ctl_print_picture(FILE *to, const char *json)
{
    json_t *v = json_loads(json, 0, NULL);
    const json_t *checks = json_object_get(v, "checks");
    for (size_t i = 0; i < json_array_size(checks); i++)
        print_check(to, json_array_get(checks, i));
    json_decref(v);
}

void ctl_print_checks(FILE *to, const char *json)
{
    json_t *v = json_loads(json, 0, NULL);
    for (size_t i = 0; i < json_array_size(v); i++)
        print_check(to, json_array_get(v, i));
    json_decref(v);
}

static void print_line(FILE *to, const json_t *line)
{
    const char *at = NULL;
    const char *program = NULL;
    const char *text = NULL;
    if (json_unpack((json_t *)(uintptr_t)line, "{s:s,s:s,s:s}", "at", &at,
                    "program", &program, "text", &text) == 0)
        (void)fprintf(to, "%s [%s] %s\n", at, program, text);
}

long long ctl_print_log(FILE *to, const char *json, bool as_json)
{
    json_t *v = json_loads(json, 0, NULL);
    json_t *lines = json_object_get(v, "lines");
    json_t *next = json_object_get(v, "next");
    long long n = -EBADMSG;
    size_t i = 0;
    json_t *line = NULL;
    if (json_is_array(lines) && json_is_integer(next))
        n = (long long)json_integer_value(next);
    json_array_foreach(lines, i, line)
    {
        if (!as_json)
            print_line(to, line);
        else if (json_dumpf(line, to, JSON_COMPACT) == 0)
            (void)fputc('\n', to);
    }
    json_decref(v);
    return n;
}

bool ctl_selftest_passed(const char *json)
{
    json_t *v = json_loads(json, 0, NULL);
    bool passed = json_array_size(v) > 0;
    for (size_t i = 0; i < json_array_size(v); i++) {
        const char *result =
            json_string_value(json_object_get(json_array_get(v, i), "result"));
        passed = passed && result && strcmp(result, "FAIL") != 0;
    }
    json_decref(v);
    return passed;
}

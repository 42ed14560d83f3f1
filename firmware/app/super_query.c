#include "app/super_query.h"

#include "app/super_time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of text in one answer: with its JSON around it fits a message. */
#define TEXT_BYTES 12000
#define LINE_EXTRA 140

static const char *const level_name[] = {"error", "warn", "info"};
#define LEVEL_ANY LK_ARRAY_LEN(level_name)

static int read_number(const char *s, uint64_t most, uint64_t *ret)
{
    char *end = NULL;
    if (*s < '0' || *s > '9')
        return -EINVAL;
    errno = 0;
    unsigned long long n = strtoull(s, &end, 10);
    if (*end || errno != 0 || n > most)
        return -EINVAL;
    *ret = n;
    return 0;
}

static int read_since(struct super_query *q, const char *value)
{
    if (q->has_since)
        return -EINVAL;
    q->has_since = true;
    return read_number(value, UINT64_MAX, &q->since);
}

static int read_program(struct super_query *q, const char *value)
{
    if (q->program)
        return -EINVAL;
    q->program = super_log_program(value);
    return q->program ? 0 : -EINVAL;
}

static int read_level(struct super_query *q, const char *value)
{
    if (q->level != LEVEL_ANY)
        return -EINVAL;
    for (unsigned i = 0; i < LEVEL_ANY; i++)
        if (strcmp(level_name[i], value) == 0)
            q->level = i;
    return q->level == LEVEL_ANY ? -EINVAL : 0;
}

static int read_match(struct super_query *q, const char *value)
{
    if (q->match || !*value)
        return -EINVAL;
    q->match = value;
    return 0;
}

static int read_lines(struct super_query *q, const char *value)
{
    uint64_t n = 0;
    if (q->lines || read_number(value, SUPER_QUERY_LINES_MAX, &n) < 0 || n < 1)
        return -EINVAL;
    q->lines = (unsigned)n;
    return 0;
}

static int read_word(struct super_query *q, const char *word)
{
    static const struct {
        const char *name;
        int (*read)(struct super_query *q, const char *value);
    } words[] = {{"since=", read_since},
                 {"program=", read_program},
                 {"level=", read_level},
                 {"match=", read_match},
                 {"lines=", read_lines}};
    for (size_t i = 0; i < LK_ARRAY_LEN(words); i++) {
        size_t len = strlen(words[i].name);
        if (strncmp(word, words[i].name, len) == 0)
            return words[i].read(q, word + len);
    }
    return -EINVAL;
}

int super_query_parse(const char *const *argv, size_t argc,
                      struct super_query *ret)
{
    struct super_query q = {.level = LEVEL_ANY};
    int r = 0;
    if (argc == 2 && strcmp(argv[0], "since") == 0)
        r = read_since(&q, argv[1]);
    else
        for (size_t i = 0; i < argc && r == 0; i++)
            r = read_word(&q, argv[i]);
    if (r < 0)
        return r;
    if (q.lines == 0)
        q.lines = SUPER_QUERY_LINES_MAX;
    *ret = q;
    return 0;
}

static bool fits(const struct super_query *q, const struct super_log_line *line)
{
    const char *level = NULL;
    const char *room = NULL;
    size_t len = 0;
    if (q->program && strcmp(q->program, line->program) != 0)
        return false;
    if (q->match && !strcasestr(line->text, q->match))
        return false;
    if (q->level == LEVEL_ANY)
        return true;
    if (!super_log_parse(line->text, &level, &room, &len))
        return false;
    for (unsigned i = 0; i <= q->level && i < LK_ARRAY_LEN(level_name); i++)
        if (strcmp(level, level_name[i]) == 0)
            return true;
    return false;
}

static json_t *line_answer(const struct super_log_line *line)
{
    char at[SUPER_TIME_MAX];
    const char *level = NULL;
    const char *room = NULL;
    size_t len = 0;
    bool made_so = super_log_parse(line->text, &level, &room, &len);
    super_time_text(line->wall_us, at);
    return json_pack(
        "{s:I,s:s,s:s,s:s?,s:o,s:s}", "n", (json_int_t)line->number, "at", at,
        "program", line->program, "level", level, "room",
        made_so ? json_stringn(room, len) : json_null(), "text", line->text);
}

/* The first of the last lines that fit into one answer. */
static uint64_t tail(const struct super_query *q, const struct super_log *log)
{
    uint64_t first = super_log_next(log);
    uint64_t oldest = first > SUPER_LOG_LINES ? first - SUPER_LOG_LINES : 1;
    size_t bytes = 0;
    unsigned n = 0;
    for (uint64_t i = first; i-- > oldest && n < q->lines;) {
        struct super_log_line line = {0};
        if (super_log_at(log, i, &line) == 0 || line.number != i ||
            !fits(q, &line))
            continue;
        bytes += strlen(line.text) + LINE_EXTRA;
        if (bytes > TEXT_BYTES)
            break;
        first = i;
        n++;
    }
    return first;
}

json_t *super_query_answer(const struct super_query *q,
                           const struct super_log *log)
{
    struct super_log_line line = {0};
    json_t *lines = json_array();
    size_t bytes = 0;
    uint64_t next = q->has_since ? q->since : tail(q, log);
    while (lines && json_array_size(lines) < q->lines &&
           super_log_at(log, next, &line) == 1) {
        bool wanted = fits(q, &line);
        bytes += wanted ? strlen(line.text) + LINE_EXTRA : 0;
        if (bytes > TEXT_BYTES)
            break;
        if (wanted && json_array_append_new(lines, line_answer(&line)) < 0) {
            json_decref(lines);
            return NULL;
        }
        next = line.number + 1;
    }
    /* A number that is yet to come stays what it was. */
    return json_pack("{s:I,s:o}", "next",
                     (json_int_t)LK_MIN(next, (uint64_t)INT64_MAX), "lines",
                     lines);
}

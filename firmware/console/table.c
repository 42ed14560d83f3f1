#include "console/table.h"

#include "console/line.h"
#include "console/put.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2
/* Characters that the last column gets in any case, and what it is content
 * with where those before it have room for all of theirs then. */
#define LAST_MIN 20
#define LAST_LEAST 10

struct console_table {
    size_t columns;
    size_t rows; /* the heading counts */
    bool heading;
    char **cell; /* row by row */
    size_t width[CONSOLE_TABLE_COLUMNS_MAX];
};

static char *copy_cell(const char *text)
{
    char plain[CONSOLE_TABLE_CELL_MAX];
    if (!text || !*text)
        text = "-";
    (void)console_plain(text, strlen(text), plain, sizeof(plain));
    for (char *c = plain; *c; c++)
        if (*c == '\n')
            *c = ' ';
    return strdup(plain);
}

int console_table_add(struct console_table *t, const char *const *cell)
{
    size_t at = t->rows * t->columns;
    if (t->rows == CONSOLE_TABLE_ROWS_MAX)
        return -ENOSPC;
    char **grown = reallocarray(t->cell, at + t->columns, sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    t->cell = grown;
    for (size_t i = 0; i < t->columns; i++) {
        char *copy = copy_cell(cell[i]);
        if (!copy) {
            while (i-- > 0)
                free(t->cell[at + i]);
            return -ENOMEM;
        }
        t->cell[at + i] = copy;
    }
    for (size_t i = 0; i < t->columns; i++)
        t->width[i] = LK_MAX(t->width[i], strlen(t->cell[at + i]));
    t->rows++;
    return 0;
}

int console_table_new(const char *const *heading, size_t columns,
                      struct console_table **ret)
{
    if (columns < 1 || columns > CONSOLE_TABLE_COLUMNS_MAX)
        return -EINVAL;
    LK_AUTO(console_table) t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->columns = columns;
    t->heading = heading != NULL;
    int r = heading ? console_table_add(t, heading) : 0;
    if (r == 0)
        *ret = LK_TAKE(t);
    return r;
}

struct console_table *console_table_free(struct console_table *t)
{
    if (t) {
        for (size_t i = 0; i < t->rows * t->columns; i++)
            free(t->cell[i]);
        free(t->cell);
        free(t);
    }
    return NULL;
}

/* Where the last column begins, after narrowing those before it. */
static size_t fit_widths(const struct console_table *t, size_t *width)
{
    size_t last = 0;
    size_t whole = 0;
    for (size_t i = 0; i + 1 < t->columns; i++)
        whole += t->width[i] + GAP;
    bool fits = whole + LAST_LEAST <= CONSOLE_COLUMNS;
    size_t most = CONSOLE_COLUMNS - (fits ? LAST_LEAST : LAST_MIN);
    for (size_t i = 0; i + 1 < t->columns; i++) {
        size_t after = t->columns - i - 2; /* columns still to come */
        size_t left = most - LK_MIN(most, last + after * (GAP + 1));
        width[i] = LK_MIN(t->width[i], left > GAP ? left - GAP : 1);
        last += width[i] + GAP;
    }
    return last;
}

/* Characters of `s` that go into one row of `width`. */
static size_t fit_text(const char *s, size_t width)
{
    size_t len = strlen(s);
    if (len <= width)
        return len;
    for (size_t cut = width; cut > width / 2; cut--)
        if (s[cut] == ' ')
            return cut;
    return width;
}

static int draw_row(const struct console_table *t, size_t row,
                    const size_t *width, size_t last, struct lk_buf *out)
{
    char *const *cell = t->cell + row * t->columns;
    const char *s = cell[t->columns - 1];
    int r = 0;
    for (size_t i = 0; i + 1 < t->columns && r == 0; i++)
        r = lk_buf_printf(out, "%-*.*s%*s", (int)width[i], (int)width[i],
                          cell[i], GAP, "");
    size_t n = fit_text(s, CONSOLE_COLUMNS - last);
    if (r == 0)
        r = lk_buf_printf(out, "%.*s\n", (int)n, s);
    for (s += n; *s && r == 0; s += n) {
        s += *s == ' ';
        n = fit_text(s, CONSOLE_COLUMNS - last);
        r = lk_buf_printf(out, "%*s%.*s\n", (int)last, "", (int)n, s);
    }
    return r;
}

int console_table_draw(const struct console_table *t, struct lk_buf *out)
{
    size_t width[CONSOLE_TABLE_COLUMNS_MAX] = {0};
    static const char rule[] = "----------------------------------------"
                               "---------------------------------------";
    size_t last = fit_widths(t, width);
    int r = 0;
    for (size_t i = 0; i < t->rows && r == 0; i++) {
        r = draw_row(t, i, width, last, out);
        size_t wide =
            LK_MIN(last + t->width[t->columns - 1], (size_t)CONSOLE_COLUMNS);
        if (r == 0 && i == 0 && t->heading)
            r = lk_buf_printf(out, "%.*s\n", (int)wide, rule);
    }
    return r;
}

/* Rows: the kiosk alone makes them and takes them away; a page asks. */
#include "forms/form_impl.h"

#include "coedit/any.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the cells behind those of this field begin. */
static size_t end_of(const struct form *f, const struct form_cell *c)
{
    size_t i = 0;
    while (i < f->cells && f->cell[i] != c)
        i++;
    for (i++; i < f->cells && f->cell[i]->row > 0 && f->cell[i]->top == c->top;)
        i++;
    return i;
}

static size_t items_of_row(const struct forms_field *top)
{
    size_t n = 1;
    for (size_t i = 0; i < top->fields; i++)
        n += 1 + top->field[i].fields;
    return n;
}

/* The Map of a row with its cells, in the open transaction. */
static int make_row(struct form *f, const struct form_cell *c,
                    struct form_row *row)
{
    uint8_t any[COEDIT_ANY_SMALL];
    int n = coedit_any_number(row->id, any, sizeof(any));
    int r = coedit_array_insert_type(
        f->doc, c->type, coedit_length(f->doc, c->type), COEDIT_MAP, &row->map);
    if (r == 0)
        r = coedit_map_set(f->doc, row->map, "_id", any, (size_t)n);
    size_t at = end_of(f, c);
    for (size_t i = 0; i < c->field->fields && r == 0; i++) {
        struct form_cell like = {.field = &c->field->field[i],
                                 .top = c->field,
                                 .section = c->section,
                                 .row = row->id,
                                 .in = row->map};
        r = form_cells_add(f, &like, &at);
    }
    return r;
}

static void drop_cells(struct form *f, uint32_t row)
{
    size_t n = 0;
    f->touched = NULL;
    for (size_t i = 0; i < f->cells; i++) {
        if (f->cell[i]->row == row)
            form_cell_free(f->cell[i]);
        else
            f->cell[n++] = f->cell[i];
    }
    f->cells = n;
}

static int keep_row(struct form *f, const struct form_row *row)
{
    struct form_row *more = reallocarray(f->row, f->rows + 1, sizeof(*more));
    if (!more)
        return -ENOMEM;
    f->row = more;
    f->row[f->rows++] = *row;
    return 0;
}

bool form_rows_room(const struct form *f, const struct form_cell *c)
{
    size_t most =
        c->field->max[0] ? strtoul(c->field->max, NULL, 10) : FORMS_ROWS_MAX;
    return form_rows_of(f, c->field) < LK_MIN(most, (size_t)FORMS_ROWS_MAX) &&
           form_items_most(f) + items_of_row(c->field) <= FORM_ITEMS_MAX &&
           f->last_row < FORM_ROW_IDS;
}

int form_rows_add(struct form *f, struct form_cell *c)
{
    struct form_row row = {.top = c->field, .id = f->last_row + 1};
    size_t there = form_rows_of(f, c->field);
    if (!form_rows_room(f, c))
        return -ENOSPC;
    coedit_begin(f->doc);
    int r = make_row(f, c, &row);
    if (r == 0)
        r = keep_row(f, &row);
    if (r < 0) {
        drop_cells(f, row.id);
        if (coedit_length(f->doc, c->type) > there)
            (void)!coedit_array_delete(f->doc, c->type, (uint32_t)there, 1);
    } else {
        f->last_row = row.id;
    }
    int r2 = form_commit(f);
    form_settle(f);
    return r < 0 ? r : r2;
}

/* Its place in the array: rows are made in their order. */
static uint32_t place_of(const struct form *f, size_t row)
{
    uint32_t at = 0;
    for (size_t i = 0; i < row; i++)
        at += f->row[i].top == f->row[row].top;
    return at;
}

int form_rows_remove(struct form *f, size_t row)
{
    const struct form_cell *c =
        form_cell_of(f, f->row[row].top->id, f->row[row].top, 0);
    if (!c)
        return -ENOENT;
    coedit_begin(f->doc);
    int r = coedit_array_delete(f->doc, c->type, place_of(f, row), 1);
    if (r == 0) {
        drop_cells(f, f->row[row].id);
        f->rows--;
        memmove(f->row + row, f->row + row + 1,
                (f->rows - row) * sizeof(*f->row));
    }
    int r2 = form_commit(f);
    form_settle(f);
    return r < 0 ? r : r2;
}

void form_row_path(const struct form *f, size_t row, char *ret)
{
    (void)snprintf(ret, FORMS_PATH_MAX, "%s-%u", f->row[row].top->id,
                   f->row[row].id);
}

size_t form_row_find(const struct form *f, const char *path)
{
    char name[FORMS_PATH_MAX];
    for (size_t i = 0; i < f->rows; i++) {
        form_row_path(f, i, name);
        if (strcmp(name, path) == 0)
            return i;
    }
    return f->rows;
}

int form_row_add(struct form *f, const char *path)
{
    struct form_cell *c = NULL;
    int r = form_cell_for(f, path, FORM_CELL_ROWS, &c);
    if (r == 0)
        r = form_writable(f);
    return r < 0 ? r : form_rows_add(f, c);
}

int form_row_remove(struct form *f, const char *path)
{
    struct form_cell *c = NULL;
    size_t row = form_row_find(f, path);
    if (row == f->rows)
        return -ENOENT;
    int r = form_cell_for(f, f->row[row].top->id, FORM_CELL_ROWS, &c);
    if (r == 0)
        r = form_writable(f);
    return r < 0 ? r : form_rows_remove(f, row);
}

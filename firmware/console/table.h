/* table.h - rows and columns on 79 characters.
 *
 * Room: columns as wide as their widest cell, two spaces apart; the last one
 * gets what is left and goes on in further rows. Pure besides memory.
 */
#ifndef LUUKKU_CONSOLE_TABLE_H
#define LUUKKU_CONSOLE_TABLE_H

#include "base/buf.h"

#define CONSOLE_TABLE_COLUMNS_MAX 8
#define CONSOLE_TABLE_ROWS_MAX 512
#define CONSOLE_TABLE_CELL_MAX 512 /* bytes; longer ones are cut */

struct console_table;

/* A table with a heading for each of `columns`; NULL for a first row without
 * headings. Owner: caller. Errors: -EINVAL too many columns, -ENOMEM. */
int console_table_new(const char *const *heading, size_t columns,
                      struct console_table **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct console_table *console_table_free(struct console_table *t);
LK_AUTO_DEFINE(console_table);

/* Adds a row; texts are copied as console_plain() writes them, NULL is "-".
 * Errors: -ENOSPC too many rows, -ENOMEM. */
int console_table_add(struct console_table *t,
                      const char *const *cell) LK_MUST_CHECK;

/* Appends the table, a newline after each row. Errors: lk_buf_append()'s. */
int console_table_draw(const struct console_table *t,
                       struct lk_buf *out) LK_MUST_CHECK;

#endif

#include "app/console_json.h"

#include "console/table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int console_json_load(const char *json, json_t **ret)
{
    *ret = json_loads(json, JSON_DECODE_ANY, NULL);
    return *ret ? 0 : -EBADMSG;
}

void console_json_value(const json_t *v, char *ret, size_t cap)
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
        char one[CONSOLE_CELL_MAX];
        size_t at = strlen(ret);
        const json_t *e = json_array_get(v, i);
        if (json_is_array(e) || json_is_object(e))
            continue;
        console_json_value(e, one, sizeof(one));
        (void)snprintf(ret + at, cap - at, "%s%s", at > 0 ? " " : "", one);
    }
}

int console_json_list(const json_t *list, const struct console_column *column,
                      size_t n, struct lk_buf *out)
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
        char text[CONSOLE_TABLE_COLUMNS_MAX][CONSOLE_CELL_MAX];
        for (size_t j = 0; j < n; j++) {
            console_json_value(json_object_get(row, column[j].key), text[j],
                               CONSOLE_CELL_MAX);
            cell[j] = text[j];
        }
        r = console_table_add(t, cell);
    }
    return r < 0 ? r : console_table_draw(t, out);
}

int console_json_members(const json_t *object,
                         const struct console_column *member, size_t n,
                         struct lk_buf *out)
{
    LK_AUTO(console_table) t = NULL;
    int r = console_table_new(NULL, 2, &t);
    for (size_t i = 0; i < n && r == 0; i++) {
        char text[CONSOLE_CELL_MAX];
        const json_t *v = json_object_get(object, member[i].key);
        console_json_value(v, text, sizeof(text));
        const char *const cell[] = {member[i].heading, text};
        if (v)
            r = console_table_add(t, cell);
    }
    return r < 0 ? r : console_table_draw(t, out);
}

int console_json_all(const json_t *object, struct lk_buf *out)
{
    LK_AUTO(console_table) t = NULL;
    int r = console_table_new(NULL, 2, &t);
    void *it = json_object_iter((json_t *)(uintptr_t)object);
    for (; it && r == 0;
         it = json_object_iter_next((json_t *)(uintptr_t)object, it)) {
        char text[CONSOLE_CELL_MAX];
        const json_t *v = json_object_iter_value(it);
        console_json_value(v, text, sizeof(text));
        const char *const cell[] = {json_object_iter_key(it), text};
        if (!json_is_object(v) && !json_is_array(v))
            r = console_table_add(t, cell);
    }
    return r < 0 ? r : console_table_draw(t, out);
}

const char *console_json_text(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

#include "base/buf.h"
#include "kiosk/kiosk.h"
#include "kiosk/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int kiosk_json_string(struct lk_buf *b, const char *s)
{
    int r = lk_buf_append(b, "\"", 1);
    for (; r >= 0 && *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            r = lk_buf_printf(b, "\\%c", c);
        else if (c < 0x20)
            r = lk_buf_printf(b, "\\u%04x", c);
        else
            r = lk_buf_append(b, s, 1);
    }
    return r < 0 ? r : lk_buf_append(b, "\"", 1);
}

static int json_member(struct lk_buf *b, const char *key, const char *value)
{
    int r = lk_buf_printf(b, "\"%s\": ", key);
    if (r >= 0)
        r = kiosk_json_string(b, value);
    return r < 0 ? r : lk_buf_append(b, ", ", 2);
}

static int json_state(struct lk_buf *b, uint32_t state)
{
    static const char *const names[] = {"focused", "disabled", "pressed",
                                        "checked", "hidden"};
    const char *comma = "";
    int r = lk_buf_printf(b, "\"state\": [");
    for (unsigned i = 0; r >= 0 && i < LK_ARRAY_LEN(names); i++) {
        if (!(state & 1u << i))
            continue;
        r = lk_buf_printf(b, "%s\"%s\"", comma, names[i]);
        comma = ", ";
    }
    return r < 0 ? r : lk_buf_printf(b, "], ");
}

static const char *role_name(enum kiosk_role role)
{
    static const char *const names[] = {
        [KIOSK_GROUP] = "group",     [KIOSK_BUTTON] = "button",
        [KIOSK_HEADING] = "heading", [KIOSK_TEXT] = "text",
        [KIOSK_IMAGE] = "image",     [KIOSK_VIDEO] = "video",
        [KIOSK_STATUS] = "status",   [KIOSK_FIELD] = "field",
    };
    return names[role];
}

static int json_node(struct lk_buf *b, const struct kiosk_tree *t, int i)
{
    const struct kiosk_node *n = &t->node[i];
    uint32_t state = n->state;
    if (kiosk_tree_hidden(t, i) || state & KIOSK_BLANK)
        state |= KIOSK_HIDDEN;
    int r = lk_buf_append(b, "{", 1);
    if (r >= 0)
        r = json_member(b, "id", n->id);
    if (r >= 0)
        r = json_member(b, "role", role_name(n->role));
    if (r >= 0)
        r = json_member(b, "name", n->name);
    if (r >= 0)
        r = json_member(b, "value", n->value);
    if (r >= 0)
        r = json_state(b, state);
    if (r < 0)
        return r;
    return lk_buf_printf(b, "\"rect\": [%d, %d, %d, %d]}", n->rect.x, n->rect.y,
                         n->rect.w, n->rect.h);
}

/* Boxes that only arrange, and what a button speaks for, say nothing. */
static bool node_listed(const struct kiosk_tree *t, int i)
{
    const struct kiosk_node *n = &t->node[i];
    return (*n->id || *n->name) && !kiosk_tree_inner(t, i);
}

int kiosk_tree_json(const struct kiosk_tree *t, size_t max, char **ret)
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(max, &b);
    if (r < 0)
        return r;
    r = lk_buf_printf(b, "{\"screen\": \"%s\", \"nodes\": [",
                      kiosk_screen_name(t->screen));
    const char *comma = "";
    for (int i = 0; r >= 0 && i < t->n; i++) {
        if (!node_listed(t, i))
            continue;
        r = lk_buf_printf(b, "%s", comma);
        if (r >= 0)
            r = json_node(b, t, i);
        comma = ", ";
    }
    if (r >= 0)
        r = lk_buf_printf(b, "]}");
    if (r < 0)
        return r;
    char *text = strdup(lk_buf_str(b));
    if (!text)
        return -ENOMEM;
    *ret = text;
    return 0;
}

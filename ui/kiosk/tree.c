#include "kiosk/tree.h"

#include "kiosk/kiosk.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void kiosk_tree_begin(struct kiosk_tree *t, enum session_screen screen,
                      enum kiosk_lang lang)
{
    t->screen = screen;
    t->lang = lang;
    t->text_size = SESSION_TEXT_NORMAL;
    t->contrast = false;
    t->rtl = false;
    t->part = 0;
    t->n = 0;
    t->open = -1;
    t->error = 0;
    t->spills = false;
    t->texts_len = 0;
}

static int tree_depth(const struct kiosk_tree *t)
{
    int depth = 0;
    for (int i = t->open; i >= 0; i = t->node[i].parent)
        depth++;
    return depth;
}

static int tree_children(const struct kiosk_tree *t, int parent)
{
    int count = 0;
    for (int i = parent + 1; i < t->n; i = t->node[i].last + 1)
        count++;
    return count;
}

static bool tree_has_room(const struct kiosk_tree *t)
{
    if (t->n == KIOSK_NODES_MAX || tree_depth(t) == KIOSK_DEPTH_MAX)
        return false;
    return t->open < 0 || tree_children(t, t->open) < KIOSK_CHILDREN_MAX;
}

int kiosk_tree_leaf(struct kiosk_tree *t, const struct kiosk_node *node)
{
    if (!tree_has_room(t)) {
        t->error = -ENOSPC;
        return 0;
    }
    int i = t->n++;
    struct kiosk_node *n = &t->node[i];
    *n = *node;
    n->id = n->id ? n->id : "";
    n->name = n->name ? n->name : "";
    n->value = n->value ? n->value : "";
    n->arg = n->arg ? n->arg : "";
    n->path = n->path ? n->path : "";
    n->closed = n->closed ? n->closed : "";
    n->field.hint = n->field.hint ? n->field.hint : "";
    n->parent = (int16_t)t->open;
    n->last = (int16_t)i;
    for (int p = t->open; p >= 0; p = t->node[p].parent)
        t->node[p].last = (int16_t)i;
    return i;
}

int kiosk_tree_open(struct kiosk_tree *t, const struct kiosk_node *node)
{
    int i = kiosk_tree_leaf(t, node);
    if (t->error == 0)
        t->open = i;
    return i;
}

void kiosk_tree_close(struct kiosk_tree *t)
{
    /* After a ceiling was hit opens and closes no longer pair up. */
    if (t->error == 0 && t->open >= 0)
        t->open = t->node[t->open].parent;
}

const char *kiosk_tree_printf(struct kiosk_tree *t, const char *fmt, ...)
{
    size_t room = sizeof(t->texts) - t->texts_len;
    char *at = t->texts + t->texts_len;
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(at, room, fmt, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room) {
        t->error = -ENOSPC;
        return "";
    }
    t->texts_len += (size_t)n + 1;
    return at;
}

int kiosk_tree_find(const struct kiosk_tree *t, const char *id)
{
    if (!*id)
        return -1;
    for (int i = 0; i < t->n; i++)
        if (strcmp(t->node[i].id, id) == 0)
            return i;
    return -1;
}

bool kiosk_tree_hidden(const struct kiosk_tree *t, int i)
{
    for (; i >= 0; i = t->node[i].parent)
        if (t->node[i].state & (KIOSK_HIDDEN | KIOSK_OFFPAGE))
            return true;
    return false;
}

int kiosk_tree_top(const struct kiosk_tree *t)
{
    for (int i = t->n - 1; i > 0; i--)
        if (t->node[i].overlay && !kiosk_tree_hidden(t, i))
            return i;
    return 0;
}

bool kiosk_tree_covered(const struct kiosk_tree *t, int i)
{
    int top = kiosk_tree_top(t);
    return t->n > 0 && (i < top || i > t->node[top].last);
}

static bool rect_has(struct kiosk_rect r, int x, int y)
{
    return x >= r.x && y >= r.y && x < r.x + r.w && y < r.y + r.h;
}

int kiosk_tree_hit(const struct kiosk_tree *t, int x, int y)
{
    int top = kiosk_tree_top(t);
    for (int i = t->n > 0 ? t->node[top].last : -1; i >= top; i--)
        if (rect_has(t->node[i].rect, x, y) && !kiosk_tree_hidden(t, i))
            return i;
    return -1;
}

static bool is_control(const struct kiosk_node *n)
{
    return n->role == KIOSK_BUTTON || n->role == KIOSK_FIELD;
}

int kiosk_tree_button(const struct kiosk_tree *t, int i)
{
    while (i >= 0 && !is_control(&t->node[i]))
        i = t->node[i].parent;
    return i;
}

bool kiosk_tree_focusable(const struct kiosk_tree *t, int i)
{
    const struct kiosk_node *n = &t->node[i];
    return is_control(n) && !(n->state & KIOSK_DISABLED) &&
           !kiosk_tree_hidden(t, i) && !kiosk_tree_covered(t, i);
}

int kiosk_tree_next(const struct kiosk_tree *t, int i, int step)
{
    if (i < 0 && step < 0)
        i = t->n;
    for (int tried = 0; tried < t->n; tried++) {
        i = (i + step + t->n) % t->n;
        if (kiosk_tree_focusable(t, i))
            return i;
    }
    return -1;
}

int kiosk_tree_tap(const struct kiosk_tree *t, const char *id, int *ret_x,
                   int *ret_y)
{
    int i = kiosk_tree_find(t, id);
    if (i < 0)
        return -ENOENT;
    const struct kiosk_node *n = &t->node[i];
    if (kiosk_tree_hidden(t, i))
        return -ENXIO;
    if (n->state & KIOSK_DISABLED)
        return -EACCES;
    if (kiosk_tree_covered(t, i))
        return -EBUSY;
    int x = n->rect.x + n->rect.w / 2;
    int y = n->rect.y + n->rect.h / 2;
    int hit = kiosk_tree_hit(t, x, y);
    if (hit < i || hit > n->last)
        return -EBUSY;
    *ret_x = x;
    *ret_y = y;
    return 0;
}

int kiosk_tree_escape(const struct kiosk_tree *t)
{
    for (int i = 0; i < t->n; i++)
        if (t->node[i].escape && kiosk_tree_focusable(t, i))
            return i;
    return -1;
}

bool kiosk_tree_inner(const struct kiosk_tree *t, int i)
{
    for (i = t->node[i].parent; i >= 0; i = t->node[i].parent)
        if (is_control(&t->node[i]) || t->node[i].role == KIOSK_STATUS ||
            t->node[i].role == KIOSK_TEXT)
            return true;
    return false;
}

static bool rect_same(struct kiosk_rect a, struct kiosk_rect b)
{
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

static bool text_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool node_looks_same(const struct kiosk_node *a,
                            const struct kiosk_node *b)
{
    return rect_same(a->rect, b->rect) && text_same(a->name, b->name) &&
           text_same(a->label, b->label) && a->state == b->state &&
           a->look == b->look && a->icon == b->icon && a->font == b->font &&
           a->ink == b->ink && a->accent == b->accent && a->source == b->source;
}

/* What of a field's text is seen. */
static bool field_looks_same(const struct kiosk_node *a,
                             const struct kiosk_node *b)
{
    return a->role != KIOSK_FIELD ||
           (text_same(a->value, b->value) &&
            text_same(a->field.hint, b->field.hint) &&
            a->field.caret == b->field.caret &&
            a->field.active == b->field.active &&
            a->field.anchor == b->field.anchor &&
            a->field.peer == b->field.peer &&
            a->field.peer_caret == b->field.peer_caret);
}

/* But for what a sheet tells of itself: kiosk_sheet_areas(). */
static bool sheet_looks_same(const struct kiosk_node *a,
                             const struct kiosk_node *b)
{
    return a->look != KIOSK_LOOK_SHEET ||
           kiosk_sheet_same(&a->sheet, &b->sheet);
}

static bool node_same(const struct kiosk_node *a, const struct kiosk_node *b)
{
    return a->role == b->role && node_looks_same(a, b) &&
           field_looks_same(a, b) && sheet_looks_same(a, b) &&
           a->box.flow == b->box.flow && a->icon_last == b->icon_last &&
           (a->look != KIOSK_LOOK_QR || text_same(a->value, b->value)) &&
           a->overlay == b->overlay;
}

static bool tree_comparable(const struct kiosk_tree *a,
                            const struct kiosk_tree *b)
{
    return a->n > 0 && a->screen == b->screen && a->lang == b->lang &&
           a->text_size == b->text_size && a->contrast == b->contrast &&
           a->rtl == b->rtl;
}

/* Boxes that draw nothing themselves may change with impunity. */
static bool node_draws(const struct kiosk_node *n)
{
    return n->look != KIOSK_LOOK_NONE || n->box.flow == KIOSK_LEAF;
}

static void areas_changed(const struct kiosk_tree *t, int from, int to,
                          void (*changed)(void *arg, struct kiosk_rect area),
                          void *arg)
{
    for (int i = from; i < to; i++)
        if (node_draws(&t->node[i]) && t->node[i].rect.w > 0)
            changed(arg, t->node[i].rect);
}

/* Who is told of areas that differ. */
struct telling {
    float px_per_mm;
    void (*changed)(void *arg, struct kiosk_rect area);
    void *arg;
};

/* Whether the node looks as it did. Of a sheet that does, the pointers that
 * moved and what is being drawn are told. */
static bool node_kept(const struct telling *to, const struct kiosk_node *was,
                      const struct kiosk_node *is)
{
    struct kiosk_rect area[KIOSK_SHEET_AREAS];
    if (!node_same(was, is))
        return false;
    if (is->look != KIOSK_LOOK_SHEET || is->rect.w <= 0)
        return true;
    int n = kiosk_sheet_areas(&was->sheet, &is->sheet, is->rect, to->px_per_mm,
                              area);
    for (int i = 0; i < n; i++)
        if (area[i].w > 0 && area[i].h > 0)
            to->changed(to->arg, area[i]);
    return true;
}

/* Nodes that came or went lie between those that are the same at the
 * beginning and at the end, as drawn, so their own areas are all that
 * changed. */
void kiosk_tree_diff(const struct kiosk_tree *was, const struct kiosk_tree *is,
                     void (*changed)(void *arg, struct kiosk_rect area),
                     void *arg)
{
    if (!tree_comparable(was, is)) {
        changed(arg, is->node[0].rect);
        return;
    }
    int less = LK_MIN(was->n, is->n);
    const struct telling to = {is->px_per_mm, changed, arg};
    if (was->n == is->n) {
        for (int i = 0; i < is->n; i++) {
            if (node_kept(&to, &was->node[i], &is->node[i]))
                continue;
            if (!rect_same(was->node[i].rect, is->node[i].rect))
                areas_changed(was, i, i + 1, changed, arg);
            areas_changed(is, i, i + 1, changed, arg);
        }
        return;
    }
    int head = 0;
    int tail = 0;
    while (head < less && node_kept(&to, &was->node[head], &is->node[head]))
        head++;
    while (tail < less - head && node_kept(&to, &was->node[was->n - 1 - tail],
                                           &is->node[is->n - 1 - tail]))
        tail++;
    areas_changed(was, head, was->n - tail, changed, arg);
    areas_changed(is, head, is->n - tail, changed, arg);
}

const char *kiosk_screen_name(enum session_screen s)
{
    static const char *const names[] = {
        [SESSION_START] = "start",
        [SESSION_SERVICES] = "services",
        [SESSION_CARD] = "card",
        [SESSION_WAITING] = "waiting",
        [SESSION_CALL] = "call",
        [SESSION_FORM] = "form",
        [SESSION_APPROVE] = "approve",
        [SESSION_RECEIPT] = "receipt",
        [SESSION_PAPER] = "paper",
        [SESSION_IDENTIFY] = "identify",
        [SESSION_TRACK] = "track",
        [SESSION_END] = "end",
        [SESSION_LEAVING] = "leaving",
        [SESSION_TRIAL] = "trial",
        [SESSION_UNUSED] = "unused",
        [SESSION_OUT_OF_SERVICE] = "out-of-service",
    };
    return (size_t)s < LK_ARRAY_LEN(names) ? names[s] : "out-of-service";
}

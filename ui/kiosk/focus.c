#include "kiosk/focus.h"

#include <stdlib.h>

static int middle_x(const struct kiosk_rect *r)
{
    return r->x + r->w / 2;
}

static int middle_y(const struct kiosk_rect *r)
{
    return r->y + r->h / 2;
}

/* How far two stretches lie apart; 0 when they overlap. */
static int apart(int a, int a_len, int b, int b_len)
{
    if (b >= a + a_len)
        return b - (a + a_len);
    return a >= b + b_len ? a - (b + b_len) : 0;
}

/* How far `to` is in a direction from `from`, -1 when it is not there. What
 * lies beside the way counts more than what lies farther along it. */
static long distance(const struct kiosk_rect *from, const struct kiosk_rect *to,
                     int dx, int dy)
{
    long along = dx ? (long)dx * (middle_x(to) - middle_x(from))
                    : (long)dy * (middle_y(to) - middle_y(from));
    long ahead =
        dx ? (dx > 0 ? to->x - (from->x + from->w) : from->x - (to->x + to->w))
           : (dy > 0 ? to->y - (from->y + from->h) : from->y - (to->y + to->h));
    long beside = dx ? apart(from->y, from->h, to->y, to->h)
                     : apart(from->x, from->w, to->x, to->w);
    long off = dx ? labs((long)middle_y(to) - middle_y(from))
                  : labs((long)middle_x(to) - middle_x(from));
    if (along <= 0 || ahead < 0)
        return -1;
    return along * 4 + beside * 16 + off;
}

int kiosk_focus_towards(const struct kiosk_tree *t, int i, int dx, int dy)
{
    int best = -1;
    long least = 0;
    for (int k = 0; i >= 0 && k < t->n; k++) {
        if (k == i || !kiosk_tree_focusable(t, k))
            continue;
        long d = distance(&t->node[i].rect, &t->node[k].rect, dx, dy);
        if (d < 0 || (best >= 0 && d >= least))
            continue;
        best = k;
        least = d;
    }
    return best;
}

static bool in_margin(const struct kiosk_tree *t, int i)
{
    for (; i >= 0; i = t->node[i].parent)
        if (t->node[i].look == KIOSK_LOOK_BAR ||
            t->node[i].look == KIOSK_LOOK_FOOTER)
            return true;
    return false;
}

int kiosk_focus_first(const struct kiosk_tree *t)
{
    for (int i = 0; i < t->n; i++)
        if (kiosk_tree_focusable(t, i) && !in_margin(t, i))
            return i;
    return kiosk_tree_next(t, -1, 1);
}

/* The node of `is` that is the same as node i of `was` and can have the focus,
 * or -1. */
static int still(const struct kiosk_tree *was, int i,
                 const struct kiosk_tree *is)
{
    if (i < 0 || i >= was->n)
        return -1;
    int k = kiosk_tree_find(is, was->node[i].id);
    return k >= 0 && kiosk_tree_focusable(is, k) ? k : -1;
}

int kiosk_focus_instead(const struct kiosk_tree *was, int i,
                        const struct kiosk_tree *is)
{
    for (int away = 1; i >= 0 && away < was->n; away++) {
        int k = still(was, i + away, is);
        if (k < 0)
            k = still(was, i - away, is);
        if (k >= 0)
            return k;
    }
    return kiosk_focus_first(is);
}

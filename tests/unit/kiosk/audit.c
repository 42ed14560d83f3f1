#include "audit.h"

#include "kiosk/sizes.h"

#include <math.h>
#include <string.h>

#define TEXT_CONTRAST 4.5
#define PART_CONTRAST 3.0

struct check {
    const struct audit *a;
    const struct sample_stage *s;
    const struct kiosk_tree *t;
};

static void found(const struct check *c, const char *what, int node, double is,
                  double least)
{
    if (is < least)
        c->a->found(c->a->arg, what, node, is, least);
}

static void found_that(const struct check *c, const char *what, int node,
                       bool wrong)
{
    found(c, what, node, wrong ? 0 : 1, 1);
}

static int px(const struct check *c, float mm)
{
    return kiosk_px(&c->s->metrics, mm);
}

static double mm(const struct check *c, int length)
{
    return length / (double)c->s->metrics.px_per_mm;
}

static bool inside(struct kiosk_rect in, struct kiosk_rect out)
{
    return in.x >= out.x && in.y >= out.y && in.x + in.w <= out.x + out.w &&
           in.y + in.h <= out.y + out.h;
}

static struct kiosk_size measured(const struct check *c,
                                  const struct kiosk_node *n, int width)
{
    struct kiosk_size size = {0};
    struct kiosk_type type = kiosk_node_type(c->t, n);
    const char *text = kiosk_node_text(n);
    if (*text && kiosk_text_measure(c->s->text, &type, text, LK_MAX(width, 1),
                                    &size) < 0)
        c->a->found(c->a->arg, "text cannot be measured", -1, 0, 0);
    return size;
}

static void check_text(const struct check *c, int i)
{
    const struct kiosk_node *n = &c->t->node[i];
    if (n->box.flow != KIOSK_LEAF || !*kiosk_node_text(n))
        return;
    int pad = px(c, n->box.pad_x);
    if (n->look == KIOSK_LOOK_VIDEO)
        pad = px(c, KIOSK_PLACEHOLDER_PAD_MM);
    int room = n->rect.w - 2 * pad;
    if (n->look != KIOSK_LOOK_VIDEO)
        room -= kiosk_icon_px(&c->s->metrics, c->t, n) +
                kiosk_icon_gap_px(&c->s->metrics, n);
    struct kiosk_size size = measured(c, n, room);
    found(c, "a word sticks out, mm", i, mm(c, room - size.w), 0);
    if (n->role == KIOSK_FIELD && n->field.lines)
        return; /* follows the caret */
    found(c, "text is cut, mm", i, mm(c, n->rect.h - size.h), 0);
}

static bool layered(const struct kiosk_tree *t, int i)
{
    return t->node[i].overlay;
}

static void check_box(const struct check *c, int i)
{
    const struct kiosk_node *n = &c->t->node[i];
    found_that(c, "outside the screen", i,
               !inside(n->rect, c->t->node[0].rect));
    if (n->parent >= 0 && !layered(c->t, i))
        found_that(c, "outside its box", i,
                   !inside(n->rect, c->t->node[n->parent].rect));
}

static void check_target(const struct check *c, int i)
{
    const struct kiosk_node *n = &c->t->node[i];
    if (n->role != KIOSK_BUTTON && n->role != KIOSK_FIELD)
        return;
    int least = px(c, KIOSK_TARGET_MM);
    found(c, "target too small, px", i, LK_MIN(n->rect.w, n->rect.h), least);
    found_that(c, "a control without id or name", i, !*n->id || !*n->name);
}

/* Room between two boxes. */
static int distance(struct kiosk_rect a, struct kiosk_rect b)
{
    int dx = LK_MAX(LK_MAX(a.x - b.x - b.w, b.x - a.x - a.w), 0);
    int dy = LK_MAX(LK_MAX(a.y - b.y - b.h, b.y - a.y - a.h), 0);
    return LK_MAX(dx, dy);
}

static bool shown(const struct check *c, int i)
{
    const struct kiosk_node *n = &c->t->node[i];
    return n->rect.w > 0 && n->rect.h > 0 && !kiosk_tree_hidden(c->t, i);
}

static void check_siblings(const struct check *c, int i)
{
    const struct kiosk_node *n = &c->t->node[i];
    for (int k = n->last + 1; k < c->t->n; k = c->t->node[k].last + 1) {
        if (!shown(c, k) || layered(c->t, i) || layered(c->t, k))
            continue;
        if (c->t->node[k].parent == n->parent)
            found_that(c, "overlaps what follows", i,
                       kiosk_rect_touches(n->rect, c->t->node[k].rect));
    }
}

/* Keys have room between them, wherever their rows are. */
static void check_keys(const struct check *c, int i)
{
    const struct kiosk_node *n = &c->t->node[i];
    /* Both ends of the room are rounded. */
    int least = px(c, KIOSK_KEY_GAP_MM) - 1;
    if (n->look != KIOSK_LOOK_KEY)
        return;
    for (int k = i + 1; k < c->t->n; k++)
        if (c->t->node[k].look == KIOSK_LOOK_KEY && shown(c, k))
            found(c, "keys too close, px", i,
                  distance(n->rect, c->t->node[k].rect), least);
}

void audit_places(const struct audit *a, const struct sample_stage *s)
{
    struct check c = {a, s, &s->tree};
    found_that(&c, "the tree has an error", -1, s->tree.error < 0);
    found_that(&c, "something does not fit", -1, s->tree.spills);
    for (int i = 0; i < c.t->n; i++) {
        const struct kiosk_node *n = &c.t->node[i];
        found_that(&c, "the id is not unique", i,
                   *n->id && kiosk_tree_find(c.t, n->id) != i);
        if (!shown(&c, i))
            continue;
        check_box(&c, i);
        check_text(&c, i);
        check_target(&c, i);
        check_siblings(&c, i);
        check_keys(&c, i);
    }
}

static uint32_t around(const struct check *c, const struct kiosk_theme *theme,
                       int i)
{
    int parent = c->t->node[i].parent;
    return parent < 0 ? theme->page : kiosk_ground(theme, c->t, parent);
}

/* A control stands out by its ground or by its outline. */
static void check_part(const struct check *c, const struct kiosk_theme *theme,
                       int i)
{
    const struct kiosk_node *n = &c->t->node[i];
    struct kiosk_skin skin = kiosk_skin(theme, n);
    uint32_t ground = around(c, theme, i);
    bool control = n->role == KIOSK_BUTTON || n->role == KIOSK_FIELD;
    if (!control || n->state & KIOSK_DISABLED)
        return;
    double best = skin.filled ? kiosk_contrast(skin.fill, ground) : 1;
    if (skin.outline_mm > 0)
        best = fmax(best, kiosk_contrast(skin.outline, ground));
    found(c, "contrast of a control", i, best, PART_CONTRAST);
}

/* Wherever the ring is, one of its two lines stands out from what is outside,
 * one from what is inside, and they from each other. */
static void check_focus(const struct check *c, const struct kiosk_theme *theme,
                        int i)
{
    const struct kiosk_node *n = &c->t->node[i];
    if (n->role != KIOSK_BUTTON && n->role != KIOSK_FIELD)
        return;
    uint32_t sides[2] = {around(c, theme, i), kiosk_ground(theme, c->t, i)};
    for (int k = 0; k < 2; k++) {
        double best = fmax(kiosk_contrast(sides[k], theme->focus),
                           kiosk_contrast(sides[k], theme->focus_inner));
        found(c, "contrast of the focus ring", i, best, PART_CONTRAST);
    }
    found(c, "contrast within the focus ring", i,
          kiosk_contrast(theme->focus, theme->focus_inner), PART_CONTRAST);
}

static void check_ink(const struct check *c, const struct kiosk_theme *theme,
                      int i)
{
    const struct kiosk_node *n = &c->t->node[i];
    if (n->box.flow != KIOSK_LEAF)
        return;
    double is =
        kiosk_contrast(kiosk_ink(theme, c->t, i), kiosk_ground(theme, c->t, i));
    if (*kiosk_node_text(n))
        found(c, "contrast of text", i, is, TEXT_CONTRAST);
    if (n->icon != KIOSK_ICON_NONE)
        found(c, "contrast of an icon", i, is, PART_CONTRAST);
    if (n->role == KIOSK_FIELD)
        found(c, "contrast of a hint", i,
              kiosk_contrast(theme->muted, kiosk_ground(theme, c->t, i)),
              TEXT_CONTRAST);
}

void audit_colours(const struct audit *a, const struct sample_stage *s)
{
    struct check c = {a, s, &s->tree};
    const struct kiosk_theme *theme = kiosk_theme(s->tree.contrast);
    for (int i = 0; i < c.t->n; i++) {
        if (!shown(&c, i))
            continue;
        check_ink(&c, theme, i);
        check_part(&c, theme, i);
        check_focus(&c, theme, i);
    }
}

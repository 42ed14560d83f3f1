/* Text, icons, fields. */
#include "kiosk/paint_priv.h"

#include "kiosk/sizes.h"

#include <string.h>

#define SELECTION_MAX 16 /* areas of a selection that are drawn */
#define CARET_MM 0.6f

static struct kiosk_size text_size(const struct pass *s,
                                   const struct kiosk_node *n, int width)
{
    struct kiosk_size size = {0};
    struct kiosk_type type = kiosk_node_type(s->t, n);
    const char *text = kiosk_node_text(n);
    if (*text && kiosk_text_measure(s->p->text, &type, text, width, &size) < 0)
        return (struct kiosk_size){0};
    return size;
}

static int mirrored(const struct pass *s, const struct kiosk_node *n, int x,
                    int w)
{
    return s->t->rtl ? 2 * n->rect.x + n->rect.w - x - w : x;
}

/* Icon and text side by side. */
void paint_content(const struct pass *s, int i)
{
    const struct kiosk_node *n = &s->t->node[i];
    const struct kiosk_metrics *m = s->p->metrics;
    const char *text = kiosk_node_text(n);
    struct kiosk_type type = kiosk_node_type(s->t, n);
    int icon = kiosk_icon_px(m, s->t, n);
    int before = icon + kiosk_icon_gap_px(m, n);
    int pad = kiosk_px(m, n->box.pad_x);
    int room = n->rect.w - 2 * pad;
    /* Wrapped as it was measured: the same width, not the text's own. */
    int width = LK_MAX(room - before, 1);
    struct kiosk_size size = text_size(s, n, width);
    int x = n->rect.x + pad;
    if (n->box.along != KIOSK_START && n->box.along != KIOSK_STRETCH)
        x += (room - before - size.w) / (n->box.along == KIOSK_CENTER ? 2 : 1);
    int icon_x = n->icon_last ? x + size.w + before - icon : x;
    x += n->icon_last ? 0 : before;
    paint_colour(s, kiosk_ink(s->theme, s->t, i));
    struct kiosk_icon_place at = {mirrored(s, n, icon_x, icon),
                                  n->rect.y + (n->rect.h - icon) / 2, icon};
    kiosk_icon_draw(s->p->icons, s->cr, n->icon, at, s->t->rtl);
    if (!*text)
        return;
    bool middle = n->box.along == KIOSK_CENTER;
    enum kiosk_side side = s->t->rtl ? KIOSK_RIGHT : KIOSK_LEFT;
    struct kiosk_rect area = {x, n->rect.y, width, n->rect.h};
    if (middle)
        area.x = x - (width - size.w) / 2;
    area.x = mirrored(s, n, area.x, width);
    kiosk_text_draw(s->p->text, s->cr, &type, text, area,
                    middle ? KIOSK_MIDDLE : side);
}

void paint_placeholder(const struct pass *s, int i)
{
    const struct kiosk_node *n = &s->t->node[i];
    const struct kiosk_metrics *m = s->p->metrics;
    struct kiosk_skin skin = kiosk_skin(s->theme, n);
    struct kiosk_type type = kiosk_node_type(s->t, n);
    int icon = kiosk_icon_px(m, s->t, n);
    int inset = kiosk_px(m, KIOSK_PLACEHOLDER_PAD_MM);
    int width = LK_MAX(n->rect.w - 2 * inset, 1);
    struct kiosk_size size = text_size(s, n, width);
    int gap = size.h > 0 ? kiosk_px(m, KIOSK_PLACEHOLDER_GAP_MM) : 0;
    /* Words before drawings, where there is no room for both. */
    if (icon + gap + size.h > n->rect.h && size.h > 0)
        icon = gap = 0;
    int y = n->rect.y + (n->rect.h - icon - gap - size.h) / 2;
    paint_skin(s, &skin, n->rect);
    paint_colour(s, kiosk_ink(s->theme, s->t, i));
    struct kiosk_icon_place at = {n->rect.x + (n->rect.w - icon) / 2, y, icon};
    kiosk_icon_draw(s->p->icons, s->cr, n->icon, at, s->t->rtl);
    struct kiosk_rect area = {n->rect.x + inset, y + icon + gap, width, size.h};
    if (*kiosk_node_text(n))
        kiosk_text_draw(s->p->text, s->cr, &type, kiosk_node_text(n), area,
                        KIOSK_MIDDLE);
}

/* ---- fields ---- */

/* A field's text as it is drawn. */
struct field_text {
    struct kiosk_drawn drawn; /* moved so that the caret is seen */
    struct kiosk_rect view;   /* the field's inside */
    struct kiosk_rect caret;
};

/* How far text must move along one way so that the caret is in view. */
static int scroll(int caret, int caret_len, int view, int view_len)
{
    if (caret + caret_len > view + view_len)
        return view + view_len - caret - caret_len;
    return caret < view ? view - caret : 0;
}

static bool field_measure(const struct pass *s, const struct kiosk_node *n,
                          struct field_text *f)
{
    const struct kiosk_metrics *m = s->p->metrics;
    int px = kiosk_px(m, n->box.pad_x);
    int py = kiosk_px(m, n->box.pad_y);
    struct kiosk_size size = {0};
    f->drawn.type = kiosk_node_type(s->t, n);
    f->drawn.text = kiosk_node_text(n);
    f->drawn.side = s->t->rtl ? KIOSK_RIGHT : KIOSK_LEFT;
    f->view = (struct kiosk_rect){n->rect.x + px, n->rect.y + py,
                                  LK_MAX(n->rect.w - 2 * px, 1),
                                  LK_MAX(n->rect.h - 2 * py, 1)};
    f->drawn.area = f->view;
    bool hint = !*n->value;
    if (!n->field.lines && !hint) {
        /* One line that is never wrapped: its area has no width of its own. */
        f->drawn.area.x += s->t->rtl ? f->view.w : 0;
        f->drawn.area.w = 0;
    }
    if (kiosk_text_measure(s->p->text, &f->drawn.type, f->drawn.text,
                           f->drawn.area.w, &size) < 0)
        return false;
    if (n->field.lines)
        f->drawn.area.h = size.h;
    size_t at = hint ? 0 : n->field.caret;
    if (kiosk_text_caret(s->p->text, &f->drawn, at, &f->caret) < 0)
        return false;
    f->caret.w = LK_MAX(kiosk_px(m, CARET_MM), 1);
    int dx = scroll(f->caret.x, f->caret.w, f->view.x, f->view.w);
    int dy = scroll(f->caret.y, f->caret.h, f->view.y, f->view.h);
    f->drawn.area.x += dx;
    f->caret.x += dx;
    f->drawn.area.y += n->field.lines ? dy : 0;
    f->caret.y += n->field.lines ? dy : 0;
    return true;
}

static void field_selection(const struct pass *s, const struct kiosk_node *n,
                            const struct field_text *f)
{
    struct kiosk_rect areas[SELECTION_MAX];
    size_t range[2] = {LK_MIN(n->field.caret, n->field.anchor),
                       LK_MAX(n->field.caret, n->field.anchor)};
    if (!*n->value || range[0] == range[1])
        return;
    int count =
        kiosk_text_range(s->p->text, &f->drawn, range, SELECTION_MAX, areas);
    paint_colour(s, s->theme->selection);
    for (int i = 0; i < count; i++) {
        cairo_rectangle(s->cr, areas[i].x, areas[i].y, areas[i].w, areas[i].h);
        cairo_fill(s->cr);
    }
}

void paint_field(const struct pass *s, int i)
{
    const struct kiosk_node *n = &s->t->node[i];
    struct field_text f;
    bool hint = !*n->value;
    if (!field_measure(s, n, &f))
        return;
    cairo_save(s->cr);
    cairo_rectangle(s->cr, f.view.x, f.view.y, f.view.w, f.view.h);
    cairo_clip(s->cr);
    field_selection(s, n, &f);
    paint_colour(s, hint ? s->theme->muted : kiosk_ink(s->theme, s->t, i));
    if (*f.drawn.text)
        kiosk_text_draw(s->p->text, s->cr, &f.drawn.type, f.drawn.text,
                        f.drawn.area, f.drawn.side);
    if (n->field.active || n->state & KIOSK_FOCUSED) {
        paint_colour(s, s->theme->brand);
        cairo_rectangle(s->cr, f.caret.x, f.caret.y, f.caret.w, f.caret.h);
        cairo_fill(s->cr);
    }
    cairo_restore(s->cr);
}

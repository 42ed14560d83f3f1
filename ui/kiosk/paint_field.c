/* Fields: their text, the caret, the selection, the expert's caret. */
#include "kiosk/paint_priv.h"

#include "kiosk/sizes.h"

#define SELECTION_MAX 16 /* areas of a selection that are drawn */
#define CARET_MM 0.6f

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

/* Where the expert is in it: a caret of another colour, with a foot, as not
 * everybody sees colours. */
static void field_peer(const struct pass *s, const struct kiosk_node *n,
                       const struct field_text *f)
{
    struct kiosk_rect at;
    int w = LK_MAX(kiosk_px(s->p->metrics, CARET_MM), 1);
    if (!n->field.peer ||
        kiosk_text_caret(s->p->text, &f->drawn,
                         *n->value ? n->field.peer_caret : 0, &at) < 0)
        return;
    paint_colour(s, s->theme->danger);
    cairo_rectangle(s->cr, at.x, at.y, w, at.h);
    cairo_rectangle(s->cr, at.x - w, at.y + at.h - w, 3 * w, w);
    cairo_fill(s->cr);
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
    field_peer(s, n, &f);
    if (n->field.active || n->state & KIOSK_FOCUSED) {
        paint_colour(s, s->theme->brand);
        cairo_rectangle(s->cr, f.caret.x, f.caret.y, f.caret.w, f.caret.h);
        cairo_fill(s->cr);
    }
    cairo_restore(s->cr);
}

size_t kiosk_paint_field_at(const struct kiosk_painter *p,
                            const struct kiosk_tree *t, int i, int x, int y)
{
    struct pass s = {.p = p, .theme = kiosk_theme(t->contrast), .t = t};
    struct field_text f;
    if (!*t->node[i].value || !field_measure(&s, &t->node[i], &f))
        return 0;
    return kiosk_text_at(p->text, &f.drawn, x, y);
}

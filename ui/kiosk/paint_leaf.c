/* Text and icons. */
#include "kiosk/paint_priv.h"

#include "kiosk/sizes.h"

#include <string.h>

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
    /* Keys are not mirrored, nor is what they point at. */
    kiosk_icon_draw(s->p->icons, s->cr, n->icon, at,
                    s->t->rtl && n->look != KIOSK_LOOK_KEY);
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

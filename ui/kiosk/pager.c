#include "kiosk/pager.h"

#include "kiosk/sizes.h"
#include "kiosk/strings.h"

#include <stdio.h>
#include <string.h>

int kiosk_pager_open(struct kiosk_tree *t, const struct kiosk_node *n)
{
    struct kiosk_node pager = *n;
    pager.box.flow = KIOSK_PAGER;
    return kiosk_tree_open(t, &pager);
}

static void turn_button(struct kiosk_tree *t, const char *id, bool more)
{
    struct kiosk_node n = {
        .id = kiosk_tree_printf(t, "%s-%s", id, more ? "more" : "back"),
        .role = KIOSK_BUTTON,
        .name = kiosk_str(t->lang,
                          more ? KIOSK_STR_PAGE_MORE : KIOSK_STR_PAGE_BACK),
        .look = KIOSK_LOOK_PLAIN,
        .icon = more ? KIOSK_ICON_ARROW_RIGHT : KIOSK_ICON_ARROW_LEFT,
        .icon_last = more,
        .font = KIOSK_FONT_LABEL,
        .ink = KIOSK_INK_BRAND,
        .box = {.along = KIOSK_CENTER,
                .pad_x = 5,
                .min_w = KIOSK_TARGET_MM,
                .min_h = KIOSK_TARGET_MM},
        .act = KIOSK_ACT_PAGE,
        .arg = more ? "1" : "-1",
    };
    kiosk_tree_leaf(t, &n);
}

void kiosk_pager_close(struct kiosk_tree *t)
{
    if (t->error < 0 || t->open < 0)
        return;
    const char *id = t->node[t->open].id;
    struct kiosk_node row = {
        .turns = true,
        .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 4},
    };
    struct kiosk_node of = {
        .id = kiosk_tree_printf(t, "%s-of", id),
        .role = KIOSK_STATUS,
        .name = kiosk_str(t->lang, KIOSK_STR_PAGE_OF),
        .arg = kiosk_str(t->lang, KIOSK_STR_PAGE_OF),
        .label = "8/8",
        .font = KIOSK_FONT_LABEL,
        .ink = KIOSK_INK_MUTED,
        .box = {.along = KIOSK_CENTER, .grow = true},
    };
    kiosk_tree_open(t, &row);
    turn_button(t, id, false);
    kiosk_tree_leaf(t, &of);
    turn_button(t, id, true);
    kiosk_tree_close(t);
    kiosk_tree_close(t);
}

static int pages_find(const struct kiosk_pages *p, const char *id)
{
    for (int k = 0; k < KIOSK_PAGERS_MAX; k++)
        if (strcmp(p->at[k].id, id) == 0)
            return k;
    return -1;
}

/* A pager that is not remembered, because there are too many, shows its first
 * page. */
static void pages_set(struct kiosk_pages *p, const char *id, int page)
{
    int k = pages_find(p, id);
    if (k < 0 && page > 0)
        k = pages_find(p, "");
    if (k < 0)
        return;
    p->at[k].page = (uint8_t)page;
    snprintf(p->at[k].id, sizeof(p->at[k].id), "%s", page > 0 ? id : "");
}

void kiosk_pages_apply(const struct kiosk_pages *p, struct kiosk_tree *t)
{
    for (int i = 0; i < t->n; i++) {
        struct kiosk_node *n = &t->node[i];
        if (n->box.flow != KIOSK_PAGER)
            continue;
        int k = pages_find(p, n->id);
        n->page = k < 0 ? 0 : p->at[k].page;
    }
}

void kiosk_pages_keep(struct kiosk_pages *p, const struct kiosk_tree *t)
{
    for (int i = 0; i < t->n; i++)
        if (t->node[i].box.flow == KIOSK_PAGER)
            pages_set(p, t->node[i].id, t->node[i].page);
}

static int pager_around(const struct kiosk_tree *t, int i)
{
    while (i >= 0 && t->node[i].box.flow != KIOSK_PAGER)
        i = t->node[i].parent;
    return i;
}

static bool pager_go(struct kiosk_pages *p, const struct kiosk_tree *t,
                     int pager, int step)
{
    const struct kiosk_node *n = &t->node[pager];
    int page = n->page + step;
    if (page < 0 || page >= n->pages)
        return false;
    pages_set(p, n->id, page);
    return true;
}

bool kiosk_pages_show(struct kiosk_pages *p, const struct kiosk_tree *t, int i)
{
    int pager = i < 0 ? -1 : pager_around(t, t->node[i].parent);
    if (pager < 0 || t->node[pager].pages <= 1 ||
        t->node[i].page == t->node[pager].page)
        return false;
    pages_set(p, t->node[pager].id, t->node[i].page);
    return true;
}

bool kiosk_pages_turn(struct kiosk_pages *p, const struct kiosk_tree *t, int i)
{
    int pager = pager_around(t, i);
    return pager >= 0 &&
           pager_go(p, t, pager, t->node[i].arg[0] == '-' ? -1 : 1);
}

bool kiosk_pages_step(struct kiosk_pages *p, const struct kiosk_tree *t, int i,
                      int step)
{
    int pager = pager_around(t, i);
    if (pager < 0)
        return false;
    int next = kiosk_tree_next(t, i, step);
    bool inside = next > pager && next <= t->node[pager].last;
    bool onward = step > 0 ? next > i : next < i;
    return !(inside && onward) && pager_go(p, t, pager, step);
}

int kiosk_pages_entry(const struct kiosk_tree *t, int i, int step)
{
    int pager = pager_around(t, i);
    if (pager < 0)
        return -1;
    return kiosk_tree_next(t, step > 0 ? pager : t->node[pager].last + 1, step);
}

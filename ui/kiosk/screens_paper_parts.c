/* What the screens about papers are made of. */
#include "kiosk/screens_paper.h"

#include "kiosk/keyboard.h"

#include <stdio.h>
#include <string.h>

#define SHEET_LEAST_MM 60.0f
#define PERCENT_STEP 25 /* of what is spoken */

const struct kiosk_button kiosk_paper_back = {
    .id = "back",
    .text = KIOSK_STR_BACK,
    .icon = KIOSK_ICON_ARROW_LEFT,
    .escape = true,
    .intent = SESSION_INTENT_BACK,
};

size_t kiosk_paper_place(const struct papers_view *v, uint32_t id)
{
    for (size_t i = 0; i < v->pages; i++)
        if (v->page[i].id == id)
            return i;
    return SIZE_MAX;
}

size_t kiosk_paper_unshared(const struct papers_view *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->pages; i++)
        n += !v->page[i].shared && v->page[i].from != PAPERS_FROM_EXPERT;
    return n;
}

const struct kiosk_paper *kiosk_paper_hand(const struct kiosk_page *p)
{
    static const struct kiosk_paper empty;
    return p->env->paper ? p->env->paper : &empty;
}

/* ---- words ---- */

const char *kiosk_paper_name(struct kiosk_page *p, size_t place)
{
    char number[16];
    char some[96];
    char text[128];
    snprintf(number, sizeof(number), "%zu", place + 1);
    kiosk_str_fill(kiosk_page_str(p, KIOSK_STR_PAGE_OF), "n", number,
                   sizeof(some), some);
    snprintf(number, sizeof(number), "%zu", p->env->papers->pages);
    kiosk_str_fill(some, "m", number, sizeof(text), text);
    return kiosk_page_own(p, text);
}

static const char *sending(struct kiosk_page *p, uint8_t percent, bool spoken)
{
    char number[16];
    int n = spoken ? percent - percent % PERCENT_STEP : percent;
    snprintf(number, sizeof(number), "%d", n);
    return kiosk_page_fill(p, KIOSK_STR_PAPER_SENDING, "n", number);
}

/* Who sees it. */
static const char *seen(struct kiosk_page *p, const struct papers_page *page,
                        bool spoken)
{
    if (page->busy)
        return kiosk_page_str(p, KIOSK_STR_PAPER_BUSY);
    if (page->from == PAPERS_FROM_EXPERT)
        return kiosk_page_str(p, KIOSK_STR_PAPER_THEIRS);
    if (!page->shared)
        return kiosk_page_str(p, KIOSK_STR_PAPER_UNSHARED);
    if (!page->whole)
        return sending(p, page->sent, spoken);
    return kiosk_page_str(p, page->saved ? KIOSK_STR_PAPER_SAVED
                                         : KIOSK_STR_PAPER_SHARED);
}

const char *kiosk_paper_state(struct kiosk_page *p,
                              const struct papers_page *page, bool spoken)
{
    const struct {
        bool is;
        enum kiosk_str text;
    } more[] = {
        {page->attached, KIOSK_STR_PAPER_ATTACHED},
        {page->blank, KIOSK_STR_PAPER_BLANK},
        {page->cut, KIOSK_STR_PAPER_CUT},
    };
    const char *text = seen(p, page, spoken);
    for (size_t i = 0; i < LK_ARRAY_LEN(more); i++)
        if (more[i].is)
            text = kiosk_tree_printf(p->t, "%s · %s", text,
                                     kiosk_page_str(p, more[i].text));
    return text;
}

void kiosk_paper_said(struct kiosk_page *p, const char *id, const char *words)
{
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .id = id, .role = KIOSK_STATUS, .name = words, .label = ""});
}

void kiosk_paper_head(struct kiosk_page *p, const struct papers_view *v,
                      size_t place)
{
    const struct papers_page *page = &v->page[place];
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .id = "paper-name",
                              .role = KIOSK_STATUS,
                              .name = kiosk_paper_name(p, place),
                              .value = kiosk_paper_state(p, page, true),
                              .label = "",
                              .box = {.flow = KIOSK_COLUMN, .gap = 0.5f},
                          });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = kiosk_paper_name(p, place),
                              .font = KIOSK_FONT_NAME,
                          });
    kiosk_tree_leaf(p->t,
                    &(struct kiosk_node){
                        .role = KIOSK_TEXT,
                        .name = kiosk_paper_state(p, page, false),
                        .icon = page->shared ? KIOSK_ICON_EYE : KIOSK_ICON_LOCK,
                        .icon_mm = 5.5f,
                        .font = KIOSK_FONT_SMALL,
                        .ink = page->shared ? KIOSK_INK_GOOD : KIOSK_INK_MUTED,
                    });
    kiosk_tree_close(p->t);
}

/* ---- boxes ---- */

struct kiosk_node kiosk_paper_sheet(const struct papers_page *page)
{
    return (struct kiosk_node){
        .role = KIOSK_IMAGE,
        .label = "",
        .look = KIOSK_LOOK_SHEET,
        .sheet = {.page = page->id, .picture = page->preview},
        .box = {.grow = true, .min_w = 20, .min_h = SHEET_LEAST_MM},
    };
}

void kiosk_paper_body_open(struct kiosk_page *p)
{
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .box = {.flow = p->wide ? KIOSK_ROW : KIOSK_COLUMN,
                                .align = KIOSK_STRETCH,
                                .grow = true,
                                .gap = p->low ? 4 : 6},
                    });
}

void kiosk_paper_body_close(struct kiosk_page *p)
{
    kiosk_tree_close(p->t);
}

/* Words only where a tile has room for them. */
static bool tiles_worded(const struct kiosk_page *p)
{
    enum session_text_size size = p->view->manner.text_size;
    return size == SESSION_TEXT_NORMAL ||
           (size == SESSION_TEXT_LARGE && !p->low);
}

static float tools_w(const struct kiosk_page *p)
{
    enum session_text_size size = p->view->manner.text_size;
    if (p->low)
        return tiles_worded(p) ? 100 : 92;
    return size == SESSION_TEXT_NORMAL ? 124 : 150;
}

void kiosk_paper_tools_open(struct kiosk_page *p)
{
    struct kiosk_box box = {.flow = KIOSK_PAGER,
                            .align = KIOSK_STRETCH,
                            .gap = p->low ? 2.5f : 4,
                            .min_h = 44};
    if (p->wide) {
        box.min_w = tools_w(p);
        box.max_w = tools_w(p) / kiosk_cell_growth(p->view->manner.text_size);
    }
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){.id = "paper-tools", .box = box});
}

static void turn(struct kiosk_page *p, bool more)
{
    kiosk_tree_leaf(
        p->t,
        &(struct kiosk_node){
            .id = more ? "paper-more" : "paper-before",
            .role = KIOSK_BUTTON,
            .name = kiosk_page_str(p, more ? KIOSK_STR_PAGE_MORE
                                           : KIOSK_STR_PAGE_BACK),
            .label = "",
            .look = KIOSK_LOOK_PLAIN,
            .icon = more ? KIOSK_ICON_CHEVRON_DOWN : KIOSK_ICON_CHEVRON_UP,
            .ink = KIOSK_INK_BRAND,
            .box = {.along = KIOSK_CENTER,
                    .min_w = KIOSK_TARGET_MM,
                    .min_h = KIOSK_TARGET_MM},
            .act = KIOSK_ACT_PAGE,
            .arg = more ? "1" : "-1",
            .turn = KIOSK_TURN_LEAVES,
        });
}

static struct kiosk_node button_node(struct kiosk_page *p,
                                     const struct kiosk_paper_button *b)
{
    struct kiosk_node n = kiosk_button_node(p, &b->button);
    if (b->name)
        n.name = b->name;
    if (b->act != KIOSK_ACT_NONE)
        n.act = b->act;
    n.at = b->at;
    n.remove = b->remove;
    n.version = b->version;
    memcpy(n.at_box, b->box, sizeof(n.at_box));
    n.box.pad_x = 4;
    return n;
}

void kiosk_paper_tools_close(struct kiosk_page *p,
                             const struct kiosk_button *back,
                             const struct kiosk_paper_button *const more[2])
{
    bool little = p->view->manner.text_size != SESSION_TEXT_NORMAL;
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .turns = true,
                  .stays = true,
                  .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 3},
              });
    if (back) {
        struct kiosk_node n = kiosk_button_node(p, back);
        n.box.pad_x = 5;
        if (little || (p->wide && more))
            n.label = "";
        kiosk_tree_leaf(p->t, &n);
    }
    turn(p, false);
    turn(p, true);
    kiosk_page_spring(p);
    for (int i = 0; more && i < 2; i++) {
        if (!more[i])
            continue;
        struct kiosk_node n = button_node(p, more[i]);
        if (i == 0 && (little || p->low))
            n.label = "";
        kiosk_tree_leaf(p->t, &n);
    }
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

void kiosk_paper_grid_open(struct kiosk_page *p)
{
    bool words = tiles_worded(p);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_GRID,
                                      .cols = p->wide ? 4
                                              : words ? 6
                                                      : 8,
                                      .equal = true,
                                      .gap = 3},
                          });
}

void kiosk_paper_tile(struct kiosk_page *p, const struct kiosk_paper_button *b)
{
    struct kiosk_node n = button_node(p, b);
    if (!tiles_worded(p)) {
        n.label = "";
        n.box.pad_x = 0;
        kiosk_tree_leaf(p->t, &n);
        return;
    }
    const char *words =
        kiosk_page_str(p, b->button.label ? b->button.label : b->button.text);
    enum kiosk_icon icon = n.icon;
    n.box.flow = KIOSK_COLUMN;
    n.box.align = KIOSK_STRETCH;
    n.box.along = KIOSK_CENTER;
    n.box.gap = 0.5f;
    n.box.pad_x = 3;
    n.box.pad_y = 1.5f;
    n.label = "";
    n.icon = KIOSK_ICON_NONE;
    kiosk_tree_open(p->t, &n);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_IMAGE,
                              .icon = icon,
                              .icon_mm = 6.4f,
                              .ink = n.ink,
                              .state = n.state & KIOSK_DISABLED,
                              .box = {.along = KIOSK_CENTER},
                          });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = words,
                              .font = KIOSK_FONT_SMALL,
                              .ink = n.ink,
                              .state = n.state & KIOSK_DISABLED,
                              .box = {.along = KIOSK_CENTER},
                          });
    kiosk_tree_close(p->t);
}

void kiosk_paper_wide(struct kiosk_page *p, const struct kiosk_paper_button *b)
{
    struct kiosk_node n = button_node(p, b);
    kiosk_tree_leaf(p->t, &n);
}

void kiosk_paper_key(struct kiosk_page *p, const struct kiosk_paper_button *b)
{
    struct kiosk_node n = button_node(p, b);
    n.label = "";
    n.box.pad_x = 0;
    kiosk_tree_leaf(p->t, &n);
}

void kiosk_paper_attach(struct kiosk_page *p, const struct papers_view *v,
                        const struct papers_page *page)
{
    if (!page->attached && (!v->can_attach || !page->keep))
        return;
    kiosk_paper_tile(p, &(struct kiosk_paper_button){
                            .button = {.id = "attach",
                                       .text = KIOSK_STR_PAPER_ATTACH,
                                       .icon = KIOSK_ICON_PAPERCLIP,
                                       .checked = page->attached,
                                       .disabled = page->busy,
                                       .intent = SESSION_INTENT_PAGE_ATTACH},
                            .at = page->id,
                        });
}

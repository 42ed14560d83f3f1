/* Scanning: where the paper lies, and how far it is. */
#include "kiosk/screens_paper.h"

#include "ipc/scanmsg.h"

#include <stdio.h>

/* ---- where the paper lies ---- */

static void source_button(struct kiosk_page *p, const struct papers_view *v,
                          unsigned source)
{
    static const struct {
        const char *id;
        enum kiosk_str text;
    } all[SCANMSG_SOURCES] = {
        [SCANMSG_AUTO] = {"source-auto", KIOSK_STR_PAPER_AUTO},
        [SCANMSG_FLATBED] = {"source-glass", KIOSK_STR_PAPER_GLASS},
        [SCANMSG_FEEDER] = {"source-feeder", KIOSK_STR_PAPER_FEEDER},
        [SCANMSG_DUPLEX] = {"source-duplex", KIOSK_STR_PAPER_DUPLEX},
    };
    bool chosen = v->source == source;
    struct kiosk_node n = kiosk_button_node(
        p, &(struct kiosk_button){.id = all[source].id,
                                  .text = all[source].text,
                                  .icon = chosen ? KIOSK_ICON_CIRCLE_DOT
                                                 : KIOSK_ICON_CIRCLE,
                                  .checked = chosen,
                                  .intent = SESSION_INTENT_SCAN_SOURCE});
    n.remove = source;
    n.font = KIOSK_FONT_BODY;
    n.box.pad_x = 4;
    kiosk_tree_leaf(p->t, &n);
}

static void drop_button(struct kiosk_page *p, const struct papers_view *v)
{
    struct kiosk_node n = kiosk_button_node(
        p,
        &(struct kiosk_button){.id = "scan-blank",
                               .text = KIOSK_STR_PAPER_DROP,
                               .icon = v->drop_blank ? KIOSK_ICON_SQUARE_CHECK
                                                     : KIOSK_ICON_SQUARE,
                               .checked = v->drop_blank,
                               .intent = SESSION_INTENT_SCAN_BLANK});
    n.look = KIOSK_LOOK_PLAIN;
    n.ink = KIOSK_INK_BRAND;
    n.font = KIOSK_FONT_BODY;
    n.box.pad_x = 4;
    kiosk_tree_leaf(p->t, &n);
}

void kiosk_paper_where(struct kiosk_page *p, const struct papers_view *v)
{
    unsigned sources = v->sources;
    if (!sources)
        return;
    bool one = (sources & (sources - 1)) == 0;
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .role = KIOSK_GROUP,
            .name = kiosk_page_str(p, KIOSK_STR_PAPER_WHERE),
            .question = !one,
            .box = {.flow = KIOSK_COLUMN, .align = KIOSK_STRETCH, .gap = 2},
        });
    if (!one)
        kiosk_page_text(p, KIOSK_FONT_LABEL, KIOSK_INK_TEXT,
                        kiosk_page_str(p, KIOSK_STR_PAPER_WHERE));
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_WRAP, .gap = 3},
                          });
    for (unsigned s = 0; !one && s < SCANMSG_SOURCES; s++)
        if (sources & 1U << s)
            source_button(p, v, s);
    drop_button(p, v);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

/* ---- the scan ---- */

#define BAR_STEPS 20

static void scan_bar(struct kiosk_page *p, uint8_t percent)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW, .gap = 1},
                          });
    for (int i = 0; i < BAR_STEPS; i++)
        kiosk_tree_leaf(
            p->t,
            &(struct kiosk_node){
                .look = KIOSK_LOOK_STEP,
                .state = percent * BAR_STEPS > i * 100 ? KIOSK_CHECKED : 0,
                .box = {.grow = true, .min_h = 5},
            });
    kiosk_tree_close(p->t);
}

/* The percentage is seen as it is, and spoken in quarters. */
static void scan_words(struct kiosk_page *p, const struct papers_view *v)
{
    char number[16];
    snprintf(number, sizeof(number), "%u", LK_MAX(v->scan_page, 1U));
    const char *name =
        kiosk_page_fill(p, KIOSK_STR_PAPER_SCANNING, "n", number);
    snprintf(number, sizeof(number), "%d",
             v->scan_percent - v->scan_percent % 25);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "scanning",
                              .role = KIOSK_STATUS,
                              .name = name,
                              .label = name,
                              .value = kiosk_page_fill(
                                  p, KIOSK_STR_PAPER_PERCENT, "n", number),
                              .icon = KIOSK_ICON_SCAN_LINE,
                              .icon_mm = 12,
                              .font = KIOSK_FONT_NAME,
                              .ink = KIOSK_INK_BRAND,
                          });
}

void kiosk_paper_scanning(struct kiosk_page *p, const struct papers_view *v)
{
    char number[16];
    snprintf(number, sizeof(number), "%u", v->scan_percent);
    kiosk_page_spring(p);
    scan_words(p, v);
    scan_bar(p, v->scan_percent);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_IMAGE,
                              .label = kiosk_page_fill(
                                  p, KIOSK_STR_PAPER_PERCENT, "n", number),
                              .font = KIOSK_FONT_LEAD,
                              .ink = KIOSK_INK_MUTED,
                          });
    kiosk_page_spring(p);
    kiosk_page_button(
        p, &(struct kiosk_button){.id = "scan-cancel",
                                  .text = KIOSK_STR_PAPER_STOP,
                                  .icon = KIOSK_ICON_X,
                                  .look = KIOSK_LOOK_LEAVE,
                                  .escape = true,
                                  .intent = SESSION_INTENT_SCAN_CANCEL});
}

/* The snapshot that would be sent, read through and approved. */
#include "kiosk/screens_expert.h"
#include "kiosk/screens_form.h"

#include <string.h>

/* Who wrote an answer, in words and with an icon; what one wrote oneself needs
 * no mark. */
static enum kiosk_str by_str(enum form_by by)
{
    switch (by) {
    case FORM_BY_EXPERT:
        return KIOSK_STR_FORM_BY_EXPERT;
    case FORM_BY_BOTH:
        return KIOSK_STR_FORM_BY_BOTH;
    case FORM_BY_ACCEPTED:
        return KIOSK_STR_FORM_BY_ACCEPTED;
    case FORM_BY_NOBODY:
    case FORM_BY_CITIZEN:
        break;
    }
    return KIOSK_STRS;
}

static void answer_by(struct kiosk_page *p, enum kiosk_str words)
{
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = kiosk_page_str(p, words),
                              .icon = KIOSK_ICON_USER_PEN,
                              .icon_mm = 5.5f,
                              .font = KIOSK_FONT_SMALL,
                              .ink = KIOSK_INK_GOOD,
                          });
}

/* Label and value; one node for all who do not see it. */
static void answer(struct kiosk_page *p, const struct form_item *item)
{
    enum kiosk_str by = by_str(item->by);
    const char *label = kiosk_page_own(p, item->label);
    bool paper = item->type == FORMS_ATTACHMENT;
    const char *value = paper ? kiosk_form_papers(p, item)
                        : *item->value
                            ? kiosk_page_own(p, item->value)
                            : kiosk_page_str(p, KIOSK_STR_FORM_UNANSWERED);
    const char *said =
        by == KIOSK_STRS
            ? value
            : kiosk_tree_printf(p->t, "%s. %s", value, kiosk_page_str(p, by));
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .id = *item->path ? kiosk_tree_printf(p->t, "answer-%s", item->path)
                              : "",
            .role = KIOSK_TEXT,
            .name = label,
            .label = "",
            .value = said,
            .private = item->is_private,
            .look = by == KIOSK_STRS ? KIOSK_LOOK_NONE : KIOSK_LOOK_GOOD,
            .box = {.flow = KIOSK_COLUMN,
                    .align = KIOSK_STRETCH,
                    .pad_x = 4,
                    .pad_y = by == KIOSK_STRS ? 0 : 2.0f},
        });
    kiosk_page_text(p, KIOSK_FONT_SMALL, KIOSK_INK_MUTED, label);
    kiosk_tree_leaf(p->t,
                    &(struct kiosk_node){
                        .role = KIOSK_TEXT,
                        .name = value,
                        .font = KIOSK_FONT_LEAD,
                        .ink = *item->value ? KIOSK_INK_TEXT : KIOSK_INK_MUTED,
                        .foreign = !paper,
                    });
    if (by != KIOSK_STRS)
        answer_by(p, by);
    kiosk_tree_close(p->t);
}

/* Rows have one name: they are counted from the heading above them. */
static const char *row_label(struct kiosk_page *p, const struct form_item *row)
{
    uint32_t n = 1;
    const struct form_item *i = row;
    while (i > p->env->form->item && i->kind != FORM_ITEM_GROUP &&
           i->kind != FORM_ITEM_SECTION)
        n += (--i)->kind == FORM_ITEM_ROW;
    return kiosk_tree_printf(p->t, "%s %u", row->label, n);
}

static void approve_item(struct kiosk_page *p, const struct form_item *item)
{
    if (item->kind == FORM_ITEM_ANSWER)
        answer(p, item);
    else if (*item->label)
        kiosk_page_text(p,
                        item->kind == FORM_ITEM_SECTION ? KIOSK_FONT_HEADING
                                                        : KIOSK_FONT_NAME,
                        KIOSK_INK_TEXT,
                        item->kind == FORM_ITEM_ROW
                            ? row_label(p, item)
                            : kiosk_page_own(p, item->label));
}

/* What was not shown in full cannot be approved. */
static void approve_turns(struct kiosk_page *p, bool full)
{
    static const struct kiosk_button decline = {
        .id = "decline",
        .text = KIOSK_STR_FORM_CHANGE,
        .icon = KIOSK_ICON_PEN_LINE,
        .escape = true,
        .intent = SESSION_INTENT_DECLINE,
    };
    static const struct kiosk_button back = {
        .id = "back",
        .text = KIOSK_STR_PAGE_BACK,
        .icon = KIOSK_ICON_ARROW_LEFT,
        .intent = SESSION_INTENT_BACK,
    };
    static const struct kiosk_button next = {
        .id = "next",
        .text = KIOSK_STR_FORM_NEXT,
        .icon = KIOSK_ICON_ARROW_RIGHT,
        .look = KIOSK_LOOK_PRIMARY,
        .intent = SESSION_INTENT_NEXT,
    };
    struct kiosk_button approve = {
        .id = "approve",
        .text = KIOSK_STR_FORM_APPROVE,
        .icon = KIOSK_ICON_SEND,
        .look = KIOSK_LOOK_PRIMARY,
        .disabled = full,
        .intent = SESSION_INTENT_APPROVE,
    };
    kiosk_form_turns(p, &(struct kiosk_turns){.leave = &decline,
                                              .back = &back,
                                              .next = &next,
                                              .last = &approve});
}

static void approve_head(struct kiosk_page *p, const struct form_view *f)
{
    bool little = kiosk_page_tight(p);
    kiosk_page_text(p, little ? KIOSK_FONT_LABEL : KIOSK_FONT_HEADING,
                    KIOSK_INK_TEXT, kiosk_page_str(p, KIOSK_STR_APPROVE_TITLE));
    if (!little)
        kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_MUTED,
                        kiosk_page_own(p, f->title));
}

/* Beside the kiosk's own: the citizen's signature, by card, where there is a
 * reader. */
static void approve_sign(struct kiosk_page *p)
{
    if (!p->view->identity.reader)
        return;
    kiosk_page_button(p, &(struct kiosk_button){
                             .id = "sign-card",
                             .text = KIOSK_STR_SIGN_CARD,
                             .icon = KIOSK_ICON_SIGNATURE,
                             .intent = SESSION_INTENT_SIGN,
                         });
}

static void approve_items(struct kiosk_page *p, const struct form_view *f)
{
    kiosk_form_pager_open(p, "form-items");
    if (f->phase == FORM_FAILED)
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_TRIANGLE_ALERT,
                          KIOSK_STR_FORM_FAILED);
    kiosk_page_notice(p, KIOSK_LOOK_INFO, KIOSK_ICON_INFO,
                      KIOSK_STR_APPROVE_UNSENT);
    bool full = false;
    for (size_t i = 0; i < f->items && !full; i++) {
        full = kiosk_form_full(p);
        kiosk_form_part(p, i + 2);
        if (!full)
            approve_item(p, &f->item[i]);
    }
    if (!full)
        approve_sign(p);
    approve_turns(p, full);
}

static void approve_sealing(struct kiosk_page *p)
{
    kiosk_page_spring(p);
    kiosk_tree_leaf(p->t,
                    &(struct kiosk_node){
                        .id = "sealing",
                        .role = KIOSK_STATUS,
                        .name = kiosk_page_str(p, KIOSK_STR_APPROVE_SEALING),
                        .icon = KIOSK_ICON_CLOCK,
                        .icon_mm = 12,
                        .font = KIOSK_FONT_NAME,
                        .ink = KIOSK_INK_BRAND,
                        .box = {.along = KIOSK_CENTER},
                    });
    kiosk_page_spring(p);
}

void kiosk_screen_approve(struct kiosk_page *p)
{
    static const struct kiosk_button call_view = {
        .id = "call-view",
        .text = KIOSK_STR_FORM_CALL_VIEW,
        .icon = KIOSK_ICON_USER,
        .intent = SESSION_INTENT_CALL_VIEW,
    };
    const struct form_view *f = p->env->form;
    kiosk_frame_open(p);
    if (f)
        approve_head(p, f);
    /* A form that was just sent comes a moment before its screen. */
    if (f && (f->phase == FORM_REVIEW || f->phase == FORM_FAILED))
        approve_items(p, f);
    else
        approve_sealing(p);
    kiosk_frame_close(p);
    kiosk_page_end(p);
    kiosk_strip_call(p, &call_view);
}

/* Marks of a question: where the expert is, what is wrong, suggestions. */
#include "kiosk/screens_form.h"

#include <stdio.h>
#include <string.h>

/* The expert's name; a word for them when there is none. */
static const char *who(const struct kiosk_page *p)
{
    return *p->view->expert_name ? p->view->expert_name
                                 : kiosk_page_str(p, KIOSK_STR_TEXT_THEIRS);
}

static void mark(struct kiosk_page *p, const struct kiosk_node *how)
{
    struct kiosk_node n = *how;
    n.icon_mm = 6;
    n.foreign = true;
    kiosk_tree_leaf(p->t, &n);
}

void kiosk_form_peer(struct kiosk_page *p, const struct form_item *item)
{
    if (!item->peer)
        return;
    mark(p, &(struct kiosk_node){
                .id = kiosk_tree_printf(p->t, "peer-%s", item->path),
                .role = KIOSK_TEXT,
                .name = kiosk_page_fill(p, KIOSK_STR_FORM_PEER, "who", who(p)),
                .icon = KIOSK_ICON_PEN_LINE,
                .font = KIOSK_FONT_SMALL,
                .ink = KIOSK_INK_GOOD,
            });
}

/* Spoken with the question, as one may be looking elsewhere. */
void kiosk_form_point(struct kiosk_page *p, const struct form_item *item)
{
    if (!item->pointed)
        return;
    const char *words = kiosk_page_fill(p, KIOSK_STR_FORM_POINT, "who", who(p));
    mark(p, &(struct kiosk_node){
                .id = kiosk_tree_printf(p->t, "point-%s", item->path),
                .role = KIOSK_STATUS,
                .name = words,
                .label = words,
                .value = kiosk_page_own(p, item->label),
                .icon = KIOSK_ICON_POINTER,
                .font = KIOSK_FONT_LABEL,
                .ink = KIOSK_INK_WARN,
            });
}

static enum kiosk_str error_str(enum forms_error error)
{
    static const enum kiosk_str words[FORMS_ERRORS] = {
        [FORMS_MISSING] = KIOSK_STR_ERROR_MISSING,
        [FORMS_TOO_LONG] = KIOSK_STR_ERROR_TOO_LONG,
        [FORMS_NOT_NUMBER] = KIOSK_STR_ERROR_NOT_NUMBER,
        [FORMS_TOO_SMALL] = KIOSK_STR_ERROR_TOO_SMALL,
        [FORMS_TOO_LARGE] = KIOSK_STR_ERROR_TOO_LARGE,
        [FORMS_NOT_DATE] = KIOSK_STR_ERROR_NOT_DATE,
        [FORMS_TOO_EARLY] = KIOSK_STR_ERROR_TOO_EARLY,
        [FORMS_TOO_LATE] = KIOSK_STR_ERROR_TOO_LATE,
        [FORMS_NOT_OPTION] = KIOSK_STR_ERROR_NOT_OPTION,
        [FORMS_NOT_EMAIL] = KIOSK_STR_ERROR_NOT_EMAIL,
        [FORMS_NOT_PHONE] = KIOSK_STR_ERROR_NOT_PHONE,
        [FORMS_NOT_POSTCODE] = KIOSK_STR_ERROR_NOT_POSTCODE,
        [FORMS_NOT_IBAN] = KIOSK_STR_ERROR_NOT_IBAN,
        [FORMS_IBAN_CHECK] = KIOSK_STR_ERROR_IBAN_CHECK,
        [FORMS_NOT_PERSON_ID] = KIOSK_STR_ERROR_NOT_PERSON_ID,
        [FORMS_PERSON_ID_CHECK] = KIOSK_STR_ERROR_PERSON_ID_CHECK,
        [FORMS_NOT_PATTERN] = KIOSK_STR_ERROR_NOT_PATTERN,
        [FORMS_TOO_FEW_ROWS] = KIOSK_STR_ERROR_TOO_FEW_ROWS,
        [FORMS_TOO_MANY_ROWS] = KIOSK_STR_ERROR_TOO_MANY_ROWS,
        [FORMS_BAD_TEXT] = KIOSK_STR_ERROR_BAD_TEXT,
    };
    return error > FORMS_OK && error < FORMS_ERRORS ? words[error]
                                                    : KIOSK_STR_ERROR_BAD_TEXT;
}

static const char *error_words(struct kiosk_page *p,
                               const struct form_item *item)
{
    char bound[FORMS_BOUND_MAX + 8];
    if (*item->error_text && item->error != FORMS_MISSING)
        return kiosk_page_own(p, item->error_text);
    kiosk_form_shown(FORMS_DATE, item->error_bound, sizeof(bound), bound);
    return kiosk_page_fill(p, error_str(item->error), "bound", bound);
}

void kiosk_form_error(struct kiosk_page *p, const struct form_item *item)
{
    if (item->error == FORMS_OK)
        return;
    const char *words = error_words(p, item);
    mark(p, &(struct kiosk_node){
                .id = kiosk_tree_printf(p->t, "error-%s", item->path),
                .role = KIOSK_STATUS,
                .name = kiosk_page_own(p, item->label),
                .value = words,
                .label = words,
                .icon = KIOSK_ICON_TRIANGLE_ALERT,
                .font = KIOSK_FONT_BODY,
                .ink = KIOSK_INK_DANGER,
            });
}

static void suggestion_button(struct kiosk_page *p,
                              const struct form_item *item,
                              const struct kiosk_button *b)
{
    struct kiosk_node n = kiosk_button_node(p, b);
    n.id = kiosk_tree_printf(p->t, "suggest-%s-%s", item->path, b->id);
    n.path = kiosk_page_own(p, item->path);
    kiosk_tree_leaf(p->t, &n);
}

/* What was suggested, as one reads it. */
static const char *suggested(struct kiosk_page *p, const struct form_item *item)
{
    return kiosk_tree_printf(
        p->t, "%s: %s",
        kiosk_page_fill(p, KIOSK_STR_FORM_SUGGESTION, "who", who(p)),
        item->suggestion);
}

void kiosk_form_suggestion(struct kiosk_page *p, const struct form_item *item)
{
    if (!*item->suggestion || item->locked)
        return;
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_INFO,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .gap = 2,
                                      .pad_x = 4,
                                      .pad_y = 3},
                          });
    mark(p, &(struct kiosk_node){
                .id = kiosk_tree_printf(p->t, "suggest-%s", item->path),
                .role = KIOSK_STATUS,
                .name = suggested(p, item),
                .icon = KIOSK_ICON_LIGHTBULB,
                .font = KIOSK_FONT_BODY,
                .private = item->is_private,
            });
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_WRAP, .gap = 3},
                          });
    suggestion_button(p, item,
                      &(struct kiosk_button){.id = "accept",
                                             .text = KIOSK_STR_FORM_ACCEPT,
                                             .icon = KIOSK_ICON_CHECK,
                                             .look = KIOSK_LOOK_PRIMARY,
                                             .intent = SESSION_INTENT_ACCEPT});
    suggestion_button(p, item,
                      &(struct kiosk_button){.id = "decline",
                                             .text = KIOSK_STR_FORM_DECLINE,
                                             .icon = KIOSK_ICON_X,
                                             .intent = SESSION_INTENT_DECLINE});
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

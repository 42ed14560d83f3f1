/* One item of a step: headings, questions, what they are answered with. */
#include "kiosk/screens_form.h"

#include "kiosk/keyboard.h"

#include <stdio.h>
#include <string.h>

/* ---- values ---- */

static bool is_day(const char *s)
{
    static const char pattern[] = "9999-99-99";
    size_t i = 0;
    for (; pattern[i]; i++)
        if (pattern[i] == '9' ? s[i] < '0' || s[i] > '9' : s[i] != '-')
            return false;
    return s[i] == '\0';
}

static const char *without_zero(const char *two)
{
    return *two == '0' ? two + 1 : two;
}

static void shown_iban(const char *value, size_t cap, char *ret)
{
    size_t n = 0;
    for (size_t i = 0; value[i] && n + 2 < cap; i++) {
        if (i > 0 && i % 4 == 0)
            ret[n++] = ' ';
        ret[n++] = value[i];
    }
    ret[n] = '\0';
}

void kiosk_form_shown(enum forms_type type, const char *value, size_t cap,
                      char *ret)
{
    if (type == FORMS_DATE && is_day(value))
        (void)snprintf(ret, cap, "%.2s.%.2s.%.4s", value + 8, value + 5, value);
    else if (type == FORMS_IBAN && !strchr(value, ' '))
        shown_iban(value, cap, ret);
    else
        (void)snprintf(ret, cap, "%s", value);
    /* 04.02.2027 is written 4.2.2027 */
    if (type == FORMS_DATE && is_day(value)) {
        char day[8];
        char month[8];
        (void)snprintf(day, sizeof(day), "%.2s", value + 8);
        (void)snprintf(month, sizeof(month), "%.2s", value + 5);
        (void)snprintf(ret, cap, "%s.%s.%.4s", without_zero(day),
                       without_zero(month), value);
    }
}

/* ---- answers ---- */

static enum kiosk_keys cell_keys(enum forms_type type)
{
    switch ((int)type) {
    case FORMS_DATE:
        return KIOSK_KEYS_DATE;
    case FORMS_PHONE:
        return KIOSK_KEYS_PHONE;
    case FORMS_NUMBER:
        return KIOSK_KEYS_NUMBER;
    case FORMS_POSTCODE:
        return KIOSK_KEYS_DIGITS;
    case FORMS_EMAIL:
        return KIOSK_KEYS_EMAIL;
    case FORMS_IBAN:
        return KIOSK_KEYS_IBAN;
    case FORMS_PERSON_ID:
        return KIOSK_KEYS_PERSON_ID;
    default:
        return KIOSK_KEYS_TEXT;
    }
}

static const char *cell_value(struct kiosk_page *p,
                              const struct form_item *item)
{
    char shown[64];
    if (item->type != FORMS_DATE && item->type != FORMS_IBAN)
        return kiosk_page_own(p, item->value);
    if (strlen(item->value) * 5 / 4 + 2 > sizeof(shown))
        return kiosk_page_own(p, item->value);
    kiosk_form_shown(item->type, item->value, sizeof(shown), shown);
    const char *own = kiosk_page_own(p, shown);
    explicit_bzero(shown, sizeof(shown));
    return own;
}

/* Where one need not answer the label says so. */
static const char *question_name(struct kiosk_page *p,
                                 const struct form_item *item)
{
    bool must = item->required || item->locked ||
                item->type == FORMS_SIGNATURE || item->type == FORMS_ATTACHMENT;
    return must ? kiosk_page_own(p, item->label)
                : kiosk_page_fill(p, KIOSK_STR_FORM_OPTIONAL, "label",
                                  item->label);
}

static void cell_field(struct kiosk_page *p, const struct form_item *item)
{
    bool lines = item->type == FORMS_LINES;
    const char *id = kiosk_tree_printf(p->t, "field-%s", item->path);
    bool active = p->env->typing && strcmp(p->env->typing->field, id) == 0;
    struct kiosk_node n = {
        .id = id,
        .role = KIOSK_FIELD,
        .name = question_name(p, item),
        .value = active ? kiosk_page_own(p, item->value) : cell_value(p, item),
        .label = "",
        .look = item->error ? KIOSK_LOOK_WRONG : KIOSK_LOOK_FIELD,
        .font = KIOSK_FONT_BODY,
        .foreign = true,
        .private = item->is_private,
        .box = {.pad_x = 4,
                .pad_y = 2,
                .min_h = lines && !p->low ? 34 : KIOSK_TARGET_MM,
                .max_h = lines ? (p->low ? 30.0f : 60.0f) : 0},
        .field = {.hint = *item->hint
                              ? kiosk_page_fill(p, KIOSK_STR_FORM_EXAMPLE,
                                                "hint", item->hint)
                              : "",
                  .lines = lines,
                  .keys = cell_keys(item->type),
                  .max = (uint16_t)LK_MIN(item->max, (uint32_t)KIOSK_EDIT_MAX),
                  .version = item->version,
                  .edits = item->edits,
                  .peer = item->peer,
                  .peer_caret = (uint16_t)LK_MIN(item->peer_caret, 65535U)},
        .act = KIOSK_ACT_INTENT,
        .intent = SESSION_INTENT_EDIT,
        .path = kiosk_page_own(p, item->path),
    };
    kiosk_page_field_node(p, &n);
}

/* What only the expert fills in, or what is not typed: to be read. */
static void cell_text(struct kiosk_page *p, const struct form_item *item,
                      const char *value, enum kiosk_icon icon)
{
    kiosk_tree_leaf(p->t,
                    &(struct kiosk_node){
                        .id = kiosk_tree_printf(p->t, "field-%s", item->path),
                        .role = KIOSK_STATUS,
                        .name = kiosk_page_own(p, item->label),
                        .value = value,
                        .label = *value ? value : "–",
                        .look = KIOSK_LOOK_INFO,
                        .icon = icon,
                        .icon_mm = 6,
                        .font = KIOSK_FONT_BODY,
                        .foreign = true,
                        .private = item->is_private,
                        .box = {.pad_x = 4, .pad_y = 3, .min_h = 14},
                    });
}

struct option {
    const char *id, *label;
    bool chosen;
};

static void option_button(struct kiosk_page *p, const struct form_item *item,
                          const struct option *o)
{
    bool many = item->type == FORMS_CHOICES;
    enum kiosk_icon off = many ? KIOSK_ICON_SQUARE : KIOSK_ICON_CIRCLE;
    enum kiosk_icon on = many ? KIOSK_ICON_SQUARE_CHECK : KIOSK_ICON_CIRCLE_DOT;
    bool empties = !many && o->chosen && !item->required;
    kiosk_tree_leaf(
        p->t,
        &(struct kiosk_node){
            .id = kiosk_tree_printf(p->t, "field-%s-%s", item->path, o->id),
            .role = KIOSK_BUTTON,
            .name = kiosk_page_own(p, o->label),
            .look = o->chosen ? KIOSK_LOOK_PRIMARY : KIOSK_LOOK_PLAIN,
            .icon = o->chosen ? on : off,
            .font = KIOSK_FONT_LABEL,
            .ink = o->chosen ? KIOSK_INK_LIGHT : KIOSK_INK_BRAND,
            .state = o->chosen ? KIOSK_CHECKED : 0,
            .private = item->is_private && o->chosen,
            .box = {.pad_x = 6,
                    .pad_y = 2,
                    .min_w = KIOSK_TARGET_MM,
                    .min_h = KIOSK_TARGET_MM},
            .act = KIOSK_ACT_INTENT,
            .intent = many ? SESSION_INTENT_TOGGLE : SESSION_INTENT_SET,
            .arg = empties ? "" : kiosk_page_own(p, o->id),
            .path = kiosk_page_own(p, item->path),
        });
}

static void cell_yesno(struct kiosk_page *p, const struct form_item *item)
{
    struct option yes = {"yes", kiosk_page_str(p, KIOSK_STR_FORM_YES),
                         strcmp(item->value, "yes") == 0};
    struct option no = {"no", kiosk_page_str(p, KIOSK_STR_FORM_NO),
                        strcmp(item->value, "no") == 0};
    option_button(p, item, &yes);
    option_button(p, item, &no);
}

static void cell_options(struct kiosk_page *p, const struct form_item *item)
{
    bool few = item->type == FORMS_YESNO;
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_GRID,
                                      .cols = few || p->wide ? 2 : 3,
                                      .cell_w = 36,
                                      .gap = 3},
                          });
    for (size_t i = 0; i < item->options && i < FORMS_OPTIONS_MAX; i++)
        option_button(p, item,
                      &(struct option){item->option[i].id,
                                       item->option[i].label,
                                       item->option[i].chosen});
    if (few && item->options == 0)
        cell_yesno(p, item);
    kiosk_tree_close(p->t);
}

/* The labels of what is chosen, in place of options that cannot be. */
static const char *chosen_labels(struct kiosk_page *p,
                                 const struct form_item *item)
{
    const char *all = "";
    if (item->type == FORMS_YESNO && *item->value && item->options == 0)
        return kiosk_page_str(p, strcmp(item->value, "yes") == 0
                                     ? KIOSK_STR_FORM_YES
                                     : KIOSK_STR_FORM_NO);
    if (item->options == 0)
        return cell_value(p, item);
    for (size_t i = 0; i < item->options; i++)
        if (item->option[i].chosen)
            all = kiosk_tree_printf(p->t, "%s%s%s", all, *all ? ", " : "",
                                    item->option[i].label);
    return all;
}

const char *kiosk_form_papers(struct kiosk_page *p,
                              const struct form_item *item)
{
    char text[128];
    if (item->papers == 0)
        return kiosk_page_str(p, KIOSK_STR_FORM_NO_PAPERS);
    kiosk_str_count(p->lang, KIOSK_PLURAL_FORM_PAPERS, item->papers,
                    sizeof(text), text);
    return kiosk_page_own(p, text);
}

static void cell_locked(struct kiosk_page *p, const struct form_item *item)
{
    cell_text(p, item, chosen_labels(p, item), KIOSK_ICON_LOCK);
    kiosk_page_text(p, KIOSK_FONT_SMALL, KIOSK_INK_MUTED,
                    kiosk_page_str(p, KIOSK_STR_FORM_LOCKED));
}

void kiosk_form_cell(struct kiosk_page *p, const struct form_item *item)
{
    switch (item->type) {
    case FORMS_CHOICE:
    case FORMS_CHOICES:
    case FORMS_YESNO:
        if (item->locked)
            cell_locked(p, item);
        else
            cell_options(p, item);
        return;
    case FORMS_ATTACHMENT:
        cell_text(p, item, kiosk_form_papers(p, item), KIOSK_ICON_FILE_TEXT);
        return;
    case FORMS_SIGNATURE:
        cell_text(p, item, kiosk_page_str(p, KIOSK_STR_FORM_SIGNATURE),
                  KIOSK_ICON_PEN_LINE);
        return;
    case FORMS_TEXT:
    case FORMS_LINES:
    case FORMS_NUMBER:
    case FORMS_DATE:
    case FORMS_EMAIL:
    case FORMS_PHONE:
    case FORMS_IBAN:
    case FORMS_PERSON_ID:
    case FORMS_POSTCODE:
    case FORMS_ADDRESS:
    case FORMS_ROWS:
    case FORMS_INFO:
    case FORMS_TYPES:
        break;
    }
    if (item->locked)
        cell_locked(p, item);
    else
        cell_field(p, item);
}

/* ---- items ---- */

static void question_label(struct kiosk_page *p, const struct form_item *item)
{
    const char *text = question_name(p, item);
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 4},
              });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = text,
                              .font = KIOSK_FONT_LABEL,
                              .box = {.grow = item->peer},
                          });
    kiosk_form_peer(p, item);
    kiosk_tree_close(p->t);
    if (*item->help)
        kiosk_page_text(p, KIOSK_FONT_SMALL, KIOSK_INK_MUTED,
                        kiosk_page_own(p, item->help));
}

static void question(struct kiosk_page *p, const struct form_item *item)
{
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .id = kiosk_tree_printf(p->t, "question-%s", item->path),
                  .name = question_name(p, item),
                  .label = "",
                  .question = true,
                  .look = item->pointed ? KIOSK_LOOK_MARKED : KIOSK_LOOK_NONE,
                  .box = {.flow = KIOSK_COLUMN,
                          .align = KIOSK_STRETCH,
                          .gap = p->low ? 1 : 1.5f,
                          .pad_x = item->pointed ? 4.0f : 0,
                          .pad_y = item->pointed ? 3.0f : 0},
              });
    kiosk_form_point(p, item);
    question_label(p, item);
    kiosk_form_cell(p, item);
    kiosk_form_error(p, item);
    kiosk_form_suggestion(p, item);
    kiosk_tree_close(p->t);
}

static void heading(struct kiosk_page *p, const struct form_item *item,
                    enum kiosk_font font)
{
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_HEADING,
                              .name = kiosk_page_own(p, item->label),
                              .font = font,
                              .box = {.grow = true},
                          });
    if (*item->help)
        kiosk_page_text(p, KIOSK_FONT_SMALL, KIOSK_INK_MUTED,
                        kiosk_page_own(p, item->help));
}

/* Changes how many rows there are. `does` has a hole for what a row is called.
 */
static void row_button(struct kiosk_page *p, const struct form_item *item,
                       const struct kiosk_button *b)
{
    struct kiosk_node n = kiosk_button_node(p, b);
    n.id = kiosk_tree_printf(p->t, "%s-%s", b->id, item->path);
    n.name = kiosk_page_fill(p, b->text, "what", item->label);
    n.path = kiosk_page_own(p, item->path);
    n.font = KIOSK_FONT_LABEL;
    if (b->label)
        n.label = kiosk_page_str(p, b->label);
    kiosk_tree_leaf(p->t, &n);
}

/* Which row of its field it is, from 1: rows before it have the same beginning
 * of the path. */
static uint32_t row_number(const struct kiosk_page *p,
                           const struct form_item *item)
{
    const char *end = strrchr(item->path, '-');
    size_t prefix = end ? (size_t)(end - item->path) : 0;
    const struct form_view *f = p->env->form;
    uint32_t n = 1;
    for (const struct form_item *i = f->item; i != item; i++)
        n += i->kind == FORM_ITEM_ROW &&
             strncmp(i->path, item->path, prefix) == 0;
    return n;
}

/* What one row is called, and the button that takes it away. */
static void row_head(struct kiosk_page *p, const struct form_item *row)
{
    struct form_item numbered = *row;
    const struct form_item *item = &numbered;
    numbered.label =
        kiosk_tree_printf(p->t, "%s %u", row->label, row_number(p, row));
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 4},
              });
    heading(p, item, KIOSK_FONT_NAME);
    if (!item->locked)
        row_button(p, item,
                   &(struct kiosk_button){.id = "row-remove",
                                          .text = KIOSK_STR_FORM_ROW_REMOVE,
                                          .label = KIOSK_STR_FORM_REMOVE,
                                          .icon = KIOSK_ICON_TRASH_2,
                                          .intent = SESSION_INTENT_ROW_REMOVE});
    kiosk_tree_close(p->t);
}

static void info(struct kiosk_page *p, const struct form_item *item)
{
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = kiosk_page_own(p, item->label),
                              .look = KIOSK_LOOK_INFO,
                              .icon = KIOSK_ICON_INFO,
                              .icon_mm = 6.2f,
                              .font = KIOSK_FONT_BODY,
                              .ink = KIOSK_INK_TEXT,
                              .box = {.pad_x = 5, .pad_y = 3, .min_h = 13},
                          });
}

void kiosk_form_item(struct kiosk_page *p, const struct form_item *item)
{
    switch (item->kind) {
    case FORM_ITEM_CELL:
        question(p, item);
        break;
    case FORM_ITEM_INFO:
        info(p, item);
        break;
    case FORM_ITEM_GROUP:
        heading(p, item, KIOSK_FONT_NAME);
        kiosk_form_point(p, item);
        kiosk_form_error(p, item);
        break;
    case FORM_ITEM_ROW:
        row_head(p, item);
        break;
    case FORM_ITEM_ADD:
        row_button(p, item,
                   &(struct kiosk_button){.id = "row-add",
                                          .text = KIOSK_STR_FORM_ROW_ADD,
                                          .icon = KIOSK_ICON_PLUS,
                                          .intent = SESSION_INTENT_ROW_ADD});
        kiosk_form_error(p, item);
        break;
    case FORM_ITEM_SECTION:
    case FORM_ITEM_ANSWER:
        break;
    }
}

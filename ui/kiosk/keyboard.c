#include "kiosk/keyboard.h"

#include "kiosk/cluster.h"
#include "kiosk/sizes.h"

#include <string.h>

/* Edges of the strip, mm. Above and below, where every millimetre counts. */
#define EDGE_X_MM 6.0f
#define EDGE_Y_MM 4.0f
#define EDGE_Y_LOW_MM 2.0f

/* Widest keys, mm: of letters, of pads, of languages. */
#define KEY_WIDEST_MM 25.0f
#define PAD_WIDEST_MM 40.0f
#define LANG_WIDEST_MM 110.0f

/* Taken off, so that whole pixels do not add up to more than there is. */
#define ROUNDING_MM 0.2f

#define DOT "\xE2\x80\xA2"

/* Dots in place of the clusters of the first `len` bytes; their bytes. */
static uint16_t dots(const char *text, size_t len, char *ret)
{
    size_t n = 0;
    for (size_t at = 0; at < len; at = kiosk_cluster_next(text, len, at)) {
        memcpy(ret + n, DOT, strlen(DOT));
        n += strlen(DOT);
    }
    ret[n] = '\0';
    return (uint16_t)n;
}

static void field_fill_secret(struct kiosk_page *p, struct kiosk_node *n,
                              const struct kiosk_edit *e)
{
    char row[KIOSK_EDIT_MAX * 3 + 1];
    const char *text = kiosk_edit_text(e);
    n->field.caret = dots(text, kiosk_edit_caret(e), row);
    n->field.anchor = dots(text, kiosk_edit_anchor(e), row);
    dots(text, kiosk_edit_len(e), row);
    n->value = kiosk_tree_printf(p->t, "%s", row);
}

static void field_fill(struct kiosk_page *p, struct kiosk_node *n)
{
    const struct kiosk_typing *t = p->env->typing;
    if (!t)
        return;
    n->field.active = strcmp(t->field, n->id) == 0;
    const struct kiosk_edit *e = kiosk_typing_find(t, n->id);
    if (!e)
        return;
    if (n->field.secret) {
        field_fill_secret(p, n, e);
        return;
    }
    n->value = kiosk_tree_printf(p->t, "%s", kiosk_edit_text(e));
    if (!n->path || !*n->path)
        n->private = kiosk_edit_len(e) > 0;
    n->field.caret = (uint16_t)kiosk_edit_caret(e);
    n->field.anchor = (uint16_t)kiosk_edit_anchor(e);
}

void kiosk_page_field(struct kiosk_page *p, const struct kiosk_entry *e)
{
    float rows = e->rows > 1 ? (float)e->rows : 1;
    struct kiosk_node n = {
        .id = e->id,
        .role = KIOSK_FIELD,
        .name = kiosk_page_str(p, e->name),
        .label = "",
        .look = KIOSK_LOOK_FIELD,
        .font = KIOSK_FONT_BODY,
        .box = {.pad_x = 4,
                .pad_y = 2,
                .grow = e->grow,
                .min_h = KIOSK_TARGET_MM + 8 * (rows - 1)},
        .field = e->how,
        .foreign = true,
        .act = e->how.sends ? KIOSK_ACT_NONE : KIOSK_ACT_INTENT,
        .intent = e->intent,
    };
    n.field.hint = e->has_hint ? kiosk_page_str(p, e->hint) : "";
    kiosk_page_field_node(p, &n);
}

void kiosk_page_field_node(struct kiosk_page *p, struct kiosk_node *n)
{
    field_fill(p, n);
    if (n->field.active && kiosk_page_typing(p))
        p->pinned = *n;
    else
        kiosk_tree_leaf(p->t, n);
}

bool kiosk_page_typing(const struct kiosk_page *p)
{
    return p->env->typing && p->env->typing->osk.shown;
}

/* Whether letters must flow into shorter rows. */
static bool page_is_narrow(const struct kiosk_page *p)
{
    float row = KIOSK_OSK_WIDE * (KIOSK_TARGET_MM + ROUNDING_MM) +
                (KIOSK_OSK_WIDE - 1) * KIOSK_KEY_GAP_MM;
    return p->env->width_mm < row + 2 * EDGE_X_MM;
}

static float edge_y_mm(const struct kiosk_page *p)
{
    return p->low ? EDGE_Y_LOW_MM : EDGE_Y_MM;
}

/* Width of one column, mm. */
static float unit_mm(const struct kiosk_page *p, int cols)
{
    float room = p->env->width_mm - 2 * EDGE_X_MM;
    float unit = (room - KIOSK_KEY_GAP_MM * (float)(cols - 1)) / (float)cols;
    float widest = KEY_WIDEST_MM;
    if (cols < KIOSK_OSK_NARROW)
        widest = cols > 2 ? PAD_WIDEST_MM : LANG_WIDEST_MM;
    return LK_MIN(unit - ROUNDING_MM, widest);
}

static void key_add(struct kiosk_page *p, const struct kiosk_osk_key *k,
                    float unit, bool private)
{
    float gaps = (float)(k->units - 1) * KIOSK_KEY_GAP_MM;
    const char *text = *k->label ? k->label : k->text;
    bool drawn = k->icon == KIOSK_ICON_NONE;
    struct kiosk_node n = {
        .id = kiosk_tree_printf(p->t, "key-%s", k->key),
        .role = KIOSK_BUTTON,
        .look = KIOSK_LOOK_KEY,
        .icon = k->icon,
        .icon_mm = 8,
        .font = k->text[0] ? KIOSK_FONT_NAME : KIOSK_FONT_LABEL,
        .ink = k->text[0] ? KIOSK_INK_TEXT : KIOSK_INK_BRAND,
        .state = k->on ? KIOSK_CHECKED : 0,
        .box = {.along = KIOSK_CENTER,
                .min_w = unit * (float)k->units + gaps,
                .min_h = KIOSK_TARGET_MM,
                .max_w = unit * (float)k->units + gaps},
        .private = private,
        .act = KIOSK_ACT_KEY,
    };
    n.arg = n.id + strlen("key-");
    text = kiosk_tree_printf(p->t, "%s", text);
    n.name = k->name < 0 ? text : kiosk_page_str(p, (enum kiosk_str)k->name);
    n.label = drawn ? text : "";
    kiosk_tree_leaf(p->t, &n);
}

/* Adds keys from..to-1, drawn from left to right. Where nothing is mirrored
 * keys that are read from right to left come in the opposite order. */
static void row_add(struct kiosk_page *p, const struct kiosk_osk_key *keys,
                    int from, int to, float unit, bool private)
{
    bool rtl = kiosk_osk_rtl(&p->env->typing->osk);
    struct kiosk_node row = {
        .box = {.flow = KIOSK_ROW,
                .gap = KIOSK_KEY_GAP_MM,
                .fixed = !(rtl && p->t->rtl)},
    };
    kiosk_tree_open(p->t, &row);
    for (int i = from; i < to; i++) {
        int at = rtl && !p->t->rtl ? from + to - 1 - i : i;
        key_add(p, &keys[at], unit, private);
    }
    kiosk_tree_close(p->t);
}

/* Not a gap: those may be made smaller. */
static void gap_add(struct kiosk_page *p)
{
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .box = {.min_h = KIOSK_KEY_GAP_MM},
                          });
}

static void caret_key(struct kiosk_page *p, bool right, float edge)
{
    kiosk_tree_leaf(
        p->t,
        &(struct kiosk_node){
            .id = right ? "key-right" : "key-left",
            .role = KIOSK_BUTTON,
            .name = kiosk_page_str(p, right ? KIOSK_STR_KEY_RIGHT
                                            : KIOSK_STR_KEY_LEFT),
            .label = "",
            .look = KIOSK_LOOK_KEY,
            .icon = right ? KIOSK_ICON_ARROW_RIGHT : KIOSK_ICON_ARROW_LEFT,
            .icon_mm = 8,
            .ink = KIOSK_INK_BRAND,
            .box = {.along = KIOSK_CENTER,
                    .min_w = edge,
                    .min_h = KIOSK_TARGET_MM,
                    .max_w = edge},
            .act = KIOSK_ACT_KEY,
            .arg = right ? "right" : "left",
        });
}

/* The field that is typed into, above the keys: there it is always in view. */
static void field_row(struct kiosk_page *p, float width)
{
    if (p->pinned.role != KIOSK_FIELD)
        return;
    float aside = KIOSK_TARGET_MM + ROUNDING_MM;
    p->pinned.box.grow = false;
    p->pinned.box.min_w = width - 2 * (aside + KIOSK_KEY_GAP_MM);
    p->pinned.box.max_w = p->pinned.box.min_w;
    if (p->low)
        p->pinned.box.min_h = KIOSK_TARGET_MM;
    /* To the left and to the right, as it is seen: never mirrored. */
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .box = {.flow = KIOSK_ROW, .gap = KIOSK_KEY_GAP_MM, .fixed = true},
        });
    kiosk_tree_leaf(p->t, &p->pinned);
    caret_key(p, false, aside);
    caret_key(p, true, aside);
    kiosk_tree_close(p->t);
    gap_add(p);
}

void kiosk_page_keyboard(struct kiosk_page *p)
{
    struct kiosk_osk_key keys[KIOSK_OSK_KEYS_MAX];
    if (!kiosk_page_typing(p))
        return;
    const struct kiosk_osk *k = &p->env->typing->osk;
    bool narrow = page_is_narrow(p);
    int n = kiosk_osk_keys(k, narrow, keys);
    int cols = kiosk_osk_cols(k, narrow);
    float unit = unit_mm(p, cols);
    struct kiosk_node strip = {
        .id = "keyboard",
        .look = KIOSK_LOOK_FOOTER,
        .box = {.flow = KIOSK_COLUMN,
                .align = KIOSK_CENTER,
                .pad_x = EDGE_X_MM,
                .pad_y = edge_y_mm(p)},
    };
    kiosk_tree_open(p->t, &strip);
    field_row(p, unit * (float)cols + KIOSK_KEY_GAP_MM * (float)(cols - 1));
    for (int from = 0, to = 0; from < n; from = to) {
        if (from > 0)
            gap_add(p);
        while (to < n && keys[to].row == keys[from].row)
            to++;
        row_add(p, keys, from, to, unit, p->pinned.field.secret);
    }
    kiosk_tree_close(p->t);
}

float kiosk_page_keyboard_mm(const struct kiosk_page *p)
{
    struct kiosk_osk_key keys[KIOSK_OSK_KEYS_MAX];
    if (!kiosk_page_typing(p))
        return 0;
    int n = kiosk_osk_keys(&p->env->typing->osk, page_is_narrow(p), keys);
    float rows = n > 0 ? (float)keys[n - 1].row + 1 : 0;
    rows += p->pinned.role == KIOSK_FIELD ? 1 : 0;
    return rows * (KIOSK_TARGET_MM + KIOSK_KEY_GAP_MM) - KIOSK_KEY_GAP_MM +
           2 * edge_y_mm(p);
}

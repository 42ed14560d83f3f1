/* The pad that a PIN is entered on. What was entered is never here: the view
 * says how many digits are held, and nothing else. */
#include "kiosk/screens_identify.h"

#include "kiosk/pager.h"
#include "kiosk/strings.h"

#include <string.h>

#define DOT "\xE2\x97\x8F"    /* held */
#define NO_DOT "\xE2\x97\x8B" /* still wanted */
#define DOTS_MAX 16

/* Digits that a card has tries for at first; fewer are said. */
#define TRIES_USUAL 5

/* Keys, mm; narrow: where words need the width. */
#define KEY_H_MM 20.4f
#define KEY_W_MM 27.0f
#define KEY_NARROW_MM 20.4f

static const char *pin_name(struct kiosk_page *p)
{
    bool signs = kiosk_identify_signs(p);
    return kiosk_page_fill(p, signs ? KIOSK_STR_PIN_TWO : KIOSK_STR_PIN_ONE,
                           "pin", signs ? "PIN2" : "PIN1");
}

static const char *dots(struct kiosk_page *p)
{
    const struct session_identity *i = &p->view->identity;
    const size_t one = strlen(DOT);
    char text[DOTS_MAX * sizeof(DOT)];
    size_t held = LK_MIN((size_t)i->digits, (size_t)DOTS_MAX);
    size_t least = LK_MIN((size_t)i->least, (size_t)DOTS_MAX);
    size_t all = LK_MAX(held, least);
    for (size_t k = 0; k < all; k++)
        memcpy(text + k * one, k < held ? DOT : NO_DOT, one);
    text[all * one] = '\0';
    return kiosk_page_own(p, text);
}

static float key_w(const struct kiosk_page *p)
{
    return kiosk_page_tight(p) ? KEY_NARROW_MM : KEY_W_MM;
}

static void pin_dots(struct kiosk_page *p)
{
    char count[96];
    float w = 3 * key_w(p) + 2 * KIOSK_KEY_GAP_MM;
    kiosk_str_count(p->lang, KIOSK_PLURAL_PIN_DIGITS, p->view->identity.digits,
                    sizeof(count), count);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "pin-dots",
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_own(p, count),
                              .label = dots(p),
                              .look = KIOSK_LOOK_FIELD,
                              .font = KIOSK_FONT_NAME,
                              .ink = KIOSK_INK_TEXT,
                              .foreign = true,
                              .box = {.along = KIOSK_CENTER,
                                      .pad_x = 3,
                                      .pad_y = 1,
                                      .min_w = w,
                                      .max_w = w,
                                      .min_h = 14},
                          });
}

static struct kiosk_node key_node(const struct kiosk_page *p, const char *id,
                                  enum kiosk_str name)
{
    float w = key_w(p);
    return (struct kiosk_node){
        .id = id,
        .role = KIOSK_BUTTON,
        .name = kiosk_page_str(p, name),
        .look = KIOSK_LOOK_KEY,
        .font = KIOSK_FONT_NAME,
        .ink = KIOSK_INK_TEXT,
        .box = {.along = KIOSK_CENTER,
                .min_w = w,
                .max_w = w,
                .min_h = KEY_H_MM},
        .act = KIOSK_ACT_INTENT,
    };
}

/* The digit on the key at place k. */
static void pad_digit(struct kiosk_page *p, int k)
{
    static const char *const digits[10][2] = {
        {"pin-0", "0"}, {"pin-1", "1"}, {"pin-2", "2"}, {"pin-3", "3"},
        {"pin-4", "4"}, {"pin-5", "5"}, {"pin-6", "6"}, {"pin-7", "7"},
        {"pin-8", "8"}, {"pin-9", "9"},
    };
    unsigned d = p->view->identity.order[k] % 10;
    struct kiosk_node n = key_node(p, digits[d][0], KIOSK_STR_PIN_KEY);
    n.label = n.closed = digits[d][1];
    n.intent = SESSION_INTENT_PIN_DIGIT;
    n.at = d;
    kiosk_tree_leaf(p->t, &n);
}

static void pad_back(struct kiosk_page *p)
{
    struct kiosk_node n = key_node(p, "pin-back", KIOSK_STR_KEY_DELETE);
    n.label = "";
    n.icon = KIOSK_ICON_DELETE;
    n.icon_mm = 8;
    n.ink = KIOSK_INK_BRAND;
    n.intent = SESSION_INTENT_PIN_BACK;
    kiosk_tree_leaf(p->t, &n);
}

static void pad_ok(struct kiosk_page *p)
{
    const struct session_identity *i = &p->view->identity;
    struct kiosk_node n = key_node(p, "pin-ok", KIOSK_STR_KEY_ENTER);
    bool whole = i->digits >= i->least;
    n.label = "";
    n.icon = KIOSK_ICON_CHECK;
    n.icon_mm = 8;
    n.look = whole ? KIOSK_LOOK_PRIMARY : KIOSK_LOOK_KEY;
    n.ink = KIOSK_INK_LIGHT;
    n.state = whole ? 0 : KIOSK_DISABLED;
    n.intent = SESSION_INTENT_PIN_OK;
    kiosk_tree_leaf(p->t, &n);
}

static void pad_row_open(struct kiosk_page *p)
{
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .box = {.flow = KIOSK_ROW, .fixed = true, .gap = KIOSK_KEY_GAP_MM},
        });
}

/* Not a gap: those may be made smaller. */
static void pad_gap(struct kiosk_page *p)
{
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .box = {.min_h = KIOSK_KEY_GAP_MM},
                          });
}

/* As on a telephone: order[1] to order[9] in rows of three, order[0] below. */
static void pin_pad(struct kiosk_page *p)
{
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .id = "pin-pad",
                        .name = kiosk_page_str(p, KIOSK_STR_PIN_PAD),
                        .label = "",
                        .question = true,
                        .box = {.flow = KIOSK_COLUMN, .align = KIOSK_CENTER},
                    });
    for (int row = 0; row < 4; row++) {
        if (row > 0)
            pad_gap(p);
        pad_row_open(p);
        if (row == 3)
            pad_back(p);
        for (int k = 0; k < (row < 3 ? 3 : 1); k++)
            pad_digit(p, row < 3 ? row * 3 + k + 1 : 0);
        if (row == 3)
            pad_ok(p);
        kiosk_tree_close(p->t);
    }
    kiosk_tree_close(p->t);
}

static void pin_tries(struct kiosk_page *p)
{
    char text[96];
    uint8_t tries = p->view->identity.tries;
    if (tries == SESSION_TRIES_UNKNOWN || tries >= TRIES_USUAL)
        return;
    kiosk_str_count(p->lang, KIOSK_PLURAL_PIN_TRIES, tries, sizeof(text), text);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "pin-tries",
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_own(p, text),
                              .look = KIOSK_LOOK_WARN,
                              .icon = KIOSK_ICON_TRIANGLE_ALERT,
                              .icon_mm = 6.2f,
                              .font = KIOSK_FONT_BODY,
                              .ink = KIOSK_INK_WARN,
                              .box = {.pad_x = 5, .pad_y = 3, .min_h = 13},
                          });
}

/* Characters of the hash in a group, and groups in a line. */
#define HASH_GROUP 8
#define HASH_LINE 4

/* The hash from `at` on, at most `groups` of it. */
static const char *hash_groups(struct kiosk_page *p, size_t at, size_t groups)
{
    const char *hash = p->view->identity.hash;
    char text[sizeof(p->view->identity.hash) * 2];
    size_t n = 0;
    for (size_t i = 0; hash[at + i] && i < groups * HASH_GROUP; i++) {
        if (i > 0 && i % HASH_GROUP == 0)
            text[n++] = ' ';
        text[n++] = hash[at + i];
    }
    text[n] = '\0';
    return kiosk_page_own(p, text);
}

/* For the eye and for comparing: read out it would tell nobody anything. */
static void pin_hash(struct kiosk_page *p)
{
    size_t len = strlen(p->view->identity.hash);
    if (!kiosk_identify_signs(p) || len == 0)
        return;
    kiosk_page_text(p, KIOSK_FONT_SMALL, KIOSK_INK_MUTED,
                    kiosk_page_str(p, KIOSK_STR_PIN_HASH));
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .id = "pin-hash",
                              .role = KIOSK_IMAGE,
                              .name = kiosk_page_str(p, KIOSK_STR_PIN_HASH),
                              .label = "",
                              .value = hash_groups(p, 0, len),
                              .box = {.flow = KIOSK_COLUMN},
                          });
    for (size_t at = 0; at < len; at += (size_t)HASH_GROUP * HASH_LINE)
        kiosk_tree_leaf(p->t, &(struct kiosk_node){
                                  .role = KIOSK_IMAGE,
                                  .label = hash_groups(p, at, HASH_LINE),
                                  .font = KIOSK_FONT_SMALL,
                                  .foreign = true,
                              });
    kiosk_tree_close(p->t);
}

/* What to type where. */
static void pin_words(struct kiosk_page *p)
{
    const struct session_identity *i = &p->view->identity;
    const struct session_manner *m = &p->view->manner;
    if (i->pad)
        kiosk_identify_line(p, KIOSK_ICON_POINTER,
                            kiosk_page_str(p, KIOSK_STR_PIN_READER));
    pin_tries(p);
    if (m->speech && !m->headset && !i->pad)
        kiosk_identify_line(p, KIOSK_ICON_HEADPHONES,
                            kiosk_page_str(p, KIOSK_STR_PIN_HEADSET));
    kiosk_identify_line(p, KIOSK_ICON_LOCK,
                        kiosk_page_str(p, KIOSK_STR_PIN_SECRET));
    pin_hash(p);
}

static void pin_give_up(struct kiosk_page *p)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){.box = {.flow = KIOSK_ROW}});
    kiosk_page_button(p, &kiosk_identify_give_up);
    kiosk_tree_close(p->t);
}

/* Words and what leads back; the pad keeps its room beside or below. */
static void pin_side(struct kiosk_page *p)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = true,
                                      .gap = p->low ? 3 : 5},
                          });
    /* Which PIN comes first; where room is short, it is enough. */
    kiosk_identify_open(p,
                        kiosk_page_tight(p) ? KIOSK_STRS : KIOSK_STR_PIN_TITLE);
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_BRAND, pin_name(p));
    pin_words(p);
    kiosk_pager_close(p->t);
    if (p->wide)
        pin_give_up(p);
    kiosk_tree_close(p->t);
}

static void pin_keys(struct kiosk_page *p)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_CENTER,
                                      .along = KIOSK_CENTER,
                                      .gap = p->low ? 3 : 5},
                          });
    pin_dots(p);
    pin_pad(p);
    kiosk_tree_close(p->t);
}

/* On the reader's own keys. */
static void pin_elsewhere(struct kiosk_page *p)
{
    kiosk_identify_open(p,
                        kiosk_page_tight(p) ? KIOSK_STRS : KIOSK_STR_PIN_TITLE);
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_BRAND, pin_name(p));
    pin_words(p);
    pin_dots(p);
    kiosk_identify_close(p, &kiosk_identify_give_up, NULL);
}

void kiosk_identify_pin(struct kiosk_page *p)
{
    if (p->view->identity.pad) {
        pin_elsewhere(p);
        return;
    }
    kiosk_page_sides_open(p);
    pin_side(p);
    pin_keys(p);
    if (!p->wide)
        pin_give_up(p);
    kiosk_tree_close(p->t);
}

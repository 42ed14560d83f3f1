/* The strip at the bottom of every screen: what is always within reach. */
#include "kiosk/screens_strip.h"

#include "kiosk/keyboard.h"

/* How the strip's buttons are drawn, by the room there is. */
enum strip_style {
    STRIP_PILLS, /* in a row, words beside the icon */
    STRIP_CELLS, /* the same, in columns */
    STRIP_TILES, /* words under the icon; as many in a line as fit */
    STRIP_ICONS, /* large text on a small panel: the icon alone, but for
                    what is marked as worded */
};

static enum strip_style strip_style(const struct kiosk_page *p, int n)
{
    enum session_text_size size = p->view->manner.text_size;
    bool call = p->view->screen == SESSION_CALL ||
                p->view->screen == SESSION_FORM ||
                p->view->screen == SESSION_APPROVE ||
                p->view->screen == SESSION_PAPER ||
                p->view->screen == SESSION_IDENTIFY ||
                p->view->screen == SESSION_RECEIPT;
    bool many = call && !p->view->help;
    enum session_text_size most =
        many ? SESSION_TEXT_NORMAL : SESSION_TEXT_LARGE;
    bool keys = p->wide && size != SESSION_TEXT_NORMAL && kiosk_page_typing(p);
    if (p->bare || keys || (p->low && size > most))
        return STRIP_ICONS;
    if (p->wide && !p->low && size == SESSION_TEXT_NORMAL)
        return STRIP_PILLS;
    if (!p->wide && n <= 3 && size != SESSION_TEXT_LARGEST)
        return STRIP_CELLS;
    return STRIP_TILES;
}

void kiosk_strip_add(struct kiosk_strip *s, const struct kiosk_button *b)
{
    if (s->n < KIOSK_STRIP_MAX)
        s->button[s->n++] = *b;
}

static void strip_speech(struct kiosk_strip *s, const struct session_manner *m)
{
    kiosk_strip_add(s, &(struct kiosk_button){.id = "speech",
                                              .text = KIOSK_STR_SPEECH,
                                              .icon = KIOSK_ICON_SPEECH,
                                              .checked = m->speech,
                                              .intent = SESSION_INTENT_SPEECH});
}

/* It has three values, so it is neither on nor off. */
static void strip_text_size(struct kiosk_page *p, struct kiosk_strip *s)
{
    static const enum kiosk_str sizes[SESSION_TEXT_SIZES] = {
        [SESSION_TEXT_NORMAL] = KIOSK_STR_TEXT_NORMAL,
        [SESSION_TEXT_LARGE] = KIOSK_STR_TEXT_LARGE,
        [SESSION_TEXT_LARGEST] = KIOSK_STR_TEXT_LARGEST,
    };
    enum session_text_size size = p->view->manner.text_size;
    kiosk_strip_add(
        s, &(struct kiosk_button){
               .id = "text-size",
               .text = KIOSK_STR_TEXT_SIZE,
               .value = kiosk_page_str(p, sizes[size % SESSION_TEXT_SIZES]),
               .icon = KIOSK_ICON_A_LARGE_SMALL,
               .intent = SESSION_INTENT_TEXT_SIZE});
}

void kiosk_strip_manner(struct kiosk_page *p, struct kiosk_strip *s)
{
    const struct session_manner *m = &p->view->manner;
    strip_speech(s, m);
    strip_text_size(p, s);
    kiosk_strip_add(s,
                    &(struct kiosk_button){.id = "contrast",
                                           .text = KIOSK_STR_CONTRAST,
                                           .icon = KIOSK_ICON_CONTRAST,
                                           .checked = m->contrast,
                                           .intent = SESSION_INTENT_CONTRAST});
}

void kiosk_strip_help(struct kiosk_page *p, struct kiosk_strip *s)
{
    bool open = p->view->help;
    kiosk_strip_add(
        s, &(struct kiosk_button){
               .id = "help",
               .text = open ? KIOSK_STR_HELP_CLOSE : KIOSK_STR_HELP,
               .icon = open ? KIOSK_ICON_X : KIOSK_ICON_CIRCLE_QUESTION_MARK,
               .look = open ? KIOSK_LOOK_PRIMARY : KIOSK_LOOK_NONE,
               .worded = true,
               .escape = open,
               .intent = SESSION_INTENT_HELP});
}

bool kiosk_strip_leads(const struct kiosk_page *p)
{
    return kiosk_page_tight(p);
}

void kiosk_strip_quit(struct kiosk_strip *s)
{
    kiosk_strip_add(s, &(struct kiosk_button){.id = "quit",
                                              .text = KIOSK_STR_QUIT,
                                              .icon = KIOSK_ICON_LOG_OUT,
                                              .worded = true,
                                              .last = true,
                                              .intent = SESSION_INTENT_QUIT});
}

static bool button_filled(const struct kiosk_button *b)
{
    return b->checked || b->look == KIOSK_LOOK_PRIMARY ||
           b->look == KIOSK_LOOK_DANGER;
}

static enum kiosk_ink button_ink(const struct kiosk_button *b)
{
    if (button_filled(b))
        return KIOSK_INK_LIGHT;
    return b->look == KIOSK_LOOK_LEAVE ? KIOSK_INK_WARN : KIOSK_INK_BRAND;
}

/* A button with its words under the icon. */
static void strip_tile(struct kiosk_page *p, const struct kiosk_button *b,
                       struct kiosk_node *n)
{
    n->box.flow = KIOSK_COLUMN;
    n->box.align = KIOSK_STRETCH;
    n->box.along = KIOSK_CENTER;
    n->box.gap = 0.5f;
    n->box.pad_x = 3;
    n->box.pad_y = 1.5f;
    n->label = "";
    n->icon = KIOSK_ICON_NONE;
    kiosk_tree_open(p->t, n);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_IMAGE,
                              .icon = b->icon,
                              .ink = n->ink,
                              .state = n->state & KIOSK_DISABLED,
                              .box = {.along = KIOSK_CENTER},
                          });
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .role = KIOSK_TEXT,
                  .name = kiosk_page_str(p, b->label ? b->label : b->text),
                  .font = KIOSK_FONT_LABEL,
                  .ink = n->ink,
                  .state = n->state & KIOSK_DISABLED,
                  .box = {.along = KIOSK_CENTER},
              });
    kiosk_tree_close(p->t);
}

void kiosk_strip_button(struct kiosk_page *p, const struct kiosk_button *b)
{
    struct kiosk_node n = kiosk_button_node(p, b);
    n.ink = button_ink(b);
    if (!kiosk_strip_columns(p) && b->last)
        kiosk_page_spring(p);
    if (p->strip == STRIP_TILES) {
        strip_tile(p, b, &n);
        return;
    }
    n.box.pad_x = p->strip == STRIP_ICONS ? 4 : 6;
    if (p->strip == STRIP_ICONS && !b->worded)
        n.label = "";
    else if (b->label)
        n.label = kiosk_page_str(p, b->label);
    kiosk_tree_leaf(p->t, &n);
}

bool kiosk_strip_columns(const struct kiosk_page *p)
{
    return p->strip == STRIP_CELLS || p->strip == STRIP_TILES;
}

bool kiosk_strip_tiles(const struct kiosk_page *p)
{
    return p->strip == STRIP_TILES;
}

void kiosk_strip_open(struct kiosk_page *p, int n)
{
    kiosk_page_footer(p);
    p->strip = (int)strip_style(p, n);
    if (!kiosk_strip_columns(p))
        return;
    struct kiosk_box *box = &p->t->node[p->t->open].box;
    box->flow = KIOSK_GRID;
    box->cols = (uint8_t)n;
    box->equal = true;
    box->gap = 3;
}

void kiosk_page_strip(struct kiosk_page *p, const struct kiosk_strip *s)
{
    kiosk_strip_open(p, s->n);
    for (int i = 0; i < s->n; i++)
        kiosk_strip_button(p, &s->button[i]);
    kiosk_tree_close(p->t);
}

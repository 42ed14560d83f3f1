/* tree.h - the semantic tree of one screen: drawing, touch, focus and
 * `ui tree` all come from it.
 *
 * Room: nodes in paint order, building, hit testing, focus order, what
 * changed between two trees. Pure: no I/O, no allocation besides the tree
 * itself. Not here: sizes of text (layout.h), pixels (paint.h).
 */
#ifndef LUUKKU_KIOSK_TREE_H
#define LUUKKU_KIOSK_TREE_H

#include "base/defs.h"
#include "kiosk/icons_gen.h"
#include "kiosk/osk.h"
#include "kiosk/sheet.h"
#include "kiosk/strings_gen.h"
#include "session/view.h"

#include <stdbool.h>

#define KIOSK_NODES_MAX 4096   /* nodes of one screen, a keyboard included */
#define KIOSK_CHILDREN_MAX 32  /* children of one node */
#define KIOSK_DEPTH_MAX 16     /* nesting */
#define KIOSK_PAGES_MAX 200    /* pages of one pager */
#define KIOSK_TEXTS_MAX 524288 /* bytes of texts that are made for one tree */
#define KIOSK_ID_MAX 112       /* bytes of an id, the NUL included */

enum kiosk_role {
    KIOSK_GROUP,
    KIOSK_BUTTON,
    KIOSK_HEADING,
    KIOSK_TEXT,
    KIOSK_IMAGE,
    KIOSK_VIDEO,
    KIOSK_STATUS, /* read out when it changes */
    KIOSK_FIELD,  /* text that can be edited: `value` is the text */
};

enum kiosk_state {
    KIOSK_FOCUSED = 1 << 0,
    KIOSK_DISABLED = 1 << 1,
    KIOSK_PRESSED = 1 << 2,
    KIOSK_CHECKED = 1 << 3,
    KIOSK_HIDDEN = 1 << 4, /* takes no space, cannot be touched */
    /* Set by the layout: hidden, because it is on another page of its pager. */
    KIOSK_OFFPAGE = 1 << 5,
    /* Keeps its room, and is not drawn: what comes and goes moves nothing. Of
     * leaves that are neither touched nor read out. */
    KIOSK_BLANK = 1 << 6,
};

/* How a node's own area is drawn; its colours are the theme's. */
enum kiosk_look {
    KIOSK_LOOK_NONE,
    KIOSK_LOOK_PAGE,    /* the ground under everything */
    KIOSK_LOOK_BAR,     /* title bar */
    KIOSK_LOOK_FOOTER,  /* strip with buttons below */
    KIOSK_LOOK_PANEL,   /* white, rounded, a soft shadow */
    KIOSK_LOOK_PLAIN,   /* button: outlined pill */
    KIOSK_LOOK_PRIMARY, /* button: filled, the way on */
    KIOSK_LOOK_DANGER,  /* button: red, ends something */
    KIOSK_LOOK_LEAVE,   /* button: red outline */
    KIOSK_LOOK_CARD,    /* button: a panel */
    KIOSK_LOOK_TILE,    /* small rounded square under an icon */
    KIOSK_LOOK_BADGE,   /* filled circle with a number */
    KIOSK_LOOK_LOGO,    /* white square in the bar */
    KIOSK_LOOK_INFO,    /* notice strips */
    KIOSK_LOOK_WARN,
    KIOSK_LOOK_GOOD,
    KIOSK_LOOK_VIDEO,  /* picture, or its placeholder */
    KIOSK_LOOK_FIELD,  /* box that text is written into */
    KIOSK_LOOK_KEY,    /* button: key of the keyboard */
    KIOSK_LOOK_MINE,   /* written turn: one's own */
    KIOSK_LOOK_THEIRS, /* written turn: the other end's */
    KIOSK_LOOK_MARKED, /* what the expert points at: a frame, a tint */
    KIOSK_LOOK_WRONG,  /* field with what does not fit: a thick red line */
    KIOSK_LOOK_STEP,   /* a mark of progress; filled when checked */
    KIOSK_LOOK_QR,     /* `value` as a QR code, black on white always */
    KIOSK_LOOK_SHEET,  /* a page of paper: `sheet` */
    KIOSK_LOOK_ALARM,  /* bright: something must be done now */
    KIOSK_LOOK_SCRIM,  /* ground of an overlay; dims what is beneath */
};

enum kiosk_font {
    KIOSK_FONT_BODY,
    KIOSK_FONT_SMALL,
    KIOSK_FONT_LABEL, /* buttons, bar */
    KIOSK_FONT_LEAD,
    KIOSK_FONT_NAME,    /* titles of cards and panels */
    KIOSK_FONT_HEADING, /* one card on its own */
    KIOSK_FONT_TITLE,
    KIOSK_FONT_FIGURE, /* large numbers */
    KIOSK_FONTS,
};

enum kiosk_ink {
    KIOSK_INK_TEXT,
    KIOSK_INK_MUTED,
    KIOSK_INK_BRAND,
    KIOSK_INK_LIGHT, /* on brand or dark */
    KIOSK_INK_GOOD,
    KIOSK_INK_WARN,
    KIOSK_INK_DANGER,
    KIOSK_INK_ACCENT, /* the agency's colour: accent says which */
};

/* Where the picture of a KIOSK_LOOK_VIDEO comes from. */
enum kiosk_source {
    KIOSK_SOURCE_NONE, /* the placeholder is drawn */
    KIOSK_SOURCE_REMOTE,
    KIOSK_SOURCE_SELF, /* mirrored */
};

enum kiosk_flow {
    KIOSK_LEAF, /* icon and text; no children */
    KIOSK_COLUMN,
    KIOSK_ROW,
    KIOSK_WRAP, /* a row that goes on below */
    KIOSK_GRID, /* `cols` equal columns, rows as high as the highest cell */
    /* A column; what does not fit goes to further pages. Without buttons that
     * turn them and with `along` END its last children are shown. */
    KIOSK_PAGER,
};

enum kiosk_place {
    KIOSK_START,
    KIOSK_CENTER,
    KIOSK_END,
    KIOSK_STRETCH,
};

/* How a node takes and gives room. Lengths in millimetres. */
struct kiosk_box {
    enum kiosk_flow flow;
    enum kiosk_place align; /* children across the flow; default START */
    enum kiosk_place along; /* children along the flow, when room is left; in
                               a leaf: icon and text */
    uint8_t cols;
    bool grow;  /* takes what is left in its parent's flow */
    bool equal; /* grid: all rows as high as the highest */
    bool fixed; /* the inside is never mirrored: keys, digits */
    /* Grid and row: least width of a child, grown with the size of text.
     * Narrower: fewer columns; a row becomes a column. 0: as its words need. */
    float cell_w;
    float gap, pad_x, pad_y;
    float min_w, min_h, max_w, max_h; /* 0: none */
    float aspect; /* width / height of a leaf; fills the width it is given */
};

/* A button that turns pages, where there is no further page: */
enum kiosk_turn {
    KIOSK_TURN_ENDS,   /* it is disabled */
    KIOSK_TURN_ACTS,   /* it sends its intent */
    KIOSK_TURN_LEAVES, /* it is not there */
    KIOSK_TURN_COMES,  /* it is there only then, and sends its intent */
};

/* What happens when a button is released. */
enum kiosk_act {
    KIOSK_ACT_NONE,
    KIOSK_ACT_INTENT, /* `intent` with `arg` is sent; of a field: after every
                         edit, with the whole text */
    KIOSK_ACT_KEY,    /* local: a key of the on-screen keyboard; arg: which */
    KIOSK_ACT_PAGE,   /* local: turns the pager around it; arg: "1" or "-1" */
    KIOSK_ACT_REPEAT, /* local: says the screen again */
    KIOSK_ACT_TOOL,   /* local: takes a tool in hand; remove: which (paper.h) */
    KIOSK_ACT_ROLE,   /* local: on whose behalf one acts (role.h); arg: what */
};

/* How the text of a KIOSK_FIELD stands. */
struct kiosk_field {
    const char *hint;     /* shown while the value is ""; "" for none */
    uint16_t caret;       /* bytes before the caret; at a character's start */
    uint16_t anchor;      /* other end of the selection; = caret: none */
    bool secret;          /* the value is a row of dots; never spoken */
    bool lines;           /* may go on in further lines */
    bool active;          /* keys type into it: the caret is seen */
    bool eager;           /* becomes active as soon as it appears */
    bool submits;         /* Enter sends `submit` and empties it */
    bool sends;           /* Enter sends `submit` with the text */
    bool once;            /* and empties it */
    enum kiosk_keys keys; /* the keyboard that it needs */
    uint16_t max;         /* bytes of its text at most; 0: as an intent's */
    enum session_intent_kind submit;
    /* Of a form's text: what an edit is based on, and how many were sent
     * (form_item). */
    uint32_t version;
    uint32_t edits;
    bool peer;           /* the expert's caret is in it */
    uint16_t peer_caret; /* bytes before that */
};

struct kiosk_node {
    const char *id; /* "" for none; static, or the tree's own text */
    enum kiosk_role role;
    const char *name;  /* localised; what is drawn, and what is read out */
    const char *label; /* drawn instead of the name when not NULL */
    const char *value; /* "" for none */
    uint32_t state;    /* enum kiosk_state bits */
    struct kiosk_rect rect;

    enum kiosk_look look;
    enum kiosk_icon icon;
    float icon_mm;  /* 0: as on buttons */
    bool icon_last; /* behind the text */
    enum kiosk_font font;
    enum kiosk_ink ink;
    uint8_t accent; /* which agency's colours */
    enum kiosk_source source;

    struct kiosk_box box;

    struct kiosk_field field; /* KIOSK_FIELD */
    struct kiosk_sheet sheet; /* KIOSK_LOOK_SHEET */
    /* Words of people, not ours: a word too wide for its place is broken. */
    bool foreign;
    bool private; /* name and value are spoken to a headset only */
    /* Of a key of a PIN: spoken in place of the name, to a headset only, and
     * kept nowhere; the key is not drawn as pressed. "" for none; static. */
    const char *closed;
    /* The subtree lies over the whole screen. What is not in the last such
     * subtree is covered: drawn, but neither touched nor focused. */
    bool overlay;
    bool turns; /* a pager's last child: the buttons that turn its pages */
    bool stays; /* of those: also where there is one page only */
    enum kiosk_turn turn;
    bool spelled;  /* its value is spoken letter by letter */
    bool question; /* a group that has a name of its own when spoken */
    uint8_t page;  /* KIOSK_PAGER: which one is shown, from 0; what lies in
                      one: which it is on, set by the layout */
    uint8_t pages; /* likewise: how many there are; set by the layout */

    enum kiosk_act act;
    bool escape; /* Escape means this */
    enum session_intent_kind intent;
    const char *arg;  /* the intent's; "" for none; static or the tree's own */
    const char *path; /* of the form's cell that it is about; likewise */
    uint32_t at, remove, version; /* the intent's */
    uint16_t at_box[4];           /* likewise */

    int16_t parent; /* index, -1 for the root */
    int16_t last;   /* index of the last descendant, or its own */
};

struct kiosk_tree {
    enum session_screen screen;
    enum kiosk_lang lang;
    /* Set after kiosk_tree_begin(), which chooses the defaults. */
    enum session_text_size text_size;
    bool contrast;   /* colours of the inverse theme */
    bool rtl;        /* mirrored: from right to left */
    float px_per_mm; /* that it was laid out with */
    /* Which part of a screen's matter this is, a form's step: another one is
     * as good as another screen. */
    uint32_t part;
    int n; /* nodes; 0 is the root; parents before children */
    struct kiosk_node node[KIOSK_NODES_MAX];
    int open;    /* the node that children are added to */
    int error;   /* -ENOSPC: a ceiling was hit while building, -ENOMEM */
    bool spills; /* layout: something did not fit its parent */
    size_t texts_len;
    char texts[KIOSK_TEXTS_MAX];
};

/* Empties the tree and opens it for building. */
void kiosk_tree_begin(struct kiosk_tree *t, enum session_screen screen,
                      enum kiosk_lang lang);

/* Adds a copy of `node` to the open node; NULL texts become "". Returns its
 * index; hitting a ceiling sets t->error and returns 0, the root. */
int kiosk_tree_leaf(struct kiosk_tree *t, const struct kiosk_node *node);

/* As above, and opens it for children until kiosk_tree_close(). */
int kiosk_tree_open(struct kiosk_tree *t, const struct kiosk_node *node);
void kiosk_tree_close(struct kiosk_tree *t);

/* A text that lives as long as the tree, printf-formatted; "" and t->error
 * when there is no room. */
const char *kiosk_tree_printf(struct kiosk_tree *t, const char *fmt, ...)
    LK_PRINTF(2, 3);

/* The node with that id, or -1. */
int kiosk_tree_find(const struct kiosk_tree *t, const char *id);

/* The root of the overlay that covers the rest, or 0. */
int kiosk_tree_top(const struct kiosk_tree *t);

/* Whether an overlay lies over the node. */
bool kiosk_tree_covered(const struct kiosk_tree *t, int i);

/* Whether the node can have the focus: a button or field that is neither
 * disabled, hidden nor covered. */
bool kiosk_tree_focusable(const struct kiosk_tree *t, int i);

/* The topmost node at a point, or -1. Under an overlay: within it, or -1. */
int kiosk_tree_hit(const struct kiosk_tree *t, int x, int y);

/* The button or field that a node is or lies in, or -1. */
int kiosk_tree_button(const struct kiosk_tree *t, int i);

/* Whether the node, or one around it, is hidden. */
bool kiosk_tree_hidden(const struct kiosk_tree *t, int i);

/* The next (step 1) or previous (-1) node that can have the focus, from i
 * (-1: before the first, behind the last), around the ends; -1 when none. */
int kiosk_tree_next(const struct kiosk_tree *t, int i, int step);

/* Where to tap a node: its middle.
 *
 * Errors  -ENOENT no such node, -ENXIO hidden, -EACCES disabled, -EBUSY
 *         covered by another node
 */
int kiosk_tree_tap(const struct kiosk_tree *t, const char *id, int *ret_x,
                   int *ret_y) LK_MUST_CHECK;

/* The node that Escape means, or -1. */
int kiosk_tree_escape(const struct kiosk_tree *t);

/* Whether the node is part of a button, a status or a text, which speaks for
 * it. */
bool kiosk_tree_inner(const struct kiosk_tree *t, int i);

/* Calls `changed` with the areas that differ in the two laid out trees; with
 * the root's when they are of different screens, languages or looks. */
void kiosk_tree_diff(const struct kiosk_tree *was, const struct kiosk_tree *is,
                     void (*changed)(void *arg, struct kiosk_rect area),
                     void *arg);

/* The tree as JSON (DESIGN section 7).
 *
 * ret     heap text, the caller frees it
 * Errors  -ENOMEM, -EMSGSIZE longer than `max` bytes
 */
int kiosk_tree_json(const struct kiosk_tree *t, size_t max,
                    char **ret) LK_MUST_CHECK;

/* Appends a text in quotes, as JSON. Errors: those of lk_buf_append(). */
struct lk_buf;
int kiosk_json_string(struct lk_buf *b, const char *s) LK_MUST_CHECK;

#endif

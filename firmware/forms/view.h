/* view.h - what a screen shows of a form: one step of it, or the whole as it
 * will be sent.
 *
 * Room: immutable plain data in one block. It has one owner at a time and may
 * cross threads with it. Texts are in the citizen's language, valid UTF-8,
 * never NULL.
 */
#ifndef LUUKKU_FORMS_VIEW_H
#define LUUKKU_FORMS_VIEW_H

#include "forms/value.h"

#define FORM_ITEMS_MAX 400 /* of one view */
#define FORM_CODE_MAX 32   /* bytes of a tracking code, the NUL included */

enum form_phase {
    FORM_FILLING,
    FORM_REVIEW,  /* frozen: the items are the snapshot that would be sent */
    FORM_SEALING, /* approved; the package is being made */
    FORM_SENT,    /* the receipt */
    FORM_FAILED,  /* sealing failed; nothing was sent, filling goes on */
};

enum form_item_kind {
    FORM_ITEM_CELL,    /* a question with its value */
    FORM_ITEM_INFO,    /* label alone */
    FORM_ITEM_GROUP,   /* heading of what follows: rows, an address */
    FORM_ITEM_ROW,     /* heading of one row: can be removed (path) */
    FORM_ITEM_ADD,     /* a row can be added (path) */
    FORM_ITEM_SECTION, /* review: title of a step */
    FORM_ITEM_ANSWER,  /* review: label and value */
};

/* Who wrote what stands in a cell. */
enum form_by {
    FORM_BY_NOBODY,
    FORM_BY_CITIZEN,
    FORM_BY_EXPERT,
    FORM_BY_BOTH,
    FORM_BY_ACCEPTED, /* the expert suggested it, the citizen accepted */
};

struct form_view_option {
    const char *id;
    const char *label;
    bool chosen;
};

struct form_item {
    enum form_item_kind kind;
    enum forms_type type; /* of a cell or an answer */
    const char *path;     /* "" for none */
    const char *label;
    const char *help;
    const char *hint;
    const char *value; /* cells: as in the document; answers: for reading */
    const struct form_view_option *option;
    size_t options;
    bool required;
    bool is_private;
    bool locked; /* the citizen may not write here */
    enum form_by by;
    /* The value does not fit, and it is time to say so: the cell was left, or
     * approval was asked for. */
    enum forms_error error;
    const char *error_text;  /* the definition's own words, "" for the usual */
    const char *error_bound; /* struct forms_judged's */
    const char *suggestion;  /* of the expert, for reading; "" none */
    bool pointed;            /* "look here" */
    bool peer;               /* the expert's cursor is here */
    uint32_t peer_caret;     /* bytes of `value` before it */
    uint32_t version; /* of a text: what an edit is based on (form_edit) */
    /* Of a text: how many times form_edit() was called for it, refusals
     * included, as long as the form has lived: whether the screen's own edits
     * are all in `value`. */
    uint32_t edits;
    uint32_t max;    /* of a text: bytes at most */
    uint32_t papers; /* FORMS_ATTACHMENT: how many go with it */
};

struct form_view {
    size_t block; /* bytes of the one allocation that holds it all */
    enum form_phase phase;
    const char *title;
    const char *section; /* title of the present step */
    uint32_t step;       /* from 1, of those that apply */
    uint32_t steps;
    uint32_t errors; /* FILLING: cells of this step that are marked */
    bool shared;     /* an expert's page has it open */
    bool can_undo;
    bool voided;      /* the approval asked for was voided by a later edit */
    const char *lost; /* why sharing ended, static English id; "" it did not */
    const struct form_item *item;
    size_t items;
    char code[FORM_CODE_MAX]; /* SENT: the tracking code, else "" */
    bool signed_card;         /* SENT: with the citizen's own card, too */
    bool delivered;           /* SENT: the expert's page has it */
    bool posting; /* SENT: the agency has an address of its own, to which it
                     goes by itself; false: the expert's page alone gets it */
    bool posted;  /* SENT: that address has it */
};

/* Wipes and frees. NULL is fine. Returns NULL. Thread: the owner's. */
struct form_view *form_view_free(struct form_view *v);
LK_AUTO_DEFINE(form_view);

#endif

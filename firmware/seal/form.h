/* form.h - an approved form's canonical JSON as a list of what a paper shows.
 *
 * Spec: firmware/forms/FORMAT.md, "What is sent". Pure.
 */
#ifndef LUUKKU_SEAL_FORM_H
#define LUUKKU_SEAL_FORM_H

#include "base/defs.h"

#include <stdbool.h>

#define SEAL_FORM_LEN_MAX (1024UL * 1024) /* bytes of JSON */
#define SEAL_FORM_ITEMS_MAX 4000
#define SEAL_FORM_DEPTH_MAX 16 /* of brackets */

enum seal_item_kind {
    SEAL_ITEM_SECTION, /* label */
    SEAL_ITEM_INFO,    /* label: text of the form itself */
    SEAL_ITEM_ANSWER,  /* label, value ("" none), by */
    SEAL_ITEM_SIGNED,  /* an answer that approving gave */
    SEAL_ITEM_PAPER,   /* label: its name, value: its SHA-256 in hex; behind
                          the answer that counts them up */
    SEAL_ITEM_GROUP,   /* label of the rows that follow */
    SEAL_ITEM_ROW,     /* row */
    SEAL_ITEM_ROWS_END,
};

struct seal_item {
    enum seal_item_kind kind;
    const char *label;
    const char *value; /* lines by LF */
    const char *by;    /* as in FORMAT.md */
    unsigned row;      /* from 1 */
};

/* Texts are borrowed from what was parsed. */
struct seal_form {
    void *json;
    const char *id, *agency, *lang, *title, *kiosk;
    const char *expert_user, *expert_name; /* "" none */
    const char *role_name, *role_id; /* of whom it is for; "" the customer's
                                        own matter, or no id */
    long long version;
    struct seal_item *item;
    size_t items;
    size_t room; /* of item */
};

/* What does not apply is left out, and sections that have nothing left.
 * Owner: caller. Errors: -EBADMSG, -ENOMEM. */
int seal_form_parse(const char *json, size_t len,
                    struct seal_form **ret) LK_MUST_CHECK;
struct seal_form *seal_form_free(struct seal_form *f);
LK_AUTO_DEFINE(seal_form);

#endif

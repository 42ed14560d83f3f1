/* fields.h - typing into the fields of the screen that is shown.
 *
 * Room: which field has the caret, what keys do to its text, what the session
 * is told of it. Thread: the main thread.
 */
#ifndef LUUKKU_KIOSK_FIELDS_H
#define LUUKKU_KIOSK_FIELDS_H

#include "kiosk/edit.h"
#include "kiosk/tree.h"

struct kiosk_ui;

/* The field that keys type into: the one that has the focus, else the one that
 * was typed into last; -1: none, or an overlay covers it. */
int kiosk_fields_active(const struct kiosk_ui *ui);

/* The field, node i, gets the caret, and the keyboard that it needs is shown.
 * Does nothing for other nodes. */
void kiosk_fields_select(struct kiosk_ui *ui, int i);

/* Types text.
 *
 * Errors  -EINVAL no field has the caret, or not what kiosk_edit_insert()
 *         takes; -EMSGSIZE it does not fit; -ENOMEM
 */
int kiosk_fields_type(struct kiosk_ui *ui, const char *text,
                      size_t len) LK_MUST_CHECK;

/* Deletes from the caret to where the step leads; likewise moves the caret.
 * Without a field nothing happens. */
void kiosk_fields_erase(struct kiosk_ui *ui, enum kiosk_edit_step step);
void kiosk_fields_move(struct kiosk_ui *ui, enum kiosk_edit_step step,
                       bool select);

/* Moves the caret to the left or right, as it is seen. */
struct kiosk_aside {
    bool right;
    bool word; /* by a word, not a character */
    bool select;
};
void kiosk_fields_aside(struct kiosk_ui *ui, const struct kiosk_aside *a);

/* Selects from `anchor` to `caret`, bytes: a finger was there. */
void kiosk_fields_point(struct kiosk_ui *ui, size_t anchor, size_t caret);

/* Tells the session which cell of the form the citizen is at, "" for none, if
 * that is news. */
void kiosk_fields_present(struct kiosk_ui *ui, const char *path, size_t caret);

/* The text is complete: in a field of several lines the next line begins; a
 * field that submits does, and is empty again; in any other the keyboard is
 * put away. */
void kiosk_fields_enter(struct kiosk_ui *ui);

/* A key of the on-screen keyboard, by its word. */
void kiosk_fields_key(struct kiosk_ui *ui, const char *key);

/* Puts the keyboard away. The field keeps its text. */
void kiosk_fields_hide(struct kiosk_ui *ui);

/* Brings what is typed into line with a tree that was just built: a field that
 * is gone loses the caret, an eager one that is new gets it. Returns whether
 * the tree must be built again. */
bool kiosk_fields_sync(struct kiosk_ui *ui, const struct kiosk_tree *next);

#endif

/* typing_form.h - typing into a text that somebody else types into, too.
 *
 * Room: the citizen's own text of a form's cell while it is edited, what is
 * sent of each change, and going on from a view once it holds all of that.
 * Spec: firmware/forms/form.h, form_edit(). Pure.
 *
 * The text that is shown is the one that was opened, with one's own edits on
 * top; edits say where they are in it. A view's text takes its place as soon
 * as the view counts all edits that were sent. What the expert typed is seen
 * then, and caret and selection stay where they were in the words.
 */
#ifndef LUUKKU_KIOSK_TYPING_FORM_H
#define LUUKKU_KIOSK_TYPING_FORM_H

#include "forms/form.h"
#include "kiosk/typing.h"

/* The text of a field of the form, node `n`, made when there is none. What is
 * in the node is what a view said last.
 *
 * Errors  as kiosk_typing_open(); -EBADMSG, -EMSGSIZE not a text that can be
 *         edited here
 */
int kiosk_typing_form_open(struct kiosk_typing *t, const struct kiosk_node *n,
                           struct kiosk_edit **ret) LK_MUST_CHECK;

/* A change to a text: `remove` bytes at `at` gave way to `len` bytes. */
struct kiosk_splice {
    size_t at, remove;
    const char *insert; /* within the text it was made from */
    size_t len;
};

/* What turned `was` into `is`, whole characters. */
struct kiosk_splice kiosk_splice_of(const char *was, const char *is);

/* Takes the next piece of a change, as one intent of at most FORM_EDIT_MAX
 * inserted bytes, off *s; counts it as sent. Returns false when nothing is
 * left. */
bool kiosk_typing_form_next(struct kiosk_typed *at, struct kiosk_splice *s,
                            struct session_intent *ret);

/* A new view has come (NULL: none): goes on from its texts where it may. What
 * is no longer typed into is forgotten. */
void kiosk_typing_form_sync(struct kiosk_typing *t, const struct form_view *f);

#endif

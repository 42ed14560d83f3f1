/* screens_form.h - parts of the screens that are about a form.
 *
 * Room: one question with all that belongs to it; the row of buttons below the
 * questions. Texts of the form are copied into the tree.
 */
#ifndef LUUKKU_KIOSK_SCREENS_FORM_H
#define LUUKKU_KIOSK_SCREENS_FORM_H

#include "kiosk/screen_parts.h"

/* One item of a step. */
void kiosk_form_item(struct kiosk_page *p, const struct form_item *item);

/* What the citizen answers it with: a field, options, or what the expert wrote
 * where only they may. */
void kiosk_form_cell(struct kiosk_page *p, const struct form_item *item);

/* A value as it stands in the document, for reading: days as they are written
 * here, an account number in groups of four. `ret` has `cap` bytes. */
void kiosk_form_shown(enum forms_type type, const char *value, size_t cap,
                      char *ret);

/* How many papers go with the form, in words. */
const char *kiosk_form_papers(struct kiosk_page *p,
                              const struct form_item *item);

/* Marks of a question: that the expert is there, points at it, suggests an
 * answer; what is wrong. */
void kiosk_form_peer(struct kiosk_page *p, const struct form_item *item);
void kiosk_form_point(struct kiosk_page *p, const struct form_item *item);
void kiosk_form_error(struct kiosk_page *p, const struct form_item *item);
void kiosk_form_suggestion(struct kiosk_page *p, const struct form_item *item);

/* A pager that fills its column, for many children; closed with its buttons by
 * kiosk_form_turns(). Children go into kiosk_form_part()s. */
void kiosk_form_pager_open(struct kiosk_page *p, const char *id);

/* Whether no further item fits the tree; then says so, once. */
bool kiosk_form_full(struct kiosk_page *p);

/* Opens another group when this one is full; `n` from 0. */
void kiosk_form_part(struct kiosk_page *p, size_t n);

/* Buttons that turn the pages of the pager that is open, and lead on from its
 * ends. Closes part and pager. */
struct kiosk_turns {
    const struct kiosk_button *back;  /* at the first page its intent */
    const struct kiosk_button *other; /* NULL: none */
    const struct kiosk_button *next;  /* at the last page its intent */
    const struct kiosk_button *last;  /* NULL, or instead of next there */
    const struct kiosk_button *leave; /* NULL, or before all others */
};
void kiosk_form_turns(struct kiosk_page *p, const struct kiosk_turns *turns);

#endif

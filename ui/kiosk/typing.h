/* typing.h - the texts that are being typed on this screen, and the keyboard.
 *
 * Room: one text per field of the screen, by the field's id; which of them is
 * typed into. Pure. Everything is overwritten when the screen is left.
 */
#ifndef LUUKKU_KIOSK_TYPING_H
#define LUUKKU_KIOSK_TYPING_H

#include "kiosk/edit.h"
#include "kiosk/osk.h"
#include "kiosk/tree.h"

#define KIOSK_FIELDS_MAX 24 /* fields of one screen */

struct kiosk_typed {
    char id[KIOSK_ID_MAX]; /* "": free */
    struct kiosk_edit *edit;
    /* Of a form's text (typing_form.h). */
    char path[FORMS_PATH_MAX]; /* "": not one */
    uint32_t version;          /* the view that it goes on from */
    uint32_t sent;             /* edits, as form_item.edits counts them */
};

struct kiosk_typing {
    struct kiosk_osk osk;
    char field[KIOSK_ID_MAX]; /* that keys type into, or "" */
    struct kiosk_typed at[KIOSK_FIELDS_MAX];
};

/* The text of a field, or NULL when nothing was typed there yet. */
struct kiosk_edit *kiosk_typing_find(const struct kiosk_typing *t,
                                     const char *id);

/* The same with what belongs to it. */
struct kiosk_typed *kiosk_typing_at(struct kiosk_typing *t, const char *id);

/* The text of a field, made when there is none.
 *
 * max     bytes, as kiosk_edit_new()
 * ret     the typing's own
 * Errors  -ENOMEM, -EINVAL, -ENOSPC KIOSK_FIELDS_MAX are in use
 */
int kiosk_typing_open(struct kiosk_typing *t, const char *id, size_t max,
                      struct kiosk_edit **ret) LK_MUST_CHECK;

/* Overwrites and frees one. */
void kiosk_typing_close(struct kiosk_typed *at);

/* Overwrites and frees all texts; hides the keyboard. */
void kiosk_typing_clear(struct kiosk_typing *t);

#endif

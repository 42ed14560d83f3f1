/* words.h - names of a form's enums in JSON, and the few words that no
 * definition has; addresses as one. Private to this room.
 */
#ifndef LUUKKU_FORMS_WORDS_H
#define LUUKKU_FORMS_WORDS_H

#include "forms/form_impl.h"

const char *form_by_word(enum form_by by);
const char *form_phase_word(enum form_phase phase);
/* What stands in place of a signature's value. */
const char *form_approved_word(const char *lang);
/* The language that the texts are in. */
const char *form_lang(const struct form *f);

/* Which part of an address a cell is: 0 postcode, 1 street, 2 town. */
size_t form_part_of(const struct form_cell *c);
/* Two lines: street; postcode and town. `ret` has FORMS_VALUE_MAX bytes. */
void form_parts_show(const struct form_cell *const c[3], char *ret);
enum form_by form_parts_by(const struct form_cell *const c[3]);

#endif

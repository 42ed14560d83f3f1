/* shorthand.h - definitions of the vectors, which leave texts out, in full. */
#ifndef LUUKKU_TESTS_FORMS_SHORTHAND_H
#define LUUKKU_TESTS_FORMS_SHORTHAND_H

#include "forms/def.h"

#include <jansson.h>

/* Parses the form that has `sections`; fails the test when it is wrong. Gives
 * sections, fields and options the texts that they lack. */
struct forms_def *shorthand_parse(const json_t *sections);

#endif

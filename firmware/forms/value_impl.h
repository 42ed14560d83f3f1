/* value_impl.h - what the files that judge values share. Inner header. */
#ifndef LUUKKU_FORMS_VALUE_IMPL_H
#define LUUKKU_FORMS_VALUE_IMPL_H

#include "forms/value.h"

/* A value being judged: not empty, without white space at its ends. */
struct value_case {
    const struct forms_field *f;
    const char *s; /* valid UTF-8 */
    size_t len;
    const struct forms_day *today;
    char *ret;   /* FORMS_VALUE_MAX bytes */
    char *bound; /* FORMS_BOUND_MAX bytes, "" */
};

/* Each writes the canonical value and gives FORMS_OK, or what is wrong. */
enum forms_error value_email(const struct value_case *c);
enum forms_error value_phone(const struct value_case *c);
enum forms_error value_postcode(const struct value_case *c);
enum forms_error value_iban(const struct value_case *c);
enum forms_error value_person_id(const struct value_case *c);

#endif

/* value.h - what a typed value means, and whether it fits its field.
 *
 * Spec: FORMAT.md; ISO 13616 (IBAN), the Finnish personal identity code
 * (Government decree 128/2010 with the century signs of 2023). Pure.
 */
#ifndef LUUKKU_FORMS_VALUE_H
#define LUUKKU_FORMS_VALUE_H

#include "forms/def.h"

/* What is wrong with a value; screens have words for each. */
enum forms_error {
    FORMS_OK,
    FORMS_MISSING,    /* required, and empty */
    FORMS_TOO_LONG,   /* bound: units */
    FORMS_NOT_NUMBER, /* also: too many decimals */
    FORMS_TOO_SMALL,  /* bound: least */
    FORMS_TOO_LARGE,  /* bound: greatest */
    FORMS_NOT_DATE,   /* no such day */
    FORMS_TOO_EARLY,  /* bound: first day, YYYY-MM-DD */
    FORMS_TOO_LATE,   /* bound: last day */
    FORMS_NOT_OPTION, /* none of the options */
    FORMS_NOT_EMAIL,
    FORMS_NOT_PHONE,
    FORMS_NOT_POSTCODE,
    FORMS_NOT_IBAN,   /* form or length */
    FORMS_IBAN_CHECK, /* the check digits do not fit */
    FORMS_NOT_PERSON_ID,
    FORMS_PERSON_ID_CHECK, /* the check character does not fit */
    FORMS_NOT_PATTERN,
    FORMS_TOO_FEW_ROWS, /* bound: how many */
    FORMS_TOO_MANY_ROWS,
    FORMS_BAD_TEXT, /* characters that do not belong into a text */
    FORMS_ERRORS,
};

#define FORMS_BOUND_MAX 32
#define FORMS_VALUE_MAX 16384 /* bytes of a canonical value, with the NUL */

/* A day, for `today` in definitions: the kiosk's local date. */
struct forms_day {
    int year, month, day; /* 2026, 11, 22 */
};

struct forms_judged {
    enum forms_error error;
    char bound[FORMS_BOUND_MAX]; /* with those errors that have one, else "" */
};

/* The error's word on the wire: "too-long"; "" of FORMS_OK. Static. */
const char *forms_error_word(enum forms_error error);

/* Judges one cell's value as it stands in the document (UTF-8, may be "").
 *
 * ret     canonical string of FORMS_VALUE_MAX bytes, valid when *ret_judged is
 *         FORMS_OK ("" when empty and not required); may be NULL
 * Not for rows, attachments, signature, info, address as a whole: those are
 * FORMS_OK, and "". Out of memory is FORMS_BAD_TEXT: it is not sent.
 */
void forms_judge(const struct forms_field *f, const char *value,
                 const struct forms_day *today, char *ret,
                 struct forms_judged *ret_judged);

/* A canonical value as people of that language read it: 14.2.2027, 1 234,50,
 * FI21 1234 5600 0007 85, Kyllä. Others as they are. `ret` has `cap` bytes (1
 * or more); cut at a character when it does not fit. */
void forms_show(const struct forms_field *f, const char *canonical,
                const char *lang, char *ret, size_t cap);

/* The same, and an option by its label, of several one a line. */
void forms_show_in(const struct forms_def *d, const struct forms_field *f,
                   const char *canonical, const char *lang, char *ret,
                   size_t cap);

#endif

#include "forms/words.h"

#include <stdio.h>
#include <string.h>

const char *form_by_word(enum form_by by)
{
    static const char *const word[] = {
        [FORM_BY_NOBODY] = "",           [FORM_BY_CITIZEN] = "citizen",
        [FORM_BY_EXPERT] = "expert",     [FORM_BY_BOTH] = "both",
        [FORM_BY_ACCEPTED] = "accepted",
    };
    return word[by];
}

const char *form_type_word(enum forms_type type)
{
    static const char *const word[] = {
        [FORMS_TEXT] = "text",
        [FORMS_LINES] = "lines",
        [FORMS_NUMBER] = "number",
        [FORMS_DATE] = "date",
        [FORMS_CHOICE] = "choice",
        [FORMS_CHOICES] = "choices",
        [FORMS_YESNO] = "yesno",
        [FORMS_EMAIL] = "email",
        [FORMS_PHONE] = "phone",
        [FORMS_ADDRESS] = "address",
        [FORMS_IBAN] = "iban",
        [FORMS_PERSON_ID] = "person-id",
        [FORMS_POSTCODE] = "postcode",
        [FORMS_ROWS] = "rows",
        [FORMS_ATTACHMENT] = "attachment",
        [FORMS_SIGNATURE] = "signature",
        [FORMS_INFO] = "info",
        [FORMS_TYPES] = "",
    };
    return word[type];
}

const char *form_error_word(enum forms_error error)
{
    static const char *const word[] = {
        [FORMS_OK] = "",
        [FORMS_MISSING] = "missing",
        [FORMS_TOO_LONG] = "too-long",
        [FORMS_NOT_NUMBER] = "not-number",
        [FORMS_TOO_SMALL] = "too-small",
        [FORMS_TOO_LARGE] = "too-large",
        [FORMS_NOT_DATE] = "not-date",
        [FORMS_TOO_EARLY] = "too-early",
        [FORMS_TOO_LATE] = "too-late",
        [FORMS_NOT_OPTION] = "not-option",
        [FORMS_NOT_EMAIL] = "not-email",
        [FORMS_NOT_PHONE] = "not-phone",
        [FORMS_NOT_POSTCODE] = "not-postcode",
        [FORMS_NOT_IBAN] = "not-iban",
        [FORMS_IBAN_CHECK] = "iban-check",
        [FORMS_NOT_PERSON_ID] = "not-person-id",
        [FORMS_PERSON_ID_CHECK] = "person-id-check",
        [FORMS_NOT_PATTERN] = "not-pattern",
        [FORMS_TOO_FEW_ROWS] = "too-few-rows",
        [FORMS_TOO_MANY_ROWS] = "too-many-rows",
        [FORMS_BAD_TEXT] = "bad-text",
        [FORMS_ERRORS] = "",
    };
    return word[error];
}

const char *form_phase_word(enum form_phase phase)
{
    static const char *const word[] = {
        [FORM_FILLING] = "filling", [FORM_REVIEW] = "review",
        [FORM_SEALING] = "sealing", [FORM_SENT] = "sent",
        [FORM_FAILED] = "failed",
    };
    return word[phase];
}

const char *form_approved_word(const char *lang)
{
    if (strcmp(lang, "fi") == 0)
        return "Hyväksytty palvelupäätteellä";
    if (strcmp(lang, "sv") == 0)
        return "Godkänd vid serviceterminalen";
    return "Approved at the service kiosk";
}

const char *form_lang(const struct form *f)
{
    const struct forms_def *d = f->def;
    const char *ret = d->lang[0];
    for (size_t i = 0; i < d->langs; i++) {
        if (strcmp(d->lang[i], f->lang) == 0)
            return d->lang[i];
        if (strcmp(d->lang[i], "en") == 0)
            ret = d->lang[i];
    }
    return ret;
}

/* --- addresses ---------------------------------------------------------- */

size_t form_part_of(const struct form_cell *c)
{
    const char *tail = strrchr(c->field->id, '-');
    if (c->field->type == FORMS_POSTCODE)
        return 0;
    return tail && strcmp(tail, "-town") == 0 ? 2 : 1;
}

/* A value without spaces at its ends. */
static const char *trimmed(const struct form_cell *c, int *ret_len)
{
    size_t from = strspn(c->value, " ");
    size_t to = c->len;
    while (to > from && c->value[to - 1] == ' ')
        to--;
    *ret_len = (int)(to - from);
    return c->value + from;
}

void form_parts_show(const struct form_cell *const c[3], char *ret)
{
    int n[3];
    const char *s[3];
    for (size_t i = 0; i < 3; i++)
        s[i] = trimmed(c[i], &n[i]);
    bool place = n[0] > 0 || n[2] > 0;
    (void)snprintf(ret, FORMS_VALUE_MAX, "%.*s%s%.*s%s%.*s", n[1], s[1],
                   n[1] > 0 && place ? "\n" : "", n[0], s[0],
                   n[0] > 0 && n[2] > 0 ? " " : "", n[2], s[2]);
}

enum form_by form_parts_by(const struct form_cell *const c[3])
{
    enum form_by by = FORM_BY_NOBODY;
    for (size_t i = 0; i < 3; i++) {
        if (c[i]->by == FORM_BY_NOBODY)
            continue;
        if (by == FORM_BY_NOBODY)
            by = c[i]->by;
        else if (by != c[i]->by)
            by = FORM_BY_BOTH;
    }
    return by;
}

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

#include "base/text.h"
#include "forms/calendar.h"
#include "forms/value.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 64 /* bytes of what is made here, the NUL included */

static bool is_one_of(const char *lang, const char *langs)
{
    return strlen(lang) == 2 && strstr(langs, lang) != NULL;
}

static void show_date(const char *s, const char *lang, char ret[SHOWN_MAX])
{
    static const char *const month[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    struct forms_day d;
    if (!forms_day_read(s, strlen(s), &d))
        (void)snprintf(ret, SHOWN_MAX, "%.20s", s);
    else if (is_one_of(lang, "en"))
        (void)snprintf(ret, SHOWN_MAX, "%d %s %d", d.day, month[d.month - 1],
                       d.year);
    else if (is_one_of(lang, "ru uk et"))
        (void)snprintf(ret, SHOWN_MAX, "%02d.%02d.%d", d.day, d.month, d.year);
    else
        (void)snprintf(ret, SHOWN_MAX, "%d.%d.%d", d.day, d.month, d.year);
}

/* U+2212, U+A0 between thousands; decimals as many as the field has or none. */
static void show_number(const struct forms_field *f, const char *s,
                        const char *lang, char ret[SHOWN_MAX])
{
    char whole[SHOWN_MAX] = "";
    size_t n = 0;
    bool minus = *s == '-';
    s += minus;
    size_t digits = LK_MIN(strcspn(s, "."), (size_t)15);
    for (size_t i = 0; i < digits; i++) {
        bool gap = i > 0 && (digits - i) % 3 == 0;
        n += (size_t)snprintf(whole + n, sizeof(whole) - n, "%s%c",
                              gap ? "\xc2\xa0" : "", s[i]);
    }
    const char *part = s[digits] == '.' ? s + digits + 1 : "";
    const char *point = is_one_of(lang, "en ar") ? "." : ",";
    int missing = *part ? (int)f->decimals - (int)strlen(part) : 0;
    (void)snprintf(ret, SHOWN_MAX, "%s%s%s%.4s%.*s",
                   minus ? "\xe2\x88\x92" : "", whole, *part ? point : "", part,
                   missing > 0 ? missing : 0, "0000");
}

static void show_iban(const char *s, char ret[SHOWN_MAX])
{
    size_t n = 0;
    for (size_t i = 0; s[i] && n + 3 < SHOWN_MAX; i++) {
        if (i > 0 && i % 4 == 0)
            ret[n++] = ' ';
        ret[n++] = s[i];
    }
    ret[n] = 0;
}

static void show_yesno(const char *s, const char *lang, char ret[SHOWN_MAX])
{
    static const struct {
        const char *lang, *yes, *no;
    } words[] = {
        {"en", "Yes", "No"}, {"fi", "Kyllä", "Ei"}, {"sv", "Ja", "Nej"},
        {"se", "Juo", "Ii"}, {"ru", "Да", "Нет"},   {"uk", "Так", "Ні"},
        {"ar", "نعم", "لا"}, {"et", "Jah", "Ei"},
    };
    size_t at = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(words); i++)
        if (strcmp(words[i].lang, lang) == 0)
            at = i;
    bool yes = strcmp(s, "yes") == 0;
    (void)snprintf(ret, SHOWN_MAX, "%s", yes ? words[at].yes : words[at].no);
}

void forms_show(const struct forms_field *f, const char *canonical,
                const char *lang, char *ret, size_t cap)
{
    char made[SHOWN_MAX];
    const char *s = *canonical ? made : canonical;
    if (f->type == FORMS_DATE)
        show_date(canonical, lang, made);
    else if (f->type == FORMS_NUMBER)
        show_number(f, canonical, lang, made);
    else if (f->type == FORMS_IBAN)
        show_iban(canonical, made);
    else if (f->type == FORMS_YESNO)
        show_yesno(canonical, lang, made);
    else
        s = canonical;
    size_t len = lk_utf8_cut(s, strlen(s), cap - 1);
    memcpy(ret, s, len);
    ret[len] = 0;
}

void forms_show_in(const struct forms_def *d, const struct forms_field *f,
                   const char *canonical, const char *lang, char *ret,
                   size_t cap)
{
    size_t n = 0;
    if (f->type != FORMS_CHOICE && f->type != FORMS_CHOICES) {
        forms_show(f, canonical, lang, ret, cap);
        return;
    }
    while (*canonical && n < cap) {
        size_t len = strcspn(canonical, " ");
        const char *label = "";
        for (size_t i = 0; i < f->options; i++)
            if (strlen(f->option[i].id) == len &&
                memcmp(f->option[i].id, canonical, len) == 0)
                label = forms_say(d, &f->option[i].label, lang);
        n += (size_t)snprintf(ret + n, cap - n, "%s%s", n ? "\n" : "", label);
        canonical += len + (canonical[len] == ' ');
    }
    n = LK_MIN(n, cap - 1);
    ret[n] = 0;
    ret[lk_utf8_cut(ret, n, n)] = 0;
}

#include "forms/value.h"

#include "base/text.h"
#include "forms/calendar.h"
#include "forms/chars.h"
#include "forms/decimal.h"
#include "forms/pattern.h"
#include "forms/value_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uninorm.h>

/* Longer is not even looked at. */
#define RAW_MAX 65536
/* What a number without a bound of its own may be. */
#define NUMBER_MAX "99999999999999"

const char *forms_error_word(enum forms_error error)
{
    static const char *const word[FORMS_ERRORS] = {
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
    };
    return word[error];
}

static void set_bound(const struct value_case *c, const char *s)
{
    (void)snprintf(c->bound, FORMS_BOUND_MAX, "%s", s);
}

static enum forms_error too_long(const struct value_case *c)
{
    (void)snprintf(c->bound, FORMS_BOUND_MAX, "%u", c->f->max_length);
    return FORMS_TOO_LONG;
}

/* CR LF, and CR alone, become LF in place. Gives the length. */
static size_t join_lines(char *s, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\r' && i + 1 < len && s[i + 1] == '\n')
            continue;
        s[n] = s[i];
        if (s[n] == '\r')
            s[n] = '\n';
        n++;
    }
    return n;
}

static enum forms_error judge_text(const struct value_case *c)
{
    if (c->len >= RAW_MAX)
        return too_long(c);
    if (!forms_chars_good(c->s, c->len, c->f->type == FORMS_LINES))
        return FORMS_BAD_TEXT;
    size_t len = FORMS_VALUE_MAX;
    uint8_t *to = u8_normalize(UNINORM_NFC, (const uint8_t *)c->s, c->len,
                               (uint8_t *)c->ret, &len);
    if (!to)
        return FORMS_BAD_TEXT;
    if (to != (uint8_t *)c->ret) {
        free(to);
        return too_long(c);
    }
    len = join_lines(c->ret, len);
    if (len >= FORMS_VALUE_MAX ||
        forms_chars_units(c->ret, len) > c->f->max_length)
        return too_long(c);
    c->ret[len] = 0;
    if (*c->f->pattern && !forms_pattern_fits(c->f->pattern, c->ret, len))
        return FORMS_NOT_PATTERN;
    return FORMS_OK;
}

/* Whether n is beyond the bound `s`, of which definitions have good ones: on
 * the side of `sign`, 1 above or -1 below. */
static bool is_beyond(int64_t n, const char *s, int sign)
{
    int64_t at = 0;
    if (!forms_decimal_read(s, strlen(s), FORMS_DECIMALS_MAX, &at))
        return false;
    return sign > 0 ? n > at : n < at;
}

static enum forms_error judge_number(const struct value_case *c)
{
    int64_t n = 0;
    const char *least = *c->f->min ? c->f->min : "-" NUMBER_MAX;
    const char *most = *c->f->max ? c->f->max : NUMBER_MAX;
    if (!forms_decimal_read(c->s, c->len, c->f->decimals, &n))
        return FORMS_NOT_NUMBER;
    if (is_beyond(n, least, -1)) {
        set_bound(c, least);
        return FORMS_TOO_SMALL;
    }
    if (is_beyond(n, most, 1)) {
        set_bound(c, most);
        return FORMS_TOO_LARGE;
    }
    forms_decimal_write(n, c->ret);
    return FORMS_OK;
}

static enum forms_error judge_date(const struct value_case *c)
{
    struct forms_day day;
    struct forms_day bound;
    if (!forms_day_read(c->s, c->len, &day))
        return FORMS_NOT_DATE;
    if (*c->f->min && forms_day_bound(c->f->min, c->today, &bound) &&
        forms_day_compare(&day, &bound) < 0) {
        forms_day_write(&bound, c->bound);
        return FORMS_TOO_EARLY;
    }
    if (*c->f->max && forms_day_bound(c->f->max, c->today, &bound) &&
        forms_day_compare(&day, &bound) > 0) {
        forms_day_write(&bound, c->bound);
        return FORMS_TOO_LATE;
    }
    forms_day_write(&day, c->ret);
    return FORMS_OK;
}

/* The option's place among the field's, or -1. */
static int find_option(const struct forms_field *f, const char *s, size_t len)
{
    for (size_t i = 0; i < f->options; i++)
        if (strlen(f->option[i].id) == len &&
            memcmp(f->option[i].id, s, len) == 0)
            return (int)i;
    return -1;
}

static enum forms_error judge_choice(const struct value_case *c)
{
    int at = find_option(c->f, c->s, c->len);
    if (at < 0)
        return FORMS_NOT_OPTION;
    (void)snprintf(c->ret, FORMS_VALUE_MAX, "%s", c->f->option[at].id);
    return FORMS_OK;
}

static enum forms_error judge_choices(const struct value_case *c)
{
    uint32_t chosen = 0;
    const char *end = c->s + c->len;
    for (const char *at = c->s; at < end;) {
        const char *space = memchr(at, ' ', (size_t)(end - at));
        size_t n = (size_t)((space ? space : end) - at);
        int i = find_option(c->f, at, n);
        if (i < 0)
            return FORMS_NOT_OPTION;
        chosen |= UINT32_C(1) << i;
        at += n + 1;
    }
    size_t len = 0;
    for (size_t i = 0; i < c->f->options; i++)
        if (chosen >> i & 1)
            len += (size_t)snprintf(c->ret + len, FORMS_VALUE_MAX - len, "%s%s",
                                    len ? " " : "", c->f->option[i].id);
    return FORMS_OK;
}

static enum forms_error judge_yesno(const struct value_case *c)
{
    bool yes = c->len == 3 && memcmp(c->s, "yes", 3) == 0;
    if (!yes && !(c->len == 2 && memcmp(c->s, "no", 2) == 0))
        return FORMS_NOT_OPTION;
    (void)snprintf(c->ret, FORMS_VALUE_MAX, "%s", yes ? "yes" : "no");
    return FORMS_OK;
}

static enum forms_error (*const judges[FORMS_TYPES])(
    const struct value_case *c) = {
    [FORMS_TEXT] = judge_text,           [FORMS_LINES] = judge_text,
    [FORMS_NUMBER] = judge_number,       [FORMS_DATE] = judge_date,
    [FORMS_CHOICE] = judge_choice,       [FORMS_CHOICES] = judge_choices,
    [FORMS_YESNO] = judge_yesno,         [FORMS_EMAIL] = value_email,
    [FORMS_PHONE] = value_phone,         [FORMS_IBAN] = value_iban,
    [FORMS_PERSON_ID] = value_person_id, [FORMS_POSTCODE] = value_postcode,
};

void forms_judge(const struct forms_field *f, const char *value,
                 const struct forms_day *today, char *ret,
                 struct forms_judged *ret_judged)
{
    char own[FORMS_VALUE_MAX];
    size_t len = strlen(value);
    struct value_case c = {.f = f,
                           .today = today,
                           .ret = ret ? ret : own,
                           .bound = ret_judged->bound};
    c.ret[0] = 0;
    c.bound[0] = 0;
    ret_judged->error = FORMS_OK;
    if (!judges[f->type])
        return;
    if (!lk_utf8_valid(value, len)) {
        ret_judged->error = FORMS_BAD_TEXT;
        return;
    }
    c.s = forms_chars_trim(value, &len);
    c.len = len;
    if (len == 0)
        ret_judged->error = f->required ? FORMS_MISSING : FORMS_OK;
    else
        ret_judged->error = judges[f->type](&c);
    if (ret_judged->error != FORMS_OK)
        c.ret[0] = 0;
}

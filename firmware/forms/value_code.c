#include "forms/calendar.h"
#include "forms/chars.h"
#include "forms/value_impl.h"

#include <stdio.h>
#include <string.h>

#define DIGITS "0123456789"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ALNUM "abcdefghijklmnopqrstuvwxyz" CAPITALS DIGITS

#define CODE_MAX 64 /* bytes of a code without its spaces, the NUL included */
#define EMAIL_MAX 254
#define LOCAL_MAX 64 /* RFC 5321 section 4.5.3.1.1 */
#define LABEL_MAX 63 /* RFC 1035 section 2.3.4 */

static enum forms_error keep(const struct value_case *c, const char *s)
{
    (void)snprintf(c->ret, FORMS_VALUE_MAX, "%s", s);
    return FORMS_OK;
}

static void make_upper(char *s)
{
    for (; *s; s++)
        if (*s >= 'a' && *s <= 'z')
            *s = (char)(*s - 'a' + 'A');
}

/* RFC 5321 section 4.1.2: Atom *("." Atom). */
static bool is_dot_string(const char *s, size_t len)
{
    static const char atext[] = ALNUM "!#$%&'*+-/=?^_`{|}~";
    size_t atom = 0;
    if (len == 0 || len > LOCAL_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '.' ? atom == 0 : !strchr(atext, s[i]))
            return false;
        atom = s[i] == '.' ? 0 : atom + 1;
    }
    return atom > 0;
}

/* Two sub-domains or more, the last of which is not of digits alone: that
 * would be an address. */
static bool is_domain(const char *s)
{
    for (bool first = true;; first = false) {
        size_t len = strspn(s, ALNUM "-");
        if (len == 0 || len > LABEL_MAX || s[0] == '-' || s[len - 1] == '-')
            return false;
        if (s[len] == 0)
            return !first && strspn(s, DIGITS) < len;
        if (s[len] != '.')
            return false;
        s += len + 1;
    }
}

enum forms_error value_email(const struct value_case *c)
{
    char s[EMAIL_MAX + 1];
    if (c->len > EMAIL_MAX)
        return FORMS_NOT_EMAIL;
    memcpy(s, c->s, c->len);
    s[c->len] = 0;
    const char *at = strrchr(s, '@');
    if (!at || !is_dot_string(s, (size_t)(at - s)) || !is_domain(at + 1))
        return FORMS_NOT_EMAIL;
    return keep(c, s);
}

enum forms_error value_phone(const struct value_case *c)
{
    char s[CODE_MAX];
    if (!forms_chars_without(
            c->s, c->len, FORMS_CHARS_SPACE "|" FORMS_CHARS_DASH, s, sizeof(s)))
        return FORMS_NOT_PHONE;
    const char *number = s + (s[0] == '+');
    size_t digits = strspn(number, DIGITS);
    if (number[digits] || digits < 5 || digits > 15 ||
        (s[0] == '+' && number[0] == '0'))
        return FORMS_NOT_PHONE;
    return keep(c, s);
}

enum forms_error value_postcode(const struct value_case *c)
{
    char s[6];
    if (c->len != 5)
        return FORMS_NOT_POSTCODE;
    memcpy(s, c->s, 5);
    s[5] = 0;
    return strspn(s, DIGITS) == 5 ? keep(c, s) : FORMS_NOT_POSTCODE;
}

/* Lengths by country, of the registry that ISO 13616-2 sets up. */
static const char countries[] =
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27"
    "DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28"
    "IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22"
    "MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24"
    "SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

static size_t iban_length(const char *s)
{
    for (const char *c = countries; *c; c += 4)
        if (memcmp(c, s, 2) == 0)
            return (size_t)(c[2] - '0') * 10 + (size_t)(c[3] - '0');
    return 0;
}

/* The rest of the division by 97 of the number that ISO 7064 makes of it: the
 * first four characters at the end, letters as 10 to 35. */
static unsigned iban_rest(const char *s, size_t len)
{
    unsigned rest = 0;
    for (size_t i = 0; i < len; i++) {
        char c = s[(i + 4) % len];
        unsigned value =
            c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'A') + 10;
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest;
}

enum forms_error value_iban(const struct value_case *c)
{
    char s[CODE_MAX];
    if (!forms_chars_without(c->s, c->len, FORMS_CHARS_SPACE, s, sizeof(s)))
        return FORMS_NOT_IBAN;
    make_upper(s);
    size_t len = strlen(s);
    if (len < 5 || strspn(s, CAPITALS DIGITS) != len ||
        strspn(s + 2, DIGITS) < 2 || iban_length(s) != len)
        return FORMS_NOT_IBAN;
    /* 00, 01 and 99 pass the division as 97, 98 and 02 do, but no bank makes
     * them. */
    unsigned check = (unsigned)(s[2] - '0') * 10 + (unsigned)(s[3] - '0');
    if (iban_rest(s, len) != 1 || check < 2 || check > 98)
        return FORMS_IBAN_CHECK;
    return keep(c, s);
}

/* First year of the century that the sign says, or 0. */
static int century(char sign)
{
    if (sign == '+')
        return 1800;
    if (strchr("-YXWVU", sign))
        return 1900;
    return strchr("ABCDEF", sign) ? 2000 : 0;
}

static int two(const char *s)
{
    return (s[0] - '0') * 10 + (s[1] - '0');
}

enum forms_error value_person_id(const struct value_case *c)
{
    static const char checks[] = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    char s[12];
    if (c->len != 11)
        return FORMS_NOT_PERSON_ID;
    memcpy(s, c->s, 11);
    s[11] = 0;
    make_upper(s);
    if (strspn(s, DIGITS) != 6 || strspn(s + 7, DIGITS) < 3 || !century(s[6]) ||
        !strchr(checks, s[10]))
        return FORMS_NOT_PERSON_ID;
    struct forms_day day = {
        .year = century(s[6]) + two(s + 4), .month = two(s + 2), .day = two(s)};
    int number = (s[7] - '0') * 100 + two(s + 8);
    if (!forms_day_valid(&day) || number < 2)
        return FORMS_NOT_PERSON_ID;
    int all = (two(s) * 10000 + two(s + 2) * 100 + two(s + 4)) * 1000 + number;
    if (checks[all % 31] != s[10])
        return FORMS_PERSON_ID_CHECK;
    return keep(c, s);
}

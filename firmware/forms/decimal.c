#include "forms/decimal.h"

#include "forms/chars.h"

#include <inttypes.h>
#include <stdio.h>

#define MINUS "-|\xe2\x88\x92" /* U+2212 */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The digits before the point, with spaces between them; *s moves behind
 * them. Saturates. False: there is none. */
static bool read_whole(const char **s, const char *end, int64_t *n)
{
    const char *at = *s;
    while (at < end && is_digit(*at)) {
        *n = LK_MIN(*n * 10 + (*at - '0'),
                    FORMS_DECIMAL_LIMIT / FORMS_DECIMAL_ONE);
        at++;
        const char *behind = at;
        for (size_t m = 1; m > 0; behind += m)
            m = forms_chars_mark(behind, (size_t)(end - behind),
                                 FORMS_CHARS_SPACE);
        if (behind < end && is_digit(*behind))
            at = behind;
    }
    bool some = at > *s;
    *s = at;
    return some;
}

/* The digits behind the point, as ten-thousandths; *s moves behind them.
 * False: there is none, or one that counts is behind the `most`th. */
static bool read_part(const char **s, const char *end, size_t most, int64_t *n)
{
    const char *at = *s;
    int64_t worth = FORMS_DECIMAL_ONE;
    for (; at < end && is_digit(*at); at++) {
        if ((size_t)(at - *s) >= most && *at != '0')
            return false;
        worth /= 10;
        *n += worth * (*at - '0');
    }
    bool some = at > *s;
    *s = at;
    return some;
}

bool forms_decimal_read(const char *s, size_t len, unsigned decimals,
                        int64_t *ret)
{
    const char *end = s + len;
    int64_t whole = 0;
    int64_t part = 0;
    size_t minus = forms_chars_mark(s, len, MINUS);
    s += minus;
    if (!read_whole(&s, end, &whole))
        return false;
    if (s < end && (*s == ',' || *s == '.')) {
        s++;
        if (!read_part(&s, end, decimals, &part))
            return false;
    }
    if (s != end)
        return false;
    int64_t n = LK_MIN(whole * FORMS_DECIMAL_ONE + part, FORMS_DECIMAL_LIMIT);
    *ret = minus ? -n : n;
    return true;
}

void forms_decimal_write(int64_t n, char ret[FORMS_DECIMAL_MAX])
{
    int64_t size = n < 0 ? -n : n;
    int len = snprintf(ret, FORMS_DECIMAL_MAX, "%s%" PRId64 ".%04" PRId64,
                       n < 0 ? "-" : "", size / FORMS_DECIMAL_ONE,
                       size % FORMS_DECIMAL_ONE);
    while (len > 0 && ret[len - 1] == '0')
        ret[--len] = 0;
    if (len > 0 && ret[len - 1] == '.')
        ret[len - 1] = 0;
}

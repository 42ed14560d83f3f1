#include "rtc/wire/scan.h"

#include <string.h>
#include <strings.h>

bool rtc_scan_until(struct rtc_scan *s, char stop, struct rtc_token *ret)
{
    if (s->left == 0)
        return false;
    const char *end = memchr(s->at, stop, s->left);
    size_t len = end ? (size_t)(end - s->at) : s->left;
    size_t skip = end ? len + 1 : len;
    *ret = (struct rtc_token){s->at, len};
    s->at += skip;
    s->left -= skip;
    return true;
}

bool rtc_scan_line(struct rtc_scan *s, struct rtc_token *ret)
{
    if (!rtc_scan_until(s, '\n', ret))
        return false;
    if (ret->len > 0 && ret->at[ret->len - 1] == '\r')
        ret->len--;
    return true;
}

bool rtc_scan_word(struct rtc_scan *s, struct rtc_token *ret)
{
    while (s->left > 0 && *s->at == ' ') {
        s->at++;
        s->left--;
    }
    return rtc_scan_until(s, ' ', ret);
}

bool rtc_scan_prefix(struct rtc_scan *s, const char *prefix)
{
    size_t len = strlen(prefix);
    if (s->left < len || memcmp(s->at, prefix, len) != 0)
        return false;
    s->at += len;
    s->left -= len;
    return true;
}

bool rtc_token_is(struct rtc_token t, const char *s)
{
    return t.len == strlen(s) && memcmp(t.at, s, t.len) == 0;
}

bool rtc_token_is_nocase(struct rtc_token t, const char *s)
{
    return t.len == strlen(s) && strncasecmp(t.at, s, t.len) == 0;
}

bool rtc_token_is_ice_chars(struct rtc_token t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        bool ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                  (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
        if (!ok)
            return false;
    }
    return t.len > 0;
}

bool rtc_token_number(struct rtc_token t, uint64_t max, uint64_t *ret)
{
    uint64_t v = 0;
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(t.at[i] - '0');
        if (v > (max - LK_MIN(digit, max)) / 10 || v * 10 + digit > max)
            return false;
        v = v * 10 + digit;
    }
    if (t.len == 0)
        return false;
    *ret = v;
    return true;
}

bool rtc_token_copy(struct rtc_token t, char *ret, size_t cap)
{
    if (t.len >= cap || memchr(t.at, 0, t.len))
        return false;
    memcpy(ret, t.at, t.len);
    ret[t.len] = '\0';
    return true;
}

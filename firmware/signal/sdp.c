#include "signal/sdp.h"

#include <string.h>
#include <strings.h>

#define PRINT_LEN 95 /* SHA-256: 32 times two digits, colons between */
#define NUMBER_MAX ((uint64_t)INT64_MAX)

/* What was met so far, line by line. */
struct look {
    struct signal_sdp found;
    char print[PRINT_LEN + 1]; /* the one fingerprint */
    size_t lines;
    size_t media;
    bool session_print; /* it stands at session level */
    bool media_print;   /* it stands in the present medium */
    bool origin;
    bool has_answers;
    enum signal_reason bad;
};

struct line {
    const char *at;
    size_t len;
};

static bool line_starts(const struct line *l, const char *with)
{
    size_t n = strlen(with);
    return l->len >= n && memcmp(l->at, with, n) == 0;
}

/* Takes the digits at the line's start off it: 1..NUMBER_MAX, else false. */
static bool line_number(struct line *l, uint64_t *ret)
{
    uint64_t v = 0;
    size_t n = 0;
    for (; n < l->len && l->at[n] >= '0' && l->at[n] <= '9'; n++) {
        unsigned digit = (unsigned)(l->at[n] - '0');
        if (v > (NUMBER_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    l->at += n;
    l->len -= n;
    *ret = v;
    return n > 0;
}

/* "o=<user> <session id> <version> IN IP4 <address>" */
static bool look_origin(struct look *k, struct line l)
{
    const char *space = memchr(l.at, ' ', l.len);
    if (k->origin || k->media > 0 || !space)
        return false;
    l.len -= (size_t)(space + 1 - l.at);
    l.at = space + 1;
    k->origin = true;
    if (!line_number(&l, &k->found.session_id) || !line_starts(&l, " "))
        return false;
    l.at++;
    l.len--;
    return line_number(&l, &k->found.version) && line_starts(&l, " ");
}

static bool look_answers(struct look *k, struct line l)
{
    l.at += strlen("a=x-luukku-offer:");
    l.len -= strlen("a=x-luukku-offer:");
    if (k->has_answers || k->media > 0)
        return false;
    k->has_answers = true;
    return line_number(&l, &k->found.answers) && l.len == 0;
}

static bool print_valid(const char *p)
{
    for (size_t i = 0; i < PRINT_LEN; i++) {
        bool hex = strchr("0123456789abcdefABCDEF", p[i]) != NULL;
        if (p[i] == '\0' || (i % 3 == 2 ? p[i] != ':' : !hex))
            return false;
    }
    return true;
}

static bool look_print(struct look *k, const struct line *l)
{
    const char *prefix = "a=fingerprint:sha-256 ";
    size_t n = strlen(prefix);
    if (l->len != n + PRINT_LEN || strncasecmp(l->at, prefix, n) != 0 ||
        !print_valid(l->at + n))
        return false;
    if (k->print[0] == '\0')
        memcpy(k->print, l->at + n, PRINT_LEN);
    else if (strncasecmp(k->print, l->at + n, PRINT_LEN) != 0)
        return false;
    if (k->media == 0)
        k->session_print = true;
    k->media_print = true;
    return true;
}

/* The medium that ends here must have had a fingerprint. */
static void look_end_medium(struct look *k)
{
    if (k->media > 0 && !k->media_print && !k->session_print)
        k->bad = k->bad ? k->bad : SIGNAL_FINGERPRINT;
    k->media_print = false;
}

static void look_line(struct look *k, const struct line *l)
{
    bool ok = true;
    enum signal_reason why = SIGNAL_MALFORMED;
    if (k->lines++ == 0)
        ok = l->len == 3 && line_starts(l, "v=0");
    else if (l->len < 2 || l->at[1] != '=' || memchr(l->at, '\r', l->len) ||
             memchr(l->at, '\0', l->len))
        ok = false;
    else if (line_starts(l, "o="))
        ok = look_origin(k, *l);
    else if (line_starts(l, "a=x-luukku-offer:"))
        ok = look_answers(k, *l);
    else if (line_starts(l, "m=")) {
        look_end_medium(k);
        k->media++;
    } else if (l->len >= 14 && strncasecmp(l->at, "a=fingerprint:", 14) == 0) {
        ok = look_print(k, l);
        why = SIGNAL_FINGERPRINT;
    }
    /* Malformed is looked for first, wherever it stands. */
    if (!ok && k->bad != SIGNAL_MALFORMED)
        k->bad = why;
}

static unsigned hex_digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : ((unsigned)c | 0x20) - 'a' + 10;
}

/* What look_print() found good. */
static void print_read(const char *p, uint8_t *ret)
{
    for (size_t i = 0; i < SIGNAL_PRINT_LEN; i++)
        ret[i] = (uint8_t)(hex_digit(p[3 * i]) << 4 | hex_digit(p[3 * i + 1]));
}

enum signal_reason signal_sdp_look(const char *text, size_t len,
                                   struct signal_sdp *ret)
{
    struct look k = {.bad = SIGNAL_OK};
    const char *end = text + len;
    while (text < end) {
        const char *nl = memchr(text, '\n', (size_t)(end - text));
        struct line l = {.at = text, .len = (size_t)((nl ? nl : end) - text)};
        if (l.len > 0 && l.at[l.len - 1] == '\r')
            l.len--;
        look_line(&k, &l);
        text = nl ? nl + 1 : end;
    }
    look_end_medium(&k);
    if (k.bad == SIGNAL_MALFORMED || !k.origin || k.media == 0)
        return SIGNAL_MALFORMED;
    if (k.bad != SIGNAL_OK)
        return k.bad;
    print_read(k.print, k.found.print);
    *ret = k.found;
    return SIGNAL_OK;
}

#include "forms/pattern.h"

#include <string.h>

#include <unictype.h>
#include <unistr.h>

struct place {
    ucs4_t c;
    bool any; /* a class: A, 9 or X; else itself */
    bool many;
};

static size_t read_places(const char *pattern,
                          struct place ret[FORMS_PATTERN_MAX])
{
    size_t n = 0;
    const uint8_t *at = (const uint8_t *)pattern;
    const uint8_t *end = at + strlen(pattern);
    while (at < end && n < FORMS_PATTERN_MAX) {
        ucs4_t c = 0;
        at += u8_mbtouc(&c, at, (size_t)(end - at));
        bool any = c == 'A' || c == '9' || c == 'X';
        bool many = any && *at == '*';
        at += many;
        ret[n++] = (struct place){.c = c, .any = any, .many = many};
    }
    return n;
}

static bool takes(const struct place *p, ucs4_t c)
{
    bool digit = c >= '0' && c <= '9';
    if (!p->any)
        return p->c == c;
    if (digit)
        return p->c != 'A';
    return p->c != '9' && uc_is_general_category(c, UC_LETTER);
}

/* Bit i of the state: the places before the i-th have had their characters. */
bool forms_pattern_fits(const char *pattern, const char *s, size_t len)
{
    struct place place[FORMS_PATTERN_MAX];
    size_t places = read_places(pattern, place);
    uint64_t state = 1;
    const uint8_t *at = (const uint8_t *)s;
    const uint8_t *end = at + len;
    while (at < end && state) {
        ucs4_t c = 0;
        uint64_t next = 0;
        at += u8_mbtouc(&c, at, (size_t)(end - at));
        for (size_t i = 0; i < places; i++) {
            if (!(state >> i & 1) || !takes(&place[i], c))
                continue;
            next |= (uint64_t)1 << (i + 1);
            /* Of many: the next character may be one more of them. */
            if (place[i].many)
                next |= (uint64_t)1 << i;
        }
        state = next;
    }
    return state >> places & 1;
}

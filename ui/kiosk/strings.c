#include "kiosk/strings.h"

#include "base/defs.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum kiosk_lang kiosk_lang_find(const char *code)
{
    for (int i = 0; i < KIOSK_LANGS; i++)
        if (strcmp(kiosk_lang_codes[i], code) == 0)
            return (enum kiosk_lang)i;
    return KIOSK_LANG_FI;
}

bool kiosk_lang_rtl(enum kiosk_lang lang)
{
    return strcmp(kiosk_lang_codes[lang], "ar") == 0;
}

const char *kiosk_str(enum kiosk_lang lang, enum kiosk_str key)
{
    return kiosk_str_texts[lang][key];
}

static enum kiosk_form form_slavic(uint64_t n)
{
    uint64_t ten = n % 10;
    uint64_t hundred = n % 100;
    if (ten == 1 && hundred != 11)
        return KIOSK_FORM_ONE;
    bool few = ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14);
    return few ? KIOSK_FORM_FEW : KIOSK_FORM_MANY;
}

static enum kiosk_form form_arabic(uint64_t n)
{
    static const enum kiosk_form small[] = {KIOSK_FORM_ZERO, KIOSK_FORM_ONE,
                                            KIOSK_FORM_TWO};
    uint64_t hundred = n % 100;
    if (n < LK_ARRAY_LEN(small))
        return small[n];
    if (hundred >= 3 && hundred <= 10)
        return KIOSK_FORM_FEW;
    return hundred >= 11 ? KIOSK_FORM_MANY : KIOSK_FORM_OTHER;
}

enum kiosk_form kiosk_lang_form(enum kiosk_lang lang, uint64_t n)
{
    if (lang == KIOSK_LANG_RU || lang == KIOSK_LANG_UK)
        return form_slavic(n);
    if (lang == KIOSK_LANG_AR)
        return form_arabic(n);
    if (lang == KIOSK_LANG_SE && n == 2)
        return KIOSK_FORM_TWO;
    return n == 1 ? KIOSK_FORM_ONE : KIOSK_FORM_OTHER;
}

const char *kiosk_str_plural(enum kiosk_lang lang, enum kiosk_plural key,
                             uint64_t n)
{
    return kiosk_plural_texts[lang][key][kiosk_lang_form(lang, n)];
}

void kiosk_str_count(enum kiosk_lang lang, enum kiosk_plural key, uint64_t n,
                     size_t cap, char *ret)
{
    char number[24];
    (void)snprintf(number, sizeof(number), "%" PRIu64, n);
    kiosk_str_fill(kiosk_str_plural(lang, key, n), "n", number, cap, ret);
}

/* Length of the placeholder at `at`, or 0 when it is not `key`. */
static size_t holder_len(const char *at, const char *key)
{
    size_t n = strlen(key);
    if (at[0] != '{' || strncmp(at + 1, key, n) != 0 || at[n + 1] != '}')
        return 0;
    return n + 2;
}

/* Whether the byte goes on with a character begun before it. */
static bool is_tail(char c)
{
    return ((uint8_t)c & 0xc0) == 0x80;
}

void kiosk_str_fill(const char *text, const char *key, const char *value,
                    size_t cap, char *ret)
{
    size_t len = 0;
    while (*text && len + 1 < cap) {
        size_t skip = holder_len(text, key);
        size_t n = skip ? strlen(value) : 1;
        size_t room = cap - 1 - len;
        if (skip && n > room)
            n = lk_utf8_cut(value, n, room);
        memcpy(ret + len, skip ? value : text, n);
        len += n;
        text += skip ? skip : 1;
    }
    if (is_tail(*text)) {
        while (len > 0 && is_tail(ret[len - 1]))
            len--;
        len -= len > 0;
    }
    ret[len] = '\0';
}

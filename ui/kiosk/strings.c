#include "kiosk/strings.h"

#include "base/defs.h"
#include "base/text.h"

#include <stdbool.h>
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

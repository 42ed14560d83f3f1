#include "forms/json_out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uninorm.h>

static void add(struct json_out *o, const char *s, size_t len)
{
    if (o->error == 0)
        o->error = lk_buf_append(o->b, s, len);
}

static void before(struct json_out *o)
{
    if (o->comma)
        add(o, ",", 1);
    o->comma = true;
}

void jout_open(struct json_out *o, char bracket)
{
    before(o);
    add(o, &bracket, 1);
    o->comma = false;
}

void jout_close(struct json_out *o, char bracket)
{
    add(o, &bracket, 1);
    o->comma = true;
}

static void escape(struct json_out *o, uint8_t c)
{
    static const char letter[] = "btnvfr"; /* 0x08..0x0d; \v has none */
    char s[8];
    if (c == '"' || c == '\\')
        (void)snprintf(s, sizeof(s), "\\%c", c);
    else if (c >= 0x08 && c <= 0x0d && c != 0x0b)
        (void)snprintf(s, sizeof(s), "\\%c", letter[c - 0x08]);
    else
        (void)snprintf(s, sizeof(s), "\\u%04x", c);
    add(o, s, strlen(s));
}

static void quoted(struct json_out *o, const char *s, size_t len)
{
    size_t from = 0;
    add(o, "\"", 1);
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)s[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        add(o, s + from, i - from);
        escape(o, c);
        from = i + 1;
    }
    add(o, s + from, len - from);
    add(o, "\"", 1);
}

static bool is_ascii(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((uint8_t)s[i] >= 0x80)
            return false;
    return true;
}

void jout_text(struct json_out *o, const char *s)
{
    size_t len = strlen(s);
    before(o);
    if (is_ascii(s, len)) {
        quoted(o, s, len);
        return;
    }
    size_t n = 0;
    uint8_t *nfc = u8_normalize(UNINORM_NFC, (const uint8_t *)s, len, NULL, &n);
    if (nfc)
        quoted(o, (const char *)nfc, n);
    else if (o->error == 0)
        o->error = errno == EILSEQ ? -EBADMSG : -ENOMEM;
    if (nfc)
        explicit_bzero(nfc, n);
    free(nfc);
}

void jout_raw(struct json_out *o, const char *s)
{
    before(o);
    add(o, s, strlen(s));
}

void jout_whole(struct json_out *o, uint64_t n)
{
    char s[24];
    (void)snprintf(s, sizeof(s), "%" PRIu64, n);
    jout_raw(o, s);
}

void jout_key(struct json_out *o, const char *key)
{
    before(o);
    quoted(o, key, strlen(key));
    add(o, ":", 1);
    o->comma = false;
}

void jout_put(struct json_out *o, const char *key, const char *s)
{
    jout_key(o, key);
    jout_text(o, s);
}

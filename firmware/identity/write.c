/* What is said to the page. */
#include "identity/words.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Text that turns sour on the first failure and stays so. */
struct out {
    char *at;
    size_t len;
    size_t cap;
    int error;
};

static void put(struct out *o, const char *format, ...) LK_PRINTF(2, 3);
static void put(struct out *o, const char *format, ...)
{
    va_list args;
    if (o->error < 0)
        return;
    va_start(args, format);
    int n = vsnprintf(o->at + o->len, o->cap - o->len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= o->cap - o->len)
        o->error = -EMSGSIZE;
    else
        o->len += (size_t)n;
}

/* A text that is known to hold no control characters. */
static void put_text(struct out *o, const char *key, const char *s)
{
    put(o, ",\"%s\":\"", key);
    for (; *s; s++)
        put(o, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
    put(o, "\"");
}

static void put_bytes(struct out *o, const char *key, const uint8_t *data,
                      size_t len)
{
    put(o, ",\"%s\":\"", key);
    if (o->error == 0 && LK_B64U_SIZE(len) > o->cap - o->len)
        o->error = -EMSGSIZE;
    if (o->error < 0)
        return;
    lk_b64u_encode(data, len, o->at + o->len);
    o->len += LK_B64U_SIZE(len) - 1;
    put(o, "\"");
}

static int end(const struct out *o)
{
    return o->error < 0 ? o->error : (int)o->len;
}

int identity_write_role(const struct identity_acting *a, char *ret, size_t cap)
{
    struct out o = {.at = ret, .cap = cap};
    if (!identity_acting_valid(a))
        return -EINVAL;
    put(&o, "{\"type\":\"role\",\"role\":\"%s\"", identity_role_word(a->role));
    put_text(&o, "name", a->name);
    put_text(&o, "id", a->id);
    put(&o, "}");
    return end(&o);
}

static bool token_valid(const char *s, size_t len)
{
    static const char *const good = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "abcdefghijklmnopqrstuvwxyz0123456789_.-";
    for (size_t i = 0; i < len; i++)
        if (s[i] == '\0' || !strchr(good, s[i]))
            return false;
    return len > 0;
}

static int proof_valid(const struct identity_said *s)
{
    if (s->how == IDENTITY_DOCUMENT)
        return 0;
    if (s->sig_len > IDENTITY_SIG_MAX || s->cert_len > IDENTITY_CERT_MAX ||
        s->token_len > IDENTITY_TOKEN_MAX)
        return -EMSGSIZE;
    if (s->sig_len == 0)
        return -EINVAL;
    if (s->how == IDENTITY_CARD)
        return s->cert_len > 0 && s->alg ? 0 : -EINVAL;
    return token_valid(s->token, s->token_len) ? 0 : -EINVAL;
}

static void put_proof(struct out *o, const struct identity_said *s)
{
    if (s->how == IDENTITY_DOCUMENT)
        return;
    if (s->how == IDENTITY_CARD) {
        put_bytes(o, "cert", s->cert, s->cert_len);
        put_text(o, "alg", s->alg);
    } else {
        put(o, ",\"token\":\"%.*s\"", (int)s->token_len, s->token);
    }
    put_bytes(o, "sig", s->sig, s->sig_len);
}

int identity_write(const struct identity_said *s, char *ret, size_t cap)
{
    struct out o = {.at = ret, .cap = LK_MIN(cap, IDENTITY_SAID_MAX + 1)};
    if (s->how >= IDENTITY_HOWS || s->state >= IDENTITY_STATES ||
        s->why >= IDENTITY_WHYS)
        return -EINVAL;
    int r = s->state == IDENTITY_PROOF ? proof_valid(s) : 0;
    if (r < 0)
        return r;
    put(&o, "{\"type\":\"identity\",\"n\":%u,\"how\":\"%s\",\"state\":\"%s\"",
        s->n, identity_how_word(s->how), identity_state_word(s->state));
    if (s->state == IDENTITY_FAILED)
        put(&o, ",\"why\":\"%s\",\"tries\":%d", identity_why_word(s->why),
            s->tries == IDENTITY_TRIES_UNKNOWN ? -1 : s->tries);
    if (s->state == IDENTITY_SHOW_CODE)
        put(&o, ",\"left\":%u", s->left_s);
    if (s->state == IDENTITY_PROOF)
        put_proof(&o, s);
    put(&o, "}");
    return end(&o);
}

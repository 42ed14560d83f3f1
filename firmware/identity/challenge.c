/* What is signed: the challenge's lines and their hash. */
#include "identity/identity.h"

#include "identity/words.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

bool identity_binding_same(const struct identity_binding *a,
                           const struct identity_binding *b)
{
    return strcmp(a->kiosk, b->kiosk) == 0 &&
           strcmp(a->expert, b->expert) == 0 && strcmp(a->call, b->call) == 0 &&
           strcmp(a->kn, b->kn) == 0 && strcmp(a->en, b->en) == 0 &&
           memcmp(a->kiosk_print, b->kiosk_print, IDENTITY_HASH_LEN) == 0 &&
           memcmp(a->page_print, b->page_print, IDENTITY_HASH_LEN) == 0;
}

/* A line's text: anything that ends a line, or hides, would let one text of
 * lines be read in two ways. U+0080..9F are controls, too; U+2028 and U+2029
 * end lines. */
static bool line_valid(const char *s, size_t size)
{
    size_t len = strnlen(s, size);
    if (len == size || !lk_utf8_valid(s, len))
        return false;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)s[i];
        if (c < 0x20 || c == 0x7f)
            return false;
        if (c == 0xc2 && (uint8_t)s[i + 1] < 0xa0)
            return false;
        if (c == 0xe2 && (strncmp(s + i, "\xe2\x80\xa8", 3) == 0 ||
                          strncmp(s + i, "\xe2\x80\xa9", 3) == 0))
            return false;
    }
    return true;
}

bool identity_acting_valid(const struct identity_acting *a)
{
    if (a->role >= IDENTITY_ROLES || !line_valid(a->name, sizeof(a->name)) ||
        !line_valid(a->id, sizeof(a->id)))
        return false;
    return a->role == IDENTITY_SELF ? !a->name[0] && !a->id[0]
                                    : a->name[0] != '\0';
}

int identity_lines(enum identity_how how, const struct identity_binding *b,
                   const struct identity_acting *a, const uint8_t *token_sha256,
                   char ret[IDENTITY_LINES_MAX])
{
    char kiosk[2 * IDENTITY_HASH_LEN + 1];
    char page[2 * IDENTITY_HASH_LEN + 1];
    char token[2 * IDENTITY_HASH_LEN + 1] = "";
    if (how >= IDENTITY_HOWS || !identity_acting_valid(a))
        return -EINVAL;
    lk_hex_encode(b->kiosk_print, IDENTITY_HASH_LEN, kiosk);
    lk_hex_encode(b->page_print, IDENTITY_HASH_LEN, page);
    if (token_sha256)
        lk_hex_encode(token_sha256, IDENTITY_HASH_LEN, token);
    int n = snprintf(ret, IDENTITY_LINES_MAX,
                     "luukku-identity-1\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n"
                     "identify\n%s\n%s\n%s%s%s",
                     identity_how_word(how), b->kiosk, b->expert, b->call,
                     b->kn, b->en, kiosk, page, identity_role_word(a->role),
                     a->name, a->id, token_sha256 ? "\n" : "", token);
    return n < 0 || n >= IDENTITY_LINES_MAX ? -EMSGSIZE : n;
}

int identity_digest(const void *data, size_t len,
                    uint8_t ret[IDENTITY_HASH_LEN])
{
    return EVP_Digest(data, len, ret, NULL, EVP_sha256(), NULL) == 1 ? 0
                                                                     : -ENOMEM;
}

int identity_login_nonce(const struct identity_binding *b,
                         char ret[IDENTITY_LOGIN_NONCE_SIZE])
{
    char lines[IDENTITY_LINES_MAX];
    uint8_t hash[IDENTITY_HASH_LEN];
    _Static_assert(LK_B64U_SIZE(IDENTITY_HASH_LEN) == IDENTITY_LOGIN_NONCE_SIZE,
                   "a hash fits");
    int n = snprintf(lines, sizeof(lines), "luukku-login-1\n%s\n%s\n%s\n%s\n%s",
                     b->kiosk, b->expert, b->call, b->kn, b->en);
    int r = identity_digest(lines, (size_t)n, hash);
    if (r == 0)
        lk_b64u_encode(hash, sizeof(hash), ret);
    return r;
}

int identity_challenge(enum identity_how how, const struct identity_binding *b,
                       const struct identity_acting *a,
                       uint8_t ret[IDENTITY_HASH_LEN])
{
    char lines[IDENTITY_LINES_MAX];
    int n = identity_lines(how, b, a, NULL, lines);
    int r = n < 0 ? n : identity_digest(lines, (size_t)n, ret);
    explicit_bzero(lines, sizeof(lines));
    return r;
}

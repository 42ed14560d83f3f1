/* Tracking codes: the alphabet of Crockford's Base32 and the check character of
 * ISO/IEC 7064:2003, MOD 37,36 (hybrid system, clause 8). */
#include "base/text.h"
#include "seal/seal.h"

#include <errno.h>
#include <string.h>

#define MARK 2    /* characters */
#define RANDOM 12 /* 5 bits each */
#define CODE (MARK + RANDOM + 1)
#define GROUP 4
#define MODULUS 36

/* The first 32 without I, L, O and U are Crockford's, in his order. */
static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static int code_digit(char c)
{
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* What was meant: capitals, O is 0, I and L are 1; '\0' for anything else. */
static char code_letter(char c)
{
    if (c >= 'a' && c <= 'z')
        c = digits[c - 'a' + 10];
    if (c == 'O')
        return '0';
    if (c == 'I' || c == 'L')
        return '1';
    if (code_digit(c) < 0)
        return '\0';
    return c;
}

static char code_check(const char *code)
{
    int p = MODULUS;
    for (int i = 0; i < CODE - 1; i++) {
        int s = (p + code_digit(code[i])) % MODULUS;
        p = (s ? s : MODULUS) * 2 % (MODULUS + 1);
    }
    return digits[(MODULUS + 1 - p) % MODULUS];
}

/* In groups of four, the last of three. */
static void code_print(const char *code, char ret[SEAL_CODE_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < CODE; i++) {
        if (i > 0 && i % GROUP == 0)
            ret[n++] = '-';
        ret[n++] = code[i];
    }
    ret[n] = '\0';
}

static void code_draw(char *ret)
{
    uint8_t bytes[RANDOM];
    lk_random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < RANDOM; i++)
        ret[i] = crockford[bytes[i] % (LK_ARRAY_LEN(crockford) - 1)];
}

int seal_code_new(const char *mark, char ret[SEAL_CODE_MAX])
{
    char code[CODE];
    if (strlen(mark) != MARK)
        return -EINVAL;
    for (size_t i = 0; i < MARK; i++) {
        code[i] = code_letter(mark[i]);
        if (!code[i])
            return -EINVAL;
    }
    /* The check character may be one that reading takes for another: then
     * another code is drawn; that is so for one in nine. */
    do {
        code_draw(code + MARK);
        code[CODE - 1] = code_check(code);
    } while (!strchr(crockford, code[CODE - 1]));
    code_print(code, ret);
    return 0;
}

int seal_code_read(const char *typed, char ret[SEAL_CODE_MAX])
{
    char code[CODE];
    size_t n = 0;
    for (; *typed; typed++) {
        if (*typed == ' ' || *typed == '-')
            continue;
        char c = code_letter(*typed);
        if (!c || n == CODE || (n >= MARK && c == 'U'))
            return -EBADMSG;
        code[n++] = c;
    }
    if (n < CODE || code_check(code) != code[CODE - 1])
        return -EBADMSG;
    code_print(code, ret);
    return 0;
}

void seal_code_mark(const char *agency, char ret[3])
{
    char mark[MARK + 1] = "XX";
    size_t n = 0;
    for (; *agency && n < MARK; agency++)
        if (code_letter(*agency))
            mark[n++] = code_letter(*agency);
    memcpy(ret, n == MARK ? mark : "XX", sizeof(mark));
}

bool seal_code_is_of(const char *code, const char *agency)
{
    char mark[MARK + 1];
    seal_code_mark(agency, mark);
    return strncmp(code, mark, MARK) == 0;
}

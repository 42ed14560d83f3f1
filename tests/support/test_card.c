#include "test_card.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/rsa.h>

#define MUST(x)      \
    do {             \
        if (!(x))    \
            abort(); \
    } while (0)

#define SATU "10000001N" /* 10000001 modulo 31 is 21: N */

static const uint8_t pkcs15[] = {0xa0, 0x00, 0x00, 0x00, 0x63, 0x50,
                                 0x4b, 0x43, 0x53, 0x2d, 0x31, 0x35};
static const uint8_t other[] = {0xd2, 0x76, 0x00, 0x00, 0x66, 0x01};

/* --- what it holds ---------------------------------------------------------
 */

static void add_file(struct test_card *c, unsigned dir, unsigned id,
                     const void *data, size_t len)
{
    MUST(c->files < TEST_CARD_FILES_MAX);
    struct test_card_file *f = &c->file[c->files++];
    f->dir[0] = (uint8_t)(dir >> 8);
    f->dir[1] = (uint8_t)dir;
    f->id[0] = (uint8_t)(id >> 8);
    f->id[1] = (uint8_t)id;
    f->data = malloc(len + 1);
    MUST(f->data);
    memcpy(f->data, data, len);
    f->len = len;
}

/* Files longer than what they hold, as cards have them: zeros behind. */
static void add_cert(struct test_card *c, unsigned dir, unsigned id, X509 *x)
{
    uint8_t *der;
    size_t len = test_cert_der(x, &der);
    uint8_t *padded = calloc(1, len + 300);
    MUST(padded);
    memcpy(padded, der, len);
    add_file(c, dir, id, padded, len + 300);
    free(padded);
    free(der);
}

/* Writes what a text says: "30(04:3F00 02:01)" is a SEQUENCE of an OCTET STRING
 * and an INTEGER; digits alone are bytes. Lengths are below 128. */
static size_t write_tlv(const char **at, uint8_t *out);

/* A byte of two digits; moves *at behind it. */
static bool take_byte(const char **at, uint8_t *ret)
{
    char two[3] = "";
    char *end;
    memcpy(two, *at, strnlen(*at, 2));
    *ret = (uint8_t)strtoul(two, &end, 16);
    if (end != two + 2 || two[0] == ' ')
        return false;
    *at += 2;
    return true;
}

static size_t write_tlv(const char **at, uint8_t *out)
{
    size_t n = 0;
    while (**at && **at != ')') {
        if (**at == ' ') {
            (*at)++;
            continue;
        }
        MUST(take_byte(at, &out[n]));
        n++;
        if (**at != '(' && **at != ':')
            continue;
        bool list = *(*at)++ == '(';
        size_t len = 0;
        if (list) {
            len = write_tlv(at, out + n + 1);
            MUST(*(*at)++ == ')');
        }
        while (!list && take_byte(at, &out[n + 1 + len]))
            len++;
        MUST(len < 128);
        out[n] = (uint8_t)len;
        n += 1 + len;
    }
    return n;
}

static void add_text(struct test_card *c, unsigned id, const char *text)
{
    uint8_t b[600];
    size_t n = write_tlv(&text, b);
    MUST(*text == 0);
    add_file(c, 0x3f00, id, b, n);
}

/* PIN 1: global, ASCII, 4..12, stored 12, padded with 00; PIN 2: local to 5016,
 * 6..12; PUK. The plain card's PIN: BCD, 8 bytes, padded with ff. */
static void add_pins(struct test_card *c)
{
    if (c->kind == TEST_PLAIN)
        add_text(c, 0x4401,
                 "30(30(0C:55736572) 30(04:01) A1(30(03:020C 0A:00 02:04"
                 " 02:08 02:0C 80:05 04:FF)))");
    else
        add_text(c, 0x4401,
                 "30(30(0C:50494E31) 30(04:01) A1(30(03:020C 0A:01 02:04"
                 " 02:0C 02:0C 80:11 04:00)))"
                 "30(30(0C:50494E32) 30(04:02) A1(30(03:024C 0A:01 02:06"
                 " 02:0C 02:0C 80:0082 04:00 30(04:3F005016))))"
                 "30(30(0C:50554B) 30(04:03) A1(30(03:010E 0A:01 02:08"
                 " 02:0C 02:0C 80:0083 04:00)))");
}

/* Key 1 signs, key 2 is for what cannot be denied. */
static void add_keys(struct test_card *c)
{
    static const char *const text[] = {
        [TEST_FINEID4] = "A0(30(0C:4B31 04:01) 30(04:45 03:0520 02:01)"
                         " A1(30(30(04:3F004B01) 02:0180)))"
                         "A0(30(0C:4B32 04:02) 30(04:46 03:060040 02:02)"
                         " A1(30(30(04:3F0050164B02) 02:0180)))",
        [TEST_FINEID3] = "30(30(0C:4B31 04:01) 30(04:45 03:0520 02:01)"
                         " A1(30(30(04:3F004B01) 02:0800)))"
                         "A0(30(0C:4B32 04:02) 30(04:46 03:060040 02:03)"
                         " A1(30(30(04:3F0050164B02) 02:0100)))",
        [TEST_PLAIN] = "30(30(0C:4B31 04:01) 30(04:45 03:0520 02:07)"
                       " A1(30(30(04:3F004B01) 02:0800)))"};
    add_text(c, 0x4402, text[c->kind]);
}

/* ODF: AODF 4401, PrKDF 4402, CDF 4403. */
static void add_pkcs15(struct test_card *c)
{
    add_text(c, 0x5031,
             "A8(30(04:3F004401))A0(30(04:3F004402))A4(30(04:3F004403))"
             "00000000");
    add_pins(c);
    add_keys(c);
    add_text(c, 0x4403,
             "30(30(0C:4341) 30(04:99 01:FF) A1(30(30(04:3F005504))))"
             "30(30(0C:43657274) 30(04:45) A1(30(30(04:3F005501))))");
}

static void make_pki(struct test_card *c)
{
    static const enum test_key keys[][2] = {
        [TEST_FINEID4] = {TEST_P384, TEST_P384},
        [TEST_FINEID3] = {TEST_RSA2048, TEST_P256},
        [TEST_PLAIN] = {TEST_RSA2048, TEST_P256}};
    const struct test_cert ca = {.common = "Test CA",
                                 .ca = true,
                                 .usage = "keyCertSign,cRLSign",
                                 .number = 1};
    struct test_cert t = {.given = "Maija",
                          .surname = "Ääkkönen",
                          .common = "Ääkkönen Maija " SATU,
                          .serial = SATU};
    c->ca_key = test_key_new(TEST_P384);
    c->ca = test_cert_new(&ca, c->ca_key, NULL, NULL);
    for (int i = 0; i < 2; i++) {
        t.usage =
            i == 0 ? "critical,digitalSignature" : "critical,nonRepudiation";
        t.number = 100 + i;
        c->key[i] = test_key_new(keys[c->kind][i]);
        c->cert[i] = test_cert_new(&t, c->key[i], c->ca, c->ca_key);
    }
}

void test_card_set_pin(struct test_card *c, int which, const char *digits)
{
    size_t n = strlen(digits);
    MUST(n < sizeof(c->pin[0]));
    for (size_t i = 0; i < n; i++)
        c->pin[which][i] = (char)(digits[i] ^ TEST_CARD_HIDE);
    c->pin[which][n] = 0;
}

struct test_card *test_card_new(enum test_card_kind kind)
{
    struct test_card *c = calloc(1, sizeof(*c));
    MUST(c);
    c->kind = kind;
    c->tries[0] = c->tries[1] = 5;
    c->dir[0] = 0x3f;
    test_card_set_pin(c, 0, TEST_CARD_PIN1);
    test_card_set_pin(c, 1, TEST_CARD_PIN2);
    make_pki(c);
    add_pkcs15(c);
    if (kind == TEST_PLAIN) {
        add_text(c, 0x2f00, "61(4F:D27600006601 50:4944)");
        add_cert(c, 0x3f00, 0x5501, c->cert[0]);
        return c;
    }
    add_cert(c, 0x3f00, 0x4331, c->cert[0]);
    add_cert(c, 0x5016, kind == TEST_FINEID4 ? 0x4332 : 0x4335, c->cert[1]);
    c->no_probe = kind == TEST_FINEID3;
    return c;
}

void test_card_free(struct test_card *c)
{
    for (size_t i = 0; i < c->files; i++)
        free(c->file[i].data);
    for (int i = 0; i < 2; i++) {
        EVP_PKEY_free(c->key[i]);
        X509_free(c->cert[i]);
    }
    EVP_PKEY_free(c->ca_key);
    X509_free(c->ca);
    free(c);
}

/* --- commands --------------------------------------------------------------
 */

struct command {
    const uint8_t *head;
    const uint8_t *data;
    size_t len;
    size_t le;
};

/* Seven bytes or more, of which the fifth is 0: lengths of two bytes. */
static bool read_extended(const uint8_t *a, size_t len, struct command *x)
{
    size_t n = (size_t)a[5] << 8 | a[6];
    if (len == 7) {
        x->le = n ? n : 65536;
        return true;
    }
    x->data = a + 7;
    x->len = n;
    if (len == 9 + n)
        x->le = (size_t)a[7 + n] << 8 | a[8 + n];
    return len == 7 + n || len == 9 + n;
}

static bool read_command(const uint8_t *a, size_t len, struct command *ret)
{
    struct command x = {.head = a};
    bool good = len >= 4;
    if (len >= 7 && a[4] == 0) {
        good = read_extended(a, len, &x);
    } else if (len == 5) {
        x.le = a[4] ? a[4] : 256;
    } else if (len > 5) {
        x.data = a + 5;
        x.len = a[4];
        if (len == 6U + a[4])
            x.le = a[5U + a[4]] ? a[5U + a[4]] : 256;
        good = len == 5U + a[4] || len == 6U + a[4];
    }
    if (good)
        *ret = x;
    return good;
}

static size_t say(struct test_card *c, size_t n, unsigned sw)
{
    c->answer[n] = (uint8_t)(sw >> 8);
    c->answer[n + 1] = (uint8_t)sw;
    return n + 2;
}

static size_t select_file(struct test_card *c, const uint8_t *dir,
                          const uint8_t *id)
{
    for (size_t i = 0; i < c->files; i++)
        if (memcmp(c->file[i].dir, dir, 2) == 0 &&
            memcmp(c->file[i].id, id, 2) == 0) {
            c->selected = &c->file[i];
            memcpy(c->dir, dir, 2);
            return say(c, 0, 0x9000);
        }
    return say(c, 0, 0x6a82);
}

static size_t do_select(struct test_card *c, const struct command *x)
{
    static const uint8_t root[2] = {0x3f, 0x00};
    static const uint8_t esign[2] = {0x50, 0x16};
    const uint8_t *aid = c->kind == TEST_PLAIN ? other : pkcs15;
    size_t aid_len = c->kind == TEST_PLAIN ? sizeof(other) : sizeof(pkcs15);
    switch (x->head[2]) {
    case 0x04:
        if (x->len != aid_len || memcmp(x->data, aid, aid_len) != 0)
            return say(c, 0, 0x6a82);
        c->app = true;
        memcpy(c->dir, root, 2);
        return say(c, 0, 0x9000);
    case 0x02:
        return x->len == 2 ? select_file(c, c->dir, x->data)
                           : say(c, 0, 0x6a80);
    case 0x08:
        if (x->len == 2 && memcmp(x->data, esign, 2) == 0) {
            memcpy(c->dir, esign, 2);
            return say(c, 0, 0x9000);
        }
        if (x->len == 2)
            return select_file(c, root, x->data);
        return x->len == 4 ? select_file(c, x->data, x->data + 2)
                           : say(c, 0, 0x6a80);
    default:
        return say(c, 0, 0x6a86);
    }
}

static size_t do_read(struct test_card *c, const struct command *x)
{
    size_t at = (size_t)x->head[2] << 8 | x->head[3];
    const struct test_card_file *f = c->selected;
    if (!f)
        return say(c, 0, 0x6986);
    if (x->le > 256 && !c->extended)
        return say(c, 0, 0x6700);
    if (at >= f->len)
        return say(c, 0, 0x6b00);
    size_t n = f->len - at < x->le ? f->len - at : x->le;
    bool fewer = n < x->le;
    if (c->answer_max && n > c->answer_max)
        n = c->answer_max;
    memcpy(c->answer, f->data + at, n);
    return say(c, n, fewer && n == f->len - at ? 0x6282 : 0x9000);
}

/* The PIN that a block holds, its characters hidden by TEST_CARD_HIDE, so that
 * the card holds no PIN in clear; "" when it is not padded as it must be. */
static void read_pin(const struct test_card *c, const struct command *x,
                     char *ret)
{
    size_t n = 0;
    ret[0] = 0;
    if (c->kind == TEST_PLAIN) {
        if (x->len != 8)
            return;
        for (size_t i = 0; i < 16; i++) {
            unsigned v = i % 2 ? x->data[i / 2] & 15U : x->data[i / 2] >> 4U;
            if (v > 9)
                break;
            ret[n++] = (char)(('0' + v) ^ TEST_CARD_HIDE);
        }
    } else {
        if (x->len != 12)
            return;
        while (n < 12 && x->data[n] != 0) {
            ret[n] = (char)(x->data[n] ^ TEST_CARD_HIDE);
            n++;
        }
    }
    ret[n] = 0;
}

static int pin_of(const struct test_card *c, uint8_t reference)
{
    if (c->kind == TEST_PLAIN)
        return reference == 0x05 ? 0 : -1;
    if (reference == 0x11)
        return 0;
    return reference == 0x82 && c->dir[0] == 0x50 ? 1 : -1;
}

static size_t do_verify(struct test_card *c, const struct command *x)
{
    int p = pin_of(c, x->head[3]);
    if (p < 0)
        return say(c, 0, 0x6a88);
    if (x->len == 0 && c->no_probe)
        return say(c, 0, 0x6a80);
    if (c->tries[p] == 0)
        return say(c, 0, 0x6983);
    if (x->len == 0)
        return say(c, 0,
                   c->verified[p] ? 0x9000U : 0x63c0U | (unsigned)c->tries[p]);
    c->verifies++;
    read_pin(c, x, c->pin_seen);
    c->verified[p] = strcmp(c->pin_seen, c->pin[p]) == 0;
    if (c->verified[p]) {
        c->tries[p] = 5;
        return say(c, 0, 0x9000);
    }
    c->tries[p]--;
    return say(c, 0, 0x63c0U | (unsigned)c->tries[p]);
}

/* FINEID v3.0's, as far as the tries. */
static size_t do_get_data(struct test_card *c, const struct command *x)
{
    int p = x->len == 5 ? pin_of(c, x->data[4]) : -1;
    if (c->kind != TEST_FINEID3 || p < 0)
        return say(c, 0, 0x6a88);
    const uint8_t data[] = {
        0xa0, 19,   0x83, 1,    x->data[4], 0x8a, 1,
        5,    0xdf, 0x20, 1,    12,         0x8c, 3,
        3,    0,    0,    0xdf, 0x21,       1,    (uint8_t)c->tries[p]};
    memcpy(c->answer, data, sizeof(data));
    return say(c, 21, 0x9000);
}

static size_t do_mse(struct test_card *c, const struct command *x)
{
    c->key_ref = c->algorithm = 0;
    for (size_t i = 0; i + 2 < x->len; i += 3) {
        if (x->data[i] == 0x80)
            c->algorithm = x->data[i + 2];
        else if (x->data[i] == 0x84)
            c->key_ref = x->data[i + 2];
    }
    if ((c->algorithm & 15) == 5 && c->pkcs1_only)
        return say(c, 0, 0x6a80);
    return say(c, 0, x->head[2] == 0x41 ? 0x9000 : 0x6a86);
}

static int key_of(const struct test_card *c)
{
    if (c->kind == TEST_PLAIN)
        return c->key_ref == 7 ? 0 : -1;
    if (c->key_ref == 1)
        return 0;
    return c->key_ref == (c->kind == TEST_FINEID4 ? 2 : 3) ? 1 : -1;
}

static const EVP_MD *md_of(size_t len)
{
    return len == 32 ? EVP_sha256() : len == 48 ? EVP_sha384() : EVP_sha512();
}

/* r || s, or DER. */
static size_t put_ecdsa(struct test_card *c, const uint8_t *der, size_t len,
                        int half)
{
    if (c->der) {
        memcpy(c->answer, der, len);
        return len;
    }
    ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &der, (long)len);
    MUST(s);
    MUST(BN_bn2binpad(ECDSA_SIG_get0_r(s), c->answer, half) == half);
    MUST(BN_bn2binpad(ECDSA_SIG_get0_s(s), c->answer + half, half) == half);
    ECDSA_SIG_free(s);
    return 2 * (size_t)half;
}

static size_t sign(const struct test_card *c, EVP_PKEY *key,
                   const uint8_t *hash, size_t len, uint8_t *ret)
{
    size_t n = TEST_SIGNATURE_MAX;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    MUST(ctx && EVP_PKEY_sign_init(ctx) == 1);
    bool rsa = EVP_PKEY_is_a(key, "RSA");
    bool pss = rsa && (c->algorithm & 15) == 5;
    if (rsa)
        MUST(EVP_PKEY_CTX_set_rsa_padding(ctx, pss ? RSA_PKCS1_PSS_PADDING
                                                   : RSA_PKCS1_PADDING) == 1);
    /* A DigestInfo comes ready made. */
    if (len == 32 || len == 48 || len == 64)
        MUST(EVP_PKEY_CTX_set_signature_md(ctx, md_of(len)) == 1);
    if (pss)
        MUST(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) ==
             1);
    MUST(EVP_PKEY_sign(ctx, ret, &n, hash, len) == 1);
    EVP_PKEY_CTX_free(ctx);
    return n;
}

/* What was signed last is not signed anew: tests ask for it a thousand times.
 */
static size_t do_sign(struct test_card *c, const uint8_t *hash, size_t len)
{
    uint8_t sig[TEST_SIGNATURE_MAX];
    int k = key_of(c);
    if (k < 0)
        return say(c, 0, 0x6a88);
    if (!c->verified[k])
        return say(c, 0, 0x6982);
    EVP_PKEY *key = c->key[k];
    struct test_card_signed *done = &c->done[k];
    bool rsa = EVP_PKEY_is_a(key, "RSA");
    if (len == 0 || len > sizeof(done->hash))
        return say(c, 0, 0x6700);
    if (done->len != len || done->algorithm != c->algorithm ||
        memcmp(done->hash, hash, len) != 0) {
        memcpy(done->hash, hash, len);
        done->len = len;
        done->algorithm = c->algorithm;
        done->sig_len = sign(c, key, hash, len, done->sig);
    }
    memcpy(sig, done->sig, done->sig_len);
    size_t n = done->sig_len;
    if (c->wrong) {
        uint8_t false_one[sizeof(done->hash)];
        memcpy(false_one, hash, len);
        false_one[len - 1] ^= 1;
        n = sign(c, key, false_one, len, sig);
    }
    if (k == 1)
        c->verified[1] = false; /* a PIN for each signature */
    if (rsa)
        memcpy(c->answer, sig, n);
    else
        n = put_ecdsa(c, sig, n, EVP_PKEY_get_bits(key) / 8);
    return say(c, n, 0x9000);
}

static size_t do_pso(struct test_card *c, const struct command *x)
{
    if (c->authenticate)
        return say(c, 0, 0x6d00);
    if (x->head[2] == 0x90) {
        if (c->direct || c->kind == TEST_PLAIN)
            return say(c, 0, 0x6a86);
        if (x->len < 2 || x->data[0] != 0x90 || x->data[1] != x->len - 2)
            return say(c, 0, 0x6a80);
        memcpy(c->hash, x->data + 2, x->len - 2);
        c->hash_len = x->len - 2;
        return say(c, 0, 0x9000);
    }
    bool with_data = c->direct || c->kind == TEST_PLAIN;
    if (with_data != (x->len > 0) || x->le == 0)
        return say(c, 0, 0x6985);
    return with_data ? do_sign(c, x->data, x->len)
                     : do_sign(c, c->hash, c->hash_len);
}

size_t test_card_do(struct test_card *c, const uint8_t *apdu, size_t len)
{
    struct command x;
    c->commands++;
    if (!read_command(apdu, len, &x))
        return say(c, 0, 0x6700);
    switch (apdu[1]) {
    case 0xa4:
        return do_select(c, &x);
    case 0xb0:
        return do_read(c, &x);
    case 0x20:
        return do_verify(c, &x);
    case 0xcb:
        return do_get_data(c, &x);
    case 0x22:
        return do_mse(c, &x);
    case 0x2a:
        return do_pso(c, &x);
    case 0x88:
        return c->authenticate ? do_sign(c, x.data, x.len) : say(c, 0, 0x6d00);
    default:
        return say(c, 0, 0x6d00);
    }
}

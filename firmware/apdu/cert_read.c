/* What a certificate's bytes say: holder and key. The structure is read here,
 * so that OpenSSL's decoders are not set up for a certificate that is only
 * looked at; it judges the whole when something is verified. */
#include "apdu/cert_impl.h"
#include "apdu/tlv.h"
#include "base/text.h"

#include <openssl/asn1.h>
#include <openssl/err.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TAG_VERSION 0xa0
#define RSA_BYTES_MIN (2048 / 8)
#define RSA_BYTES_MAX (4096 / 8)

/* Where they lie in the certificate (RFC 5280, 4.1). */
struct fields {
    struct tlv subject; /* Name */
    struct tlv key;     /* SubjectPublicKeyInfo */
};

static bool skip(struct tlv_reader *r, uint32_t tag)
{
    struct tlv t;
    return tlv_next_if(r, tag, &t);
}

static bool is_oid(const struct tlv *t, const void *oid, size_t len)
{
    return t->tag == TLV_OID && t->len == len &&
           memcmp(t->value, oid, len) == 0;
}

static bool read_body(const struct tlv *body, struct fields *ret)
{
    struct tlv_reader r = tlv_inside(body);
    struct tlv t;
    (void)skip(&r, TAG_VERSION);
    /* serial number, signature, issuer, validity */
    if (!skip(&r, TLV_INTEGER) || !skip(&r, TLV_SEQUENCE) ||
        !skip(&r, TLV_SEQUENCE) || !skip(&r, TLV_SEQUENCE))
        return false;
    if (!tlv_next_if(&r, TLV_SEQUENCE, &ret->subject) ||
        !tlv_next_if(&r, TLV_SEQUENCE, &ret->key))
        return false;
    /* Identifiers and extensions, if any: objects at least. */
    while (tlv_next(&r, &t))
        ;
    return !r.bad;
}

static bool read_fields(const uint8_t *der, size_t len, struct fields *ret)
{
    struct tlv_reader r = tlv_reader(der, len);
    struct tlv whole;
    struct tlv body;
    if (!tlv_next_if(&r, TLV_SEQUENCE, &whole) || r.left > 0)
        return false;
    r = tlv_inside(&whole);
    return tlv_next_if(&r, TLV_SEQUENCE, &body) && read_body(&body, ret) &&
           skip(&r, TLV_SEQUENCE) && skip(&r, TLV_BIT_STRING) && r.left == 0;
}

/* --- the holder ---------------------------------------------------------- */

/* Attributes: the last byte of their OID, 2.5.4.x (X.520). */
enum { COMMON_NAME = 3, SURNAME = 4, SERIAL_NUMBER = 5, GIVEN_NAME = 42 };

/* The first attribute of that kind in a Name: its value. */
static bool find_attribute(const struct tlv *name, uint8_t kind,
                           struct tlv *ret)
{
    const uint8_t wanted[] = {0x55, 0x04, kind};
    struct tlv_reader names = tlv_inside(name);
    struct tlv set;
    while (tlv_next_if(&names, TLV_SET, &set)) {
        struct tlv_reader in_set = tlv_inside(&set);
        struct tlv pair;
        while (tlv_next_if(&in_set, TLV_SEQUENCE, &pair)) {
            struct tlv_reader in_pair = tlv_inside(&pair);
            struct tlv oid;
            if (tlv_next(&in_pair, &oid) &&
                is_oid(&oid, wanted, sizeof(wanted)))
                return tlv_next(&in_pair, ret);
        }
    }
    return false;
}

/* As one line of UTF-8; what cannot be one is left out. */
static bool fits_line(const uint8_t *text, int len)
{
    bool good = len > 0 && lk_utf8_valid(text, (size_t)len);
    for (int i = 0; good && i < len; i++)
        good = text[i] >= 0x20 && text[i] != 0x7f;
    return good;
}

/* The first value of an attribute; "" when there is none that can be used.
 * Errors: -ENOMEM. */
static int subject_text(const struct tlv *name, uint8_t kind, char *ret,
                        size_t cap)
{
    struct tlv value;
    unsigned char *text = NULL;
    ret[0] = 0;
    if (!find_attribute(name, kind, &value) || value.tag > 0x1f)
        return 0;
    ASN1_STRING *s = ASN1_STRING_type_new((int)value.tag);
    if (!s || ASN1_STRING_set(s, value.value, (int)value.len) != 1) {
        ASN1_STRING_free(s);
        return -ENOMEM;
    }
    int len = ASN1_STRING_to_UTF8(&text, s);
    ASN1_STRING_free(s);
    if (len < 0 && card_cert_decode_error() == -ENOMEM)
        return -ENOMEM;
    if (fits_line(text, len)) {
        size_t n = lk_utf8_cut((const char *)text, (size_t)len, cap - 1);
        memcpy(ret, text, n);
        ret[n] = 0;
    }
    OPENSSL_free(text);
    return 0;
}

static int read_subject(struct card_cert *c, const struct tlv *name)
{
    char given[CARD_NAME_MAX] = "";
    char surname[CARD_NAME_MAX] = "";
    char satu[CARD_SATU_MAX] = "";
    int r = subject_text(name, GIVEN_NAME, given, sizeof(given));
    if (r == 0)
        r = subject_text(name, SURNAME, surname, sizeof(surname));
    if (r == 0)
        r = subject_text(name, SERIAL_NUMBER, satu, sizeof(satu));
    if (r == 0)
        r = subject_text(name, COMMON_NAME, c->name, sizeof(c->name));
    if (r < 0)
        return r;
    if (given[0] && surname[0]) {
        char both[2 * CARD_NAME_MAX];
        int n = snprintf(both, sizeof(both), "%s %s", given, surname);
        size_t cut = lk_utf8_cut(both, (size_t)LK_MAX(n, 0), CARD_NAME_MAX - 1);
        memcpy(c->name, both, cut);
        c->name[cut] = 0;
    }
    if (card_satu_valid(satu))
        memcpy(c->satu, satu, sizeof(satu));
    return 0;
}

/* --- the key ------------------------------------------------------------- */

/* Bits of the modulus in RSAPublicKey (RFC 8017, A.1.1); 0: none that is
 * used. */
static unsigned modulus_bits(const struct tlv *bits)
{
    struct tlv_reader r = tlv_reader(bits->value + 1, bits->len - 1);
    struct tlv key;
    struct tlv n;
    if (!tlv_next_if(&r, TLV_SEQUENCE, &key) || r.left > 0)
        return 0;
    r = tlv_inside(&key);
    if (!tlv_next_if(&r, TLV_INTEGER, &n) || !skip(&r, TLV_INTEGER) ||
        r.left > 0)
        return 0;
    /* A whole number of bytes, so its highest bit is set: a 0 stands before. */
    if (n.len < 2 || n.value[0] != 0 || (n.value[1] & 0x80) == 0 ||
        n.len - 1 < RSA_BYTES_MIN || n.len - 1 > RSA_BYTES_MAX)
        return 0;
    return (unsigned)(n.len - 1) * 8;
}

/* The curve, where the point has its length (SEC 1, 2.3.3). */
static enum card_key curve_of(const struct tlv *curve, const struct tlv *bits)
{
    static const uint8_t p256[] = {0x2a, 0x86, 0x48, 0xce,
                                   0x3d, 0x03, 0x01, 0x07};
    static const uint8_t p384[] = {0x2b, 0x81, 0x04, 0x00, 0x22};
    uint8_t form = bits->len > 1 ? bits->value[1] : 0;
    size_t coordinates = form == 4 ? 2 : form == 2 || form == 3 ? 1 : 0;
    if (coordinates == 0)
        return CARD_KEY_OTHER;
    size_t len = (bits->len - 2) / coordinates;
    if ((bits->len - 2) % coordinates != 0)
        return CARD_KEY_OTHER;
    if (is_oid(curve, p256, sizeof(p256)) && len == 256 / 8)
        return CARD_KEY_P256;
    if (is_oid(curve, p384, sizeof(p384)) && len == 384 / 8)
        return CARD_KEY_P384;
    return CARD_KEY_OTHER;
}

static void read_key(struct card_cert *c, const struct tlv *info)
{
    static const uint8_t rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                  0x0d, 0x01, 0x01, 0x01};
    static const uint8_t ec[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
    struct tlv_reader r = tlv_inside(info);
    struct tlv algorithm;
    struct tlv bits;
    struct tlv oid;
    struct tlv curve = {.tag = 0};
    if (!tlv_next_if(&r, TLV_SEQUENCE, &algorithm) ||
        !tlv_next_if(&r, TLV_BIT_STRING, &bits) || bits.len < 2 ||
        bits.value[0] != 0)
        return;
    r = tlv_inside(&algorithm);
    if (!tlv_next(&r, &oid))
        return;
    (void)tlv_next(&r, &curve);
    if (is_oid(&oid, ec, sizeof(ec))) {
        c->kind = curve_of(&curve, &bits);
        c->bits = c->kind == CARD_KEY_P256   ? 256
                  : c->kind == CARD_KEY_P384 ? 384
                                             : 0;
    } else if (is_oid(&oid, rsa, sizeof(rsa))) {
        c->bits = modulus_bits(&bits);
        c->kind = c->bits > 0 ? CARD_KEY_RSA : CARD_KEY_OTHER;
    }
}

int card_cert_decode_error(void)
{
    unsigned long e = ERR_peek_last_error();
    ERR_clear_error();
    return ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE ? -ENOMEM : -EBADMSG;
}

int card_cert_read(struct card_cert *c)
{
    struct fields f;
    if (!read_fields(c->der, c->len, &f))
        return -EBADMSG;
    read_key(c, &f.key);
    return read_subject(c, &f.subject);
}

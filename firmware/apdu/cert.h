/* cert.h - a certificate from a card: its holder, its key, what it signed.
 *
 * Spec: RFC 5280; RFC 8017 (RSA); FIPS 186-4 (ECDSA); the electronic client
 * identifier (SATU) as in the subject's serialNumber of DVV's certificates.
 * Room: OpenSSL stays inside. Not here: whether it is to be trusted (chain.h).
 * Thread: one at a time for each certificate.
 */
#ifndef LUUKKU_APDU_CERT_H
#define LUUKKU_APDU_CERT_H

#include "base/defs.h"

#include <stdbool.h>

#define CARD_CERT_MAX 8192 /* bytes, DER */
#define CARD_NAME_MAX 128  /* bytes of a name, the NUL included */
#define CARD_SATU_MAX 16   /* likewise */
#define CARD_HASH_MAX 64   /* bytes */
#define CARD_SIGNATURE_MAX 512

enum card_hash { CARD_SHA256, CARD_SHA384, CARD_SHA512, CARD_HASHES };

enum card_key {
    CARD_KEY_OTHER, /* one that we cannot use */
    CARD_KEY_P256,
    CARD_KEY_P384,
    CARD_KEY_RSA, /* 2048..4096 bits */
};

/* How a hash is signed. */
enum card_scheme {
    CARD_ECDSA,     /* r || s */
    CARD_RSA_PKCS1, /* PKCS #1 v1.5 */
    CARD_RSA_PSS,   /* PSS, MGF1 of the same hash, salt as long as it */
};

enum card_usage {
    CARD_FOR_IDENTITY, /* keyUsage digitalSignature */
    CARD_FOR_SIGNING,  /* keyUsage nonRepudiation */
};

struct card_cert;

/* Reads a certificate: exactly `len` bytes of DER. What it says of holder and
 * key; whether all the rest is sound is seen when something is verified.
 *
 * Owner   caller, card_cert_free()
 * Errors  -EBADMSG not a certificate, or with bytes behind it; -EMSGSIZE,
 *         -ENOMEM
 */
int card_cert_new(const uint8_t *der, size_t len,
                  struct card_cert **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct card_cert *card_cert_free(struct card_cert *c);
LK_AUTO_DEFINE(card_cert);

/* Its bytes; live as long as it. */
const uint8_t *card_cert_der(const struct card_cert *c, size_t *ret_len);

/* The holder's name, "Given Surname", else the common name; UTF-8, one line,
 * "" when it has none. */
const char *card_cert_name(const struct card_cert *c);

/* The electronic client identifier: eight digits and a check character that
 * fits. "" when the subject's serialNumber is none. */
const char *card_cert_satu(const struct card_cert *c);

/* The kind of its key; *ret_bits (may be NULL): bits of the curve or modulus.
 */
enum card_key card_cert_key(const struct card_cert *c, unsigned *ret_bits);

/* Bytes of a signature made with its key; 0 for CARD_KEY_OTHER. */
size_t card_cert_signature_len(const struct card_cert *c);

/* Whether its keyUsage is there and allows this. */
bool card_cert_may(const struct card_cert *c, enum card_usage u);

/* Whether `sig` is a signature of the hash by its key. Errors: -EBADMSG it is
 * not, or the certificate is not sound, -EINVAL a scheme or length that does
 * not fit, -ENOMEM. */
int card_cert_verify(const struct card_cert *c, enum card_scheme s,
                     enum card_hash h, const uint8_t *hash, const uint8_t *sig,
                     size_t len) LK_MUST_CHECK;

/* Whether `s` is eight digits and their check character. */
bool card_satu_valid(const char *s);

/* Bytes of a hash; 0 unknown. */
size_t card_hash_len(enum card_hash h);

/* Has OpenSSL load what it needs, its settings above all: before walls go up,
 * and before anything else of it. From then on all memory that it gives back
 * is overwritten first. Errors: -EIO it cannot be used. */
int card_crypto_init(void) LK_MUST_CHECK;

/* The hash of what is signed to identify: the bytes "luukku-identify-1\n",
 * purpose, "\n", challenge. So the key of PIN 1 signs nothing that somebody
 * else could have a use for.
 *
 * purpose  [a-z0-9-]+
 * ret      card_hash_len(h) bytes
 * Errors   -ENOMEM
 */
int card_challenge_hash(const char *purpose, const uint8_t *challenge,
                        size_t len, enum card_hash h,
                        uint8_t *ret) LK_MUST_CHECK;

#endif

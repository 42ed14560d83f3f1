/* key.h - P-256 keys: load, sign, verify.
 *
 * Spec: FIPS 186-4 (ECDSA, P-256), RFC 7518 section 3.4 (ES256: raw r||s).
 * OpenSSL stays behind it. Keys come from memory: no file is read here.
 */
#ifndef LUUKKU_SIGNAL_KEY_H
#define LUUKKU_SIGNAL_KEY_H

#include "base/defs.h"

#define SIGNAL_SIGNATURE_LEN 64 /* r||s */
#define SIGNAL_KEY_FILE_MAX 16384

struct signal_key;

/* Loads a private P-256 key from `len` bytes of PEM (PKCS#8 or SEC 1, not
 * encrypted). Errors: -EBADMSG no such key, -EMSGSIZE, -ENOMEM. */
int signal_key_load_pem(const void *pem, size_t len,
                        struct signal_key **ret) LK_MUST_CHECK;

/* Loads a public P-256 key from DER (SubjectPublicKeyInfo). Errors as above. */
int signal_key_load_spki(const void *der, size_t len,
                         struct signal_key **ret) LK_MUST_CHECK;

/* Wipes and frees; NULL is fine. Returns NULL. */
struct signal_key *signal_key_free(struct signal_key *k);
LK_AUTO_DEFINE(signal_key);

/* Signs `len` bytes with SHA-256. `ret` has SIGNAL_SIGNATURE_LEN bytes.
 * Errors: -ENOMEM, -EIO no private key or libcrypto failed. Thread: any. */
int signal_key_sign(const struct signal_key *k, const void *data, size_t len,
                    uint8_t *ret) LK_MUST_CHECK;

/* Checks a raw signature of SIGNAL_SIGNATURE_LEN bytes.
 * Errors: -EBADMSG does not fit, -ENOMEM. Thread: any. */
int signal_key_verify(const struct signal_key *k, const void *data, size_t len,
                      const uint8_t *sig) LK_MUST_CHECK;

#endif

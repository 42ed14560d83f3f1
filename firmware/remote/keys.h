/* keys.h - the keys of one session of remote help, and sealing with them.
 *
 * Spec: signal/PROTOCOL.md, "Remote help"; NIST SP 800-56A (ECDH, P-256), RFC
 * 5869 (HKDF-SHA256), NIST SP 800-38D (AES-256-GCM). OpenSSL stays behind it.
 * Pure but for allocation and random bytes.
 */
#ifndef LUUKKU_REMOTE_KEYS_H
#define LUUKKU_REMOTE_KEYS_H

#include "base/defs.h"

#include <stdbool.h>

#define REMOTE_PUBLIC_LEN 65 /* an uncompressed point of P-256 */
#define REMOTE_SALT_LEN 32
#define REMOTE_KEY_LEN 32
#define REMOTE_TAG_LEN 16
#define REMOTE_NONCE_LEN 12

/* One for each way. To be wiped by whoever has them. */
struct remote_keys {
    uint8_t down[REMOTE_KEY_LEN]; /* technician to kiosk */
    uint8_t up[REMOTE_KEY_LEN];
};

/* A private key for one session. */
struct remote_secret;

/* Errors: -ENOMEM, -EIO libcrypto failed. */
int remote_secret_new(struct remote_secret **ret) LK_MUST_CHECK;
/* Wipes and frees; NULL is fine. Returns NULL. */
struct remote_secret *remote_secret_free(struct remote_secret *s);
LK_AUTO_DEFINE(remote_secret);

/* Writes the public half, REMOTE_PUBLIC_LEN bytes. Errors: -EIO. */
int remote_secret_public(const struct remote_secret *s,
                         uint8_t *ret) LK_MUST_CHECK;

/* What both sides have said, in REMOTE_SALT_LEN bytes.
 *
 * open    SHA-256 of the signed lines of the technician's `help-open`
 * kn      the kiosk's nonce, as text
 * point   the kiosk's public half
 * Errors  -ENOMEM
 */
int remote_salt(const uint8_t open[32], const char *kn,
                const uint8_t point[REMOTE_PUBLIC_LEN],
                uint8_t ret[REMOTE_SALT_LEN]) LK_MUST_CHECK;

/* The keys of both ways, of one's own secret and the other side's hostile
 * public half. Errors: -EBADMSG no point of the curve, -ENOMEM, -EIO. */
int remote_agree(const struct remote_secret *s,
                 const uint8_t other[REMOTE_PUBLIC_LEN],
                 const uint8_t salt[REMOTE_SALT_LEN],
                 struct remote_keys *ret) LK_MUST_CHECK;

/* What is sealed, and what with. */
struct remote_seal {
    const uint8_t *key; /* REMOTE_KEY_LEN; never twice with the same nonce */
    uint8_t nonce[REMOTE_NONCE_LEN];
    const uint8_t *head; /* read along, in the clear */
    size_t head_len;
};

/* Seals `len` bytes at `plain` into len + REMOTE_TAG_LEN at `ret`, which may
 * not overlap. Errors: -ENOMEM, -EIO. */
int remote_seal(const struct remote_seal *how, const uint8_t *plain, size_t len,
                uint8_t *ret) LK_MUST_CHECK;

/* The other way: `len` hostile bytes, REMOTE_TAG_LEN or more, into len -
 * REMOTE_TAG_LEN at `ret`, which holds nothing of use when it fails.
 * Errors: -EBADMSG the tag does not fit, -ENOMEM. */
int remote_unseal(const struct remote_seal *how, const uint8_t *sealed,
                  size_t len, uint8_t *ret) LK_MUST_CHECK;

#endif

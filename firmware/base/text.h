/* text.h - small text codecs: UTF-8 check, hex, base64url, names, random.
 *
 * Spec: RFC 3629 (UTF-8), RFC 4648 sections 5 (base64url, without padding)
 * and 8 (hex, lower case). Any thread; all but lk_random_bytes() are pure.
 */
#ifndef LUUKKU_BASE_TEXT_H
#define LUUKKU_BASE_TEXT_H

#include "base/defs.h"

#include <stdbool.h>

/* Characters in a name, the NUL's place included: [a-z0-9-]{3,32}. */
#define LK_NAME_MAX 33

/* Whether `len` bytes are well-formed UTF-8 (no surrogates, no overlong). */
bool lk_utf8_valid(const void *data, size_t len);

/* Length in bytes, at most `max`, of the longest prefix of the `len` bytes of
 * valid UTF-8 at `s` that does not cut a character. */
size_t lk_utf8_cut(const char *s, size_t len, size_t max);

/* Whether `s` is a name: [a-z0-9-]{3,32}. */
bool lk_name_valid(const char *s);

/* One character of what may be UTF-8, from its first byte that is no ASCII: a
 * letter of Latin-1 without its accent, "-" and "'" for the many signs like
 * them, else "?". `len` is 1 or more; *ret_used: the bytes that it took. */
char lk_text_letter(const unsigned char *s, size_t len, size_t *ret_used);

/* Copies `s` for a technician's eyes: letters lose their accents; what is no
 * printable ASCII, and what JSON would escape, becomes "?"; cut at `cap` bytes
 * (1 or more, the NUL included).
 */
void lk_text_plain(const char *s, char *ret, size_t cap);

/* Writes 2 * len hex digits and a NUL. `ret` has 2 * len + 1 bytes. */
void lk_hex_encode(const void *data, size_t len, char *ret);

/* Decodes exactly 2 * len lower-case hex digits. Errors: -EBADMSG. */
int lk_hex_decode(const char *s, size_t len, uint8_t *ret) LK_MUST_CHECK;

/* Bytes that lk_b64u_encode() writes for `len`, the NUL included. */
#define LK_B64U_SIZE(len) (((len)*4 + 2) / 3 + 1)

/* Encodes to base64url without padding, and a NUL. */
void lk_b64u_encode(const void *data, size_t len, char *ret);

/* Decodes `len` characters of base64url (no padding, unused bits zero) into at
 * most `cap` bytes. Returns bytes written, -EBADMSG malformed, -EMSGSIZE. */
int lk_b64u_decode(const char *s, size_t len, uint8_t *ret,
                   size_t cap) LK_MUST_CHECK;

/* Fills `len` bytes (at most 256) from the kernel's generator. Aborts the
 * program when the kernel has none: nothing safe can follow. */
void lk_random_bytes(void *ret, size_t len);

#endif

/* canonical.h - an approved form as bytes that are hashed and sealed.
 *
 * Spec: FORMAT.md, "What is sent"; RFC 8785 (JSON Canonicalization Scheme):
 * members in the order of their UTF-16 units (all names are ASCII), no space,
 * whole numbers alone; strings in NFC (Unicode, UAX #15).
 * Private to this room.
 */
#ifndef LUUKKU_FORMS_CANONICAL_H
#define LUUKKU_FORMS_CANONICAL_H

#include "forms/form.h"

#define FORM_CANONICAL_MAX ((size_t)2 << 20) /* bytes */

/* The form as it stands. ret: heap, with a NUL. Errors: -ENOMEM, -EMSGSIZE. */
int form_canonical(const struct form *f, char **ret, size_t *ret_len,
                   uint8_t ret_sha256[32]) LK_MUST_CHECK;

/* SHA-256. Errors: -ENOMEM. */
int form_digest(const void *data, size_t len, uint8_t ret[32]) LK_MUST_CHECK;

#endif

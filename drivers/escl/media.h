/* media.h - what a page is, by its bytes; what is said of it counts for
 * nothing.
 *
 * Spec: ITU-T T.81 (JPEG), ISO 32000-1 7.5.2 (PDF), RFC 2083 (PNG).
 * Pure: any thread.
 */
#ifndef LUUKKU_ESCL_MEDIA_H
#define LUUKKU_ESCL_MEDIA_H

#include "escl/ability.h"

#define ESCL_MEDIA_BYTES 8 /* that settle it */

/* Looks at the first `len` bytes of a page.
 * Returns 0; -EAGAIN too few to tell; -EBADMSG none of the three. */
int escl_media_sniff(const uint8_t *data, size_t len,
                     enum escl_format *ret) LK_MUST_CHECK;

#endif

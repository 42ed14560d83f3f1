/* rtc_memory.c - memory that luukku-rtc gives back is overwritten first.
 *
 * What is said on the data channels passes through usrsctp, which copies it
 * more than once and has no hook for its memory: so the program's own free(3)
 * and realloc(3) stand in front of those of the C library, for the libraries,
 * too. What is larger than any message, pictures above all, is left alone: it
 * would cost the call too much. Sanitizers bring a free(3) of their own.
 * Thread: any.
 */
#ifndef LUUKKU_SANITIZED
#include "base/defs.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* Twice the largest message of a data channel (rtc/net/sctp.h). */
#define WIPED_MAX ((size_t)512 * 1024)

void __libc_free(void *p); /* NOLINT(readability-identifier-naming) */

/* Exported for the libraries, instead of the C library's own. */
void free(void *p)
{
    size_t len = p ? malloc_usable_size(p) : 0;
    if (len > 0 && len <= WIPED_MAX)
        explicit_bzero(p, len);
    __libc_free(p);
}

/* Always another place, so that the old one can be overwritten, but where the
 * block is large enough already and not much too large. */
void *realloc(void *old, size_t size)
{
    size_t has = old ? malloc_usable_size(old) : 0;
    if (old && size > 0 && size <= has && size >= has / 2)
        return old;
    void *p = size > 0 || !old ? malloc(size) : NULL;
    if (p && has > 0)
        memcpy(p, old, LK_MIN(has, size));
    if (p || size == 0)
        free(old);
    return p;
}
#endif

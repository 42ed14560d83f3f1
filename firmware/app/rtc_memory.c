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

/* The C library's own. */
void libc_free(void *p) __asm__("__libc_free");

/* Exported for the libraries, instead of the C library's own. */
void free(void *ptr)
{
    size_t len = ptr ? malloc_usable_size(ptr) : 0;
    if (len > 0 && len <= WIPED_MAX)
        explicit_bzero(ptr, len);
    libc_free(ptr);
}

/* Always another place, so that the old one can be overwritten, but where the
 * block is large enough already and not much too large. */
void *realloc(void *ptr, size_t size)
{
    size_t has = ptr ? malloc_usable_size(ptr) : 0;
    if (ptr && size > 0 && size <= has && size >= has / 2)
        return ptr;
    void *p = size > 0 || !ptr ? malloc(LK_MAX(size, (size_t)1)) : NULL;
    if (p && has > 0)
        memcpy(p, ptr, LK_MIN(has, size));
    if (p || size == 0)
        free(ptr);
    return p;
}
#endif

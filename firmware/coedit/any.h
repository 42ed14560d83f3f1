/* any.h - values as they are on the wire: writing simple ones, reading them,
 * JSON of any.
 *
 * Spec: lib0's "any" encoding. Pure; any thread.
 */
#ifndef LUUKKU_COEDIT_ANY_H
#define LUUKKU_COEDIT_ANY_H

#include "base/defs.h"

#include <stdbool.h>

#define COEDIT_ANY_SMALL 16 /* bytes that a number or truth value fits in */

/* Each writes one encoded value; returns bytes, or -EMSGSIZE. Numbers as yjs
 * chooses: whole ones below 2^31 as such, then float, then double. */
int coedit_any_null(void *ret, size_t cap);
int coedit_any_bool(bool v, void *ret, size_t cap);
int coedit_any_number(double v, void *ret, size_t cap);
int coedit_any_string(const char *s, size_t len, void *ret, size_t cap);

/* What one encoded value is. -ENOTSUP: another kind; -EBADMSG. */
int coedit_any_read_bool(const void *any, size_t len, bool *ret) LK_MUST_CHECK;
int coedit_any_read_number(const void *any, size_t len,
                           double *ret) LK_MUST_CHECK;
/* Borrowed from `any`, UTF-8, no NUL. */
int coedit_any_read_string(const void *any, size_t len, const char **ret,
                           size_t *ret_len) LK_MUST_CHECK;

#endif

/* uri.h - where a job is: the Location of its answer, resolved.
 *
 * Spec: RFC 3986, 5.2 (as far as a path is concerned). Pure: any thread.
 */
#ifndef LUUKKU_ESCL_URI_H
#define LUUKKU_ESCL_URI_H

#include "escl/limits.h"

#include "base/defs.h"

/* Resolves `location` (absolute with any scheme and host, of which the path
 * alone is kept; an absolute path; or a relative one) against the path `base`
 * of the request. No query, no fragment, no slash at the end; "." and ".."
 * segments are refused.
 *
 * ret     ESCL_PATH_MAX bytes; begins with '/'
 * Errors  -EBADMSG nothing usable, -EMSGSIZE longer than ESCL_PATH_MAX - 32
 *         (room for what is appended) */
int escl_uri_resolve(const char *base, const char *location,
                     char *ret) LK_MUST_CHECK;

#endif

/* tail.h - adds to a finished PDF what Cairo cannot say: the document's
 * language, and that its title stands in the window. */
#ifndef LUUKKU_SEAL_TAIL_H
#define LUUKKU_SEAL_TAIL_H

#include "base/buf.h"

/* An incremental update (ISO 32000-1, 7.5.6) of the catalog. lang: letters and
 * hyphens. Errors: -EIO not a PDF as Cairo writes it, -ENOMEM, -EMSGSIZE. */
int seal_tail_add(struct lk_buf *pdf, const char *lang) LK_MUST_CHECK;

#endif

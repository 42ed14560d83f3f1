/* record.h - the hash chain over every update that a form took.
 *
 * Spec: FORMAT.md, "What is sent". SHA-256. Pure.
 */
#ifndef LUUKKU_FORMS_RECORD_H
#define LUUKKU_FORMS_RECORD_H

#include "base/defs.h"

#include <stdbool.h>

struct form_record {
    uint8_t head[32];
    uint64_t updates;
    bool broken; /* an update could not be taken in: there is no head */
};

/* h(0). Errors: -ENOMEM libcrypto has no memory. */
int form_record_init(struct form_record *r, const void *id,
                     size_t len) LK_MUST_CHECK;
/* h(n); without memory the record is broken. */
void form_record_add(struct form_record *r, uint32_t sender, int64_t now_us,
                     const void *update, size_t len);

#endif

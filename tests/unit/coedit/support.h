/* support.h - documents that talk, and updates written by hand. */
#ifndef LUUKKU_TESTS_COEDIT_SUPPORT_H
#define LUUKKU_TESTS_COEDIT_SUPPORT_H

#include "coedit/any.h"
#include "coedit/coedit.h"
#include "testing.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* An update that is being written. */
struct wire {
    uint8_t at[65536];
    size_t len;
};

void wire_uint(struct wire *w, uint64_t v);
void wire_text(struct wire *w, const char *s);
/* Header of one client's structs; of the whole update: how many clients. */
void wire_run(struct wire *w, uint64_t client, uint64_t structs,
              uint64_t clock);
/* A string into a root; beside an origin. */
void wire_into(struct wire *w, const char *root, const char *key,
               const char *text);
void wire_after(struct wire *w, uint64_t client, uint64_t clock,
                const char *text);

/* So many bytes; until the next call. */
const char *letters(uint32_t n);

/* A document of client 1 that holds "Hei", with the form's limits but one; it
 * keeps no share for itself. */
#define MOST(field) offsetof(struct coedit_limits, field)
struct coedit *with(size_t field, uint32_t v);

struct coedit_ref root_of(struct coedit *d, const char *name);
/* What `d` holds as text in that root is this. */
void text_is(struct coedit *d, struct coedit_ref ref, const char *want);
/* A copy that edits as that client. */
struct coedit *copy_of(const struct coedit *d, uint64_t client);
/* `to` gets what it lacks. */
int bring(struct coedit *to, const struct coedit *from,
          const struct coedit_policy *policy);
/* All that is written of a document; the caller frees. */
uint8_t *whole(const struct coedit *d, size_t *ret_len);

void insert(struct coedit *d, struct coedit_ref ref, uint32_t at,
            const char *s);
void delete (struct coedit *d, struct coedit_ref ref, uint32_t at, uint32_t n);
void set_number(struct coedit *d, struct coedit_ref ref, const char *key,
                double v);

#endif

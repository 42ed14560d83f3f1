/* chunk.h - messages of the form channel, cut into chunks and put together.
 *
 * Spec: firmware/signal/PROTOCOL.md, "Form": chunks. Pure.
 */
#ifndef LUUKKU_FORMS_CHUNK_H
#define LUUKKU_FORMS_CHUNK_H

#include "forms/form.h"

enum form_kind {
    FORM_JOIN = 1,
    FORM_HELLO,
    FORM_DEFINITION,
    FORM_SYNC,
    FORM_AWARE,
    FORM_ACK,
    FORM_DO,
    FORM_STATE,
    FORM_SNAPSHOT,
    FORM_PACKAGE,
    FORM_OVER,
};

/* A message that is coming; zeroed at first. */
struct form_chunks {
    uint8_t kind;  /* 0: none is under way */
    size_t total;  /* bytes it will have */
    size_t len;    /* bytes that came */
    uint8_t *data; /* total bytes and a NUL, or NULL */
};

/* Takes one chunk.
 *
 * Returns 1 when the message is whole: its kind and data stand in `c` until
 *         form_chunks_clear(), which must come before the next chunk; or 0
 * Errors  -EBADMSG malformed, -EMSGSIZE longer than FORM_MESSAGE_MAX, -ENOMEM
 */
int form_chunks_take(struct form_chunks *c, const void *bytes,
                     size_t len) LK_MUST_CHECK;

/* Wipes and frees what came. */
void form_chunks_clear(struct form_chunks *c);

/* Writes the chunk of a message of `len` bytes that begins at byte *at, which
 * moves on; at `len` it was the last. Returns its bytes. */
size_t form_chunk_write(uint8_t kind, const void *data, size_t len, size_t *at,
                        uint8_t ret[FORM_CHUNK_MAX]);

#endif

/* share.h - the pages' channel: what the expert's page says and hears.
 *
 * Spec: firmware/signal/PROTOCOL.md, "Papers".
 * Room: messages in are checked and change the model, messages out are made of
 * the model when the channel has room for them: nothing waits here, so nothing
 * of a page can leave after it was taken back. Time goes in. One thread.
 */
#ifndef LUUKKU_PAPERS_SHARE_H
#define LUUKKU_PAPERS_SHARE_H

#include "papers/papers.h"

struct papers_share;

#define PAPERS_MESSAGE_MAX 16384 /* bytes of a message */
#define PAPERS_PIECE_MAX 16374   /* of a page or document, in one message */
#define PAPERS_DOCUMENT_MAX 33554432
#define PAPERS_LOAD_LEN 32             /* hex digits */
#define PAPERS_GOT 262144              /* bytes of a detail between two `got` */
#define PAPERS_WINDOW (2 * PAPERS_GOT) /* sent of a detail without one */
#define PAPERS_RATE 80           /* messages a second, twice as many at once */
#define PAPERS_BYTE_RATE 1048576 /* bytes, likewise */

struct papers_share_output {
    /* What leaves. Must not call back. The expert's document is whole: a sealed
     * memfd, given away. */
    void (*document)(void *arg, uint32_t n, int fd);
    /* It is taken back, if it is still being read. */
    void (*document_off)(void *arg, uint32_t n);
    /* The expert asks for a paper. */
    void (*asked)(void *arg);
    void *arg;
};

/* `p` is borrowed and outlives it; `out` is copied. Errors: -ENOMEM. */
int papers_share_new(struct papers *p, const struct papers_share_output *out,
                     struct papers_share **ret) LK_MUST_CHECK;
struct papers_share *papers_share_free(struct papers_share *s);
LK_AUTO_DEFINE(papers_share);

/* The channel opened or closed. */
void papers_share_channel(struct papers_share *s, bool open, int64_t now_us);
/* A message; 0 bytes: one that is not binary. */
void papers_share_receive(struct papers_share *s, const void *bytes, size_t len,
                          int64_t now_us);
/* The next message to send, lent until the next call; false: there is none
 * now. */
bool papers_share_poll(struct papers_share *s, int64_t now_us, const void **ret,
                       size_t *ret_len);
/* Lets time pass: there may be a message then. */
void papers_share_tick(struct papers_share *s, int64_t now_us);
/* When there may be one of itself; INT64_MAX: never, or when there is room. */
int64_t papers_share_next_us(const struct papers_share *s);
/* Whether a page of the expert's is there. */
bool papers_share_joined(const struct papers_share *s);
/* The visit is over: what it knows of pages goes with them. */
void papers_share_wipe(struct papers_share *s);

#endif

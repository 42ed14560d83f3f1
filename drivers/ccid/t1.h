/* t1.h - the block protocol T=1, from the side of the reader.
 *
 * Spec: ISO/IEC 7816-3:2006, section 11. Pure: no I/O; blocks in, blocks out.
 * Room: I-, R- and S-blocks, chaining both ways, retransmission,
 * resynchronisation, waiting time extension, information field sizes.
 * Not here: waiting (the caller says when nothing came).
 * Any thread; one struct belongs to one thread.
 */
#ifndef LUUKKU_CCID_T1_H
#define LUUKKU_CCID_T1_H

#include "base/buf.h"

#include <stdbool.h>

#define CCID_T1_INF_MAX 254   /* bytes of an information field */
#define CCID_T1_BLOCK_MAX 259 /* prologue, information field, CRC */
#define CCID_T1_TRIES 3 /* of a block, and of a resynchronisation (11.6.3) */
#define CCID_T1_ERRORS_MAX 48 /* wrong blocks in one exchange */
#define CCID_T1_WTX_MAX 600   /* requests for more time in one exchange */

enum ccid_t1_state {
    CCID_T1_IDLE,
    CCID_T1_SENDING,   /* an I-block is out */
    CCID_T1_RECEIVING, /* an R-block is out that asks for the next part */
    CCID_T1_RESYNCING, /* S(RESYNCH request) is out */
    CCID_T1_RESIZING,  /* S(IFS request) is out */
};

/* A line to one card. Fields are private to t1.c but `block*` and `wtx`. */
struct ccid_t1 {
    uint8_t block[CCID_T1_BLOCK_MAX]; /* the block to send */
    size_t block_len;
    uint8_t wtx; /* the answer may take so many times BWT; 1 by default */

    bool crc;
    uint8_t ifsc; /* bytes that the card takes */
    uint8_t ifsd; /* bytes that we take */
    uint8_t ns;   /* of the next I-block of ours, 0 or 1 */
    uint8_t nr;   /* of the next I-block of the card's */
    enum ccid_t1_state state;
    const uint8_t *out; /* the command: borrowed */
    size_t out_len;
    size_t out_at;   /* where the I-block that is out begins */
    size_t out_part; /* its bytes */
    bool again;      /* a resynchronised command may be sent once more */
    unsigned tries;  /* of the present block */
    unsigned resyncs;
    unsigned errors;
    unsigned extensions;
    struct lk_buf *in; /* the answer: borrowed */
};

/* Begins anew, as after a reset. */
void ccid_t1_init(struct ccid_t1 *t, uint8_t ifsc, bool crc);

/* Begins an exchange: `block` is to be sent.
 *
 * out     the command, 1.. bytes; has to live until the end
 * in      gets the answer; has to live until the end
 * again   the command may be sent a second time when the line had to be
 *         resynchronised: never so for one that uses up tries or signs
 */
void ccid_t1_start(struct ccid_t1 *t, const uint8_t *out, size_t len,
                   bool again, struct lk_buf *in);

/* Begins to tell the card how much we take (1..CCID_T1_INF_MAX). */
void ccid_t1_start_ifsd(struct ccid_t1 *t, uint8_t ifsd);

/* Takes the block that came; len 0: none came in time, or a garbled one.
 *
 * Returns 1 `block` is to be sent, 0 the exchange is done, or
 * Errors  -EPROTO the card gave up, or broke the rules too often
 *         -ECONNRESET in step again, but the command was given up
 *         -EMSGSIZE, -ENOMEM of `in`
 *         After any of them the line is idle.
 */
int ccid_t1_feed(struct ccid_t1 *t, const uint8_t *bytes,
                 size_t len) LK_MUST_CHECK;

/* Begins an exchange whose I-block the reader makes itself (a PIN on its pad):
 * the prologue of that block, NAD, PCB and `len`. Only the first answer's
 * waiting time extensions are followed, nothing is sent again.
 */
void ccid_t1_start_foreign(struct ccid_t1 *t, uint8_t len, struct lk_buf *in,
                           uint8_t ret_prologue[3]);

#endif

/* exchange.h - one command APDU over one reader: blocks out, replies in.
 *
 * Room: puts together short.h, t1.h and the chaining of extended APDU readers
 * (CCID 1.1, 6.1.4 and 6.2.1). Pure: no I/O.
 * Any thread; one struct belongs to one thread.
 */
#ifndef LUUKKU_CCID_EXCHANGE_H
#define LUUKKU_CCID_EXCHANGE_H

#include "ccid/class.h"
#include "ccid/message.h"
#include "ccid/params.h"
#include "ccid/short.h"
#include "ccid/t1.h"

/* How blocks reach the card. */
enum ccid_carrier {
    CCID_CARRIER_TPDU0,    /* reader at TPDU level, T=0 */
    CCID_CARRIER_TPDU1,    /* reader at TPDU level, T=1 */
    CCID_CARRIER_SHORT,    /* short APDU level */
    CCID_CARRIER_EXTENDED, /* extended APDU level */
};

#define CCID_EXCHANGE_BLOCKS_MAX 70000 /* messages of one exchange */

/* Fields are private but the first four. */
struct ccid_exchange {
    const uint8_t *out; /* data of the next XfrBlock */
    size_t out_len;
    uint8_t level; /* wLevelParameter, low byte */
    uint8_t bwi;   /* bBWI: times the waiting time, T=1 */

    enum ccid_carrier carrier;
    size_t room;        /* bytes of data in a message */
    struct ccid_t1 *t1; /* borrowed: lives with the card */
    struct ccid_short pieces;
    uint8_t *apdu; /* own copy of the command */
    size_t apdu_len;
    size_t piece_at;      /* bytes of the piece sent, chaining */
    bool giving;          /* parts of the piece are still to be sent */
    struct lk_buf *whole; /* the answer to the command */
    struct lk_buf *part;  /* the answer to the piece */
    unsigned blocks;
    bool foreign; /* the reader makes the command: a PIN on its pad */
};

/* What a carrier needs to know. */
struct ccid_exchange_config {
    enum ccid_carrier carrier;
    size_t room;        /* bytes of data in a message */
    struct ccid_t1 *t1; /* CCID_CARRIER_TPDU1 only */
};

/* Begins: a block is to be sent.
 *
 * apdu    4..65544 bytes, copied
 * Errors  -EINVAL not well formed, -ENOMEM, -EOPNOTSUPP the reader's messages
 *         are too small for it
 * After an error ccid_exchange_clear() is fine but not needed.
 */
int ccid_exchange_start(struct ccid_exchange *x,
                        const struct ccid_exchange_config *config,
                        const uint8_t *apdu, size_t len) LK_MUST_CHECK;

/* Begins one whose command the reader makes itself: replies are taken. With
 * T=1 at TPDU level the block's prologue is given for it (else zeros).
 *
 * len     bytes of the command as it will be
 * Errors  -ENOMEM
 */
int ccid_exchange_start_foreign(struct ccid_exchange *x,
                                const struct ccid_exchange_config *config,
                                uint8_t len,
                                uint8_t ret_prologue[3]) LK_MUST_CHECK;

/* Takes a reply that did not fail. data NULL: the reader says that the block
 * was garbled; T=1 at TPDU level asks again.
 *
 * Returns 1 a block is to be sent, 0 x->whole holds the answer, or
 * Errors  -EPROTO the card broke the rules, -EBADMSG the reader did,
 *         -ECONNRESET, -EMSGSIZE, -ENOMEM
 */
int ccid_exchange_feed(struct ccid_exchange *x, const uint8_t *data, size_t len,
                       uint8_t chain) LK_MUST_CHECK;

/* Wipes and frees what it holds. Fine on zeroes. */
void ccid_exchange_clear(struct ccid_exchange *x);

#endif

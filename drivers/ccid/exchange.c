#include "ccid/exchange.h"

#include "ccid/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Commands that read, which may be sent again after a resynchronisation:
 * SELECT, READ BINARY, READ RECORD, GET DATA (ISO/IEC 7816-4, table 4). */
static bool may_repeat(uint8_t ins)
{
    static const uint8_t readers[] = {0xA4, 0xB0, 0xB1, 0xB2, 0xB3, 0xCA, 0xCB};
    return memchr(readers, ins, sizeof(readers)) != NULL;
}

static enum ccid_line line_of(enum ccid_carrier carrier)
{
    switch (carrier) {
    case CCID_CARRIER_TPDU0:
        return CCID_LINE_TPDU;
    case CCID_CARRIER_SHORT:
        return CCID_LINE_SHORT;
    case CCID_CARRIER_TPDU1:
    case CCID_CARRIER_EXTENDED:
        break;
    }
    return CCID_LINE_ANY;
}

/* The next block of the piece, in as many messages as it takes. */
static void block_next(struct ccid_exchange *x)
{
    size_t left = x->pieces.piece_len - x->piece_at;
    bool first = x->piece_at == 0;
    x->out = x->pieces.piece + x->piece_at;
    x->out_len = LK_MIN(left, x->room);
    x->bwi = 0;
    x->piece_at += x->out_len;
    x->giving = x->out_len < left;
    if (x->giving)
        x->level = first ? CCID_CHAIN_BEGINS : CCID_CHAIN_GOES_ON;
    else
        x->level = first ? CCID_CHAIN_WHOLE : CCID_CHAIN_ENDS;
}

static void block_t1(struct ccid_exchange *x)
{
    x->out = x->t1->block;
    x->out_len = x->t1->block_len;
    x->level = 0;
    x->bwi = x->t1->wtx > 1 ? x->t1->wtx : 0;
}

/* Begins to send the piece that `pieces` has ready. */
static int piece_start(struct ccid_exchange *x)
{
    lk_buf_wipe(x->part);
    if (x->carrier == CCID_CARRIER_TPDU1) {
        bool again = may_repeat(x->pieces.piece[1]);
        ccid_t1_start(x->t1, x->pieces.piece, x->pieces.piece_len, again,
                      x->part);
        block_t1(x);
        return x->out_len <= x->room ? 1 : -EOPNOTSUPP;
    }
    if (x->carrier != CCID_CARRIER_EXTENDED && x->pieces.piece_len > x->room)
        return -EOPNOTSUPP;
    x->piece_at = 0;
    block_next(x);
    return 1;
}

static int prepare(struct ccid_exchange *x,
                   const struct ccid_exchange_config *config)
{
    *x = (struct ccid_exchange){
        .carrier = config->carrier,
        .room = config->room,
        .t1 = config->t1,
    };
    int r = lk_buf_new(CCID_RESPONSE_MAX, &x->whole);
    if (r == 0)
        r = lk_buf_new(CCID_RESPONSE_MAX, &x->part);
    return r;
}

static int start(struct ccid_exchange *x,
                 const struct ccid_exchange_config *config, const uint8_t *apdu,
                 size_t len)
{
    int r = prepare(x, config);
    if (r < 0)
        return r;
    x->apdu = malloc(len ? len : 1);
    if (!x->apdu)
        return -ENOMEM;
    memcpy(x->apdu, apdu, len);
    x->apdu_len = len;
    r = ccid_short_start(&x->pieces, line_of(x->carrier), x->apdu, len,
                         x->whole);
    if (r < 0)
        return r;
    r = piece_start(x);
    return r < 0 ? r : 0;
}

int ccid_exchange_start(struct ccid_exchange *x,
                        const struct ccid_exchange_config *config,
                        const uint8_t *apdu, size_t len)
{
    int r = start(x, config, apdu, len);
    if (r < 0)
        ccid_exchange_clear(x);
    return r;
}

int ccid_exchange_start_foreign(struct ccid_exchange *x,
                                const struct ccid_exchange_config *config,
                                uint8_t len, uint8_t ret_prologue[3])
{
    int r = prepare(x, config);
    if (r < 0) {
        ccid_exchange_clear(x);
        return r;
    }
    x->foreign = true;
    memset(ret_prologue, 0, 3);
    if (x->carrier == CCID_CARRIER_TPDU1)
        ccid_t1_start_foreign(x->t1, len, x->part, ret_prologue);
    return 0;
}

/* The answer to a piece is whole, in x->part. */
static int piece_done(struct ccid_exchange *x)
{
    if (x->foreign) {
        if (x->part->len < 2)
            return -EPROTO;
        return lk_buf_append(x->whole, x->part->data, x->part->len);
    }
    int r = ccid_short_feed(&x->pieces, x->part->data, x->part->len);
    return r == 1 ? piece_start(x) : r;
}

static int feed_t1(struct ccid_exchange *x, const uint8_t *data, size_t len)
{
    int r = ccid_t1_feed(x->t1, data, data ? len : 0);
    if (r == 0)
        return piece_done(x);
    if (r == 1) {
        block_t1(x);
        if (x->out_len > x->room)
            return -EOPNOTSUPP;
    }
    return r;
}

/* Extended APDU level: the reader wants the next part, or has one more. Some
 * short APDU readers chain their answers too. */
static int feed_chain(struct ccid_exchange *x, const uint8_t *data, size_t len,
                      uint8_t chain)
{
    if (x->giving) {
        if (chain != CCID_CHAIN_NEXT || len != 0)
            return -EBADMSG;
        block_next(x);
        return 1;
    }
    if (!data)
        return -EPROTO;
    if (chain > CCID_CHAIN_GOES_ON)
        return -EBADMSG;
    int r = lk_buf_append(x->part, data, len);
    if (r < 0)
        return r;
    if (chain == CCID_CHAIN_WHOLE || chain == CCID_CHAIN_ENDS)
        return piece_done(x);
    if (len == 0)
        return -EBADMSG;
    x->out = NULL;
    x->out_len = 0;
    x->level = CCID_CHAIN_NEXT;
    return 1;
}

int ccid_exchange_feed(struct ccid_exchange *x, const uint8_t *data, size_t len,
                       uint8_t chain)
{
    if (++x->blocks > CCID_EXCHANGE_BLOCKS_MAX)
        return -EPROTO;
    if (x->carrier == CCID_CARRIER_TPDU1)
        return feed_t1(x, data, len);
    /* 6.2.1: at TPDU level byte 9 is reserved, and some readers fill it. */
    if (x->carrier == CCID_CARRIER_TPDU0)
        chain = CCID_CHAIN_WHOLE;
    return feed_chain(x, data, len, chain);
}

void ccid_exchange_clear(struct ccid_exchange *x)
{
    ccid_short_wipe(&x->pieces);
    if (x->apdu)
        explicit_bzero(x->apdu, x->apdu_len);
    free(x->apdu);
    if (x->whole)
        lk_buf_wipe(x->whole);
    if (x->part)
        lk_buf_wipe(x->part);
    (void)lk_buf_free(x->whole);
    (void)lk_buf_free(x->part);
    if (x->t1) {
        explicit_bzero(x->t1->block, sizeof(x->t1->block));
        x->t1->out = NULL;
        x->t1->in = NULL;
        x->t1->state = CCID_T1_IDLE;
    }
    memset(x, 0, sizeof(*x));
}

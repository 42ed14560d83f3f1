/* short.h - one command APDU, in the pieces that the line can carry.
 *
 * Spec: ISO/IEC 7816-3:2006, section 12 (APDU to T=0, ENVELOPE, GET RESPONSE);
 * ISO/IEC 7816-4, 5.3.4. Pure: pieces out, answers in.
 * Room: extended commands over short ones, T=0 TPDUs, 61xx and 6Cxx.
 * Not here: how a piece reaches the card (t1.h, exchange.h).
 * Any thread; one struct belongs to one thread.
 */
#ifndef LUUKKU_CCID_SHORT_H
#define LUUKKU_CCID_SHORT_H

#include "base/buf.h"

#include <stdbool.h>

#define CCID_SHORT_PIECE_MAX 261  /* bytes: 5 of head, 255 of data, Le */
#define CCID_SHORT_STEPS_MAX 1024 /* pieces of one command */

/* What the line takes. */
enum ccid_line {
    CCID_LINE_ANY,   /* any APDU, as it is */
    CCID_LINE_SHORT, /* short APDUs */
    CCID_LINE_TPDU,  /* TPDUs of T=0 */
};

/* A command APDU taken apart (ISO/IEC 7816-3, 12.1.3). */
struct ccid_apdu {
    bool extended;       /* its lengths are */
    bool has_le;         /* case 2 or 4 */
    uint32_t nc;         /* bytes of data, 0..65535 */
    uint32_t ne;         /* bytes awaited at most, 0..65536 */
    const uint8_t *data; /* borrowed */
};

/* Takes it apart. Errors: -EINVAL not well formed. */
int ccid_apdu_parse(const uint8_t *apdu, size_t len,
                    struct ccid_apdu *ret) LK_MUST_CHECK;

/* Fields are private but `piece*`. */
struct ccid_short {
    const uint8_t *piece; /* to be sent */
    size_t piece_len;

    uint8_t own[CCID_SHORT_PIECE_MAX]; /* pieces that we make */
    enum ccid_line line;
    const uint8_t *apdu; /* borrowed */
    size_t len;
    size_t at; /* of the envelopes: bytes of the command sent */
    bool enveloped;
    bool has_le;
    bool fetching;  /* the piece that is out is a GET RESPONSE */
    bool corrected; /* the piece that is out has a corrected Le */
    unsigned steps;
    struct lk_buf *in; /* borrowed */
};

/* Begins: the first piece is to be sent.
 *
 * apdu    4..65544 bytes, has to live until the end, as `in`
 * Errors  -EINVAL not well formed
 */
int ccid_short_start(struct ccid_short *s, enum ccid_line line,
                     const uint8_t *apdu, size_t len,
                     struct lk_buf *in) LK_MUST_CHECK;

/* Takes the answer to the piece, SW1 SW2 last.
 *
 * Returns 1 the next piece is to be sent, 0 `in` holds the whole answer, SW1
 * SW2 last, or
 * Errors  -EPROTO no SW1 SW2, or GET RESPONSE without end
 *         -EMSGSIZE, -ENOMEM of `in`
 */
int ccid_short_feed(struct ccid_short *s, const uint8_t *bytes,
                    size_t len) LK_MUST_CHECK;

/* Forgets what was sent. */
void ccid_short_wipe(struct ccid_short *s);

#endif

#include "ccid/short.h"

#include "base/bytes.h"

#include <errno.h>
#include <string.h>

enum {
    HEAD = 4,
    INS_ENVELOPE = 0xC2,
    INS_GET_RESPONSE = 0xC0,
    SW1_MORE = 0x61,
    SW1_WRONG_LE = 0x6C,
    CLASS_CHAINING = 0x10,
    ENVELOPE_PART = 255,
};

static int parse_extended(const uint8_t *b, size_t len, struct ccid_apdu *a)
{
    a->extended = true;
    uint32_t first = lk_get_u16(b + HEAD + 1);
    if (len == HEAD + 3) {
        a->has_le = true;
        a->ne = first ? first : 65536;
        return 0;
    }
    a->nc = first;
    a->data = b + HEAD + 3;
    size_t body = HEAD + 3 + (size_t)first;
    if (first == 0 || (len != body && len != body + 2))
        return -EINVAL;
    if (len == body + 2) {
        a->has_le = true;
        a->ne = lk_get_u16(b + body);
        if (a->ne == 0)
            a->ne = 65536;
    }
    return 0;
}

static int parse_short(const uint8_t *b, size_t len, struct ccid_apdu *a)
{
    uint32_t first = b[HEAD];
    if (len == HEAD + 1) {
        a->has_le = true;
        a->ne = first ? first : 256;
        return 0;
    }
    a->nc = first;
    a->data = b + HEAD + 1;
    size_t body = HEAD + 1 + (size_t)first;
    if (first == 0 || (len != body && len != body + 1))
        return -EINVAL;
    if (len == body + 1) {
        a->has_le = true;
        a->ne = b[body] ? b[body] : 256;
    }
    return 0;
}

int ccid_apdu_parse(const uint8_t *apdu, size_t len, struct ccid_apdu *ret)
{
    struct ccid_apdu a = {0};
    int r = 0;
    if (len < HEAD)
        return -EINVAL;
    if (len >= HEAD + 3 && apdu[HEAD] == 0)
        r = parse_extended(apdu, len, &a);
    else if (len > HEAD)
        r = parse_short(apdu, len, &a);
    if (r == 0)
        *ret = a;
    return r;
}

/* Makes s->own the piece: head, `len` bytes of data, P3 or Lc before them. */
static void piece_data(struct ccid_short *s, const uint8_t head[HEAD],
                       const uint8_t *data, size_t len)
{
    memcpy(s->own, head, HEAD);
    s->own[HEAD] = (uint8_t)len;
    memcpy(s->own + HEAD + 1, data, len);
    s->piece = s->own;
    s->piece_len = HEAD + 1 + len;
}

/* ... of head and Le. */
static void piece_le(struct ccid_short *s, const uint8_t head[HEAD],
                     uint32_t ne)
{
    if (head != s->own)
        memcpy(s->own, head, HEAD);
    s->own[HEAD] = (uint8_t)(ne >= 256 ? 0 : ne);
    s->piece = s->own;
    s->piece_len = HEAD + 1;
}

/* The class of commands that we make for the command's sake: on its logical
 * channel. What the reader's descriptor says is for its own such commands. */
static uint8_t own_class(const struct ccid_short *s)
{
    return (uint8_t)(s->apdu[0] & ~CLASS_CHAINING);
}

/* The next part of the command in an ENVELOPE (12.2.2.3, 12.2.2.4). */
static void piece_envelope(struct ccid_short *s)
{
    const uint8_t head[HEAD] = {own_class(s), INS_ENVELOPE, 0, 0};
    size_t part = LK_MIN(s->len - s->at, (size_t)ENVELOPE_PART);
    piece_data(s, head, s->apdu + s->at, part);
    s->at += part;
}

static void first_short(struct ccid_short *s, const struct ccid_apdu *a)
{
    if (a->nc > ENVELOPE_PART) {
        s->enveloped = true;
        piece_envelope(s);
    } else if (a->nc > 0) {
        piece_data(s, s->apdu, a->data, a->nc);
        if (a->has_le && s->line == CCID_LINE_SHORT)
            s->own[s->piece_len++] = (uint8_t)(a->ne >= 256 ? 0 : a->ne);
    } else if (a->has_le) {
        piece_le(s, s->apdu, a->ne);
    } else if (s->line == CCID_LINE_TPDU) {
        piece_le(s, s->apdu, 0); /* case 1: P3 is 0 (12.2.1.1) */
    } else {
        s->piece = s->apdu;
        s->piece_len = HEAD;
    }
}

int ccid_short_start(struct ccid_short *s, enum ccid_line line,
                     const uint8_t *apdu, size_t len, struct lk_buf *in)
{
    struct ccid_apdu a;
    int r = ccid_apdu_parse(apdu, len, &a);
    if (r < 0)
        return r;
    *s = (struct ccid_short){
        .line = line,
        .apdu = apdu,
        .len = len,
        .has_le = a.has_le,
        .in = in,
    };
    if (line != CCID_LINE_ANY) {
        first_short(s, &a);
        return 0;
    }
    s->piece = apdu;
    s->piece_len = len;
    return 0;
}

static int fetch(struct ccid_short *s, uint8_t le)
{
    const uint8_t head[HEAD] = {own_class(s), INS_GET_RESPONSE, 0, 0};
    s->fetching = true;
    s->corrected = false;
    piece_le(s, head, le ? le : 256);
    return 1;
}

/* 6Cxx: the same piece with the right Le. Only where the card did nothing yet:
 * a piece without data. */
static bool may_correct(const struct ccid_short *s)
{
    if (s->corrected || s->enveloped || !s->has_le)
        return false;
    return s->piece_len == HEAD + 1 &&
           (s->fetching || s->len == HEAD + 1 || s->line != CCID_LINE_ANY);
}

static int correct(struct ccid_short *s, uint8_t le)
{
    s->corrected = true;
    piece_le(s, s->piece, le ? le : 256);
    return 1;
}

int ccid_short_feed(struct ccid_short *s, const uint8_t *bytes, size_t len)
{
    static const uint8_t fine[] = {0x90, 0x00};
    if (len < 2 || ++s->steps > CCID_SHORT_STEPS_MAX)
        return -EPROTO;
    uint8_t sw1 = bytes[len - 2];
    uint8_t sw2 = bytes[len - 1];
    bool sending = s->enveloped && !s->fetching && s->at < s->len;
    if (sending && sw1 == 0x90 && len == 2) {
        piece_envelope(s);
        return 1;
    }
    if (sw1 == SW1_WRONG_LE && len == 2 && may_correct(s))
        return correct(s, sw2);
    bool more = sw1 == SW1_MORE && s->has_le && !sending;
    if (more && s->fetching && len == 2)
        return -EPROTO; /* it promises and does not give */
    /* T=0 says so too where nothing was asked for. T=1 would say 9000: it went
     * well, and what the card has to tell is not fetched. */
    if (sw1 == SW1_MORE && s->line == CCID_LINE_TPDU && !s->has_le && len == 2)
        bytes = fine;
    int r = lk_buf_append(s->in, bytes, more ? len - 2 : len);
    if (r < 0)
        return r;
    return more ? fetch(s, sw2) : 0;
}

void ccid_short_wipe(struct ccid_short *s)
{
    explicit_bzero(s->own, sizeof(s->own));
    s->piece = NULL;
    s->piece_len = 0;
    s->apdu = NULL;
    s->in = NULL;
}

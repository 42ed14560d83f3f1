#include "ccid/t1.h"

#include <errno.h>
#include <string.h>

enum {
    NAD = 0,
    PROLOGUE = 3,
    PCB_I_NS = 0x40,
    PCB_I_MORE = 0x20,
    PCB_R = 0x80,
    PCB_R_NR = 0x10,
    PCB_S = 0xC0,
    PCB_S_RESPONSE = 0x20,
    S_RESYNCH = 0,
    S_IFS = 1,
    S_ABORT = 2,
    S_WTX = 3,
    R_EDC = 1,   /* an R-block tells of a parity or check error */
    R_OTHER = 2, /* ... of another one */
};

/* 11.3.4: CRC of ISO/IEC 13239, as X.25 has it: reflected, complemented. */
static uint16_t crc_of(const uint8_t *p, size_t len)
{
    uint16_t c = 0xFFFF;
    for (size_t i = 0; i < len; i++) {
        c ^= p[i];
        for (unsigned bit = 0; bit < 8; bit++)
            c = (uint16_t)(c & 1 ? c >> 1 ^ 0x8408 : c >> 1);
    }
    return (uint16_t)~c;
}

static uint8_t lrc_of(const uint8_t *p, size_t len)
{
    uint8_t x = 0;
    for (size_t i = 0; i < len; i++)
        x ^= p[i];
    return x;
}

static size_t edc_len(const struct ccid_t1 *t)
{
    return t->crc ? 2 : 1;
}

/* Writes a block and makes it the one to send. */
static void block_make(struct ccid_t1 *t, uint8_t pcb, const uint8_t *inf,
                       size_t len)
{
    uint8_t *b = t->block;
    b[0] = NAD;
    b[1] = pcb;
    b[2] = (uint8_t)len;
    if (len > 0)
        memcpy(b + PROLOGUE, inf, len);
    size_t n = PROLOGUE + len;
    if (t->crc) {
        uint16_t c = crc_of(b, n);
        b[n++] = (uint8_t)(c >> 8);
        b[n++] = (uint8_t)c;
    } else {
        b[n] = lrc_of(b, n);
        n++;
    }
    t->block_len = n;
    t->wtx = 1;
}

static void block_s(struct ccid_t1 *t, uint8_t what, const uint8_t *inf,
                    size_t len)
{
    block_make(t, (uint8_t)(PCB_S | what), inf, len);
}

static void block_r(struct ccid_t1 *t, uint8_t error)
{
    block_make(t, (uint8_t)(PCB_R | (t->nr ? PCB_R_NR : 0) | error), NULL, 0);
}

/* The I-block with the present part of the command. */
static void block_i(struct ccid_t1 *t)
{
    size_t left = t->out_len - t->out_at;
    t->out_part = LK_MIN(left, (size_t)t->ifsc);
    uint8_t pcb = t->ns ? PCB_I_NS : 0;
    if (t->out_part < left)
        pcb |= PCB_I_MORE;
    block_make(t, pcb, t->out + t->out_at, t->out_part);
    t->state = CCID_T1_SENDING;
}

void ccid_t1_init(struct ccid_t1 *t, uint8_t ifsc, bool crc)
{
    memset(t, 0, sizeof(*t));
    t->crc = crc;
    t->ifsc = ifsc;
    t->ifsd = 32; /* 11.4.2: until told otherwise */
    t->wtx = 1;
}

static void counts_clear(struct ccid_t1 *t)
{
    t->tries = 0;
    t->resyncs = 0;
    t->errors = 0;
    t->extensions = 0;
}

void ccid_t1_start(struct ccid_t1 *t, const uint8_t *out, size_t len,
                   bool again, struct lk_buf *in)
{
    counts_clear(t);
    t->out = out;
    t->out_len = len;
    t->out_at = 0;
    t->again = again;
    t->in = in;
    block_i(t);
}

void ccid_t1_start_ifsd(struct ccid_t1 *t, uint8_t ifsd)
{
    counts_clear(t);
    t->out = NULL;
    t->in = NULL;
    t->ifsd = ifsd;
    t->state = CCID_T1_RESIZING;
    block_s(t, S_IFS, &ifsd, 1);
}

void ccid_t1_start_foreign(struct ccid_t1 *t, uint8_t len, struct lk_buf *in,
                           uint8_t ret_prologue[3])
{
    counts_clear(t);
    t->out = NULL; /* we do not have what the reader sends */
    t->out_len = 0;
    t->out_at = 0;
    t->out_part = 0;
    t->again = false;
    t->in = in;
    t->block_len = 0;
    t->wtx = 1;
    t->state = CCID_T1_SENDING;
    ret_prologue[0] = NAD;
    ret_prologue[1] = t->ns ? PCB_I_NS : 0;
    ret_prologue[2] = len;
}

static int over(struct ccid_t1 *t, int result)
{
    t->state = CCID_T1_IDLE;
    t->out = NULL;
    t->in = NULL;
    t->block_len = 0;
    return result;
}

static int resync(struct ccid_t1 *t)
{
    if (t->state == CCID_T1_RESIZING || t->resyncs >= CCID_T1_TRIES)
        return over(t, -EPROTO);
    t->resyncs++;
    t->tries = 0;
    t->state = CCID_T1_RESYNCING;
    block_s(t, S_RESYNCH, NULL, 0);
    return 1;
}

/* 11.6.3.2, rules 7.1 to 7.6: what came is of no use. */
static int wrong(struct ccid_t1 *t, uint8_t error)
{
    if (t->block_len == 0 || ++t->errors > CCID_T1_ERRORS_MAX)
        return over(t, -EPROTO); /* none of ours: we cannot ask again */
    if (++t->tries >= CCID_T1_TRIES)
        return resync(t);
    if (t->state == CCID_T1_RESYNCING || t->state == CCID_T1_RESIZING)
        return 1; /* the same S-block once more */
    block_r(t, error);
    return 1;
}

/* The card has our last block: the next part of the command, if any. */
static int acknowledged(struct ccid_t1 *t)
{
    t->out_at += t->out_part;
    t->ns ^= 1;
    t->tries = 0;
    block_i(t);
    return 1;
}

/* The card did not get our I-block (rule 7.2): once more. */
static int lost(struct ccid_t1 *t)
{
    if (++t->errors > CCID_T1_ERRORS_MAX)
        return over(t, -EPROTO);
    if (++t->tries >= CCID_T1_TRIES)
        return resync(t);
    block_i(t);
    return 1;
}

static int take_r(struct ccid_t1 *t, uint8_t pcb)
{
    uint8_t n = pcb & PCB_R_NR ? 1 : 0;
    bool more = t->out_at + t->out_part < t->out_len;
    if (t->state == CCID_T1_SENDING && n != t->ns && more && (pcb & 0x0F) == 0)
        return acknowledged(t);
    if (t->state == CCID_T1_SENDING && n == t->ns && t->out)
        return lost(t);
    return wrong(t, R_OTHER);
}

static int take_i(struct ccid_t1 *t, uint8_t pcb, const uint8_t *inf,
                  size_t len)
{
    bool last_out = t->out_at + t->out_part >= t->out_len;
    bool more = (pcb & PCB_I_MORE) != 0;
    uint8_t n = pcb & PCB_I_NS ? 1 : 0;
    bool awaited = t->state == CCID_T1_RECEIVING ||
                   (t->state == CCID_T1_SENDING && last_out);
    if (!awaited || n != t->nr || (more && len == 0))
        return wrong(t, R_OTHER);
    if (t->state == CCID_T1_SENDING)
        t->ns ^= 1; /* rule 2.1: it acknowledges ours too */
    t->nr ^= 1;
    t->tries = 0;
    int r = lk_buf_append(t->in, inf, len);
    if (r < 0)
        return over(t, r);
    if (!more)
        return over(t, 0);
    t->state = CCID_T1_RECEIVING;
    block_r(t, 0);
    return 1;
}

/* S(RESYNCH response): both sides are as after a reset (11.6.2.3, rule 6.3). */
static int resynced(struct ccid_t1 *t)
{
    t->ns = 0;
    t->nr = 0;
    t->tries = 0;
    if (!t->again)
        return over(t, -ECONNRESET);
    t->again = false;
    t->out_at = 0;
    if (t->in)
        lk_buf_wipe(t->in);
    block_i(t);
    return 1;
}

static int take_s_response(struct ccid_t1 *t, uint8_t what, const uint8_t *inf,
                           size_t len)
{
    if (t->state == CCID_T1_RESYNCING && what == S_RESYNCH && len == 0)
        return resynced(t);
    if (t->state == CCID_T1_RESIZING && what == S_IFS && len == 1 &&
        inf[0] == t->ifsd)
        return over(t, 0);
    /* Asked to repeat itself, the card says what it said before our I-block:
     * it has not seen that one. */
    if (t->state == CCID_T1_SENDING && t->out && t->tries > 0 &&
        t->out_at == 0 && what <= S_IFS)
        return lost(t);
    return wrong(t, R_OTHER);
}

static int take_wtx(struct ccid_t1 *t, const uint8_t *inf, size_t len)
{
    if (len != 1 || inf[0] == 0)
        return wrong(t, R_OTHER);
    if (++t->extensions > CCID_T1_WTX_MAX)
        return over(t, -EPROTO);
    block_s(t, S_WTX | PCB_S_RESPONSE, inf, 1);
    t->wtx = inf[0];
    return 1;
}

static int take_ifs(struct ccid_t1 *t, const uint8_t *inf, size_t len)
{
    if (len != 1 || inf[0] == 0 || inf[0] == 255)
        return wrong(t, R_OTHER);
    if (++t->extensions > CCID_T1_WTX_MAX)
        return over(t, -EPROTO);
    t->ifsc = inf[0];
    block_s(t, S_IFS | PCB_S_RESPONSE, inf, 1);
    return 1;
}

static int take_s(struct ccid_t1 *t, uint8_t pcb, const uint8_t *inf,
                  size_t len)
{
    uint8_t what = pcb & 0x1F;
    if (pcb & PCB_S_RESPONSE)
        return take_s_response(t, what, inf, len);
    if (t->state == CCID_T1_RESYNCING)
        return wrong(t, R_OTHER);
    if (what == S_WTX)
        return take_wtx(t, inf, len);
    if (what == S_IFS)
        return take_ifs(t, inf, len);
    if (what == S_ABORT && len == 0)
        return over(t, -EPROTO);
    return wrong(t, R_OTHER);
}

/* Whether the check bytes at the end are right. */
static bool edc_right(const struct ccid_t1 *t, const uint8_t *b, size_t len)
{
    size_t n = len - edc_len(t);
    if (!t->crc)
        return b[n] == lrc_of(b, n);
    uint16_t c = crc_of(b, n);
    return b[n] == c >> 8 && b[n + 1] == (c & 0xFF);
}

int ccid_t1_feed(struct ccid_t1 *t, const uint8_t *b, size_t len)
{
    if (t->state == CCID_T1_IDLE)
        return -EPROTO;
    if (len < PROLOGUE + edc_len(t) || b[2] > CCID_T1_INF_MAX ||
        len != PROLOGUE + b[2] + edc_len(t))
        return wrong(t, R_OTHER);
    if (!edc_right(t, b, len))
        return wrong(t, R_EDC);
    uint8_t pcb = b[1];
    size_t inf_len = b[2];
    if (b[0] != NAD || (inf_len > t->ifsd && !(pcb & 0x80)))
        return wrong(t, R_OTHER);
    if (!(pcb & 0x80))
        return take_i(t, pcb, b + PROLOGUE, inf_len);
    if ((pcb & 0xC0) == PCB_S)
        return take_s(t, pcb, b + PROLOGUE, inf_len);
    if (inf_len != 0 || (pcb & 0x2C) != 0)
        return wrong(t, R_OTHER);
    return take_r(t, pcb);
}

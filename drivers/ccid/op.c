/* op.c - operations of a slot: one at a time, each to its end. */
#include "ccid/pin.h"
#include "ccid/reader_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_GRACE_MS = 50, /* beyond what the card may take */
    BLOCK_WAIT_MAX_MS = 10000,
    APDU_WAIT_MAX_MS = 1600,
    PAD_GRACE_MS = 5000, /* beyond the pad's own time */
};

bool ccid_op_finish(struct ccid_slot *s, int status, const uint8_t *data,
                    size_t len)
{
    struct ccid_reader *r = s->reader;
    struct ccid_exchange x = s->x;
    struct ccid_done done = s->done;
    uint8_t *bytes = s->bytes;
    size_t bytes_len = s->len;
    bool freed = false;
    /* The owner may free the reader: what the callback reads is ours by now. */
    memset(&s->x, 0, sizeof(s->x));
    s->bytes = NULL;
    explicit_bzero(s->t1.block, sizeof(s->t1.block));
    s->t1.state = CCID_T1_IDLE;
    s->t1.out = NULL;
    s->t1.in = NULL;
    x.t1 = NULL;
    s->op = CCID_OP_NONE;
    lk_timer_clear(s->timer);
    /* What was sent is of no more use, and the owner may look after a PIN: it
     * is gone when the end is told. */
    ccid_short_wipe(&x.pieces);
    if (x.apdu)
        explicit_bzero(x.apdu, x.apdu_len);
    bool *outer = r->freed;
    r->freed = &freed;
    done.fn(done.arg, status, data, len);
    if (bytes)
        explicit_bzero(bytes, bytes_len);
    free(bytes);
    ccid_exchange_clear(&x);
    if (freed) {
        if (outer)
            *outer = true;
        return false;
    }
    r->freed = outer;
    return true;
}

bool ccid_op_fail(struct ccid_slot *s, int status, const char *why)
{
    s->powered = false;
    if (why)
        s->why = why;
    return ccid_op_finish(s, status, NULL, 0);
}

int ccid_op_verdict(struct ccid_slot *s, const struct ccid_reply *reply)
{
    if (reply->verdict == CCID_DONE)
        return 0;
    s->why = ccid_error_words(reply->error);
    if (reply->icc == CCID_ICC_NONE)
        return -ENOMEDIUM;
    switch (reply->error) {
    case CCID_ERROR_PIN_CANCELLED:
    case CCID_ERROR_ABORTED:
        return -ECANCELED;
    case CCID_ERROR_PIN_TIMEOUT:
        return -ETIME;
    default:
        /* 1 to 127: the index of a parameter that the reader does not take. */
        return reply->error < 0x80 ? -EOPNOTSUPP : -EIO;
    }
}

static int send_for(struct ccid_slot *s, const struct ccid_command *c,
                    uint32_t wait_ms)
{
    struct ccid_reader *r = s->reader;
    const struct ccid_patience patience = {
        .wait_ms = wait_ms,
        .unit_ms = ccid_params_wait_ms(&s->params, r->class.clock_khz),
    };
    int64_t age = lk_loop_now_us(r->loop) - s->begun_us;
    if (age > (int64_t)CCID_OPERATION_MS * 1000)
        return -ETIMEDOUT;
    return ccid_pipe_send(r->pipe, c, patience);
}

int ccid_op_send(struct ccid_slot *s, uint8_t type, const uint8_t special[3],
                 const uint8_t *data, size_t len)
{
    struct ccid_command c = {
        .type = type, .slot = s->index, .data = data, .len = len};
    if (special)
        memcpy(c.special, special, sizeof(c.special));
    return send_for(s, &c, 0);
}

int ccid_op_send_block(struct ccid_slot *s, const uint8_t *data, size_t len,
                       uint8_t bwi, uint8_t level)
{
    struct ccid_reader *r = s->reader;
    const struct ccid_command c = {
        .type = CCID_PC_XFR_BLOCK,
        .slot = s->index,
        .special = {bwi, level, 0},
        .data = data,
        .len = len,
    };
    /* The reader waits for the card before it says anything. Above TPDU level
     * it tells when the card wants longer than its ordinary time. */
    bool tpdu = r->info.level == CCID_LEVEL_TPDU;
    uint32_t wait = ccid_params_wait_ms(&s->params, r->class.clock_khz);
    wait = wait * (bwi ? bwi : 1u) + BLOCK_GRACE_MS;
    wait = LK_MIN(wait, tpdu ? BLOCK_WAIT_MAX_MS : APDU_WAIT_MAX_MS);
    wait = LK_MAX(wait, (uint32_t)CCID_PIPE_COMMAND_MS);
    return send_for(s, &c, wait);
}

static int exchange_send(struct ccid_slot *s)
{
    return ccid_op_send_block(s, s->x.out, s->x.out_len, s->x.bwi, s->x.level);
}

static int pad_send(struct ccid_slot *s)
{
    const struct ccid_command c = {
        .type = CCID_PC_SECURE,
        .slot = s->index,
        .data = s->bytes,
        .len = s->len,
    };
    uint32_t wait = s->pad_s * 1000u + PAD_GRACE_MS;
    return send_for(s, &c, LK_MIN(wait, (uint32_t)CCID_PAD_MS));
}

/* Begins what `s->op` says; all it needs is in the slot. */
static int begin(struct ccid_slot *s)
{
    s->begun = true;
    s->begun_us = lk_loop_now_us(s->reader->loop);
    switch (s->op) {
    case CCID_OP_POWER_ON:
    case CCID_OP_POWER_OFF:
        return ccid_power_begin(s);
    case CCID_OP_TRANSCEIVE:
        return exchange_send(s);
    case CCID_OP_PIN:
        return pad_send(s);
    case CCID_OP_ESCAPE:
        return ccid_op_send(s, CCID_PC_ESCAPE, NULL, s->bytes, s->len);
    case CCID_OP_NONE:
        break;
    }
    return -EINVAL;
}

void ccid_op_begin_late(struct ccid_slot *s)
{
    int e = 0;
    bool card = s->op == CCID_OP_TRANSCEIVE || s->op == CCID_OP_PIN;
    if (s->cancelled)
        e = -ECANCELED;
    else if (s->op != CCID_OP_ESCAPE && !s->present)
        e = -ENOMEDIUM;
    else if (card && !s->powered)
        e = -ENOTCONN;
    if (e == 0)
        e = begin(s);
    if (e < 0)
        (void)ccid_op_finish(s, e, NULL, 0);
}

/* What an operation that failed in the middle does to the card. */
static bool exchange_failed(struct ccid_slot *s, int status)
{
    bool typed =
        s->op == CCID_OP_PIN &&
        (status == -ETIME || status == -ECANCELED || status == -EOPNOTSUPP);
    if (status == -ECONNRESET) /* T=1 is in step again: no need for power */
        return ccid_op_finish(s, -EPROTO, NULL, 0);
    if (status == -EPROTO)
        s->why = "the card broke the rules of its protocol";
    if (typed)
        return ccid_op_finish(s, status, NULL, 0);
    return ccid_op_fail(s, status, NULL);
}

/* A pad that does not know the command is none. */
static void pad_judge(struct ccid_slot *s, const struct ccid_reply *reply)
{
    if (s->op != CCID_OP_PIN || reply->error != CCID_ERROR_UNSUPPORTED)
        return;
    if (s->modify)
        s->reader->info.pad_modify = false;
    else
        s->reader->info.pad_verify = false;
}

static bool garbled(const struct ccid_slot *s, const struct ccid_reply *reply)
{
    return s->op == CCID_OP_TRANSCEIVE && s->x.carrier == CCID_CARRIER_TPDU1 &&
           reply->error == CCID_ERROR_PARITY && reply->icc != CCID_ICC_NONE;
}

static bool exchange_done(struct ccid_slot *s, const struct ccid_reply *reply)
{
    int e = ccid_op_verdict(s, reply);
    if (e == 0) {
        e = ccid_exchange_feed(&s->x, reply->data, reply->len, reply->last);
    } else if (garbled(s, reply)) {
        e = ccid_exchange_feed(&s->x, NULL, 0, 0);
    } else {
        pad_judge(s, reply);
        return exchange_failed(s, e);
    }
    if (e == 1)
        e = exchange_send(s);
    else if (e == 0)
        return ccid_op_finish(s, 0, s->x.whole->data, s->x.whole->len);
    return e < 0 ? exchange_failed(s, e) : true;
}

static bool escape_done(struct ccid_slot *s, const struct ccid_reply *reply)
{
    uint8_t answer[CCID_ESCAPE_MAX];
    int e = ccid_op_verdict(s, reply);
    if (e == 0 && reply->len > sizeof(answer))
        e = -EMSGSIZE;
    if (e < 0)
        return ccid_op_finish(s, e, NULL, 0);
    memcpy(answer, reply->data, reply->len);
    bool alive = ccid_op_finish(s, 0, answer, reply->len);
    explicit_bzero(answer, sizeof(answer));
    return alive;
}

/* The command came to nothing, and the reader was brought back. */
static bool command_lost(struct ccid_slot *s, int status)
{
    if (s->op == CCID_OP_ESCAPE)
        return ccid_op_finish(s, status, NULL, 0);
    return ccid_op_fail(s, status,
                        status == -ETIMEDOUT ? "the reader did not answer"
                        : status == -EBADMSG ? "the reader's answer was wrong"
                                             : "");
}

static bool dispatch(struct ccid_slot *s, int status,
                     const struct ccid_reply *reply)
{
    if (!reply)
        return command_lost(s, status);
    switch (s->op) {
    case CCID_OP_POWER_ON:
    case CCID_OP_POWER_OFF:
        return ccid_power_done(s, status, reply);
    case CCID_OP_TRANSCEIVE:
    case CCID_OP_PIN:
        return exchange_done(s, reply);
    case CCID_OP_ESCAPE:
        return escape_done(s, reply);
    case CCID_OP_NONE:
        break;
    }
    return true;
}

void ccid_op_done(void *arg, uint8_t slot, int status,
                  const struct ccid_reply *reply)
{
    struct ccid_reader *r = arg;
    struct ccid_slot *s = &r->slot[slot];
    if (reply)
        ccid_presence_note(s, reply);
    if (s->asking)
        ccid_presence_answer(s, status, reply);
    else if (dispatch(s, status, reply))
        (void)ccid_presence_tell(s);
}

/* Whether an operation may begin in that slot. */
static int admit(const struct ccid_reader *r, uint8_t slot, enum ccid_op op)
{
    if (r->state != CCID_READY || r->reason)
        return -ENODEV;
    if (slot >= r->info.slots)
        return -EINVAL;
    const struct ccid_slot *s = &r->slot[slot];
    if (s->op != CCID_OP_NONE)
        return -EBUSY;
    if (op != CCID_OP_ESCAPE && !s->present)
        return -ENOMEDIUM;
    if ((op == CCID_OP_TRANSCEIVE || op == CCID_OP_PIN) && !s->powered)
        return -ENOTCONN;
    return 0;
}

/* Begins, now or when the slot's present question is answered. */
static int engage(struct ccid_slot *s, enum ccid_op op, struct ccid_done done)
{
    s->op = op;
    s->done = done;
    s->begun = false;
    s->why = "";
    s->cancelled = false;
    if (s->asking)
        return 0;
    int e = begin(s);
    if (e < 0) {
        s->op = CCID_OP_NONE;
        ccid_exchange_clear(&s->x);
        if (s->bytes)
            explicit_bzero(s->bytes, s->len);
        free(s->bytes);
        s->bytes = NULL;
    }
    return e == -EMSGSIZE ? -EOPNOTSUPP : e;
}

int ccid_power_on(struct ccid_reader *r, uint8_t slot, struct ccid_done done)
{
    int e = admit(r, slot, CCID_OP_POWER_ON);
    return e < 0 ? e : engage(&r->slot[slot], CCID_OP_POWER_ON, done);
}

int ccid_power_off(struct ccid_reader *r, uint8_t slot, struct ccid_done done)
{
    int e = admit(r, slot, CCID_OP_POWER_OFF);
    return e < 0 ? e : engage(&r->slot[slot], CCID_OP_POWER_OFF, done);
}

int ccid_transceive(struct ccid_reader *r, uint8_t slot, const uint8_t *apdu,
                    size_t len, struct ccid_done done)
{
    if (len > CCID_COMMAND_MAX)
        return -EINVAL;
    int e = admit(r, slot, CCID_OP_TRANSCEIVE);
    if (e < 0)
        return e;
    struct ccid_slot *s = &r->slot[slot];
    struct ccid_exchange_config config = ccid_power_carrier(s);
    e = ccid_exchange_start(&s->x, &config, apdu, len);
    return e < 0 ? e : engage(s, CCID_OP_TRANSCEIVE, done);
}

static int pin(struct ccid_slot *s, const struct ccid_pin *p, bool modify,
               struct ccid_done done)
{
    uint8_t prologue[3];
    struct ccid_exchange_config config = ccid_power_carrier(s);
    uint8_t *bytes = malloc(CCID_PIN_BLOCK_MAX);
    if (!bytes)
        return -ENOMEM;
    int e =
        ccid_exchange_start_foreign(&s->x, &config, (uint8_t)p->len, prologue);
    if (e < 0) {
        free(bytes);
        return e;
    }
    s->bytes = bytes;
    s->len = ccid_pin_block(p, modify, &s->reader->quirk, prologue, bytes);
    s->pad_s = p->timeout_s;
    s->modify = modify;
    return engage(s, CCID_OP_PIN, done);
}

int ccid_pin_verify(struct ccid_reader *r, uint8_t slot,
                    const struct ccid_pin *p, struct ccid_done done)
{
    if (!ccid_pin_sane(p, false))
        return -EINVAL;
    int e = admit(r, slot, CCID_OP_PIN);
    if (e == 0 && !r->info.pad_verify)
        e = -EOPNOTSUPP;
    return e < 0 ? e : pin(&r->slot[slot], p, false, done);
}

int ccid_pin_modify(struct ccid_reader *r, uint8_t slot,
                    const struct ccid_pin *p, struct ccid_done done)
{
    if (!ccid_pin_sane(p, true))
        return -EINVAL;
    int e = admit(r, slot, CCID_OP_PIN);
    if (e == 0 && !r->info.pad_modify)
        e = -EOPNOTSUPP;
    return e < 0 ? e : pin(&r->slot[slot], p, true, done);
}

int ccid_escape(struct ccid_reader *r, uint8_t slot, const uint8_t *bytes,
                size_t len, struct ccid_done done)
{
    if (len > CCID_ESCAPE_MAX)
        return -EINVAL;
    int e = admit(r, slot, CCID_OP_ESCAPE);
    if (e < 0)
        return e;
    struct ccid_slot *s = &r->slot[slot];
    s->bytes = malloc(len ? len : 1);
    if (!s->bytes)
        return -ENOMEM;
    if (len > 0)
        memcpy(s->bytes, bytes, len);
    s->len = len;
    return engage(s, CCID_OP_ESCAPE, done);
}

void ccid_cancel(struct ccid_reader *r, uint8_t slot)
{
    if (slot >= r->info.slots || r->slot[slot].op == CCID_OP_NONE)
        return;
    struct ccid_slot *s = &r->slot[slot];
    if (ccid_pipe_busy(r->pipe, slot)) {
        /* Also when it still waits for an answer about the card: then that
         * question is cut short, and it begins with -ECANCELED. */
        s->cancelled = !s->begun;
        ccid_pipe_abort(r->pipe, slot);
    } else {
        s->cancelled = true;
        lk_timer_set_in(s->timer, 0);
    }
}

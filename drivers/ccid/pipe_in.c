#include "ccid/pipe_impl.h"

#include <errno.h>
#include <string.h>

static bool awaits(const struct ccid_pipe *p)
{
    for (uint8_t i = 0; i < p->c.slots; i++)
        if (p->slot[i].state == CCID_SLOT_WAITING ||
            p->slot[i].state == CCID_SLOT_ABORTING)
            return true;
    return false;
}

static void in_done(void *arg, int status, const uint8_t *data, size_t len);

bool ccid_pipe_pump_in(struct ccid_pipe *p)
{
    if (p->in || p->halted || p->dead || !awaits(p))
        return true;
    /* One packet, then exactly the rest: a reader that does not end a full
     * last packet with an empty one must not keep us waiting. */
    size_t packet = p->c.in->packet;
    size_t want = packet;
    size_t total = 0;
    if (ccid_message_len(p->message, p->message_len, &total) == 0 &&
        total > p->message_len)
        want = (total - p->message_len + packet - 1) / packet * packet;
    want = LK_MIN(want, USB_TRANSFER_BYTES_MAX / packet * packet);
    int r = usb_in(p->c.device, p->c.in->address, want, 0,
                   (struct usb_done){in_done, p}, &p->in);
    if (r == 0)
        return true;
    ccid_pipe_break(p,
                    r == -ENODEV ? CCID_GONE : "no transfer from the reader");
    return false;
}

/* Time extension (6.2.1): the timer begins anew, up to the command's limit. */
static void extend(struct ccid_pipe_slot *s, uint8_t factor)
{
    uint64_t ms = (uint64_t)s->unit_ms * (factor ? factor : 1);
    ms = LK_MAX(ms, (uint64_t)s->wait_ms);
    ms = LK_MIN(ms, (uint64_t)CCID_PIPE_EXTENSION_MS);
    int64_t at = lk_loop_now_us(s->pipe->c.loop) + (int64_t)ms * 1000;
    lk_timer_set(s->timer, LK_MIN(at, s->limit_us));
    (void)ccid_pipe_pump_in(s->pipe);
}

static void stale(struct ccid_pipe *p)
{
    if (++p->stale > CCID_PIPE_STALE_MAX) {
        ccid_pipe_break(p, "the reader talks out of turn");
        return;
    }
    (void)ccid_pipe_pump_in(p);
}

/* What came is no message. While all that is awaited is the end of an abort it
 * may be the rest of one that was given up, ours or that of whoever had the
 * reader before: it is passed over, within the abort's time. */
static void garbage(struct ccid_pipe *p, const char *reason)
{
    bool waiting = false;
    bool aborting = false;
    for (uint8_t i = 0; i < p->c.slots; i++) {
        waiting |= p->slot[i].state == CCID_SLOT_WAITING;
        aborting |= p->slot[i].state == CCID_SLOT_ABORTING;
    }
    p->message_len = 0;
    if (waiting || !aborting)
        ccid_pipe_trouble(p, reason);
    else
        stale(p);
}

/* A slot that is busy, or waits for the end of an abort, though nothing of ours
 * is under way: whoever had the reader before left it so (5.3.1). */
static bool left_over(const struct ccid_reply *reply)
{
    return reply->verdict == CCID_FAILED &&
           (reply->error == CCID_ERROR_ABORTED ||
            reply->error == CCID_ERROR_BUSY);
}

static void answered(struct ccid_pipe_slot *s, const struct ccid_reply *reply)
{
    struct ccid_pipe *p = s->pipe;
    if (s->state == CCID_SLOT_ABORTING) {
        if (s->abort_step != CCID_ABORT_SENT ||
            reply->type != CCID_RDR_SLOT_STATUS) {
            stale(p);
            return;
        }
        ccid_pipe_complete(s, s->status, NULL);
        return;
    }
    if (reply->verdict == CCID_MORE_TIME) {
        extend(s, reply->error);
        return;
    }
    if (left_over(reply) || !ccid_reply_fits(s->type, reply)) {
        ccid_pipe_recover(s, -EBADMSG);
        return;
    }
    p->stale = 0;
    p->mishaps = 0;
    ccid_pipe_complete(s, 0, reply);
}

static void message_take(struct ccid_pipe *p, size_t len)
{
    struct ccid_reply reply;
    p->message_len = 0;
    p->empty = 0;
    if (ccid_reply_decode(p->message, len, &reply) < 0) {
        garbage(p, "the reader's answers make no sense");
        return;
    }
    if (reply.slot >= p->c.slots) {
        stale(p);
        return;
    }
    struct ccid_pipe_slot *s = &p->slot[reply.slot];
    bool ours = s->state == CCID_SLOT_WAITING || s->state == CCID_SLOT_ABORTING;
    if (!ours || reply.seq != s->seq) {
        stale(p);
        return;
    }
    answered(s, &reply);
}

/* A short packet in the middle of a message. Some firmware sends its header
 * alone; the rest has to follow at once. */
static bool rest_follows(struct ccid_pipe *p)
{
    if (p->message_len < CCID_HEADER_LEN)
        return false;
    uint8_t slot = p->message[5];
    if (slot >= p->c.slots || p->slot[slot].state != CCID_SLOT_WAITING ||
        p->slot[slot].seq != p->message[6])
        return false;
    lk_timer_set_in(p->slot[slot].timer, (int64_t)CCID_PIPE_REST_MS * 1000);
    return true;
}

/* Bytes came; a transfer that was not filled should end the message. */
static void bytes_take(struct ccid_pipe *p, const uint8_t *data, size_t len)
{
    size_t total = 0;
    bool last = len % p->c.in->packet != 0;
    if (p->message_len + len > p->message_cap) {
        garbage(p, "the reader's answers are too long");
        return;
    }
    memcpy(p->message + p->message_len, data, len);
    p->message_len += len;
    int r = ccid_message_len(p->message, p->message_len, &total);
    if (r == 0 && total <= p->message_len) {
        message_take(p, total);
        explicit_bzero(p->message, total); /* somebody's certificate, perhaps */
        return;
    }
    if (r == -EMSGSIZE || total > p->message_cap ||
        (last && !rest_follows(p))) {
        garbage(p, "the reader's answers are cut off");
        return;
    }
    (void)ccid_pipe_pump_in(p);
}

static void empty_take(struct ccid_pipe *p)
{
    if (p->message_len > 0 && !rest_follows(p)) {
        garbage(p, "the reader's answers are cut off");
        return;
    }
    if (++p->empty > CCID_PIPE_EMPTY_MAX && !p->c.empties) {
        ccid_pipe_break(p, "the reader sends empty packets without end");
        return;
    }
    (void)ccid_pipe_pump_in(p);
}

static void in_done(void *arg, int status, const uint8_t *data, size_t len)
{
    struct ccid_pipe *p = arg;
    p->in = NULL;
    if (p->dead)
        return;
    if (status == -ENODEV)
        ccid_pipe_break(p, CCID_GONE);
    else if (status == -EPIPE)
        ccid_pipe_unhalt(p, p->c.in->address);
    else if (status == -ECANCELED) /* by ourselves, for another in its place */
        (void)ccid_pipe_pump_in(p);
    else if (status < 0)
        ccid_pipe_trouble(p, "the reader's answers do not arrive");
    else if (len == 0)
        empty_take(p);
    else
        bytes_take(p, data, len);
}

#include "ccid/pipe_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { REQUEST_OUT_CLASS_INTERFACE = 0x21 }; /* bmRequestType (USB 9.3) */

static void message_drop(struct ccid_pipe_slot *s)
{
    if (s->message)
        explicit_bzero(s->message, s->len);
    free(s->message);
    s->message = NULL;
    s->len = 0;
}

void ccid_pipe_break(struct ccid_pipe *p, const char *reason)
{
    if (p->dead)
        return;
    p->dead = true;
    for (uint8_t i = 0; i < p->c.slots; i++) {
        message_drop(&p->slot[i]);
        lk_timer_clear(p->slot[i].timer);
        p->slot[i].state = CCID_SLOT_IDLE;
    }
    p->c.broken(p->c.arg, reason);
}

void ccid_pipe_complete(struct ccid_pipe_slot *s, int status,
                        const struct ccid_reply *reply)
{
    struct ccid_pipe *p = s->pipe;
    message_drop(s);
    lk_timer_clear(s->timer);
    s->state = CCID_SLOT_IDLE;
    if (p->out_slot == s->slot)
        p->out_slot = -1; /* the answer was faster than the transfer's end */
    if (!ccid_pipe_pump_out(p) || !ccid_pipe_pump_in(p))
        return;
    p->c.done(p->c.arg, s->slot, status, reply);
}

static unsigned at_work(const struct ccid_pipe *p)
{
    unsigned n = 0;
    for (uint8_t i = 0; i < p->c.slots; i++)
        n += p->slot[i].state == CCID_SLOT_WAITING ||
             p->slot[i].state == CCID_SLOT_ABORTING;
    return n;
}

/* Who sends next: an abort before commands. -1 nobody. */
static int next_out(const struct ccid_pipe *p)
{
    for (uint8_t i = 0; i < p->c.slots; i++)
        if (p->slot[i].state == CCID_SLOT_ABORTING &&
            p->slot[i].abort_step == CCID_ABORT_QUEUED)
            return i;
    if (at_work(p) >= p->c.busy_slots)
        return -1;
    for (uint8_t i = 0; i < p->c.slots; i++)
        if (p->slot[i].state == CCID_SLOT_QUEUED && p->slot[i].status == 0)
            return i;
    return -1;
}

static void out_done(void *arg, int status, const uint8_t *data, size_t len);

static int send_abort(struct ccid_pipe_slot *s)
{
    struct ccid_pipe *p = s->pipe;
    const struct ccid_command c = {
        .type = CCID_PC_ABORT, .slot = s->slot, .seq = s->seq};
    int n = ccid_command_encode(&c, p->abort_message, sizeof(p->abort_message));
    if (n < 0)
        return n;
    s->abort_step = CCID_ABORT_SENT;
    return usb_out(p->c.device, p->c.out->address,
                   (struct usb_bytes){p->abort_message, (size_t)n}, 0,
                   (struct usb_done){out_done, p}, &p->out);
}

static int send_command(struct ccid_pipe_slot *s)
{
    struct ccid_pipe *p = s->pipe;
    s->state = CCID_SLOT_WAITING;
    lk_timer_set_in(s->timer, (int64_t)s->wait_ms * 1000);
    s->limit_us = lk_loop_now_us(p->c.loop) +
                  (int64_t)(s->wait_ms + p->c.extension_max_ms) * 1000;
    return usb_out(p->c.device, p->c.out->address,
                   (struct usb_bytes){s->message, s->len}, 0,
                   (struct usb_done){out_done, p}, &p->out);
}

bool ccid_pipe_pump_out(struct ccid_pipe *p)
{
    if (p->out || p->halted || p->dead)
        return true;
    int i = next_out(p);
    if (i < 0)
        return true;
    struct ccid_pipe_slot *s = &p->slot[i];
    p->out_slot = i;
    int r = s->state == CCID_SLOT_ABORTING ? send_abort(s) : send_command(s);
    if (r == 0)
        return true;
    p->out_slot = -1;
    ccid_pipe_break(p, r == -ENODEV ? CCID_GONE : "no transfer to the reader");
    return false;
}

static void control_done(void *arg, int status, const uint8_t *data, size_t len)
{
    struct ccid_pipe_slot *s = arg;
    struct ccid_pipe *p = s->pipe;
    (void)data;
    (void)len;
    if (p->dead)
        return;
    if (status == -ENODEV) {
        ccid_pipe_break(p, CCID_GONE);
        return;
    }
    /* Readers that do not know the request stall it: the message may do. */
    if (s->state != CCID_SLOT_ABORTING || s->abort_step != CCID_ABORT_CONTROL)
        return;
    s->abort_step = CCID_ABORT_QUEUED;
    if (ccid_pipe_pump_out(p))
        (void)ccid_pipe_pump_in(p);
}

/* 5.3.1: the request tells which sequence number the message will have. */
static void abort_request(struct ccid_pipe_slot *s)
{
    struct ccid_pipe *p = s->pipe;
    const struct usb_setup setup = {
        .type = REQUEST_OUT_CLASS_INTERFACE,
        .request = CCID_REQUEST_ABORT,
        .value = (uint16_t)(s->seq << 8 | s->slot),
        .index = p->c.interface,
    };
    s->abort_step = CCID_ABORT_CONTROL;
    int r = usb_control(p->c.device, &setup, NULL, CCID_PIPE_ABORT_MS,
                        (struct usb_done){control_done, s}, NULL);
    if (r < 0)
        ccid_pipe_break(p, "the reader cannot be told to stop");
}

/* A transfer that hangs would keep the abort's answer from us too: another is
 * begun in its place, unless it may be another slot's. */
static void renew_in(struct ccid_pipe *p)
{
    for (uint8_t i = 0; i < p->c.slots; i++)
        if (p->slot[i].state == CCID_SLOT_WAITING)
            return;
    if (p->in)
        usb_cancel(p->in);
}

/* Begins the abort of a command that is out. */
static void bring_back(struct ccid_pipe_slot *s, int status)
{
    struct ccid_pipe *p = s->pipe;
    p->message_len = 0; /* what came of an answer is of no use */
    s->state = CCID_SLOT_ABORTING;
    s->status = status;
    s->seq = p->seq++;
    if (status == -ETIMEDOUT)
        renew_in(p);
    lk_timer_set_in(s->timer, (int64_t)CCID_PIPE_ABORT_MS * 1000);
    if (p->out_slot == s->slot) {
        s->abort_step = CCID_ABORT_HELD;
        usb_cancel(p->out);
        return;
    }
    abort_request(s);
}

void ccid_pipe_recover(struct ccid_pipe_slot *s, int status)
{
    struct ccid_pipe *p = s->pipe;
    if (status != -ECANCELED && ++p->mishaps > CCID_PIPE_MISHAPS_MAX)
        ccid_pipe_break(p, "the reader fails time and again");
    else
        bring_back(s, status);
}

void ccid_pipe_trouble(struct ccid_pipe *p, const char *reason)
{
    bool waiting = false;
    p->message_len = 0;
    for (uint8_t i = 0; i < p->c.slots; i++)
        waiting |= p->slot[i].state == CCID_SLOT_WAITING;
    /* Nobody waits: even what should bring it back goes wrong. */
    if (!waiting || ++p->mishaps > CCID_PIPE_MISHAPS_MAX) {
        ccid_pipe_break(p, reason);
        return;
    }
    for (uint8_t i = 0; i < p->c.slots && !p->dead; i++)
        if (p->slot[i].state == CCID_SLOT_WAITING)
            bring_back(&p->slot[i], -EBADMSG);
}

static void unhalted(void *arg, int status, const uint8_t *data, size_t len)
{
    struct ccid_pipe *p = arg;
    (void)data;
    (void)len;
    if (p->dead)
        return;
    p->halted = false;
    if (status < 0) {
        ccid_pipe_break(p, status == -ENODEV ? CCID_GONE
                                             : "an endpoint stays halted");
        return;
    }
    ccid_pipe_trouble(p, "the reader stalls time and again");
}

void ccid_pipe_unhalt(struct ccid_pipe *p, uint8_t endpoint)
{
    if (p->halted)
        return;
    p->halted = true;
    int r =
        usb_clear_halt(p->c.device, endpoint, (struct usb_done){unhalted, p});
    if (r < 0) {
        p->halted = false;
        ccid_pipe_break(p, "an endpoint stays halted");
    }
}

/* A transfer to the reader ended: the command's, that of an abort, or one whose
 * answer was faster. */
static void out_done(void *arg, int status, const uint8_t *data, size_t len)
{
    struct ccid_pipe *p = arg;
    (void)data;
    (void)len;
    struct ccid_pipe_slot *s = p->out_slot < 0 ? NULL : &p->slot[p->out_slot];
    p->out = NULL;
    p->out_slot = -1;
    if (p->dead)
        return;
    if (status == -ENODEV) {
        ccid_pipe_break(p, CCID_GONE);
        return;
    }
    bool held =
        s && s->state == CCID_SLOT_ABORTING && s->abort_step == CCID_ABORT_HELD;
    if (status == -EPIPE && !held) {
        ccid_pipe_unhalt(p, p->c.out->address);
        return;
    }
    if (s)
        message_drop(s);
    if (held)
        abort_request(s);
    else if (s && status < 0)
        ccid_pipe_trouble(p, "commands do not reach the reader");
    else if (ccid_pipe_pump_out(p))
        (void)ccid_pipe_pump_in(p);
}

static void timer_due(void *arg, int64_t now_us)
{
    struct ccid_pipe_slot *s = arg;
    (void)now_us;
    if (s->state == CCID_SLOT_ABORTING)
        ccid_pipe_break(s->pipe, "the reader does not answer");
    else if (s->state == CCID_SLOT_WAITING)
        ccid_pipe_recover(s, -ETIMEDOUT);
    else if (s->state == CCID_SLOT_QUEUED)
        ccid_pipe_complete(s, -ECANCELED, NULL);
}

int ccid_pipe_new(const struct ccid_pipe_config *config, struct ccid_pipe **ret)
{
    struct ccid_pipe *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->c = *config;
    p->out_slot = -1;
    /* Answers to whoever spoke with the reader before should not fit. */
    p->seq = (uint8_t)(lk_loop_now_us(config->loop) >> 4);
    size_t packet = config->in->packet;
    p->message_cap = (CCID_MESSAGE_MAX + packet - 1) / packet * packet;
    p->message = malloc(p->message_cap);
    int r = p->message ? 0 : -ENOMEM;
    for (uint8_t i = 0; r == 0 && i < config->slots; i++) {
        p->slot[i].pipe = p;
        p->slot[i].slot = i;
        r = lk_timer_new(config->loop, timer_due, &p->slot[i],
                         &p->slot[i].timer);
    }
    if (r < 0) {
        (void)ccid_pipe_free(p);
        return r;
    }
    *ret = p;
    return 0;
}

struct ccid_pipe *ccid_pipe_free(struct ccid_pipe *p)
{
    if (!p)
        return NULL;
    for (uint8_t i = 0; i < CCID_PIPE_SLOTS_MAX; i++) {
        message_drop(&p->slot[i]);
        (void)lk_timer_free(p->slot[i].timer);
    }
    if (p->message)
        explicit_bzero(p->message, p->message_cap);
    free(p->message);
    free(p);
    return NULL;
}

int ccid_pipe_send(struct ccid_pipe *p, const struct ccid_command *c,
                   struct ccid_patience patience)
{
    if (p->dead)
        return -ENODEV;
    struct ccid_pipe_slot *s = &p->slot[c->slot];
    if (s->state != CCID_SLOT_IDLE)
        return -EBUSY;
    size_t len = CCID_HEADER_LEN + c->len;
    if (len > p->c.message_max)
        return -EMSGSIZE;
    uint8_t *message = malloc(len);
    if (!message)
        return -ENOMEM;
    struct ccid_command sent = *c;
    sent.seq = p->seq++;
    int n = ccid_command_encode(&sent, message, len);
    if (n < 0) {
        free(message);
        return n;
    }
    s->message = message;
    s->len = len;
    s->type = c->type;
    s->seq = sent.seq;
    s->wait_ms = patience.wait_ms ? patience.wait_ms : CCID_PIPE_COMMAND_MS;
    s->wait_ms += p->c.patience_ms;
    s->unit_ms = patience.unit_ms;
    s->status = 0;
    s->state = CCID_SLOT_QUEUED;
    if (!ccid_pipe_pump_out(p) || !ccid_pipe_pump_in(p))
        return -ENODEV;
    return 0;
}

bool ccid_pipe_busy(const struct ccid_pipe *p, uint8_t slot)
{
    return p->slot[slot].state != CCID_SLOT_IDLE;
}

void ccid_pipe_abort(struct ccid_pipe *p, uint8_t slot)
{
    struct ccid_pipe_slot *s = &p->slot[slot];
    if (s->state == CCID_SLOT_WAITING) {
        ccid_pipe_recover(s, -ECANCELED);
    } else if (s->state == CCID_SLOT_QUEUED) {
        /* It never went out. The timer, at once, ends it from the loop. */
        s->status = -ECANCELED;
        lk_timer_set_in(s->timer, 0);
    }
}

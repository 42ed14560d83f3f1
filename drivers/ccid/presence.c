/* presence.c - cards that come and go: interrupts, or questions. */
#include "ccid/reader_impl.h"

#include <errno.h>

/* Counts against a ceiling per window of time. False: too many. */
static bool within(struct ccid_reader *r, unsigned *count, unsigned max)
{
    int64_t now = lk_loop_now_us(r->loop);
    if (now - r->window_us > (int64_t)CCID_WINDOW_MS * 1000) {
        r->window_us = now;
        r->notices = 0;
        r->changes = 0;
    }
    return ++*count <= max;
}

static bool tell(struct ccid_slot *s, bool present)
{
    struct ccid_reader *r = s->reader;
    bool freed = false;
    s->told = present;
    if (!within(r, &r->changes, CCID_CHANGES_MAX)) {
        ccid_reader_break(r, "cards seem to come and go without end");
        return true;
    }
    r->freed = &freed;
    r->events.slot(r->events.arg, s->index, present);
    if (freed)
        return false;
    r->freed = NULL;
    return true;
}

bool ccid_presence_tell(struct ccid_slot *s)
{
    if (s->reader->state != CCID_READY)
        return true;
    bool swapped = s->swapped && s->told && s->present;
    s->swapped = false;
    if (swapped && !tell(s, false))
        return false;
    if (s->told != s->present)
        return tell(s, s->present);
    return true;
}

static void card_gone(struct ccid_slot *s)
{
    s->present = false;
    s->active = false;
    s->powered = false;
}

void ccid_presence_note(struct ccid_slot *s, const struct ccid_reply *reply)
{
    if (reply->icc == CCID_ICC_NONE) {
        card_gone(s);
        return;
    }
    s->present = true;
    s->active = reply->icc == CCID_ICC_ACTIVE;
    if (s->powered && !s->active && (s->op == CCID_OP_NONE || !s->begun)) {
        /* It lost its power while nobody spoke to it: another card. */
        s->powered = false;
        s->swapped = true;
    }
}

static int ask(struct ccid_slot *s)
{
    const struct ccid_command c = {.type = CCID_PC_SLOT_STATUS,
                                   .slot = s->index};
    int e = ccid_pipe_send(s->reader->pipe, &c,
                           (struct ccid_patience){.wait_ms = CCID_ASK_MS});
    if (e == 0)
        s->asking = true;
    return e;
}

void ccid_presence_poll(void *arg, int64_t now_us)
{
    struct ccid_reader *r = arg;
    (void)now_us;
    for (uint8_t i = 0; i < r->info.slots && !r->reason; i++) {
        struct ccid_slot *s = &r->slot[i];
        if (s->op == CCID_OP_NONE && !s->asking)
            (void)ask(s); /* when memory is short, the next time */
    }
    if (r->info.polled)
        lk_timer_set_in(r->poll, (int64_t)CCID_POLL_MS * 1000);
}

/* The interrupt endpoint is of no use: it is asked from now on. */
static void fall_back(struct ccid_reader *r)
{
    r->interrupt = NULL;
    r->info.polled = true;
    lk_timer_set_in(r->poll, (int64_t)CCID_POLL_MS * 1000);
}

static void listen(struct ccid_reader *r);

static void unhalted(void *arg, int status, const uint8_t *data, size_t len)
{
    struct ccid_reader *r = arg;
    (void)data;
    (void)len;
    if (status < 0)
        fall_back(r);
    else
        listen(r);
}

static void halted(struct ccid_reader *r)
{
    if (++r->halts > CCID_HALTS_MAX ||
        usb_clear_halt(r->device, r->interrupt->address,
                       (struct usb_done){unhalted, r}) < 0)
        fall_back(r);
}

/* False: the reader is gone. */
static bool noticed(struct ccid_reader *r, const struct ccid_notice *n)
{
    bool ask_all = false;
    for (uint8_t i = 0; i < r->info.slots; i++) {
        struct ccid_slot *s = &r->slot[i];
        bool present = (n->present & 1u << i) != 0;
        if ((n->changed & 1u << i) == 0)
            continue;
        if (!present)
            card_gone(s);
        else if (s->present && s->powered)
            ask_all = true; /* the same card, or was it taken out? */
        else
            s->present = true;
        if (!ccid_presence_tell(s))
            return false;
    }
    if (ask_all)
        lk_timer_set_in(r->poll, 0);
    return true;
}

static void heard(void *arg, int status, const uint8_t *data, size_t len)
{
    struct ccid_reader *r = arg;
    struct ccid_notice n;
    if (r->reason || status == -ECANCELED)
        return;
    if (status == -EPIPE) {
        halted(r);
        return;
    }
    if (status == -ENODEV) {
        ccid_pipe_break(r->pipe, CCID_GONE);
        return;
    }
    if (status < 0 || !within(r, &r->notices, CCID_NOTICES_MAX)) {
        fall_back(r);
        return;
    }
    if (ccid_notice_decode(data, len, &n) == 0) {
        if (n.hardware) {
            ccid_pipe_break(r->pipe, "the reader tells of a hardware error");
            return;
        }
        if (!noticed(r, &n))
            return;
    }
    listen(r);
}

static void listen(struct ccid_reader *r)
{
    if (!r->interrupt || r->reason)
        return;
    int e = usb_in(r->device, r->interrupt->address, r->interrupt->packet, 0,
                   (struct usb_done){heard, r}, NULL);
    if (e < 0)
        fall_back(r);
}

/* Every slot was asked. */
static void ready(struct ccid_reader *r)
{
    bool freed = false;
    r->state = CCID_READY;
    r->freed = &freed;
    r->events.ready(r->events.arg, &r->info);
    if (freed)
        return;
    r->freed = NULL;
    for (uint8_t i = 0; i < r->info.slots; i++)
        if (!ccid_presence_tell(&r->slot[i]))
            return;
    if (r->info.polled)
        lk_timer_set_in(r->poll, (int64_t)CCID_POLL_MS * 1000);
}

static void start_next(struct ccid_reader *r)
{
    if (r->starting == r->info.slots)
        ready(r);
    else if (ask(&r->slot[r->starting]) < 0)
        ccid_reader_break(r, "its slots cannot be asked");
}

void ccid_presence_start(struct ccid_reader *r)
{
    listen(r);
    start_next(r);
}

static void started(struct ccid_slot *s, int status,
                    const struct ccid_reply *reply)
{
    enum { NO_SUCH_SLOT = 5 };
    struct ccid_reader *r = s->reader;
    (void)status;
    if (!reply) {
        if (++r->tries >= CCID_START_TRIES)
            ccid_reader_break(r, "its slots do not answer");
        else
            start_next(r);
        return;
    }
    r->tries = 0;
    if (reply->verdict == CCID_FAILED && reply->error == NO_SUCH_SLOT &&
        s->index > 0)
        r->info.slots = s->index; /* it promised more than it has */
    else
        r->starting++;
    start_next(r);
}

void ccid_presence_answer(struct ccid_slot *s, int status,
                          const struct ccid_reply *reply)
{
    s->asking = false;
    if (s->reader->state == CCID_STARTING) {
        started(s, status, reply);
        return;
    }
    if (!ccid_presence_tell(s))
        return;
    if (s->op != CCID_OP_NONE && !s->begun)
        ccid_op_begin_late(s);
}

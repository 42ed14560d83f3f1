/* One interface 7/1/4: IPP USB 1.0, 4 (an interface is one connection). */
#include "escl/limits.h"
#include "escl/pipe.h"

#include "usb/usb.h"

#include <errno.h>
#include <stdlib.h>

#define SLOTS (ESCL_USB_AHEAD + 1)
#define PACE_US 50000U
#define SPENT_MIN_US 20000

enum phase {
    DOWN,
    CANCEL, /* until all transfers are back */
    SOFT_RESET,
    ALTERNATE,
    CLEAR_IN,
    CLEAR_OUT,
    DRAIN, /* until nothing stale comes any more */
    UP,
};

struct usb_pipe;

/* One transfer from the device. */
struct slot {
    struct usb_pipe *pipe;
    struct usb_transfer *transfer; /* NULL: free */
    size_t cap;
    uint64_t order;
    bool nudged; /* taken back by us, to see what is in it */
};

struct usb_pipe {
    struct escl_pipe base;
    struct lk_loop *loop;
    struct usb_device *device;
    const struct usb_alternate *alternate;
    const struct usb_endpoint *in, *out;
    struct lk_timer *timer;
    enum phase phase;
    bool waits;    /* CANCEL: begun */
    bool stepping; /* a request of renew() is under way */
    bool soft_reset;
    int64_t renew_by_us;
    struct usb_transfer *sending;
    size_t send_len;
    struct slot slot[SLOTS];
    size_t flying;    /* slots that are taken */
    uint64_t covered; /* bytes that they have room for */
    uint64_t orders;
    enum escl_pipe_mode mode;
    uint64_t left;     /* BODY: bytes still to come */
    int64_t body_us;   /* since when, */
    uint64_t body_got; /* and bytes since then */
    size_t drained;
    bool held;
};

static void advance(struct usb_pipe *p);

static struct usb_pipe *of(struct escl_pipe *p)
{
    return LK_CONTAINER_OF(p, struct usb_pipe, base);
}

static void take_all_back(struct usb_pipe *p)
{
    for (size_t i = 0; i < SLOTS; i++)
        usb_cancel(p->slot[i].transfer);
    usb_cancel(p->sending);
}

/* renew() ended badly. */
static void fail(struct usb_pipe *p, int error)
{
    p->phase = DOWN;
    lk_timer_clear(p->timer);
    take_all_back(p);
    p->base.events->renewed(p->base.arg, error);
}

/* The connection broke. Nothing of `p` may be used after it. */
static void end(struct usb_pipe *p, int error)
{
    p->phase = DOWN;
    lk_timer_clear(p->timer);
    take_all_back(p);
    p->base.events->ended(p->base.arg, error);
}

static size_t round_up(uint64_t len, size_t packet)
{
    uint64_t most = ESCL_USB_TRANSFER / packet * packet;
    uint64_t whole = (len + packet - 1) / packet * packet;
    return (size_t)LK_MIN(whole, most);
}

/* What the device sends in PACE_US at the rate it has had in this body: a slow
 * one is asked for little at a time, so that its bytes are seen as they come
 * and silence is silence. */
static uint64_t paced(const struct usb_pipe *p)
{
    int64_t spent = lk_loop_now_us(p->loop) - p->body_us;
    return p->body_got * PACE_US / (uint64_t)LK_MAX(spent, SPENT_MIN_US);
}

/* Room of the next transfer; 0: none is wanted. Never more than is known to
 * come: not every device says by an empty packet that a full one was its last,
 * and what is in a transfer that does not end is out of reach. */
static size_t next_cap(const struct usb_pipe *p)
{
    size_t packet = p->in->packet;
    bool known = p->mode == ESCL_PIPE_BODY && p->left > p->covered;
    if (p->phase == UP && (known || p->mode == ESCL_PIPE_STREAM)) {
        uint64_t most = paced(p);
        if (known)
            most = LK_MIN(most, p->left - p->covered);
        return round_up(LK_MAX(most, 1U), packet);
    }
    return p->flying < ESCL_USB_AHEAD_IDLE ? packet : 0;
}

static void on_in(void *arg, int status, const uint8_t *data, size_t len);

static struct slot *free_slot(struct usb_pipe *p)
{
    for (size_t i = 0; i < SLOTS; i++)
        if (!p->slot[i].transfer)
            return &p->slot[i];
    return NULL;
}

static int top_up(struct usb_pipe *p)
{
    while (!p->held && p->flying < ESCL_USB_AHEAD) {
        size_t cap = next_cap(p);
        struct slot *s = free_slot(p);
        if (cap == 0 || !s)
            break;
        *s = (struct slot){.pipe = p, .cap = cap, .order = p->orders++};
        int r = usb_in(p->device, p->in->address, cap, 0,
                       (struct usb_done){on_in, s}, &s->transfer);
        if (r < 0) {
            s->transfer = NULL;
            return p->flying > 0 ? 0 : r;
        }
        p->flying++;
        p->covered += cap;
    }
    return 0;
}

/* A transfer for many packets that is the next to end. */
static struct slot *oldest_big(struct usb_pipe *p)
{
    struct slot *best = NULL;
    for (size_t i = 0; i < SLOTS; i++) {
        struct slot *s = &p->slot[i];
        if (s->transfer && s->cap > p->in->packet && !s->nudged &&
            (!best || s->order < best->order))
            best = s;
    }
    return best;
}

/* Whether transfers have more room than what is known to come. */
static bool overdrawn(const struct usb_pipe *p)
{
    return p->mode != ESCL_PIPE_BODY ||
           p->covered > p->left + ESCL_USB_AHEAD_IDLE * (size_t)p->in->packet;
}

/* Short packets in between can leave room too much: what is in such a transfer
 * has to be fetched out. */
static void watch_quiet(struct usb_pipe *p)
{
    if (overdrawn(p) && oldest_big(p))
        lk_timer_set_in(p->timer, ESCL_NUDGE_MS * 1000LL);
    else
        lk_timer_clear(p->timer);
}

static void on_timer(void *arg, int64_t now_us)
{
    struct usb_pipe *p = arg;
    struct slot *s = oldest_big(p);
    if (p->phase == DOWN)
        return;
    if (p->phase != UP) {
        if (p->phase == CANCEL && !p->waits) {
            /* renew() must not call back: its first step is here. */
            p->waits = true;
            lk_timer_set(p->timer, p->renew_by_us);
            advance(p);
            return;
        }
        if (now_us >= p->renew_by_us) {
            fail(p, -ETIMEDOUT);
            return;
        }
        if (p->phase == DRAIN) {
            p->phase = UP;
            p->base.events->renewed(p->base.arg, 0);
        }
        return;
    }
    if (s && !p->held) {
        s->nudged = true;
        usb_cancel(s->transfer);
    }
}

/* Stale bytes: thrown away, until it is quiet. */
static void drained(struct usb_pipe *p, size_t len)
{
    int64_t quiet = lk_loop_now_us(p->loop) + ESCL_STALE_MS * 1000LL;
    p->drained += len;
    if (p->drained > ESCL_DRAIN_MAX) {
        fail(p, -ETIMEDOUT);
        return;
    }
    if (top_up(p) < 0) {
        fail(p, -EIO);
        return;
    }
    if (len > 0)
        lk_timer_set(p->timer, LK_MIN(quiet, p->renew_by_us));
}

static void arrived(struct usb_pipe *p, const uint8_t *data, size_t len)
{
    if (p->phase == DRAIN) {
        drained(p, len);
        return;
    }
    p->left -= LK_MIN((uint64_t)len, p->left);
    p->body_got += len;
    int r = top_up(p);
    watch_quiet(p);
    if (r < 0)
        end(p, r == -ENOMEM ? -ENOMEM : -EIO);
    else
        p->base.events->received(p->base.arg, data, len);
}

static void on_in(void *arg, int status, const uint8_t *data, size_t len)
{
    struct slot *s = arg;
    struct usb_pipe *p = s->pipe;
    bool nudged = s->nudged;
    s->transfer = NULL;
    p->flying--;
    p->covered -= s->cap;
    if (p->phase != DRAIN && p->phase != UP) {
        advance(p);
    } else if (status == 0 || (status == -ECANCELED && nudged)) {
        arrived(p, data, len);
    } else if (p->phase == DRAIN) {
        fail(p, status);
    } else {
        end(p, status == -ECANCELED ? -EIO : status);
    }
}

static void on_step(void *arg, int status, const uint8_t *data, size_t len)
{
    struct usb_pipe *p = arg;
    (void)data;
    (void)len;
    p->stepping = false;
    if (p->phase == DOWN)
        return;
    if (status == -ENODEV) {
        fail(p, -ENODEV);
        return;
    }
    /* A device may stall a request that would change nothing. */
    advance(p);
}

/* USB Device Class Definition for Printing Devices 1.1, 4.2.3. */
static int reset_softly(struct usb_pipe *p, struct usb_done done)
{
    const struct usb_setup setup = {
        .type = 0x21,
        .request = 2,
        .index = p->alternate->interface,
    };
    return usb_control(p->device, &setup, NULL, ESCL_RENEW_MS / 2, done, NULL);
}

static int step(struct usb_pipe *p)
{
    struct usb_done done = {on_step, p};
    switch (p->phase) {
    case SOFT_RESET:
        return p->soft_reset ? reset_softly(p, done) : 0;
    case ALTERNATE:
        /* Also where it is chosen already: the connection begins anew. */
        return usb_set_alternate(p->device, p->alternate->interface,
                                 p->alternate->alternate, done);
    case CLEAR_IN:
        return usb_clear_halt(p->device, p->in->address, done);
    case CLEAR_OUT:
        return usb_clear_halt(p->device, p->out->address, done);
    case DOWN:
    case CANCEL:
    case DRAIN:
    case UP:
        break;
    }
    return 0;
}

/* One step further in renewing, when the last one is done. */
static void advance(struct usb_pipe *p)
{
    if (p->phase == DOWN || (p->phase == CANCEL && !p->waits) || p->stepping ||
        p->flying > 0 || p->sending)
        return;
    p->phase++;
    if (p->phase == SOFT_RESET && !p->soft_reset)
        p->phase++;
    if (p->phase == DRAIN) {
        p->drained = 0;
        p->mode = ESCL_PIPE_HEAD;
        p->held = false;
        lk_timer_set_in(p->timer, ESCL_STALE_MS * 1000LL);
        int r = top_up(p);
        if (r < 0)
            fail(p, r);
        return;
    }
    if (p->phase == UP)
        return;
    int r = step(p);
    p->stepping = r == 0;
    if (r < 0)
        fail(p, r);
}

static void pipe_renew(struct escl_pipe *base)
{
    struct usb_pipe *p = of(base);
    p->renew_by_us = lk_loop_now_us(p->loop) + ESCL_RENEW_MS * 1000LL;
    p->phase = CANCEL;
    p->waits = false;
    take_all_back(p);
    lk_timer_set_in(p->timer, 0);
}

static void on_out(void *arg, int status, const uint8_t *data, size_t len)
{
    struct usb_pipe *p = arg;
    (void)data;
    p->sending = NULL;
    p->base.sending = false;
    if (p->phase == UP && status < 0)
        end(p, status == -ECANCELED ? -EIO : status);
    else if (p->phase == UP && len < p->send_len)
        end(p, -EIO);
    else if (p->phase != UP)
        advance(p);
}

static int pipe_send(struct escl_pipe *base, const void *data, size_t len)
{
    struct usb_pipe *p = of(base);
    if (p->phase != UP)
        return -ENOTCONN;
    if (p->sending)
        return -EBUSY;
    p->send_len = len;
    int r = usb_out(p->device, p->out->address, (struct usb_bytes){data, len},
                    ESCL_SEND_MS, (struct usb_done){on_out, p}, &p->sending);
    p->base.sending = r == 0;
    return r;
}

static void pipe_expect(struct escl_pipe *base, enum escl_pipe_mode mode,
                        uint64_t left)
{
    struct usb_pipe *p = of(base);
    if (p->mode == ESCL_PIPE_HEAD && mode != ESCL_PIPE_HEAD) {
        p->body_us = lk_loop_now_us(p->loop);
        p->body_got = 0;
    }
    p->mode = mode;
    p->left = mode == ESCL_PIPE_BODY ? left : 0;
    if (p->phase != UP)
        return;
    /* Where it fails, the next transfer that ends tries again. */
    (void)top_up(p);
    watch_quiet(p);
}

static void pipe_hold(struct escl_pipe *base, bool held)
{
    struct usb_pipe *p = of(base);
    p->held = held;
    if (held || p->phase != UP)
        return;
    int r = top_up(p);
    watch_quiet(p);
    if (r < 0 && p->flying == 0)
        lk_timer_set_in(p->timer, ESCL_NUDGE_MS * 1000LL);
}

static struct escl_pipe *pipe_free(struct escl_pipe *base)
{
    struct usb_pipe *p = of(base);
    p->timer = lk_timer_free(p->timer);
    free(p);
    return NULL;
}

static const struct usb_endpoint *endpoint(const struct usb_alternate *a,
                                           bool in)
{
    for (size_t i = 0; i < a->endpoints; i++)
        if (a->endpoint[i].type == USB_ENDPOINT_BULK &&
            ((a->endpoint[i].address & USB_DIR_IN) != 0) == in)
            return &a->endpoint[i];
    return NULL;
}

/* The first usable alternate setting of the nth interface that has one. */
static const struct usb_alternate *find(struct usb_device *d, unsigned nth)
{
    const struct usb_descriptors *all = usb_descriptors(d);
    const struct usb_alternate *a = NULL;
    uint32_t seen = 0;
    unsigned count = 0;
    while ((a = usb_alternate_next(all, a, 7, 1, 4))) {
        if (seen & 1U << a->interface || !endpoint(a, true) ||
            !endpoint(a, false))
            continue;
        seen |= 1U << a->interface;
        if (count++ == nth)
            return a;
    }
    return NULL;
}

int escl_pipe_usb_new(struct lk_loop *l, const struct escl_pipe_place *place,
                      const struct escl_pipe_events *events, void *arg,
                      struct escl_pipe **ret)
{
    static const struct escl_pipe_ops ops = {
        .renew = pipe_renew,
        .send = pipe_send,
        .expect = pipe_expect,
        .hold = pipe_hold,
        .free = pipe_free,
    };
    const struct usb_alternate *a = find(place->device, place->nth);
    if (!a)
        return -ENOENT;
    int r = usb_claim(place->device, a->interface);
    if (r < 0)
        return r;
    struct usb_pipe *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->base = (struct escl_pipe){&ops, events, arg, 0, true, false};
    p->loop = l;
    p->device = place->device;
    p->alternate = a;
    p->in = endpoint(a, true);
    p->out = endpoint(a, false);
    p->base.grain = p->out->packet;
    p->soft_reset = place->soft_reset;
    r = lk_timer_new(l, on_timer, p, &p->timer);
    if (r < 0) {
        free(p);
        return r;
    }
    *ret = &p->base;
    return 0;
}

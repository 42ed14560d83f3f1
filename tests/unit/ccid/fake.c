#include "fake.h"

#include "testing.h"

#include <errno.h>

enum { OUT = 0x02, IN = 0x83, NOTIFY = 0x81, PACKET = 64 };

static struct fake *of(struct usb_device *d)
{
    return (struct fake *)(void *)d;
}

/* Of the fake's own: it does not fail when a test makes malloc() fail. */
static uint8_t *keep(const uint8_t *bytes, size_t len)
{
    uint8_t *copy = aligned_alloc(16, len / 16 * 16 + 16);
    assert_non_null(copy);
    if (len > 0)
        memcpy(copy, bytes, len);
    return copy;
}

static void in_pump(struct fake *f)
{
    if (!f->in || f->queued == 0)
        return;
    struct usb_transfer *t = f->in;
    size_t n = LK_MIN(t->len, f->queue[0].len - f->queue[0].at);
    if (n > 0)
        memcpy(t->data, f->queue[0].bytes + f->queue[0].at, n);
    f->queue[0].at += n;
    f->in = NULL;
    if (f->queue[0].at == f->queue[0].len) {
        free(f->queue[0].bytes);
        f->queued--;
        memmove(f->queue, f->queue + 1, f->queued * sizeof(f->queue[0]));
    }
    usb_backend_end_later(t, 0, n);
}

static void say(struct fake *f, const uint8_t *bytes, size_t len)
{
    assert_true(f->queued < FAKE_QUEUE_MAX);
    f->queue[f->queued].bytes = keep(bytes, len);
    f->queue[f->queued].len = len;
    f->queue[f->queued++].at = 0;
}

struct reply {
    uint8_t bytes[70000];
    size_t len;
};

static void reply_head(const struct fake *f, const uint8_t *cmd,
                       struct reply *r, uint8_t type, uint8_t last)
{
    uint8_t slot = cmd[5] % FAKE_SLOTS_MAX;
    memset(r->bytes, 0, 10);
    r->bytes[0] = type;
    r->bytes[5] = cmd[5];
    r->bytes[6] = cmd[6];
    r->bytes[7] = !f->present[slot] ? 2 : f->active[slot] ? 0 : 1;
    r->bytes[9] = last;
    r->len = 10;
}

static void reply_error(struct reply *r, uint8_t error)
{
    r->bytes[7] |= 0x40;
    r->bytes[8] = error;
}

static size_t block(struct fake *f, struct fake_card *c, const uint8_t *data,
                    size_t len, uint8_t *ret)
{
    bool tpdu = (f->config.features & 0x70000) == 0x10000;
    bool t1 = c->atr_len > 3;
    if (len > 0 && data[0] == 0xFF && tpdu) { /* PPS */
        memcpy(ret, data, len);
        return len;
    }
    if (tpdu && t1)
        return t1_card_feed(&c->t1, data, len, ret);
    return fake_card_apdu(c, data, len, ret);
}

static void power(struct fake *f, const uint8_t *cmd, struct reply *r)
{
    uint8_t slot = cmd[5];
    bool right = f->voltage_needed == 0 || cmd[7] == f->voltage_needed;
    f->active[slot] = f->present[slot] && right;
    reply_head(f, cmd, r, 0x80, 0);
    if (!f->active[slot]) {
        reply_error(r, 0xFE);
        return;
    }
    t1_card_reset(&f->card[slot].t1);
    memcpy(r->bytes + 10, f->card[slot].atr, f->card[slot].atr_len);
    r->len += f->card[slot].atr_len;
}

static void parameters(struct fake *f, const uint8_t *cmd, struct reply *r)
{
    static const uint8_t t1[] = {0x95, 0x10, 0, 0x15, 0, 0xFE, 0};
    static const uint8_t t0[] = {0x95, 0, 0, 10, 0};
    bool is_t1 = f->card[cmd[5]].atr_len > 3;
    reply_head(f, cmd, r, 0x82, is_t1);
    memcpy(r->bytes + 10, is_t1 ? t1 : t0, is_t1 ? 7 : 5);
    r->len += is_t1 ? 7 : 5;
}

static void obey(struct fake *f, const uint8_t *cmd, size_t len,
                 struct reply *r)
{
    uint8_t slot = cmd[5];
    if (slot >= (f->config.slots ? f->config.slots : 1)) {
        reply_head(f, cmd, r, 0x81, 0);
        reply_error(r, 5);
        return;
    }
    switch (cmd[0]) {
    case 0x62:
        power(f, cmd, r);
        break;
    case 0x63:
        f->active[slot] = false;
        reply_head(f, cmd, r, 0x81, 1);
        break;
    case 0x61:
    case 0x6C:
        parameters(f, cmd, r);
        break;
    case 0x6B:
        reply_head(f, cmd, r, 0x83, 0);
        memcpy(r->bytes + 10, cmd + 10, len - 10);
        r->len += len - 10;
        break;
    case 0x73:
        reply_head(f, cmd, r, 0x84, 0);
        memcpy(r->bytes + 10, cmd + 10, 8);
        r->len += 8;
        break;
    case 0x6F:
    case 0x69:
        reply_head(f, cmd, r, 0x80, 0);
        if (!f->active[slot])
            reply_error(r, 0xFE);
        else if (cmd[0] == 0x6F)
            r->len +=
                block(f, &f->card[slot], cmd + 10, len - 10, r->bytes + 10);
        else
            r->len += fake_card_apdu(&f->card[slot], cmd + 10 + 15,
                                     len - 10 - 15, r->bytes + 10);
        break;
    default:
        reply_head(f, cmd, r, 0x81, 0);
        break;
    }
    size_t data = r->len - 10;
    r->bytes[1] = (uint8_t)data;
    r->bytes[2] = (uint8_t)(data >> 8);
}

static void answer(struct fake *f, const uint8_t *cmd, size_t len)
{
    static struct reply r;
    enum fake_deed deed = f->deed[cmd[0]];
    if (deed == FAKE_SILENT)
        return;
    if (deed == FAKE_FOREIGN) {
        for (unsigned i = 0; i < f->raw_times; i++)
            say(f, f->raw, f->raw_len);
        return;
    }
    obey(f, cmd, len, &r);
    if (cmd[0] == 0x72) {
        f->left = 0;
        if (f->rest)
            say(f, f->rest, f->rest_len);
        f->rest = NULL;
    }
    if (f->fails[cmd[0]] || f->left) {
        reply_error(&r, f->left ? f->left : f->error_of[cmd[0]]);
        memset(r.bytes + 1, 0, 4);
        r.len = 10;
    }
    for (unsigned i = 0; i < f->empties; i++)
        say(f, NULL, 0);
    for (unsigned i = 0; i < f->extend; i++) {
        uint8_t more[10] = {0x80, 0, 0, 0, 0, cmd[5], cmd[6], 0x80, 1, 0};
        say(f, more, sizeof(more));
    }
    say(f, r.bytes, r.len);
}

static void take(struct fake *f, const uint8_t *cmd, size_t len)
{
    assert_true(len >= 10 && len <= sizeof(f->last));
    assert_true(f->log_len < FAKE_LOG_MAX);
    f->log[f->log_len++] = cmd[0];
    memcpy(f->last, cmd, len);
    f->last_len = len;
    if (f->hold > 0 && cmd[0] != 0x72) {
        f->held[f->held_n].bytes = keep(cmd, len);
        f->held[f->held_n++].len = len;
        f->most_held = (unsigned)LK_MAX(f->most_held, f->held_n);
        return;
    }
    answer(f, cmd, len);
}

void fake_release(struct fake *f)
{
    f->hold = 0;
    while (f->held_n > 0) {
        f->held_n--;
        answer(f, f->held[f->held_n].bytes, f->held[f->held_n].len);
        free(f->held[f->held_n].bytes);
    }
    in_pump(f);
}

static int claim(struct usb_device *d, uint8_t interface)
{
    (void)interface;
    return of(d)->config.claim_error;
}

static int submit(struct usb_device *d, struct usb_transfer *t)
{
    struct fake *f = of(d);
    if (t->kind == USB_KIND_BULK && !t->in) {
        take(f, t->data, t->len);
        usb_backend_end_later(t, 0, t->len);
        in_pump(f);
    } else if (t->kind == USB_KIND_BULK) {
        f->in = t;
        in_pump(f);
    } else if (t->kind == USB_KIND_INTERRUPT) {
        f->notify = t;
        if (f->note_len > 0) {
            size_t len = f->note_len;
            f->note_len = 0;
            fake_notify(f, f->note, len);
        }
    } else {
        usb_backend_end_later(t, 0, 0);
    }
    return 0;
}

static void cancel(struct usb_device *d, struct usb_transfer *t)
{
    struct fake *f = of(d);
    if (f->in == t)
        f->in = NULL;
    if (f->notify == t)
        f->notify = NULL;
    usb_backend_end_later(t, -ECANCELED, 0);
}

static void close_fake(struct usb_device *d)
{
    struct fake *f = of(d);
    for (size_t i = 0; i < f->queued; i++)
        free(f->queue[i].bytes);
    for (size_t i = 0; i < f->held_n; i++)
        free(f->held[i].bytes);
    if (f->closed)
        *f->closed = true;
}

static const struct usb_backend_ops ops = {
    .claim = claim, .submit = submit, .cancel = cancel, .close = close_fake};

static void le32(uint8_t *p, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

static void describe(struct fake *f)
{
    const struct fake_config *c = &f->config;
    uint8_t device[18] = {18, 1, 0, 2, 0, 0, 0, 64};
    uint8_t b[9 + 9 + 54 + 21] = {9, 2, 0, 0, 1, 1, 0, 0x80, 50};
    uint8_t *i = b + 9;
    uint8_t *k = i + 9;
    uint8_t *e = k + 54;
    size_t len = sizeof(b) - (c->two_endpoints ? 7 : 0);
    device[8] = (uint8_t)c->vendor;
    device[9] = (uint8_t)(c->vendor >> 8);
    device[10] = (uint8_t)c->product;
    device[11] = (uint8_t)(c->product >> 8);
    device[12] = (uint8_t)c->version;
    device[13] = (uint8_t)(c->version >> 8);
    device[17] = 1;
    b[2] = (uint8_t)len;
    memcpy(i, (const uint8_t[]){9, 4, 0, 0, 3, 0x0B, 0, 0, 0}, 9);
    if (c->interface_class)
        i[5] = c->interface_class;
    k[0] = 54;
    k[1] = 0x21;
    k[4] = (uint8_t)((c->slots ? c->slots : 1) - 1);
    k[5] = c->voltages;
    k[6] = 3;
    le32(k + 10, c->clock_khz ? c->clock_khz : 4000);
    le32(k + 23, 344086);
    le32(k + 28, 254);
    le32(k + 40, c->features);
    le32(k + 44, c->message_max ? c->message_max : 271);
    k[52] = c->pad;
    k[53] = c->busy;
    memcpy(e, (const uint8_t[]){7, 5, OUT, 2, PACKET, 0, 0}, 7);
    memcpy(e + 7, (const uint8_t[]){7, 5, IN, 2, PACKET, 0, 0}, 7);
    memcpy(e + 14, (const uint8_t[]){7, 5, NOTIFY, 3, 8, 0, 16}, 7);
    assert_int_equal(usb_descriptors_decode(device, sizeof(device), b, len,
                                            &f->base.descriptors),
                     0);
}

struct fake *fake_new(struct lk_loop *l, const struct fake_config *c)
{
    struct fake *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    f->config = *c;
    assert_int_equal(usb_backend_init(&f->base, l, &ops), 0);
    describe(f);
    for (unsigned i = 0; i < FAKE_SLOTS_MAX; i++)
        fake_card_t1(&f->card[i]);
    f->present[0] = true;
    return f;
}

void fake_notify(struct fake *f, const uint8_t *bytes, size_t len)
{
    struct usb_transfer *t = f->notify;
    if (!t) {
        memcpy(f->note, bytes, len);
        f->note_len = len;
        return;
    }
    f->notify = NULL;
    memcpy(t->data, bytes, len);
    usb_backend_end_later(t, 0, len);
}

void fake_insert(struct fake *f, uint8_t slot, bool present)
{
    uint8_t note[2] = {0x50, 0};
    f->present[slot] = present;
    f->active[slot] = false;
    for (unsigned i = 0; i < FAKE_SLOTS_MAX; i++)
        note[1] |= (uint8_t)((f->present[i] ? 1 : 0) << 2 * i);
    note[1] |= (uint8_t)(2u << 2 * slot);
    if (!f->config.two_endpoints)
        fake_notify(f, note, sizeof(note));
}

void fake_log_check(const struct fake *f, const char *types)
{
    char said[3 * 64 + 1] = "";
    for (size_t i = 0; i < f->log_len && i < 64; i++)
        (void)snprintf(said + 3 * i, 4, "%02x ", f->log[i]);
    assert_string_equal(said, types);
}

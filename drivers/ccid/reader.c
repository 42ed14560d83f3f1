#include "ccid/reader.h"

#include "ccid/reader_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLASS_CARD_READER = 0x0B,
    CLASS_VENDOR = 0xFF,
    PROTOCOL_BULK = 0, /* bInterfaceProtocol; 1 and 2 are ICCD */
};

/* The alternate setting that is a card reader: class 0x0B with the bulk
 * transport, or 0xFF for those that are known to mean it. */
static const struct usb_alternate *find(const struct usb_descriptors *d,
                                        const struct ccid_quirk *quirk)
{
    const struct usb_alternate *a =
        usb_alternate_next(d, NULL, CLASS_CARD_READER, -1, PROTOCOL_BULK);
    if (!a && quirk->flags & CCID_QUIRK_VENDOR_CLASS)
        a = usb_alternate_next(d, NULL, CLASS_VENDOR, -1, -1);
    return a;
}

static int describe(struct ccid_reader *r, const struct usb_alternate *a)
{
    const struct usb_descriptors *d = usb_descriptors(r->device);
    size_t len = 0;
    const uint8_t *raw = usb_alternate_extra(d, a, CCID_CLASS_DESCRIPTOR,
                                             CCID_CLASS_DESCRIPTOR_LEN, &len);
    if (!raw && r->quirk.flags & CCID_QUIRK_VENDOR_CLASS)
        /* From before the type was assigned: the interface's first. */
        raw = usb_alternate_extra(d, a, CLASS_VENDOR, CCID_CLASS_DESCRIPTOR_LEN,
                                  &len);
    if (!raw)
        return -EBADMSG;
    uint8_t copy[CCID_CLASS_DESCRIPTOR_LEN];
    memcpy(copy, raw, sizeof(copy));
    copy[0] = CCID_CLASS_DESCRIPTOR_LEN;
    copy[1] = CCID_CLASS_DESCRIPTOR;
    int e = ccid_class_decode(copy, sizeof(copy), &r->class);
    if (e < 0)
        return e;
    ccid_quirks_apply(&r->quirk, &r->class);
    r->class.message_max =
        LK_MIN(r->class.message_max, (uint32_t)USB_TRANSFER_BYTES_MAX);
    return 0;
}

static int level_of(uint32_t features, enum ccid_level *ret)
{
    if (features & CCID_FEATURE_EXTENDED_APDU)
        *ret = CCID_LEVEL_EXTENDED_APDU;
    else if (features & CCID_FEATURE_SHORT_APDU)
        *ret = CCID_LEVEL_SHORT_APDU;
    else if (features & CCID_FEATURE_TPDU)
        *ret = CCID_LEVEL_TPDU;
    else
        return -ENXIO; /* character level */
    return 0;
}

static int inform(struct ccid_reader *r)
{
    const struct usb_descriptors *d = usb_descriptors(r->device);
    r->info = (struct ccid_info){
        .name = usb_product(r->device),
        .vendor = d->vendor,
        .product = d->product,
        .version = d->version,
        .slots = LK_MIN(r->class.slots, (uint8_t)CCID_SLOTS_MAX),
        .pad_verify = (r->class.pad & CCID_PAD_VERIFY) != 0,
        .pad_modify = (r->class.pad & CCID_PAD_MODIFY) != 0,
        .polled = !r->interrupt,
    };
    return level_of(r->class.features, &r->info.level);
}

static void broken(void *arg, const char *reason)
{
    ccid_reader_break(arg, reason);
}

static int pipe_open(struct ccid_reader *r, const struct usb_alternate *a)
{
    const struct ccid_pipe_config config = {
        .loop = r->loop,
        .device = r->device,
        .interface = r->interface,
        .out = usb_endpoint_of(a, USB_ENDPOINT_BULK, false),
        .in = usb_endpoint_of(a, USB_ENDPOINT_BULK, true),
        .message_max = r->class.message_max,
        .slots = r->info.slots,
        .busy_slots = r->class.busy_slots,
        .patience_ms = r->quirk.patience_ms,
        .extension_max_ms = CCID_EXTENSION_MS,
        .empties = (r->quirk.flags & CCID_QUIRK_EMPTY_PACKET) != 0,
        .done = ccid_op_done,
        .broken = broken,
        .arg = r,
    };
    if (!config.out || !config.in)
        return -ENXIO;
    return ccid_pipe_new(&config, &r->pipe);
}

/* All owner's callbacks of a broken reader, from the loop. */
static void fail_due(void *arg, int64_t now_us)
{
    struct ccid_reader *r = arg;
    (void)now_us;
    r->state = CCID_BROKEN;
    lk_timer_clear(r->poll);
    for (uint8_t i = 0; i < r->info.slots; i++) {
        r->slot[i].powered = false;
        if (r->slot[i].op != CCID_OP_NONE &&
            !ccid_op_finish(&r->slot[i], -ENODEV, NULL, 0))
            return;
    }
    r->events.broken(r->events.arg, r->reason);
}

void ccid_reader_break(struct ccid_reader *r, const char *reason)
{
    if (r->reason)
        return;
    r->reason = reason;
    lk_timer_set_in(r->fail, 0);
}

static void gone(void *arg)
{
    struct ccid_reader *r = arg;
    ccid_pipe_break(r->pipe, CCID_GONE);
}

static void chosen(void *arg, int status, const uint8_t *data, size_t len)
{
    (void)data;
    (void)len;
    if (status < 0)
        ccid_reader_break(arg, "its interface cannot be chosen");
    else
        ccid_presence_start(arg);
}

static int timers_make(struct ccid_reader *r)
{
    int e = lk_timer_new(r->loop, fail_due, r, &r->fail);
    if (e == 0)
        e = lk_timer_new(r->loop, ccid_presence_poll, r, &r->poll);
    for (uint8_t i = 0; e == 0 && i < r->info.slots; i++) {
        r->slot[i].reader = r;
        r->slot[i].index = i;
        r->slot[i].why = "";
        e = lk_timer_new(r->loop, ccid_power_timer, &r->slot[i],
                         &r->slot[i].timer);
    }
    return e;
}

static int start(struct ccid_reader *r)
{
    const struct usb_descriptors *d = usb_descriptors(r->device);
    ccid_quirks_find(d->vendor, d->product, d->version, &r->quirk);
    const struct usb_alternate *a = find(d, &r->quirk);
    if (!a || r->quirk.flags & CCID_QUIRK_OLD_FIRMWARE)
        return -ENXIO;
    r->interface = a->interface;
    r->interrupt = usb_endpoint_of(a, USB_ENDPOINT_INTERRUPT, true);
    if (r->quirk.flags & CCID_QUIRK_POLL)
        r->interrupt = NULL;
    int e = describe(r, a);
    if (e == 0)
        e = inform(r);
    if (e == 0)
        e = timers_make(r);
    if (e == 0)
        e = pipe_open(r, a);
    if (e == 0)
        e = usb_claim(r->device, a->interface);
    if (e == 0 && a->alternate != 0)
        return usb_set_alternate(r->device, a->interface, a->alternate,
                                 (struct usb_done){chosen, r});
    if (e == 0)
        ccid_presence_start(r);
    return e == -ENOENT ? -ENODEV : e; /* the interface is there no more */
}

/* Everything but the device. */
static void dispose(struct ccid_reader *r)
{
    (void)ccid_pipe_free(r->pipe);
    for (uint8_t i = 0; i < CCID_SLOTS_MAX; i++) {
        struct ccid_slot *s = &r->slot[i];
        ccid_exchange_clear(&s->x);
        if (s->bytes)
            explicit_bzero(s->bytes, s->len);
        free(s->bytes);
        (void)lk_timer_free(s->timer);
    }
    (void)lk_timer_free(r->poll);
    (void)lk_timer_free(r->fail);
    free(r);
}

int ccid_reader_open(struct lk_loop *l, struct usb_device *device,
                     const struct ccid_events *events, struct ccid_reader **ret)
{
    struct ccid_reader *r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->loop = l;
    r->device = device;
    r->events = *events;
    int e = start(r);
    if (e < 0) {
        dispose(r);
        return e;
    }
    usb_on_gone(device, gone, r);
    *ret = r;
    return 0;
}

struct ccid_reader *ccid_reader_free(struct ccid_reader *r)
{
    if (!r)
        return NULL;
    if (r->freed)
        *r->freed = true;
    (void)usb_free(r->device);
    dispose(r);
    return NULL;
}

const struct ccid_card *ccid_reader_card(const struct ccid_reader *r,
                                         uint8_t slot)
{
    if (slot >= r->info.slots || !r->slot[slot].powered)
        return NULL;
    return &r->slot[slot].card;
}

bool ccid_reader_present(const struct ccid_reader *r, uint8_t slot)
{
    return slot < r->info.slots && r->slot[slot].present;
}

const char *ccid_reader_why(const struct ccid_reader *r, uint8_t slot)
{
    return slot < r->info.slots ? r->slot[slot].why : "";
}

#include "usb/descriptor.h"

#include <errno.h>
#include <string.h>

#define INTERFACE_LEN 9
#define ENDPOINT_LEN 7 /* audio endpoints have 9; the first 7 are the same */

static uint16_t get_le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

int usb_config_total(const uint8_t *head, size_t len, size_t *ret)
{
    if (len < USB_CONFIG_DESCRIPTOR_LEN ||
        head[0] < USB_CONFIG_DESCRIPTOR_LEN || head[1] != USB_DT_CONFIG)
        return -EBADMSG;
    size_t total = get_le16(head + 2);
    if (total < USB_CONFIG_DESCRIPTOR_LEN)
        return -EBADMSG;
    if (total > USB_CONFIG_BYTES_MAX)
        return -EMSGSIZE;
    *ret = total;
    return 0;
}

static int decode_device(const uint8_t *p, size_t len,
                         struct usb_descriptors *d)
{
    if (len < USB_DEVICE_DESCRIPTOR_LEN || p[0] < USB_DEVICE_DESCRIPTOR_LEN ||
        p[1] != USB_DT_DEVICE || p[17] == 0)
        return -EBADMSG;
    d->class_code = p[4];
    d->subclass = p[5];
    d->protocol = p[6];
    d->vendor = get_le16(p + 8);
    d->product = get_le16(p + 10);
    d->version = get_le16(p + 12);
    d->string_manufacturer = p[14];
    d->string_product = p[15];
    d->string_serial = p[16];
    d->configurations = p[17];
    return 0;
}

/* Where the walk over a configuration is. */
struct walk {
    struct usb_descriptors *d;
    struct usb_alternate *now; /* what follows belongs to it; NULL to nobody */
    uint16_t extra;            /* bytes of d->extra in use */
};

static int walk_interface(struct walk *w, const uint8_t *p, size_t len)
{
    struct usb_descriptors *d = w->d;
    w->now = NULL;
    if (len < INTERFACE_LEN)
        return -EBADMSG;
    if (p[2] >= USB_INTERFACES_MAX)
        return -EMSGSIZE;
    if (usb_alternate_find(d, p[2], p[3]))
        return 0;
    if (d->alternates == USB_ALTERNATES_MAX)
        return -EMSGSIZE;
    w->now = &d->alternate[d->alternates++];
    w->now->interface = p[2];
    w->now->alternate = p[3];
    w->now->class_code = p[5];
    w->now->subclass = p[6];
    w->now->protocol = p[7];
    w->now->extra_at = w->extra;
    return 0;
}

static int walk_endpoint(struct walk *w, const uint8_t *p, size_t len)
{
    struct usb_alternate *a = w->now;
    if (len < ENDPOINT_LEN)
        return -EBADMSG;
    uint8_t address = p[2];
    uint16_t packet = get_le16(p + 4) & 0x7ff;
    if (!a || (address & 0x0f) == 0 || (address & 0x70) != 0 || packet == 0 ||
        usb_endpoint_find(a, address))
        return 0;
    /* Cannot overflow: there are no more than 30 different good addresses. */
    a->endpoint[a->endpoints++] = (struct usb_endpoint){
        .address = address,
        .type = p[3] & 3,
        .interval = p[6],
        .packet = packet,
    };
    return 0;
}

static void walk_extra(struct walk *w, const uint8_t *p, size_t len)
{
    if (!w->now)
        return;
    /* Fits: less than the configuration, which fits. */
    memcpy(w->d->extra + w->extra, p, len);
    w->extra = (uint16_t)(w->extra + len);
    w->now->extra_len = (uint16_t)(w->now->extra_len + len);
}

static int walk_one(struct walk *w, const uint8_t *p, size_t len)
{
    switch (p[1]) {
    case USB_DT_DEVICE:
    case USB_DT_CONFIG:
        return -EBADMSG; /* they have no place inside a configuration */
    case USB_DT_INTERFACE:
        return walk_interface(w, p, len);
    case USB_DT_ENDPOINT:
        return walk_endpoint(w, p, len);
    default:
        walk_extra(w, p, len);
        return 0;
    }
}

static int decode_config(const uint8_t *p, size_t len,
                         struct usb_descriptors *d)
{
    size_t total = 0;
    int r = usb_config_total(p, len, &total);
    if (r < 0)
        return r;
    size_t end = LK_MIN(total, len);
    d->configuration = p[5];
    struct walk w = {.d = d};
    for (size_t at = p[0]; at < end;) {
        size_t one = p[at];
        if (one < 2 || one > end - at)
            return -EBADMSG;
        r = walk_one(&w, p + at, one);
        if (r < 0)
            return r;
        at += one;
    }
    return d->alternates > 0 ? 0 : -EBADMSG;
}

int usb_descriptors_decode(const uint8_t *device, size_t device_len,
                           const uint8_t *config, size_t config_len,
                           struct usb_descriptors *ret)
{
    struct usb_descriptors d;
    memset(&d, 0, sizeof(d));
    int r = decode_device(device, device_len, &d);
    if (r < 0)
        return r;
    r = decode_config(config, config_len, &d);
    if (r < 0)
        return r;
    *ret = d;
    return 0;
}

const struct usb_alternate *usb_alternate_find(const struct usb_descriptors *d,
                                               uint8_t interface,
                                               uint8_t alternate)
{
    for (size_t i = 0; i < d->alternates; i++) {
        const struct usb_alternate *a = &d->alternate[i];
        if (a->interface == interface && a->alternate == alternate)
            return a;
    }
    return NULL;
}

static bool matches(int wanted, uint8_t has)
{
    return wanted < 0 || wanted == has;
}

const struct usb_alternate *usb_alternate_next(
    const struct usb_descriptors *d, const struct usb_alternate *after,
    int class_code, int subclass, int protocol)
{
    size_t i = after ? (size_t)(after - d->alternate) + 1 : 0;
    for (; i < d->alternates; i++) {
        const struct usb_alternate *a = &d->alternate[i];
        if (matches(class_code, a->class_code) &&
            matches(subclass, a->subclass) && matches(protocol, a->protocol))
            return a;
    }
    return NULL;
}

const uint8_t *usb_alternate_extra(const struct usb_descriptors *d,
                                   const struct usb_alternate *a, uint8_t type,
                                   size_t min_len, size_t *ret_len)
{
    const uint8_t *p = d->extra + a->extra_at;
    for (size_t at = 0; at < a->extra_len; at += p[at]) {
        if (p[at + 1] == type && p[at] >= min_len) {
            *ret_len = p[at];
            return p + at;
        }
    }
    return NULL;
}

const struct usb_endpoint *usb_endpoint_find(const struct usb_alternate *a,
                                             uint8_t address)
{
    for (size_t i = 0; i < a->endpoints; i++) {
        if (a->endpoint[i].address == address)
            return &a->endpoint[i];
    }
    return NULL;
}

const struct usb_endpoint *usb_endpoint_of(const struct usb_alternate *a,
                                           enum usb_endpoint_type type, bool in)
{
    for (size_t i = 0; i < a->endpoints; i++) {
        const struct usb_endpoint *e = &a->endpoint[i];
        if (e->type == (uint8_t)type && ((e->address & USB_DIR_IN) != 0) == in)
            return e;
    }
    return NULL;
}

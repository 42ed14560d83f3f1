#include "usb/record_text.h"

#include "base/bytes.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

static const struct {
    int error;
    const char *name;
} names[] = {
    {0, "0"},
    {-EPIPE, "EPIPE"},
    {-ENODEV, "ENODEV"},
    {-ECANCELED, "ECANCELED"},
    {-EOVERFLOW, "EOVERFLOW"},
    {-ETIMEDOUT, "ETIMEDOUT"},
    {-EBUSY, "EBUSY"},
    {-EIO, "EIO"},
};

const char *record_error_name(int status)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++) {
        if (names[i].error == status)
            return names[i].name;
    }
    return "EIO";
}

int record_error_find(const char *name, int *ret)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++) {
        if (strcmp(names[i].name, name) == 0) {
            *ret = names[i].error;
            return 0;
        }
    }
    return -EBADMSG;
}

int record_put_hex(struct lk_buf *b, const uint8_t *bytes, size_t len)
{
    char hex[2 * 256 + 1];
    if (len == 0)
        return lk_buf_append(b, "-", 1);
    for (size_t at = 0; at < len; at += 256) {
        size_t n = LK_MIN(len - at, (size_t)256);
        lk_hex_encode(bytes + at, n, hex);
        int r = lk_buf_append(b, hex, 2 * n);
        if (r < 0)
            return r;
    }
    return 0;
}

int record_get_hex(const char *word, uint8_t *ret, size_t cap)
{
    size_t len = strlen(word);
    if (strcmp(word, "-") == 0)
        return 0;
    if (len % 2 != 0)
        return -EBADMSG;
    if (len / 2 > cap)
        return -EMSGSIZE;
    int r = lk_hex_decode(word, len / 2, ret);
    return r < 0 ? r : (int)(len / 2);
}

/* --- descriptors --- */

static void put_le16(struct lk_writer *w, uint16_t v)
{
    lk_write_u8(w, (uint8_t)v);
    lk_write_u8(w, (uint8_t)(v >> 8));
}

static void encode_device(const struct usb_descriptors *d,
                          uint8_t ret[USB_DEVICE_DESCRIPTOR_LEN])
{
    struct lk_writer w = lk_writer(ret, USB_DEVICE_DESCRIPTOR_LEN);
    const uint8_t head[] = {USB_DEVICE_DESCRIPTOR_LEN,
                            USB_DT_DEVICE,
                            0,
                            2,
                            d->class_code,
                            d->subclass,
                            d->protocol,
                            64};
    lk_write_bytes(&w, head, sizeof(head));
    put_le16(&w, d->vendor);
    put_le16(&w, d->product);
    put_le16(&w, d->version);
    lk_write_u8(&w, d->string_manufacturer);
    lk_write_u8(&w, d->string_product);
    lk_write_u8(&w, d->string_serial);
    lk_write_u8(&w, d->configurations);
}

static void encode_alternate(const struct usb_descriptors *d,
                             const struct usb_alternate *a, struct lk_writer *w)
{
    const uint8_t head[] = {9,
                            USB_DT_INTERFACE,
                            a->interface,
                            a->alternate,
                            a->endpoints,
                            a->class_code,
                            a->subclass,
                            a->protocol,
                            0};
    lk_write_bytes(w, head, sizeof(head));
    lk_write_bytes(w, d->extra + a->extra_at, a->extra_len);
    for (size_t i = 0; i < a->endpoints; i++) {
        const struct usb_endpoint *e = &a->endpoint[i];
        const uint8_t one[] = {7, USB_DT_ENDPOINT, e->address, e->type};
        lk_write_bytes(w, one, sizeof(one));
        put_le16(w, e->packet);
        lk_write_u8(w, e->interval);
    }
}

int record_encode_config(const struct usb_descriptors *d, uint8_t *config)
{
    struct lk_writer w = lk_writer(config, USB_CONFIG_BYTES_MAX);
    const uint8_t head[USB_CONFIG_DESCRIPTOR_LEN] = {
        USB_CONFIG_DESCRIPTOR_LEN, USB_DT_CONFIG, 0, 0, d->alternates,
        d->configuration};
    lk_write_bytes(&w, head, sizeof(head));
    for (size_t i = 0; i < d->alternates; i++)
        encode_alternate(d, &d->alternate[i], &w);
    int len = lk_writer_end(&w);
    if (len > 0) {
        config[2] = (uint8_t)len;
        config[3] = (uint8_t)(len >> 8);
    }
    return len;
}

int record_put_descriptors(struct lk_buf *b, const struct usb_device *d)
{
    uint8_t device[USB_DEVICE_DESCRIPTOR_LEN];
    uint8_t config[USB_CONFIG_BYTES_MAX];
    encode_device(&d->descriptors, device);
    int len = record_encode_config(&d->descriptors, config);
    int r = len < 0 ? len : lk_buf_printf(b, RECORD_FIRST_LINE "\ndevice ");
    if (r == 0)
        r = record_put_hex(b, device, sizeof(device));
    if (r == 0)
        r = lk_buf_printf(b, "\nconfig ");
    if (r == 0)
        r = record_put_hex(b, config, (size_t)len);
    if (r == 0)
        r = lk_buf_append(b, "\n", 1);
    for (size_t i = 0; r == 0 && i < 3; i++) {
        if (d->strings[i][0] != '\0')
            r = lk_buf_printf(b, "string %zu %s\n", i, d->strings[i]);
    }
    return r;
}

/* --- transfers --- */

static const char *kind_name(enum usb_kind kind)
{
    static const char *const kinds[] = {
        [USB_KIND_CONTROL] = "control",     [USB_KIND_BULK] = "bulk",
        [USB_KIND_INTERRUPT] = "interrupt", [USB_KIND_ALTERNATE] = "alternate",
        [USB_KIND_CLEAR_HALT] = "halt",     [USB_KIND_RESET] = "reset",
    };
    return kinds[kind];
}

int record_put_start(struct lk_buf *b, unsigned number,
                     const struct usb_transfer *t)
{
    const uint8_t *setup = t->data - 8;
    bool bare = t->kind == USB_KIND_BULK || t->kind == USB_KIND_INTERRUPT ||
                t->kind == USB_KIND_RESET;
    int r = lk_buf_printf(b, "> %u %s %02x %zu ", number, kind_name(t->kind),
                          t->endpoint, t->len);
    if (r == 0)
        r = record_put_hex(b, setup, bare ? 0 : 8);
    if (r == 0)
        r = lk_buf_append(b, " ", 1);
    if (r == 0)
        r = record_put_hex(b, t->data, t->in ? 0 : t->len);
    return r < 0 ? r : lk_buf_append(b, "\n", 1);
}

int record_put_end(struct lk_buf *b, unsigned number,
                   const struct usb_transfer *t, int status,
                   const uint8_t *data, size_t len)
{
    int r = lk_buf_printf(b, "< %u %s %zu ", number, record_error_name(status),
                          len);
    if (r == 0)
        r = record_put_hex(b, data, t->in ? len : 0);
    return r < 0 ? r : lk_buf_append(b, "\n", 1);
}

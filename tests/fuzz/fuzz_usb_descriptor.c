/* Input: 18 bytes of device descriptor, then a configuration. All of it is also
 * read as a string descriptor. */
#include "usb/descriptor.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_alternate(const struct usb_descriptors *d,
                            const struct usb_alternate *a)
{
    if (a->interface >= USB_INTERFACES_MAX ||
        a->endpoints > USB_ENDPOINTS_MAX ||
        a->extra_at + a->extra_len > USB_CONFIG_BYTES_MAX ||
        usb_alternate_find(d, a->interface, a->alternate) != a)
        abort();
    for (size_t i = 0; i < a->endpoints; i++) {
        const struct usb_endpoint *e = &a->endpoint[i];
        if (e->packet == 0 || (e->address & 0x0f) == 0 || e->type > 3 ||
            usb_endpoint_find(a, e->address) != e)
            abort();
    }
    for (unsigned type = 0; type < 256; type++) {
        size_t n = 0;
        const uint8_t *p = usb_alternate_extra(d, a, (uint8_t)type, 4, &n);
        if (p && (n < 4 || p < d->extra + a->extra_at ||
                  p + n > d->extra + a->extra_at + a->extra_len))
            abort();
    }
}

static void check_string(const uint8_t *data, size_t len)
{
    char text[USB_STRING_MAX];
    usb_string_decode(data, len, text);
    size_t n = strlen(text);
    if (n >= sizeof(text) || !lk_utf8_valid(text, n))
        abort();
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)text[i] < 0x20)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct usb_descriptors d;
    size_t head = LK_MIN(len, (size_t)USB_DEVICE_DESCRIPTOR_LEN);
    check_string(data, len);
    if (usb_descriptors_decode(data, head, data + head, len - head, &d) < 0)
        return 0;
    if (d.alternates == 0 || d.alternates > USB_ALTERNATES_MAX)
        abort();
    for (size_t i = 0; i < d.alternates; i++)
        check_alternate(&d, &d.alternate[i]);
    return 0;
}

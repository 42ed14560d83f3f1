/* descriptor.h - what a device says of itself, checked and bounded.
 *
 * Room: the device descriptor, one configuration with the alternate settings of
 * its interfaces, their endpoints and class-specific descriptors; strings.
 * Not here: fetching them (opening.h), which device may be used (allow.h).
 * Spec: USB 2.0, section 9.6. Pure: no I/O, no allocation, any thread.
 */
#ifndef LUUKKU_USB_DESCRIPTOR_H
#define LUUKKU_USB_DESCRIPTOR_H

#include "base/defs.h"

#include <stdbool.h>

#define USB_DEVICE_DESCRIPTOR_LEN 18
#define USB_CONFIG_DESCRIPTOR_LEN 9
#define USB_CONFIG_BYTES_MAX 4096 /* of one configuration, wTotalLength */
#define USB_ALTERNATES_MAX 64     /* of all interfaces together */
#define USB_INTERFACES_MAX 32     /* numbers 0..31, as Linux has it */
#define USB_ENDPOINTS_MAX 30      /* of one alternate: 15 each way */
#define USB_STRING_MAX 128        /* bytes, UTF-8, the NUL included */

/* Direction bit of an endpoint's address and of a request's type. */
#define USB_DIR_IN 0x80

/* bDescriptorType */
enum usb_descriptor_type {
    USB_DT_DEVICE = 1,
    USB_DT_CONFIG = 2,
    USB_DT_STRING = 3,
    USB_DT_INTERFACE = 4,
    USB_DT_ENDPOINT = 5,
};

/* bmAttributes, bits 1..0 */
enum usb_endpoint_type {
    USB_ENDPOINT_CONTROL = 0,
    USB_ENDPOINT_ISOCHRONOUS = 1,
    USB_ENDPOINT_BULK = 2,
    USB_ENDPOINT_INTERRUPT = 3,
};

struct usb_endpoint {
    uint8_t address;  /* 0x01..0x0f out, 0x81..0x8f in */
    uint8_t type;     /* enum usb_endpoint_type */
    uint8_t interval; /* bInterval, as the device says it */
    uint16_t packet;  /* bytes of its longest packet, 1..2047 */
};

/* One alternate setting of one interface. */
struct usb_alternate {
    uint8_t interface; /* 0..USB_INTERFACES_MAX - 1 */
    uint8_t alternate;
    uint8_t class_code;
    uint8_t subclass;
    uint8_t protocol;
    uint8_t endpoints; /* how many, 0..USB_ENDPOINTS_MAX */
    uint16_t extra_at; /* its class-specific descriptors, in `extra` below */
    uint16_t extra_len;
    struct usb_endpoint endpoint[USB_ENDPOINTS_MAX];
};

struct usb_descriptors {
    uint16_t vendor;
    uint16_t product;
    uint16_t version; /* bcdDevice */
    uint8_t class_code;
    uint8_t subclass;
    uint8_t protocol;
    uint8_t configurations;      /* how many the device has, 1 or more */
    uint8_t configuration;       /* bConfigurationValue of the one below */
    uint8_t string_manufacturer; /* indices of strings, 0: none */
    uint8_t string_product;
    uint8_t string_serial;
    uint8_t alternates; /* how many, 1..USB_ALTERNATES_MAX */
    struct usb_alternate alternate[USB_ALTERNATES_MAX]; /* as they came */
    uint8_t extra[USB_CONFIG_BYTES_MAX];
};

/* Decodes a device descriptor and one whole configuration.
 *
 * device  USB_DEVICE_DESCRIPTOR_LEN bytes or more
 * config  the configuration descriptor and what follows it. Bytes beyond its
 *         wTotalLength are ignored; fewer are taken as they are when they end
 *         with a whole descriptor, since some firmware overstates the length.
 * ret     filled on success only; holds no pointers
 *
 * As Linux does: counts (bNumInterfaces, bNumEndpoints) are not believed;
 * endpoints that cannot work (number 0, reserved address bits, packets of 0
 * bytes, an address twice in an alternate) and the second of two equal
 * alternates are left out; descriptors of other types that follow an interface
 * or one of its endpoints are its class-specific ones (some card readers put
 * theirs behind the endpoints).
 *
 * Errors  -EBADMSG malformed or no interface, -EMSGSIZE a ceiling is passed
 */
int usb_descriptors_decode(const uint8_t *device, size_t device_len,
                           const uint8_t *config, size_t config_len,
                           struct usb_descriptors *ret) LK_MUST_CHECK;

/* wTotalLength of a configuration descriptor's head.
 * Errors: -EBADMSG malformed, -EMSGSIZE above USB_CONFIG_BYTES_MAX. */
int usb_config_total(const uint8_t *head, size_t len,
                     size_t *ret) LK_MUST_CHECK;

/* An alternate setting, or NULL. */
const struct usb_alternate *usb_alternate_find(const struct usb_descriptors *d,
                                               uint8_t interface,
                                               uint8_t alternate);

/* The next alternate setting of that class after `after` (NULL: the first), or
 * NULL. -1 matches any subclass or protocol. */
const struct usb_alternate *usb_alternate_next(
    const struct usb_descriptors *d, const struct usb_alternate *after,
    int class_code, int subclass, int protocol);

/* The first class-specific descriptor of `type` with at least `min_len` bytes
 * (its two-byte head included), or NULL.
 *
 * ret_len  its bLength; untouched when there is none
 */
const uint8_t *usb_alternate_extra(const struct usb_descriptors *d,
                                   const struct usb_alternate *a, uint8_t type,
                                   size_t min_len, size_t *ret_len);

/* The endpoint with that address, or NULL. */
const struct usb_endpoint *usb_endpoint_find(const struct usb_alternate *a,
                                             uint8_t address);

/* The first endpoint of that type and direction, or NULL. */
const struct usb_endpoint *usb_endpoint_of(const struct usb_alternate *a,
                                           enum usb_endpoint_type type,
                                           bool in);

/* Decodes a string descriptor (9.6.7: UTF-16LE) into UTF-8 that is safe for one
 * line: control and unpaired surrogate code units become "?", spaces at both
 * ends go, what does not fit is cut between characters. "" when malformed. */
void usb_string_decode(const uint8_t *raw, size_t len,
                       char ret[USB_STRING_MAX]);

#endif

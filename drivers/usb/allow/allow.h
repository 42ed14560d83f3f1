/* allow.h - which USB devices may be used.
 *
 * Room: one role's rules by class, vendor, product and port, against what is
 * known of a device before it is opened. Whatever no rule names is never
 * opened.
 * Not here: reading rules (store/config.h) and finding devices (the supervisor
 * reads sysfs).
 * Pure: no I/O, no allocation, any thread.
 */
#ifndef LUUKKU_USB_ALLOW_ALLOW_H
#define LUUKKU_USB_ALLOW_ALLOW_H

#include "base/defs.h"

#include <stddef.h>
#include <stdint.h>

#define USB_PORT_MAX 32       /* bytes of a port's name, the NUL included */
#define USB_RULES_MAX 8       /* of one role */
#define USB_INTERFACES_MAX 32 /* of a device, as Linux has it */

/* What is known of a device before it is opened. */
struct usb_candidate {
    uint16_t vendor;
    uint16_t product;
    uint8_t class_code;      /* its own; 9: a hub */
    char port[USB_PORT_MAX]; /* where it is plugged in: "1-1.4.2" */
    size_t interfaces;       /* 0..USB_INTERFACES_MAX */
    uint8_t interface_class[USB_INTERFACES_MAX];
};

/* All that is given must be so. */
struct usb_rule {
    int32_t vendor;          /* -1: any */
    int32_t product;         /* -1: any, of the role's class alone */
    char port[USB_PORT_MAX]; /* "": any */
};

/* The devices that one role may have. */
struct usb_allow {
    uint8_t class_code; /* of an interface: 7 printer and scanner, 11 reader */
    const struct usb_rule *rule; /* borrowed */
    size_t rules;                /* 0..USB_RULES_MAX */
};

/* The place of the first rule that fits `c`; a->rules when none does. A rule
 * without a product fits devices of the role's class alone; old readers, which
 * say that theirs is the maker's own, have to be named. Hubs never fit. */
size_t usb_allow_find(const struct usb_allow *a, const struct usb_candidate *c);

#endif

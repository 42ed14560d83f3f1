/* allow.h - which USB devices may be used, and for what.
 *
 * Room: rules by the class of an interface, vendor, product and port. Whatever
 * no rule names is never opened.
 * Not here: finding devices (the supervisor reads sysfs; usbip.h lists).
 * Pure: no I/O, no allocation, any thread.
 */
#ifndef LUUKKU_USB_ALLOW_H
#define LUUKKU_USB_ALLOW_H

#include "usb/descriptor.h"

#define USB_PORT_MAX 32  /* bytes of a port's name ("1-1.4.2"), NUL included */
#define USB_RULES_MAX 32 /* of one list */

enum usb_role {
    USB_ROLE_SCANNER,
    USB_ROLE_CARD,
    USB_ROLE_CAMERA,
};

/* What is known of a device before it is opened. */
struct usb_candidate {
    uint16_t vendor;
    uint16_t product;
    char port[USB_PORT_MAX]; /* where it is plugged in, as sysfs names it */
    uint8_t interfaces;      /* 0..USB_ALTERNATES_MAX */
    struct usb_interface_class {
        uint8_t class_code;
        uint8_t subclass;
        uint8_t protocol;
    } interface[USB_ALTERNATES_MAX]; /* with all their alternate settings */
};

/* All that is given must be so; -1 and "" stand for any. */
struct usb_rule {
    enum usb_role role;
    int class_code; /* the three of one and the same interface */
    int subclass;
    int protocol;
    int vendor;
    int product;
    char port[USB_PORT_MAX];
};

struct usb_allow {
    size_t rules;
    struct usb_rule rule[USB_RULES_MAX];
};

/* What a kiosk allows where its configuration says nothing: card readers
 * (class 11: CCID 1.1, section 4.3.1), scanners that speak IPP over USB
 * (7/1/4), cameras (14). */
extern const struct usb_allow usb_allow_usual;

/* The first rule that lets `c` be used as `role`, or NULL. */
const struct usb_rule *usb_allow_find(const struct usb_allow *a,
                                      enum usb_role role,
                                      const struct usb_candidate *c);

/* Reads a rule and appends it: a role ("scanner", "card", "camera"), then any
 * of these, each once, in any order, one space between:
 *   class=7/1/4   class[/subclass[/protocol]], decimal
 *   id=04a9:220d  vendor[:product], four hex digits each
 *   port=1-1.4    as sysfs names it
 * A rule has to name a class or a vendor: a bare port would let in whatever
 * somebody plugs in there.
 *
 * a       as it was on failure
 * Errors  -EBADMSG no rule, -ENOSPC too many
 */
int usb_allow_add(struct usb_allow *a, const char *text) LK_MUST_CHECK;

#endif

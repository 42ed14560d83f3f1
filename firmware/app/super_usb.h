/* super_usb.h - finding and opening a USB device for a program.
 *
 * Room: sysfs's numbers for usb/allow/allow.h to decide by, the node in
 * /dev/bus/usb, and the socket of an emulated device. No descriptor and nothing
 * else that a device wrote is read. Spec: Linux,
 * Documentation/ABI/testing/sysfs-bus-usb.
 */
#ifndef LUUKKU_APP_SUPER_USB_H
#define LUUKKU_APP_SUPER_USB_H

#include "usb/allow/allow.h"

struct super_usb_place {
    char port[USB_PORT_MAX]; /* "1-1.4" */
    unsigned bus;
    unsigned number; /* on the bus; another one whenever it is plugged in */
};

/* The first device that a rule fits, in the order of the rules, then of the
 * ports' names.
 *
 * sysfs   the list of devices
 * Errors  -ENODEV none, and scandir(3)'s
 */
int super_usb_find(const char *sysfs, const struct usb_allow *a,
                   struct super_usb_place *ret) LK_MUST_CHECK;

/* Opens the device's node below `nodes` for reading and writing, without
 * waiting. Returns the descriptor (owner: caller); -ENODEV when it has gone
 * meanwhile, or open(2)'s. */
int super_usb_open(const char *nodes,
                   const struct super_usb_place *place) LK_MUST_CHECK;

/* Connects to a USB/IP server on this machine. Returns the socket (owner:
 * caller); -ENODEV nobody listens there, -EAGAIN too many wait, or
 * connect(2)'s. */
int super_usb_connect(const char *path) LK_MUST_CHECK;

#endif

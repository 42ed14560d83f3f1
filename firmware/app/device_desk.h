/* device_desk.h - the one USB device of a program, from luukku-super's hand.
 *
 * Room: opens what super gives (a node of /dev/bus/usb or a socket to a USB/IP
 * server), hands it to the driver, has the driver freed when it is unplugged or
 * misbehaves, and tells super, which gives it anew or sets it aside. A device
 * that is given anew after it misbehaved is reset first.
 * Not here: which device is given (super_device.h), what the driver does.
 * Thread: the loop's.
 */
#ifndef LUUKKU_APP_DEVICE_DESK_H
#define LUUKKU_APP_DEVICE_DESK_H

#include "app/superlink.h"
#include "usb/usb.h"

#define DEVICE_DESK_OPEN_US                                               \
    5000000                     /* from given to opened, or it misbehaves \
                                 */
#define DEVICE_DESK_WHY_MAX 128 /* bytes, the NUL included */

enum device_desk_state {
    DEVICE_DESK_NONE,    /* none was given, or it was unplugged */
    DEVICE_DESK_OPENING, /* being opened, reset, or started by its driver */
    DEVICE_DESK_WORKS,   /* its driver said so */
    DEVICE_DESK_BAD,     /* it misbehaved; nothing was given since */
};

struct device_desk_config {
    struct lk_loop *loop;    /* borrowed */
    struct superlink *super; /* borrowed */
    /* Looks at descriptors alone: whether this is a device that the driver is
     * for. NULL: it is; else the reason why not, static. */
    const char *(*fits)(const struct usb_descriptors *d);
    /* Drive it: the device is the driver's from here on, its on_gone handler
     * too. Call device_desk_works(), device_desk_misbehaved() or
     * device_desk_unplugged() in the end, not from in here. */
    void (*opened)(void *arg, struct usb_device *d);
    /* Free the driver, and the device with it. Not called when opened() was
     * not. */
    void (*gone)(void *arg);
    void *arg;
};

struct device_desk;

/* Owner: caller, device_desk_free(). Errors: -ENOMEM, -ENOSPC. */
int device_desk_new(const struct device_desk_config *config,
                    struct device_desk **ret) LK_MUST_CHECK;

/* Frees and closes what no driver has yet, without gone(). NULL is fine.
 * Returns NULL. */
struct device_desk *device_desk_free(struct device_desk *d);
LK_AUTO_DEFINE(device_desk);

/* For struct superlink_config's `device`; takes over `fd`. */
void device_desk_given(struct device_desk *d, uint32_t id, const char *how,
                       int fd);

/* The driver has started the device. */
void device_desk_works(struct device_desk *d);

/* The driver gives up on the device; `why` is one line for the technician,
 * without anything that it carried. gone() follows, from the loop; fine inside
 * any callback of the driver. */
void device_desk_misbehaved(struct device_desk *d, const char *why);

/* The driver was told that the device is gone; gone() follows likewise. */
void device_desk_unplugged(struct device_desk *d);

/* How it is, and why it is so ("" when there is nothing to say); the text lives
 * until the next change. */
enum device_desk_state device_desk_state(const struct device_desk *d,
                                         const char **ret_why);

/* "none", "opening", "works", "bad": for luukkuctl. */
const char *device_desk_word(enum device_desk_state state);

#endif

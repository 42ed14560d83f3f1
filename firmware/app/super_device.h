/* super_device.h - the devices that programs drive: found, opened, given, set
 * aside.
 *
 * Room: for each role (scanner, reader, document) the device that the
 * configuration allows: a USB device by vendor, product and port, looked for in
 * sysfs, or an emulated one behind a USB/IP socket (of a simulated document
 * camera: one that gives pictures). Its descriptor goes to the program of that
 * role. One that misbehaves is given anew, and set aside when it does so again
 * and again: until another one is plugged in or a technician says so. Nothing
 * that a device says is read here: sysfs gives the kernel's numbers. Thread:
 * the loop's.
 */
#ifndef LUUKKU_APP_SUPER_DEVICE_H
#define LUUKKU_APP_SUPER_DEVICE_H

#include "app/super.h"
#include "store/config.h"

#include <jansson.h>

#define SUPER_DEVICES_MAX 3
#define SUPER_DEVICE_LOOK_US 500000   /* between two looks for one that lacks */
#define SUPER_DEVICE_BAD_MAX 3        /* so often in ... */
#define SUPER_DEVICE_BAD_US 300000000 /* ... this time: set aside */
#define SUPER_DEVICE_WHY_MAX 128      /* bytes, the NUL included */

struct super_device_role {
    const char *name;   /* "scanner"; static */
    size_t program;     /* its place in struct super_config */
    uint8_t class_code; /* usb/allow/allow.h */
    const struct store_config_device *config; /* borrowed */
};

struct super_devices_config {
    const struct super_device_role *role; /* copied */
    size_t roles;                         /* 0..SUPER_DEVICES_MAX */
    const char *sysfs; /* where USB devices are listed; borrowed */
    const char *nodes; /* where their nodes lie; borrowed */
    int64_t look_us;   /* between two looks for one that lacks */
};

/* Of this machine: /sys/bus/usb/devices, /dev/bus/usb, half a second; no roles
 * yet. */
extern const struct super_devices_config super_devices_usual;

struct super_devices;

/* Owner: caller, super_devices_free(). Errors: -ENOMEM, -ENOSPC, -EINVAL too
 * many roles. */
int super_devices_new(struct lk_loop *l,
                      const struct super_devices_config *config,
                      struct super_devices **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct super_devices *super_devices_free(struct super_devices *d);
LK_AUTO_DEFINE(super_devices);

/* Tells whom it works with; borrowed. */
void super_devices_attach(struct super_devices *d, struct super *s);

/* For struct super_config: SUPERMSG_DEVICE_STATE came; a program is ready; it
 * ended, and `broke` tells whether on its own. */
bool super_devices_message(struct super_devices *d, size_t program,
                           const struct supermsg *m);
void super_devices_ready(struct super_devices *d, size_t program);
void super_devices_ended(struct super_devices *d, size_t program, bool broke);

/* Takes a device that was set aside back into use. false: no such role. */
bool super_devices_again(struct super_devices *d, const char *role);

/* A list for `luukkuctl devices`: what super knows of each role. NULL: no
 * memory. Owner: caller. */
json_t *super_devices_answer(const struct super_devices *d);

/* The configuration of a role; NULL: no such role. */
const struct store_config_device *super_devices_config(
    const struct super_devices *d, const char *role);

#endif

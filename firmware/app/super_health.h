/* super_health.h - what super knows of the kiosk's health, told to luukkud.
 *
 * Room: programs, USB devices, certificates' ends and disks, looked at every
 * second (files and disks more seldom); luukkud is told when something changed,
 * and now and then.
 * Not here: signing and sending (luukkud_health.h).
 * Thread: the loop's.
 */
#ifndef LUUKKU_APP_SUPER_HEALTH_H
#define LUUKKU_APP_SUPER_HEALTH_H

#include "app/super_device.h"
#include "app/super_provision.h"

#define SUPER_HEALTH_LOOK_US 1000000           /* between two looks */
#define SUPER_HEALTH_TELL_US 30000000          /* told again without a change */
#define SUPER_HEALTH_DISK_US 30000000          /* between looks at disks */
#define SUPER_HEALTH_CERT_US (600 * 1000000LL) /* at certificates' files */

struct super_health;

struct super_health_config {
    const char *version;                     /* of the firmware; borrowed */
    const struct store_config *config;       /* borrowed */
    const struct super_provision *provision; /* borrowed; NULL: from a file */
    size_t program; /* whom it tells: a place in struct super_config */
};

/* Owner: caller, super_health_free(). Errors: -ENOMEM, -ENOSPC. */
int super_health_new(struct lk_loop *l,
                     const struct super_health_config *config,
                     struct super_health **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct super_health *super_health_free(struct super_health *h);
LK_AUTO_DEFINE(super_health);

/* Tells whom it works with, both borrowed, and begins. */
void super_health_attach(struct super_health *h, struct super *s,
                         const struct super_devices *devices);

/* For struct super_config: a program is ready. */
void super_health_ready(struct super_health *h, size_t program);

#endif

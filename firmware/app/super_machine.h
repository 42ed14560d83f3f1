/* super_machine.h - what the machine says of itself.
 *
 * Room: the kernel's own figures from /proc, /sys and /etc/resolv.conf as JSON
 * for the technician: hardware, network, whether a panel, a touch screen and
 * keys are there. Spec: firmware/control/PROTOCOL.md. Every file is read up to
 * a limit, every list has one; what is not printable becomes '?'. Any thread.
 */
#ifndef LUUKKU_APP_SUPER_MACHINE_H
#define LUUKKU_APP_SUPER_MACHINE_H

#include "base/defs.h"

#include <stdbool.h>

#include <jansson.h>

#define SUPER_MACHINE_LIST_MAX 32 /* interfaces, routes, mounts and so on */

/* Where to look, "" on a kiosk; tests put a folder before /proc and so on. */
struct super_machine {
    const char *root;
};

/* This one. */
extern const struct super_machine super_machine_here;

/* "hardware". `floor_s`: no right clock shows less. NULL: no memory. */
json_t *super_machine_hardware(const struct super_machine *m, int64_t floor_s);

/* "version"; NULL: no memory. */
json_t *super_machine_version(const char *version);

/* "interfaces", "routes" and "dns" of "network". NULL: no memory. */
json_t *super_machine_network(const struct super_machine *m);

/* Kilobytes that a process holds (its own and shared), -1: not known. */
int64_t super_machine_memory_kb(const struct super_machine *m, int pid);

/* Connectors of the display that have a panel, and all there are; 0 and 0
 * where the kernel has no display driver. */
void super_machine_panels(const struct super_machine *m, int *ret_connected,
                          int *ret_all);

/* Whether an input device has a touch surface, or digits. */
bool super_machine_has_touch(const struct super_machine *m);
bool super_machine_has_digits(const struct super_machine *m);

#endif

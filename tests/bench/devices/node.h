/* node.h - opens the device that a bench is told of.
 *
 * Room: for bench-card and bench-scan.
 */
#ifndef LUUKKU_BENCH_NODE_H
#define LUUKKU_BENCH_NODE_H

#include "usb/opening.h"

/* `node` lies in /dev/bus/usb; or is unix:PATH, an emulator's socket, which
 * speaks USB/IP, where there is no kernel's USB.
 *
 * opened  hears of the device, or why there is none, on the loop
 * Errors  open(2)'s, connect(2)'s, usb_fs_open()'s and usb_ip_open()'s
 */
int node_open(struct lk_loop *l, const char *node, usb_opened_fn *opened,
              void *arg) LK_MUST_CHECK;

#endif

/* super_help.h - what luukku-help gets from super.
 *
 * Room: whether it is there at all; its way to the control protocol, which is
 * no path, and the trail, which it can only append to. On the loop's thread.
 */
#ifndef LUUKKU_APP_SUPER_HELP_H
#define LUUKKU_APP_SUPER_HELP_H

#include "app/inherit.h"
#include "control/server.h"
#include "store/config.h"

struct super_help {
    struct control_server *server; /* borrowed */
    const char *audit;             /* the trail's path; borrowed */
};

/* Whether the site allows remote help and there is a trail for it. */
bool super_help_wanted(const struct store_config *c, const char *audit);

/* For struct super_program; arg: struct super_help. Errors:
 * console_audit_file(), lk_chan_pair(), control_server_adopt() and
 * inherit_add(). */
int super_help_open(void *arg, struct inherit *in);

#endif

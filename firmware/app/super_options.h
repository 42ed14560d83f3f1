/* super_options.h - the words that luukku-super was started with.
 *
 * Room: parsing them. Before other threads start.
 */
#ifndef LUUKKU_APP_SUPER_OPTIONS_H
#define LUUKKU_APP_SUPER_OPTIONS_H

#include "base/defs.h"

#include <stdbool.h>

struct super_options {
    const char *config;         /* NULL: the kiosk is provisioned, in home */
    const char *home, *control; /* NULL: its configuration is a file */
    const char *audit;          /* the trail of remote help; NULL: no help */
    const char *log;            /* the ring on the disk; NULL: none */
    bool headless;
    bool allow_ui_control;
    bool keep_programs;
    bool black_screen;
    bool short_idle;
    bool quick_renewal;
    bool may_reboot;
    bool slow;
};

/* The texts are argv's own. Errors: -EINVAL, and the usage was written to
 * standard error. */
int super_options_parse(int argc, char **argv,
                        struct super_options *ret) LK_MUST_CHECK;

#endif

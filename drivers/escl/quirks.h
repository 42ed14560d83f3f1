/* quirks.h - what single scanners need; the table is quirks.c.
 *
 * Most of what scanners get wrong is met by behaviour, for all of them
 * (README.md); here is what cannot be seen in time. Pure: any thread.
 */
#ifndef LUUKKU_ESCL_QUIRKS_H
#define LUUKKU_ESCL_QUIRKS_H

#include "base/defs.h"

enum escl_quirk {
    ESCL_QUIRK_ONE_INTERFACE = 1, /* two at once hang it */
    ESCL_QUIRK_SOFT_RESET = 2,    /* printer class SOFT_RESET when opened */
    ESCL_QUIRK_STATUS_MUTE = 4,   /* no status while it scans */
    ESCL_QUIRK_EMPTY_LIES = 8,    /* says "feeder empty" whatever is in it */
    ESCL_QUIRK_NEXT_DELAY = 16,   /* a breath before the next page is asked */
    ESCL_QUIRK_SLOW_WAKE = 32,    /* 20 s until it answers at first */
};

/* The quirks of a scanner, by its names of USB or eSCL; either may be "". */
unsigned escl_quirks(const char *manufacturer, const char *model);

#endif

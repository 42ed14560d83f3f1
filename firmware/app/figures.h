/* figures.h - the figures of one call, in luukku-rtc's words to luukku-super.
 *
 * Room: their names and how they are written; super_news.h reads them. Numbers
 * only: with whom, and about what, is nobody's business. Pure; any thread.
 */
#ifndef LUUKKU_APP_FIGURES_H
#define LUUKKU_APP_FIGURES_H

#include "base/defs.h"

#include <stddef.h>
#include <stdint.h>

#define FIGURES_TEXT_MAX 1024 /* bytes, the NUL included */
#define FIGURES_NUMBER_MAX INT64_C(1000000000000)

/* Figures of a call, in the order of their names in figures.c. */
enum figures_call {
    FIGURES_DURATION_S,
    FIGURES_RTT_US,
    FIGURES_RTT_WORST_US,
    FIGURES_LOSS_SENT_PERMILLE,
    FIGURES_LOSS_RECEIVED_PERMILLE,
    FIGURES_FPS_SENT_MILLI,
    FIGURES_FPS_RECEIVED_MILLI,
    FIGURES_WIDTH,
    FIGURES_HEIGHT,
    FIGURES_SEND_KBPS,
    FIGURES_RECEIVE_KBPS,
    FIGURES_CONNECT_MS,
    FIGURES_RESTARTS,
    FIGURES_CALL,
};

/* "duration_s" and so on; static. */
const char *figures_name(enum figures_call f);

/* Writes "call NAME=NUMBER ..." and a NUL; figures that are negative are left
 * out. Returns the length or -EMSGSIZE. */
int figures_write_call(const int64_t value[FIGURES_CALL], char *ret,
                       size_t cap);

#endif

/* gate.h - how often somebody may try to log in on a line.
 *
 * Room: three wrong passwords close the line for a minute, each further one for
 * twice as long, up to a quarter of an hour; a right one opens it for good.
 * Pure: takes the time.
 */
#ifndef LUUKKU_CONSOLE_GATE_H
#define LUUKKU_CONSOLE_GATE_H

#include <stdbool.h>
#include <stdint.h>

#define CONSOLE_TRIES 3
#define CONSOLE_LOCK_US 60000000LL
#define CONSOLE_LOCK_MAX_US 900000000LL

struct console_gate {
    unsigned failed;  /* since the last right one */
    int64_t until_us; /* closed until then */
};

/* Microseconds until somebody may try; 0: now. */
int64_t console_gate_wait(const struct console_gate *g, int64_t now_us);

void console_gate_failed(struct console_gate *g, int64_t now_us);
void console_gate_passed(struct console_gate *g);

#endif

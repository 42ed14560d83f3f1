#include "console/gate.h"

#include "base/defs.h"

#include <limits.h>

int64_t console_gate_wait(const struct console_gate *g, int64_t now_us)
{
    return g->until_us > now_us ? g->until_us - now_us : 0;
}

void console_gate_failed(struct console_gate *g, int64_t now_us)
{
    int64_t lock_us = CONSOLE_LOCK_US;
    if (g->failed < UINT_MAX)
        g->failed++;
    if (g->failed < CONSOLE_TRIES)
        return;
    for (unsigned i = CONSOLE_TRIES;
         i < g->failed && lock_us < CONSOLE_LOCK_MAX_US; i++)
        lock_us *= 2;
    g->until_us = now_us + LK_MIN(lock_us, CONSOLE_LOCK_MAX_US);
}

void console_gate_passed(struct console_gate *g)
{
    *g = (struct console_gate){.failed = 0};
}

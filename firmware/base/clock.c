#include "base/clock.h"

#include <sys/timex.h>
#include <time.h>

static int64_t clock_read(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t); /* fails only for an unknown clock */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t lk_clock_us(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

int64_t lk_clock_ms(void)
{
    return clock_read(CLOCK_MONOTONIC) / 1000;
}

int64_t lk_clock_wall_us(void)
{
    return clock_read(CLOCK_REALTIME);
}

int64_t lk_clock_thread_us(pthread_t thread)
{
    clockid_t id = CLOCK_MONOTONIC;
    (void)pthread_getcpuclockid(thread, &id); /* fails for none */
    return clock_read(id);
}

bool lk_clock_set(void)
{
    struct timex t = {.modes = 0};
    return adjtimex(&t) >= 0 && !(t.status & STA_UNSYNC);
}

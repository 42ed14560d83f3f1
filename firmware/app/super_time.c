#include "app/super_time.h"

#include <stdio.h>
#include <time.h>

void super_time_text(int64_t wall_us, char ret[SUPER_TIME_MAX])
{
    struct tm tm;
    time_t s = (time_t)(wall_us / 1000000);
    size_t n = gmtime_r(&s, &tm)
                   ? strftime(ret, SUPER_TIME_MAX, "%Y-%m-%dT%H:%M:%S", &tm)
                   : 0;
    (void)snprintf(ret + n, SUPER_TIME_MAX - n, ".%03dZ",
                   (int)(wall_us / 1000 % 1000));
}

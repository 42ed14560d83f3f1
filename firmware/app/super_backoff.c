#include "app/super_backoff.h"

int64_t super_backoff_after(struct super_backoff *b, int64_t started_us,
                            int64_t now_us)
{
    if (now_us - started_us >= b->healthy_us)
        b->next_us = 0;
    int64_t wait_us = b->next_us;
    if (wait_us == 0)
        b->next_us = b->first_us;
    else
        b->next_us = wait_us > b->most_us / 2 ? b->most_us : wait_us * 2;
    return wait_us;
}

#include "app/setup.h"

#include "base/log.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>

int setup_fail(const char *what, int error)
{
    LK_LOG(ERROR, "main", "what=\"%s\" err=%s", what, strerrorname_np(-error));
    return error;
}

void setup_one_arena(void)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs yet */
    (void)mallopt(M_ARENA_MAX, 1);
}

int setup_config_load(struct inherit *in, struct store_config **ret)
{
    struct store_config_error why = {.line = 0};
    LK_AUTO_FD fd = inherit_take(in, "config");
    int r = fd < 0 ? fd : store_config_read(fd, "", ret, &why);
    if (r == -EBADMSG)
        LK_LOG(ERROR, "main", "what=config line=%d why=\"%s\"", why.line,
               why.reason);
    return r;
}

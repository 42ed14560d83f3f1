#include "app/super_help.h"

#include "base/log.h"
#include "console/audit.h"
#include "ipc/chan.h"

#include <errno.h>
#include <string.h>

bool super_help_wanted(const struct store_config *c, const char *audit)
{
    if (c->help.technicians == 0)
        return false;
    if (!audit)
        LK_LOG(ERROR, "super", "help is allowed and there is no --audit FILE");
    return audit != NULL;
}

static int add(struct inherit *in, const char *name, int fd)
{
    int r = fd < 0 ? fd : inherit_add(in, name, fd);
    if (r < 0) {
        LK_LOG(ERROR, "super", "for=luukku-help what=%s err=%s", name,
               strerrorname_np(-r));
        (void)lk_fd_close(fd);
    }
    return r;
}

int super_help_open(void *arg, struct inherit *in)
{
    const struct super_help *h = arg;
    int pair[2] = {-1, -1};
    int r = add(in, "trail", console_audit_file(h->audit));
    if (r == 0)
        r = lk_chan_pair(pair);
    if (r < 0)
        return r;
    r = add(in, "control", pair[0]);
    if (r < 0)
        (void)lk_fd_close(pair[1]);
    return r < 0 ? r : control_server_adopt(h->server, pair[1]);
}

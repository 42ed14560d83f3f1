#include "base/defs.h"

#include <errno.h>
#include <unistd.h>

int lk_fd_close(int fd)
{
    if (fd >= 0) {
        int saved = errno;
        (void)close(fd); /* EINTR and EIO leave it closed on Linux */
        errno = saved;
    }
    return -1;
}

void lk_fd_auto_close(int *fd)
{
    *fd = lk_fd_close(*fd);
}

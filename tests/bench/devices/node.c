#include "node.h"

#include "usb/usbfs.h"
#include "usb/usbip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static int open_socket(struct lk_loop *l, const char *path,
                       usb_opened_fn *opened, void *arg)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
        return -errno; /* the program ends, and the socket with it */
    return usb_ip_open(l, fd, "1-1", opened, arg, NULL);
}

int node_open(struct lk_loop *l, const char *node, usb_opened_fn *opened,
              void *arg)
{
    if (strncmp(node, "unix:", 5) == 0)
        return open_socket(l, node + 5, opened, arg);
    int fd = open(node, O_RDWR | O_CLOEXEC);
    return fd < 0 ? -errno : usb_fs_open(l, fd, opened, arg, NULL);
}

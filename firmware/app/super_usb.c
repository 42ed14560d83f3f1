#include "app/super_usb.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A number in a sysfs file; negative: not there, or not a number. */
static long attribute(const char *sysfs, const char *port, const char *name,
                      int base)
{
    char path[PATH_MAX];
    char text[32];
    int len = snprintf(path, sizeof(path), "%s/%s/%s", sysfs, port, name);
    if (len < 0 || (size_t)len >= sizeof(path))
        return -ENAMETOOLONG;
    LK_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n = read(fd, text, sizeof(text) - 1);
    if (n <= 0)
        return -ENODATA;
    text[n] = 0;
    char *end = NULL;
    long v = strtol(text, &end, base);
    return end == text || v < 0 ? -EBADMSG : v;
}

/* The classes of the interfaces of the device's configuration; sysfs
 * shows the alternate settings that are selected. */
static void read_classes(const char *sysfs, long config,
                         struct usb_candidate *c)
{
    char name[USB_PORT_MAX + 32];
    for (int i = 0; i < USB_INTERFACES_MAX; i++) {
        (void)snprintf(name, sizeof(name), "%.31s:%ld.%d", c->port, config, i);
        long v = attribute(sysfs, name, "bInterfaceClass", 16);
        if (v >= 0 && v <= UINT8_MAX)
            c->interface_class[c->interfaces++] = (uint8_t)v;
    }
}

/* What is known of the device at `port`. False: it is half there: the kernel
 * shows a device before it has chosen a configuration, without which no
 * interface can be claimed. */
static bool read_candidate(const char *sysfs, const char *port,
                           struct usb_candidate *ret)
{
    long vendor = attribute(sysfs, port, "idVendor", 16);
    long product = attribute(sysfs, port, "idProduct", 16);
    long class_code = attribute(sysfs, port, "bDeviceClass", 16);
    long config = attribute(sysfs, port, "bConfigurationValue", 10);
    if (vendor < 0 || vendor > UINT16_MAX || product < 0 ||
        product > UINT16_MAX || class_code < 0 || class_code > UINT8_MAX ||
        config < 1)
        return false;
    *ret = (struct usb_candidate){.vendor = (uint16_t)vendor,
                                  .product = (uint16_t)product,
                                  .class_code = (uint8_t)class_code};
    (void)snprintf(ret->port, sizeof(ret->port), "%.31s", port);
    read_classes(sysfs, config, ret);
    return true;
}

/* "1-1.4": a device; "usb1" is a bus, "1-1.4:1.0" an interface. */
static int is_port(const struct dirent *e)
{
    size_t len = strlen(e->d_name);
    return len < USB_PORT_MAX && strchr(e->d_name, '-') &&
           strspn(e->d_name, "0123456789.-") == len;
}

/* Fills in the kernel's numbers of the device at ret->port. */
static int device_numbers(const char *sysfs, struct super_usb_place *ret)
{
    long bus = attribute(sysfs, ret->port, "busnum", 10);
    long number = attribute(sysfs, ret->port, "devnum", 10);
    if (bus < 1 || bus > 999 || number < 1 || number > 999)
        return -ENODEV;
    ret->bus = (unsigned)bus;
    ret->number = (unsigned)number;
    return 0;
}

int super_usb_find(const char *sysfs, const struct usb_allow *a,
                   struct super_usb_place *ret)
{
    struct super_usb_place best = {.number = 0};
    size_t best_rule = a->rules;
    struct dirent **list = NULL;
    int n = scandir(sysfs, &list, is_port, alphasort);
    if (n < 0)
        return errno == ENOENT ? -ENODEV : -errno;
    for (int i = 0; i < n; i++) {
        struct usb_candidate c;
        size_t fits = read_candidate(sysfs, list[i]->d_name, &c)
                          ? usb_allow_find(a, &c)
                          : a->rules;
        if (fits < best_rule) {
            best_rule = fits;
            memcpy(best.port, c.port, sizeof(best.port));
        }
        free(list[i]);
    }
    free(list);
    int r = best_rule < a->rules ? device_numbers(sysfs, &best) : -ENODEV;
    if (r == 0)
        *ret = best;
    return r;
}

int super_usb_open(const char *nodes, const struct super_usb_place *place)
{
    char path[PATH_MAX];
    int len = snprintf(path, sizeof(path), "%s/%03u/%03u", nodes, place->bus,
                       place->number);
    if (len < 0 || (size_t)len >= sizeof(path))
        return -ENAMETOOLONG;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? -ENODEV : -errno;
    return fd;
}

int super_usb_connect(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int len = snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    if (len < 0 || (size_t)len >= sizeof(at.sun_path))
        return -ENAMETOOLONG;
    LK_AUTO_FD fd =
        socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
        return errno == ENOENT || errno == ECONNREFUSED ? -ENODEV : -errno;
    return lk_fd_take(&fd);
}

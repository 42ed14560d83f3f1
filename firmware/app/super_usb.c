#include "app/super_usb.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define INTERFACES_MAX 32 /* as Linux has it */

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

static bool rule_fits(const struct store_config_usb *rule, const char *port,
                      long vendor, long product)
{
    return (rule->vendor < 0 || rule->vendor == vendor) &&
           (rule->product < 0 || rule->product == product) &&
           (!rule->port[0] || strcmp(rule->port, port) == 0);
}

/* Whether an interface of the device's present configuration is of this class;
 * sysfs shows the alternate settings that are selected. */
static bool has_class(const char *sysfs, const char *port, int class_code)
{
    char name[SUPER_USB_PORT_MAX + 32];
    long config = attribute(sysfs, port, "bConfigurationValue", 10);
    for (int i = 0; i < INTERFACES_MAX && config > 0; i++) {
        (void)snprintf(name, sizeof(name), "%.31s:%ld.%d", port, config, i);
        if (attribute(sysfs, name, "bInterfaceClass", 16) == class_code)
            return true;
    }
    return false;
}

/* The place of the first rule that fits a device; `rules` when none does. One
 * that names no product fits devices of the role's class alone; old readers,
 * which say that theirs is the maker's own, have to be named. Hubs
 * (bDeviceClass 9) never fit. */
static size_t device_fits(const char *sysfs, const char *port,
                          const struct super_usb_allow *a)
{
    long vendor = attribute(sysfs, port, "idVendor", 16);
    long product = attribute(sysfs, port, "idProduct", 16);
    if (vendor < 0 || product < 0 ||
        attribute(sysfs, port, "bDeviceClass", 16) == 9)
        return a->rules;
    bool of_class = has_class(sysfs, port, a->class_code);
    size_t i = 0;
    while (i < a->rules && !(rule_fits(&a->rule[i], port, vendor, product) &&
                             (of_class || a->rule[i].product >= 0)))
        i++;
    return i;
}

/* "1-1.4": a device; "usb1" is a bus, "1-1.4:1.0" an interface. */
static int is_port(const struct dirent *e)
{
    size_t len = strlen(e->d_name);
    return len < SUPER_USB_PORT_MAX && strchr(e->d_name, '-') &&
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

int super_usb_find(const char *sysfs, const struct super_usb_allow *a,
                   struct super_usb_place *ret)
{
    struct super_usb_place best = {.number = 0};
    size_t best_rule = a->rules;
    struct dirent **list = NULL;
    int n = scandir(sysfs, &list, is_port, alphasort);
    if (n < 0)
        return errno == ENOENT ? -ENODEV : -errno;
    for (int i = 0; i < n; i++) {
        size_t fits = device_fits(sysfs, list[i]->d_name, a);
        if (fits < best_rule) {
            best_rule = fits;
            (void)snprintf(best.port, sizeof(best.port), "%.31s",
                           list[i]->d_name);
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

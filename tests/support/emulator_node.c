#include "emulator_node.h"

#include "base/clock.h"
#include "base/defs.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYS "/sys/bus/usb/devices"
#define WAIT_US 10000000
#define LOOK_EVERY_MS 20

/* A number in a file of sysfs; -1 when there is none. */
static long read_number(const char *device, const char *what, int base)
{
    char path[512];
    char text[32] = "";
    (void)snprintf(path, sizeof(path), SYS "/%s/%s", device, what);
    LK_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
        return -1;
    return strtol(text, NULL, base);
}

static int try_open(unsigned vendor, unsigned product)
{
    int fd = -1;
    DIR *dir = opendir(SYS);
    struct dirent *entry;
    while (dir && fd < 0 && (entry = readdir(dir))) {
        char node[64];
        if (read_number(entry->d_name, "idVendor", 16) != (long)vendor ||
            read_number(entry->d_name, "idProduct", 16) != (long)product)
            continue;
        (void)snprintf(node, sizeof(node), "/dev/bus/usb/%03ld/%03ld",
                       read_number(entry->d_name, "busnum", 10),
                       read_number(entry->d_name, "devnum", 10));
        fd = open(node, O_RDWR | O_CLOEXEC);
    }
    if (dir)
        closedir(dir);
    return fd;
}

int emulator_node_open(unsigned vendor, unsigned product)
{
    int64_t until_us = lk_clock_us() + WAIT_US;
    for (;;) {
        int fd = try_open(vendor, product);
        if (fd >= 0 || lk_clock_us() > until_us)
            return fd;
        (void)poll(NULL, 0, LOOK_EVERY_MS);
    }
}

void emulator_remove_dir(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        (void)unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    (void)rmdir(path);
}

#include "provision/floor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRESH PROVISION_FLOOR ".new"
#define DIGITS_MAX 12 /* until the year 33658 */
#define TEXT_MAX (DIGITS_MAX + 2)

/* -1: it is no time. */
static int64_t parse(const char *text, size_t len)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > DIGITS_MAX || len != digits + 1 ||
        text[digits] != '\n')
        return -1;
    return strtoll(text, NULL, 10);
}

int64_t provision_floor_read(int dir, int64_t build_s, int64_t most_s)
{
    char text[TEXT_MAX + 1];
    LK_AUTO_FD fd = openat(dir, PROVISION_FLOOR,
                           O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, text, TEXT_MAX);
    if (n <= 0)
        return build_s;
    text[n] = 0;
    int64_t at_s = parse(text, (size_t)n);
    return at_s > build_s && at_s <= most_s ? at_s : build_s;
}

bool provision_floor_due(int64_t floor_s, int64_t now_s, int64_t most_s)
{
    return now_s <= most_s && now_s - PROVISION_FLOOR_STEP_S >= floor_s;
}

static int write_fresh(int dir, const char *text)
{
    size_t len = strlen(text);
    if (unlinkat(dir, FRESH, 0) < 0 && errno != ENOENT)
        return -errno; /* what a power failure left */
    LK_AUTO_FD fd =
        openat(dir, FRESH, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    ssize_t n = write(fd, text, len);
    if (n != (ssize_t)len)
        return n < 0 ? -errno : -EIO;
    return fsync(fd) < 0 ? -errno : 0;
}

int provision_floor_write(int dir, int64_t at_s)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%lld\n", (long long)at_s);
    if (at_s < 0 || n > DIGITS_MAX + 1)
        return -EINVAL;
    int r = write_fresh(dir, text);
    if (r == 0 && renameat(dir, FRESH, dir, PROVISION_FLOOR) < 0)
        r = -errno;
    if (r == 0 && fsync(dir) < 0)
        r = -errno;
    return r;
}

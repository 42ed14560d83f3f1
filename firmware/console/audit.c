#include "console/audit.h"

#include "console/put.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct console_audit {
    int fd;
    const char *line;
};

static bool is_full(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 &&
           st.st_size > CONSOLE_AUDIT_BYTES_MAX - CONSOLE_AUDIT_LINE_MAX;
}

static int open_trail(const char *path)
{
    int fd = open(
        path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
        0600);
    struct stat st;
    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return fd;
    (void)lk_fd_close(fd);
    return -EINVAL;
}

int console_audit_file(const char *path)
{
    char old[PATH_MAX];
    int n = snprintf(old, sizeof(old), "%s.1", path);
    if (n < 0 || (size_t)n >= sizeof(old))
        return -ENAMETOOLONG;
    LK_AUTO_FD fd = open_trail(path);
    if (fd >= 0 && is_full(fd)) {
        fd = lk_fd_close(fd);
        if (rename(path, old) < 0)
            return -errno;
        fd = open_trail(path);
    }
    if (fd < 0)
        return fd;
    /* Its room is taken now, where the file system can: a disk that others fill
     * must not keep out the technician who comes to find that. */
    (void)fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, CONSOLE_AUDIT_BYTES_MAX);
    return lk_fd_take(&fd);
}

int console_audit_open(const char *path, const char *line,
                       struct console_audit **ret)
{
    int fd = console_audit_file(path);
    return fd < 0 ? fd : console_audit_adopt(fd, line, ret);
}

int console_audit_adopt(int own, const char *line, struct console_audit **ret)
{
    LK_AUTO_FD fd = own;
    struct console_audit *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    a->fd = lk_fd_take(&fd);
    a->line = line;
    *ret = a;
    return 0;
}

struct console_audit *console_audit_free(struct console_audit *a)
{
    if (a)
        (void)lk_fd_close(a->fd);
    free(a);
    return NULL;
}

int console_audit_add(struct console_audit *a, int64_t wall_us, const char *who,
                      const char *what, const char *text)
{
    char at[32];
    char said[CONSOLE_AUDIT_LINE_MAX];
    char plain[CONSOLE_AUDIT_LINE_MAX];
    time_t s = (time_t)(wall_us / 1000000);
    struct tm tm;
    if (is_full(a->fd))
        return -EFBIG;
    if (!gmtime_r(&s, &tm) ||
        strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        (void)snprintf(at, sizeof(at), "-");
    (void)snprintf(said, sizeof(said), "%s %s %s %s %s", at, a->line, who, what,
                   text);
    size_t len = console_plain(said, strlen(said), plain, sizeof(plain) - 1);
    for (size_t i = 0; i < len; i++)
        if (plain[i] == '\n')
            plain[i] = '?';
    plain[len++] = '\n';
    ssize_t n = write(a->fd, plain, len);
    if (n != (ssize_t)len)
        return n < 0 ? -errno : -ENOSPC;
    return fdatasync(a->fd) < 0 ? -errno : 0;
}

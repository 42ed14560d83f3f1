#include "app/inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Standard input, output and error stay below. */
#define FIRST_FD 3

/* Where descriptors wait while their places are being filled. */
#define PARK_FD 256

#define ENV_MAX (INHERIT_MAX * (INHERIT_NAME_MAX + 12))

static bool name_valid(const char *s, size_t len)
{
    if (len < 1 || len >= INHERIT_NAME_MAX)
        return false;
    return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") >= len;
}

static struct inherit_fd *inherit_find(struct inherit *in, const char *name)
{
    for (size_t i = 0; i < in->count; i++)
        if (strcmp(in->entry[i].name, name) == 0)
            return &in->entry[i];
    return NULL;
}

int inherit_add(struct inherit *in, const char *name, int fd)
{
    if (fd < 0 || !name_valid(name, strlen(name)) || inherit_find(in, name))
        return -EINVAL;
    if (in->count == INHERIT_MAX)
        return -ENOSPC;
    struct inherit_fd *e = &in->entry[in->count++];
    e->fd = fd;
    memcpy(e->name, name, strlen(name) + 1);
    return 0;
}

/* Reads one "name=fd" of `len` characters. */
static int parse_entry(struct inherit *in, const char *s, size_t len)
{
    char name[INHERIT_NAME_MAX];
    const char *eq = memchr(s, '=', len);
    if (!eq || (size_t)(eq - s) >= sizeof(name))
        return -EBADMSG;
    memcpy(name, s, (size_t)(eq - s));
    name[eq - s] = 0;
    long fd = 0;
    const char *d = eq + 1;
    for (; d < s + len && *d >= '0' && *d <= '9' && fd < 65536; d++)
        fd = fd * 10 + (*d - '0');
    if (d != s + len || d == eq + 1 || fd < FIRST_FD)
        return -EBADMSG;
    return inherit_add(in, name, (int)fd) < 0 ? -EBADMSG : 0;
}

static int parse_list(struct inherit *in, const char *s)
{
    for (;;) {
        size_t len = strcspn(s, ",");
        int r = parse_entry(in, s, len);
        if (r < 0)
            return r;
        if (s[len] == 0)
            return 0;
        s += len + 1;
    }
}

int inherit_init(struct inherit *ret)
{
    const char *env =
        getenv(INHERIT_ENV); /* NOLINT(concurrency-mt-unsafe): one thread */
    if (!env)
        return -ENOENT;
    struct inherit in = {.count = 0};
    int r = parse_list(&in, env);
    if (r < 0)
        return r;
    for (size_t i = 0; i < in.count; i++)
        if (fcntl(in.entry[i].fd, F_SETFD, FD_CLOEXEC) < 0)
            return -EBADF;
    (void)unsetenv(INHERIT_ENV); /* NOLINT(concurrency-mt-unsafe): one thread */
    *ret = in;
    return 0;
}

int inherit_take(struct inherit *in, const char *name)
{
    struct inherit_fd *e = inherit_find(in, name);
    if (!e || e->fd < 0)
        return -ENOENT;
    int fd = e->fd;
    e->fd = -1;
    return fd;
}

/* Reads from the file's start, whatever its shared offset is. */
static int read_all(int fd, struct lk_buf *b)
{
    for (;;) {
        uint8_t chunk[4096];
        ssize_t n = pread(fd, chunk, sizeof(chunk), (off_t)b->len);
        if (n < 0 && errno == EINTR)
            continue;
        int r = n < 0 ? -errno : lk_buf_append(b, chunk, (size_t)n);
        explicit_bzero(chunk, sizeof(chunk));
        if (r < 0 || n == 0)
            return r;
    }
}

int inherit_read(struct inherit *in, const char *name, struct lk_buf **ret)
{
    LK_AUTO_FD fd = inherit_take(in, name);
    if (fd < 0)
        return fd;
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(INHERIT_READ_MAX, &b);
    if (r < 0)
        return r;
    r = read_all(fd, b);
    if (r < 0) {
        lk_buf_wipe(b);
        return r;
    }
    *ret = LK_TAKE(b);
    return 0;
}

void inherit_close(struct inherit *in)
{
    for (size_t i = 0; i < in->count; i++)
        in->entry[i].fd = lk_fd_close(in->entry[i].fd);
}

/* Moves everything out of the way of its final place first: the places and the
 * present numbers may overlap. */
static int park(const struct inherit *in, int keep, int *parked,
                int *parked_keep)
{
    for (size_t i = 0; i < in->count; i++) {
        parked[i] = fcntl(in->entry[i].fd, F_DUPFD_CLOEXEC, PARK_FD);
        if (parked[i] < 0)
            return -errno;
    }
    *parked_keep = keep < 0 ? -1 : fcntl(keep, F_DUPFD_CLOEXEC, PARK_FD);
    return keep >= 0 && *parked_keep < 0 ? -errno : 0;
}

int inherit_arrange(const struct inherit *in, int keep, int *ret_keep)
{
    int parked[INHERIT_MAX] = {0};
    int parked_keep = -1;
    char env[ENV_MAX] = "";
    int r = park(in, keep, parked, &parked_keep);
    if (r < 0)
        return r;
    int next = FIRST_FD;
    size_t at = 0;
    for (size_t i = 0; i < in->count; i++, next++) {
        if (dup2(parked[i], next) < 0)
            return -errno;
        at += (size_t)snprintf(env + at, sizeof(env) - at, "%s%s=%d",
                               i > 0 ? "," : "", in->entry[i].name, next);
    }
    int kept = -1;
    if (keep >= 0) {
        kept = next++;
        if (dup3(parked_keep, kept, O_CLOEXEC) < 0)
            return -errno;
    }
    if (close_range((unsigned)next, ~0U, 0) < 0)
        return -errno;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    if (setenv(INHERIT_ENV, env, 1) < 0)
        return -errno;
    *ret_keep = kept;
    return 0;
}

#include "console/latch.h"

#include "base/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 8 magic, 4 failures, 8 closed until, 40 start, 4 zero, 4 checksum; numbers
 * are little-endian. */
static const uint8_t magic[8] = {'L', 'U', 'U', 'K', 'L', 'C', 'K', '1'};
#define AT_FAILED 8
#define AT_UNTIL 12
#define AT_BOOT 20
#define AT_SUM (CONSOLE_LATCH_LEN - 4)

_Static_assert(AT_BOOT + CONSOLE_LATCH_BOOT_MAX <= AT_SUM, "a start fits");

struct console_latch {
    int fd;
    char boot[CONSOLE_LATCH_BOOT_MAX];
};

/* FNV-1a: against torn and stray bytes, not against anybody. */
static uint32_t checksum(const uint8_t *data, size_t len)
{
    uint32_t sum = 2166136261U;
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ data[i]) * 16777619U;
    return sum;
}

void console_latch_encode(const struct console_gate *g, const char *boot,
                          uint8_t ret[CONSOLE_LATCH_LEN])
{
    memset(ret, 0, CONSOLE_LATCH_LEN);
    memcpy(ret, magic, sizeof(magic));
    lk_put_le(ret + AT_FAILED, g->failed, 4);
    lk_put_le(ret + AT_UNTIL, (uint64_t)g->until_us, 8);
    (void)snprintf((char *)ret + AT_BOOT, CONSOLE_LATCH_BOOT_MAX, "%s", boot);
    lk_put_le(ret + AT_SUM, checksum(ret, AT_SUM), 4);
}

/* Closed anew, for as long as so many failures close it. */
static struct console_gate closed(unsigned failed, int64_t now_us)
{
    struct console_gate g = {.failed = failed > 0 ? failed - 1 : 0};
    console_gate_failed(&g, now_us);
    return g;
}

struct console_gate console_latch_decode(const uint8_t *data, size_t len,
                                         const char *boot, int64_t now_us)
{
    if (len == 0)
        return (struct console_gate){.failed = 0};
    if (len != CONSOLE_LATCH_LEN || memcmp(data, magic, sizeof(magic)) != 0 ||
        lk_get_le(data + AT_SUM, 4) != checksum(data, AT_SUM))
        return closed(CONSOLE_TRIES, now_us);
    struct console_gate g = {.failed = (unsigned)lk_get_le(data + AT_FAILED, 4),
                             .until_us =
                                 (int64_t)lk_get_le(data + AT_UNTIL, 8)};
    bool same = memchr(data + AT_BOOT, 0, CONSOLE_LATCH_BOOT_MAX) &&
                strcmp((const char *)data + AT_BOOT, boot) == 0;
    if (g.until_us > 0 && (!same || g.until_us > now_us + CONSOLE_LOCK_MAX_US))
        return closed(g.failed, now_us);
    g.until_us = LK_MAX(g.until_us, 0);
    return g;
}

/* What the kernel calls this start of the machine; "" where it does not say. */
static void read_boot(char ret[CONSOLE_LATCH_BOOT_MAX])
{
    LK_AUTO_FD fd =
        open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, ret, CONSOLE_LATCH_BOOT_MAX - 1);
    ret[n > 0 ? n : 0] = 0;
    ret[strcspn(ret, "\n")] = 0;
}

int console_latch_open(const char *path, int64_t now_us,
                       struct console_latch **ret,
                       struct console_gate *ret_gate)
{
    uint8_t data[CONSOLE_LATCH_LEN + 1];
    struct stat st;
    LK_AUTO_FD fd =
        open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return -EINVAL;
    ssize_t n = pread(fd, data, sizeof(data), 0);
    if (n < 0)
        return -errno;
    struct console_latch *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    read_boot(l->boot);
    *ret_gate = console_latch_decode(data, (size_t)n, l->boot, now_us);
    l->fd = lk_fd_take(&fd);
    *ret = l;
    return 0;
}

struct console_latch *console_latch_free(struct console_latch *l)
{
    if (l)
        (void)lk_fd_close(l->fd);
    free(l);
    return NULL;
}

int console_latch_put(struct console_latch *l, const struct console_gate *g)
{
    uint8_t data[CONSOLE_LATCH_LEN];
    console_latch_encode(g, l->boot, data);
    ssize_t n = pwrite(l->fd, data, sizeof(data), 0);
    if (n != (ssize_t)sizeof(data))
        return n < 0 ? -errno : -ENOSPC;
    return fdatasync(l->fd) < 0 ? -errno : 0;
}

#include "ipc/scanpage.h"

#include "base/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x4c4b5047U /* LKPG */
#define VERSION 1
#define SEALS (F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_WRITE)
#define WHITE_LEN 65536

struct scanpage_writer {
    struct scanpage_info info;
    uint32_t written; /* rows */
    int fd;
};

int scanpage_check(const struct scanpage_info *i)
{
    if (i->width_px < 1 || i->height_px < 1 || (i->depth != 1 && i->depth != 3))
        return -EINVAL;
    if (i->width_px > SCANPAGE_SIDE_MAX || i->height_px > SCANPAGE_SIDE_MAX ||
        scanpage_bytes(i) > SCANPAGE_BYTES_MAX)
        return -EMSGSIZE;
    return 0;
}

static int write_all(int fd, const uint8_t *at, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int write_header(int fd, const struct scanpage_info *i)
{
    uint8_t b[SCANPAGE_HEADER_LEN] = {0};
    struct lk_writer w = lk_writer(b, sizeof(b));
    lk_write_u32(&w, MAGIC);
    lk_write_u32(&w, VERSION);
    lk_write_u32(&w, i->width_px);
    lk_write_u32(&w, i->height_px);
    lk_write_u32(&w, i->depth);
    lk_write_u32(&w, i->dpi);
    return write_all(fd, b, sizeof(b));
}

int scanpage_writer_new(const struct scanpage_info *info,
                        struct scanpage_writer **ret)
{
    int r = scanpage_check(info);
    if (r < 0)
        return r;
    LK_AUTO(scanpage_writer) w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    w->info = *info;
    w->fd = memfd_create("page", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (w->fd < 0)
        return -errno;
    r = write_header(w->fd, info);
    if (r == 0)
        *ret = LK_TAKE(w);
    return r;
}

struct scanpage_writer *scanpage_writer_free(struct scanpage_writer *w)
{
    if (!w)
        return NULL;
    (void)lk_fd_close(w->fd);
    free(w);
    return NULL;
}

int scanpage_write(struct scanpage_writer *w, const uint8_t *rows, size_t count)
{
    if (count > w->info.height_px - w->written)
        return -EMSGSIZE;
    int r = write_all(w->fd, rows, count * scanpage_stride(&w->info));
    if (r == 0)
        w->written += (uint32_t)count;
    return r;
}

uint32_t scanpage_written(const struct scanpage_writer *w)
{
    return w->written;
}

static int fill_white(struct scanpage_writer *w)
{
    size_t left = (w->info.height_px - w->written) * scanpage_stride(&w->info);
    if (left == 0)
        return 0;
    uint8_t *white = malloc(WHITE_LEN);
    if (!white)
        return -ENOMEM;
    memset(white, 0xff, WHITE_LEN);
    int r = 0;
    while (left > 0 && r == 0) {
        size_t n = LK_MIN(left, (size_t)WHITE_LEN);
        r = write_all(w->fd, white, n);
        left -= n;
    }
    free(white);
    return r;
}

int scanpage_finish(struct scanpage_writer *w)
{
    int r = fill_white(w);
    if (r == 0)
        r = scanpage_seal(w->fd);
    return r < 0 ? r : lk_fd_take(&w->fd);
}

int scanpage_seal(int fd)
{
    return fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) < 0 ? -errno : 0;
}

int64_t scanpage_sealed_len(int fd, int64_t max)
{
    struct stat st;
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) < 0)
        return -EBADMSG;
    return st.st_size > max ? -EMSGSIZE : st.st_size;
}

static int read_header(const uint8_t *map, size_t len,
                       struct scanpage_info *ret)
{
    struct lk_reader r = lk_reader(map, len);
    uint32_t magic = lk_read_u32(&r);
    uint32_t version = lk_read_u32(&r);
    ret->width_px = lk_read_u32(&r);
    ret->height_px = lk_read_u32(&r);
    ret->depth = lk_read_u32(&r);
    ret->dpi = lk_read_u32(&r);
    if (r.bad || magic != MAGIC || version != VERSION ||
        scanpage_check(ret) < 0 ||
        len != SCANPAGE_HEADER_LEN + scanpage_bytes(ret))
        return -EBADMSG;
    return 0;
}

int scanpage_open(int fd, struct scanpage **ret)
{
    LK_AUTO_FD own = fd;
    int64_t len = scanpage_sealed_len(
        own, (int64_t)(SCANPAGE_HEADER_LEN + SCANPAGE_BYTES_MAX));
    if (len < SCANPAGE_HEADER_LEN)
        return -EBADMSG;
    LK_AUTO(scanpage) p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->fd = -1;
    p->map_len = (size_t)len;
    p->map = mmap(NULL, p->map_len, PROT_READ, MAP_SHARED, own, 0);
    if (p->map == MAP_FAILED) {
        p->map = NULL;
        return -errno;
    }
    int r = read_header(p->map, p->map_len, &p->info);
    if (r < 0)
        return r;
    p->rows = (const uint8_t *)p->map + SCANPAGE_HEADER_LEN;
    p->fd = lk_fd_take(&own);
    *ret = LK_TAKE(p);
    return 0;
}

struct scanpage *scanpage_free(struct scanpage *p)
{
    if (!p)
        return NULL;
    if (p->map)
        (void)munmap(p->map, p->map_len);
    (void)lk_fd_close(p->fd);
    free(p);
    return NULL;
}

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

int scanpage_check(const struct scanpage_info *i)
{
    if (i->width_px < 1 || i->height_px < 1 || (i->depth != 1 && i->depth != 3))
        return -EINVAL;
    if (i->width_px > SCANPAGE_SIDE_MAX || i->height_px > SCANPAGE_SIDE_MAX ||
        scanpage_bytes(i) > SCANPAGE_BYTES_MAX)
        return -EMSGSIZE;
    return 0;
}

static void put_header(uint8_t *at, const struct scanpage_info *i)
{
    struct lk_writer w = lk_writer(at, SCANPAGE_HEADER_LEN);
    lk_write_u32(&w, MAGIC);
    lk_write_u32(&w, VERSION);
    lk_write_u32(&w, i->width_px);
    lk_write_u32(&w, i->height_px);
    lk_write_u32(&w, i->depth);
    lk_write_u32(&w, i->dpi);
    lk_write_u64(&w, 0);
}

static int draft_map(struct scanpage_draft *d)
{
    d->fd = memfd_create("page", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (d->fd < 0 || ftruncate(d->fd, (off_t)d->map_len) < 0)
        return -errno;
    void *map =
        mmap(NULL, d->map_len, PROT_READ | PROT_WRITE, MAP_SHARED, d->fd, 0);
    if (map == MAP_FAILED)
        return -errno;
    d->map = map;
    d->rows = (uint8_t *)map + SCANPAGE_HEADER_LEN;
    return 0;
}

int scanpage_draft_new(const struct scanpage_info *info,
                       struct scanpage_draft **ret)
{
    int r = scanpage_check(info);
    if (r < 0)
        return r;
    struct scanpage_draft *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->info = *info;
    d->map_len = SCANPAGE_HEADER_LEN + scanpage_bytes(info);
    r = draft_map(d);
    if (r < 0)
        (void)scanpage_draft_free(d);
    else
        *ret = d;
    return r;
}

struct scanpage_draft *scanpage_draft_free(struct scanpage_draft *d)
{
    if (!d)
        return NULL;
    if (d->map)
        (void)munmap(d->map, d->map_len);
    (void)lk_fd_close(d->fd);
    free(d);
    return NULL;
}

int scanpage_draft_put(struct scanpage_draft *d, uint32_t y,
                       const uint8_t *rows, uint32_t n)
{
    size_t stride = scanpage_stride(&d->info);
    if (y > d->info.height_px || n > d->info.height_px - y)
        return -EINVAL;
    off_t at = (off_t)(SCANPAGE_HEADER_LEN + y * stride);
    for (size_t left = n * stride; left > 0;) {
        ssize_t r = pwrite(d->fd, rows, left, at);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return r < 0 ? -errno : -EIO;
        rows += r;
        at += r;
        left -= (size_t)r;
    }
    return 0;
}

void scanpage_draft_forget(struct scanpage_draft *d, uint32_t rows)
{
    uint32_t n = LK_MIN(rows, d->info.height_px);
    off_t len = (off_t)(n * scanpage_stride(&d->info));
    /* Where it fails the memory stays, and nothing else is wrong. */
    (void)fallocate(d->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                    SCANPAGE_HEADER_LEN, len);
}

int scanpage_draft_seal(struct scanpage_draft *d)
{
    put_header(d->map, &d->info);
    (void)munmap(d->map, d->map_len);
    d->map = NULL;
    d->rows = NULL;
    int r = scanpage_seal(d->fd);
    return r < 0 ? r : lk_fd_take(&d->fd);
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

/* Maps p->fd and checks what is there. */
static int page_map(struct scanpage *p)
{
    p->map = mmap(NULL, p->map_len, PROT_READ, MAP_SHARED, p->fd, 0);
    if (p->map == MAP_FAILED) {
        p->map = NULL;
        return -errno;
    }
    p->rows = (const uint8_t *)p->map + SCANPAGE_HEADER_LEN;
    return read_header(p->map, p->map_len, &p->info);
}

int scanpage_open(int fd, struct scanpage **ret)
{
    LK_AUTO_FD own = fd;
    int64_t len = scanpage_sealed_len(
        own, (int64_t)(SCANPAGE_HEADER_LEN + SCANPAGE_BYTES_MAX));
    if (len < SCANPAGE_HEADER_LEN)
        return -EBADMSG;
    struct scanpage *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->map_len = (size_t)len;
    p->fd = lk_fd_take(&own);
    int r = page_map(p);
    if (r < 0)
        (void)scanpage_free(p);
    else
        *ret = p;
    return r;
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

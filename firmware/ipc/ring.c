/* ring.c - pictures from one program to another through shared memory.
 *
 * A triple buffer: each slot is always in one of three hands: the writer's
 * (`own`), the reader's (`own` of the other end), or the state word's. Handing
 * over is one atomic exchange of a slot's number with the state word. The
 * other end may write anything there, so every number that comes out is
 * checked; a liar can spoil pictures, nothing else.
 */
#include "ipc/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SLOTS 3
#define FRESH 4U      /* in the state word: not yet taken by the reader */
#define SLOT_MASK 3U  /* likewise: the slot's number */
#define CONTROL 65536 /* bytes before the pixels; the largest page size */
#define MAGIC 0x6c6b7231U
#define SEALS (F_SEAL_GROW | F_SEAL_SHRINK)

struct meta {
    uint32_t width, height, stride;
    uint64_t sequence;
    int64_t captured_us;
};

struct control {
    uint32_t magic, width_max, height_max;
    _Atomic uint32_t state;
    _Atomic uint32_t reader; /* the slot in its hand, for the next reader */
    struct meta slot[SLOTS];
};

struct lk_ring {
    int memory_fd, wake_fd;
    bool writer;
    uint32_t width_max, height_max;
    size_t slot_len;
    struct control *control;
    uint8_t *pixels;
    uint32_t own; /* the slot in this end's hand */
    bool begun;
    struct meta meta; /* writer: the begun picture; reader: the last one */
};

static uint32_t ring_stride(uint32_t width)
{
    return (width + 15U) & ~15U;
}

static size_t ring_picture_len(uint32_t stride, uint32_t height)
{
    return (size_t)stride * height +
           (size_t)stride / 2 * (((size_t)height + 1) / 2) * 2;
}

static size_t ring_slot_len(uint32_t width, uint32_t height)
{
    size_t len = ring_picture_len(ring_stride(width), height);
    return (len + CONTROL - 1) / CONTROL * CONTROL;
}

static bool ring_size_ok(uint32_t width, uint32_t height)
{
    return width >= 2 && width <= LK_RING_WIDTH_MAX && height >= 2 &&
           height <= LK_RING_HEIGHT_MAX;
}

/* The reader's view of the pixels is read-only, so that no mistake of its own
 * can write there. */
static int ring_map(struct lk_ring *r)
{
    int prot = r->writer ? PROT_READ | PROT_WRITE : PROT_READ;
    void *c = mmap(NULL, CONTROL, PROT_READ | PROT_WRITE, MAP_SHARED,
                   r->memory_fd, 0);
    if (c == MAP_FAILED)
        return -errno;
    r->control = c;
    r->slot_len = ring_slot_len(r->width_max, r->height_max);
    void *p = mmap(NULL, r->slot_len * SLOTS, prot, MAP_SHARED, r->memory_fd,
                   CONTROL);
    if (p == MAP_FAILED)
        return -errno;
    r->pixels = p;
    return 0;
}

static struct lk_ring *ring_alloc(void)
{
    struct lk_ring *r = calloc(1, sizeof(*r));
    if (r) {
        r->memory_fd = -1;
        r->wake_fd = -1;
    }
    return r;
}

struct lk_ring *lk_ring_free(struct lk_ring *r)
{
    if (!r)
        return NULL;
    if (r->pixels)
        munmap(r->pixels, r->slot_len * SLOTS);
    if (r->control)
        munmap(r->control, CONTROL);
    lk_fd_close(r->memory_fd);
    lk_fd_close(r->wake_fd);
    free(r);
    return NULL;
}

static int ring_create(struct lk_ring *r)
{
    off_t len =
        CONTROL + (off_t)ring_slot_len(r->width_max, r->height_max) * SLOTS;
    r->memory_fd = memfd_create("luukku-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (r->memory_fd < 0 || ftruncate(r->memory_fd, len) < 0 ||
        fcntl(r->memory_fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) < 0)
        return -errno;
    r->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (r->wake_fd < 0)
        return -errno;
    int e = ring_map(r);
    if (e < 0 || !r->control)
        return e;
    r->control->magic = MAGIC;
    r->control->width_max = r->width_max;
    r->control->height_max = r->height_max;
    r->own = 0;
    atomic_init(&r->control->state, 1);
    atomic_init(&r->control->reader, 2);
    return 0;
}

int lk_ring_new(uint32_t width_px, uint32_t height_px, struct lk_ring **ret)
{
    if (!ring_size_ok(width_px, height_px))
        return -EINVAL;
    struct lk_ring *r = ring_alloc();
    if (!r)
        return -ENOMEM;
    r->writer = true;
    r->width_max = width_px;
    r->height_max = height_px;
    int e = ring_create(r);
    if (e < 0) {
        lk_ring_free(r);
        return e;
    }
    *ret = r;
    return 0;
}

/* Sealed, so that reading can never fault; and exactly as long as the sizes at
 * its start say. */
static int ring_check(struct lk_ring *r)
{
    struct stat st;
    int seals = fcntl(r->memory_fd, F_GET_SEALS);
    if (seals < 0 || (seals & SEALS) != SEALS || fstat(r->memory_fd, &st) < 0 ||
        st.st_size < CONTROL)
        return -EBADMSG;
    struct control head;
    size_t want = offsetof(struct control, state);
    if (pread(r->memory_fd, &head, want, 0) != (ssize_t)want ||
        head.magic != MAGIC || !ring_size_ok(head.width_max, head.height_max))
        return -EBADMSG;
    r->width_max = head.width_max;
    r->height_max = head.height_max;
    size_t len = ring_slot_len(head.width_max, head.height_max) * SLOTS;
    return (size_t)st.st_size == CONTROL + len ? 0 : -EBADMSG;
}

int lk_ring_open(int memory_fd, int wake_fd, struct lk_ring **ret)
{
    struct lk_ring *r = ring_alloc();
    if (!r) {
        lk_fd_close(memory_fd);
        lk_fd_close(wake_fd);
        return -ENOMEM;
    }
    r->memory_fd = memory_fd;
    r->wake_fd = wake_fd;
    int e = ring_check(r);
    if (e == 0)
        e = ring_map(r);
    if (e < 0) {
        lk_ring_free(r);
        return e;
    }
    /* Go on where a reader before this one, that died, has stopped. */
    uint32_t own = atomic_load(&r->control->reader);
    r->own = own < SLOTS ? own : 2;
    *ret = r;
    return 0;
}

void lk_ring_fds(const struct lk_ring *r, int *ret_memory_fd, int *ret_wake_fd)
{
    *ret_memory_fd = r->memory_fd;
    *ret_wake_fd = r->wake_fd;
}

static void ring_picture(const struct lk_ring *r, struct lk_ring_picture *ret)
{
    uint8_t *y = r->pixels + r->own * r->slot_len;
    size_t chroma =
        (size_t)r->meta.stride / 2 * (((size_t)r->meta.height + 1) / 2);
    ret->width_px = r->meta.width;
    ret->height_px = r->meta.height;
    ret->stride = r->meta.stride;
    ret->sequence = r->meta.sequence;
    ret->captured_us = r->meta.captured_us;
    ret->plane[0] = y;
    ret->plane[1] = y + (size_t)r->meta.stride * r->meta.height;
    ret->plane[2] = ret->plane[1] + chroma;
}

int lk_ring_begin(struct lk_ring *r, uint32_t width_px, uint32_t height_px,
                  struct lk_ring_picture *ret)
{
    if (!r->writer || width_px == 0 || height_px == 0)
        return -EINVAL;
    if (width_px > r->width_max || height_px > r->height_max)
        return -EMSGSIZE;
    r->begun = true;
    r->meta.width = width_px;
    r->meta.height = height_px;
    r->meta.stride = ring_stride(width_px);
    ring_picture(r, ret);
    ret->sequence = r->meta.sequence + 1;
    ret->captured_us = 0;
    return 0;
}

void lk_ring_commit(struct lk_ring *r, int64_t captured_us)
{
    if (!r->begun)
        return;
    r->begun = false;
    r->meta.sequence++;
    r->meta.captured_us = captured_us;
    r->control->slot[r->own] = r->meta;
    uint32_t old = atomic_exchange(&r->control->state, r->own | FRESH);
    uint32_t next = old & SLOT_MASK;
    if (next >= SLOTS || next == r->own)
        next = (r->own + 1) % SLOTS; /* the reader lies: any slot will do */
    r->own = next;
    uint64_t one = 1;
    /* A full counter means that the wake-up is pending anyway. */
    ssize_t n = write(r->wake_fd, &one, sizeof(one));
    (void)n;
}

/* Clears the wake-up without ever blocking: the descriptor's flags are shared
 * with the writer, so O_NONBLOCK proves nothing. */
static void ring_clear_wake(int fd)
{
    uint64_t count;
    struct iovec v = {.iov_base = &count, .iov_len = sizeof(count)};
    ssize_t n = preadv2(fd, &v, 1, -1, RWF_NOWAIT);
    if (n >= 0 || errno != EOPNOTSUPP)
        return;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, 0) == 1 && (p.revents & POLLIN))
        n = read(fd, &count, sizeof(count));
    (void)n;
}

static int ring_meta_check(const struct lk_ring *r, const struct meta *m)
{
    if (m->width == 0 || m->width > r->width_max || m->height == 0 ||
        m->height > r->height_max)
        return -EBADMSG;
    if (m->stride < m->width || m->stride > ring_stride(r->width_max) ||
        m->stride % 2 != 0)
        return -EBADMSG;
    return ring_picture_len(m->stride, m->height) <= r->slot_len ? 0 : -EBADMSG;
}

int lk_ring_acquire(struct lk_ring *r, struct lk_ring_picture *ret)
{
    ring_clear_wake(r->wake_fd);
    if (r->writer || !(atomic_load(&r->control->state) & FRESH))
        return 0;
    uint32_t st = atomic_exchange(&r->control->state, r->own);
    uint32_t slot = st & SLOT_MASK;
    if (slot >= SLOTS || slot == r->own || !(st & FRESH))
        return -EBADMSG;
    r->own = slot;
    atomic_store(&r->control->reader, slot);
    /* One copy, through volatile, so that what is checked is what is used. */
    struct meta m;
    const volatile struct meta *shared = &r->control->slot[slot];
    m.width = shared->width;
    m.height = shared->height;
    m.stride = shared->stride;
    m.sequence = shared->sequence;
    m.captured_us = shared->captured_us;
    int e = ring_meta_check(r, &m);
    if (e < 0)
        return e;
    if (m.sequence <= r->meta.sequence)
        return 0;
    r->meta = m;
    ring_picture(r, ret);
    return 1;
}

void lk_ring_release(struct lk_ring *r)
{
    /* The slot stays in the reader's hand until the next exchange; nobody
     * waits for it. */
    (void)r;
}

/* scanpage.h - one page's pixels in a sealed memfd, from luukku-scan.
 *
 * Room: the layout, who writes it and who looks at it. 32 bytes of header, big
 * endian: "LKPG", u32 version 1, u32 width, u32 height, u32 bytes per pixel (3
 * RGB, 1 gray), u32 dots per inch (0 not known), 8 zeros; then height rows of
 * width * bytes per pixel, nothing between them.
 * The memory is sealed against writing, growing and shrinking; the reader
 * checks that, and trusts nothing else either.
 * Thread: a page belongs to one at a time.
 */
#ifndef LUUKKU_IPC_SCANPAGE_H
#define LUUKKU_IPC_SCANPAGE_H

#include "base/defs.h"

#define SCANPAGE_HEADER_LEN 32
#define SCANPAGE_SIDE_MAX 20000        /* pixels of a side */
#define SCANPAGE_BYTES_MAX 110100480UL /* of pixels: A4, 600 dpi, colour */

struct scanpage_info {
    uint32_t width_px;  /* 1..SCANPAGE_SIDE_MAX */
    uint32_t height_px; /* likewise */
    uint32_t depth;     /* bytes per pixel: 3 RGB, 1 gray */
    uint32_t dpi;       /* 0: not known */
};

/* Bytes of a row, and of all rows. */
static inline size_t scanpage_stride(const struct scanpage_info *i)
{
    return (size_t)i->width_px * i->depth;
}

static inline size_t scanpage_bytes(const struct scanpage_info *i)
{
    return scanpage_stride(i) * i->height_px;
}

/* Whether a page may be so: 0, -EINVAL nonsense, -EMSGSIZE too large. */
int scanpage_check(const struct scanpage_info *i) LK_MUST_CHECK;

/* A page in the making: its memory is written in place. */
struct scanpage_draft {
    struct scanpage_info info;
    uint8_t *rows;  /* scanpage_bytes(); zero at first */
    void *map;      /* private */
    size_t map_len; /* private */
    int fd;         /* private */
};

/* Begins a page. Owner: caller. Errors: scanpage_check()'s, -ENOMEM,
 * memfd_create(2)'s, ftruncate(2)'s, mmap(2)'s. */
int scanpage_draft_new(const struct scanpage_info *info,
                       struct scanpage_draft **ret) LK_MUST_CHECK;
struct scanpage_draft *scanpage_draft_free(struct scanpage_draft *d);
LK_AUTO_DEFINE(scanpage_draft);

/* Writes whole rows, `n` of them from row `y` on: half the price of writing to
 * fresh memory in place, where each page of it is a fault and is cleared first.
 * Errors: -EINVAL not in the page; -ENOMEM, and others of pwrite(2). */
int scanpage_draft_put(struct scanpage_draft *d, uint32_t y,
                       const uint8_t *rows, uint32_t n) LK_MUST_CHECK;

/* Gives the memory of the first `rows` rows back; they are zero then. For
 * making one page out of another without room for both. */
void scanpage_draft_forget(struct scanpage_draft *d, uint32_t rows);

/* Ends the page: sealed. Its rows cannot be reached through `d` any more, which
 * is still to be freed.
 * Returns the descriptor, which is the caller's, or -errno of write(2),
 * fcntl(2). */
int scanpage_draft_seal(struct scanpage_draft *d) LK_MUST_CHECK;

/* A page that is looked at. */
struct scanpage {
    struct scanpage_info info;
    const uint8_t *rows; /* scanpage_bytes(), read only */
    void *map;           /* private */
    size_t map_len;      /* private */
    int fd;              /* its own */
};

/* Maps what `fd` holds; it is taken over, also when it fails.
 *
 * Owner   caller; scanpage_free()
 * Errors  -EBADMSG not a sealed page of a size in range, -ENOMEM, mmap(2)'s
 */
int scanpage_open(int fd, struct scanpage **ret) LK_MUST_CHECK;
struct scanpage *scanpage_free(struct scanpage *p);
LK_AUTO_DEFINE(scanpage);

/* The length of a memfd that nobody can change any more.
 * Errors: -EBADMSG it is none, or it is not sealed; -EMSGSIZE above `max`. */
int64_t scanpage_sealed_len(int fd, int64_t max) LK_MUST_CHECK;

/* Seals a memfd against any change. Errors: fcntl(2)'s. */
int scanpage_seal(int fd) LK_MUST_CHECK;

#endif

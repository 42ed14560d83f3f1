#include "pages/page.h"

#include "pages/flatten.h"
#include "pages/jpeg.h"
#include "pages/limits.h"
#include "pages/look.h"
#include "pages/pdf.h"
#include "pages/rows.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SKEW_SIDE_PX 1600

struct pages_document {
    enum pages_kind kind;
    int fd;
    void *map;
    size_t len;
    struct pages_pdf *pdf;
    struct scanpage *ours;
};

enum pages_kind pages_sniff(const uint8_t *data, size_t len)
{
    if (len >= 3 && memcmp(data, "\xff\xd8\xff", 3) == 0)
        return PAGES_JPEG;
    if (len >= 5 && memcmp(data, "%PDF-", 5) == 0)
        return PAGES_PDF;
    if (len >= 4 && memcmp(data, "LKPG", 4) == 0)
        return PAGES_OURS;
    return PAGES_UNKNOWN;
}

enum scanmsg_reason pages_reason(int error)
{
    switch (error) {
    case -EPROTONOSUPPORT:
        return SCANMSG_UNKNOWN;
    case -EMSGSIZE:
        return SCANMSG_TOO_LARGE;
    case -E2BIG:
        return SCANMSG_TOO_COMPLEX;
    case -EACCES:
        return SCANMSG_LOCKED;
    case -EBADMSG:
        return SCANMSG_MALFORMED;
    default:
        return SCANMSG_NO_MEMORY;
    }
}

/* --- documents ---------------------------------------------------------- */

/* A page of ours may be larger than a document of others. */
static int document_len(int fd, size_t *ret)
{
    int64_t len = scanpage_sealed_len(
        fd, (int64_t)(SCANPAGE_BYTES_MAX + SCANPAGE_HEADER_LEN));
    if (len < 0)
        return (int)len;
    *ret = (size_t)len;
    return len == 0 ? -EPROTONOSUPPORT : 0;
}

static int document_begin(struct pages_document *d)
{
    d->map = mmap(NULL, d->len, PROT_READ, MAP_SHARED, d->fd, 0);
    if (d->map == MAP_FAILED) {
        d->map = NULL;
        return -errno;
    }
    d->kind = pages_sniff(d->map, d->len);
    if (d->kind == PAGES_OURS)
        return scanpage_open(lk_fd_take(&d->fd), &d->ours);
    if (d->len > SCANMSG_DOCUMENT_MAX)
        return -EMSGSIZE;
    if (d->kind == PAGES_PDF)
        return pages_pdf_open(d->map, d->len, &d->pdf);
    return d->kind == PAGES_JPEG ? 0 : -EPROTONOSUPPORT;
}

int pages_document_open(int fd, struct pages_document **ret)
{
    LK_AUTO_FD own = fd;
    size_t len = 0;
    int r = document_len(own, &len);
    if (r < 0)
        return r;
    struct pages_document *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->fd = lk_fd_take(&own);
    d->len = len;
    r = document_begin(d);
    if (r < 0)
        (void)pages_document_free(d);
    else
        *ret = d;
    return r;
}

struct pages_document *pages_document_free(struct pages_document *d)
{
    if (!d)
        return NULL;
    d->pdf = pages_pdf_free(d->pdf);
    d->ours = scanpage_free(d->ours);
    if (d->map)
        (void)munmap(d->map, d->len);
    (void)lk_fd_close(d->fd);
    free(d);
    return NULL;
}

size_t pages_document_count(const struct pages_document *d)
{
    return d->pdf ? pages_pdf_count(d->pdf) : 1;
}

/* --- a page ------------------------------------------------------------- */

static int copy_ours(const struct scanpage *p, struct scanpage_draft **ret)
{
    int r = scanpage_draft_new(&p->info, ret);
    if (r == 0)
        memcpy((*ret)->rows, p->rows, scanpage_bytes(&p->info));
    return r;
}

static int decode(struct pages_document *d, size_t index,
                  const struct pages_wish *wish, struct scanpage_draft **ret,
                  unsigned *turn, unsigned *traits)
{
    if (d->pdf)
        return pages_pdf_page(d->pdf, index, wish->dpi, ret, turn, traits);
    if (index > 0)
        return -EBADMSG;
    if (d->ours)
        return 2 * scanpage_bytes(&d->ours->info) < PAGES_MEMORY_MAX * 3 / 4
                   ? copy_ours(d->ours, ret)
                   : -E2BIG;
    if (wish->upright)
        *turn = pages_jpeg_turn(d->map, d->len);
    return pages_jpeg_decode(d->map, d->len, wish->dpi, ret, traits);
}

static int straighten(struct scanpage_draft **page, unsigned *traits)
{
    LK_AUTO(scanpage_draft) small = NULL;
    double degrees = 0;
    int r =
        pages_reduce(&(*page)->info, (*page)->rows, SKEW_SIDE_PX, true, &small);
    if (r == 0)
        r = pages_look_skew(small, &degrees);
    if (r < 0 || degrees == 0)
        return r;
    *traits |= SCANMSG_STRAIGHTENED;
    return pages_rotate(page, degrees);
}

static int prepare(struct scanpage_draft **page, const struct pages_wish *wish,
                   unsigned turn, unsigned *traits)
{
    int r = pages_turn(page, (turn + wish->turn) & 3);
    if (r == 0 && wish->prep & SCANMSG_FLATTEN) {
        r = pages_flatten(page);
        if (r == 0)
            *traits |= SCANMSG_FLATTENED;
        if (r == -ENOENT) /* shown as it is; the missing trait tells */
            r = 0;
    }
    if (r == 0 && wish->prep & SCANMSG_STRAIGHTEN)
        r = straighten(page, traits);
    return r < 0 ? r : pages_crop(page, wish->crop);
}

/* A descriptor, or why there is none. */
static int keep(int fd, int *ret)
{
    if (fd < 0)
        return fd;
    *ret = fd;
    return 0;
}

/* The page's JPEG, made beside the preview: each takes a while. */
struct coding {
    const struct scanpage_draft *page;
    pthread_t thread;
    bool started;
    int fd; /* or -errno */
};

static void *code(void *arg)
{
    struct coding *c = arg;
    c->fd = pages_jpeg_encode(&c->page->info, c->page->rows);
    return NULL;
}

/* Without a second thread it is made at once. */
static void coding_begin(struct coding *c, const struct scanpage_draft *page)
{
    *c = (struct coding){.page = page};
    c->started = pthread_create(&c->thread, NULL, code, c) == 0;
    if (!c->started)
        (void)code(c);
}

static int coding_end(struct coding *c)
{
    if (c->started)
        (void)pthread_join(c->thread, NULL);
    return c->fd;
}

static int finish_preview(const struct scanpage_draft *page,
                          const struct pages_wish *wish, struct pages_page *ret)
{
    LK_AUTO(scanpage_draft) preview = NULL;
    int r = pages_reduce(&page->info, page->rows, PAGES_PREVIEW_SIDE_PX, false,
                         &preview);
    if (r < 0)
        return r;
    if (pages_blank(&preview->info, preview->rows))
        ret->traits |= SCANMSG_BLANK;
    if (wish->prep & SCANMSG_WITH_JPEG)
        r = keep(pages_jpeg_encode(&preview->info, preview->rows),
                 &ret->small_fd);
    return r < 0 ? r : keep(scanpage_draft_seal(preview), &ret->preview_fd);
}

/* Preview, verdict, JPEGs, and last the page itself. */
static int finish(struct scanpage_draft *page, const struct pages_wish *wish,
                  struct pages_page *ret)
{
    bool coded = wish->prep & SCANMSG_WITH_JPEG;
    struct coding c;
    if (coded)
        coding_begin(&c, page);
    int r = finish_preview(page, wish, ret);
    if (coded) {
        int k = keep(coding_end(&c), &ret->jpeg_fd);
        r = r < 0 ? r : k;
    }
    ret->info = page->info;
    return r < 0 ? r : keep(scanpage_draft_seal(page), &ret->page_fd);
}

int pages_document_page(struct pages_document *d, size_t index,
                        const struct pages_wish *wish, struct pages_page *ret)
{
    LK_AUTO(scanpage_draft) page = NULL;
    struct pages_page p = {
        .page_fd = -1, .preview_fd = -1, .jpeg_fd = -1, .small_fd = -1};
    unsigned turn = 0;
    int r = decode(d, index, wish, &page, &turn, &p.traits);
    if (r == 0)
        r = prepare(&page, wish, turn, &p.traits);
    if (r == 0)
        r = finish(page, wish, &p);
    if (r < 0)
        pages_page_close(&p);
    else
        *ret = p;
    return r;
}

void pages_page_close(struct pages_page *p)
{
    p->page_fd = lk_fd_close(p->page_fd);
    p->preview_fd = lk_fd_close(p->preview_fd);
    p->jpeg_fd = lk_fd_close(p->jpeg_fd);
    p->small_fd = lk_fd_close(p->small_fd);
}

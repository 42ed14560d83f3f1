#include "pages/page.h"

#include "pages/flatten.h"
#include "pages/jpeg.h"
#include "pages/limits.h"
#include "pages/look.h"
#include "pages/making.h"
#include "pages/pdf.h"
#include "pages/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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
                  const struct pages_wish *wish, struct pages_making *m,
                  unsigned *turn, unsigned *traits)
{
    const struct pages_strips to = {pages_making_begin, pages_making_rows, m};
    if (d->pdf)
        return pages_pdf_page(d->pdf, index, wish->dpi, &m->page, turn, traits);
    if (index > 0)
        return -EBADMSG;
    if (d->ours)
        return 2 * scanpage_bytes(&d->ours->info) < PAGES_MEMORY_MAX * 3 / 4
                   ? copy_ours(d->ours, &m->page)
                   : -E2BIG;
    if (wish->upright)
        *turn = pages_jpeg_turn(d->map, d->len);
    m->early = m->early && *turn == 0;
    return pages_jpeg_strips(d->map, d->len, wish->dpi, &to, traits);
}

static int straighten(struct pages_making *m, unsigned *traits)
{
    struct scanpage_draft *small = NULL;
    double degrees = 0;
    int r = pages_making_preview(m, &small);
    if (r == 0)
        r = pages_look_skew(small, &degrees);
    if (r < 0 || degrees == 0)
        return r;
    *traits |= SCANMSG_STRAIGHTENED;
    pages_making_change(m);
    return pages_rotate(&m->page, degrees);
}

static bool cuts(const struct pages_wish *wish)
{
    const uint16_t *c = wish->crop;
    return c[0] > 0 || c[1] > 0 || c[2] > 0 || c[3] > 0;
}

static int prepare(struct pages_making *m, const struct pages_wish *wish,
                   unsigned turn, unsigned *traits)
{
    int r = pages_turn(&m->page, (turn + wish->turn) & 3);
    if (r == 0 && wish->prep & SCANMSG_FLATTEN) {
        r = pages_flatten(&m->page);
        if (r == 0)
            *traits |= SCANMSG_FLATTENED;
        if (r == -ENOENT) /* shown as it is; the missing trait tells */
            r = 0;
    }
    if (r == 0 && wish->prep & SCANMSG_STRAIGHTEN)
        r = straighten(m, traits);
    if (r < 0 || !cuts(wish))
        return r;
    pages_making_change(m);
    return pages_crop(&m->page, wish->crop);
}

/* A descriptor, or why there is none. */
static int keep(int fd, int *ret)
{
    if (fd < 0)
        return fd;
    *ret = fd;
    return 0;
}

static int finish_preview(struct pages_making *m, struct pages_page *ret)
{
    static const struct pages_rows all = {NULL, NULL};
    struct scanpage_draft *preview = NULL;
    int r = pages_making_preview(m, &preview);
    if (r < 0)
        return r;
    if (pages_blank(&preview->info, preview->rows))
        ret->traits |= SCANMSG_BLANK;
    if (m->coded)
        r = keep(pages_jpeg_encode(&preview->info, preview->rows, &all),
                 &ret->small_fd);
    return r < 0 ? r : keep(scanpage_draft_seal(preview), &ret->preview_fd);
}

/* Preview, verdict, JPEGs, and last the page itself. */
static int finish(struct pages_making *m, struct pages_page *ret)
{
    pages_making_code(m);
    int r = finish_preview(m, ret);
    if (r == 0 && m->coded)
        r = keep(pages_making_jpeg(m), &ret->jpeg_fd);
    ret->info = m->page->info;
    return r < 0 ? r : keep(scanpage_draft_seal(m->page), &ret->page_fd);
}

static const struct pages_page nothing = {
    .page_fd = -1, .preview_fd = -1, .jpeg_fd = -1, .small_fd = -1};

/* What is wished of a page that nothing is to be made of anew, as far as is
 * known before it is looked at. */
static struct pages_making making(const struct pages_wish *wish)
{
    return (struct pages_making){.early = (wish->turn & 3) == 0 &&
                                          !cuts(wish) &&
                                          !(wish->prep & SCANMSG_FLATTEN),
                                 .coded = wish->prep & SCANMSG_WITH_JPEG};
}

/* What follows the decoding, which gave `r`. Ends `m`. */
static int complete(int r, struct pages_making *m,
                    const struct pages_wish *wish, unsigned turn,
                    struct pages_page *p, struct pages_page *ret)
{
    if (r == 0)
        r = prepare(m, wish, turn, &p->traits);
    if (r == 0)
        r = finish(m, p);
    pages_making_end(m);
    if (r < 0)
        pages_page_close(p);
    else
        *ret = *p;
    return r;
}

int pages_document_page(struct pages_document *d, size_t index,
                        const struct pages_wish *wish, struct pages_page *ret)
{
    struct pages_making m = making(wish);
    struct pages_page p = nothing;
    unsigned turn = 0;
    int r = decode(d, index, wish, &m, &turn, &p.traits);
    return complete(r, &m, wish, turn, &p, ret);
}

int pages_inflow_page(const struct pages_inflow *in,
                      const struct pages_wish *wish, struct pages_page *ret)
{
    struct pages_making m = making(wish);
    const struct pages_strips to = {pages_making_begin, pages_making_rows, &m};
    struct pages_page p = nothing;
    int r = pages_jpeg_inflow(in, wish->dpi, &to, &p.traits);
    return complete(r, &m, wish, 0, &p, ret);
}

void pages_page_close(struct pages_page *p)
{
    p->page_fd = lk_fd_close(p->page_fd);
    p->preview_fd = lk_fd_close(p->preview_fd);
    p->jpeg_fd = lk_fd_close(p->jpeg_fd);
    p->small_fd = lk_fd_close(p->small_fd);
}

#include "pages/pdf.h"

#include "ipc/scanmsg.h"
#include "pages/jpeg.h"
#include "pages/limits.h"
#include "pages/pdf_plain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include <poppler.h>

struct pages_pdf {
    PopplerDocument *drawn; /* NULL: plain */
    struct pdf_plain plain;
    size_t pages;
};

static int drawn_error(const GError *e)
{
    if (e && e->domain == POPPLER_ERROR && e->code == POPPLER_ERROR_ENCRYPTED)
        return -EACCES;
    return -EBADMSG;
}

static int drawn_open(struct pages_pdf *p, const uint8_t *data, size_t len)
{
    GError *e = NULL;
    GBytes *bytes = g_bytes_new_static(data, len);
    p->drawn = poppler_document_new_from_bytes(bytes, NULL, &e);
    g_bytes_unref(bytes);
    if (!p->drawn) {
        int r = drawn_error(e);
        g_clear_error(&e);
        return r;
    }
    int n = poppler_document_get_n_pages(p->drawn);
    if (n < 1)
        return -EBADMSG;
    p->pages = (size_t)n;
    return n > PAGES_PDF_PAGES_MAX ? -EMSGSIZE : 0;
}

int pages_pdf_open(const uint8_t *data, size_t len, struct pages_pdf **ret)
{
    LK_AUTO(pages_pdf) p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    int r = pdf_plain_read(data, len, &p->plain);
    if (r == 0)
        p->pages = p->plain.pages;
    else
        r = drawn_open(p, data, len);
    if (r == 0)
        *ret = LK_TAKE(p);
    return r;
}

struct pages_pdf *pages_pdf_free(struct pages_pdf *p)
{
    if (!p)
        return NULL;
    g_clear_object(&p->drawn);
    free(p);
    return NULL;
}

size_t pages_pdf_count(const struct pages_pdf *p)
{
    return p->pages;
}

bool pages_pdf_plain(const struct pages_pdf *p)
{
    return p->drawn == NULL;
}

/* Sizes the page; fewer dots where it would have too many pixels. */
static int drawn_size(PopplerPage *page, uint32_t dpi, double *ret_scale,
                      struct scanpage_info *ret, unsigned *traits)
{
    double w;
    double h;
    poppler_page_get_size(page, &w, &h);
    bool good = w >= PAGES_PDF_SIDE_MIN_PT && w <= PAGES_PDF_SIDE_MAX_PT &&
                h >= PAGES_PDF_SIDE_MIN_PT && h <= PAGES_PDF_SIDE_MAX_PT;
    if (!good) /* also what is no number */
        return -EMSGSIZE;
    double scale = (dpi > 0 ? dpi : PAGES_PDF_DPI) / 72.0;
    double most = sqrt((double)PAGES_PDF_DRAWN_MAX / (w * h));
    if (scale > most) {
        scale = most;
        *traits |= SCANMSG_REDUCED;
    }
    *ret_scale = scale;
    *ret = (struct scanpage_info){.width_px = (uint32_t)LK_MAX(w * scale, 1),
                                  .height_px = (uint32_t)LK_MAX(h * scale, 1),
                                  .depth = 3,
                                  .dpi = (uint32_t)lround(scale * 72)};
    return 0;
}

static int draw(PopplerPage *page, double scale, cairo_surface_t *surface)
{
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, scale, scale);
    poppler_page_render(page, cr);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    if (status == CAIRO_STATUS_NO_MEMORY)
        return -ENOMEM;
    return status == CAIRO_STATUS_SUCCESS ? 0 : -EBADMSG;
}

static void copy_rows(cairo_surface_t *surface, struct scanpage_draft *d)
{
    const unsigned char *from = cairo_image_surface_get_data(surface);
    size_t step = (size_t)cairo_image_surface_get_stride(surface);
    uint8_t *to = d->rows;
    for (uint32_t y = 0; y < d->info.height_px; y++) {
        const uint32_t *row = (const uint32_t *)(const void *)(from + y * step);
        for (uint32_t x = 0; x < d->info.width_px; x++, to += 3) {
            to[0] = (uint8_t)(row[x] >> 16);
            to[1] = (uint8_t)(row[x] >> 8);
            to[2] = (uint8_t)row[x];
        }
    }
}

static int drawn_page(PopplerPage *page, uint32_t dpi,
                      struct scanpage_draft **ret, unsigned *traits)
{
    LK_AUTO(scanpage_draft) d = NULL;
    struct scanpage_info info;
    double scale;
    int r = drawn_size(page, dpi, &scale, &info, traits);
    if (r < 0)
        return r;
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)info.width_px, (int)info.height_px);
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        r = -ENOMEM;
    if (r == 0)
        r = draw(page, scale, surface);
    if (r == 0)
        r = scanpage_draft_new(&info, &d);
    if (r == 0) {
        copy_rows(surface, d);
        *ret = LK_TAKE(d);
    }
    cairo_surface_destroy(surface);
    return r;
}

int pages_pdf_page(struct pages_pdf *p, size_t index, uint32_t dpi,
                   struct scanpage_draft **ret, unsigned *turn,
                   unsigned *traits)
{
    if (index >= p->pages)
        return -EBADMSG;
    if (!p->drawn) {
        const struct pdf_plain_page *one = &p->plain.page[index];
        *turn = one->turn;
        return pages_jpeg_decode(one->jpeg.at,
                                 (size_t)(one->jpeg.end - one->jpeg.at),
                                 one->dpi, ret, traits);
    }
    *turn = 0;
    PopplerPage *page = poppler_document_get_page(p->drawn, (int)index);
    if (!page)
        return -EBADMSG;
    int r = drawn_page(page, dpi, ret, traits);
    g_object_unref(page);
    return r;
}

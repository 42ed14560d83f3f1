/* pdf.c - PDFs as scanners make them: a page is one picture (PDF 1.4, 7.5 and
 * 8.9 of ISO 32000-1 for its parts), JPEG or, in black and white, Flate.
 */
#include <cairo-pdf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "paper.h"

#define POINTS_PER_INCH 72.0
#define POINTS_PER_MM (72.0 / 25.4)

/* A PDF being written: where each object began. */
struct pdf {
    FILE *to;
    long at;
    long objects[3 + 3 * PAPER_PAGES_MAX];
    unsigned n;
};

static void put(struct pdf *p, const void *bytes, size_t len)
{
    p->at += (long)fwrite(bytes, 1, len, p->to);
}

static void text(struct pdf *p, const char *s)
{
    put(p, s, strlen(s));
}

static void begin(struct pdf *p, unsigned number)
{
    char s[32];
    p->objects[number] = p->at;
    p->n = number + 1 > p->n ? number + 1 : p->n;
    (void)snprintf(s, sizeof(s), "%u 0 obj\n", number);
    text(p, s);
}

/* One bit a pixel, rows filled up to bytes, deflated. */
static int pack_bits(const struct paper_image *i, uint8_t **ret,
                     size_t *ret_len)
{
    size_t row = (i->width + 7U) / 8U;
    uLongf len = compressBound(row * i->height);
    uint8_t *bits = calloc(row, i->height);
    uint8_t *out = calloc(1, len);
    if (!bits || !out) {
        free(bits);
        free(out);
        return -ENOMEM;
    }
    for (size_t p = 0; p < (size_t)i->width * i->height; p++) {
        size_t x = p % i->width;
        if (i->bytes[p] > 127)
            bits[p / i->width * row + x / 8] |= (uint8_t)(0x80U >> x % 8);
    }
    int e = compress2(out, &len, bits, row * i->height, 6);
    free(bits);
    if (e != Z_OK) {
        free(out);
        return -ENOMEM;
    }
    *ret = out;
    *ret_len = len;
    return 0;
}

static void pdf_picture(struct pdf *p, unsigned number,
                        const struct paper_image *i, bool bits,
                        const uint8_t *bytes, size_t len)
{
    char s[256];
    begin(p, number);
    (void)snprintf(s, sizeof(s),
                   "<</Type/XObject/Subtype/Image/Width %u/Height %u"
                   "/ColorSpace/%s/BitsPerComponent %d/Filter/%s"
                   "/Length %zu>>\nstream\n",
                   i->width, i->height,
                   i->channels == 3 ? "DeviceRGB" : "DeviceGray", bits ? 1 : 8,
                   bits ? "FlateDecode" : "DCTDecode", len);
    text(p, s);
    put(p, bytes, len);
    text(p, "\nendstream\nendobj\n");
}

static void pdf_page(struct pdf *p, unsigned page, const struct paper_image *i,
                     double dpi)
{
    char s[320];
    char draw[96];
    unsigned base = 3 + 3 * page;
    double w = i->width * POINTS_PER_INCH / dpi;
    double h = i->height * POINTS_PER_INCH / dpi;
    begin(p, base);
    (void)snprintf(s, sizeof(s),
                   "<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]"
                   "/Resources<</XObject<</Im %u 0 R>>>>"
                   "/Contents %u 0 R>>\nendobj\n",
                   w, h, base + 2, base + 1);
    text(p, s);
    int len =
        snprintf(draw, sizeof(draw), "q %.2f 0 0 %.2f 0 0 cm /Im Do Q", w, h);
    begin(p, base + 1);
    (void)snprintf(s, sizeof(s), "<</Length %d>>\nstream\n%s\nendstream\n", len,
                   draw);
    text(p, s);
    text(p, "endobj\n");
}

static int pdf_sheet(struct pdf *p, const struct paper_spec *s, unsigned page)
{
    struct paper_image i = {0};
    struct paper_spec one = *s;
    uint8_t *bytes = NULL;
    size_t len = 0;
    bool bits = s->mode == PAPER_BW;
    one.page += page;
    int e = paper_image_scan(&one, &i);
    if (e >= 0)
        e = bits ? pack_bits(&i, &bytes, &len)
                 : paper_write_jpeg(&i, s, &bytes, &len);
    if (e >= 0) {
        pdf_page(p, page, &i, s->dpi);
        pdf_picture(p, 3 + 3 * page + 2, &i, bits, bytes, len);
    }
    free(bytes);
    paper_image_free(&i);
    return e;
}

static void pdf_end(struct pdf *p)
{
    char s[80];
    long start = p->at;
    (void)snprintf(s, sizeof(s), "xref\n0 %u\n0000000000 65535 f \n", p->n);
    text(p, s);
    for (unsigned i = 1; i < p->n; i++) {
        (void)snprintf(s, sizeof(s), "%010ld 00000 n \n", p->objects[i]);
        text(p, s);
    }
    (void)snprintf(
        s, sizeof(s),
        "trailer\n<</Size %u/Root 1 0 R>>\nstartxref\n%ld\n%%%%EOF\n", p->n,
        start);
    text(p, s);
}

int paper_write_pdf(const struct paper_spec *s, FILE *to)
{
    struct pdf p = {.to = to};
    char t[48];
    text(&p, "%PDF-1.4\n%\xe4\xf6\xe5\xc4\n");
    begin(&p, 1);
    text(&p, "<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    begin(&p, 2);
    (void)snprintf(t, sizeof(t), "<</Type/Pages/Count %u/Kids[", s->pages);
    text(&p, t);
    for (unsigned i = 0; i < s->pages; i++) {
        (void)snprintf(t, sizeof(t), "%u 0 R ", 3 + 3 * i);
        text(&p, t);
    }
    text(&p, "]>>\nendobj\n");
    for (unsigned i = 0; i < s->pages; i++) {
        int e = pdf_sheet(&p, s, i);
        if (e < 0)
            return e;
    }
    pdf_end(&p);
    return ferror(to) ? -EIO : 0;
}

static cairo_status_t vector_bytes(void *arg, const unsigned char *bytes,
                                   unsigned len)
{
    return fwrite(bytes, 1, len, arg) == len ? CAIRO_STATUS_SUCCESS
                                             : CAIRO_STATUS_WRITE_ERROR;
}

int paper_write_vector(const struct paper_spec *s, FILE *to)
{
    cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream(
        vector_bytes, to, s->paper_w * POINTS_PER_MM,
        s->paper_h * POINTS_PER_MM);
    /* Equal specs give equal bytes: no date of today. */
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE,
                                   "2026-01-01T00:00:00Z");
    cairo_t *c = cairo_create(pdf);
    for (unsigned i = 0; i < s->pages; i++) {
        struct paper_spec one = *s;
        one.page += i;
        cairo_save(c);
        cairo_scale(c, POINTS_PER_MM, POINTS_PER_MM);
        paper_draw_page(c, &one);
        cairo_restore(c);
        cairo_show_page(c);
    }
    cairo_destroy(c);
    cairo_surface_finish(pdf);
    cairo_status_t e = cairo_surface_status(pdf);
    cairo_surface_destroy(pdf);
    return e == CAIRO_STATUS_SUCCESS ? 0 : -EIO;
}

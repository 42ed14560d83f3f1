#include "draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cairo-pdf.h>
#include <cairo.h>
#include <jpeglib.h>
#include <zlib.h>

static void lines_of_words(cairo_t *cr, double w, double h, int lines)
{
    cairo_set_source_rgb(cr, 0.1, 0.1, 0.12);
    for (int i = 0; i < lines; i++) {
        double y = h * 0.12 + i * h * 0.76 / (lines > 1 ? lines : 2);
        double x = w * 0.1;
        for (int k = 0; x < w * 0.85; k++) {
            double len = w * (0.02 + 0.01 * ((i * 7 + k * 5) % 6));
            cairo_rectangle(cr, x, y, len, h * 0.006);
            x += len + w * 0.012;
        }
    }
    cairo_fill(cr);
}

static struct picture from_surface(cairo_surface_t *s, uint32_t w, uint32_t h)
{
    struct picture p = {w, h, 3, malloc((size_t)w * h * 3)};
    const unsigned char *data = cairo_image_surface_get_data(s);
    int stride = cairo_image_surface_get_stride(s);
    uint8_t *to = p.rows;
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++, to += 3) {
            uint32_t v;
            memcpy(&v, data + (size_t)y * (size_t)stride + x * 4UL, 4);
            to[0] = (uint8_t)(v >> 16);
            to[1] = (uint8_t)(v >> 8);
            to[2] = (uint8_t)v;
        }
    return p;
}

struct picture draw_letter(uint32_t w, uint32_t h, int lines, double degrees)
{
    cairo_surface_t *s =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)w, (int)h);
    cairo_t *cr = cairo_create(s);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_translate(cr, w / 2.0, h / 2.0);
    cairo_rotate(cr, degrees * M_PI / 180);
    cairo_translate(cr, w / -2.0, h / -2.0);
    lines_of_words(cr, w, h, lines);
    cairo_destroy(cr);
    cairo_surface_flush(s);
    struct picture p = from_surface(s, w, h);
    cairo_surface_destroy(s);
    return p;
}

/* Solves for the projection of the photograph's pixels onto the sheet's unit
 * square, by eight equations (Gauss). */
static void projection(const double c[8], double m[8])
{
    static const double uv[8] = {0, 0, 1, 0, 1, 1, 0, 1};
    double a[8][9];
    for (int i = 0; i < 4; i++) {
        double x = c[2 * i];
        double y = c[2 * i + 1];
        double u = uv[2 * i];
        double v = uv[2 * i + 1];
        const double r1[9] = {x, y, 1, 0, 0, 0, -u * x, -u * y, u};
        const double r2[9] = {0, 0, 0, x, y, 1, -v * x, -v * y, v};
        memcpy(a[2 * i], r1, sizeof(r1));
        memcpy(a[2 * i + 1], r2, sizeof(r2));
    }
    for (int i = 0; i < 8; i++) {
        int best = i;
        for (int k = i + 1; k < 8; k++)
            if (fabs(a[k][i]) > fabs(a[best][i]))
                best = k;
        for (int j = 0; j < 9; j++) {
            double keep = a[i][j];
            a[i][j] = a[best][j];
            a[best][j] = keep;
        }
        for (int k = 0; k < 8; k++) {
            double f = k == i ? 0 : a[k][i] / a[i][i];
            for (int j = i; j < 9 && f != 0; j++)
                a[k][j] -= f * a[i][j];
        }
    }
    for (int i = 0; i < 8; i++)
        m[i] = a[i][8] / a[i][i];
}

static uint8_t with_noise(double c, uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    c += (double)(*seed >> 28) - 7.5;
    return (uint8_t)fmin(fmax(c, 0), 255);
}

struct picture draw_photo(uint32_t w, uint32_t h, const struct picture *letter,
                          const double corner[8])
{
    struct picture p = {w, h, 3, malloc((size_t)w * h * 3)};
    double m[8];
    uint32_t seed = 1;
    projection(corner, m);
    uint8_t *to = p.rows;
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++, to += 3) {
            double d = m[6] * x + m[7] * y + 1;
            double u = (m[0] * x + m[1] * y + m[2]) / d;
            double v = (m[3] * x + m[4] * y + m[5]) / d;
            /* a lamp at the left top, warm */
            double light = 1 - 0.35 * x / w - 0.2 * y / h;
            const double warm[3] = {0.98, 0.93, 0.82};
            bool on = u >= 0 && u < 1 && v >= 0 && v < 1;
            const uint8_t *at =
                letter->rows + (on ? ((size_t)(v * letter->h) * letter->w +
                                      (size_t)(u * letter->w)) *
                                         3
                                   : 0);
            for (int k = 0; k < 3; k++) {
                double base = on ? at[k] : 60 + 8 * sin(x * 0.05);
                to[k] = with_noise(base * light * warm[k], &seed);
            }
        }
    return p;
}

struct picture draw_gray(const struct picture *p)
{
    size_t n = (size_t)p->w * p->h;
    struct picture g = {p->w, p->h, 1, malloc(n)};
    for (size_t i = 0; i < n; i++)
        g.rows[i] = p->rows[i * 3 + 1];
    return g;
}

void picture_free(struct picture *p)
{
    free(p->rows);
    p->rows = NULL;
}

uint8_t *draw_jpeg(const struct picture *p, const struct coding *c,
                   size_t *ret_len)
{
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr err;
    unsigned char *out = NULL;
    unsigned long len = 0;
    j.err = jpeg_std_error(&err);
    jpeg_create_compress(&j);
    jpeg_mem_dest(&j, &out, &len);
    j.image_width = p->w;
    j.image_height = p->h;
    j.input_components = (int)p->depth;
    j.in_color_space = p->depth == 1   ? JCS_GRAYSCALE
                       : p->depth == 3 ? JCS_RGB
                                       : JCS_CMYK;
    jpeg_set_defaults(&j);
    if (p->depth == 4)
        jpeg_set_colorspace(&j, JCS_YCCK);
    jpeg_set_quality(&j, c->quality ? c->quality : 85, TRUE);
    if (c->progressive)
        jpeg_simple_progression(&j);
    if (c->full_chroma)
        j.comp_info[0].h_samp_factor = j.comp_info[0].v_samp_factor = 1;
    j.restart_in_rows = c->restart_rows;
    j.density_unit = c->dpi > 0;
    j.X_density = j.Y_density = (UINT16)(c->dpi > 0 ? c->dpi : 1);
    jpeg_start_compress(&j, TRUE);
    while (j.next_scanline < j.image_height) {
        JSAMPROW row = p->rows + (size_t)j.next_scanline * p->w * p->depth;
        (void)jpeg_write_scanlines(&j, &row, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    *ret_len = len;
    return out;
}

struct picture draw_decoded(const uint8_t *jpeg, size_t len)
{
    struct jpeg_decompress_struct j;
    struct jpeg_error_mgr err;
    j.err = jpeg_std_error(&err);
    jpeg_create_decompress(&j);
    jpeg_mem_src(&j, jpeg, len);
    (void)jpeg_read_header(&j, TRUE);
    (void)jpeg_start_decompress(&j);
    struct picture p = {j.output_width, j.output_height,
                        (uint32_t)j.output_components, NULL};
    p.rows = malloc((size_t)p.w * p.h * p.depth);
    while (j.output_scanline < j.output_height) {
        JSAMPROW row = p.rows + (size_t)j.output_scanline * p.w * p.depth;
        (void)jpeg_read_scanlines(&j, &row, 1);
    }
    jpeg_destroy_decompress(&j);
    return p;
}

/* --- PDF ---------------------------------------------------------------- */

struct file {
    FILE *f;
    long offset[1200];
    int objects;
};

static int object(struct file *o)
{
    o->offset[++o->objects] = ftell(o->f);
    (void)fprintf(o->f, "%d 0 obj\n", o->objects);
    return o->objects;
}

static void stream(struct file *o, const char *dict, const void *data,
                   size_t len)
{
    (void)object(o);
    (void)fprintf(o->f, "<<%s /Length %zu>>\nstream\n", dict, len);
    (void)fwrite(data, 1, len, o->f);
    (void)fprintf(o->f, "\nendstream\nendobj\n");
}

static void content(struct file *o, const struct pdf_recipe *r, double w,
                    double h)
{
    char text[256];
    (void)snprintf(text, sizeof(text), "q %.2f 0 0 %.2f 0 0 cm /Im0 Do Q\n", w,
                   h);
    const char *c = r->content ? r->content : text;
    if (!r->packed) {
        stream(o, "", c, strlen(c));
        return;
    }
    uint8_t out[1024];
    uLongf n = sizeof(out);
    (void)compress(out, &n, (const Bytef *)c, strlen(c));
    stream(o, "/Filter /FlateDecode", out, n);
}

/* Objects 1 and 2: catalogue and tree; then three for each page. */
uint8_t *draw_pdf(const struct pdf_recipe *r, size_t *ret_len)
{
    char *out = NULL;
    struct file o = {.f = open_memstream(&out, ret_len)};
    char dict[512];
    double w = r->w * 72.0 / 300;
    double h = r->h * 72.0 / 300;
    (void)fprintf(o.f, "%%PDF-1.4\n%%\xe2\xe3\xcf\xd3\n");
    (void)object(&o);
    (void)fprintf(o.f, "<</Type /Catalog /Pages 2 0 R>>\nendobj\n");
    (void)object(&o);
    (void)fprintf(o.f, "<</Type /Pages /Count %d /Kids [", r->pages);
    for (int i = 0; i < r->pages; i++)
        (void)fprintf(o.f, "%d 0 R ", 3 + i * 3);
    (void)fprintf(o.f, "]>>\nendobj\n");
    for (int i = 0; i < r->pages; i++) {
        int n = object(&o);
        (void)fprintf(o.f,
                      "<</Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] "
                      "/Contents %d 0 R /Resources <</XObject <</Im0 %d 0 "
                      "R>>>> %s>>\nendobj\n",
                      w, h, n + 1, n + 2, r->page_extra ? r->page_extra : "");
        content(&o, r, w, h);
        (void)snprintf(dict, sizeof(dict),
                       "/Type /XObject /Subtype /Image /Width %u /Height %u "
                       "/BitsPerComponent 8 /ColorSpace %s /Filter /DCTDecode "
                       "%s",
                       r->w, r->h, r->colours ? r->colours : "/DeviceRGB",
                       r->image_extra ? r->image_extra : "");
        stream(&o, dict, r->jpeg, r->jpeg_len);
    }
    long at = ftell(o.f);
    (void)fprintf(o.f, "xref\n0 %d\n0000000000 65535 f \n", o.objects + 1);
    for (int i = 1; i <= o.objects; i++)
        (void)fprintf(o.f, "%010ld 00000 n \n", o.offset[i]);
    (void)fprintf(
        o.f, "trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%ld\n%%%%EOF\n",
        o.objects + 1, at);
    (void)fclose(o.f);
    return (uint8_t *)out;
}

struct sink {
    uint8_t *data;
    size_t len;
};

static cairo_status_t sink_write(void *arg, const unsigned char *data,
                                 unsigned len)
{
    struct sink *s = arg;
    s->data = realloc(s->data, s->len + len);
    memcpy(s->data + s->len, data, len);
    s->len += len;
    return CAIRO_STATUS_SUCCESS;
}

uint8_t *draw_text_pdf(double w, double h, int pages, size_t *ret_len)
{
    struct sink s = {NULL, 0};
    cairo_surface_t *pdf =
        cairo_pdf_surface_create_for_stream(sink_write, &s, w, h);
    cairo_t *cr = cairo_create(pdf);
    for (int i = 0; i < pages; i++) {
        lines_of_words(cr, w, h, 8);
        cairo_set_font_size(cr, 14);
        cairo_move_to(cr, w * 0.1, h * 0.08);
        cairo_show_text(cr, "Hakemus");
        cairo_show_page(cr);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(pdf);
    *ret_len = s.len;
    return s.data;
}

int draw_memfd(const void *data, size_t len)
{
    int fd = memfd_create("test", MFD_ALLOW_SEALING);
    if (write(fd, data, len) != (ssize_t)len || scanpage_seal(fd) < 0)
        abort();
    return fd;
}

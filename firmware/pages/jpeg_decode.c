#include "pages/jpeg.h"

#include "ipc/scanmsg.h"
#include "pages/jpeg_source.h"
#include "pages/limits.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

/* Rows asked for at a time. */
#define STRIP_ROWS 16

/* One decoding. libjpeg's structures come first, so that its callbacks find the
 * rest. Everything that error_exit() may jump over lives in here, not in
 * registers. */
struct decoder {
    struct jpeg_decompress_struct j;
    struct jpeg_error_mgr err;
    struct jpeg_source src;
    struct jpeg_progress_mgr progress;
    jmp_buf out;
    int error;      /* -errno of what error_exit() was called for */
    bool cut;       /* the data ended before the picture */
    bool scans;     /* more than one: every row is there, only coarser */
    uint32_t rows;  /* output rows until the data ended */
    uint8_t *ink;   /* CMYK rows, STRIP_ROWS of them; else NULL */
    uint8_t *strip; /* STRIP_ROWS rows as they go out */
    struct scanpage_info info;
    const struct pages_strips *to;
};

static struct decoder *of(j_common_ptr j)
{
    return (struct decoder *)(void *)j;
}

static void fail(struct decoder *d, int error)
{
    d->error = error;
    longjmp(d->out, 1);
}

static void on_error(j_common_ptr j)
{
    if (of(j)->src.error < 0)
        fail(of(j), of(j)->src.error);
    switch (j->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
        fail(of(j), -ENOMEM);
        break;
    case JERR_NO_BACKING_STORE: /* more than PAGES_JPEG_TABLES_MAX */
        fail(of(j), -E2BIG);
        break;
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
        fail(of(j), -EMSGSIZE);
        break;
    default:
        fail(of(j), -EBADMSG);
    }
    abort(); /* not reached: libjpeg must not go on */
}

/* Warnings are counted; nothing is printed. An end of image (the file's, or the
 * one that stands for the end of the bytes) where coefficients should be: the
 * rows from here on are made up. */
static void on_message(j_common_ptr j, int level)
{
    struct decoder *d = of(j);
    if (level >= 0)
        return;
    j->err->num_warnings++;
    if (j->err->msg_code == JWRN_HIT_MARKER && !d->cut &&
        d->j.unread_marker == JPEG_EOI) {
        d->cut = true;
        d->rows = d->j.output_scanline;
    }
}

static void on_progress(j_common_ptr j)
{
    struct decoder *d = of(j);
    if (d->j.input_scan_number > PAGES_JPEG_SCANS_MAX)
        fail(d, -E2BIG);
}

/* What is to be decoded. */
struct bytes {
    const uint8_t *data;
    size_t len;
    const struct pages_inflow *in; /* instead of them, or NULL */
};

static void decoder_begin(struct decoder *d, const struct bytes *from)
{
    d->j.err = jpeg_std_error(&d->err);
    d->err.error_exit = on_error;
    d->err.emit_message = on_message;
    jpeg_create_decompress(&d->j);
    d->j.mem->max_memory_to_use = PAGES_JPEG_TABLES_MAX;
    if (from->in)
        jpeg_source_inflow(&d->src, from->in);
    else
        jpeg_source_memory(&d->src, from->data, from->len);
    d->j.src = &d->src.mgr;
    d->progress.progress_monitor = on_progress;
    d->j.progress = &d->progress;
}

/* What the header may say. */
static int header_check(const struct decoder *d)
{
    int n = d->j.num_components;
    if (d->j.arith_code || d->j.data_precision != 8 ||
        (n != 1 && n != 3 && n != 4))
        return -EBADMSG;
    uint64_t pixels = (uint64_t)d->j.image_width * d->j.image_height;
    return pixels > PAGES_JPEG_PIXELS_MAX ? -EMSGSIZE : 0;
}

static uint32_t header_dpi(const struct jpeg_decompress_struct *j)
{
    if (!j->saw_JFIF_marker || j->X_density != j->Y_density ||
        j->X_density > SCANMSG_DPI_MAX)
        return 0;
    if (j->density_unit == 1)
        return j->X_density;
    uint32_t dpi = (j->X_density * 254U + 50) / 100;
    return j->density_unit == 2 && dpi <= SCANMSG_DPI_MAX ? dpi : 0;
}

static void header_read(struct decoder *d)
{
    (void)jpeg_read_header(&d->j, TRUE);
    int r = header_check(d);
    if (r < 0)
        fail(d, r);
}

/* Chooses colours and the reduction, and tells what page it will be. */
static void output_prepare(struct decoder *d, uint32_t dpi)
{
    struct jpeg_decompress_struct *j = &d->j;
    struct scanpage_info i = {.depth = j->num_components == 1 ? 1 : 3};
    if (j->num_components == 1)
        j->out_color_space = JCS_GRAYSCALE;
    else
        j->out_color_space = j->num_components == 3 ? JCS_RGB : JCS_CMYK;
    int r = -EMSGSIZE;
    j->scale_num = 1;
    for (j->scale_denom = 1; j->scale_denom <= PAGES_JPEG_COARSE_MAX;
         j->scale_denom *= 2) {
        jpeg_calc_output_dimensions(j);
        i.width_px = j->output_width;
        i.height_px = j->output_height;
        r = scanpage_check(&i);
        if (r != -EMSGSIZE)
            break;
    }
    if (r < 0)
        fail(d, r == -EMSGSIZE ? r : -EBADMSG);
    i.dpi = (dpi > 0 ? dpi : header_dpi(j)) / j->scale_denom;
    d->info = i;
    r = d->to->begin(d->to->arg, &i);
    if (r < 0)
        fail(d, r);
}

/* Adobe's CMYK is inverted, and nobody else makes any: ink 255 is none. */
static void ink_to_rgb(const uint8_t *in, uint8_t *out, size_t pixels)
{
    for (size_t x = 0; x < pixels; x++, in += 4, out += 3) {
        unsigned k = in[3];
        out[0] = (uint8_t)(in[0] * k / 255);
        out[1] = (uint8_t)(in[1] * k / 255);
        out[2] = (uint8_t)(in[2] * k / 255);
    }
}

/* Rows of the strip; those that the decoder made up behind the end of the data
 * are white. */
static void strip_read(struct decoder *d, uint32_t want)
{
    struct jpeg_decompress_struct *j = &d->j;
    size_t stride = scanpage_stride(&d->info);
    uint32_t top = j->output_scanline;
    for (uint32_t got = 0; got < want;) {
        uint8_t *to = d->strip + got * stride;
        JSAMPROW at[STRIP_ROWS];
        for (uint32_t i = 0; i < want - got; i++)
            at[i] = d->ink ? d->ink + i * (size_t)j->output_width * 4
                           : to + i * stride;
        JDIMENSION n = jpeg_read_scanlines(j, at, want - got);
        if (n == 0)
            fail(d, -EBADMSG);
        for (uint32_t i = 0; i < n && d->ink; i++)
            ink_to_rgb(at[i], to + i * stride, j->output_width);
        got += n;
    }
    if (d->cut && !d->scans && d->rows < top + want) {
        uint32_t from = d->rows > top ? d->rows - top : 0;
        memset(d->strip + from * stride, 0xff, (want - from) * stride);
    }
}

static void picture_read(struct decoder *d)
{
    struct jpeg_decompress_struct *j = &d->j;
    (void)jpeg_start_decompress(j);
    d->scans = jpeg_has_multiple_scans(j);
    d->strip = malloc(scanpage_stride(&d->info) * STRIP_ROWS);
    if (j->out_color_space == JCS_CMYK)
        d->ink = malloc((size_t)j->output_width * 4 * STRIP_ROWS);
    if (!d->strip || (j->out_color_space == JCS_CMYK && !d->ink))
        fail(d, -ENOMEM);
    while (j->output_scanline < j->output_height) {
        uint32_t y = j->output_scanline;
        uint32_t n = LK_MIN(j->output_height - y, (uint32_t)STRIP_ROWS);
        strip_read(d, n);
        int r = d->to->rows(d->to->arg, y, d->strip, n);
        if (r < 0)
            fail(d, r);
    }
}

static unsigned traits_of(const struct decoder *d)
{
    unsigned t = 0;
    if (d->cut)
        t |= SCANMSG_CUT;
    if (d->err.num_warnings > 0)
        t |= SCANMSG_DAMAGED;
    if (d->j.scale_denom > 1)
        t |= SCANMSG_REDUCED;
    return t;
}

static void decoder_end(struct decoder *d)
{
    jpeg_destroy_decompress(&d->j);
    free(d->ink);
    free(d->strip);
    free(d);
}

/* setjmp(3) and all that may jump back to it. Returns 0 or -errno. */
static int run(struct decoder *d, uint32_t dpi, bool header_only)
{
    if (setjmp(d->out) != 0)
        return d->error;
    header_read(d);
    if (header_only)
        return 0;
    output_prepare(d, dpi);
    picture_read(d);
    return 0;
}

/* jpeg_create_decompress() allocates: it may fail by jumping too. */
static int begin(struct decoder *d, const struct bytes *from)
{
    if (setjmp(d->out) != 0)
        return d->error;
    decoder_begin(d, from);
    return 0;
}

int pages_jpeg_info(const uint8_t *data, size_t len,
                    struct pages_jpeg_info *ret)
{
    struct decoder *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    int r = begin(d, &(struct bytes){.data = data, .len = len});
    if (r == 0)
        r = run(d, 0, true);
    if (r == 0)
        *ret = (struct pages_jpeg_info){.width_px = d->j.image_width,
                                        .height_px = d->j.image_height,
                                        .components =
                                            (uint32_t)d->j.num_components,
                                        .dpi = header_dpi(&d->j)};
    decoder_end(d);
    return r;
}

static int strips(const struct bytes *from, uint32_t dpi,
                  const struct pages_strips *to, unsigned *traits)
{
    struct decoder *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->to = to;
    int r = begin(d, from);
    if (r == 0)
        r = run(d, dpi, false);
    if (r == 0)
        *traits |= traits_of(d);
    decoder_end(d);
    return r;
}

int pages_jpeg_strips(const uint8_t *data, size_t len, uint32_t dpi,
                      const struct pages_strips *to, unsigned *traits)
{
    return strips(&(struct bytes){.data = data, .len = len}, dpi, to, traits);
}

int pages_jpeg_inflow(const struct pages_inflow *in, uint32_t dpi,
                      const struct pages_strips *to, unsigned *traits)
{
    return strips(&(struct bytes){.in = in}, dpi, to, traits);
}

static int draft_begin(void *arg, const struct scanpage_info *i)
{
    struct scanpage_draft **d = arg;
    return scanpage_draft_new(i, d);
}

static int draft_rows(void *arg, uint32_t y, const uint8_t *rows, uint32_t n)
{
    struct scanpage_draft **d = arg;
    return scanpage_draft_put(*d, y, rows, n);
}

int pages_jpeg_decode(const uint8_t *data, size_t len, uint32_t dpi,
                      struct scanpage_draft **ret, unsigned *traits)
{
    LK_AUTO(scanpage_draft) page = NULL;
    const struct pages_strips to = {draft_begin, draft_rows, &page};
    int r = pages_jpeg_strips(data, len, dpi, &to, traits);
    if (r == 0)
        *ret = LK_TAKE(page);
    return r;
}

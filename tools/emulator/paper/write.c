/* write.c - pictures as JPEG (baseline, progressive, CMYK), PNG and YUYV. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "paper.h"

/* A row of RGB as Adobe's inverted CMYK, with what is common taken into K. */
static void row_cmyk(const uint8_t *rgb, uint8_t *to, unsigned n)
{
    for (size_t x = 0; x < n; x++) {
        unsigned r = rgb[3 * x];
        unsigned g = rgb[3 * x + 1];
        unsigned b = rgb[3 * x + 2];
        unsigned most = r > g ? (r > b ? r : b) : (g > b ? g : b);
        unsigned k = most == 0 ? 1 : most;
        to[4 * x] = (uint8_t)(r * 255 / k);
        to[4 * x + 1] = (uint8_t)(g * 255 / k);
        to[4 * x + 2] = (uint8_t)(b * 255 / k);
        to[4 * x + 3] = (uint8_t)most;
    }
}

static void jpeg_rows(struct jpeg_compress_struct *j,
                      const struct paper_image *i, uint8_t *spare)
{
    while (j->next_scanline < j->image_height) {
        size_t at = (size_t)j->next_scanline * i->width * i->channels;
        JSAMPROW row = i->bytes + at;
        if (spare) {
            row_cmyk(row, spare, i->width);
            row = spare;
        }
        (void)jpeg_write_scanlines(j, &row, 1);
    }
}

/* libjpeg's own error handler ends the program, and may: it is a tool. */
int paper_write_jpeg(const struct paper_image *i, const struct paper_spec *s,
                     uint8_t **ret, size_t *ret_len)
{
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    bool cmyk = s->cmyk && i->channels == 3;
    uint8_t *spare = cmyk ? calloc(i->width, 4) : NULL;
    if (cmyk && !spare)
        return -ENOMEM;
    j.err = jpeg_std_error(&errors);
    jpeg_create_compress(&j);
    jpeg_mem_dest(&j, &bytes, &len);
    j.image_width = i->width;
    j.image_height = i->height;
    j.input_components = cmyk ? 4 : (int)i->channels;
    j.in_color_space = cmyk               ? JCS_CMYK
                       : i->channels == 3 ? JCS_RGB
                                          : JCS_GRAYSCALE;
    jpeg_set_defaults(&j);
    jpeg_set_quality(&j, (int)s->quality, TRUE);
    j.density_unit = 1;
    j.X_density = (UINT16)s->dpi;
    j.Y_density = (UINT16)s->dpi;
    if (s->progressive)
        jpeg_simple_progression(&j);
    jpeg_start_compress(&j, TRUE);
    jpeg_rows(&j, i, spare);
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    free(spare);
    *ret = bytes;
    *ret_len = len;
    return 0;
}

static cairo_status_t png_bytes(void *arg, const unsigned char *bytes,
                                unsigned len)
{
    return fwrite(bytes, 1, len, arg) == len ? CAIRO_STATUS_SUCCESS
                                             : CAIRO_STATUS_WRITE_ERROR;
}

int paper_write_png(const struct paper_image *i, FILE *to)
{
    bool color = i->channels == 3;
    cairo_surface_t *s =
        cairo_image_surface_create(color ? CAIRO_FORMAT_RGB24 : CAIRO_FORMAT_A8,
                                   (int)i->width, (int)i->height);
    uint8_t *rows = cairo_image_surface_get_data(s);
    size_t stride = (size_t)cairo_image_surface_get_stride(s);
    for (unsigned y = 0; rows && y < i->height; y++) {
        const uint8_t *from = i->bytes + (size_t)y * i->width * i->channels;
        uint32_t *row = (uint32_t *)(void *)(rows + y * stride);
        if (!color)
            memcpy(row, from, i->width);
        for (size_t x = 0; color && x < i->width; x++)
            row[x] = (uint32_t)from[3 * x] << 16 |
                     (uint32_t)from[3 * x + 1] << 8 | from[3 * x + 2];
    }
    cairo_surface_mark_dirty(s);
    cairo_status_t e = cairo_surface_write_to_png_stream(s, png_bytes, to);
    cairo_surface_destroy(s);
    return e == CAIRO_STATUS_SUCCESS ? 0 : -EIO;
}

static uint8_t luma(const uint8_t *p)
{
    return (uint8_t)(16 + (66 * p[0] + 129 * p[1] + 25 * p[2] + 128) / 256);
}

/* BT.601, limited range, chroma of each second pixel. */
int paper_write_yuyv(const struct paper_image *i, FILE *to)
{
    size_t pixels = (size_t)i->width * i->height;
    if (i->channels != 3 || i->width % 2 != 0)
        return -EINVAL;
    for (size_t p = 0; p < pixels; p += 2) {
        const uint8_t *rgb = i->bytes + 3 * p;
        int r = (rgb[0] + rgb[3]) / 2;
        int g = (rgb[1] + rgb[4]) / 2;
        int b = (rgb[2] + rgb[5]) / 2;
        uint8_t out[4] = {
            luma(rgb), (uint8_t)(128 + (-38 * r - 74 * g + 112 * b) / 256),
            luma(rgb + 3), (uint8_t)(128 + (112 * r - 94 * g - 18 * b) / 256)};
        if (fwrite(out, 1, sizeof(out), to) != sizeof(out))
            return -EIO;
    }
    return 0;
}

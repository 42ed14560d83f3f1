/* image.c - from drawings to pixels, as a scanner's glass sees them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "paper.h"

#define MM_PER_INCH 25.4
#define BW_THRESHOLD 150

void paper_image_free(struct paper_image *i)
{
    free(i->bytes);
    i->bytes = NULL;
}

static void take_row(const uint32_t *from, uint8_t *to, unsigned n, bool color)
{
    for (size_t x = 0; x < n; x++) {
        uint32_t r = from[x] >> 16 & 255;
        uint32_t g = from[x] >> 8 & 255;
        uint32_t b = from[x] & 255;
        if (color) {
            to[3 * x] = (uint8_t)r;
            to[3 * x + 1] = (uint8_t)g;
            to[3 * x + 2] = (uint8_t)b;
        } else {
            to[x] = (uint8_t)((r * 299 + g * 587 + b * 114 + 500) / 1000);
        }
    }
}

int paper_image_take(cairo_surface_t *from, bool color, struct paper_image *ret)
{
    cairo_surface_flush(from);
    struct paper_image i = {
        .width = (unsigned)cairo_image_surface_get_width(from),
        .height = (unsigned)cairo_image_surface_get_height(from),
        .channels = color ? 3 : 1};
    const uint8_t *rows = cairo_image_surface_get_data(from);
    size_t stride = (size_t)cairo_image_surface_get_stride(from);
    i.bytes = calloc((size_t)i.width * i.height, i.channels);
    if (!i.bytes)
        return -ENOMEM;
    for (unsigned y = 0; y < i.height; y++)
        take_row((const uint32_t *)(const void *)(rows + y * stride),
                 i.bytes + (size_t)y * i.width * i.channels, i.width, color);
    *ret = i;
    return 0;
}

/* The same step for all channels of a pixel: paper is grey, not coloured. */
void paper_image_noise(struct paper_image *i, unsigned level, unsigned seed)
{
    struct paper_dice d = paper_dice_new(seed, 0, 7);
    size_t pixels = (size_t)i->width * i->height;
    uint32_t bits = 0;
    for (size_t p = 0; level > 0 && p < pixels; p++) {
        bits = p % 4 == 0 ? paper_dice_roll(&d) : bits >> 8;
        int step = (int)((bits & 255) * (2 * level + 1) / 256) - (int)level;
        for (unsigned c = 0; c < i->channels; c++) {
            uint8_t *at = &i->bytes[p * i->channels + c];
            int v = *at + step;
            *at = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
    }
}

static void threshold(struct paper_image *i)
{
    size_t n = (size_t)i->width * i->height;
    for (size_t p = 0; p < n; p++)
        i->bytes[p] = i->bytes[p] < BW_THRESHOLD ? 0 : 255;
}

/* The glass: the lid's white, the paper's shadow, and the paper upon it. */
static void draw_glass(cairo_t *c, const struct paper_spec *s,
                       const struct paper_box *r)
{
    double scale = s->dpi / MM_PER_INCH;
    cairo_set_source_rgb(c, 0.93, 0.935, 0.94);
    cairo_paint(c);
    cairo_scale(c, scale, scale);
    cairo_translate(c, -r->x, -r->y);
    if (s->rotate == 180) {
        cairo_translate(c, s->paper_w, s->paper_h);
        cairo_rotate(c, M_PI);
    }
    cairo_translate(c, s->paper_w / 2, s->paper_h / 2);
    cairo_rotate(c, s->skew_deg * M_PI / 180);
    cairo_translate(c, -s->paper_w / 2, -s->paper_h / 2);
    cairo_set_source_rgba(c, 0, 0, 0, 0.16);
    cairo_rectangle(c, 0.5, 0.6, s->paper_w, s->paper_h);
    cairo_fill(c);
    paper_draw_page(c, s);
}

int paper_image_scan(const struct paper_spec *s, struct paper_image *ret)
{
    struct paper_box r = s->region;
    if (r.w <= 0)
        r = (struct paper_box){0, 0, s->paper_w, s->paper_h};
    double w = round(r.w / MM_PER_INCH * s->dpi);
    double h = round(r.h / MM_PER_INCH * s->dpi);
    if (w < 1 || h < 1 || w > PAPER_PIXELS_MAX || h > PAPER_PIXELS_MAX)
        return -EINVAL;
    cairo_surface_t *to =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)w, (int)h);
    cairo_t *c = cairo_create(to);
    draw_glass(c, s, &r);
    int bad = cairo_status(c) != CAIRO_STATUS_SUCCESS;
    cairo_destroy(c);
    int e = bad ? -ENOMEM : paper_image_take(to, s->mode == PAPER_COLOR, ret);
    cairo_surface_destroy(to);
    if (e < 0)
        return e;
    paper_image_noise(ret, s->noise, s->seed * 64 + s->page);
    if (s->mode == PAPER_BW)
        threshold(ret);
    return 0;
}

#include "app/rtc_shot.h"

#include "base/bytes.h"

#include <zlib.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- PNG ------------------------------------------------------------------ */

static int put_chunk(struct lk_buf *b, const char type[4], const uint8_t *data,
                     size_t len)
{
    uint8_t word[4];
    uLong sum = crc32(0, (const Bytef *)type, 4);
    if (len > 0)
        sum = crc32(sum, data, (uInt)len);
    lk_put_u32(word, (uint32_t)len);
    int r = lk_buf_append(b, word, sizeof(word));
    if (r == 0)
        r = lk_buf_append(b, type, 4);
    if (r == 0 && len > 0)
        r = lk_buf_append(b, data, len);
    lk_put_u32(word, (uint32_t)sum);
    return r < 0 ? r : lk_buf_append(b, word, sizeof(word));
}

/* Each row begins with its filter: the difference to the left neighbour (1),
 * which pictures of a camera are smaller with. */
static void filter_rows(const struct media_shot *s, uint8_t *ret)
{
    size_t len = (size_t)s->width_px * 3;
    for (int y = 0; y < s->height_px; y++) {
        const uint8_t *row = s->rgb + (size_t)y * len;
        *ret++ = 1;
        for (size_t i = 0; i < len; i++)
            *ret++ = (uint8_t)(row[i] - (i < 3 ? 0 : row[i - 3]));
    }
}

static int put_pixels(const struct media_shot *s, struct lk_buf *b)
{
    size_t len = ((size_t)s->width_px * 3 + 1) * (size_t)s->height_px;
    uLongf packed = compressBound(len);
    uint8_t *raw = malloc(len);
    uint8_t *small = malloc(packed);
    int r = raw && small ? 0 : -ENOMEM;
    if (r == 0) {
        filter_rows(s, raw);
        if (compress2(small, &packed, raw, len, Z_BEST_SPEED) != Z_OK)
            r = -ENOMEM;
    }
    if (r == 0)
        r = put_chunk(b, "IDAT", small, packed);
    if (raw)
        explicit_bzero(raw, len);
    if (small)
        explicit_bzero(small, packed);
    free(raw);
    free(small);
    return r;
}

int rtc_shot_png(const struct media_shot *s, struct lk_buf *b)
{
    static const uint8_t magic[] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10};
    /* Width and height; 8 bits, true colour, the usual methods. */
    uint8_t head[13] = {[8] = 8, [9] = 2};
    lk_put_u32(head, (uint32_t)s->width_px);
    lk_put_u32(head + 4, (uint32_t)s->height_px);
    int r = lk_buf_append(b, magic, sizeof(magic));
    if (r == 0)
        r = put_chunk(b, "IHDR", head, sizeof(head));
    if (r == 0)
        r = put_pixels(s, b);
    return r < 0 ? r : put_chunk(b, "IEND", NULL, 0);
}

/* --- rows of characters --------------------------------------------------- */

static const char ramp[] = " .:-=+*#%@";

/* A cell of the picture. */
struct cell {
    int x0, x1, y0, y1;
};

static int mean_grey(const struct media_shot *s, const struct cell *c)
{
    uint64_t sum = 0;
    for (int y = c->y0; y < c->y1; y++) {
        const uint8_t *p =
            s->rgb + ((size_t)y * (size_t)s->width_px + (size_t)c->x0) * 3;
        for (int x = c->x0; x < c->x1; x++, p += 3)
            sum += (uint64_t)(299 * p[0] + 587 * p[1] + 114 * p[2]);
    }
    uint64_t n = (uint64_t)(c->x1 - c->x0) * (uint64_t)(c->y1 - c->y0);
    return (int)(sum / (n * 1000));
}

struct grid {
    int columns, rows;
    uint8_t grey[RTC_SHOT_ROWS_MAX][RTC_SHOT_COLUMNS_MAX];
    int dark, light; /* the least and the most of them */
};

static void look_through(const struct media_shot *s, struct grid *g)
{
    g->dark = 255;
    g->light = 0;
    for (int y = 0; y < g->rows; y++) {
        for (int x = 0; x < g->columns; x++) {
            const struct cell c = {.x0 = x * s->width_px / g->columns,
                                   .x1 = (x + 1) * s->width_px / g->columns,
                                   .y0 = y * s->height_px / g->rows,
                                   .y1 = (y + 1) * s->height_px / g->rows};
            int grey = mean_grey(s, &c);
            g->grey[y][x] = (uint8_t)grey;
            g->dark = LK_MIN(g->dark, grey);
            g->light = LK_MAX(g->light, grey);
        }
    }
}

/* Spread over the whole ramp; a picture with nothing in it stays even. */
static char character(const struct grid *g, int grey)
{
    const int steps = (int)sizeof(ramp) - 1;
    int range = LK_MAX(g->light - g->dark, 2 * steps);
    return ramp[LK_MIN((grey - g->dark) * steps / range, steps - 1)];
}

int rtc_shot_rows(const struct media_shot *s, int columns, struct lk_buf *b)
{
    struct grid g = {.columns = columns};
    char row[RTC_SHOT_COLUMNS_MAX + 1];
    if (columns < RTC_SHOT_COLUMNS_MIN || columns > RTC_SHOT_COLUMNS_MAX ||
        s->width_px < columns || s->height_px < RTC_SHOT_ROWS_MAX)
        return -EINVAL;
    g.rows = columns * s->height_px / s->width_px / 2;
    g.rows = LK_MAX(LK_MIN(g.rows, RTC_SHOT_ROWS_MAX), 1);
    look_through(s, &g);
    int r = lk_buf_printf(b, "[");
    for (int y = 0; y < g.rows && r == 0; y++) {
        for (int x = 0; x < g.columns; x++)
            row[x] = character(&g, g.grey[y][x]);
        row[g.columns] = '\0';
        r = lk_buf_printf(b, "%s\"%s\"", y > 0 ? "," : "", row);
    }
    explicit_bzero(&g, sizeof(g));
    explicit_bzero(row, sizeof(row));
    return r < 0 ? r : lk_buf_printf(b, "]");
}

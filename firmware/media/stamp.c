/* stamp.c - the visible time stamp in a picture. */
#include "media/picture.h"

#include <string.h>

#define BLOCK 16
#define COLUMNS 16
#define ROWS 4
#define LIGHT 235
#define DARK 16
#define CHECK 0xa55aU

struct media_picture media_picture_at(uint8_t *data, int width, int height)
{
    size_t y = (size_t)width * (size_t)height;
    return (struct media_picture){.width = width,
                                  .height = height,
                                  .plane = {data, data + y, data + y + y / 4},
                                  .stride = {width, width / 2, width / 2}};
}

void media_stamp_draw(const struct media_picture *p, uint32_t time_100us,
                      uint16_t counter)
{
    if (p->width < MEDIA_STAMP_WIDTH || p->height < MEDIA_STAMP_HEIGHT)
        return;
    unsigned word[ROWS] = {time_100us >> 16, time_100us & 0xffffU, counter, 0};
    word[3] = word[0] ^ word[1] ^ word[2] ^ CHECK;
    for (int row = 0; row < MEDIA_STAMP_HEIGHT; row++) {
        uint8_t *at = p->plane[0] + (ptrdiff_t)row * p->stride[0];
        unsigned bits = word[row / BLOCK];
        for (int c = 0; c < COLUMNS; c++)
            memset(at + (size_t)c * BLOCK,
                   bits >> (COLUMNS - 1 - c) & 1U ? LIGHT : DARK, BLOCK);
    }
}

/* The middle of a block: its rim suffers from the codec's filters. */
static unsigned block_mean(const uint8_t *at, int stride)
{
    unsigned sum = 0;
    for (int j = 6; j < 10; j++)
        for (int i = 6; i < 10; i++)
            sum += at[(ptrdiff_t)j * stride + i];
    return sum / 16;
}

bool media_stamp_read(const uint8_t *y, int stride, int width, int height,
                      uint32_t *ret_time_100us, uint16_t *ret_counter)
{
    if (width < MEDIA_STAMP_WIDTH || height < MEDIA_STAMP_HEIGHT)
        return false;
    unsigned word[ROWS] = {0};
    for (int r = 0; r < ROWS; r++) {
        const uint8_t *at = y + (ptrdiff_t)r * BLOCK * stride;
        for (int c = 0; c < COLUMNS; c++)
            word[r] = word[r] << 1 |
                      (block_mean(at + (ptrdiff_t)c * BLOCK, stride) > 125);
    }
    if ((word[0] ^ word[1] ^ word[2] ^ CHECK) != word[3])
        return false;
    *ret_time_100us = word[0] << 16 | word[1];
    *ret_counter = (uint16_t)word[2];
    return true;
}

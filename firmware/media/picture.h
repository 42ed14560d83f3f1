/* picture.h - an I420 picture in memory, and what is drawn into it.
 *
 * Room, private. Pure: no I/O, any thread.
 */
#ifndef LUUKKU_MEDIA_PICTURE_H
#define LUUKKU_MEDIA_PICTURE_H

#include "base/defs.h"

#include <stdbool.h>

struct media_picture {
    int width, height; /* even */
    uint8_t *plane[3]; /* Y, U, V */
    int stride[3];
};

/* Bytes of a tightly packed picture of even sides. */
static inline size_t media_picture_len(int width, int height)
{
    return (size_t)width * (size_t)height * 3 / 2;
}

/* A tightly packed picture of even sides at `data`. */
struct media_picture media_picture_at(uint8_t *data, int width, int height);

/* The visible time stamp at the top left: 16 x 4 blocks of 16 pixels. Rows of
 * 16 bits, most significant first, light is 1: the wall clock in 0.1 ms (high
 * half, low half), a counter, and their exclusive or with 0xa55a. */
#define MEDIA_STAMP_WIDTH 256
#define MEDIA_STAMP_HEIGHT 64

/* Nothing is drawn when the picture is too small. */
void media_stamp_draw(const struct media_picture *p, uint32_t time_100us,
                      uint16_t counter);

/* Reads a stamp from a luma plane. False when there is none that fits. */
bool media_stamp_read(const uint8_t *y, int stride, int width, int height,
                      uint32_t *ret_time_100us, uint16_t *ret_counter);

/* Draws UTF-8 `text` in capital letters, wrapped and as large as fits, in the
 * middle of the rows from `top` to `bottom`, light on a dark band. */
void media_caption_draw(const struct media_picture *p, const char *text,
                        int top, int bottom);

/* A dark picture with the caption in its middle. */
void media_still_draw(const struct media_picture *p, const char *caption);

/* The simulated camera: a texture that is panned over, an object that moves
 * against it, and the caption. */
struct media_scene;

/* Errors: -ENOMEM. */
int media_scene_new(int width, int height,
                    struct media_scene **ret) LK_MUST_CHECK;
struct media_scene *media_scene_free(struct media_scene *s);

/* Draws picture number `n` of the scene's size. */
void media_scene_draw(const struct media_scene *s, unsigned n,
                      const char *caption, const struct media_picture *p);

#endif

/* scene.c - the simulated camera's picture, and the still ones. */
#include "media/picture.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 256 /* of the texture beyond the picture, for panning */
#define OBJECT 96  /* side of the moving square */

struct media_scene {
    int width, height;
    uint8_t texture[];
};

/* Waves with some grain, so that the encoder has work as with a real room. */
static void scene_weave(struct media_scene *s)
{
    int tw = s->width + MARGIN, th = s->height + MARGIN;
    uint32_t r = 12345;
    for (int j = 0; j < th; j++) {
        for (int i = 0; i < tw; i++) {
            r = r * 1664525U + 1013904223U;
            double v = 120 + 40 * sin(i * 0.031) * cos(j * 0.043) +
                       25 * sin(i * 0.21 + j * 0.13) + (r >> 24) % 9;
            s->texture[(size_t)j * (size_t)tw + (size_t)i] = (uint8_t)v;
        }
    }
}

int media_scene_new(int width, int height, struct media_scene **ret)
{
    size_t len = ((size_t)width + MARGIN) * ((size_t)height + MARGIN);
    struct media_scene *s = malloc(sizeof(*s) + len);
    if (!s)
        return -ENOMEM;
    s->width = width;
    s->height = height;
    scene_weave(s);
    *ret = s;
    return 0;
}

struct media_scene *media_scene_free(struct media_scene *s)
{
    free(s);
    return NULL;
}

static void fill_plane(const struct media_picture *p, int plane, int value)
{
    int rows = plane == 0 ? p->height : p->height / 2;
    int row_len = plane == 0 ? p->width : p->width / 2;
    for (int j = 0; j < rows; j++)
        memset(p->plane[plane] + (ptrdiff_t)j * p->stride[plane], value,
               (size_t)row_len);
}

static void draw_object(const struct media_picture *p, unsigned n)
{
    int x = (int)(n * 5 % (unsigned)(p->width - OBJECT - 32));
    uint8_t *at = p->plane[0] + (ptrdiff_t)(p->height / 2) * p->stride[0] + x;
    for (int j = 0; j < OBJECT; j++)
        for (int i = 0; i < OBJECT; i++)
            at[(ptrdiff_t)j * p->stride[0] + i] =
                (uint8_t)(60 + ((i * j) >> 6));
}

void media_scene_draw(const struct media_scene *s, unsigned n,
                      const char *caption, const struct media_picture *p)
{
    int x = (int)(128 + 100 * sin(n * 0.05));
    int y = (int)(128 + 100 * cos(n * 0.037));
    size_t row = (size_t)s->width + MARGIN;
    for (int j = 0; j < s->height; j++)
        memcpy(p->plane[0] + (ptrdiff_t)j * p->stride[0],
               s->texture + ((size_t)j + (size_t)y) * row + x,
               (size_t)s->width);
    fill_plane(p, 1, 110);
    fill_plane(p, 2, 140);
    draw_object(p, n);
    media_caption_draw(p, caption, p->height * 3 / 4, p->height);
}

void media_still_draw(const struct media_picture *p, const char *caption)
{
    fill_plane(p, 0, 40);
    fill_plane(p, 1, 134);
    fill_plane(p, 2, 122);
    media_caption_draw(p, caption, p->height / 4, p->height * 3 / 4);
}

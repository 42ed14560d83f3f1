/* bench-scene FILE: ten seconds of the simulated camera's picture, VGA at 30
 * frames a second, as YUV4MPEG2, so that a browser films the very same.
 */
#include "media/picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 640
#define HEIGHT 480
#define FRAMES 300

static int write_scene(FILE *f, const struct media_scene *scene, uint8_t *data)
{
    size_t len = media_picture_len(WIDTH, HEIGHT);
    struct media_picture p = media_picture_at(data, WIDTH, HEIGHT);
    if (fprintf(f, "YUV4MPEG2 W%d H%d F30:1 Ip A1:1 C420jpeg\n", WIDTH,
                HEIGHT) < 0)
        return -errno;
    for (unsigned n = 0; n < FRAMES; n++) {
        media_scene_draw(scene, n, "SIMULOITU KAMERA", &p);
        if (fputs("FRAME\n", f) == EOF || fwrite(data, len, 1, f) != 1)
            return -errno;
    }
    return fflush(f) == 0 ? 0 : -errno;
}

int main(int argc, char **argv)
{
    struct media_scene *scene = NULL;
    FILE *f = argc == 2 ? fopen(argv[1], "wbe") : NULL;
    uint8_t *data = malloc(media_picture_len(WIDTH, HEIGHT));
    int r = !f || !data ? -EINVAL : media_scene_new(WIDTH, HEIGHT, &scene);
    if (r == 0)
        r = write_scene(f, scene, data);
    if (r < 0)
        fprintf(stderr, "bench-scene FILE: %s\n", strerrordesc_np(-r));
    media_scene_free(scene);
    free(data);
    if (f)
        fclose(f);
    return r == 0 ? 0 : 1;
}

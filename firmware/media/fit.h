/* fit.h - a camera's picture, brought to the size and shape that is sent.
 *
 * Room, private. Converts with libyuv; what a camera gives is outside bytes.
 * One thread.
 */
#ifndef LUUKKU_MEDIA_FIT_H
#define LUUKKU_MEDIA_FIT_H

#include "media/picture.h"

#define MEDIA_FIT_SIDE_MIN 16 /* pixels */
#define MEDIA_FIT_SIDE_MAX 4096

/* Memory for a picture of another size, while it is fitted. Zeroed at first. */
struct media_fit {
    uint8_t *raw;
    size_t raw_len;
};

struct media_fit_from {
    const uint8_t *data;
    size_t len;
    int width, height; /* pixels */
    uint32_t fourcc;   /* as libyuv says it */
};

/* Crops to the shape of `to`, and scales. `to` is written on success alone
 * where the sizes differ.
 *
 * Errors  -EBADMSG sides that are odd or out of range, too few bytes, -ENOMEM;
 *         positive: libyuv refuses it
 */
int media_fit(struct media_fit *f, const struct media_fit_from *from,
              const struct media_picture *to) LK_MUST_CHECK;

/* What was seen last is not kept. */
void media_fit_forget(struct media_fit *f);

#endif

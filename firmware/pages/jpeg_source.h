/* jpeg_source.h - where libjpeg's bytes come from: memory, or a document that
 * is still coming in.
 */
#ifndef LUUKKU_PAGES_JPEG_SOURCE_H
#define LUUKKU_PAGES_JPEG_SOURCE_H

#include "pages/inflow.h"

#include <stdio.h> /* jpeglib.h needs it, and does not say so */

#include <jpeglib.h>

#define JPEG_SOURCE_LEN 65536

struct jpeg_source {
    struct jpeg_source_mgr mgr;    /* first: libjpeg's pointer is to it */
    const struct pages_inflow *in; /* NULL: all bytes were there at the start */
    size_t at;                     /* bytes that were taken from `in` */
    int error; /* -errno, for which error_exit() is called */
    uint8_t buf[JPEG_SOURCE_LEN];
};

/* Behind the last byte the decoder gets an end of image, again and again.
 * data, in  borrowed until the decoder is destroyed */
void jpeg_source_memory(struct jpeg_source *s, const uint8_t *data, size_t len);
void jpeg_source_inflow(struct jpeg_source *s, const struct pages_inflow *in);

#endif

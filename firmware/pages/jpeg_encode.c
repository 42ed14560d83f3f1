#include "pages/jpeg.h"

#include "pages/limits.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jerror.h>
#include <jpeglib.h>

#define OUT_LEN 65536

/* As the decoder's: what error_exit() may jump over lives here. */
struct encoder {
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr err;
    struct jpeg_destination_mgr dest;
    jmp_buf out;
    int error;
    int fd;
    uint32_t ready; /* rows that are there */
    uint8_t buf[OUT_LEN];
};

static struct encoder *of(j_compress_ptr j)
{
    return (struct encoder *)(void *)j;
}

static void fail(struct encoder *e, int error)
{
    e->error = error;
    longjmp(e->out, 1);
}

static void on_error(j_common_ptr j)
{
    struct encoder *e = (struct encoder *)(void *)j;
    fail(e, j->err->msg_code == JERR_OUT_OF_MEMORY ? -ENOMEM : -EIO);
}

static void on_message(j_common_ptr j, int level)
{
    (void)j;
    (void)level;
}

static void flush(struct encoder *e, size_t len)
{
    const uint8_t *at = e->buf;
    while (len > 0) {
        ssize_t n = write(e->fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            fail(e, -errno);
        at += n;
        len -= (size_t)n;
    }
}

static void dest_init(j_compress_ptr j)
{
    struct encoder *e = of(j);
    e->dest.next_output_byte = e->buf;
    e->dest.free_in_buffer = OUT_LEN;
}

static boolean dest_empty(j_compress_ptr j)
{
    flush(of(j), OUT_LEN);
    dest_init(j);
    return TRUE;
}

static void dest_term(j_compress_ptr j)
{
    flush(of(j), OUT_LEN - of(j)->dest.free_in_buffer);
}

static void settings(struct encoder *e, const struct scanpage_info *i)
{
    e->j.err = jpeg_std_error(&e->err);
    e->err.error_exit = on_error;
    e->err.emit_message = on_message;
    jpeg_create_compress(&e->j);
    e->dest.init_destination = dest_init;
    e->dest.empty_output_buffer = dest_empty;
    e->dest.term_destination = dest_term;
    e->j.dest = &e->dest;
    e->j.image_width = i->width_px;
    e->j.image_height = i->height_px;
    e->j.input_components = (int)i->depth;
    e->j.in_color_space = i->depth == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&e->j);
    jpeg_set_quality(&e->j, PAGES_JPEG_QUALITY, TRUE);
    e->j.density_unit = i->dpi > 0;
    e->j.X_density = e->j.Y_density = (UINT16)(i->dpi > 0 ? i->dpi : 1);
}

static void await(struct encoder *e, const struct pages_rows *from)
{
    if (e->j.next_scanline < e->ready)
        return;
    e->ready = from->await(from->arg, e->j.next_scanline);
    if (e->ready <= e->j.next_scanline)
        fail(e, -ECANCELED);
}

static int run(struct encoder *e, const struct scanpage_info *i,
               const uint8_t *rows, const struct pages_rows *from)
{
    if (setjmp(e->out) != 0)
        return e->error;
    settings(e, i);
    jpeg_start_compress(&e->j, TRUE);
    size_t stride = scanpage_stride(i);
    while (e->j.next_scanline < i->height_px) {
        if (from->await)
            await(e, from);
        /* libjpeg reads it only, although its type does not say so */
        JSAMPROW row =
            (JSAMPROW)(uintptr_t)(rows + e->j.next_scanline * stride);
        (void)jpeg_write_scanlines(&e->j, &row, 1);
    }
    jpeg_finish_compress(&e->j);
    return 0;
}

int pages_jpeg_encode(const struct scanpage_info *i, const uint8_t *rows,
                      const struct pages_rows *from)
{
    struct encoder *e = calloc(1, sizeof(*e));
    if (!e)
        return -ENOMEM;
    e->fd = memfd_create("jpeg", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    int r = e->fd < 0 ? -errno : run(e, i, rows, from);
    jpeg_destroy_compress(&e->j);
    if (r == 0)
        r = scanpage_seal(e->fd);
    if (r == 0)
        r = lk_fd_take(&e->fd);
    (void)lk_fd_close(e->fd);
    free(e);
    return r;
}

#include "pages/jpeg_source.h"

#include "base/defs.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

static const uint8_t end_of_image[] = {0xff, JPEG_EOI};

static struct jpeg_source *of(j_decompress_ptr j)
{
    return (struct jpeg_source *)(void *)j->src;
}

static void src_nothing(j_decompress_ptr j)
{
    (void)j;
}

/* The next bytes of what is coming in: how many, 0 at its end, or -errno. */
static ssize_t take(struct jpeg_source *s)
{
    int64_t there = s->in->await(s->in->arg, s->at);
    if (there < 0)
        return (ssize_t)there;
    if ((size_t)there <= s->at)
        return 0;
    ssize_t n = 0;
    do
        n = pread(s->in->fd, s->buf,
                  LK_MIN(sizeof(s->buf), (size_t)there - s->at), (off_t)s->at);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n < 0 ? -errno : -EIO;
    s->at += (size_t)n;
    return n;
}

/* False when an end of image stands for bytes that do not come. */
static bool more(j_decompress_ptr j)
{
    struct jpeg_source *s = of(j);
    ssize_t n = s->in ? take(s) : 0;
    if (n < 0) {
        s->error = (int)n;
        j->err->error_exit((j_common_ptr)j);
    }
    s->mgr.next_input_byte = n > 0 ? s->buf : end_of_image;
    s->mgr.bytes_in_buffer = n > 0 ? (size_t)n : sizeof(end_of_image);
    return n > 0;
}

static boolean src_fill(j_decompress_ptr j)
{
    (void)more(j);
    return TRUE;
}

static void src_skip(j_decompress_ptr j, long n)
{
    struct jpeg_source *s = of(j);
    if (n <= 0)
        return;
    size_t left = (size_t)n;
    while (left >= s->mgr.bytes_in_buffer) {
        left -= s->mgr.bytes_in_buffer;
        if (!more(j))
            return;
    }
    s->mgr.next_input_byte += left;
    s->mgr.bytes_in_buffer -= left;
}

void jpeg_source_memory(struct jpeg_source *s, const uint8_t *data, size_t len)
{
    s->in = NULL;
    s->at = 0;
    s->error = 0;
    s->mgr =
        (struct jpeg_source_mgr){.next_input_byte = data,
                                 .bytes_in_buffer = len,
                                 .init_source = src_nothing,
                                 .fill_input_buffer = src_fill,
                                 .skip_input_data = src_skip,
                                 .resync_to_restart = jpeg_resync_to_restart,
                                 .term_source = src_nothing};
}

void jpeg_source_inflow(struct jpeg_source *s, const struct pages_inflow *in)
{
    jpeg_source_memory(s, s->buf, 0);
    s->in = in;
}

#include "kiosk/paint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cairo.h>

int kiosk_canvas_new(struct kiosk_size size, struct kiosk_canvas **ret)
{
    if (size.w <= 0 || size.h <= 0)
        return -EINVAL;
    struct kiosk_canvas *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->size = size;
    c->stride_px = size.w;
    c->pixels = calloc((size_t)size.h, (size_t)size.w * sizeof(uint32_t));
    if (!c->pixels) {
        free(c);
        return -ENOMEM;
    }
    *ret = c;
    return 0;
}

struct kiosk_canvas *kiosk_canvas_free(struct kiosk_canvas *c)
{
    if (!c)
        return NULL;
    free(c->pixels);
    free(c);
    return NULL;
}

void kiosk_canvas_black(struct kiosk_canvas *c, struct kiosk_rect area)
{
    for (int y = area.y; y < area.y + area.h; y++)
        memset(&c->pixels[(size_t)y * (size_t)c->stride_px + (size_t)area.x], 0,
               (size_t)area.w * sizeof(*c->pixels));
}

struct png {
    int fd;
    size_t len;
    size_t max;
    int error;
};

static cairo_status_t png_write(void *arg, const unsigned char *data,
                                unsigned int len)
{
    struct png *p = arg;
    if (len > p->max - p->len) {
        p->error = -EMSGSIZE;
        return CAIRO_STATUS_WRITE_ERROR;
    }
    /* A memfd takes a write whole or not at all. */
    if (write(p->fd, data, len) != (ssize_t)len) {
        p->error = -EIO;
        return CAIRO_STATUS_WRITE_ERROR;
    }
    p->len += len;
    return CAIRO_STATUS_SUCCESS;
}

static int png_seal(int fd)
{
    int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    if (lseek(fd, 0, SEEK_SET) < 0 || fcntl(fd, F_ADD_SEALS, seals) < 0)
        return -errno;
    return 0;
}

static int png_encode(const struct kiosk_canvas *c, struct png *p)
{
    cairo_surface_t *s = cairo_image_surface_create_for_data(
        (unsigned char *)c->pixels, CAIRO_FORMAT_RGB24, c->size.w, c->size.h,
        c->stride_px * 4);
    cairo_status_t status = cairo_surface_write_to_png_stream(s, png_write, p);
    cairo_surface_destroy(s);
    if (status != CAIRO_STATUS_SUCCESS)
        return p->error ? p->error : -ENOMEM;
    return png_seal(p->fd);
}

int kiosk_canvas_png(const struct kiosk_canvas *c, size_t max, int *ret_fd,
                     size_t *ret_len)
{
    struct png p = {.max = max};
    p.fd = memfd_create("screenshot", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (p.fd < 0)
        return -errno;
    int r = png_encode(c, &p);
    if (r < 0) {
        lk_fd_close(p.fd);
        return r;
    }
    *ret_len = p.len;
    *ret_fd = p.fd;
    return 0;
}

struct kiosk_rect kiosk_rect_union(struct kiosk_rect a, struct kiosk_rect b)
{
    if (a.w <= 0 || a.h <= 0)
        return b;
    if (b.w <= 0 || b.h <= 0)
        return a;
    int x = LK_MIN(a.x, b.x);
    int y = LK_MIN(a.y, b.y);
    int right = LK_MAX(a.x + a.w, b.x + b.w);
    int bottom = LK_MAX(a.y + a.h, b.y + b.h);
    return (struct kiosk_rect){x, y, right - x, bottom - y};
}

bool kiosk_rect_touches(struct kiosk_rect a, struct kiosk_rect b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h &&
           b.y < a.y + a.h;
}

struct kiosk_rect kiosk_rect_within(struct kiosk_rect a, struct kiosk_rect b)
{
    int x = LK_MAX(a.x, b.x);
    int y = LK_MAX(a.y, b.y);
    int right = LK_MIN(a.x + a.w, b.x + b.w);
    int bottom = LK_MIN(a.y + a.h, b.y + b.h);
    return (struct kiosk_rect){x, y, LK_MAX(right - x, 0),
                               LK_MAX(bottom - y, 0)};
}

/* scan.c - drivers/escl and firmware/pages alone, for benches: scans the feeder
 * empty, A4 in colour, and decodes every page to pixels.
 *
 * Usage: bench-scan NODE DPI PAGES
 *
 * NODE lies in /dev/bus/usb. Writes each page to /tmp/pageNN.pnm, as scanimage
 * does beside it. Exit code 0 when there were PAGES.
 */
#include "base/log.h"
#include "escl/scanner.h"
#include "pages/jpeg.h"
#include "usb/usbfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_MAX (32 * 1024 * 1024)

struct run {
    struct lk_loop *loop;
    struct escl_scanner *scanner;
    unsigned dpi, pages;
    uint8_t *page; /* as it comes */
    size_t len, cap;
};

static int fail(const char *what, int r)
{
    (void)fprintf(stderr, "bench-scan: %s: %s\n", what,
                  r < 0 ? strerrorname_np(-r) : "no");
    _Exit(EXIT_FAILURE);
}

/* As scanimage does it: a file each, for the hash of its pixels. */
static void write_page(const struct scanpage_draft *d, unsigned page)
{
    char path[64];
    const struct scanpage_info *i = &d->info;
    (void)snprintf(path, sizeof(path), "/tmp/page%02u.pnm", page);
    FILE *f = fopen(path, "we");
    if (!f)
        fail(path, -errno);
    (void)fprintf(f, "P6\n%u %u\n255\n", i->width_px, i->height_px);
    size_t n = fwrite(d->rows, 1, scanpage_bytes(i), f);
    if (fclose(f) != 0 || n != scanpage_bytes(i))
        fail(path, -EIO);
}

static void on_ready(void *arg, const struct escl_ability *a)
{
    struct run *t = arg;
    const struct escl_job job = {
        .source = ESCL_FEEDER,
        .mode = ESCL_COLOUR,
        .format = ESCL_JPEG,
        .dpi = t->dpi,
        .area = {.width = 21000, .height = 29702}, /* 3508 px */
        .pages = t->pages};
    (void)a;
    int r = escl_scanner_start(t->scanner, &job);
    if (r < 0)
        fail("start", r);
}

static void on_page(void *arg, unsigned page, enum escl_format f)
{
    struct run *t = arg;
    (void)page;
    t->len = 0;
    if (f != ESCL_JPEG)
        fail("format", 0);
}

static void on_bytes(void *arg, const uint8_t *data, size_t len)
{
    struct run *t = arg;
    if (t->len + len > t->cap) {
        size_t cap = LK_MAX(t->cap * 2, t->len + len);
        uint8_t *more = cap > PAGE_MAX ? NULL : realloc(t->page, cap);
        if (!more)
            fail("page", -ENOMEM);
        t->page = more;
        t->cap = cap;
    }
    memcpy(t->page + t->len, data, len);
    t->len += len;
}

static void on_page_end(void *arg, unsigned page)
{
    struct run *t = arg;
    struct scanpage_draft *d;
    unsigned traits = 0;
    int r = pages_jpeg_decode(t->page, t->len, t->dpi, &d, &traits);
    if (r < 0)
        fail("decode", r);
    write_page(d, page);
    scanpage_draft_free(d);
}

static void on_end(void *arg, enum escl_reason why, unsigned pages)
{
    struct run *t = arg;
    if (pages != t->pages)
        fail(escl_reason_name(why), 0);
    lk_loop_stop(t->loop, 0);
}

static void on_broken(void *arg, enum escl_reason why)
{
    (void)arg;
    fail(escl_reason_name(why), 0);
}

static void opened(void *arg, int error, struct usb_device *d)
{
    static const struct escl_events events = {.ready = on_ready,
                                              .broken = on_broken,
                                              .page_begin = on_page,
                                              .page_bytes = on_bytes,
                                              .page_end = on_page_end,
                                              .job_end = on_end};
    struct run *t = arg;
    int r = error < 0
                ? error
                : escl_scanner_open_usb(t->loop, d, &events, t, &t->scanner);
    if (r < 0)
        fail("open", r);
}

int main(int argc, char **argv)
{
    struct run t = {.loop = NULL};
    lk_log_init("bench-scan", LK_LOG_INFO);
    if (argc != 4)
        return EXIT_FAILURE;
    t.dpi = (unsigned)strtoul(argv[2], NULL, 10);
    t.pages = (unsigned)strtoul(argv[3], NULL, 10);
    int fd = open(argv[1], O_RDWR | O_CLOEXEC);
    int r = fd < 0 ? -errno : lk_loop_new(&t.loop);
    if (r == 0)
        r = usb_fs_open(t.loop, fd, opened, &t, NULL);
    if (r < 0)
        return fail(argv[1], r);
    r = lk_loop_run(t.loop);
    escl_scanner_free(t.scanner);
    free(t.page);
    lk_loop_free(t.loop);
    return r;
}

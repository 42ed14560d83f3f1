/* scan.c - drivers/escl and firmware/pages alone, for benches: scans the feeder
 * empty, A4 in colour, and decodes every page to pixels.
 *
 * Usage: bench-scan NODE DPI PAGES
 *
 * NODE lies in /dev/bus/usb; or, where there is no kernel's USB, is
 * unix:PATH, an emulator's socket, or tcp:PORT, eSCL without USB. Writes each
 * page to /tmp/pageNN.pnm, as scanimage does beside it, a strip at a time as it
 * is decoded; it and the next ones come over USB meanwhile, as in luukku-scan
 * (and as ipp-usb and sane-airscan are two processes). Exit code 0 when there
 * were PAGES.
 */
#include "node.h"

#include "base/log.h"
#include "escl/scanner.h"
#include "loop/mailbox.h"
#include "pages/inflow.h"
#include "pages/jpeg.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define AHEAD 2 /* pages that wait, beyond which the scanner waits, too */
#define SLOTS (AHEAD + 2)

/* A page as it comes. */
struct page {
    unsigned number; /* 0: no more */
    int fd;
    size_t len; /* under the lock, as the next one */
    bool whole;
};

struct run {
    struct lk_loop *loop;
    struct escl_scanner *scanner;
    unsigned dpi, pages;
    bool ended; /* the job */
    pthread_t thread;
    struct lk_mailbox *done; /* numbers of pages that were written */
    unsigned given, written;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct page slot[SLOTS]; /* in turn: `begun` were, `taken` are done */
    size_t begun, taken;     /* under the lock */
};

static int fail(const char *what, int r)
{
    (void)fprintf(stderr, "bench-scan: %s: %s\n", what,
                  r < 0 ? strerrorname_np(-r) : "no");
    _Exit(EXIT_FAILURE);
}

/* --- the thread that decodes --- */

static void put(int fd, const void *data, size_t len)
{
    const uint8_t *at = data;
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n <= 0)
            fail("write", n < 0 ? -errno : -EIO);
        at += n;
        len -= (size_t)n;
    }
}

/* The file of a page, a PNM: its descriptor and width. */
struct file {
    int fd;
    size_t stride;
};

static int file_begin(void *arg, const struct scanpage_info *i)
{
    struct file *f = arg;
    char text[64];
    int n = snprintf(text, sizeof(text), "P6\n%u %u\n255\n", i->width_px,
                     i->height_px);
    f->stride = scanpage_stride(i);
    put(f->fd, text, (size_t)n);
    return 0;
}

static int file_rows(void *arg, uint32_t y, const uint8_t *rows, uint32_t n)
{
    const struct file *f = arg;
    (void)y;
    put(f->fd, rows, n * f->stride);
    return 0;
}

static int64_t await_bytes(void *arg, size_t have)
{
    struct run *t = arg;
    (void)pthread_mutex_lock(&t->lock);
    const struct page *p = &t->slot[t->taken % SLOTS];
    while (p->len <= have && !p->whole)
        (void)pthread_cond_wait(&t->wake, &t->lock);
    int64_t len = (int64_t)p->len;
    (void)pthread_mutex_unlock(&t->lock);
    return len;
}

static void write_page(struct run *t, const struct page *p)
{
    char path[64];
    struct file f = {.fd = -1};
    const struct pages_strips to = {file_begin, file_rows, &f};
    const struct pages_inflow in = {p->fd, await_bytes, t};
    unsigned traits = 0;
    (void)snprintf(path, sizeof(path), "/tmp/page%02u.pnm", p->number);
    f.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (f.fd < 0)
        fail(path, -errno);
    int r = pages_jpeg_inflow(&in, t->dpi, &to, &traits);
    if (r < 0 || traits != 0)
        fail("decode", r);
    if (close(f.fd) < 0)
        fail(path, -errno);
}

/* The page that is next, as soon as it has begun. */
static struct page *take(struct run *t)
{
    (void)pthread_mutex_lock(&t->lock);
    while (t->taken == t->begun)
        (void)pthread_cond_wait(&t->wake, &t->lock);
    struct page *p = &t->slot[t->taken % SLOTS];
    (void)pthread_mutex_unlock(&t->lock);
    return p;
}

/* All of its bytes have come, too: its place is another's. */
static void leave(struct run *t, struct page *p)
{
    (void)await_bytes(t, SIZE_MAX);
    (void)close(p->fd);
    (void)pthread_mutex_lock(&t->lock);
    t->taken++;
    (void)pthread_mutex_unlock(&t->lock);
}

static void *decode_all(void *arg)
{
    struct run *t = arg;
    for (;;) {
        struct page *p = take(t);
        unsigned number = p->number;
        if (number == 0)
            return NULL;
        write_page(t, p);
        leave(t, p);
        if (lk_mailbox_post(t->done, &number) < 0)
            fail("mailbox", 0);
    }
}

static void begin(struct run *t, unsigned number)
{
    struct page p = {.number = number, .fd = -1, .whole = number == 0};
    if (number > 0)
        p.fd = memfd_create("page", MFD_CLOEXEC);
    if (number > 0 && p.fd < 0)
        fail("page", -errno);
    (void)pthread_mutex_lock(&t->lock);
    bool room = t->begun - t->taken < SLOTS;
    t->slot[t->begun++ % SLOTS] = p;
    (void)pthread_cond_signal(&t->wake);
    (void)pthread_mutex_unlock(&t->lock);
    if (!room)
        fail("page", -ENOSPC);
}

/* The page that is coming has more, or has ended. */
static void grow(struct run *t, size_t len, bool whole)
{
    (void)pthread_mutex_lock(&t->lock);
    struct page *p = &t->slot[(t->begun - 1) % SLOTS];
    p->len += len;
    p->whole = whole;
    (void)pthread_cond_signal(&t->wake);
    (void)pthread_mutex_unlock(&t->lock);
}

/* --- the loop --- */

static void end_when_over(struct run *t)
{
    if (t->ended && t->written == t->given)
        lk_loop_stop(t->loop, 0);
}

static void on_written(void *arg, void *item)
{
    struct run *t = arg;
    (void)item;
    t->written++;
    escl_scanner_resume(t->scanner);
    end_when_over(t);
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
    if (f != ESCL_JPEG)
        fail("format", 0);
    begin(arg, page);
}

static void on_bytes(void *arg, const uint8_t *data, size_t len)
{
    struct run *t = arg;
    put(t->slot[(t->begun - 1) % SLOTS].fd, data, len);
    grow(t, len, false);
}

static void on_page_end(void *arg, unsigned page)
{
    struct run *t = arg;
    (void)page;
    grow(t, 0, true);
    t->given++;
    if (t->given - t->written >= AHEAD)
        escl_scanner_pause(t->scanner);
}

static void on_end(void *arg, enum escl_reason why, unsigned pages)
{
    struct run *t = arg;
    if (pages != t->pages)
        fail(escl_reason_name(why), 0);
    t->ended = true;
    end_when_over(t);
}

static void on_broken(void *arg, enum escl_reason why)
{
    (void)arg;
    fail(escl_reason_name(why), 0);
}

static const struct escl_events scanner_events = {.ready = on_ready,
                                                  .broken = on_broken,
                                                  .page_begin = on_page,
                                                  .page_bytes = on_bytes,
                                                  .page_end = on_page_end,
                                                  .job_end = on_end};

static void opened(void *arg, int error, struct usb_device *d)
{
    struct run *t = arg;
    int r = error < 0 ? error
                      : escl_scanner_open_usb(t->loop, d, &scanner_events, t,
                                              &t->scanner);
    if (r < 0)
        fail("open", r);
}

static int start(struct run *t)
{
    const struct lk_mailbox_config box = {.item_len = sizeof(unsigned),
                                          .capacity = AHEAD + 1,
                                          .full = LK_MAILBOX_REFUSE,
                                          .receive = on_written,
                                          .arg = t};
    (void)pthread_mutex_init(&t->lock, NULL);
    (void)pthread_cond_init(&t->wake, NULL);
    int r = lk_loop_new(&t->loop);
    if (r == 0)
        r = lk_mailbox_new(t->loop, &box, &t->done);
    if (r == 0)
        r = -pthread_create(&t->thread, NULL, decode_all, t);
    return r;
}

/* eSCL by HTTP at a port of this machine. */
static int dial(void *arg)
{
    const struct sockaddr_in *a = arg;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)a, sizeof(*a)) < 0)
        return -errno;
    return fd;
}

static int open_tcp(struct run *t, const char *port)
{
    static struct sockaddr_in a = {.sin_family = AF_INET};
    const struct escl_dialer dialer = {
        .dial = dial, .arg = &a, .host = "localhost", .root = "eSCL"};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    return escl_scanner_open_tcp(t->loop, &dialer, &scanner_events, t,
                                 &t->scanner);
}

static int open_scanner(struct run *t, const char *node)
{
    if (strncmp(node, "tcp:", 4) == 0)
        return open_tcp(t, node + 4);
    return node_open(t->loop, node, opened, t);
}

int main(int argc, char **argv)
{
    struct run t = {.loop = NULL};
    lk_log_init("bench-scan", LK_LOG_INFO);
    if (argc != 4)
        return EXIT_FAILURE;
    t.dpi = (unsigned)strtoul(argv[2], NULL, 10);
    t.pages = (unsigned)strtoul(argv[3], NULL, 10);
    int r = start(&t);
    if (r == 0)
        r = open_scanner(&t, argv[1]);
    if (r < 0)
        return fail(argv[1], r);
    r = lk_loop_run(t.loop);
    begin(&t, 0);
    (void)pthread_join(t.thread, NULL);
    escl_scanner_free(t.scanner);
    lk_mailbox_free(t.done);
    lk_loop_free(t.loop);
    return r;
}

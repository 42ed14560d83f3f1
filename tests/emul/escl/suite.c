#include "suite.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_ready(void *arg, const struct escl_ability *a)
{
    struct suite *s = arg;
    assert_false(s->broken);
    assert_null(s->ability);
    s->ability = a;
}

static void on_state(void *arg, const struct escl_state *now)
{
    struct suite *s = arg;
    assert_false(s->broken);
    s->states++;
    s->state = *now;
}

static void on_broken(void *arg, enum escl_reason why)
{
    struct suite *s = arg;
    assert_false(s->broken);
    assert_true(!s->job || s->ended);
    s->broken = true;
    s->broken_why = why;
}

static void on_begin(void *arg, unsigned page, enum escl_format f)
{
    struct suite *s = arg;
    assert_true(s->job && !s->ended && !s->broken);
    assert_int_equal(page, s->done + 1);
    assert_true(page <= SUITE_PAGES_MAX);
    s->begun = page;
    s->format[page - 1] = f;
    s->bytes[page - 1] = 0;
    s->hash[page - 1] = 0xcbf29ce484222325ULL;
}

static void on_bytes(void *arg, const uint8_t *data, size_t len)
{
    struct suite *s = arg;
    assert_true(s->job && !s->ended && s->begun == s->done + 1);
    assert_true(len > 0 && len <= 65536);
    uint64_t h = s->hash[s->begun - 1];
    for (size_t i = 0; i < len; i++)
        h = (h ^ data[i]) * 0x100000001b3ULL;
    s->hash[s->begun - 1] = h;
    s->bytes[s->begun - 1] += len;
    if (s->on_bytes)
        s->on_bytes(s);
}

static void on_progress(void *arg, unsigned page, uint64_t got, uint64_t all)
{
    struct suite *s = arg;
    assert_true(s->job && !s->ended);
    assert_int_equal(page, s->done + 1);
    assert_true(all == 0 || got <= all);
    s->progress++;
}

static void on_page_end(void *arg, unsigned page)
{
    struct suite *s = arg;
    assert_true(s->job && !s->ended && s->begun == page);
    assert_int_equal(page, s->done + 1);
    s->done = page;
}

static void on_job_end(void *arg, enum escl_reason why, unsigned pages)
{
    struct suite *s = arg;
    assert_true(s->job && !s->ended && !s->broken);
    assert_int_equal(pages, s->done);
    s->ended = true;
    s->why = why;
    s->whole = pages;
}

static const struct escl_events suite_events = {
    .ready = on_ready,
    .state = on_state,
    .broken = on_broken,
    .page_begin = on_begin,
    .page_bytes = on_bytes,
    .progress = on_progress,
    .page_end = on_page_end,
    .job_end = on_job_end,
};

static void on_timer(void *arg, int64_t now_us)
{
    struct suite *s = arg;
    (void)now_us;
    s->late = true;
}

struct suite *suite_new(const char *const *args)
{
    struct suite *s = calloc(1, sizeof(*s));
    assert_non_null(s);
    assert_int_equal(lk_loop_new(&s->loop), 0);
    assert_int_equal(lk_timer_new(s->loop, on_timer, s, &s->timer), 0);
    s->emulator = emulator_start("scanner", args);
    return s;
}

void suite_close(struct suite *s)
{
    s->scanner = escl_scanner_free(s->scanner);
    s->device = NULL;
    s->ability = NULL;
    s->broken = false;
    s->states = 0;
    s->job = false;
    s->ended = false;
}

struct suite *suite_free(struct suite *s)
{
    suite_close(s);
    s->timer = lk_timer_free(s->timer);
    s->emulator = emulator_free(s->emulator);
    s->loop = lk_loop_free(s->loop);
    free(s);
    return NULL;
}

const char *suite_say(struct suite *s, const char *format, ...)
{
    char command[128];
    va_list ap;
    va_start(ap, format);
    (void)vsnprintf(command, sizeof(command), format, ap);
    va_end(ap);
    return emulator_command(s->emulator, command);
}

bool suite_run(struct suite *s, const bool *flag, unsigned ms)
{
    s->late = false;
    lk_timer_set(s->timer, lk_clock_us() + (int64_t)ms * 1000);
    while (!*flag && !s->late)
        assert_int_equal(lk_loop_step(s->loop, 1000000), 0);
    lk_timer_clear(s->timer);
    return *flag;
}

static bool settle(struct suite *s)
{
    s->late = false;
    lk_timer_set(s->timer, lk_clock_us() + SUITE_WAIT_MS * 1000LL);
    while (!s->ability && !s->broken && !s->late)
        assert_int_equal(lk_loop_step(s->loop, 1000000), 0);
    lk_timer_clear(s->timer);
    if (s->late)
        fail_msg("neither ready nor broken");
    return s->ability != NULL;
}

bool suite_open_fault(struct suite *s, enum usb_fault what, unsigned at)
{
    int error = -ETIMEDOUT;
    struct usb_device *inner = NULL;
    /* Emulator and test share a machine with others; opening a device is not
     * what is tried here. */
    for (int i = 0; i < 5 && !inner && error == -ETIMEDOUT; i++)
        inner = emulator_open(s->emulator, s->loop, &error);
    if (!inner)
        fail_msg("the emulated scanner does not open: %d", error);
    s->device = inner;
    if (what != USB_FAULT_NONE || at > 0)
        assert_int_equal(usb_fault_new(s->loop, inner, what, at, &s->device),
                         0);
    int r = escl_scanner_open_usb(s->loop, s->device, &suite_events, s,
                                  &s->scanner);
    if (r < 0) {
        s->device = usb_free(s->device);
        s->broken = true;
        s->broken_why = r == -ENODEV ? ESCL_GONE : ESCL_UNFIT;
        return false;
    }
    return settle(s);
}

bool suite_open(struct suite *s)
{
    return suite_open_fault(s, USB_FAULT_NONE, 0);
}

/* Connects to where the emulator listens; `arg` is the suite. */
static int dial(void *arg)
{
    struct suite *s = arg;
    unsigned port = (unsigned)strtoul(suite_say(s, "tcp"), NULL, 10);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 &&
        errno != EINPROGRESS) {
        int r = -errno;
        (void)close(fd);
        return r;
    }
    return fd;
}

bool suite_open_tcp(struct suite *s)
{
    const struct escl_dialer dialer = {
        .dial = dial, .arg = s, .host = "localhost", .root = "eSCL"};
    assert_int_equal(
        escl_scanner_open_tcp(s->loop, &dialer, &suite_events, s, &s->scanner),
        0);
    return settle(s);
}

struct escl_job suite_small(enum escl_source source)
{
    return (struct escl_job){
        .source = source,
        .mode = ESCL_GREY,
        .format = ESCL_JPEG,
        .dpi = 75,
        .area = {1000, 1000, 6000, 3000},
        .pages = 50,
    };
}

void suite_start(struct suite *s, const struct escl_job *job)
{
    s->job = true;
    s->ended = false;
    s->begun = 0;
    s->done = 0;
    s->progress = 0;
    int r = escl_scanner_start(s->scanner, job);
    assert_int_equal(r, 0);
    assert_false(s->ended); /* never from inside a call */
}

enum escl_reason suite_wait(struct suite *s)
{
    if (!suite_run(s, &s->ended, SUITE_WAIT_MS))
        fail_msg("the job does not end");
    return s->why;
}

enum escl_reason suite_scan(struct suite *s, const struct escl_job *job)
{
    suite_start(s, job);
    return suite_wait(s);
}

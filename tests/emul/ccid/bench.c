#include "bench.h"

#include "base/clock.h"
#include "testing.h"

#include <errno.h>

#define OPEN_TRIES 5

static void ready(void *arg, const struct ccid_info *info)
{
    struct bench *b = arg;
    assert_null(b->info);
    assert_null(b->broken);
    b->info = info;
}

static void slot(void *arg, uint8_t n, bool present)
{
    struct bench *b = arg;
    assert_non_null(b->info);
    assert_int_not_equal(b->present[n], present);
    b->present[n] = present;
    b->changes++;
}

static void broken(void *arg, const char *reason)
{
    struct bench *b = arg;
    assert_true(strlen(reason) > 5);
    b->broken = reason;
    b->breaks++;
    assert_int_equal(b->breaks, 1);
}

struct bench *bench_new(const char *const *args)
{
    struct bench *b = calloc(1, sizeof(*b));
    assert_non_null(b);
    assert_int_equal(lk_loop_new(&b->loop), 0);
    b->emulator = emulator_start("reader", args);
    b->limit_ms = CCID_SILENCE_MS + BENCH_SLACK_MS;
    return b;
}

struct bench *bench_free(struct bench *b)
{
    bench_close(b);
    (void)emulator_free(b->emulator);
    (void)lk_loop_free(b->loop);
    free(b);
    return NULL;
}

static void took(struct bench *b, int64_t since_ms)
{
    int64_t ms = lk_clock_ms() - since_ms;
    b->worst_ms = LK_MAX(b->worst_ms, ms);
}

static void on_reset(void *arg, int status, const uint8_t *data, size_t len)
{
    int *ret = arg;
    (void)data;
    (void)len;
    *ret = status;
}

/* A kernel keeps the device as the last user left it, in the middle of an
 * answer perhaps; the firmware resets it then, too. */
static int reset(struct bench *b, struct usb_device *d)
{
    int status = 1;
    const struct usb_done done = {.fn = on_reset, .arg = &status};
    if (!emulator_on_kernel(b->emulator))
        return 0;
    int e = usb_reset(d, done);
    while (e == 0 && status > 0)
        (void)lk_loop_step(b->loop, 20000);
    return e < 0 ? e : status;
}

int bench_open(struct bench *b, enum usb_fault what, unsigned at)
{
    const struct ccid_events events = {ready, slot, broken, b};
    int e = 0;
    bench_close(b);
    struct usb_device *d = emulator_open(b->emulator, b->loop, &e);
    /* On a loaded machine a fresh emulator may be busy making its card. */
    for (int i = 0; !d && e == -ETIMEDOUT && i < OPEN_TRIES; i++)
        d = emulator_open(b->emulator, b->loop, &e);
    if (!d) {
        print_message("not opened: %d\n", e);
        return e;
    }
    e = reset(b, d);
    if (e < 0) {
        print_message("not reset: %d\n", e);
        (void)usb_free(d);
        return e;
    }
    if (what != USB_FAULT_NONE) {
        struct usb_device *wrapped = NULL;
        assert_int_equal(usb_fault_new(b->loop, d, what, at, &wrapped), 0);
        d = wrapped;
    }
    e = ccid_reader_open(b->loop, d, &events, &b->reader);
    if (e < 0) {
        (void)usb_free(d);
        return e;
    }
    b->device = d;
    int64_t since = lk_clock_ms();
    while (!b->info && !b->broken && lk_clock_ms() - since < b->limit_ms * 3)
        (void)lk_loop_step(b->loop, 20000);
    took(b, since);
    assert_true(b->info || b->broken);
    if (b->broken && what == USB_FAULT_NONE)
        print_message("broken: %s\n", b->broken);
    return b->broken ? -ENODEV : 0;
}

void bench_close(struct bench *b)
{
    b->reader = ccid_reader_free(b->reader);
    b->device = NULL;
    b->info = NULL;
    b->broken = NULL;
    b->breaks = 0;
    memset(b->present, 0, sizeof(b->present));
}

bool bench_wait(struct bench *b, const bool *flag, unsigned ms)
{
    int64_t since = lk_clock_ms();
    while (!*flag && lk_clock_ms() - since < ms)
        (void)lk_loop_step(b->loop, 20000);
    return *flag;
}

void bench_idle(struct bench *b, unsigned ms)
{
    bool never = false;
    (void)bench_wait(b, &never, ms);
}

static void ended(void *arg, int status, const uint8_t *data, size_t len)
{
    struct bench *b = arg;
    b->done++;
    b->status = status;
    b->len = len;
    assert_true(len <= sizeof(b->answer));
    if (len > 0)
        memcpy(b->answer, data, len);
}

struct ccid_done bench_done(struct bench *b)
{
    b->done = 0;
    b->len = 0;
    return (struct ccid_done){ended, b};
}

int bench_finish(struct bench *b, int started)
{
    int64_t since = lk_clock_ms();
    if (started < 0) {
        assert_int_equal(b->done, 0);
        return started;
    }
    assert_int_equal(b->done, 0); /* never inside the call */
    while (b->done == 0) {
        assert_true(lk_clock_ms() - since < b->limit_ms);
        (void)lk_loop_step(b->loop, 20000);
    }
    took(b, since);
    assert_int_equal(b->done, 1);
    assert_true(b->status == 0 || b->len == 0);
    return b->status;
}

int bench_power_on(struct bench *b, uint8_t n)
{
    return bench_finish(b, ccid_power_on(b->reader, n, bench_done(b)));
}

int bench_power_off(struct bench *b, uint8_t n)
{
    return bench_finish(b, ccid_power_off(b->reader, n, bench_done(b)));
}

static size_t unhex(const char *s, uint8_t *ret, size_t cap)
{
    size_t n = 0;
    while (s[0] && s[1]) {
        char digits[3] = {s[0], s[1], '\0'};
        char *end = digits;
        if (s[0] == ' ') {
            s++;
            continue;
        }
        assert_true(n < cap);
        ret[n++] = (uint8_t)strtoul(digits, &end, 16);
        assert_ptr_equal(end, digits + 2);
        s += 2;
    }
    return n;
}

int bench_apdu_bytes(struct bench *b, uint8_t n, const uint8_t *apdu,
                     size_t len)
{
    return bench_finish(
        b, ccid_transceive(b->reader, n, apdu, len, bench_done(b)));
}

int bench_apdu(struct bench *b, uint8_t n, const char *hex)
{
    uint8_t raw[512];
    return bench_apdu_bytes(b, n, raw, unhex(hex, raw, sizeof(raw)));
}

int bench_escape(struct bench *b, uint8_t n, const char *hex)
{
    uint8_t raw[64];
    size_t len = unhex(hex, raw, sizeof(raw));
    return bench_finish(b, ccid_escape(b->reader, n, raw, len, bench_done(b)));
}

unsigned bench_sw(const struct bench *b)
{
    if (b->len < 2)
        return 0;
    return (unsigned)b->answer[b->len - 2] << 8 | b->answer[b->len - 1];
}

#include "bench.h"

#include "base/clock.h"
#include "testing.h"

static void ready(void *arg, const struct ccid_info *info)
{
    ((struct bench *)arg)->info = info;
}

static void slot(void *arg, uint8_t n, bool present)
{
    struct bench *b = arg;
    assert_int_not_equal(b->present[n], present);
    b->present[n] = present;
    b->changes++;
}

static void broken(void *arg, const char *reason)
{
    struct bench *b = arg;
    assert_null(b->broken);
    b->broken = reason;
}

void bench_init(struct bench *b, const struct fake_config *c)
{
    memset(b, 0, sizeof(*b));
    assert_int_equal(lk_loop_new(&b->loop), 0);
    b->fake = fake_new(b->loop, c);
    b->fake->closed = &b->closed;
}

void bench_clear(struct bench *b)
{
    if (b->reader)
        b->reader = ccid_reader_free(b->reader);
    else if (!b->closed)
        (void)usb_free(&b->fake->base);
    b->loop = lk_loop_free(b->loop);
}

bool bench_until(struct bench *b, bool (*cond)(const struct bench *b))
{
    int64_t since = lk_clock_ms();
    while (!cond(b) && lk_clock_ms() - since < 5000)
        (void)lk_loop_step(b->loop, 5000);
    return cond(b);
}

void bench_settle(struct bench *b)
{
    for (unsigned i = 0; i < 50; i++)
        (void)lk_loop_step(b->loop, 0);
}

static bool opened(const struct bench *b)
{
    return b->info || b->broken;
}

int bench_open(struct bench *b)
{
    const struct ccid_events events = {ready, slot, broken, b};
    int e = ccid_reader_open(b->loop, &b->fake->base, &events, &b->reader);
    if (e < 0)
        return e;
    assert_true(bench_until(b, opened));
    return 0;
}

static void ended(void *arg, int status, const uint8_t *data, size_t len)
{
    struct bench *b = arg;
    b->done++;
    b->status = status;
    b->len = len;
    if (b->free_when_done)
        b->reader = ccid_reader_free(b->reader);
    if (len > 0)
        memcpy(b->answer, data, len);
}

struct ccid_done bench_done(struct bench *b)
{
    b->done = 0;
    return (struct ccid_done){ended, b};
}

static bool finished(const struct bench *b)
{
    return b->done > 0;
}

int bench_finish(struct bench *b, int started)
{
    if (started < 0)
        return started;
    assert_true(bench_until(b, finished));
    assert_int_equal(b->done, 1);
    return b->status;
}

int bench_power_on(struct bench *b)
{
    return bench_finish(b, ccid_power_on(b->reader, 0, bench_done(b)));
}

int bench_apdu(struct bench *b, const uint8_t *apdu, size_t len)
{
    return bench_finish(
        b, ccid_transceive(b->reader, 0, apdu, len, bench_done(b)));
}

#include "bench.h"

#include "testing.h"

static void on_done(void *arg, int status, const uint8_t *data, size_t len)
{
    struct ended *e = arg;
    e->times++;
    e->status = status;
    e->len = len;
    if (data)
        memcpy(e->data, data, LK_MIN(len, sizeof(e->data)));
    if (e->free)
        *e->free = usb_free(*e->free);
}

struct usb_done ended(struct ended *e)
{
    return (struct usb_done){.fn = on_done, .arg = e};
}

static void on_gone(void *arg)
{
    struct bench *b = arg;
    b->gone++;
}

void bench_on_gone(struct bench *b)
{
    usb_on_gone(b->d, on_gone, b);
}

static void on_opened(void *arg, int error, struct usb_device *d)
{
    struct bench *b = arg;
    b->opened++;
    b->error = error;
    b->d = d;
    b->opening = NULL;
    if (d)
        bench_on_gone(b);
}

void bench_start(struct bench *b)
{
    memset(b, 0, sizeof(*b));
    assert_int_equal(lk_loop_new(&b->loop), 0);
    peer_start(&b->peer, b->loop);
}

int bench_try_open(struct bench *b)
{
    int r =
        usb_ip_open(b->loop, b->peer.client, "1-1", on_opened, b, &b->opening);
    if (r == 0)
        b->peer.client = -1;
    return r;
}

void bench_open(struct bench *b)
{
    assert_int_equal(bench_try_open(b), 0);
}

void bench_until(struct bench *b, const int *counter, int n)
{
    for (int i = 0; i < 1000 && *counter < n; i++)
        assert_int_equal(lk_loop_step(b->loop, 20000), 0);
    assert_true(*counter >= n);
}

void bench_settle(struct bench *b)
{
    /* Each step deals with all that is ready; a question and its answer take a
     * few. */
    for (int i = 0; i < 20; i++)
        assert_int_equal(lk_loop_step(b->loop, 0), 0);
}

void bench_ready(struct bench *b)
{
    struct ended e = {0};
    bench_start(b);
    bench_open(b);
    bench_until(b, &b->opened, 1);
    assert_int_equal(b->error, 0);
    assert_int_equal(usb_claim(b->d, 0), 0);
    assert_int_equal(usb_set_alternate(b->d, 0, 1, ended(&e)), 0);
    bench_until(b, &e.times, 1);
    assert_int_equal(e.status, 0);
    assert_int_equal(b->peer.alternate, 1);
}

void bench_stop(struct bench *b)
{
    usb_opening_free(b->opening);
    b->d = usb_free(b->d);
    peer_stop(&b->peer);
    b->loop = lk_loop_free(b->loop);
}

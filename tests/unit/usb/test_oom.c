/* Every allocation fails in turn, from opening on: an error or a lost string,
 * never a leak, a crash or a transfer without an end. */
#include "bench.h"
#include "oom.h"

static void test_open(void **state)
{
    for (long i = 0;; i++) {
        struct bench b;
        bench_start(&b);
        oom_left = i;
        int r = bench_try_open(&b);
        while (r == 0 && b.opened == 0)
            assert_int_equal(lk_loop_step(b.loop, -1), 0);
        bool all = oom_left >= 0;
        oom_left = -1;
        assert_true(r == 0 || r == -ENOMEM);
        if (r == 0)
            assert_true(b.error == 0 || b.error == -ENOMEM);
        else
            assert_int_equal(b.peer.client >= 0, 1);
        bench_stop(&b);
        if (all)
            break;
        assert_true(i < 1000);
    }
    (void)state;
}

static void test_transfers(void **state)
{
    struct bench b;
    struct ended e = {0};
    struct usb_transfer *t = NULL;
    int r = 0;
    int n = 0;
    bench_ready(&b);
    OOM_SWEEP(r, usb_in(b.d, 0x81, 8, 0, ended(&e), &t));
    usb_cancel(t);
    bench_until(&b, &e.times, ++n);
    OOM_SWEEP(
        r, usb_out(b.d, 0x02, (struct usb_bytes){"x", 1}, 0, ended(&e), NULL));
    bench_until(&b, &e.times, ++n);
    OOM_SWEEP(r, usb_clear_halt(b.d, 0x81, ended(&e)));
    bench_until(&b, &e.times, ++n);
    OOM_SWEEP(r, usb_reset(b.d, ended(&e)));
    bench_until(&b, &e.times, ++n);
    bench_stop(&b);
    (void)state;
}

/* A queue that cannot grow is a refused transfer, or a dead connection where
 * half a message is out already. */
static void test_queue(void **state)
{
    static uint8_t bytes[USB_TRANSFER_BYTES_MAX];
    for (long i = 0; i < 6; i++) {
        struct bench b;
        static struct ended e[USB_TRANSFERS_MAX];
        memset(e, 0, sizeof(e));
        bench_ready(&b);
        b.peer.deaf = true;
        int started = 0;
        int r = 0;
        oom_left = i;
        while (r == 0 && started < 8) {
            r = usb_out(b.d, 0x02, (struct usb_bytes){bytes, sizeof(bytes)}, 0,
                        ended(&e[started]), NULL);
            started += r == 0;
        }
        oom_left = -1;
        assert_true(r == 0 || r == -ENOMEM || r == -ENOSPC || r == -ENODEV);
        b.peer.deaf = false;
        if (b.peer.watch)
            lk_watch_set(b.peer.watch, POLLIN);
        if (r == -ENODEV)
            bench_until(&b, &b.gone, 1);
        else if (started > 0)
            bench_until(&b, &e[started - 1].times, 1);
        for (int k = 0; k < started; k++)
            assert_int_equal(e[k].times, 1);
        bench_stop(&b);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_transfers),
        cmocka_unit_test(test_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

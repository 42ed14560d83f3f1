#include "bench.h"
#include "testing.h"
#include "usb_fault.h"

/* The peer's device, ready, with one fault at the transfer `at` from now. */
static void fault_ready(struct bench *b, enum usb_fault what, unsigned at)
{
    struct usb_device *d = NULL;
    struct ended e = {0};
    bench_start(b);
    bench_open(b);
    bench_until(b, &b->opened, 1);
    assert_int_equal(usb_fault_new(b->loop, b->d, what, at + 1, &d), 0);
    b->d = d;
    bench_on_gone(b);
    assert_int_equal(usb_claim(d, 0), 0);
    assert_int_equal(usb_set_alternate(d, 0, 1, ended(&e)), 0);
    bench_until(b, &e.times, 1);
    assert_int_equal(e.status, 0);
    assert_int_equal(usb_fault_count(d), 1);
}

static void echo(struct bench *b, const char *text, struct ended *out,
                 struct ended *in)
{
    memset(out, 0, sizeof(*out));
    memset(in, 0, sizeof(*in));
    assert_int_equal(usb_out(b->d, 0x02, (struct usb_bytes){text, strlen(text)},
                             100, ended(out), NULL),
                     0);
    bench_until(b, &out->times, 1);
    assert_int_equal(usb_in(b->d, 0x81, 512, 100, ended(in), NULL), 0);
    bench_until(b, &in->times, 1);
}

static void test_none(void **state)
{
    struct bench b;
    struct ended out;
    struct ended in;
    fault_ready(&b, USB_FAULT_NONE, 0);
    assert_string_equal(usb_product(b.d), "Peer");
    echo(&b, "abc", &out, &in);
    assert_int_equal(in.len, 3);
    assert_memory_equal(in.data, "ABC", 3);
    assert_int_equal(usb_fault_count(b.d), 3);
    assert_false(usb_fault_struck(b.d));
    bench_stop(&b);
    (void)state;
}

static void test_unplug(void **state)
{
    static const enum usb_fault kinds[] = {USB_FAULT_UNPLUG,
                                           USB_FAULT_UNPLUG_AFTER};
    for (size_t i = 0; i < LK_ARRAY_LEN(kinds); i++) {
        struct bench b;
        struct ended e = {0};
        fault_ready(&b, kinds[i], 0);
        unsigned before = b.peer.commands;
        assert_int_equal(
            usb_out(b.d, 0x02, (struct usb_bytes){"x", 1}, 0, ended(&e), NULL),
            0);
        assert_int_equal(e.times, 0);
        bench_until(&b, &b.gone, 1);
        assert_int_equal(e.times, 1);
        assert_int_equal(e.status, -ENODEV);
        bench_settle(&b);
        assert_int_equal(b.peer.commands - before, i);
        assert_int_equal(b.peer.fd, -1);
        bench_stop(&b);
    }
    (void)state;
}

static void test_stall(void **state)
{
    struct bench b;
    struct ended out;
    struct ended in;
    struct ended e = {0};
    fault_ready(&b, USB_FAULT_STALL, 1);
    echo(&b, "abc", &out, &in);
    assert_int_equal(in.status, -EPIPE);
    /* Halted until that is cleared. */
    assert_int_equal(usb_in(b.d, 0x81, 512, 0, ended(&e), NULL), 0);
    bench_until(&b, &e.times, 1);
    assert_int_equal(e.status, -EPIPE);
    assert_int_equal(usb_clear_halt(b.d, 0x81, ended(&e)), 0);
    bench_until(&b, &e.times, 2);
    assert_int_equal(usb_in(b.d, 0x81, 512, 0, ended(&e), NULL), 0);
    bench_until(&b, &e.times, 3);
    assert_int_equal(e.status, 0);
    assert_memory_equal(e.data, "ABC", 3);
    bench_stop(&b);
    (void)state;
}

static void test_short(void **state)
{
    struct bench b;
    struct ended out;
    struct ended in;
    fault_ready(&b, USB_FAULT_SHORT, 1);
    echo(&b, "abcd", &out, &in);
    assert_int_equal(in.len, 2);
    bench_stop(&b);
    fault_ready(&b, USB_FAULT_SHORT, 0);
    echo(&b, "abcd", &out, &in);
    assert_int_equal(out.len, 2);
    assert_int_equal(in.len, 2);
    assert_memory_equal(in.data, "AB", 2);
    bench_stop(&b);
    (void)state;
}

static void test_empty(void **state)
{
    struct bench b;
    struct ended out;
    struct ended in;
    struct ended e = {0};
    fault_ready(&b, USB_FAULT_EMPTY, 1);
    echo(&b, "abcd", &out, &in);
    assert_int_equal(in.status, 0);
    assert_int_equal(in.len, 0);
    assert_int_equal(usb_in(b.d, 0x81, 512, 0, ended(&e), NULL), 0);
    bench_until(&b, &e.times, 1);
    assert_int_equal(e.len, 4);
    bench_stop(&b);
    (void)state;
}

static void test_stale(void **state)
{
    struct bench b;
    struct ended out;
    struct ended in;
    struct ended e = {0};
    fault_ready(&b, USB_FAULT_STALE, 3);
    echo(&b, "old", &out, &in);
    echo(&b, "fresh", &out, &in);
    assert_true(usb_fault_struck(b.d));
    assert_int_equal(in.len, 3);
    assert_memory_equal(in.data, "OLD", 3);
    assert_int_equal(usb_in(b.d, 0x81, 512, 0, ended(&e), NULL), 0);
    bench_until(&b, &e.times, 1);
    assert_memory_equal(e.data, "FRESH", 5);
    bench_stop(&b);
    /* Nothing came before. */
    fault_ready(&b, USB_FAULT_STALE, 1);
    echo(&b, "first", &out, &in);
    assert_false(usb_fault_struck(b.d));
    assert_int_equal(in.len, 5);
    bench_stop(&b);
    (void)state;
}

static void test_timeout(void **state)
{
    struct bench b;
    struct ended e = {0};
    fault_ready(&b, USB_FAULT_TIMEOUT, 0);
    unsigned before = b.peer.commands;
    assert_int_equal(
        usb_out(b.d, 0x02, (struct usb_bytes){"x", 1}, 5, ended(&e), NULL), 0);
    bench_until(&b, &e.times, 1);
    assert_int_equal(e.status, -ETIMEDOUT);
    assert_int_equal(b.peer.commands, before);
    bench_stop(&b);
    (void)state;
}

/* The wrapped device's own end and cancelling go through. */
static void test_passes(void **state)
{
    struct bench b;
    struct ended e = {0};
    struct ended f = {0};
    struct usb_transfer *t = NULL;
    fault_ready(&b, USB_FAULT_NONE, 0);
    assert_int_equal(usb_in(b.d, 0x83, 8, 0, ended(&e), &t), 0);
    usb_cancel(t);
    bench_until(&b, &e.times, 1);
    assert_int_equal(e.status, -ECANCELED);
    assert_int_equal(usb_reset(b.d, ended(&e)), 0);
    bench_until(&b, &e.times, 2);
    assert_int_equal(usb_in(b.d, 0x81, 8, 0, ended(&f), NULL), -ENOENT);
    peer_hang_up(&b.peer);
    bench_until(&b, &b.gone, 1);
    assert_string_equal(usb_gone_why(b.d), "unplugged");
    bench_stop(&b);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none),    cmocka_unit_test(test_unplug),
        cmocka_unit_test(test_stall),   cmocka_unit_test(test_short),
        cmocka_unit_test(test_empty),   cmocka_unit_test(test_stale),
        cmocka_unit_test(test_timeout), cmocka_unit_test(test_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

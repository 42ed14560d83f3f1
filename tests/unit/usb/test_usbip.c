#include "bench.h"
#include "testing.h"

static void test_opens(void **state)
{
    struct bench b;
    bench_start(&b);
    bench_open(&b);
    assert_int_equal(b.opened, 0);
    bench_until(&b, &b.opened, 1);
    assert_int_equal(b.error, 0);
    const struct usb_descriptors *d = usb_descriptors(b.d);
    assert_int_equal(d->vendor, 0x1209);
    assert_int_equal(d->product, 0x0002);
    assert_int_equal(d->version, 0x1234);
    assert_int_equal(d->alternates, 2);
    assert_string_equal(usb_manufacturer(b.d), "Luuk");
    assert_string_equal(usb_product(b.d), "Peer");
    assert_string_equal(usb_serial(b.d), "42");
    assert_null(usb_gone_why(b.d));
    bench_stop(&b);
    (void)state;
}

static void test_refused(void **state)
{
    struct bench b;
    bench_start(&b);
    b.peer.refuse = true;
    bench_open(&b);
    bench_until(&b, &b.opened, 1);
    assert_int_equal(b.error, -ENODEV);
    assert_null(b.d);
    bench_stop(&b);
    (void)state;
}

static void test_bad_arguments(void **state)
{
    struct bench b;
    bench_start(&b);
    struct usb_opening *o = NULL;
    assert_int_equal(usb_ip_open(b.loop, b.peer.client, "", NULL, NULL, &o),
                     -EINVAL);
    assert_int_equal(usb_ip_open(b.loop, b.peer.client,
                                 "12345678901234567890123456789012", NULL, NULL,
                                 &o),
                     -EINVAL);
    assert_null(o);
    bench_stop(&b);
    (void)state;
}

static void test_given_up(void **state)
{
    struct bench b;
    bench_start(&b);
    bench_open(&b);
    for (int i = 0; i < 3; i++)
        assert_int_equal(lk_loop_step(b.loop, 0), 0);
    b.opening = usb_opening_free(b.opening);
    bench_settle(&b);
    assert_int_equal(b.opened, 0);
    assert_int_equal(b.peer.fd, -1);
    bench_stop(&b);
    (void)state;
}

static void test_echo(void **state)
{
    struct bench b;
    bench_ready(&b);
    struct ended out = {0};
    struct ended in = {0};
    assert_int_equal(usb_out(b.d, 0x02, (struct usb_bytes){"hei", 3}, 1000,
                             ended(&out), NULL),
                     0);
    assert_int_equal(usb_in(b.d, 0x81, 512, 1000, ended(&in), NULL), 0);
    assert_int_equal(out.times + in.times, 0);
    bench_until(&b, &in.times, 1);
    assert_int_equal(out.times, 1);
    assert_int_equal(out.status, 0);
    assert_int_equal(out.len, 3);
    assert_int_equal(in.status, 0);
    assert_int_equal(in.len, 3);
    assert_memory_equal(in.data, "HEI", 3);
    bench_stop(&b);
    (void)state;
}

/* More than the socket takes at once, in both directions. */
static void test_long(void **state)
{
    struct bench b;
    bench_ready(&b);
    static uint8_t bytes[USB_TRANSFER_BYTES_MAX];
    for (int i = 0; i < 3; i++) {
        struct ended out = {0};
        struct ended in = {0};
        memset(bytes, 'a' + i, sizeof(bytes));
        assert_int_equal(usb_in(b.d, 0x81, sizeof(bytes), 0, ended(&in), NULL),
                         0);
        assert_int_equal(usb_out(b.d, 0x02,
                                 (struct usb_bytes){bytes, sizeof(bytes)}, 0,
                                 ended(&out), NULL),
                         0);
        bench_until(&b, &in.times, 1);
        assert_int_equal(in.status, 0);
        assert_int_equal(in.len, sizeof(bytes));
        assert_int_equal(in.data[255], 'A' + i);
    }
    bench_stop(&b);
    (void)state;
}

static void test_arguments(void **state)
{
    struct bench b;
    bench_start(&b);
    bench_open(&b);
    bench_until(&b, &b.opened, 1);
    struct ended e = {0};
    struct usb_setup s = {.type = 0x80, .length = 4097};
    struct usb_done none = {0};
    static uint8_t big[USB_TRANSFER_BYTES_MAX + 1];
    /* Nothing is claimed. */
    assert_int_equal(usb_in(b.d, 0x81, 8, 0, ended(&e), NULL), -ENOENT);
    assert_int_equal(usb_set_alternate(b.d, 0, 1, ended(&e)), -ENOENT);
    assert_int_equal(usb_claim(b.d, 1), -ENOENT);
    assert_int_equal(usb_claim(b.d, 0), 0);
    /* Alternate 0 has no endpoints. */
    assert_int_equal(usb_in(b.d, 0x81, 8, 0, ended(&e), NULL), -ENOENT);
    assert_int_equal(usb_clear_halt(b.d, 0x81, ended(&e)), -ENOENT);
    assert_int_equal(usb_set_alternate(b.d, 0, 7, ended(&e)), -ENOENT);
    assert_int_equal(usb_set_alternate(b.d, 40, 0, ended(&e)), -ENOENT);
    assert_int_equal(usb_set_alternate(b.d, 0, 1, ended(&e)), 0);
    bench_until(&b, &e.times, 1);
    assert_int_equal(usb_in(b.d, 0x02, 8, 0, ended(&e), NULL), -EINVAL);
    assert_int_equal(usb_in(b.d, 0x81, 0, 0, ended(&e), NULL), -EINVAL);
    assert_int_equal(usb_in(b.d, 0x81, 8, 0, none, NULL), -EINVAL);
    assert_int_equal(
        usb_out(b.d, 0x81, (struct usb_bytes){"", 0}, 0, ended(&e), NULL),
        -EINVAL);
    assert_int_equal(
        usb_out(b.d, 0x02, (struct usb_bytes){NULL, 1}, 0, ended(&e), NULL),
        -EINVAL);
    assert_int_equal(
        usb_out(b.d, 0x04, (struct usb_bytes){"", 0}, 0, ended(&e), NULL),
        -ENOENT);
    assert_int_equal(usb_out(b.d, 0x02, (struct usb_bytes){big, sizeof(big)}, 0,
                             ended(&e), NULL),
                     -EMSGSIZE);
    assert_int_equal(usb_control(b.d, &s, NULL, 0, ended(&e), NULL), -EMSGSIZE);
    s.type = 0;
    s.length = 1;
    assert_int_equal(usb_control(b.d, &s, NULL, 0, ended(&e), NULL), -EINVAL);
    assert_int_equal(e.times, 1);
    bench_stop(&b);
    (void)state;
}

static void test_empty_out(void **state)
{
    struct bench b;
    bench_ready(&b);
    struct ended out = {0};
    struct ended in = {0};
    assert_int_equal(usb_in(b.d, 0x81, 512, 0, ended(&in), NULL), 0);
    assert_int_equal(
        usb_out(b.d, 0x02, (struct usb_bytes){NULL, 0}, 0, ended(&out), NULL),
        0);
    bench_until(&b, &in.times, 1);
    assert_int_equal(out.status, 0);
    assert_int_equal(in.status, 0);
    assert_int_equal(in.len, 0);
    bench_stop(&b);
    (void)state;
}

static void test_cancel(void **state)
{
    struct bench b;
    bench_ready(&b);
    struct ended e = {0};
    struct usb_transfer *t = NULL;
    assert_int_equal(usb_in(b.d, 0x83, 8, 0, ended(&e), &t), 0);
    bench_settle(&b);
    usb_cancel(t);
    usb_cancel(t); /* once is enough */
    assert_int_equal(e.times, 0);
    bench_until(&b, &e.times, 1);
    assert_int_equal(e.status, -ECANCELED);
    assert_int_equal(b.peer.unlinks, 1);
    usb_cancel(NULL);
    bench_stop(&b);
    (void)state;
}

static void test_timeout(void **state)
{
    struct bench b;
    bench_ready(&b);
    struct ended e = {0};
    assert_int_equal(usb_in(b.d, 0x83, 8, 5, ended(&e), NULL), 0);
    bench_until(&b, &e.times, 1);
    assert_int_equal(e.status, -ETIMEDOUT);
    assert_int_equal(b.gone, 0);
    bench_stop(&b);
    (void)state;
}

static bool ignore_unlinks(struct peer *p, const struct peer_command *c)
{
    (void)p;
    return c->command == 2;
}

/* A server that gives a transfer back neither by an answer nor when asked. */
static void test_deaf(void **state)
{
    struct bench b;
    bench_ready(&b);
    b.peer.hook = ignore_unlinks;
    struct ended e = {0};
    assert_int_equal(usb_in(b.d, 0x83, 8, 5, ended(&e), NULL), 0);
    bench_until(&b, &b.gone, 1);
    assert_int_equal(e.times, 1);
    assert_int_equal(e.status, -ENODEV);
    assert_string_equal(usb_gone_why(b.d), "does not give back a transfer");
    bench_stop(&b);
    (void)state;
}

static void test_unplugged(void **state)
{
    struct bench b;
    bench_ready(&b);
    struct ended e[3] = {0};
    assert_int_equal(usb_in(b.d, 0x83, 8, 0, ended(&e[0]), NULL), 0);
    assert_int_equal(usb_in(b.d, 0x81, 8, 0, ended(&e[1]), NULL), 0);
    bench_settle(&b);
    peer_hang_up(&b.peer);
    bench_until(&b, &b.gone, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(e[i].times, 1);
        assert_int_equal(e[i].status, -ENODEV);
    }
    assert_string_equal(usb_gone_why(b.d), "unplugged");
    assert_int_equal(usb_in(b.d, 0x81, 8, 0, ended(&e[2]), NULL), -ENODEV);
    assert_int_equal(usb_claim(b.d, 0), -ENODEV);
    assert_int_equal(usb_reset(b.d, ended(&e[2])), -ENODEV);
    bench_settle(&b);
    assert_int_equal(b.gone, 1);
    bench_stop(&b);
    (void)state;
}

static void test_freed_inside(void **state)
{
    struct bench b;
    bench_ready(&b);
    struct ended in = {.free = &b.d};
    struct ended other = {0};
    struct ended out = {0};
    assert_int_equal(usb_in(b.d, 0x83, 8, 0, ended(&other), NULL), 0);
    assert_int_equal(usb_in(b.d, 0x81, 8, 0, ended(&in), NULL), 0);
    assert_int_equal(
        usb_out(b.d, 0x02, (struct usb_bytes){"x", 1}, 0, ended(&out), NULL),
        0);
    bench_until(&b, &in.times, 1);
    assert_null(b.d);
    bench_settle(&b);
    assert_int_equal(other.times, 0);
    bench_stop(&b);
    (void)state;
}

static void test_many(void **state)
{
    struct bench b;
    bench_ready(&b);
    static struct ended e[USB_TRANSFERS_MAX];
    memset(e, 0, sizeof(e));
    for (size_t i = 0; i < USB_TRANSFERS_MAX; i++)
        assert_int_equal(usb_in(b.d, 0x83, 8, 0, ended(&e[i]), NULL), 0);
    struct ended one = {0};
    assert_int_equal(usb_in(b.d, 0x83, 8, 0, ended(&one), NULL), -ENOSPC);
    assert_int_equal(usb_reset(b.d, ended(&one)), -ENOSPC);
    bench_stop(&b);
    (void)state;
}

/* What waits for a server that does not read has a ceiling. */
static void test_does_not_read(void **state)
{
    struct bench b;
    bench_ready(&b);
    b.peer.deaf = true;
    static uint8_t bytes[USB_TRANSFER_BYTES_MAX];
    static struct ended e[USB_TRANSFERS_MAX];
    memset(e, 0, sizeof(e));
    int started = 0;
    int r = 0;
    while ((r = usb_out(b.d, 0x02, (struct usb_bytes){bytes, sizeof(bytes)}, 0,
                        ended(&e[started]), NULL)) == 0)
        started++;
    assert_int_equal(r, -ENOSPC);
    assert_in_range(started, 4, USB_TRANSFERS_MAX - 1);
    /* It reads again: all arrive. */
    b.peer.deaf = false;
    lk_watch_set(b.peer.watch, POLLIN);
    bench_until(&b, &e[started - 1].times, 1);
    for (int i = 0; i < started; i++)
        assert_int_equal(e[i].status, 0);
    bench_stop(&b);
    (void)state;
}

static void test_halt_and_reset(void **state)
{
    struct bench b;
    bench_ready(&b);
    struct ended e = {0};
    assert_int_equal(usb_clear_halt(b.d, 0x81, ended(&e)), 0);
    bench_until(&b, &e.times, 1);
    assert_int_equal(e.status, 0);
    assert_int_equal(usb_reset(b.d, ended(&e)), 0);
    bench_until(&b, &e.times, 2);
    assert_int_equal(e.status, 0);
    assert_int_equal(b.peer.alternate, 0);
    /* All has to be chosen anew. */
    assert_int_equal(usb_in(b.d, 0x81, 8, 0, ended(&e), NULL), -ENOENT);
    assert_int_equal(usb_set_alternate(b.d, 0, 1, ended(&e)), -ENOENT);
    assert_int_equal(usb_claim(b.d, 0), 0);
    assert_int_equal(usb_set_alternate(b.d, 0, 1, ended(&e)), 0);
    bench_until(&b, &e.times, 3);
    assert_int_equal(usb_in(b.d, 0x81, 8, 0, ended(&e), NULL), 0);
    bench_stop(&b);
    (void)state;
}

static int32_t stall_status;

static bool answer_badly(struct peer *p, const struct peer_command *c)
{
    if (c->command != 1 || c->endpoint != 1)
        return false;
    peer_return(p, c->seq, stall_status, NULL, 0, 0);
    return true;
}

static void test_statuses(void **state)
{
    static const struct {
        int32_t theirs;
        int ours;
    } cases[] = {
        {-32, -EPIPE}, {-75, -EOVERFLOW}, {-110, -ETIMEDOUT}, {-71, -EIO},
        {-104, -EIO},  {-2, -EIO},        {-121, -EIO},
    };
    struct bench b;
    bench_ready(&b);
    b.peer.hook = answer_badly;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct ended e = {0};
        stall_status = cases[i].theirs;
        assert_int_equal(usb_in(b.d, 0x81, 8, 0, ended(&e), NULL), 0);
        bench_until(&b, &e.times, 1);
        assert_int_equal(e.status, cases[i].ours);
    }
    struct ended e = {0};
    stall_status = -108;
    assert_int_equal(usb_in(b.d, 0x81, 8, 0, ended(&e), NULL), 0);
    bench_until(&b, &b.gone, 1);
    assert_int_equal(e.status, -ENODEV);
    bench_stop(&b);
    (void)state;
}

/* Who asks to be told after the device is gone is told all the same. */
static void count_gone(void *arg)
{
    ++*(int *)arg;
}

static void test_late_listener(void **state)
{
    struct bench b;
    bench_ready(&b);
    peer_hang_up(&b.peer);
    bench_until(&b, &b.gone, 1);
    int gone = 0;
    usb_on_gone(b.d, count_gone, &gone);
    assert_int_equal(gone, 0);
    bench_until(&b, &gone, 1);
    usb_on_gone(b.d, NULL, NULL);
    bench_settle(&b);
    assert_int_equal(gone, 1);
    bench_stop(&b);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opens),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_given_up),
        cmocka_unit_test(test_echo),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_empty_out),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_deaf),
        cmocka_unit_test(test_unplugged),
        cmocka_unit_test(test_freed_inside),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_does_not_read),
        cmocka_unit_test(test_halt_and_reset),
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_late_listener),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

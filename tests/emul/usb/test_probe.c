/* What every back end of drivers/usb has to do, tried on an emulated device: a
 * card reader or a scanner (argument). Over USB/IP on the host, over a kernel's
 * usbfs in a guest: see emulator.h. */
#include "emulator.h"
#include "testing.h"

#include "base/clock.h"

#include <errno.h>

#define LONG_MS 5000 /* never reached but when something is wrong */
#define MANY 8

/* How one transfer ended. */
struct ended {
    int times;
    int status;
    size_t len;
    uint8_t data[512];
};

struct probe {
    const char *kind;
    struct emulator *emulator;
    struct lk_loop *loop;
    struct usb_device *d;
    const struct usb_alternate *a;
    uint8_t in; /* endpoints */
    uint8_t out;
    uint8_t interrupt; /* 0: none */
    uint8_t seq;
    int gone;
};

static struct probe probe;

static void on_done(void *arg, int status, const uint8_t *data, size_t len)
{
    struct ended *e = arg;
    e->times++;
    e->status = status;
    e->len = len;
    if (data)
        memcpy(e->data, data, LK_MIN(len, sizeof(e->data)));
}

static struct usb_done ended(struct ended *e)
{
    return (struct usb_done){.fn = on_done, .arg = e};
}

static void until(const int *counter, int n)
{
    int64_t limit_us = lk_clock_us() + (int64_t)LONG_MS * 1000;
    while (*counter < n && lk_clock_us() < limit_us)
        assert_int_equal(lk_loop_step(probe.loop, 50000), 0);
    assert_int_equal(*counter, n);
}

/* Runs the loop for what is under way on the other side to arrive there. */
static void settle(void)
{
    for (int i = 0; i < 5; i++)
        assert_int_equal(lk_loop_step(probe.loop, 5000), 0);
}

static void on_gone(void *arg)
{
    struct probe *p = arg;
    p->gone++;
}

static void choose(struct probe *p)
{
    const struct usb_descriptors *d = usb_descriptors(p->d);
    bool reader = strcmp(p->kind, "reader") == 0;
    p->a = reader ? usb_alternate_next(d, NULL, 11, -1, -1)
                  : usb_alternate_next(d, NULL, 7, 1, 4);
    assert_non_null(p->a);
    const struct usb_endpoint *in =
        usb_endpoint_of(p->a, USB_ENDPOINT_BULK, true);
    const struct usb_endpoint *out =
        usb_endpoint_of(p->a, USB_ENDPOINT_BULK, false);
    const struct usb_endpoint *interrupt =
        usb_endpoint_of(p->a, USB_ENDPOINT_INTERRUPT, true);
    assert_non_null(in);
    assert_non_null(out);
    p->in = in->address;
    p->out = out->address;
    p->interrupt = interrupt ? interrupt->address : 0;
}

static void set_alternate(uint8_t alternate)
{
    struct ended e = {0};
    assert_int_equal(
        usb_set_alternate(probe.d, probe.a->interface, alternate, ended(&e)),
        0);
    until(&e.times, 1);
    assert_int_equal(e.status, 0);
}

static void claim(void)
{
    assert_int_equal(usb_claim(probe.d, probe.a->interface), 0);
    if (probe.a->alternate != 0)
        set_alternate(probe.a->alternate);
}

static int open_device(void **state)
{
    int error = 0;
    assert_int_equal(lk_loop_new(&probe.loop), 0);
    probe.gone = 0;
    probe.d = emulator_open(probe.emulator, probe.loop, &error);
    assert_int_equal(error, 0);
    usb_on_gone(probe.d, on_gone, &probe);
    choose(&probe);
    claim();
    (void)state;
    return 0;
}

static int close_device(void **state)
{
    probe.d = usb_free(probe.d);
    probe.loop = lk_loop_free(probe.loop);
    (void)state;
    return 0;
}

/* --- a question that the device answers --- */

static size_t question(uint8_t *ret)
{
    static const char http[] = "GET /eSCL/ScannerStatus HTTP/1.1\r\n"
                               "Host: localhost\r\n\r\n";
    if (strcmp(probe.kind, "scanner") == 0) {
        memcpy(ret, http, sizeof(http) - 1);
        return sizeof(http) - 1;
    }
    /* PC_to_RDR_GetSlotStatus (CCID 1.1, 6.1.3) */
    memset(ret, 0, 10);
    ret[0] = 0x65;
    ret[6] = ++probe.seq;
    return 10;
}

static void check_answer(const struct ended *e)
{
    assert_int_equal(e->status, 0);
    if (strcmp(probe.kind, "scanner") == 0) {
        assert_true(e->len > 12);
        assert_memory_equal(e->data, "HTTP/1.1 200", 12);
        return;
    }
    assert_int_equal(e->len, 10);
    assert_int_equal(e->data[0], 0x81);
    assert_int_equal(e->data[6], probe.seq);
}

/* Takes what belongs to an answer that came in several messages: an HTTP
 * answer's body. */
static void drain(void)
{
    struct ended e = {0};
    while (strcmp(probe.kind, "scanner") == 0 && e.status == 0) {
        e.times = 0;
        assert_int_equal(usb_in(probe.d, probe.in, 4096, 150, ended(&e), NULL),
                         0);
        until(&e.times, 1);
    }
}

static void exchange(void)
{
    uint8_t bytes[128];
    struct ended out = {0};
    struct ended in = {0};
    size_t len = question(bytes);
    assert_int_equal(usb_out(probe.d, probe.out, (struct usb_bytes){bytes, len},
                             LONG_MS, ended(&out), NULL),
                     0);
    until(&out.times, 1);
    assert_int_equal(out.status, 0);
    assert_int_equal(out.len, len);
    assert_int_equal(usb_in(probe.d, probe.in, 4096, LONG_MS, ended(&in), NULL),
                     0);
    until(&in.times, 1);
    check_answer(&in);
    drain();
}

/* --- the tests --- */

static void test_describes(void **state)
{
    const struct usb_descriptors *d = usb_descriptors(probe.d);
    assert_int_not_equal(d->vendor, 0);
    assert_true(usb_product(probe.d)[0] != '\0');
    assert_int_equal(usb_claim(probe.d, 31), -ENOENT);
    (void)state;
}

static void test_control(void **state)
{
    struct ended e = {0};
    struct usb_setup status = {.type = 0x80, .length = 2};
    struct usb_setup unknown = {.type = 0xc0, .request = 0x7e, .length = 8};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(
            usb_control(probe.d, &status, NULL, LONG_MS, ended(&e), NULL), 0);
        until(&e.times, 2 * i + 1);
        assert_int_equal(e.status, 0);
        assert_int_equal(e.len, 2);
        assert_int_equal(
            usb_control(probe.d, &unknown, NULL, LONG_MS, ended(&e), NULL), 0);
        until(&e.times, 2 * i + 2);
        assert_int_equal(e.status, -EPIPE);
    }
    (void)state;
}

static void test_alternates(void **state)
{
    struct ended e = {0};
    if (probe.a->alternate == 0)
        return;
    set_alternate(0);
    set_alternate(probe.a->alternate);
    exchange();
    assert_int_equal(
        usb_set_alternate(probe.d, probe.a->interface, 99, ended(&e)), -ENOENT);
    (void)state;
}

static void test_bulk(void **state)
{
    for (int i = 0; i < 10; i++)
        exchange();
    (void)state;
}

static void test_cancel(void **state)
{
    struct usb_transfer *t[MANY] = {NULL};
    struct ended e[MANY] = {0};
    for (int i = 0; i < MANY; i++)
        assert_int_equal(
            usb_in(probe.d, probe.in, 4096, 0, ended(&e[i]), &t[i]), 0);
    settle();
    for (int i = MANY - 1; i >= 0; i--)
        usb_cancel(t[i]);
    for (int i = 0; i < MANY; i++) {
        until(&e[i].times, 1);
        assert_int_equal(e[i].status, -ECANCELED);
        assert_int_equal(e[i].len, 0);
    }
    exchange();
    (void)state;
}

static void test_timeout(void **state)
{
    struct ended e = {0};
    assert_int_equal(usb_in(probe.d, probe.in, 4096, 20, ended(&e), NULL), 0);
    until(&e.times, 1);
    assert_int_equal(e.status, -ETIMEDOUT);
    exchange();
    (void)state;
}

/* A reader says by itself which cards it has when it is started. */
static void drain_interrupt(void)
{
    struct ended e = {0};
    while (probe.interrupt != 0 && e.status == 0) {
        e.times = 0;
        assert_int_equal(
            usb_in(probe.d, probe.interrupt, 8, 50, ended(&e), NULL), 0);
        until(&e.times, 1);
    }
}

static void test_interrupt(void **state)
{
    struct ended e = {0};
    if (probe.interrupt == 0)
        return;
    drain_interrupt();
    assert_int_equal(
        usb_in(probe.d, probe.interrupt, 8, LONG_MS, ended(&e), NULL), 0);
    settle();
    (void)emulator_command(probe.emulator, "card remove");
    until(&e.times, 1);
    assert_int_equal(e.status, 0);
    assert_true(e.len >= 2);
    assert_int_equal(e.data[0], 0x50); /* RDR_to_PC_NotifySlotChange */
    (void)emulator_command(probe.emulator, "card insert");
    (void)state;
}

static void test_halt(void **state)
{
    uint8_t bytes[128];
    size_t len = question(bytes);
    struct ended e = {0};
    (void)emulator_command(probe.emulator, "fault stall-at 1");
    assert_int_equal(usb_out(probe.d, probe.out, (struct usb_bytes){bytes, len},
                             LONG_MS, ended(&e), NULL),
                     0);
    until(&e.times, 1);
    assert_int_equal(e.status, -EPIPE);
    assert_int_equal(usb_clear_halt(probe.d, probe.out, ended(&e)), 0);
    until(&e.times, 2);
    assert_int_equal(e.status, 0);
    (void)emulator_command(probe.emulator, "fault none");
    exchange();
    (void)state;
}

static void test_silent(void **state)
{
    uint8_t bytes[128];
    size_t len = question(bytes);
    struct ended e = {0};
    (void)emulator_command(probe.emulator, "fault silent-at 1");
    assert_int_equal(usb_out(probe.d, probe.out, (struct usb_bytes){bytes, len},
                             50, ended(&e), NULL),
                     0);
    until(&e.times, 1);
    assert_int_equal(e.status, -ETIMEDOUT);
    (void)emulator_command(probe.emulator, "fault none");
    exchange();
    (void)state;
}

static void test_reset(void **state)
{
    struct ended e = {0};
    struct ended in = {0};
    exchange();
    assert_int_equal(usb_reset(probe.d, ended(&e)), 0);
    until(&e.times, 1);
    assert_int_equal(e.status, 0);
    /* All has to be chosen anew. */
    assert_int_equal(usb_in(probe.d, probe.in, 8, 0, ended(&in), NULL),
                     -ENOENT);
    claim();
    exchange();
    (void)state;
}

static void test_unplug(void **state)
{
    struct ended e[2] = {0};
    drain_interrupt();
    assert_int_equal(usb_in(probe.d, probe.in, 4096, 0, ended(&e[0]), NULL), 0);
    if (probe.interrupt != 0)
        assert_int_equal(
            usb_in(probe.d, probe.interrupt, 8, 0, ended(&e[1]), NULL), 0);
    settle();
    (void)emulator_command(probe.emulator, "unplug");
    until(&probe.gone, 1);
    assert_int_equal(e[0].times, 1);
    assert_int_equal(e[0].status, -ENODEV);
    if (probe.interrupt != 0)
        assert_int_equal(e[1].status, -ENODEV);
    assert_string_equal(usb_gone_why(probe.d), "unplugged");
    assert_int_equal(usb_in(probe.d, probe.in, 8, 0, ended(&e[0]), NULL),
                     -ENODEV);
    close_device(NULL);
    (void)emulator_command(probe.emulator, "plug");
    open_device(NULL);
    exchange();
    (void)state;
}

/* Nothing is under way when it is pulled out: that is noticed all the same. */
static void test_unplug_idle(void **state)
{
    (void)emulator_command(probe.emulator, "unplug");
    until(&probe.gone, 1);
    close_device(NULL);
    (void)emulator_command(probe.emulator, "plug");
    open_device(NULL);
    exchange();
    (void)state;
}

/* Closed with everything under way, and opened again at once. */
static void test_reopen(void **state)
{
    for (int i = 0; i < 3; i++) {
        struct ended e[MANY + 1] = {0};
        for (int k = 0; k < MANY; k++)
            assert_int_equal(
                usb_in(probe.d, probe.in, 4096, 0, ended(&e[k]), NULL), 0);
        assert_int_equal(usb_set_alternate(probe.d, probe.a->interface,
                                           probe.a->alternate, ended(&e[MANY])),
                         0);
        probe.d = usb_free(probe.d);
        settle();
        for (int k = 0; k <= MANY; k++)
            assert_int_equal(e[k].times, 0);
        close_device(NULL);
        open_device(NULL);
    }
    exchange();
    (void)state;
}

static int stop(void **state)
{
    probe.emulator = emulator_free(probe.emulator);
    (void)state;
    return 0;
}

static int start(void **state)
{
    probe.emulator = emulator_start(probe.kind, NULL);
    (void)state;
    return 0;
}

#define DEVICE_TEST(name) \
    cmocka_unit_test_setup_teardown(name, open_device, close_device)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(test_describes),  DEVICE_TEST(test_control),
        DEVICE_TEST(test_alternates), DEVICE_TEST(test_bulk),
        DEVICE_TEST(test_cancel),     DEVICE_TEST(test_timeout),
        DEVICE_TEST(test_interrupt),  DEVICE_TEST(test_halt),
        DEVICE_TEST(test_silent),     DEVICE_TEST(test_reset),
        DEVICE_TEST(test_unplug),     DEVICE_TEST(test_unplug_idle),
        DEVICE_TEST(test_reopen),
    };
    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s reader|scanner\n", argv[0]);
        return 2;
    }
    probe.kind = argv[1];
    return cmocka_run_group_tests_name(argv[1], tests, start, stop);
}

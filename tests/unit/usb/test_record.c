#include "bench.h"
#include "testing.h"
#include "usb/record.h"

#include "usb/record_text.h"

#define LOG_MAX ((size_t)1 << 20)

static struct lk_buf *recording;

/* What the "driver" does, on whatever device: the same each time. */
static void drive(struct bench *b, struct ended e[6])
{
    struct usb_transfer *t = NULL;
    struct usb_setup s = {.type = 0x80, .length = 2};
    struct usb_setup bad = {.type = 0xc0, .request = 9, .length = 4};
    memset(e, 0, 6 * sizeof(*e));
    assert_int_equal(usb_claim(b->d, 0), 0);
    assert_int_equal(usb_set_alternate(b->d, 0, 1, ended(&e[0])), 0);
    bench_until(b, &e[0].times, 1);
    assert_int_equal(usb_in(b->d, 0x83, 8, 0, ended(&e[1]), &t), 0);
    assert_int_equal(usb_out(b->d, 0x02, (struct usb_bytes){"kissa", 5}, 0,
                             ended(&e[2]), NULL),
                     0);
    assert_int_equal(usb_in(b->d, 0x81, 512, 0, ended(&e[3]), NULL), 0);
    bench_until(b, &e[3].times, 1);
    usb_cancel(t);
    bench_until(b, &e[1].times, 1);
    assert_int_equal(usb_control(b->d, &s, NULL, 0, ended(&e[4]), NULL), 0);
    bench_until(b, &e[4].times, 1);
    assert_int_equal(usb_control(b->d, &bad, NULL, 0, ended(&e[5]), NULL), 0);
    bench_until(b, &e[5].times, 1);
}

static void check(const struct ended e[6])
{
    static const int statuses[6] = {0, -ECANCELED, 0, 0, 0, -EPIPE};
    for (int i = 0; i < 6; i++) {
        assert_int_equal(e[i].times, 1);
        assert_int_equal(e[i].status, statuses[i]);
    }
    assert_int_equal(e[2].len, 5);
    assert_int_equal(e[3].len, 5);
    assert_memory_equal(e[3].data, "KISSA", 5);
    assert_int_equal(e[4].len, 2);
}

static void open_recorder(struct bench *b, size_t limit)
{
    struct usb_device *d = NULL;
    bench_start(b);
    bench_open(b);
    bench_until(b, &b->opened, 1);
    recording = lk_buf_free(recording);
    assert_int_equal(lk_buf_new(limit, &recording), 0);
    assert_int_equal(usb_record_new(b->loop, b->d, recording, &d), 0);
    b->d = d;
    bench_on_gone(b);
}

static void open_replay(struct bench *b, const char *log, size_t len)
{
    bench_start(b);
    assert_int_equal(usb_replay_new(b->loop, log, len, &b->d), 0);
    bench_on_gone(b);
}

static void test_record(void **state)
{
    struct bench b;
    struct ended e[6];
    open_recorder(&b, LOG_MAX);
    drive(&b, e);
    check(e);
    assert_false(usb_record_cut(b.d));
    peer_hang_up(&b.peer);
    bench_until(&b, &b.gone, 1);
    bench_stop(&b);
    const char *log = lk_buf_str(recording);
    assert_non_null(strstr(log, "luukku-usb 1\n"));
    assert_non_null(strstr(log, "\nstring 1 Peer\n"));
    assert_non_null(strstr(log, "\nclaim 0 0\n> 0 alternate 00 0 "));
    assert_non_null(strstr(log, "\n> 2 bulk 02 5 - 6b69737361\n"));
    assert_non_null(strstr(log, "\n< 3 0 5 4b49535341\n"));
    assert_non_null(strstr(log, "\nx 1\n< 1 ECANCELED 0 -\n"));
    assert_non_null(strstr(log, " EPIPE 0 -\n"));
    assert_non_null(strstr(log, "\ngone unplugged\n"));
    (void)state;
}

static void test_replay(void **state)
{
    struct bench b;
    struct ended e[6];
    open_replay(&b, lk_buf_str(recording), recording->len);
    assert_string_equal(usb_product(b.d), "Peer");
    assert_int_equal(usb_descriptors(b.d)->vendor, 0x1209);
    drive(&b, e);
    check(e);
    bench_until(&b, &b.gone, 1);
    assert_string_equal(usb_replay_diverged(b.d), "");
    assert_true(usb_replay_over(b.d));
    bench_stop(&b);
    (void)state;
}

/* A driver that does something else is told so at once. */
static void test_diverges(void **state)
{
    for (int i = 0; i < 5; i++) {
        struct bench b;
        struct ended e = {0};
        struct ended f = {0};
        struct usb_transfer *t = NULL;
        open_replay(&b, lk_buf_str(recording), recording->len);
        assert_int_equal(usb_claim(b.d, 0), 0);
        assert_int_equal(usb_set_alternate(b.d, 0, 1, ended(&f)), 0);
        bench_until(&b, &f.times, 1);
        if (i == 0) { /* another length */
            assert_int_equal(usb_in(b.d, 0x83, 9, 0, ended(&e), NULL), 0);
        } else if (i == 1) { /* another endpoint */
            assert_int_equal(usb_in(b.d, 0x81, 8, 0, ended(&e), NULL), 0);
        } else if (i == 2) { /* other bytes */
            assert_int_equal(usb_in(b.d, 0x83, 8, 0, ended(&f), NULL), 0);
            assert_int_equal(usb_out(b.d, 0x02, (struct usb_bytes){"koira", 5},
                                     0, ended(&e), NULL),
                             0);
        } else if (i == 3) { /* a second claim */
            assert_int_equal(usb_claim(b.d, 0), -ENODEV);
            e.times = 1;
            e.status = -ENODEV;
        } else { /* gives up what was waited for */
            assert_int_equal(usb_in(b.d, 0x83, 8, 0, ended(&f), NULL), 0);
            assert_int_equal(usb_out(b.d, 0x02, (struct usb_bytes){"kissa", 5},
                                     0, ended(&e), &t),
                             0);
            usb_cancel(t);
        }
        bench_until(&b, &b.gone, 1);
        assert_int_equal(e.times, 1);
        assert_int_equal(e.status, -ENODEV);
        assert_string_equal(usb_gone_why(b.d), "differs from the recording");
        assert_non_null(strstr(usb_replay_diverged(b.d), "line "));
        print_message("%s\n", usb_replay_diverged(b.d));
        bench_stop(&b);
    }
    (void)state;
}

/* A ceiling cuts the recording at the end of a line; the device goes on. */
static void test_ceiling(void **state)
{
    struct bench b;
    struct ended e[6];
    struct lk_buf *tiny = NULL;
    size_t head = (size_t)(strstr(lk_buf_str(recording), "claim") -
                           lk_buf_str(recording));
    for (size_t more = 0; more < 200; more += 7) {
        open_recorder(&b, head + more);
        drive(&b, e);
        check(e);
        assert_true(usb_record_cut(b.d));
        assert_int_equal(recording->data[recording->len - 1], '\n');
        bench_stop(&b);
    }
    struct usb_device *d = NULL;
    bench_start(&b);
    bench_open(&b);
    bench_until(&b, &b.opened, 1);
    assert_int_equal(lk_buf_new(20, &tiny), 0);
    assert_int_equal(usb_record_new(b.loop, b.d, tiny, &d), -EMSGSIZE);
    assert_null(d);
    lk_buf_free(tiny);
    bench_stop(&b);
    (void)state;
}

/* Descriptors survive being encoded. */
static void test_descriptors(void **state)
{
    static struct usb_descriptors d;
    static struct usb_descriptors again;
    uint8_t config[USB_CONFIG_BYTES_MAX];
    assert_int_equal(usb_descriptors_decode(peer_device, sizeof(peer_device),
                                            peer_config, sizeof(peer_config),
                                            &d),
                     0);
    int len = record_encode_config(&d, config);
    assert_true(len > 0);
    assert_int_equal(usb_descriptors_decode(peer_device, sizeof(peer_device),
                                            config, (size_t)len, &again),
                     0);
    assert_memory_equal(&d, &again, sizeof(d));
    (void)state;
}

/* A damaged recording: refused, or the driver is told; never a crash. */
static void test_damaged(void **state)
{
    uint64_t seed = test_seed();
    struct bench b;
    struct ended e[6];
    open_recorder(&b, LOG_MAX);
    drive(&b, e);
    bench_stop(&b);
    char *log = malloc(recording->len);
    for (int i = 0; i < 3000; i++) {
        struct ended f[3] = {0};
        struct usb_device *d = NULL;
        memcpy(log, recording->data, recording->len);
        for (uint64_t n = test_random(&seed) % 4; n > 0; n--)
            log[test_random(&seed) % recording->len] = (char)test_random(&seed);
        size_t len = test_random(&seed) % 2 == 0
                         ? recording->len
                         : test_random(&seed) % (recording->len + 1);
        bench_start(&b);
        int r = usb_replay_new(b.loop, log, len, &d);
        if (r == 0 && usb_claim(d, 0) == 0 &&
            usb_set_alternate(d, 0, 1, ended(&f[0])) == 0) {
            bench_settle(&b);
            (void)!usb_in(d, 0x83, 8, 0, ended(&f[1]), NULL);
            (void)!usb_out(d, 0x02, (struct usb_bytes){"kissa", 5}, 0,
                           ended(&f[2]), NULL);
            bench_settle(&b);
        }
        usb_free(d);
        bench_stop(&b);
    }
    free(log);
    (void)state;
}

static int clean(void **state)
{
    recording = lk_buf_free(recording);
    (void)state;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),      cmocka_unit_test(test_replay),
        cmocka_unit_test(test_diverges),    cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_descriptors), cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}

/* Every allocation fails once: nothing leaks, hangs or is told twice, and the
 * next try works. */
#include "bench.h"
#include "oom.h"

#include <errno.h>

static const uint8_t read_200[] = {0x00, 0xB0, 0x00, 0xC8, 0x00};
static const uint8_t bytes[300] = {0x00, 0x2A, 0x90, 0xA0, 0x00, 0x01, 0x25};

static int errand(struct bench *b)
{
    int e = bench_power_on(b);
    if (e == 0)
        e = bench_apdu(b, read_200, sizeof(read_200));
    if (e == 0)
        e = bench_apdu(b, bytes, sizeof(bytes));
    return e;
}

static bool is_broken(const struct bench *b)
{
    return b->broken != NULL;
}

static void sweep(uint32_t features)
{
    const struct fake_config c = {
        .features = features, .voltages = 1, .message_max = 1000};
    bool exhausted = false;
    for (long n = 0; !exhausted; n++) {
        struct bench b;
        assert_true(n < 2000);
        bench_init(&b, &c);
        oom_left = n;
        int e = bench_open(&b);
        if (e == 0 && !b.broken)
            e = errand(&b);
        if (b.reader && e == -ENODEV)
            assert_true(bench_until(&b, is_broken));
        exhausted = oom_left >= 0;
        oom_left = -1;
        if (exhausted)
            assert_int_equal(e, 0);
        /* The same reader again, or one opened anew. */
        if (!b.reader || b.broken) {
            bench_clear(&b);
            bench_init(&b, &c);
            assert_int_equal(bench_open(&b), 0);
        }
        if (!b.broken)
            e = errand(&b);
        if (e != 0)
            print_message("allocation %ld: then %d, %s\n", n, e,
                          b.broken ? b.broken : "not broken");
        assert_int_equal(e, 0);
        bench_clear(&b);
    }
}

static void extended(void **state)
{
    (void)state;
    sweep(0x000404FE);
}

static void bare(void **state)
{
    (void)state;
    sweep(0x00010000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extended),
        cmocka_unit_test(bare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

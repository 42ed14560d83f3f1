#include "testing.h"

#include "signal/queue.h"

#define SEC INT64_C(1000000)

static struct signal_queue *q;

static int setup(void **state)
{
    (void)state;
    return signal_queue_new(&q);
}

static int teardown(void **state)
{
    (void)state;
    q = signal_queue_free(q);
    return 0;
}

static void announce(const char *agency, const char *kiosk, int64_t since_s,
                     int64_t own_since_s, int64_t now_us)
{
    struct signal_queue_call c = {.agency = agency,
                                  .kiosk = kiosk,
                                  .own = "kela",
                                  .since_s = since_s,
                                  .own_since_s = own_since_s,
                                  .first = strcmp(kiosk, "kuopio-02") < 0};
    signal_queue_announced(q, &c, now_us);
}

static void place_and_ties(void **state)
{
    (void)state;
    assert_int_equal(signal_queue_place(q, "kela", 0), 1);
    announce("kela", "oulu-01", 20, 10, 0);    /* ahead */
    announce("kela", "turku-01", 5, 10, 0);    /* behind */
    announce("kela", "iisalmi-01", 10, 10, 0); /* ahead: name */
    announce("kela", "vaasa-01", 10, 10, 0);   /* behind: name */
    announce("vero", "espoo-01", 99, 10, 0);   /* another agency */
    assert_int_equal(signal_queue_place(q, "kela", 0), 3);
    assert_int_equal(signal_queue_place(q, "vero", 0), 2);
    /* Rounding by a second changes nothing. */
    announce("kela", "vaasa-01", 12, 11, 1 * SEC);
    announce("kela", "iisalmi-01", 11, 12, 1 * SEC);
    assert_int_equal(signal_queue_place(q, "kela", 1 * SEC), 3);
    assert_true(signal_queue_deadline_us(q, 1 * SEC) == 6 * SEC);
    assert_int_equal(signal_queue_place(q, "kela", 6 * SEC), 2);
    assert_int_equal(signal_queue_place(q, "kela", 7 * SEC), 1);
    assert_true(signal_queue_deadline_us(q, 7 * SEC) == INT64_MAX);
}

static void gone_is_gone(void **state)
{
    (void)state;
    struct signal_queue_call c = {
        .agency = "kela", .kiosk = "oulu-01", .own = "kela", .since_s = 20};
    signal_queue_announced(q, &c, 0);
    assert_int_equal(signal_queue_place(q, "kela", 0), 2);
    c.gone = true;
    signal_queue_announced(q, &c, 0);
    signal_queue_announced(q, &c, 0);
    assert_int_equal(signal_queue_place(q, "kela", 0), 1);
}

static void present(const char *agency, const char *user, bool is_free,
                    bool gone, int64_t now_us)
{
    struct signal_queue_expert e = {.agency = agency,
                                    .expert = user,
                                    .own = "kela",
                                    .free = is_free,
                                    .gone = gone};
    signal_queue_present(q, &e, now_us);
}

static void free_experts(void **state)
{
    (void)state;
    present("kela", "aino", true, false, 0);
    present("kela", "eero", false, false, 0);
    present("vero", "liisa", true, false, 0);
    assert_int_equal(signal_queue_free_experts(q, "kela", 0), 1);
    present("kela", "eero", true, false, 5 * SEC);
    assert_int_equal(signal_queue_free_experts(q, "kela", 5 * SEC), 2);
    assert_int_equal(signal_queue_free_experts(q, "kela", 15 * SEC), 1);
    present("kela", "eero", true, true, 15 * SEC);
    assert_int_equal(signal_queue_free_experts(q, "kela", 15 * SEC), 0);
}

static void floods_are_bounded(void **state)
{
    char name[LK_NAME_MAX];
    (void)state;
    for (unsigned i = 0; i < 5000; i++) {
        (void)snprintf(name, sizeof(name), "flood-%u", i);
        announce("vero", name, 99, 0, 0);
        present("vero", name, true, false, 0);
    }
    assert_int_equal(signal_queue_place(q, "vero", 0),
                     1 + SIGNAL_QUEUE_CALLS_MAX);
    assert_int_equal(signal_queue_free_experts(q, "vero", 0),
                     SIGNAL_QUEUE_EXPERTS_MAX);
    /* Ours still find a place among strangers... */
    announce("kela", "oulu-01", 99, 0, 0);
    present("kela", "aino", true, false, 0);
    assert_int_equal(signal_queue_place(q, "kela", 0), 2);
    assert_int_equal(signal_queue_free_experts(q, "kela", 0), 1);
    for (unsigned i = 0; i < 5000; i++) {
        (void)snprintf(name, sizeof(name), "flood-%u", i);
        announce("kela", name, 99, 0, 0);
    }
    assert_int_equal(signal_queue_place(q, "kela", 0),
                     1 + SIGNAL_QUEUE_CALLS_MAX);
    /* ...and who is there stays. */
    announce("kela", "oulu-01", 100, 1, 1 * SEC);
    assert_int_equal(signal_queue_place(q, "kela", 6 * SEC), 2);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {T(place_and_ties), T(gone_is_gone),
                                       T(free_experts), T(floods_are_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

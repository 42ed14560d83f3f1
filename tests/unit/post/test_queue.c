#include "testing.h"

#include "base/text.h"
#include "post/queue.h"

#include <errno.h>

#define S INT64_C(1000000)

static int end(struct post_queue *q, const char *name, enum post_verdict v,
               uint32_t chance, int64_t now_us)
{
    const struct post_end e = {.name = name, .verdict = v, .chance = chance};
    return post_queue_ended(q, &e, now_us);
}

static void test_names(void **state)
{
    static const char *const bad[] = {"",         "kela",   "kela.",
                                      ".A",       "ke.A",   "kela.a",
                                      "kela.A.B", "Kela.A", "kela/A"};
    struct post_queue q = {0};
    char agency[LK_NAME_MAX];
    char code[POST_NAME_MAX];
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(post_queue_add(&q, bad[i], 0), -EINVAL);
    assert_int_equal(post_name_split("kela.KE4F-7Q9W", agency, code), 0);
    assert_string_equal(agency, "kela");
    assert_string_equal(code, "KE4F-7Q9W");
}

static void test_delivered_at_once(void **state)
{
    struct post_queue q = {0};
    (void)state;
    assert_int_equal(post_queue_next_us(&q), INT64_MAX);
    assert_int_equal(post_queue_add(&q, "kela.A", 5), 0);
    assert_int_equal(post_queue_add(&q, "kela.A", 5), -EEXIST);
    assert_int_equal(post_queue_next_us(&q), 5);
    assert_null(post_queue_take(&q, 4));
    assert_string_equal(post_queue_take(&q, 5)->name, "kela.A");
    assert_null(post_queue_take(&q, 5));
    assert_int_equal(end(&q, "kela.B", POST_DELIVERED, 0, 6), -ENOENT);
    assert_int_equal(end(&q, "kela.A", POST_DELIVERED, 0, 6), 0);
    assert_int_equal(end(&q, "kela.A", POST_DELIVERED, 0, 6), -ENOENT);
    assert_int_equal(q.letters, 0);
    assert_int_equal(q.flights, 0);
}

/* The bound doubles up to its ceiling; the wait is anything below it. */
static void test_waits(void **state)
{
    static const uint32_t bounds[] = {2,   4,   8,   16,  32, 64,
                                      128, 256, 512, 900, 900};
    struct post_queue q = {0};
    int64_t now_us = 0;
    (void)state;
    assert_int_equal(post_queue_add(&q, "kela.A", 0), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(bounds); i++) {
        assert_non_null(post_queue_take(&q, now_us));
        assert_int_equal(end(&q, "kela.A", POST_LATER, UINT32_MAX, now_us), 0);
        assert_int_equal(post_queue_next_us(&q) - now_us, bounds[i] * S);
        now_us = post_queue_next_us(&q);
    }
    assert_non_null(post_queue_take(&q, now_us));
    assert_int_equal(end(&q, "kela.A", POST_LATER, 0, now_us), 0);
    assert_int_equal(post_queue_next_us(&q), now_us);
}

static void test_what_the_server_asks_for(void **state)
{
    struct post_queue q = {0};
    struct post_end e = {.name = "kela.A",
                         .verdict = POST_LATER,
                         .retry_after_s = 60,
                         .chance = UINT32_MAX};
    (void)state;
    assert_int_equal(post_queue_add(&q, "kela.A", 0), 0);
    assert_non_null(post_queue_take(&q, 0));
    assert_int_equal(post_queue_ended(&q, &e, 0), 0);
    assert_int_equal(post_queue_next_us(&q), 62 * S);
    assert_non_null(post_queue_take(&q, 62 * S));
    e.retry_after_s = UINT32_MAX;
    e.chance = 0;
    assert_int_equal(post_queue_ended(&q, &e, 0), 0);
    assert_int_equal(post_queue_next_us(&q), 3600 * S);
}

/* Refused letters are not lost, and not hurried. */
static void test_refused(void **state)
{
    struct post_queue q = {0};
    (void)state;
    assert_int_equal(post_queue_add(&q, "kela.A", 0), 0);
    assert_int_equal(post_queue_add(&q, "kela.B", 0), 0);
    assert_non_null(post_queue_take(&q, 0));
    assert_non_null(post_queue_take(&q, 0));
    assert_int_equal(end(&q, "kela.A", POST_REFUSED, UINT32_MAX, 0), 0);
    assert_int_equal(end(&q, "kela.B", POST_LATER, UINT32_MAX, 0), 0);
    post_queue_hurry(&q, UINT32_MAX / 2, 0);
    assert_true(post_queue_next_us(&q) <= S);
    assert_string_equal(post_queue_take(&q, S)->name, "kela.B");
    assert_null(post_queue_take(&q, S));
    assert_int_equal(post_queue_next_us(&q), 3600 * S);
    assert_true(q.letter[0].refused);
}

static void test_ceilings(void **state)
{
    struct post_queue q = {0};
    char name[POST_NAME_MAX];
    (void)state;
    for (int i = 0; i < POST_LETTERS_MAX; i++) {
        (void)snprintf(name, sizeof(name), "kela.A%d", i);
        assert_int_equal(post_queue_add(&q, name, i), 0);
    }
    assert_int_equal(post_queue_add(&q, "kela.B", 0), -ENOSPC);
    for (int i = 0; i < POST_FLIGHTS_MAX; i++)
        assert_non_null(post_queue_take(&q, 1000));
    assert_null(post_queue_take(&q, 1000));
    assert_int_equal(post_queue_next_us(&q), INT64_MAX);
    assert_int_equal(end(&q, "kela.A0", POST_DELIVERED, 0, 0), 0);
    assert_string_equal(post_queue_take(&q, 1000)->name, "kela.A2");
}

/* Whatever happens, a letter leaves only by being delivered. */
static void test_nothing_is_lost(void **state)
{
    uint64_t seed = test_seed();
    struct post_queue q = {0};
    int delivered = 0;
    int64_t now_us = 0;
    char name[POST_NAME_MAX];
    (void)state;
    for (int i = 0; i < 20; i++) {
        (void)snprintf(name, sizeof(name), "kela.A%d", i);
        assert_int_equal(post_queue_add(&q, name, 0), 0);
    }
    while (q.letters > 0) {
        const struct post_letter *l = post_queue_take(&q, now_us);
        if (!l) {
            assert_true(post_queue_next_us(&q) < INT64_MAX);
            now_us = LK_MAX(now_us, post_queue_next_us(&q));
            continue;
        }
        enum post_verdict v = (enum post_verdict)(test_random(&seed) % 3);
        (void)snprintf(name, sizeof(name), "%s", l->name);
        assert_int_equal(end(&q, name, v, (uint32_t)test_random(&seed), now_us),
                         0);
        delivered += v == POST_DELIVERED;
        assert_int_equal(q.letters, 20 - (size_t)delivered);
    }
}

static void test_statuses(void **state)
{
    static const struct {
        long status;
        enum post_verdict verdict;
    } table[] = {
        {0, POST_LATER},   {200, POST_DELIVERED}, {201, POST_DELIVERED},
        {301, POST_LATER}, {400, POST_REFUSED},   {404, POST_REFUSED},
        {408, POST_LATER}, {413, POST_REFUSED},   {425, POST_LATER},
        {429, POST_LATER}, {500, POST_LATER},     {503, POST_LATER}};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        assert_int_equal(post_judge(table[i].status), table[i].verdict);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_delivered_at_once),
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_what_the_server_asks_for),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_nothing_is_lost),
        cmocka_unit_test(test_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

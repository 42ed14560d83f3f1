#include "testing.h"

#include "find_secret.h"
#include "loop/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#define POSTERS 4
#define POSTS 20000

struct item {
    unsigned poster;
    unsigned number;
};

static struct lk_loop *loop;
static struct lk_mailbox *box;
static unsigned next[POSTERS];
static unsigned received;
static _Atomic unsigned dropped;
static bool in_order;

static void receive(void *arg, void *item)
{
    const struct item *it = item;
    (void)arg;
    if (it->number < next[it->poster])
        in_order = false;
    next[it->poster] = it->number + 1;
    received++;
}

static void drop(void *arg, void *item)
{
    (void)arg;
    (void)item;
    atomic_fetch_add(&dropped, 1);
}

static void start(enum lk_mailbox_full full, size_t capacity)
{
    struct lk_mailbox_config config = {.item_len = sizeof(struct item),
                                       .capacity = capacity,
                                       .full = full,
                                       .receive = receive,
                                       .drop = drop};
    memset(next, 0, sizeof(next));
    received = 0;
    atomic_store(&dropped, 0);
    in_order = true;
    assert_int_equal(lk_loop_new(&loop), 0);
    assert_int_equal(lk_mailbox_new(loop, &config, &box), 0);
}

static void finish(void)
{
    box = lk_mailbox_free(box);
    loop = lk_loop_free(loop);
}

static void *poster(void *arg)
{
    struct item it = {.poster = *(unsigned *)arg};
    for (it.number = 0; it.number < POSTS; it.number++)
        if (lk_mailbox_post(box, &it) < 0)
            atomic_fetch_add(&dropped, 1);
    return NULL;
}

/* Nothing is lost uncounted, nothing comes twice, each poster's in order. */
static void run_threads(enum lk_mailbox_full full)
{
    pthread_t thread[POSTERS];
    unsigned id[POSTERS];
    start(full, 64);
    for (unsigned i = 0; i < POSTERS; i++) {
        id[i] = i;
        assert_int_equal(pthread_create(&thread[i], NULL, poster, &id[i]), 0);
    }
    while (received + atomic_load(&dropped) < POSTERS * POSTS)
        assert_int_equal(lk_loop_step(loop, 1000), 0);
    for (unsigned i = 0; i < POSTERS; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(received + atomic_load(&dropped), POSTERS * POSTS);
    assert_int_equal(lk_mailbox_lost(box), atomic_load(&dropped));
    assert_true(in_order);
    finish();
}

static void test_threads_refuse(void **state)
{
    (void)state;
    run_threads(LK_MAILBOX_REFUSE);
}

static void test_threads_drop_oldest(void **state)
{
    (void)state;
    run_threads(LK_MAILBOX_DROP_OLDEST);
}

static void test_full(void **state)
{
    (void)state;
    struct item it = {0, 0};
    start(LK_MAILBOX_REFUSE, 2);
    for (it.number = 0; it.number < 2; it.number++)
        assert_int_equal(lk_mailbox_post(box, &it), 0);
    assert_int_equal(lk_mailbox_post(box, &it), -ENOSPC);
    finish();
    assert_int_equal(atomic_load(&dropped), 2); /* freed with two waiting */
    start(LK_MAILBOX_DROP_OLDEST, 2);
    for (it.number = 0; it.number < 5; it.number++)
        assert_int_equal(lk_mailbox_post(box, &it), 0);
    assert_int_equal(lk_loop_step(loop, 0), 0);
    assert_int_equal(received, 2);
    assert_int_equal(next[0], 5); /* the newest survived */
    finish();
}

static void pass_over(void *arg, void *item)
{
    (void)arg;
    (void)item;
}

/* Items may hold what was typed: once one was handed over nothing of it stays.
 * (The box is so large that it has a mapping of its own, where a search of the
 * memory does not meet its own window.) */
static void test_wiped(void **state)
{
    static const char hidden[] = {'7' ^ FIND_HIDE, '3' ^ FIND_HIDE,
                                  '9' ^ FIND_HIDE, '1' ^ FIND_HIDE,
                                  '5' ^ FIND_HIDE, '8' ^ FIND_HIDE};
    const struct lk_mailbox_config config = {
        .item_len = 1024, .capacity = 1024, .receive = pass_over};
    char item[1024] = "";
    (void)state;
    assert_int_equal(lk_loop_new(&loop), 0);
    assert_int_equal(lk_mailbox_new(loop, &config, &box), 0);
    for (size_t i = 0; i < sizeof(hidden); i++)
        item[i] = (char)(hidden[i] ^ FIND_HIDE);
    assert_int_equal(lk_mailbox_post(box, item), 0);
    explicit_bzero(item, sizeof(item));
    assert_true(find_secret(0, hidden, sizeof(hidden)) > 0);
    assert_int_equal(lk_loop_step(loop, 1000000), 0);
    assert_int_equal(find_secret(0, hidden, sizeof(hidden)), 0);
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wiped),
        cmocka_unit_test(test_threads_refuse),
        cmocka_unit_test(test_threads_drop_oldest),
        cmocka_unit_test(test_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Arbitration: random interleavings of claims, repeats, replays, resumptions,
 * cancellations and time. Built a second time for ThreadSanitizer, where the
 * same events come from several threads through a mailbox. */
#include "testing.h"

#include "loop/mailbox.h"
#include "signal/claim.h"

#include <pthread.h>

#define ROUNDS 10000
#define EVENTS 40
#define CLAIMANTS 5
#define NONCES 4 /* of each claimant */

enum event_kind { CLAIM, RESUME, LEAVE, TIME, CLOSE };

struct event {
    enum event_kind kind;
    unsigned who, nonce, old;
};

/* What must hold, kept beside the arbitration in the plainest way. */
struct model {
    struct signal_claim claim;
    int64_t now_us;
    int holder; /* -1: none */
    unsigned grants;
    bool closed;
};

static void names(const struct event *e, char *expert, char *en, char *old)
{
    (void)snprintf(expert, LK_NAME_MAX, "expert-%u", e->who);
    (void)snprintf(en, SIGNAL_NONCE_SIZE, "nonce-%u-%u", e->who, e->nonce);
    (void)snprintf(old, SIGNAL_NONCE_SIZE, "nonce-%u-%u", e->who, e->old);
}

static void judge_claim(struct model *m, const struct event *e)
{
    char expert[LK_NAME_MAX];
    char en[SIGNAL_NONCE_SIZE];
    char old[SIGNAL_NONCE_SIZE];
    struct signal_claim before = m->claim;
    names(e, expert, en, old);
    enum signal_claim_answer a =
        signal_claim_take(&m->claim, expert, en, e->kind == RESUME ? old : "");
    switch (a) {
    case SIGNAL_CLAIM_GRANTED:
        assert_int_equal(m->holder, -1);
        assert_false(m->closed);
        m->grants++;
        m->holder = (int)e->who;
        break;
    case SIGNAL_CLAIM_RESUMED:
        assert_int_equal(m->holder, (int)e->who);
        assert_int_equal(e->kind, RESUME);
        assert_string_equal(before.en, old);
        assert_string_equal(m->claim.en, en);
        break;
    case SIGNAL_CLAIM_REPEATED:
        assert_int_equal(m->holder, (int)e->who);
        assert_string_equal(before.en, en);
        break;
    case SIGNAL_CLAIM_TAKEN:
        assert_true(m->holder >= 0);
        assert_memory_equal(&before, &m->claim, sizeof(before));
        break;
    case SIGNAL_CLAIM_NONE:
        assert_true(m->closed);
        assert_memory_equal(&before, &m->claim, sizeof(before));
        break;
    }
}

static void judge(struct model *m, const struct event *e)
{
    char expert[LK_NAME_MAX];
    char en[SIGNAL_NONCE_SIZE];
    char old[SIGNAL_NONCE_SIZE];
    names(e, expert, en, old);
    switch (e->kind) {
    case CLAIM:
    case RESUME:
        judge_claim(m, e);
        break;
    case LEAVE:
        if (signal_claim_leave(&m->claim, en, m->now_us))
            assert_int_equal(m->holder, (int)e->who);
        break;
    case TIME:
        m->now_us += (int64_t)e->nonce * 2000000;
        if (signal_claim_expire(&m->claim, m->now_us))
            m->closed = true;
        break;
    case CLOSE:
        signal_claim_close(&m->claim);
        m->closed = true;
        break;
    }
    assert_true(m->grants <= 1);
    assert_int_equal(m->claim.grants, m->grants);
    if (signal_claim_media_allowed(&m->claim)) {
        assert_int_equal(m->grants, 1);
        assert_false(m->closed);
    }
}

static struct event event_random(uint64_t *seed, unsigned claimants)
{
    unsigned dice = (unsigned)(test_random(seed) % 100);
    struct event e = {.kind = CLAIM,
                      .who = (unsigned)(test_random(seed) % claimants),
                      .nonce = (unsigned)(test_random(seed) % NONCES),
                      .old = (unsigned)(test_random(seed) % NONCES)};
    if (dice >= 50)
        e.kind = dice < 75 ? RESUME : dice < 85 ? LEAVE : TIME;
    if (dice == 99)
        e.kind = CLOSE;
    return e;
}

static void model_begin(struct model *m)
{
    *m = (struct model){.holder = -1};
    signal_claim_open(&m->claim);
    assert_false(signal_claim_media_allowed(&m->claim));
}

static void interleavings(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    unsigned granted = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct model m;
        unsigned claimants = 2 + (unsigned)(test_random(&seed) % 4);
        model_begin(&m);
        for (int i = 0; i < EVENTS; i++) {
            struct event e = event_random(&seed, claimants);
            judge(&m, &e);
        }
        granted += m.grants;
    }
    assert_true(granted > ROUNDS * 9 / 10);
}

static void exactly_one_of_all_who_claim(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int round = 0; round < ROUNDS; round++) {
        struct model m;
        unsigned order[CLAIMANTS] = {0};
        model_begin(&m);
        for (unsigned i = 0; i < CLAIMANTS; i++) {
            unsigned k = (unsigned)(test_random(&seed) % (i + 1));
            order[i] = order[k];
            order[k] = i;
        }
        for (unsigned i = 0; i < CLAIMANTS; i++) {
            struct event e = {.kind = CLAIM, .who = order[i]};
            judge(&m, &e);
        }
        assert_int_equal(m.holder, (int)order[0]);
    }
}

static void the_holder_comes_back(void **state)
{
    (void)state;
    struct signal_claim c = {.state = SIGNAL_CLAIM_IDLE};
    assert_int_equal(signal_claim_take(&c, "a-b", "one", ""),
                     SIGNAL_CLAIM_NONE);
    signal_claim_close(&c);
    assert_int_equal(c.state, SIGNAL_CLAIM_IDLE);
    signal_claim_open(&c);
    assert_int_equal(signal_claim_take(&c, "a-b", "one", "zero"),
                     SIGNAL_CLAIM_GRANTED);
    assert_false(signal_claim_leave(&c, "zero", 0));
    assert_true(signal_claim_leave(&c, "one", 0));
    assert_false(signal_claim_media_allowed(&c));
    assert_false(signal_claim_expire(&c, SIGNAL_LEFT_US - 1));
    assert_int_equal(signal_claim_take(&c, "a-b", "two", "one"),
                     SIGNAL_CLAIM_RESUMED);
    assert_true(signal_claim_media_allowed(&c));
    assert_false(signal_claim_leave(&c, "one", 0)); /* it comes late */
    /* The first claim, played again. */
    assert_int_equal(signal_claim_take(&c, "a-b", "one", ""),
                     SIGNAL_CLAIM_TAKEN);
    assert_true(signal_claim_leave(&c, "two", 0));
    assert_true(signal_claim_expire(&c, SIGNAL_LEFT_US));
    assert_false(signal_claim_expire(&c, SIGNAL_LEFT_US));
    assert_int_equal(signal_claim_take(&c, "a-b", "three", "two"),
                     SIGNAL_CLAIM_NONE);
}

/* --- fed by threads ------------------------------------------------------- */

#define FEEDERS 4
#define FED 2000 /* events of each */

struct feeder {
    struct lk_mailbox *box;
    uint64_t seed;
    pthread_t thread;
};

struct fed {
    struct model model;
    unsigned count;
    struct lk_loop *loop;
};

static void fed_receive(void *arg, void *item)
{
    struct fed *f = arg;
    const struct event *e = item;
    if (e->kind == CLOSE || f->model.closed)
        model_begin(&f->model);
    else
        judge(&f->model, e);
    if (++f->count == FEEDERS * FED)
        lk_loop_stop(f->loop, 0);
}

static void *feeder_main(void *arg)
{
    struct feeder *f = arg;
    for (int i = 0; i < FED; i++) {
        struct event e = event_random(&f->seed, CLAIMANTS);
        while (lk_mailbox_post(f->box, &e) < 0)
            (void)sched_yield();
    }
    return NULL;
}

static void fed_by_threads(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    struct fed fed = {.count = 0};
    struct lk_mailbox *box = NULL;
    struct feeder feeders[FEEDERS];
    assert_int_equal(lk_loop_new(&fed.loop), 0);
    struct lk_mailbox_config config = {.item_len = sizeof(struct event),
                                       .capacity = 64,
                                       .full = LK_MAILBOX_REFUSE,
                                       .receive = fed_receive,
                                       .arg = &fed};
    model_begin(&fed.model);
    assert_int_equal(lk_mailbox_new(fed.loop, &config, &box), 0);
    for (size_t i = 0; i < FEEDERS; i++) {
        feeders[i] = (struct feeder){.box = box, .seed = test_random(&seed)};
        assert_int_equal(
            pthread_create(&feeders[i].thread, NULL, feeder_main, &feeders[i]),
            0);
    }
    assert_int_equal(lk_loop_run(fed.loop), 0);
    for (size_t i = 0; i < FEEDERS; i++)
        assert_int_equal(pthread_join(feeders[i].thread, NULL), 0);
    assert_int_equal(fed.count, FEEDERS * FED);
    (void)lk_mailbox_free(box);
    (void)lk_loop_free(fed.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interleavings),
        cmocka_unit_test(exactly_one_of_all_who_claim),
        cmocka_unit_test(the_holder_comes_back),
        cmocka_unit_test(fed_by_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

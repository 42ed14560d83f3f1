/* luukku-card against emulated readers of every kind and cards of several. */
#include "bench.h"

#define READY (1U << CARDMSG_CARD_FINEID)

struct combination {
    const char *variant;
    const char *card;
    const char *protocol; /* NULL: the variant's */
};

static void start(struct bench **b, const struct combination *c)
{
    const char *args[7] = {"--variant", c->variant, "--card", c->card};
    if (c->protocol) {
        args[4] = "--protocol";
        args[5] = c->protocol;
    }
    *b = bench_new(args);
    bench_open(*b, USB_FAULT_NONE, 0);
}

static void identify_and_sign(struct bench *b)
{
    assert_true(bench_wait_card(b, READY));
    assert_string_not_equal(b->state.name, "");
    assert_string_not_equal(b->state.satu, "");
    assert_int_equal(b->state.chain, CARDMSG_CHAIN_GOOD);
    assert_true(bench_ask(b, CARDMSG_IDENTIFY, CARDMSG_SHA256));
    assert_int_equal(b->wanted.pin, 1);
    bench_type(b, BENCH_PIN1);
    bench_expect_result(b, CARDMSG_IDENTIFY, CARDMSG_SHA256);
    for (enum cardmsg_hash h = CARDMSG_SHA256; h < CARDMSG_HASHES; h++) {
        assert_true(bench_ask(b, CARDMSG_SIGN, h));
        assert_int_equal(b->wanted.pin, 2);
        bench_type(b, BENCH_PIN2);
        bench_expect_result(b, CARDMSG_SIGN, h);
    }
}

static void test_identify_and_sign(void **state)
{
    (void)state;
    static const struct combination table[] = {
        {"extended", "p384", NULL},       {"extended", "p256", NULL},
        {"extended", "rsa2048", NULL},    {"extended", "rsa3072", NULL},
        {"extended-large", "p384", NULL}, {"short", "p384", NULL},
        {"short", "rsa3072", NULL},       {"tpdu-t0", "p384", NULL},
        {"tpdu-t0", "rsa2048", NULL},     {"tpdu-t1", "p384", NULL},
        {"tpdu-t1", "rsa3072", NULL},     {"tpdu-t1-poll", "p384", NULL},
        {"two-slot", "p384", NULL}};
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        struct bench *b;
        print_message("%s %s\n", table[i].variant, table[i].card);
        start(&b, &table[i]);
        identify_and_sign(b);
        bench_free(b);
    }
}

static void test_wrong_pin(void **state)
{
    (void)state;
    const struct combination c = {"extended", "p384", NULL};
    struct bench *b;
    start(&b, &c);
    assert_true(bench_wait_card(b, READY));
    for (int left = 4; left >= 1; left--) {
        assert_true(bench_ask(b, CARDMSG_IDENTIFY, CARDMSG_SHA256));
        assert_int_equal(b->wanted.tries, left + 1);
        bench_type(b, "9999");
        assert_int_equal(b->end.type, CARDMSG_FAILED);
        assert_int_equal(b->end.why, CARDMSG_WRONG_PIN);
        assert_int_equal(b->end.tries, left);
        assert_int_equal(bench_tries(b, 1), left);
    }
    assert_false(bench_ask(b, CARDMSG_IDENTIFY, CARDMSG_SHA256));
    assert_int_equal(b->end.why, CARDMSG_LAST_TRY);
    assert_int_equal(bench_tries(b, 1), 1);
    bench_free(b);
}

struct odd_card {
    const char *card;
    enum cardmsg_card state;
    enum cardmsg_why why; /* of a signature */
};

static void test_odd_cards(void **state)
{
    (void)state;
    static const struct odd_card table[] = {
        {"foreign", CARDMSG_CARD_UNKNOWN, CARDMSG_NO_CARD},
        {"mute", CARDMSG_CARD_UNREADABLE, CARDMSG_NO_CARD},
        {"blocked", CARDMSG_CARD_BLOCKED, CARDMSG_BLOCKED},
        {"last-try", CARDMSG_CARD_FINEID, CARDMSG_LAST_TRY},
        {"none", CARDMSG_CARD_ABSENT, CARDMSG_NO_CARD}};
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        const struct combination c = {"extended", table[i].card, NULL};
        struct bench *b;
        print_message("%s\n", table[i].card);
        start(&b, &c);
        assert_true(bench_wait_card(b, 1U << table[i].state));
        assert_false(bench_ask(b, CARDMSG_SIGN, CARDMSG_SHA384));
        assert_int_equal(b->end.why, table[i].why);
        bench_free(b);
    }
}

/* One made for each kind of end of a chain. */
static void test_bad_chains(void **state)
{
    (void)state;
    static const struct {
        const char *card;
        enum cardmsg_chain chain;
    } table[] = {{"revoked", CARDMSG_CHAIN_REVOKED},
                 {"expired", CARDMSG_CHAIN_EXPIRED},
                 {"unknown", CARDMSG_CHAIN_UNKNOWN_ISSUER},
                 {"p256", CARDMSG_CHAIN_GOOD}};
    /* The first card is the revoked one: it is in the list that is read now. */
    const struct combination c = {"extended", "revoked", NULL};
    struct bench *b;
    start(&b, &c);
    assert_true(bench_wait_card(b, READY));
    (void)emulator_command(b->emulator, "card remove");
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        char order[64];
        (void)snprintf(order, sizeof(order), "card insert %s", table[i].card);
        assert_true(bench_wait_card(b, 1U << CARDMSG_CARD_ABSENT));
        (void)emulator_command(b->emulator, order);
        assert_true(bench_wait_card(b, READY));
        assert_int_equal(b->state.chain, table[i].chain);
        (void)emulator_command(b->emulator, "card remove");
    }
    bench_free(b);
}

/* Pulled and put in again, between everything that luukkud hears. */
static void test_pulled(void **state)
{
    (void)state;
    const struct combination c = {"extended", "p384", NULL};
    struct bench *b;
    start(&b, &c);
    for (int at = 0; at < 3; at++) {
        assert_true(bench_wait_card(b, READY));
        if (at > 0)
            assert_true(bench_ask(b, CARDMSG_SIGN, CARDMSG_SHA384));
        (void)emulator_command(b->emulator, "card remove");
        if (at == 1)
            bench_wait_end(b);
        else if (at == 2)
            bench_type(b, BENCH_PIN2);
        if (at > 0)
            assert_int_equal(b->end.why, CARDMSG_CARD_GONE);
        assert_true(bench_wait_card(b, 1U << CARDMSG_CARD_ABSENT));
        (void)emulator_command(b->emulator, "card insert p384");
        assert_true(bench_wait_card(b, READY));
        assert_true(bench_ask(b, CARDMSG_SIGN, CARDMSG_SHA384));
        bench_type(b, BENCH_PIN2);
        bench_expect_result(b, CARDMSG_SIGN, CARDMSG_SHA384);
    }
    bench_free(b);
}

static void test_pad(void **state)
{
    (void)state;
    static const char *const variants[] = {"pad", "pad-tpdu"};
    for (size_t i = 0; i < LK_ARRAY_LEN(variants); i++) {
        const struct combination c = {variants[i], "p384", NULL};
        struct bench *b;
        print_message("%s\n", variants[i]);
        start(&b, &c);
        assert_true(bench_wait_card(b, READY));
        assert_true(b->state.pad);
        (void)emulator_command(b->emulator, "pad " BENCH_PIN1 " ok");
        (void)bench_ask(b, CARDMSG_IDENTIFY, CARDMSG_SHA384);
        assert_int_equal(b->wanted.where, CARDMSG_ON_PAD);
        bench_wait_end(b);
        bench_expect_result(b, CARDMSG_IDENTIFY, CARDMSG_SHA384);
        (void)emulator_command(b->emulator, "pad 999999 ok");
        (void)bench_ask(b, CARDMSG_SIGN, CARDMSG_SHA384);
        bench_wait_end(b);
        assert_int_equal(b->end.why, CARDMSG_WRONG_PIN);
        (void)emulator_command(b->emulator, "pad cancel");
        (void)bench_ask(b, CARDMSG_SIGN, CARDMSG_SHA384);
        bench_wait_end(b);
        assert_int_equal(b->end.why, CARDMSG_CANCELLED);
        assert_true(bench_wait_card(b, READY));
        (void)emulator_command(b->emulator, "pad timeout");
        (void)bench_ask(b, CARDMSG_SIGN, CARDMSG_SHA384);
        bench_wait_end(b);
        assert_int_equal(b->end.why, CARDMSG_PIN_TIMEOUT);
        assert_true(bench_wait_card(b, READY));
        assert_int_equal(bench_tries(b, 2), 4);
        (void)emulator_command(b->emulator, "pad " BENCH_PIN2 " ok");
        (void)bench_ask(b, CARDMSG_SIGN, CARDMSG_SHA384);
        bench_wait_end(b);
        bench_expect_result(b, CARDMSG_SIGN, CARDMSG_SHA384);
        bench_free(b);
    }
}

/* A reader that says it has a pad and has none: on the screen. */
static void test_false_pad(void **state)
{
    (void)state;
    const struct combination c = {"false-pad", "p384", NULL};
    struct bench *b;
    start(&b, &c);
    assert_true(bench_wait_card(b, READY));
    assert_true(bench_ask(b, CARDMSG_SIGN, CARDMSG_SHA384));
    while (b->wanted.where != CARDMSG_ON_SCREEN)
        assert_int_equal(lk_loop_step(b->loop, 100000), 0);
    bench_type(b, BENCH_PIN2);
    bench_expect_result(b, CARDMSG_SIGN, CARDMSG_SHA384);
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identify_and_sign),
        cmocka_unit_test(test_wrong_pin),
        cmocka_unit_test(test_odd_cards),
        cmocka_unit_test(test_bad_chains),
        cmocka_unit_test(test_pulled),
        cmocka_unit_test(test_pad),
        cmocka_unit_test(test_false_pad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

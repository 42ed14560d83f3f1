/* luukku-card without its reader: a card in the test answers. */
#include "card_slot.h"
#include "find_secret.h"

static struct card_vault *vault;
static struct card_trust *trust;
static struct test_card *cards[3];
static int64_t typing_us;

/* what luukkud heard */
static struct cardmsg last[128]; /* by type */
static unsigned heard[128];
static uint8_t signature[CARDMSG_SIGNATURE_MAX];
static uint8_t certificate[CARDMSG_CERTIFICATE_MAX];

static void on_tell(void *arg, const struct cardmsg *m)
{
    static uint8_t bytes[CARDMSG_ENCODED_MAX];
    (void)arg;
    assert_true(cardmsg_encode(m, bytes, sizeof(bytes)) >= 0);
    last[m->type] = *m;
    heard[m->type]++;
    if (m->type == CARDMSG_SIGNER)
        memcpy(certificate, m->bytes, m->len);
    if (m->type == CARDMSG_RESULT) {
        memcpy(signature, m->bytes, m->len);
        memcpy(certificate, m->certificate, m->certificate_len);
    }
}

static int64_t on_now(void *arg)
{
    (void)arg;
    return TEST_PKI_NOW;
}

/* --- helpers ---------------------------------------------------------------
 */

/* Until nothing is under way, and no more. */
static void settle(void)
{
    do
        assert_int_equal(lk_loop_step(loop, 0), 0);
    while (busy);
}

static void order(enum cardmsg_type type, uint32_t id)
{
    static const uint8_t bytes[64] = {7, 7, 7};
    struct cardmsg m = {.type = type,
                        .id = id,
                        .hash = CARDMSG_SHA384,
                        .purpose = "test-identify",
                        .bytes = bytes,
                        .len = type == CARDMSG_SIGN ? 48 : 32};
    card_work_order(work, &m);
    settle();
}

static void type_digit(uint32_t id, uint8_t digit)
{
    struct cardmsg m = {.type = CARDMSG_DIGIT, .id = id, .digit = digit};
    card_work_order(work, &m);
    explicit_bzero(&m, sizeof(m));
}

static void type_pin(uint32_t id, const char *digits)
{
    for (const char *c = digits; *c; c++)
        type_digit(id, (uint8_t)(*c - '0'));
    order(CARDMSG_PIN_OK, id);
}

static void put_in(void)
{
    present = true;
    card_work_card(work, true);
    settle();
}

static void begin(enum test_card_kind kind, bool pad)
{
    const struct card_work_config config = {.loop = loop,
                                            .vault = vault,
                                            .trust = trust,
                                            .ops = &ops,
                                            .tell = on_tell,
                                            .now_s = on_now,
                                            .typing_us = typing_us};
    card = cards[kind];
    card->tries[0] = card->tries[1] = 5;
    card->verifies = 0;
    memset(heard, 0, sizeof(heard));
    memset(last, 0, sizeof(last));
    memset(&fault, 0, sizeof(fault));
    pad_status = 0;
    pad_lies = false;
    busy = false;
    assert_int_equal(card_work_new(&config, &work), 0);
    card_work_luukkud(work, true);
    assert_int_equal(last[CARDMSG_STATE].reader, CARDMSG_READER_NONE);
    card_work_reader(work, CARDMSG_READER_READY, pad);
    put_in();
}

static void end(void)
{
    work = card_work_free(work);
    assert_int_equal(card_vault_count(vault), 0);
    typing_us = CARD_WORK_TYPING_US;
    settle();
}

static void expect_failed(uint32_t id, enum cardmsg_why why, unsigned tries)
{
    assert_int_equal(heard[CARDMSG_FAILED], 1);
    assert_int_equal(last[CARDMSG_FAILED].id, id);
    assert_int_equal(last[CARDMSG_FAILED].why, why);
    assert_int_equal(last[CARDMSG_FAILED].tries, tries);
    assert_int_equal(heard[CARDMSG_RESULT], 0);
    assert_int_equal(card_vault_count(vault), 0);
    heard[CARDMSG_FAILED] = 0;
}

/* What luukkud got is a signature by the certificate that it got. */
static void expect_result(uint32_t id, bool identify)
{
    static const uint8_t bytes[64] = {7, 7, 7};
    const struct cardmsg *m = &last[CARDMSG_RESULT];
    uint8_t hash[CARD_HASH_MAX];
    LK_AUTO(card_cert) cert = NULL;
    assert_int_equal(heard[CARDMSG_RESULT], 1);
    assert_int_equal(heard[CARDMSG_FAILED], 0);
    assert_int_equal(m->id, id);
    assert_int_equal(m->algorithm, CARDMSG_ES384);
    assert_int_equal(m->chain, CARDMSG_CHAIN_GOOD);
    assert_int_equal(card_cert_new(certificate, m->certificate_len, &cert), 0);
    if (identify)
        assert_int_equal(
            card_challenge_hash("test-identify", bytes, 32, CARD_SHA384, hash),
            0);
    else
        memcpy(hash, bytes, sizeof(hash));
    assert_int_equal(card_cert_verify(cert, CARD_ECDSA, CARD_SHA384, hash,
                                      signature, m->len),
                     0);
    assert_int_equal(card_vault_count(vault), 0);
    heard[CARDMSG_RESULT] = 0;
}

/* --- tests -----------------------------------------------------------------
 */

static void test_look(void **state)
{
    (void)state;
    begin(TEST_FINEID4, false);
    const struct cardmsg *m = &last[CARDMSG_STATE];
    assert_int_equal(m->card, CARDMSG_CARD_FINEID);
    assert_string_equal(m->name, "Maija Ääkkönen");
    assert_string_equal(m->satu, "10000001N");
    assert_int_equal(m->tries, 5);
    assert_int_equal(m->chain, CARDMSG_CHAIN_GOOD);
    present = false;
    card_work_card(work, false);
    assert_int_equal(m->card, CARDMSG_CARD_ABSENT);
    assert_string_equal(m->name, "");
    card->tries[0] = 0;
    put_in();
    assert_int_equal(m->card, CARDMSG_CARD_BLOCKED);
    assert_int_equal(card->verifies, 0);
    end();
}

static void test_identify_and_sign(void **state)
{
    (void)state;
    begin(TEST_FINEID4, false);
    for (uint32_t id = 1; id < 4; id++) {
        order(CARDMSG_IDENTIFY, id);
        assert_int_equal(last[CARDMSG_PIN_WANTED].pin, 1);
        assert_int_equal(last[CARDMSG_PIN_WANTED].least, 4);
        assert_int_equal(last[CARDMSG_PIN_WANTED].most, 12);
        type_pin(id, TEST_CARD_PIN1);
        expect_result(id, true);
        order(CARDMSG_SIGN, id + 10);
        assert_int_equal(last[CARDMSG_PIN_WANTED].pin, 2);
        assert_int_equal(last[CARDMSG_PIN_WANTED].least, 6);
        type_pin(id + 10, TEST_CARD_PIN2);
        expect_result(id + 10, false);
    }
    assert_int_equal(card->verifies, 6);
    end();
}

/* Who would sign is said without a PIN, and by the one who then does. */
static void test_who(void **state)
{
    static uint8_t told[CARDMSG_CERTIFICATE_MAX];
    const struct cardmsg *m = &last[CARDMSG_SIGNER];
    (void)state;
    begin(TEST_FINEID4, false);
    order(CARDMSG_WHO, 1);
    assert_int_equal(heard[CARDMSG_SIGNER], 1);
    assert_int_equal(heard[CARDMSG_PIN_WANTED], 0);
    assert_int_equal(m->id, 1);
    assert_int_equal(m->hash, CARDMSG_SHA384); /* a key of P-384 */
    assert_int_equal(m->chain, CARDMSG_CHAIN_GOOD);
    size_t len = m->len;
    memcpy(told, certificate, len);
    order(CARDMSG_SIGN, 2);
    type_pin(2, TEST_CARD_PIN2);
    expect_result(2, false);
    assert_int_equal(last[CARDMSG_RESULT].certificate_len, len);
    assert_memory_equal(told, certificate, len);
    card->tries[1] = 1;
    order(CARDMSG_WHO, 3);
    expect_failed(3, CARDMSG_LAST_TRY, 1);
    card->tries[1] = 0;
    order(CARDMSG_WHO, 4);
    expect_failed(4, CARDMSG_BLOCKED, 0);
    assert_int_equal(card->verifies, 1);
    assert_int_equal(heard[CARDMSG_SIGNER], 1);
    end();
    begin(TEST_FINEID4, false);
    present = false;
    card_work_card(work, false);
    order(CARDMSG_WHO, 1);
    expect_failed(1, CARDMSG_NO_CARD, CARDMSG_TRIES_UNKNOWN);
    end();
}

static void test_typing(void **state)
{
    (void)state;
    begin(TEST_FINEID4, false);
    order(CARDMSG_IDENTIFY, 1);
    for (int i = 0; i < 20; i++)
        type_digit(1, 9);
    assert_int_equal(last[CARDMSG_PIN_COUNT].count, 12);
    for (int i = 0; i < 20; i++)
        order(CARDMSG_PIN_BACK, 1);
    assert_int_equal(last[CARDMSG_PIN_COUNT].count, 0);
    type_digit(2, 1); /* of another request */
    assert_int_equal(card_vault_count(vault), 0);
    order(CARDMSG_IDENTIFY, 2);
    expect_failed(2, CARDMSG_BUSY, CARDMSG_TRIES_UNKNOWN);
    type_pin(1, TEST_CARD_PIN1);
    expect_result(1, true);
    order(CARDMSG_IDENTIFY, 3);
    type_pin(3, "123");
    expect_failed(3, CARDMSG_PIN_LENGTH, 255);
    order(CARDMSG_IDENTIFY, 4);
    type_digit(4, 1);
    order(CARDMSG_CANCEL, 4);
    expect_failed(4, CARDMSG_CANCELLED, 255);
    assert_int_equal(card->verifies, 1);
    end();
}

static void test_nobody_types(void **state)
{
    (void)state;
    typing_us = 1000;
    begin(TEST_FINEID4, false);
    order(CARDMSG_IDENTIFY, 1);
    type_digit(1, 1);
    while (heard[CARDMSG_FAILED] == 0)
        assert_int_equal(lk_loop_step(loop, 5000), 0);
    expect_failed(1, CARDMSG_PIN_TIMEOUT, 5);
    end();
}

static void test_wrong_pin(void **state)
{
    (void)state;
    begin(TEST_FINEID4, false);
    for (uint32_t id = 1; id < 5; id++) {
        order(CARDMSG_IDENTIFY, id);
        assert_int_equal(last[CARDMSG_PIN_WANTED].tries, 6 - id);
        type_pin(id, "0000");
        expect_failed(id, CARDMSG_WRONG_PIN, 5 - id);
    }
    order(CARDMSG_IDENTIFY, 5);
    expect_failed(5, CARDMSG_LAST_TRY, 1);
    assert_int_equal(card->verifies, 4);
    assert_int_equal(card->tries[0], 1);
    card->tries[0] = 0;
    order(CARDMSG_IDENTIFY, 6);
    expect_failed(6, CARDMSG_BLOCKED, 0);
    assert_int_equal(last[CARDMSG_STATE].card, CARDMSG_CARD_BLOCKED);
    end();
}

static void test_no_card(void **state)
{
    (void)state;
    begin(TEST_FINEID4, false);
    present = false;
    card_work_card(work, false);
    order(CARDMSG_IDENTIFY, 1);
    expect_failed(1, CARDMSG_NO_CARD, 255);
    card_work_luukkud(work, false);
    order(CARDMSG_IDENTIFY, 2); /* nobody hears */
    assert_int_equal(heard[CARDMSG_FAILED], 0);
    end();
}

static void test_pad(void **state)
{
    (void)state;
    begin(TEST_FINEID4, true);
    pad_digits = TEST_CARD_PIN1;
    order(CARDMSG_IDENTIFY, 1);
    assert_int_equal(last[CARDMSG_PIN_WANTED].where, CARDMSG_ON_PAD);
    expect_result(1, true);
    pad_digits = "9999";
    order(CARDMSG_IDENTIFY, 2);
    expect_failed(2, CARDMSG_WRONG_PIN, 4);
    pad_status = -ETIME;
    order(CARDMSG_IDENTIFY, 3);
    expect_failed(3, CARDMSG_PIN_TIMEOUT, 255);
    pad_status = -ECANCELED;
    order(CARDMSG_IDENTIFY, 4);
    expect_failed(4, CARDMSG_CANCELLED, 255);
    assert_int_equal(card->verifies, 2);
    /* a pad that is none: on the screen instead */
    pad_status = 0;
    pad_lies = true;
    order(CARDMSG_IDENTIFY, 5);
    assert_int_equal(last[CARDMSG_PIN_WANTED].where, CARDMSG_ON_SCREEN);
    assert_false(last[CARDMSG_STATE].pad);
    type_pin(5, TEST_CARD_PIN1);
    expect_result(5, true);
    end();
}

static void test_pad_cancelled(void **state)
{
    (void)state;
    begin(TEST_FINEID4, true);
    pad_digits = TEST_CARD_PIN1;
    for (int gone = 0; gone < 2; gone++) {
        struct cardmsg m = {.type = CARDMSG_IDENTIFY,
                            .id = 1,
                            .purpose = "abc",
                            .bytes = command,
                            .len = 32};
        pad_status = 0;
        pad_waits = true;
        card_work_order(work, &m);
        while (heard[CARDMSG_PIN_WANTED] == 0)
            assert_int_equal(lk_loop_step(loop, 0), 0);
        heard[CARDMSG_PIN_WANTED] = 0;
        if (gone)
            card_work_luukkud(work, false);
        else
            order(CARDMSG_CANCEL, 1);
        settle();
        if (!gone)
            expect_failed(1, CARDMSG_CANCELLED, 255);
    }
    pad_waits = false;
    assert_int_equal(heard[CARDMSG_RESULT], 0);
    assert_int_equal(card->verifies, 0);
    end();
}

/* Every call of the slot fails in turn, in every way: it ends, a PIN is sent
 * once at most, and the next try works. */
static void test_faults(void **state)
{
    (void)state;
    static const struct fault faults[] = {
        {.status = -EIO},       {.status = -EPROTO}, {.status = -EBADMSG},
        {.status = -ETIMEDOUT}, {.status = -ENOMEM}, {.pull = true},
        {.close = true}};
    for (size_t f = 0; f < LK_ARRAY_LEN(faults); f++) {
        bool happened = true;
        for (unsigned at = 1; happened; at++) {
            begin(TEST_FINEID4, false);
            present = false;
            card_work_card(work, false);
            fault = faults[f];
            fault.at = at;
            card->verifies = 0;
            put_in();
            order(CARDMSG_SIGN, 1);
            if (heard[CARDMSG_PIN_WANTED] > 0)
                type_pin(1, TEST_CARD_PIN2);
            happened = fault.at == 0;
            fault.at = 0;
            assert_int_equal(heard[CARDMSG_RESULT] + heard[CARDMSG_FAILED], 1);
            assert_true(card->verifies <= 1);
            assert_int_equal(card_vault_count(vault), 0);
            heard[CARDMSG_RESULT] = heard[CARDMSG_FAILED] = 0;
            if (faults[f].close)
                card_work_reader(work, CARDMSG_READER_READY, false);
            if (faults[f].pull || faults[f].close)
                put_in();
            assert_int_equal(last[CARDMSG_STATE].card, CARDMSG_CARD_FINEID);
            card->verifies = 0;
            order(CARDMSG_SIGN, 2);
            type_pin(2, TEST_CARD_PIN2);
            expect_result(2, false);
            assert_int_equal(card->verifies, 1);
            end();
        }
    }
}

/* A card that never answers is given up. */
static void test_unreadable(void **state)
{
    (void)state;
    begin(TEST_FINEID4, false);
    present = false;
    card_work_card(work, false);
    fault = (struct fault){.at = 1, .status = -EIO, .always = true};
    put_in();
    assert_int_equal(last[CARDMSG_STATE].card, CARDMSG_CARD_UNREADABLE);
    order(CARDMSG_IDENTIFY, 1);
    expect_failed(1, CARDMSG_NO_CARD, 255);
    memset(&fault, 0, sizeof(fault));
    card_work_card(work, false);
    put_in();
    assert_int_equal(last[CARDMSG_STATE].card, CARDMSG_CARD_FINEID);
    end();
}

/* --- the PIN in memory -----------------------------------------------------
 */

static const char marked[] = {'8' ^ FIND_HIDE, '3' ^ FIND_HIDE, '9' ^ FIND_HIDE,
                              '2' ^ FIND_HIDE, '0' ^ FIND_HIDE, '1' ^ FIND_HIDE,
                              '7' ^ FIND_HIDE, '4' ^ FIND_HIDE};

static void type_marked(uint32_t id, bool ok)
{
    for (size_t i = 0; i < sizeof(marked); i++)
        type_digit(id, (uint8_t)((marked[i] ^ FIND_HIDE) - '0'));
    /* while it is typed it is in the vault, and nowhere else */
    assert_int_equal(find_secret(0, marked, sizeof(marked)), 1);
    if (ok)
        order(CARDMSG_PIN_OK, id);
}

static void test_pin_in_memory(void **state)
{
    (void)state;
    begin(TEST_FINEID4, false);
    memcpy(card->pin[0], marked, sizeof(marked));
    card->pin[0][sizeof(marked)] = 0;
    order(CARDMSG_IDENTIFY, 1);
    type_marked(1, true);
    expect_result(1, true);
    assert_int_equal(find_secret(0, marked, sizeof(marked)), 0);
    /* wrong */
    card->pin[0][0] ^= 1;
    order(CARDMSG_IDENTIFY, 2);
    type_marked(2, true);
    expect_failed(2, CARDMSG_WRONG_PIN, 4);
    assert_int_equal(find_secret(0, marked, sizeof(marked)), 0);
    /* cancelled */
    order(CARDMSG_IDENTIFY, 3);
    type_marked(3, false);
    order(CARDMSG_CANCEL, 3);
    assert_int_equal(find_secret(0, marked, sizeof(marked)), 0);
    /* pulled while typing; luukkud gone while typing */
    order(CARDMSG_IDENTIFY, 4);
    type_marked(4, false);
    present = false;
    card_work_card(work, false);
    assert_int_equal(find_secret(0, marked, sizeof(marked)), 0);
    put_in();
    order(CARDMSG_IDENTIFY, 5);
    type_marked(5, false);
    card_work_luukkud(work, false);
    assert_int_equal(find_secret(0, marked, sizeof(marked)), 0);
    test_card_set_pin(card, 0, TEST_CARD_PIN1);
    end();
}

static int setup(void **state)
{
    (void)state;
    typing_us = CARD_WORK_TYPING_US;
    cards[TEST_FINEID4] = test_card_new(TEST_FINEID4);
    char *pem = test_cert_pem(cards[TEST_FINEID4]->ca);
    const struct card_trust_config config = {.ca = pem, .ca_len = strlen(pem)};
    int r = card_trust_new(&config, &trust);
    free(pem);
    if (r == 0)
        r = card_vault_new(&vault);
    return r < 0 ? r : lk_loop_new(&loop);
}

static int teardown(void **state)
{
    (void)state;
    test_card_free(cards[TEST_FINEID4]);
    card_trust_free(trust);
    card_vault_free(vault);
    lk_loop_free(loop);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_identify_and_sign),
        cmocka_unit_test(test_who),
        cmocka_unit_test(test_typing),
        cmocka_unit_test(test_nobody_types),
        cmocka_unit_test(test_wrong_pin),
        cmocka_unit_test(test_no_card),
        cmocka_unit_test(test_pad),
        cmocka_unit_test(test_pad_cancelled),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_pin_in_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

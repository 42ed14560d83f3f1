/* T=1 against scripts and against a card on a line that loses and garbles. */
#include "ccid/t1.h"

#include "t1_card.h"
#include "testing.h"

#include <errno.h>

static struct t1_card card;

/* Answers with what it got, once more than it is long, and 9000. */
static size_t echo(void *arg, const uint8_t *cmd, size_t len, uint8_t *ret)
{
    (void)arg;
    memcpy(ret, cmd, len);
    ret[len] = 0x90;
    ret[len + 1] = 0x00;
    return len + 2;
}

static void card_new(bool crc, uint8_t ifsc)
{
    memset(&card, 0, sizeof(card));
    card.crc = crc;
    card.ifsc = ifsc;
    card.execute = echo;
    t1_card_reset(&card);
}

static struct lk_buf *buf(void)
{
    struct lk_buf *b = NULL;
    assert_int_equal(lk_buf_new(70000, &b), 0);
    return b;
}

/* One exchange on a good line. Returns blocks sent. */
static unsigned exchange(struct ccid_t1 *t, const uint8_t *cmd, size_t len,
                         struct lk_buf *in)
{
    uint8_t answer[300];
    unsigned blocks = 0;
    int r = 1;
    ccid_t1_start(t, cmd, len, false, in);
    while (r == 1) {
        blocks++;
        size_t n = t1_card_feed(&card, t->block, t->block_len, answer);
        r = ccid_t1_feed(t, answer, n);
    }
    assert_int_equal(r, 0);
    return blocks;
}

static void sizes(void **state)
{
    static uint8_t cmd[65544];
    static const size_t lens[] = {4,   31,  32,  33,   64,
                                  253, 254, 255, 4096, 65536};
    struct ccid_t1 t;
    (void)state;
    for (size_t i = 0; i < sizeof(cmd); i++)
        cmd[i] = (uint8_t)(i * 7);
    for (unsigned crc = 0; crc < 2; crc++) {
        card_new(crc, 254);
        ccid_t1_init(&t, 254, crc);
        for (size_t i = 0; i < LK_ARRAY_LEN(lens); i++) {
            LK_AUTO(lk_buf) in = buf();
            card.wtx = (unsigned)(i % 3);
            (void)exchange(&t, cmd, lens[i], in);
            assert_int_equal(in->len, lens[i] + 2);
            assert_memory_equal(in->data, cmd, lens[i]);
            assert_int_equal(card.executed, i + 1);
        }
    }
}

static void ifsd(void **state)
{
    static uint8_t cmd[1000];
    struct ccid_t1 t;
    uint8_t answer[300];
    (void)state;
    card_new(false, 32);
    ccid_t1_init(&t, 32, false);
    ccid_t1_start_ifsd(&t, 254);
    size_t n = t1_card_feed(&card, t.block, t.block_len, answer);
    assert_int_equal(ccid_t1_feed(&t, answer, n), 0);
    assert_int_equal(card.ifsd, 254);
    LK_AUTO(lk_buf) in = buf();
    unsigned blocks = exchange(&t, cmd, sizeof(cmd), in);
    assert_int_equal(blocks, 32 + 3); /* 1000/32 out, 1002/254 in */
    /* The card may say at any time how much it takes. */
    uint8_t inf = 16;
    n = t1_card_block(false, 0xC1, &inf, 1, answer);
    ccid_t1_start(&t, cmd, 20, false, in);
    assert_int_equal(ccid_t1_feed(&t, answer, n), 1);
    assert_int_equal(t.block[1], 0xE1);
    assert_int_equal(t.block[3], 16);
    assert_int_equal(t.ifsc, 16);
}

/* What a script says, and what must come of it. */
struct step {
    uint8_t pcb; /* of the card's block; 0xFF: none came */
    const char *inf;
    int result;
    uint8_t wanted; /* pcb of ours, when result is 1 */
};

static void play(const struct step *steps, size_t n, size_t len, bool again)
{
    static const uint8_t cmd[64] = {0x00, 0xB0};
    struct ccid_t1 t;
    LK_AUTO(lk_buf) in = buf();
    ccid_t1_init(&t, 32, false);
    ccid_t1_start(&t, cmd, len, again, in);
    for (size_t i = 0; i < n; i++) {
        uint8_t raw[300];
        const struct step *s = &steps[i];
        size_t inf = s->inf ? strlen(s->inf) : 0;
        size_t got =
            t1_card_block(false, s->pcb, (const uint8_t *)s->inf, inf, raw);
        int r = ccid_t1_feed(&t, raw, s->pcb == 0xFF ? 0 : got);
        print_message("step %zu: %d, pcb %02x\n", i, r, t.block[1]);
        assert_int_equal(r, s->result);
        if (r == 1)
            assert_int_equal(t.block[1], s->wanted);
    }
}

#define PLAY(len, again, ...)                                               \
    play((const struct step[]){__VA_ARGS__},                                \
         LK_ARRAY_LEN(((const struct step[]){__VA_ARGS__})), (size_t)(len), \
         (again))

static void scripts(void **state)
{
    (void)state;
    /* Answer at once; answer in two. */
    PLAY(5, false, {0x00, "ok", 0, 0});
    PLAY(5, false, {0x20, "a", 1, 0x90}, {0x40, "b", 0, 0});
    /* Command in two; the card asks for the first again. */
    PLAY(40, false, {0x80, NULL, 1, 0x20}, {0x90, NULL, 1, 0x40},
         {0x00, "ok", 0, 0});
    /* Nothing came, then it did. */
    PLAY(5, false, {0xFF, NULL, 1, 0x82}, {0x00, "ok", 0, 0});
    /* More time, twice. */
    PLAY(5, false, {0xC3, "\2", 1, 0xE3}, {0xC3, "\3", 1, 0xE3},
         {0x00, "ok", 0, 0});
    /* The card gives up. */
    PLAY(5, false, {0xC2, NULL, -EPROTO, 0});
    /* A wrong sequence number is asked for again. */
    PLAY(5, false, {0x40, "x", 1, 0x82}, {0x00, "ok", 0, 0});
    /* An empty part that promises more. */
    PLAY(5, false, {0x20, NULL, 1, 0x82}, {0x00, "ok", 0, 0});
    /* An answer before the command was whole. */
    PLAY(40, false, {0x00, "no", 1, 0x82}, {0x90, NULL, 1, 0x40},
         {0x00, "ok", 0, 0});
    /* Never right: resynchronise; the command is not repeated. */
    PLAY(5, false, {0xFF, NULL, 1, 0x82}, {0xFF, NULL, 1, 0x82},
         {0xFF, NULL, 1, 0xC0}, {0xE0, NULL, -ECONNRESET, 0});
    /* ... but one that only reads is. */
    PLAY(5, true, {0xFF, NULL, 1, 0x82}, {0xFF, NULL, 1, 0x82},
         {0xFF, NULL, 1, 0xC0}, {0xE0, NULL, 1, 0x00}, {0x00, "ok", 0, 0});
    /* Not even that: three times three. */
    PLAY(5, true, {0xFF, NULL, 1, 0x82}, {0xFF, NULL, 1, 0x82},
         {0xFF, NULL, 1, 0xC0}, {0xFF, NULL, 1, 0xC0}, {0xFF, NULL, 1, 0xC0},
         {0xFF, NULL, 1, 0xC0}, {0xFF, NULL, 1, 0xC0}, {0xFF, NULL, 1, 0xC0},
         {0xFF, NULL, 1, 0xC0}, {0xFF, NULL, 1, 0xC0}, {0xFF, NULL, 1, 0xC0},
         {0xFF, NULL, -EPROTO, 0});
    /* Responses to nothing; the second, to a block asked for again, shows that
     * the card has not seen ours; a request that only we may make. */
    PLAY(5, false, {0xE0, NULL, 1, 0x82}, {0xE1, "x", 1, 0x00},
         {0xC0, NULL, 1, 0xC0}, {0xE0, NULL, -ECONNRESET, 0});
}

/* A card that always says the same comes to an end. */
static void stubborn(void **state)
{
    static const uint8_t pcbs[] = {0x00, 0x20, 0x40, 0x60, 0x80, 0x82,
                                   0x90, 0x92, 0xC0, 0xC1, 0xC2, 0xC3,
                                   0xE0, 0xE1, 0xE3, 0xFF};
    static const uint8_t cmd[40] = {0x00, 0xB0};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(pcbs); i++) {
        for (size_t inf = 0; inf < 3; inf++) {
            static const uint8_t field[] = {1, 2, 3};
            struct ccid_t1 t;
            uint8_t raw[300];
            unsigned n = 0;
            LK_AUTO(lk_buf) in = buf();
            int r = 1;
            ccid_t1_init(&t, 32, false);
            ccid_t1_start(&t, cmd, sizeof(cmd), true, in);
            size_t len = t1_card_block(false, pcbs[i], field, inf, raw);
            while (r == 1 && ++n < 5000)
                r = ccid_t1_feed(&t, raw, len);
            assert_true(n < 5000);
            assert_true(r <= 0);
        }
    }
}

static void garble(uint64_t *seed, uint8_t *b, size_t *len, unsigned percent)
{
    if (test_random(seed) % 100 >= percent || *len == 0)
        return;
    switch (test_random(seed) % 3) {
    case 0:
        *len = 0;
        break;
    case 1:
        *len = test_random(seed) % *len;
        break;
    default:
        b[test_random(seed) % *len] ^= (uint8_t)(1 + test_random(seed) % 255);
        break;
    }
}

/* On a bad line an exchange ends with the right answer or an error, within
 * bounds; a command is carried out once, or twice when it may be. */
static void lossy(void **state)
{
    uint64_t seed = test_seed();
    unsigned right = 0;
    (void)state;
    for (unsigned n = 0; n < 3000; n++) {
        uint8_t cmd[600] = {0x00, 0xB0};
        struct ccid_t1 t;
        LK_AUTO(lk_buf) in = buf();
        bool crc = n % 2;
        bool again = n % 4 < 2;
        size_t len = 5 + test_random(&seed) % 590;
        unsigned blocks = 0;
        int r = 1;
        card_new(crc, (uint8_t)(20 + test_random(&seed) % 230));
        card.wtx = (unsigned)(test_random(&seed) % 2);
        ccid_t1_init(&t, card.ifsc, crc);
        ccid_t1_start(&t, cmd, len, again, in);
        while (r == 1 && ++blocks < 2000) {
            uint8_t out[300];
            uint8_t answer[300];
            size_t out_len = t.block_len;
            memcpy(out, t.block, out_len);
            garble(&seed, out, &out_len, n % 12);
            size_t got = 0;
            if (out_len > 0) /* else it heard nothing and says nothing */
                got = t1_card_feed(&card, out, out_len, answer);
            garble(&seed, answer, &got, n % 12);
            r = ccid_t1_feed(&t, answer, got);
        }
        assert_true(blocks < 2000);
        assert_true(card.executed <= (again ? 2u : 1u));
        if (r < 0) {
            assert_true(r == -EPROTO || r == -ECONNRESET);
            continue;
        }
        right++;
        assert_int_equal(in->len, len + 2);
        assert_memory_equal(in->data, cmd, len);
    }
    print_message("%u of 3000 exchanges came through\n", right);
    assert_true(right > 1500);
}

/* A block that the reader made: answered, delayed, and never repeated. */
static void foreign(void **state)
{
    struct ccid_t1 t;
    uint8_t prologue[3];
    uint8_t raw[300];
    uint8_t two = 2;
    (void)state;
    LK_AUTO(lk_buf) in = buf();
    ccid_t1_init(&t, 32, false);
    ccid_t1_start_foreign(&t, 17, in, prologue);
    assert_int_equal(prologue[1], 0);
    assert_int_equal(prologue[2], 17);
    size_t n = t1_card_block(false, 0xC3, &two, 1, raw);
    assert_int_equal(ccid_t1_feed(&t, raw, n), 1);
    assert_int_equal(t.block[1], 0xE3);
    n = t1_card_block(false, 0x00, (const uint8_t *)"\x90\x00", 2, raw);
    assert_int_equal(ccid_t1_feed(&t, raw, n), 0);
    assert_int_equal(in->len, 2);
    ccid_t1_start_foreign(&t, 17, in, prologue);
    assert_int_equal(prologue[1], 0x40);
    n = t1_card_block(false, 0x90, NULL, 0, raw); /* "once more" */
    assert_int_equal(ccid_t1_feed(&t, raw, n), -EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),   cmocka_unit_test(ifsd),
        cmocka_unit_test(scripts), cmocka_unit_test(stubborn),
        cmocka_unit_test(lossy),   cmocka_unit_test(foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

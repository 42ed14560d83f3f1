#include "testing.h"

#include "console/zmodem.h"
#include "zmodem_far.h"

#define STEP_US 10000
#define LIMIT_US 7200000000LL /* of the test's own time */
#define PIPE_MAX 8192
#define ANY (ZMODEM_CANFDX | ZMODEM_CANOVIO)

/* One direction of a line. */
struct pipe {
    size_t len;
    uint8_t data[PIPE_MAX];
};

/* A sender, a receiver and the line between them. */
struct wire {
    struct zmodem z;
    struct zmodem_file file;
    struct far far;
    struct pipe there;
    struct pipe back;
    int64_t now_us;
    unsigned speed; /* bytes in STEP_US */
    uint64_t seed;
    unsigned damage; /* of a million bytes, how many */
    bool dead;       /* nothing arrives any more */
    unsigned flushes;
    uint8_t content[FAR_FILE_MAX];
};

static void put(struct pipe *p, const uint8_t *data, size_t len)
{
    assert_true(p->len + len <= PIPE_MAX);
    memcpy(p->data + p->len, data, len);
    p->len += len;
}

static uint8_t take(struct pipe *p)
{
    uint8_t byte = p->data[0];
    p->len--;
    memmove(p->data, p->data + 1, p->len);
    return byte;
}

/* What noise makes of a byte: 0 to 2 bytes. */
static size_t damaged(struct wire *w, uint8_t byte, uint8_t ret[2])
{
    ret[0] = byte;
    if (test_random(&w->seed) % 1000000 >= w->damage)
        return 1;
    ret[1] = (uint8_t)test_random(&w->seed);
    switch (test_random(&w->seed) % 4) {
    case 0:
        return 0;
    case 1:
        return 2;
    case 2:
        ret[0] ^= (uint8_t)(1U << test_random(&w->seed) % 8);
        return 1;
    default:
        ret[0] = ret[1];
        return 1;
    }
}

static void carry(struct wire *w)
{
    uint8_t got[2];
    for (unsigned i = 0; i < w->speed && w->there.len > 0; i++) {
        size_t n = damaged(w, take(&w->there), got);
        for (size_t j = 0; j < n && !w->dead; j++)
            far_hear(&w->far, got[j], w->now_us);
    }
    for (unsigned i = 0; i < w->speed && w->back.len > 0; i++) {
        size_t n = damaged(w, take(&w->back), got);
        if (!w->dead)
            zmodem_input(&w->z, got, n, w->now_us);
    }
}

static void step(struct wire *w)
{
    uint8_t out[ZMODEM_OUT_MAX];
    w->now_us += STEP_US;
    zmodem_tick(&w->z, w->now_us);
    if (zmodem_flush(&w->z)) {
        w->there.len = 0;
        w->flushes++;
    }
    /* As a kernel's buffer: some of it waits there. */
    while (w->there.len < 2048) {
        size_t n = zmodem_output(&w->z, out, w->now_us);
        assert_true(n <= sizeof(out));
        if (n == 0)
            break;
        put(&w->there, out, n);
    }
    far_tick(&w->far, w->now_us);
    if (w->back.len + w->far.said <= PIPE_MAX) {
        put(&w->back, w->far.say, w->far.said);
        w->far.said = 0;
    }
    carry(w);
}

static enum zmodem_result run(struct wire *w)
{
    int64_t end_us = w->now_us + LIMIT_US;
    while (!zmodem_over(&w->z)) {
        step(w);
        assert_true(w->now_us < end_us);
    }
    return zmodem_result(&w->z);
}

static void begin(struct wire *w, size_t len, uint8_t flags, unsigned room)
{
    assert_true(len <= sizeof(w->content));
    for (size_t i = 0; i < len; i++) /* every value, and CR behind @ */
        w->content[i] = (uint8_t)(i % 7 == 3   ? '@'
                                  : i % 7 == 4 ? '\r'
                                               : test_random(&w->seed));
    w->file = (struct zmodem_file){
        .data = w->content, .len = len, .mtime_s = 1700000000};
    (void)snprintf(w->file.name, sizeof(w->file.name), "luukku-kiosk-1.log");
    w->there.len = w->back.len = 0;
    w->flushes = 0;
    w->dead = false;
    far_begin(&w->far, flags, room);
    zmodem_begin(&w->z, &w->file, w->now_us);
}

static void check_whole(const struct wire *w)
{
    assert_int_equal(zmodem_result(&w->z), ZMODEM_SENT);
    assert_true(w->far.whole);
    assert_int_equal(w->far.have, w->file.len);
    assert_memory_equal(w->far.file, w->content, w->file.len);
    assert_int_equal(zmodem_there(&w->z), w->file.len);
}

static int setup(void **state)
{
    struct wire *w = calloc(1, sizeof(*w));
    w->seed = test_seed();
    w->now_us = 1000000;
    w->speed = 115;
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static void sends_a_file(void **state)
{
    static const size_t lens[] = {0,    1,    63,   511,  512,   513,
                                  1024, 4095, 4096, 4097, 100000};
    static const struct {
        uint8_t flags;
        unsigned room;
    } kinds[] = {
        {ANY, 0},
        {ANY | ZMODEM_CANFC32, 0},
        {ANY | ZMODEM_CANFC32 | ZMODEM_ESCCTL, 0},
        {0, 0},
        {ZMODEM_CANFC32, 1024},
        {ANY, 100},
    };
    struct wire *w = *state;
    for (size_t i = 0; i < LK_ARRAY_LEN(kinds); i++)
        for (size_t j = 0; j < LK_ARRAY_LEN(lens); j++) {
            begin(w, lens[j], kinds[i].flags, kinds[i].room);
            (void)run(w);
            check_whole(w);
            assert_int_equal(w->flushes, 0);
            assert_int_equal(w->far.raw_controls, 0);
            assert_true(w->far.over);
            assert_int_equal(w->far.os, 2);
        }
}

/* A receiver's buffer is never overrun; without it a window is not. */
static void asks_before_too_much(void **state)
{
    struct wire *w = *state;
    begin(w, 20000, ANY, 100);
    (void)run(w);
    assert_true(w->far.largest <= 100);
    begin(w, 20000, ANY | ZMODEM_CANFC32, 0);
    while (w->far.have < 4096)
        step(w);
    w->dead = true;
    size_t had = w->far.have;
    for (int i = 0; i < 500; i++)
        step(w);
    assert_true(w->z.at <= had + ZMODEM_WINDOW);
}

static void says_what_it_is(void **state)
{
    struct wire *w = *state;
    begin(w, 3000, ANY, 0);
    (void)run(w);
    const char *info = w->far.info;
    assert_string_equal(info, "luukku-kiosk-1.log");
    assert_string_equal(info + strlen(info) + 1,
                        "3000 14524770400 100644 0 1 3000");
}

/* As one does that has the beginning from an earlier try. */
static void begins_where_it_is_asked_to(void **state)
{
    struct wire *w = *state;
    begin(w, 3000, ANY, 0);
    w->far.from = 1000;
    memcpy(w->far.file, w->content, 1000);
    (void)run(w);
    check_whole(w);
    begin(w, 3000, ANY, 0);
    w->far.from = 3001;
    assert_int_equal(run(w), ZMODEM_ODD);
    assert_true(w->far.off);
}

static void ends_that_are_none(void **state)
{
    struct wire *w = *state;
    begin(w, 3000, ANY, 0);
    w->far.skips = true;
    assert_int_equal(run(w), ZMODEM_SKIPPED);
    assert_true(w->far.over);

    begin(w, 3000, ANY | ZMODEM_ESC8, 0);
    assert_int_equal(run(w), ZMODEM_SEVEN_BITS);

    begin(w, 30000, ANY, 0);
    while (w->far.have < 10000)
        step(w);
    far_header(&w->far, ZMODEM_ZFERR, 0);
    assert_int_equal(run(w), ZMODEM_REFUSED);
    assert_true(w->far.off);

    begin(w, 30000, ANY, 0);
    while (w->far.have < 10000)
        step(w);
    zmodem_cancel(&w->z, w->now_us);
    assert_int_equal(run(w), ZMODEM_GIVEN_UP);
    assert_true(w->far.off);
}

static void five_cans_end_it(void **state)
{
    struct wire *w = *state;
    for (unsigned n = 4; n <= 5; n++) {
        begin(w, 30000, ANY, 0);
        while (w->far.have < 10000)
            step(w);
        put(&w->back, (const uint8_t *)"\x18\x18\x18\x18\x18", n);
        assert_int_equal(run(w), n == 5 ? ZMODEM_CANCELLED : ZMODEM_SENT);
    }
}

static void nobody_there(void **state)
{
    struct wire *w = *state;
    begin(w, 3000, ANY, 0);
    w->dead = true;
    int64_t begun_us = w->now_us;
    assert_int_equal(run(w), ZMODEM_NOBODY);
    assert_in_range(w->now_us - begun_us, ZMODEM_START_US,
                    ZMODEM_START_US + ZMODEM_LINGER_US);
    begin(w, 3000, ANY, 0);
    w->far.said = 0;
    zmodem_input(&w->z, (const uint8_t *)"x\x03", 2, w->now_us);
    assert_int_equal(run(w), ZMODEM_GIVEN_UP);
}

/* The cable is pulled: at each stage, it ends. */
static void the_far_end_dies(void **state)
{
    struct wire *w = *state;
    for (unsigned at = 0; at < 400; at += 7) {
        begin(w, 20000, ANY | ZMODEM_CANFC32, 0);
        for (unsigned i = 0; i < at && !zmodem_over(&w->z); i++)
            step(w);
        w->dead = true;
        int64_t begun_us = w->now_us;
        enum zmodem_result how = run(w);
        assert_true(w->now_us - begun_us < 80000000);
        assert_true(how == ZMODEM_NOBODY || how == ZMODEM_SILENT ||
                    (how == ZMODEM_SENT && w->far.whole));
    }
}

/* On a line that takes nothing it ends, too: nobody asks for output. */
static void a_stuck_line(void **state)
{
    struct wire *w = *state;
    begin(w, 20000, ANY, 0);
    while (w->far.have < 5000)
        step(w);
    for (int i = 0; i < 800 && !zmodem_over(&w->z); i++)
        zmodem_tick(&w->z, w->now_us += 100000);
    assert_int_equal(zmodem_result(&w->z), ZMODEM_SILENT);
}

static void noise(struct wire *w, unsigned damage, uint8_t flags)
{
    static const unsigned speeds[] = {10, 115};
    w->damage = damage;
    w->speed = speeds[test_random(&w->seed) % 2];
    begin(w, 1 + test_random(&w->seed) % 40000, flags, 0);
}

/* About one byte in ten thousand: all of it arrives as it was. */
static void noise_is_overcome(void **state)
{
    struct wire *w = *state;
    for (int i = 0; i < 60; i++) {
        noise(w, 100, ANY | ZMODEM_CANFC32);
        (void)run(w);
        check_whole(w);
    }
    for (int i = 0; i < 10; i++) { /* its sums miss one error in 65,536 */
        noise(w, 30, ANY);
        (void)run(w);
        check_whole(w);
    }
}

/* However bad: it ends, and never says that a damaged file is whole. */
static void no_noise_makes_it_lie(void **state)
{
    struct wire *w = *state;
    unsigned sent = 0;
    for (int i = 0; i < 60; i++) {
        noise(w, 500U << i % 8, ANY | ZMODEM_CANFC32);
        if (run(w) != ZMODEM_SENT)
            continue;
        check_whole(w);
        sent++;
    }
    print_message("%u of 60 were sent\n", sent);
}

/* A far end that says anything, at once or never: it ends. */
static void a_hostile_receiver(void **state)
{
    struct wire *w = *state;
    uint8_t out[ZMODEM_OUT_MAX];
    for (int i = 0; i < 300; i++) {
        begin(w, 1 + test_random(&w->seed) % 5000, ANY, 0);
        int64_t begun_us = w->now_us;
        unsigned kinds = 1 + (unsigned)(test_random(&w->seed) % 20);
        int64_t pause_us = 1 + (int64_t)(test_random(&w->seed) % 9000000);
        while (!zmodem_over(&w->z)) {
            uint32_t at = (uint32_t)(test_random(&w->seed) % (w->file.len + 1));
            w->now_us += (int64_t)(test_random(&w->seed) % (uint64_t)pause_us);
            zmodem_tick(&w->z, w->now_us);
            (void)zmodem_flush(&w->z);
            while (zmodem_output(&w->z, out, w->now_us) > 0)
                ;
            w->far.said = 0;
            far_header(&w->far, (unsigned)test_random(&w->seed) % kinds, at);
            zmodem_input(&w->z, w->far.say, w->far.said, w->now_us);
            assert_true(w->now_us - begun_us < LIMIT_US);
        }
    }
}

static void a_challenge_is_answered(void **state)
{
    struct wire *w = *state;
    uint8_t out[ZMODEM_OUT_MAX + 1];
    begin(w, 3000, ANY, 0);
    (void)zmodem_output(&w->z, out, w->now_us);
    w->far.said = 0;
    far_header(&w->far, ZMODEM_ZCHALLENGE, 0x04030201);
    zmodem_input(&w->z, w->far.say, w->far.said, w->now_us);
    size_t n = zmodem_output(&w->z, out, w->now_us);
    out[n] = 0;
    assert_non_null(strstr((char *)out, "**\x18"
                                        "B0301020304"));
}

#define WIRE_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WIRE_TEST(sends_a_file),
        WIRE_TEST(asks_before_too_much),
        WIRE_TEST(says_what_it_is),
        WIRE_TEST(begins_where_it_is_asked_to),
        WIRE_TEST(ends_that_are_none),
        WIRE_TEST(five_cans_end_it),
        WIRE_TEST(nobody_there),
        WIRE_TEST(the_far_end_dies),
        WIRE_TEST(a_stuck_line),
        WIRE_TEST(noise_is_overcome),
        WIRE_TEST(no_noise_makes_it_lie),
        WIRE_TEST(a_hostile_receiver),
        WIRE_TEST(a_challenge_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Who is there: the rules of y-protocols, clock by clock, and a page that lies.
 */
#include "support.h"

#include "coedit/sync.h"

#define S INT64_C(1000000)

static struct coedit_aware a;
static struct wire w;

static void begin(uint64_t n)
{
    w.len = 0;
    wire_uint(&w, n);
}

static void entry(uint64_t client, uint64_t clock, const char *state)
{
    wire_uint(&w, client);
    wire_uint(&w, clock);
    wire_text(&w, state);
}

static int one(uint64_t client, uint64_t clock, const char *state, int64_t now)
{
    begin(1);
    entry(client, clock, state);
    return coedit_aware_take(&a, w.at, w.len, now);
}

static const char *state_of(uint64_t client)
{
    for (size_t i = 0; i < COEDIT_AWARE_CLIENTS; i++)
        if (a.client[i].used && a.client[i].here &&
            a.client[i].client == client)
            return a.client[i].state;
    return "gone";
}

static void set(const char *state, int64_t now)
{
    assert_int_equal(
        coedit_aware_set(&a, state, state ? strlen(state) : 0, now), 0);
}

static int setup(void **state)
{
    (void)state;
    coedit_aware_init(&a, 7);
    return 0;
}

static void test_clocks(void **state)
{
    (void)state;
    assert_int_equal(one(2, 0, "{}", 0), 0); /* first seen with clock 0 */
    assert_string_equal(state_of(2), "gone");
    assert_int_equal(one(2, 1, "{\"f\":\"a\"}", 0), 1);
    assert_string_equal(state_of(2), "{\"f\":\"a\"}");
    assert_int_equal(one(2, 1, "{\"f\":\"b\"}", 0), 0); /* no newer */
    assert_string_equal(state_of(2), "{\"f\":\"a\"}");
    assert_int_equal(one(2, 5, "{\"f\":\"a\"}", 0), 0); /* heard, the same */
    assert_int_equal(one(2, 4, "{\"f\":\"c\"}", 0), 0);
    assert_int_equal(one(2, 5, "null", 0), 1); /* gone at the same clock */
    assert_string_equal(state_of(2), "gone");
    assert_int_equal(one(2, 5, "null", 0), 0);
    assert_int_equal(one(2, 5, "{}", 0), 0); /* its clock is remembered */
    assert_int_equal(one(2, 6, "{}", 0), 1);
}

static void test_time(void **state)
{
    (void)state;
    set("{}", 0);
    assert_false(coedit_aware_due(&a, COEDIT_AWARE_RENEW_US - 1));
    assert_true(coedit_aware_due(&a, COEDIT_AWARE_RENEW_US));
    uint8_t m[64];
    int n = coedit_aware_write(&a, 15 * S, m, sizeof(m));
    static const uint8_t want[] = "\x01\x07\x02\x02{}";
    assert_int_equal(n, sizeof(want) - 1);
    assert_memory_equal(m, want, sizeof(want) - 1);
    assert_false(coedit_aware_due(&a, 16 * S));
    assert_int_equal(one(2, 1, "{}", 0), 1);
    assert_int_equal(one(3, 1, "{}", 5 * S), 1);
    assert_false(coedit_aware_tick(&a, 30 * S - 1));
    assert_true(coedit_aware_tick(&a, 30 * S));
    assert_string_equal(state_of(2), "gone");
    assert_string_equal(state_of(3), "{}");
    assert_string_equal(state_of(7), "{}"); /* one's own stays */
    assert_false(coedit_aware_tick(&a, 31 * S));
    assert_int_equal(coedit_aware_write(&a, 31 * S, m, 10), -EMSGSIZE);
}

/* One who is said to be gone, and is not. */
static void test_self(void **state)
{
    uint8_t m[64];
    (void)state;
    assert_int_equal(one(7, 9, "null", 0), 0); /* nothing was set yet */
    set("{}", 0);
    assert_int_equal(one(7, 3, "null", 0), 2);
    assert_string_equal(state_of(7), "{}");
    assert_int_equal(coedit_aware_write(&a, 0, m, sizeof(m)), 6);
    assert_int_equal(m[2], 4); /* what came, and one more */
    assert_int_equal(one(7, 90, "{\"x\":1}", 0), 0); /* words in one's mouth */
    assert_string_equal(state_of(7), "{}");
    set("null", 0);
    assert_string_equal(state_of(7), "gone");
    set("{}", 0);
    set(NULL, 0);
    assert_string_equal(state_of(7), "gone");
    assert_int_equal(coedit_aware_write(&a, 0, m, sizeof(m)), 8);
    assert_memory_equal(m + 3, "\x04null", 5);
}

/* A clock at the end of all clocks: one's own does not run over. */
static void test_last_clock(void **state)
{
    (void)state;
    set("{}", 0);
    assert_int_equal(one(7, UINT32_MAX, "null", 0), 0);
    assert_int_equal(one(7, (uint64_t)UINT32_MAX + 1, "null", 0), -E2BIG);
    assert_int_equal(one(7, UINT32_MAX - 1, "null", 0), 2);
    set("{\"k\":1}", 0);
    assert_string_equal(state_of(7), "{\"k\":1}");
    uint8_t m[64];
    assert_true(coedit_aware_write(&a, 0, m, sizeof(m)) > 0);
    assert_int_equal(a.self_clock, UINT32_MAX);
}

static void test_ceilings(void **state)
{
    static char big[COEDIT_AWARE_STATE_MAX + 2];
    (void)state;
    memset(big, 'x', sizeof(big) - 1);
    assert_int_equal(one(2, 1, big, 0), -E2BIG);
    assert_int_equal(coedit_aware_set(&a, big, strlen(big), 0), -E2BIG);
    big[COEDIT_AWARE_STATE_MAX] = '\0';
    assert_int_equal(one(2, 1, big, 0), 1);
    assert_int_equal(coedit_aware_set(&a, big, strlen(big), 0), 0);
    assert_int_equal(coedit_aware_set(&a, "\xff", 1, 0), -EBADMSG);
    for (uint64_t i = 0; i < COEDIT_AWARE_CLIENTS - 2; i++)
        assert_int_equal(one(20 + i, 1, "{}", 0), 1);
    assert_int_equal(one(90, 1, "{}", 0), -E2BIG);
    assert_int_equal(one(20, 2, "null", 0), 1); /* makes room */
    assert_int_equal(one(90, 1, "{}", 0), 1);
    assert_string_equal(state_of(90), "{}");
    begin(COEDIT_AWARE_CLIENTS + 1);
    for (uint64_t i = 0; i <= COEDIT_AWARE_CLIENTS; i++)
        entry(4, i + 10, "{}");
    assert_int_equal(coedit_aware_take(&a, w.at, w.len, 0), -E2BIG);
}

/* Others cannot take the last place, which is one's own. */
static void test_own_place(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < COEDIT_AWARE_CLIENTS - 1; i++)
        assert_int_equal(one(20 + i, 1, "{}", 0), 1);
    assert_int_equal(one(90, 1, "{}", 0), -E2BIG);
    set("{}", 0);
    assert_string_equal(state_of(7), "{}");
    assert_int_equal(one(90, 1, "{}", 0), -E2BIG);
    set(NULL, 0); /* nor when it is gone for a while */
    assert_int_equal(one(90, 1, "{}", 0), -E2BIG);
    set("{}", 0);
}

/* All of a message counts, or none of it. */
static void test_whole(void **state)
{
    (void)state;
    set("{}", 0);
    for (uint64_t i = 2; i < 2 + COEDIT_AWARE_CLIENTS - 2; i++)
        assert_int_equal(one(20 + i, 1, "{}", 0), 1);
    begin(2); /* there is room for one */
    entry(90, 1, "{}");
    entry(91, 1, "{}");
    assert_int_equal(coedit_aware_take(&a, w.at, w.len, 0), -E2BIG);
    assert_string_equal(state_of(90), "gone");
    begin(2);
    entry(90, 1, "{}");
    entry(91, 0, "{}"); /* is none */
    assert_int_equal(coedit_aware_take(&a, w.at, w.len, 0), 1);
    assert_string_equal(state_of(90), "{}");
    begin(3); /* one goes, another comes in its stead, in one message */
    entry(90, 2, "null");
    entry(91, 1, "{}");
    entry(7, 8, "null");
    assert_int_equal(coedit_aware_take(&a, w.at, w.len, 0), 3);
    assert_string_equal(state_of(91), "{}");
}

static void test_refused(void **state)
{
    static const struct {
        const char *what;
        const char *bytes;
        size_t len;
    } all[] = {
        {"nothing", "", 0},
        {"fewer than it says", "\x02\x02\x01\x02{}", 6},
        {"bytes behind the end", "\x01\x02\x01\x02{}x", 7},
        {"a state cut off", "\x01\x02\x01\x05{}", 6},
        {"no UTF-8", "\x01\x02\x01\x01\xff", 5},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(all); i++) {
        int r = coedit_aware_take(&a, all[i].bytes, all[i].len, 0);
        if (r != -EBADMSG)
            fail_msg("%s: %d", all[i].what, r);
        assert_string_equal(state_of(2), "gone");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_clocks, setup),
        cmocka_unit_test_setup(test_time, setup),
        cmocka_unit_test_setup(test_self, setup),
        cmocka_unit_test_setup(test_last_clock, setup),
        cmocka_unit_test_setup(test_ceilings, setup),
        cmocka_unit_test_setup(test_own_place, setup),
        cmocka_unit_test_setup(test_whole, setup),
        cmocka_unit_test_setup(test_refused, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

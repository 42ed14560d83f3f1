/* The pages' channel: what may not come, how much may, and the expert's
 * document. */
#include "share_world.h"

#include <unistd.h>

static const struct {
    uint8_t kind;
    const char *json;
    const char *why;
} bad[] = {
    {5, "{\"page\":1,\"turn\":4,\"zoom\":100,\"x\":0,\"y\":0}", "malformed"},
    {5, "{\"page\":1,\"turn\":0,\"zoom\":99,\"x\":0,\"y\":0}", "malformed"},
    {5, "{\"page\":1,\"turn\":0,\"zoom\":801,\"x\":0,\"y\":0}", "malformed"},
    {5, "{\"page\":1,\"turn\":0,\"zoom\":100,\"x\":10001,\"y\":0}",
     "malformed"},
    {5, "{\"page\":1,\"turn\":0,\"zoom\":100,\"x\":65536,\"y\":0}",
     "malformed"},
    {5, "{\"page\":1,\"turn\":256,\"zoom\":100,\"x\":0,\"y\":0}", "malformed"},
    {5, "{\"page\":9,\"turn\":0,\"zoom\":100,\"x\":0,\"y\":0}", "malformed"},
    {5, "{\"page\":1,\"turn\":0,\"zoom\":100,\"x\":0}", "malformed"},
    {6, "", "malformed"},
    {6, "12345678", "malformed"},
    {6, "123456789", "malformed"},
    {2, "{}", "malformed"},
    {7, "{}", "malformed"},
    {9, "{}", "malformed"},
    {10, "{}", "malformed"},
    {0, "", "malformed"},
    {99, "", "malformed"},
    {8, "{}", "malformed"},
    {8, "{\"do\":\"dance\"}", "malformed"},
    {8, "{\"do\":\"mark\",\"page\":0,\"what\":\"box\"}", "malformed"},
    {8, "{\"do\":\"mark\",\"page\":1,\"what\":\"star\"}", "malformed"},
    {8, "{\"do\":\"mark\",\"page\":1,\"what\":\"text\"}", "malformed"},
    {8, "{\"do\":\"mark\",\"page\":1,\"what\":\"box\",\"x\":65536}",
     "malformed"},
    {8, "{\"do\":\"mark\",\"page\":1,\"what\":\"text\",\"text\":\"\\u0007\"}",
     "malformed"},
    {8, "{\"do\":\"saved\",\"page\":5}", "malformed"},
    {8, "{\"do\":\"ask\",\"kind\":\"\",\"sides\":1,\"text\":\"\"}",
     "malformed"},
    {8, "{\"do\":\"ask\",\"kind\":\"A\",\"sides\":1}", "malformed"},
    {8, "{\"do\":\"ask\",\"kind\":\"a\",\"sides\":3}", "malformed"},
    {8, "{\"do\":\"ask\",\"kind\":\"a\",\"sides\":0}", "malformed"},
    {8, "{\"do\":\"ask\",\"sides\":1,\"text\":\"a\\u009fz\"}", "malformed"},
    {8, "{\"do\":\"ask\",\"sides\":1,\"text\":\"a\\nb\"}", "malformed"},
    {8,
     "{\"do\":\"ask\",\"sides\":1,\"kind\":"
     "\"a23456789012345678901234567890123\"}",
     "too-large"},
    {8, "{\"do\":\"offer\",\"n\":0,\"bytes\":1}", "malformed"},
    {8, "{\"do\":\"offer\",\"n\":1,\"bytes\":0}", "malformed"},
    {8, "{\"do\":\"offer\",\"n\":1,\"bytes\":33554433}", "too-large"},
    {8, "{\"do\":\"offer-off\",\"n\":1}", "malformed"},
};

static void test_bad_words(void **state)
{
    (void)state;
    (void)share_add_shared(1, 1000);
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        papers_share_channel(world.s, true, world.now_us);
        share_joined();
        share_say(bad[i].kind, bad[i].json);
        if (papers_share_joined(world.s))
            fail_msg("%zu: %s", i, bad[i].json);
        share_expect_over(bad[i].why);
        share_say(bad[i].kind, bad[i].json); /* nothing counts any more */
        share_hear_nothing();
    }
    assert_int_equal(world.p->sheets, 1);
    papers_share_channel(world.s, true, world.now_us);
    share_joined();
    papers_share_receive(world.s, "", 0, world.now_us);
    share_expect_over("malformed");
    share_joined();
    static const uint8_t long_one[PAPERS_MESSAGE_MAX + 1] = {5};
    papers_share_receive(world.s, long_one, sizeof(long_one), world.now_us);
    share_expect_over("too-large");
    papers_share_channel(world.s, true, world.now_us);
    share_say(5, "{}"); /* before it joined */
    share_expect_over("malformed");
}

/* --- the expert's document -------------------------------------------- */

#define DOC(n, state, why) \
    "{\"n\":" n ",\"state\":\"" state "\",\"why\":\"" why "\",\"pages\":0}"

static void test_document(void **state)
{
    (void)state;
    uint8_t back[30] = {0};
    share_joined();
    share_offer(1, 30);
    share_hear_json(9, TOLD("none", DOC("1", "coming", ""), "0"));
    share_say_piece(2, 1, 0, "0123456789", 10);
    share_say_piece(2, 1, 10, "01234567890123456789", 20);
    assert_int_equal(world.documents, 1);
    assert_int_equal(world.document_n, 1);
    assert_int_equal(pread(world.document_fd, back, 30, 0), 30);
    assert_memory_equal(back, "012345678901234567890123456789", 30);
    assert_int_equal(scanpage_sealed_len(world.document_fd, 100), 30);
    share_hear_json(9, TOLD("none", DOC("1", "reading", ""), "0"));
    share_say_piece(2, 1, 30, "x", 1); /* more than it offered: passed over */
    assert_true(papers_share_joined(world.s));
    share_offer(2, 20); /* another one: that one is not read to its end */
    assert_int_equal(world.offs, 1);
    share_say_piece(2, 2, 0, "0123456789", 10);
    share_say_piece(2, 1, 0, "late", 4);
    share_say(8, "{\"do\":\"offer-off\",\"n\":2}");
    share_say_piece(2, 2, 10, "late", 4);
    share_hear_json(9, TOLD("none", DOC("2", "none", ""), "0"));
    assert_int_equal(world.documents, 1);
    struct papers_given g = pages_given(1, 1000);
    uint32_t id = 0;
    g.from = PAPERS_FROM_EXPERT;
    g.document = 1;
    assert_int_equal(papers_add(world.p, &g, 0, &id), 0);
    share_say(8, "{\"do\":\"offer-off\",\"n\":1}");
    assert_int_equal(world.p->sheets, 0);
    assert_true(papers_share_joined(world.s));
}

static void test_document_hostile(void **state)
{
    (void)state;
    static const struct {
        uint8_t part;
        uint32_t n, at;
        size_t len;
    } t[] = {
        {2, 1, 0, 21}, {2, 1, 1, 1}, {2, 1, UINT32_MAX, 1},
        {2, 1, 0, 0},  {2, 0, 0, 1}, {2, 2, 0, 1},
        {1, 1, 0, 1},  {0, 1, 0, 1}, {3, 1, 0, 1},
    };
    static const uint8_t bytes[32];
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++) {
        papers_wipe(world.p);
        papers_share_channel(world.s, true, world.now_us);
        share_joined();
        share_offer(1, 20);
        share_say_piece(t[i].part, t[i].n, t[i].at, bytes, t[i].len);
        assert_int_equal(world.p->document.state, PAPERS_DOCUMENT_REFUSED);
        share_expect_over("malformed");
    }
    share_joined();
    share_offer(1, 20); /* a number that was there */
    share_expect_over("malformed");
}

/* A line that breaks off, or pages without room, end it. */
static void test_document_ends(void **state)
{
    (void)state;
    share_joined();
    share_offer(1, 20);
    papers_share_channel(world.s, false, world.now_us);
    assert_int_equal(world.p->document.state, PAPERS_DOCUMENT_REFUSED);
    papers_share_channel(world.s, true, world.now_us);
    share_join("");
    size_t len;
    assert_non_null(share_hear(&len));
    share_hear_json(9, TOLD("none", DOC("1", "refused", "failed"), "0"));
    for (uint32_t i = 0; i < PAPERS_PAGES_MAX; i++)
        (void)share_add(i, 1000);
    share_offer(2, 20);
    share_hear_json(9, TOLD("none", DOC("2", "refused", "full"), "40"));
}

/* --- rates ------------------------------------------------------------ */

static void test_rates(void **state)
{
    (void)state;
    static const uint8_t bytes[PAPERS_PIECE_MAX];
    (void)share_add_shared(1, 1000);
    share_joined();
    for (int i = 0; i < 600; i++, world.now_us += SECOND / PAPERS_RATE + 1)
        share_say_point(1, 1, 1);
    assert_true(papers_share_joined(world.s));
    world.now_us += 2 * SECOND;
    for (int i = 0; i < 2 * PAPERS_RATE; i++)
        share_say_point(1, 1, 1);
    assert_true(papers_share_joined(world.s));
    share_say_point(1, 1, 1);
    assert_false(papers_share_joined(world.s));
    share_join(""); /* still */
    share_expect_over("too-fast");
    world.now_us += 10 * SECOND;
    share_joined();
    share_offer(1, PAPERS_DOCUMENT_MAX);
    world.now_us += 2 * SECOND;
    uint32_t at = 0;
    for (; at + PAPERS_MESSAGE_MAX < 2 * PAPERS_BYTE_RATE;
         at += PAPERS_PIECE_MAX)
        share_say_piece(2, 1, at, bytes, PAPERS_PIECE_MAX);
    assert_true(papers_share_joined(world.s));
    for (int i = 0; i < 3; i++, at += PAPERS_PIECE_MAX)
        share_say_piece(2, 1, at, bytes, PAPERS_PIECE_MAX);
    share_expect_over("too-fast");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, share_setup, share_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_bad_words),
        CASE(test_document),
        CASE(test_document_hostile),
        CASE(test_document_ends),
        CASE(test_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

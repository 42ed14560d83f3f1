/* The pages' channel: what goes, in which order, and what follows from what
 * comes. */
#include "share_world.h"

#include "base/text.h"

#include "oom.h"

/* --- joining ---------------------------------------------------------- */

static void test_empty(void **state)
{
    (void)state;
    share_hear_nothing();
    share_join("");
    share_hear_json(2, "{\"pages\":[]}");
    share_hear_json(9, TOLD("none", NO_DOC, "0"));
    share_hear_json(5, NO_LOOK);
    share_hear_nothing();
    (void)share_add(1, 1000);
    share_hear_json(9, TOLD("none", NO_DOC, "1"));
    share_hear_nothing();
}

/* Previews first, then the detail of the page that is looked at, then the
 * others; pointers and marks pass between. */
static void test_order(void **state)
{
    (void)state;
    uint32_t a = share_add_shared(1, 40000);
    uint32_t kept = share_add(2, 1000);
    uint32_t b = share_add_shared(3, 20000);
    const struct papers_look look = {.page = b, .zoom = 150};
    const struct papers_mark m = {.kind = PAPERS_TEXT, .text = "a\"\\b"};
    char list[1024];
    char hex[2][65];
    lk_hex_encode(papers_find(world.p, a)->sha256, 32, hex[0]);
    lk_hex_encode(papers_find(world.p, b)->sha256, 32, hex[1]);
    snprintf(list, sizeof(list),
             "{\"pages\":[{\"id\":1,\"from\":\"scanner\",\"width\":2480,"
             "\"height\":3508,\"dpi\":300,\"preview\":500,\"detail\":40000,"
             "\"sha256\":\"%s\",\"attached\":false,\"keep\":true},{\"id\":3,"
             "\"from\":\"scanner\",\"width\":2480,\"height\":3508,\"dpi\":300,"
             "\"preview\":500,\"detail\":20000,\"sha256\":\"%s\","
             "\"attached\":false,\"keep\":true}]}",
             hex[0], hex[1]);
    assert_int_equal(papers_look_at(world.p, &look, true), 0);
    assert_int_equal(kept, 2);
    share_join("");
    share_hear_json(2, list);
    share_hear_json(9, TOLD("none", NO_DOC, "1"));
    share_hear_json(5, "{\"page\":3,\"turn\":0,\"zoom\":150,\"x\":0,\"y\":0,"
                       "\"by\":\"citizen\"}");
    share_hear_piece(0, a, 0, 500);
    share_hear_piece(0, b, 0, 500);
    share_hear_piece(1, b, 0, PAPERS_PIECE_MAX);
    assert_int_equal(papers_mark(world.p, b, &m), 0);
    share_hear_json(
        7, "{\"page\":3,\"marks\":[{\"id\":1,\"by\":\"expert\",\"what\":"
           "\"text\",\"x\":0,\"y\":0,\"to_x\":0,\"to_y\":0,\"text\":"
           "\"a\\\"\\\\b\"}]}");
    share_hear_piece(1, b, PAPERS_PIECE_MAX, 20000 - PAPERS_PIECE_MAX);
    share_hear_piece(1, a, 0, PAPERS_PIECE_MAX);
    papers_set_shared(world.p, a, false);
    size_t len;
    assert_int_equal(share_hear(&len)[0], 2);
    share_hear_json(9, TOLD("none", NO_DOC, "2"));
    share_hear_nothing();
}

/* After a reconnection it goes on; of what it had before nothing is believed
 * that cannot be. */
static void test_have(void **state)
{
    (void)state;
    uint32_t a = share_add_shared(1, 40000);
    uint32_t kept = share_add(2, 1000);
    size_t len;
    share_joined();
    papers_share_channel(world.s, false, world.now_us);
    papers_share_channel(world.s, true, world.now_us);
    share_join("[1,30000],[2,500]"); /* 2 was never given: passed over */
    for (int i = 0; i < 3; i++)
        assert_non_null(share_hear(&len));
    share_hear_piece(0, a, 0, 500);
    share_hear_piece(1, a, 30000, 10000);
    share_hear_nothing();
    assert_int_equal(papers_find(world.p, a)->show.sent, 75);
    share_join("[1,40001]");
    share_expect_over("malformed");
    share_join("[3,0]");
    share_expect_over("malformed");
    share_join("[1,40000]");
    for (int i = 0; i < 3; i++)
        assert_non_null(share_hear(&len));
    share_hear_piece(0, a, 0, 500);
    share_hear_nothing();
    assert_int_equal(kept, 2);
}

static void test_join_hostile(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{}",
        "{\"v\":2,\"load\":\"" LOAD "\",\"have\":[]}",
        "{\"v\":1,\"load\":\"" LOAD "0\",\"have\":[]}",
        "{\"v\":1,\"load\":\"0011\",\"have\":[]}",
        "{\"v\":1,\"load\":\"00112233445566778899AABBCCDDEEFF\",\"have\":[]}",
        "{\"v\":1,\"load\":\"" LOAD "\",\"have\":[[0,0]]}",
        "{\"v\":1,\"load\":\"" LOAD "\",\"have\":[[1]]}",
        "nothing",
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        papers_share_channel(world.s, true, world.now_us);
        share_say(1, bad[i]);
        assert_false(papers_share_joined(world.s));
        size_t len = 0;
        const uint8_t *m = share_hear(&len);
        assert_non_null(m);
        assert_int_equal(m[0], 10);
        share_hear_nothing();
    }
    share_joined();
}

/* --- progress --------------------------------------------------------- */

/* No more than a window goes without the page's word. */
static void test_window(void **state)
{
    (void)state;
    uint32_t a = share_add_shared(1, 2000000);
    share_joined();
    size_t len = 0;
    share_got(a, PAPERS_GOT);
    assert_int_equal(papers_find(world.p, a)->show.sent, 13);
    size_t sent = 0;
    while (share_hear(&len))
        sent += len - 10;
    assert_in_range(sent, PAPERS_GOT - PAPERS_PIECE_MAX,
                    PAPERS_GOT + PAPERS_PIECE_MAX);
    for (uint32_t n = 2; n * PAPERS_GOT < 2000000; n++) {
        share_got(a, n * PAPERS_GOT);
        while (share_hear(&len))
            ;
    }
    assert_false(papers_find(world.p, a)->show.whole);
    share_got_all(a);
    assert_true(papers_find(world.p, a)->show.whole);
    assert_int_equal(papers_find(world.p, a)->show.sent, 100);
    assert_true(papers_share_joined(world.s));
}

static void test_got_hostile(void **state)
{
    (void)state;
    uint32_t a = share_add_shared(1, 2000000);
    uint32_t kept = share_add(2, 1000);
    char other[128];
    snprintf(other, sizeof(other), "{\"id\":%u,\"sha256\":\"%064d\"}", a, 0);
    const char *const bad[] = {
        "{\"id\":1,\"bytes\":1999999}",
        "{\"id\":1}",
        "{\"id\":0,\"bytes\":0}",
        "{\"id\":3,\"bytes\":0}",
        "{\"bytes\":0}",
        "{\"id\":1,\"bytes\":0,\"sha256\":\"\"}",
        "{\"id\":1,\"sha256\":\"zz\"}",
        other,
        "[]",
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        papers_share_channel(world.s, true, world.now_us);
        share_joined();
        share_say(4, bad[i]);
        share_expect_over("malformed");
    }
    papers_share_channel(world.s, true, world.now_us);
    share_joined();
    share_got_all(a); /* before all of it went */
    share_expect_over("malformed");
    share_joined();
    share_got(kept, 10); /* nobody knows of it: passed over */
    share_got_all(kept);
    share_got(a, 100);
    assert_true(papers_share_joined(world.s));
    share_got(a, 99);
    share_expect_over("malformed");
}

/* --- together --------------------------------------------------------- */

static void test_look(void **state)
{
    (void)state;
    (void)share_add_shared(1, 1000);
    (void)share_add(2, 1000);
    share_joined();
    share_say(5, "{\"page\":1,\"turn\":1,\"zoom\":200,\"x\":1,\"y\":2,\"by\":"
                 "\"citizen\"}");
    assert_int_equal(world.p->look.turn, 1);
    share_hear_json(
        5, "{\"page\":1,\"turn\":1,\"zoom\":200,\"x\":1,\"y\":2,\"by\":"
           "\"expert\"}");
    share_hear_nothing();
    /* A page that it cannot see: it is told where things stand. */
    share_say(5, "{\"page\":2,\"turn\":0,\"zoom\":100,\"x\":0,\"y\":0}");
    share_hear_json(
        5, "{\"page\":1,\"turn\":1,\"zoom\":200,\"x\":1,\"y\":2,\"by\":"
           "\"expert\"}");
    share_say_point(1, 10, 20);
    assert_int_equal(world.p->theirs.y, 20);
    share_say_point(2, 10, 20);
    assert_int_equal(world.p->theirs_page, 1);
    share_say_point(0, 0, 0);
    assert_false(world.p->theirs.here);
    assert_int_equal(papers_point_at(world.p, 1, 3, 4, true), 0);
    size_t len = 0;
    const uint8_t *m = share_hear(&len);
    assert_memory_equal(m, "\6\0\0\0\1\0\3\0\4", 9);
    assert_int_equal(len, 9);
    share_hear_nothing();
}

/* At most so often; the newest counts. */
static void test_point_pace(void **state)
{
    (void)state;
    const void *m = NULL;
    size_t len = 0;
    (void)share_add_shared(1, 1000);
    share_joined();
    world.now_us += SECOND;
    unsigned sent = 0;
    for (int i = 0; i < 1000; i++, world.now_us += 1000) {
        assert_int_equal(papers_point_at(world.p, 1, (uint16_t)i, 0, true), 0);
        while (papers_share_poll(world.s, world.now_us, &m, &len))
            sent++;
    }
    assert_in_range(sent, 29, 31);
    papers_share_tick(world.s, world.now_us);
    assert_true(papers_share_next_us(world.s) > world.now_us);
    m = share_hear(&len);
    assert_non_null(m);
    assert_int_equal(((const uint8_t *)m)[5] << 8 | ((const uint8_t *)m)[6],
                     999);
    share_hear_nothing();
}

static void test_do(void **state)
{
    (void)state;
    uint32_t a = share_add_shared(1, 1000);
    (void)share_add(2, 1000);
    share_joined();
    share_say(8,
              "{\"do\":\"mark\",\"page\":1,\"what\":\"line\",\"x\":1,\"y\":2,"
              "\"to_x\":3,\"to_y\":4}");
    share_say(8,
              "{\"do\":\"mark\",\"page\":2,\"what\":\"line\",\"x\":1,\"y\":2}");
    assert_int_equal(papers_find(world.p, a)->marks, 1);
    assert_false(papers_find(world.p, a)->mark[0].mine);
    share_hear_json(
        7, "{\"page\":1,\"marks\":[{\"id\":1,\"by\":\"expert\",\"what\":"
           "\"line\",\"x\":1,\"y\":2,\"to_x\":3,\"to_y\":4,\"text\":\"\""
           "}]}");
    share_say(8, "{\"do\":\"unmark\",\"page\":1,\"mark\":1}");
    share_say(8, "{\"do\":\"unmark\",\"page\":1,\"mark\":77}");
    share_hear_json(7, "{\"page\":1,\"marks\":[]}");
    share_say(8, "{\"do\":\"saved\",\"page\":1}");
    assert_true(papers_find(world.p, a)->show.saved);
    share_say(
        8, "{\"do\":\"ask\",\"kind\":\"payslip\",\"sides\":2,\"text\":\"uusin"
           "\"}");
    assert_int_equal(world.asks, 1);
    assert_string_equal(world.p->ask.kind, "payslip");
    assert_string_equal(world.p->ask.text, "uusin");
    assert_int_equal(world.p->ask.sides, 2);
    share_hear_json(9, TOLD("open", NO_DOC, "1"));
    share_say(8, "{\"do\":\"ask-off\"}");
    assert_false(world.p->ask.open);
    share_hear_json(9, TOLD("none", NO_DOC, "1"));
    for (int i = 0; i < PAPERS_MARKS_MAX + 5; i++, world.now_us += SECOND / 10)
        share_say(
            8, "{\"do\":\"mark\",\"page\":1,\"what\":\"text\",\"x\":1,\"y\":2,"
               "\"text\":\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"
               "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"}");
    assert_true(papers_share_joined(world.s));
    assert_int_equal(papers_find(world.p, a)->marks, PAPERS_MARKS_MAX);
    size_t len = 0;
    assert_non_null(share_hear(&len));
    share_hear_nothing();
}

/* The longest marks and the longest list there can be fit. */
static void test_longest(void **state)
{
    (void)state;
    struct papers_mark m = {.kind = PAPERS_TEXT,
                            .x = 10000,
                            .y = 10000,
                            .to_x = 10000,
                            .to_y = 10000};
    memset(m.text, '"', sizeof(m.text) - 1);
    world.p->last_mark = UINT32_MAX - 100;
    world.p->last_id = 2147483000;
    for (int i = 0; i < PAPERS_PAGES_MAX; i++) {
        uint32_t id = share_add_shared(1, 1000);
        for (int n = 0; i == 0 && n < PAPERS_MARKS_MAX; n++)
            assert_int_equal(papers_mark(world.p, id, &m), 0);
    }
    share_join("");
    size_t len = 0;
    assert_int_equal(share_hear(&len)[0], 2);
    assert_in_range(len, 5000, PAPERS_MESSAGE_MAX);
    assert_int_equal(share_hear(&len)[0], 9);
    assert_int_equal(share_hear(&len)[0], 7);
    assert_in_range(len, 13000, PAPERS_MESSAGE_MAX);
}

static void test_memory(void **state)
{
    int r = 0;
    (void)state;
    papers_share_free(world.s);
    OOM_SWEEP(r, papers_share_new(world.p, &share_output, &world.s));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, share_setup, share_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_empty),        CASE(test_order),      CASE(test_have),
        CASE(test_join_hostile), CASE(test_window),     CASE(test_got_hostile),
        CASE(test_look),         CASE(test_point_pace), CASE(test_do),
        CASE(test_longest),      CASE(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

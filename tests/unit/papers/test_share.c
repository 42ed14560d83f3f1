/* The pages' channel: what goes, in which order; what may come. */
#include "pages.h"

#include "base/bytes.h"
#include "base/text.h"
#include "papers/share.h"

#include "oom.h"

#include <unistd.h>

#define LOAD "00112233445566778899aabbccddeeff"
#define SECOND INT64_C(1000000)

static struct papers *p;
static struct papers_share *s;
static int64_t now_us;
static unsigned asks, documents, offs;
static uint32_t document_n;
static int document_fd = -1;

static void on_document(void *arg, uint32_t n, int fd)
{
    (void)arg;
    document_n = n;
    (void)lk_fd_close(document_fd);
    document_fd = fd;
    documents++;
}

static void on_document_off(void *arg, uint32_t n)
{
    (void)arg;
    document_n = n;
    offs++;
}

static void on_asked(void *arg)
{
    (void)arg;
    asks++;
}

static const struct papers_share_output output = {.document = on_document,
                                                  .document_off =
                                                      on_document_off,
                                                  .asked = on_asked};

static int setup(void **state)
{
    (void)state;
    asks = documents = offs = 0;
    now_us = SECOND;
    int r = papers_new(&p);
    if (r == 0)
        r = papers_share_new(p, &output, &s);
    if (r == 0)
        papers_share_channel(s, true, now_us);
    return r;
}

static int teardown(void **state)
{
    (void)state;
    s = papers_share_free(s);
    p = papers_free(p);
    document_fd = lk_fd_close(document_fd);
    return 0;
}

static uint32_t add(uint32_t tag, size_t len)
{
    struct papers_given g = pages_given(tag, len);
    uint32_t id = 0;
    assert_int_equal(papers_add(p, &g, PAPERS_LAST, &id), 0);
    return id;
}

static uint32_t add_shared(uint32_t tag, size_t len)
{
    uint32_t id = add(tag, len);
    papers_set_shared(p, id, true);
    return id;
}

/* --- the page's side -------------------------------------------------- */

static void say(uint8_t kind, const char *json)
{
    uint8_t m[PAPERS_MESSAGE_MAX];
    size_t len = strlen(json);
    m[0] = kind;
    memcpy(m + 1, json, len);
    papers_share_receive(s, m, len + 1, now_us);
}

static void join(const char *have)
{
    char json[512];
    snprintf(json, sizeof(json),
             "{\"v\":1,\"load\":\"" LOAD "\",\"have\":[%s]}", have);
    say(1, json);
}

static void say_piece(uint8_t part, uint32_t n, uint32_t at, const void *bytes,
                      size_t len)
{
    uint8_t m[PAPERS_MESSAGE_MAX + 64] = {3, part};
    lk_put_u32(m + 2, n);
    lk_put_u32(m + 6, at);
    memcpy(m + 10, bytes, len);
    papers_share_receive(s, m, len + 10, now_us);
}

static void say_point(uint32_t page, uint16_t x, uint16_t y)
{
    uint8_t m[9] = {6};
    lk_put_u32(m + 1, page);
    lk_put_u16(m + 5, x);
    lk_put_u16(m + 7, y);
    papers_share_receive(s, m, sizeof(m), now_us);
}

/* --- what the kiosk says ---------------------------------------------- */

static const uint8_t *hear(size_t *ret_len)
{
    const void *bytes = NULL;
    now_us += SECOND / 10;
    if (!papers_share_poll(s, now_us, &bytes, ret_len))
        return NULL;
    assert_in_range(*ret_len, 1, PAPERS_MESSAGE_MAX);
    return bytes;
}

static void hear_nothing(void)
{
    size_t len;
    assert_null(hear(&len));
    assert_int_equal(papers_share_next_us(s), INT64_MAX);
}

static void hear_json(uint8_t kind, const char *json)
{
    size_t len = 0;
    const uint8_t *m = hear(&len);
    assert_non_null(m);
    assert_int_equal(m[0], kind);
    char text[PAPERS_MESSAGE_MAX + 1] = "";
    memcpy(text, m + 1, len - 1);
    if (strcmp(text, json) != 0)
        fail_msg("%s\n!= %s", text, json);
}

static void hear_piece(uint8_t part, uint32_t id, uint32_t at, uint32_t n)
{
    size_t len = 0;
    const uint8_t *m = hear(&len);
    assert_non_null(m);
    assert_int_equal(m[0], 3);
    assert_int_equal(m[1], part);
    assert_int_equal(lk_get_u32(m + 2), id);
    assert_int_equal(lk_get_u32(m + 6), at);
    assert_int_equal(len, 10 + n);
}

#define TOLD(ask, doc, own)                                                 \
    "{\"ask\":\"" ask "\",\"doc\":" doc ",\"scanner\":\"none\",\"camera\":" \
    "false,\"own\":" own "}"
#define NO_DOC "{\"n\":0,\"state\":\"none\",\"why\":\"\",\"pages\":0}"
#define NO_LOOK \
    "{\"page\":0,\"turn\":0,\"zoom\":100,\"x\":0,\"y\":0,\"by\":\"expert\"}"

/* Joins with what there is, and hears all of it. */
static void joined(void)
{
    size_t len;
    join("");
    while (hear(&len))
        ;
    assert_true(papers_share_joined(s));
}

static void expect_over(const char *why)
{
    char json[64];
    snprintf(json, sizeof(json), "{\"why\":\"%s\"}", why);
    assert_false(papers_share_joined(s));
    hear_json(10, json);
    hear_nothing();
}

/* --- joining ---------------------------------------------------------- */

static void test_empty(void **state)
{
    (void)state;
    hear_nothing();
    join("");
    hear_json(2, "{\"pages\":[]}");
    hear_json(9, TOLD("none", NO_DOC, "0"));
    hear_json(5, NO_LOOK);
    hear_nothing();
    (void)add(1, 1000);
    hear_json(9, TOLD("none", NO_DOC, "1"));
    hear_nothing();
}

/* Previews first, then the detail of the page that is looked at, then the
 * others; pointers and marks pass between. */
static void test_order(void **state)
{
    (void)state;
    uint32_t a = add_shared(1, 40000);
    uint32_t kept = add(2, 1000);
    uint32_t b = add_shared(3, 20000);
    const struct papers_look look = {.page = b, .zoom = 150};
    const struct papers_mark m = {.kind = PAPERS_TEXT, .text = "a\"\\b"};
    char list[1024];
    char hex[2][65];
    lk_hex_encode(papers_find(p, a)->sha256, 32, hex[0]);
    lk_hex_encode(papers_find(p, b)->sha256, 32, hex[1]);
    snprintf(list, sizeof(list),
             "{\"pages\":[{\"id\":1,\"from\":\"scanner\",\"width\":2480,"
             "\"height\":3508,\"dpi\":300,\"preview\":500,\"detail\":40000,"
             "\"sha256\":\"%s\",\"attached\":false,\"keep\":true},{\"id\":3,"
             "\"from\":\"scanner\",\"width\":2480,\"height\":3508,\"dpi\":300,"
             "\"preview\":500,\"detail\":20000,\"sha256\":\"%s\","
             "\"attached\":false,\"keep\":true}]}",
             hex[0], hex[1]);
    assert_int_equal(papers_look_at(p, &look, true), 0);
    assert_int_equal(kept, 2);
    join("");
    hear_json(2, list);
    hear_json(9, TOLD("none", NO_DOC, "1"));
    hear_json(5, "{\"page\":3,\"turn\":0,\"zoom\":150,\"x\":0,\"y\":0,"
                 "\"by\":\"citizen\"}");
    hear_piece(0, a, 0, 500);
    hear_piece(0, b, 0, 500);
    hear_piece(1, b, 0, PAPERS_PIECE_MAX);
    assert_int_equal(papers_mark(p, b, &m), 0);
    hear_json(7, "{\"page\":3,\"marks\":[{\"id\":1,\"by\":\"expert\",\"what\":"
                 "\"text\",\"x\":0,\"y\":0,\"to_x\":0,\"to_y\":0,\"text\":"
                 "\"a\\\"\\\\b\"}]}");
    hear_piece(1, b, PAPERS_PIECE_MAX, 20000 - PAPERS_PIECE_MAX);
    hear_piece(1, a, 0, PAPERS_PIECE_MAX);
    papers_set_shared(p, a, false);
    size_t len;
    assert_int_equal(hear(&len)[0], 2);
    hear_json(9, TOLD("none", NO_DOC, "2"));
    hear_nothing();
}

/* After a reconnection it goes on; of what it had before nothing is believed
 * that cannot be. */
static void test_have(void **state)
{
    (void)state;
    uint32_t a = add_shared(1, 40000);
    uint32_t kept = add(2, 1000);
    size_t len;
    joined();
    papers_share_channel(s, false, now_us);
    papers_share_channel(s, true, now_us);
    join("[1,30000],[2,500]"); /* 2 was never given: passed over */
    for (int i = 0; i < 3; i++)
        assert_non_null(hear(&len));
    hear_piece(0, a, 0, 500);
    hear_piece(1, a, 30000, 10000);
    hear_nothing();
    assert_int_equal(papers_find(p, a)->show.sent, 75);
    join("[1,40001]");
    expect_over("malformed");
    join("[3,0]");
    expect_over("malformed");
    join("[1,40000]");
    for (int i = 0; i < 3; i++)
        assert_non_null(hear(&len));
    hear_piece(0, a, 0, 500);
    hear_nothing();
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
        papers_share_channel(s, true, now_us);
        say(1, bad[i]);
        assert_false(papers_share_joined(s));
        size_t len = 0;
        const uint8_t *m = hear(&len);
        assert_non_null(m);
        assert_int_equal(m[0], 10);
        hear_nothing();
    }
    joined();
}

/* --- progress --------------------------------------------------------- */

static void got(uint32_t id, uint32_t bytes)
{
    char json[64];
    snprintf(json, sizeof(json), "{\"id\":%u,\"bytes\":%u}", id, bytes);
    say(4, json);
}

static void got_all(uint32_t id)
{
    char hex[65];
    char json[128];
    lk_hex_encode(papers_find(p, id)->sha256, 32, hex);
    snprintf(json, sizeof(json), "{\"id\":%u,\"sha256\":\"%s\"}", id, hex);
    say(4, json);
}

/* No more than a window goes without the page's word. */
static void test_window(void **state)
{
    (void)state;
    uint32_t a = add_shared(1, 2000000);
    joined();
    size_t len = 0;
    got(a, PAPERS_GOT);
    assert_int_equal(papers_find(p, a)->show.sent, 13);
    size_t sent = 0;
    while (hear(&len))
        sent += len - 10;
    assert_in_range(sent, PAPERS_GOT - PAPERS_PIECE_MAX,
                    PAPERS_GOT + PAPERS_PIECE_MAX);
    for (uint32_t n = 2; n * PAPERS_GOT < 2000000; n++) {
        got(a, n * PAPERS_GOT);
        while (hear(&len))
            ;
    }
    assert_false(papers_find(p, a)->show.whole);
    got_all(a);
    assert_true(papers_find(p, a)->show.whole);
    assert_int_equal(papers_find(p, a)->show.sent, 100);
    assert_true(papers_share_joined(s));
}

static void test_got_hostile(void **state)
{
    (void)state;
    uint32_t a = add_shared(1, 2000000);
    uint32_t kept = add(2, 1000);
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
        papers_share_channel(s, true, now_us);
        joined();
        say(4, bad[i]);
        expect_over("malformed");
    }
    papers_share_channel(s, true, now_us);
    joined();
    got_all(a); /* before all of it went */
    expect_over("malformed");
    joined();
    got(kept, 10); /* nobody knows of it: passed over */
    got_all(kept);
    got(a, 100);
    assert_true(papers_share_joined(s));
    got(a, 99);
    expect_over("malformed");
}

/* --- together --------------------------------------------------------- */

static void test_look(void **state)
{
    (void)state;
    (void)add_shared(1, 1000);
    (void)add(2, 1000);
    joined();
    say(5, "{\"page\":1,\"turn\":1,\"zoom\":200,\"x\":1,\"y\":2,\"by\":"
           "\"citizen\"}");
    assert_int_equal(p->look.turn, 1);
    hear_json(5, "{\"page\":1,\"turn\":1,\"zoom\":200,\"x\":1,\"y\":2,\"by\":"
                 "\"expert\"}");
    hear_nothing();
    /* A page that it cannot see: it is told where things stand. */
    say(5, "{\"page\":2,\"turn\":0,\"zoom\":100,\"x\":0,\"y\":0}");
    hear_json(5, "{\"page\":1,\"turn\":1,\"zoom\":200,\"x\":1,\"y\":2,\"by\":"
                 "\"expert\"}");
    say_point(1, 10, 20);
    assert_int_equal(p->theirs.y, 20);
    say_point(2, 10, 20);
    assert_int_equal(p->theirs_page, 1);
    say_point(0, 0, 0);
    assert_false(p->theirs.here);
    assert_int_equal(papers_point_at(p, 1, 3, 4, true), 0);
    size_t len = 0;
    const uint8_t *m = hear(&len);
    assert_memory_equal(m, "\6\0\0\0\1\0\3\0\4", 9);
    assert_int_equal(len, 9);
    hear_nothing();
}

/* At most so often; the newest counts. */
static void test_point_pace(void **state)
{
    (void)state;
    const void *m = NULL;
    size_t len = 0;
    (void)add_shared(1, 1000);
    joined();
    now_us += SECOND;
    unsigned sent = 0;
    for (int i = 0; i < 1000; i++, now_us += 1000) {
        assert_int_equal(papers_point_at(p, 1, (uint16_t)i, 0, true), 0);
        while (papers_share_poll(s, now_us, &m, &len))
            sent++;
    }
    assert_in_range(sent, 29, 31);
    papers_share_tick(s, now_us);
    assert_true(papers_share_next_us(s) > now_us);
    m = hear(&len);
    assert_non_null(m);
    assert_int_equal(((const uint8_t *)m)[5] << 8 | ((const uint8_t *)m)[6],
                     999);
    hear_nothing();
}

static void test_bad_words(void **state)
{
    (void)state;
    static const struct {
        uint8_t kind;
        const char *json;
        const char *why;
    } t[] = {
        {5, "{\"page\":1,\"turn\":4,\"zoom\":100,\"x\":0,\"y\":0}",
         "malformed"},
        {5, "{\"page\":1,\"turn\":0,\"zoom\":99,\"x\":0,\"y\":0}", "malformed"},
        {5, "{\"page\":1,\"turn\":0,\"zoom\":801,\"x\":0,\"y\":0}",
         "malformed"},
        {5, "{\"page\":1,\"turn\":0,\"zoom\":100,\"x\":10001,\"y\":0}",
         "malformed"},
        {5, "{\"page\":1,\"turn\":0,\"zoom\":100,\"x\":65536,\"y\":0}",
         "malformed"},
        {5, "{\"page\":1,\"turn\":256,\"zoom\":100,\"x\":0,\"y\":0}",
         "malformed"},
        {5, "{\"page\":9,\"turn\":0,\"zoom\":100,\"x\":0,\"y\":0}",
         "malformed"},
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
        {8,
         "{\"do\":\"mark\",\"page\":1,\"what\":\"text\",\"text\":\"\\u0007\"}",
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
    (void)add_shared(1, 1000);
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++) {
        papers_share_channel(s, true, now_us);
        joined();
        say(t[i].kind, t[i].json);
        if (papers_share_joined(s))
            fail_msg("%zu: %s", i, t[i].json);
        expect_over(t[i].why);
        say(t[i].kind, t[i].json); /* nothing counts any more */
        hear_nothing();
    }
    assert_int_equal(p->sheets, 1);
    papers_share_channel(s, true, now_us);
    joined();
    papers_share_receive(s, "", 0, now_us);
    expect_over("malformed");
    joined();
    static const uint8_t long_one[PAPERS_MESSAGE_MAX + 1] = {5};
    papers_share_receive(s, long_one, sizeof(long_one), now_us);
    expect_over("too-large");
    papers_share_channel(s, true, now_us);
    say(5, "{}"); /* before it joined */
    expect_over("malformed");
}

static void test_do(void **state)
{
    (void)state;
    uint32_t a = add_shared(1, 1000);
    (void)add(2, 1000);
    joined();
    say(8, "{\"do\":\"mark\",\"page\":1,\"what\":\"line\",\"x\":1,\"y\":2,"
           "\"to_x\":3,\"to_y\":4}");
    say(8, "{\"do\":\"mark\",\"page\":2,\"what\":\"line\",\"x\":1,\"y\":2}");
    assert_int_equal(papers_find(p, a)->marks, 1);
    assert_false(papers_find(p, a)->mark[0].mine);
    hear_json(7, "{\"page\":1,\"marks\":[{\"id\":1,\"by\":\"expert\",\"what\":"
                 "\"line\",\"x\":1,\"y\":2,\"to_x\":3,\"to_y\":4,\"text\":\"\""
                 "}]}");
    say(8, "{\"do\":\"unmark\",\"page\":1,\"mark\":1}");
    say(8, "{\"do\":\"unmark\",\"page\":1,\"mark\":77}");
    hear_json(7, "{\"page\":1,\"marks\":[]}");
    say(8, "{\"do\":\"saved\",\"page\":1}");
    assert_true(papers_find(p, a)->show.saved);
    say(8, "{\"do\":\"ask\",\"kind\":\"payslip\",\"sides\":2,\"text\":\"uusin"
           "\"}");
    assert_int_equal(asks, 1);
    assert_string_equal(p->ask.kind, "payslip");
    assert_string_equal(p->ask.text, "uusin");
    assert_int_equal(p->ask.sides, 2);
    hear_json(9, TOLD("open", NO_DOC, "1"));
    say(8, "{\"do\":\"ask-off\"}");
    assert_false(p->ask.open);
    hear_json(9, TOLD("none", NO_DOC, "1"));
    for (int i = 0; i < PAPERS_MARKS_MAX + 5; i++, now_us += SECOND / 10)
        say(8, "{\"do\":\"mark\",\"page\":1,\"what\":\"text\",\"x\":1,\"y\":2,"
               "\"text\":\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"
               "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"}");
    assert_true(papers_share_joined(s));
    assert_int_equal(papers_find(p, a)->marks, PAPERS_MARKS_MAX);
    size_t len = 0;
    assert_non_null(hear(&len));
    hear_nothing();
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
    p->last_mark = UINT32_MAX - 100;
    p->last_id = 2147483000;
    for (int i = 0; i < PAPERS_PAGES_MAX; i++) {
        uint32_t id = add_shared(1, 1000);
        for (int n = 0; i == 0 && n < PAPERS_MARKS_MAX; n++)
            assert_int_equal(papers_mark(p, id, &m), 0);
    }
    join("");
    size_t len = 0;
    assert_int_equal(hear(&len)[0], 2);
    assert_in_range(len, 5000, PAPERS_MESSAGE_MAX);
    assert_int_equal(hear(&len)[0], 9);
    assert_int_equal(hear(&len)[0], 7);
    assert_in_range(len, 13000, PAPERS_MESSAGE_MAX);
}

/* --- the expert's document -------------------------------------------- */

#define DOC(n, state, why) \
    "{\"n\":" n ",\"state\":\"" state "\",\"why\":\"" why "\",\"pages\":0}"

static void offer(uint32_t n, uint32_t bytes)
{
    char json[64];
    snprintf(json, sizeof(json), "{\"do\":\"offer\",\"n\":%u,\"bytes\":%u}", n,
             bytes);
    say(8, json);
}

static void test_document(void **state)
{
    (void)state;
    uint8_t back[30] = {0};
    joined();
    offer(1, 30);
    hear_json(9, TOLD("none", DOC("1", "coming", ""), "0"));
    say_piece(2, 1, 0, "0123456789", 10);
    say_piece(2, 1, 10, "01234567890123456789", 20);
    assert_int_equal(documents, 1);
    assert_int_equal(document_n, 1);
    assert_int_equal(pread(document_fd, back, 30, 0), 30);
    assert_memory_equal(back, "012345678901234567890123456789", 30);
    assert_int_equal(scanpage_sealed_len(document_fd, 100), 30);
    hear_json(9, TOLD("none", DOC("1", "reading", ""), "0"));
    say_piece(2, 1, 30, "x", 1); /* more than it offered: passed over */
    assert_true(papers_share_joined(s));
    offer(2, 20); /* another one: that one is not read to its end */
    assert_int_equal(offs, 1);
    say_piece(2, 2, 0, "0123456789", 10);
    say_piece(2, 1, 0, "late", 4);
    say(8, "{\"do\":\"offer-off\",\"n\":2}");
    say_piece(2, 2, 10, "late", 4);
    hear_json(9, TOLD("none", DOC("2", "none", ""), "0"));
    assert_int_equal(documents, 1);
    struct papers_given g = pages_given(1, 1000);
    uint32_t id = 0;
    g.from = PAPERS_FROM_EXPERT;
    g.document = 1;
    assert_int_equal(papers_add(p, &g, 0, &id), 0);
    say(8, "{\"do\":\"offer-off\",\"n\":1}");
    assert_int_equal(p->sheets, 0);
    assert_true(papers_share_joined(s));
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
        papers_wipe(p);
        papers_share_channel(s, true, now_us);
        joined();
        offer(1, 20);
        say_piece(t[i].part, t[i].n, t[i].at, bytes, t[i].len);
        assert_int_equal(p->document.state, PAPERS_DOCUMENT_REFUSED);
        expect_over("malformed");
    }
    joined();
    offer(1, 20); /* a number that was there */
    expect_over("malformed");
}

/* A line that breaks off, or pages without room, end it. */
static void test_document_ends(void **state)
{
    (void)state;
    joined();
    offer(1, 20);
    papers_share_channel(s, false, now_us);
    assert_int_equal(p->document.state, PAPERS_DOCUMENT_REFUSED);
    papers_share_channel(s, true, now_us);
    join("");
    size_t len;
    assert_non_null(hear(&len));
    hear_json(9, TOLD("none", DOC("1", "refused", "failed"), "0"));
    for (uint32_t i = 0; i < PAPERS_PAGES_MAX; i++)
        (void)add(i, 1000);
    offer(2, 20);
    hear_json(9, TOLD("none", DOC("2", "refused", "full"), "40"));
}

/* --- rates ------------------------------------------------------------ */

static void test_rates(void **state)
{
    (void)state;
    static const uint8_t bytes[PAPERS_PIECE_MAX];
    (void)add_shared(1, 1000);
    joined();
    for (int i = 0; i < 600; i++, now_us += SECOND / PAPERS_RATE + 1)
        say_point(1, 1, 1);
    assert_true(papers_share_joined(s));
    now_us += 2 * SECOND;
    for (int i = 0; i < 2 * PAPERS_RATE; i++)
        say_point(1, 1, 1);
    assert_true(papers_share_joined(s));
    say_point(1, 1, 1);
    assert_false(papers_share_joined(s));
    join(""); /* still */
    expect_over("too-fast");
    now_us += 10 * SECOND;
    joined();
    offer(1, PAPERS_DOCUMENT_MAX);
    now_us += 2 * SECOND;
    uint32_t at = 0;
    for (; at + PAPERS_MESSAGE_MAX < 2 * PAPERS_BYTE_RATE;
         at += PAPERS_PIECE_MAX)
        say_piece(2, 1, at, bytes, PAPERS_PIECE_MAX);
    assert_true(papers_share_joined(s));
    for (int i = 0; i < 3; i++, at += PAPERS_PIECE_MAX)
        say_piece(2, 1, at, bytes, PAPERS_PIECE_MAX);
    expect_over("too-fast");
}

static void test_memory(void **state)
{
    int r = 0;
    (void)state;
    papers_share_free(s);
    OOM_SWEEP(r, papers_share_new(p, &output, &s));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_empty),
        CASE(test_order),
        CASE(test_have),
        CASE(test_join_hostile),
        CASE(test_window),
        CASE(test_got_hostile),
        CASE(test_look),
        CASE(test_point_pace),
        CASE(test_bad_words),
        CASE(test_do),
        CASE(test_longest),
        CASE(test_document),
        CASE(test_document_hostile),
        CASE(test_document_ends),
        CASE(test_rates),
        CASE(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

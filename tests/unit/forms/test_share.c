/* The far end: joining, coming back, commands, freezing. */
#include "world.h"

#include <errno.h>

#define LOAD "00112233445566778899aabbccddeeff"
#define LOAD2 "f0112233445566778899aabbccddeeff"

static struct world w;

static int setup(void **state)
{
    (void)state;
    world_open(&w);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* --- joining ------------------------------------------------------------ */

static void test_same_load_goes_on(void **state)
{
    (void)state;
    world_join(&w, LOAD);
    page_type(&w, "name", 0, "Ai", 0);
    world_settle(&w);
    /* The line goes; both type; nobody is told. */
    form_channel(w.form, false, w.now_us);
    page_type(&w, "name", 2, "no", 0);
    assert_int_equal(world_edit(&w, "name", 0, 0, "M. "), 0);
    world_join(&w, LOAD);
    assert_false(w.page.fresh);
    assert_int_equal(w.page.client, 2);
    assert_int_equal(w.page.definitions, 1);
    assert_int_equal(w.page.acked, 4);
    assert_value(&w, "name", "M. Aino");
    char *s = page_value(&w, "name");
    assert_string_equal(s, "M. Aino");
    free(s);
}

static void test_new_load_has_a_new_id(void **state)
{
    char load[33] = LOAD;
    (void)state;
    for (uint32_t i = 0; i < 9; i++) {
        load[0] = (char)('0' + i);
        world_join(&w, load);
        assert_true(w.page.fresh);
        assert_int_equal(w.page.client, 2 + i);
        page_type(&w, "name", 0, "x", 0);
    }
    /* Edits of one who has gone are refused, its text stays. */
    assert_value(&w, "name", "xxxxxxxxx");
}

static void test_stale_claims(void **state)
{
    static const char *const json[] = {
        "{\"v\":1,\"load\":\"" LOAD "\",\"doc\":\"\",\"client\":2}",
        "{\"v\":1,\"load\":\"" LOAD
        "\",\"doc\":\"abababababababababababababababab\",\"client\":7}",
        "{\"v\":1,\"load\":\"" LOAD2
        "\",\"doc\":\"abababababababababababababababab\",\"client\":2}",
    };
    (void)state;
    world_join(&w, LOAD);
    for (size_t i = 0; i < LK_ARRAY_LEN(json); i++) {
        world_send(&w, FORM_JOIN, json[i], strlen(json[i]));
        world_settle(&w);
        assert_true(w.page.fresh);
        assert_int_equal(w.page.client, 3 + i);
    }
}

/* --- freezing ----------------------------------------------------------- */

static void test_frozen(void **state)
{
    (void)state;
    world_join(&w, LOAD);
    world_fill(&w);
    world_settle(&w);
    assert_int_equal(form_review(w.form), 0);
    /* Under way when it froze: put aside. */
    page_type(&w, "name", 0, "late", 0);
    page_type(&w, "name", 0, "later", 0);
    world_settle(&w);
    assert_string_equal(w.page.over, "");
    assert_true(w.page.fresh);
    assert_int_equal(w.page.client, 3);
    assert_int_equal(w.page.hellos, 2);
    assert_true(strstr(w.page.state, "\"phase\":\"review\""));
    struct form_snapshot s;
    assert_int_equal(form_snapshot(w.form, &s), 0);
    assert_string_equal(w.page.snapshot, s.json);
    char *v = page_value(&w, "name");
    assert_string_equal(v, "Matti");
    free(v);
    /* Coming back changes nothing, so it is no edit. */
    world_join(&w, LOAD);
    assert_false(w.page.fresh);
    form_reopen(w.form);
    page_type(&w, "name", 5, "!", 0);
    assert_value(&w, "name", "Matti!");
}

static void test_hash_echo(void **state)
{
    char json[160];
    (void)state;
    world_join(&w, LOAD);
    world_fill(&w);
    assert_int_equal(form_review(w.form), 0);
    world_settle(&w);
    (void)snprintf(json, sizeof(json), "{\"do\":\"hash\",\"sha256\":\"%.64s\"}",
                   strstr(w.page.state, "\"sha256\":\"") + 10);
    world_do(&w, json);
    world_settle(&w);
    assert_int_equal(w.page.hellos, 1);
    world_do(&w, "{\"do\":\"hash\",\"sha256\":\"00\"}");
    world_settle(&w);
    assert_int_equal(w.page.hellos, 2);
    assert_true(w.page.fresh);
}

static void test_package_until_received(void **state)
{
    static const char done[] =
        "{\"do\":\"received\",\"sha256\":\"ba7816bf8f01cfea414140de5dae2223"
        "b00361a396177a9cb410ff61f20015ad\"}";
    (void)state;
    world_join(&w, LOAD);
    world_fill(&w);
    assert_int_equal(form_review(w.form), 0);
    assert_int_equal(form_approve(w.form), 0);
    assert_int_equal(form_sealed(w.form, "abc", 3, "CODE"), 0);
    world_settle(&w);
    assert_int_equal(w.page.package, 3);
    w.page.package = 0;
    world_join(&w, LOAD);
    assert_int_equal(w.page.package, 3);
    world_do(&w, "{\"do\":\"received\",\"sha256\":\"00\"}");
    LK_AUTO(form_view) v = world_view(&w);
    assert_false(v->delivered);
    world_do(&w, done);
    LK_AUTO(form_view) got = world_view(&w);
    assert_true(got->delivered);
    w.page.package = 0;
    world_join(&w, LOAD);
    assert_int_equal(w.page.package, 0);
}

/* A package is many chunks; what comes meanwhile waits behind it. */
static void test_large_package(void **state)
{
    size_t len = (size_t)3 << 20;
    char *big = calloc(1, len);
    (void)state;
    world_join(&w, LOAD);
    world_fill(&w);
    assert_int_equal(form_review(w.form), 0);
    assert_int_equal(form_approve(w.form), 0);
    assert_int_equal(form_sealed(w.form, big, len, "CODE"), 0);
    free(big);
    const void *chunk = NULL;
    size_t n = 0;
    size_t bytes = 0;
    while (form_poll(w.form, &chunk, &n))
        bytes += n;
    assert_true(bytes > len);
}

/* --- commands ----------------------------------------------------------- */

static void test_commands(void **state)
{
    (void)state;
    world_join(&w, LOAD);
    assert_false(form_called(w.form));
    world_do(&w, "{\"do\":\"open\"}");
    assert_true(form_called(w.form));
    assert_false(form_called(w.form));
    world_do(&w, "{\"do\":\"row-add\",\"field\":\"child\"}");
    world_do(&w, "{\"do\":\"row-add\",\"field\":\"child\"}");
    world_do(&w, "{\"do\":\"row-remove\",\"field\":\"child-1\"}");
    world_do(&w, "{\"do\":\"row-remove\",\"field\":\"child-1\"}");
    world_do(&w, "{\"do\":\"point\",\"field\":\"child-2-age\"}");
    world_settle(&w);
    page_set(&w, "child-2-age", "99");
    LK_AUTO(form_view) v = world_view(&w);
    assert_int_equal(v->step, 2);
    assert_true(view_item(v, "child-2-age")->pointed);
    assert_string_equal(view_item(v, "child-2-age")->value, "99");
    world_settle(&w);
    assert_non_null(strstr(w.page.state,
                           "\"child-2-age\":{\"error\":\"too-large\","
                           "\"bound\":\"17\"}"));
    world_do(&w, "{\"do\":\"point\",\"field\":\"\"}");
    world_do(&w, "{\"do\":\"suggest\",\"field\":\"kind\",\"value\":\"x\"}");
    world_do(&w, "{\"do\":\"withdraw\",\"field\":\"kind\"}");
    world_do(&w, "{\"do\":\"review\"}");
    LK_AUTO(form_view) asked = world_view(&w);
    assert_int_equal(asked->phase, FORM_FILLING);
    assert_int_equal(asked->step, 1);
    assert_int_equal(view_item(asked, "name")->error, FORMS_MISSING);
    assert_string_equal(w.page.over, "");
}

static void aware(uint32_t client, uint8_t clock, const char *state)
{
    uint8_t m[256];
    size_t len = strlen(state);
    m[0] = 1;
    m[1] = (uint8_t)client;
    m[2] = clock;
    m[3] = (uint8_t)len;
    for (size_t i = 0; i < len; i++)
        m[4 + i] = (uint8_t)state[i];
    world_send(&w, FORM_AWARE, m, len + 4);
}

static void test_presence(void **state)
{
    (void)state;
    world_join(&w, LOAD);
    assert_int_equal(world_edit(&w, "name", 0, 0, "\xc3\x84iti"), 0);
    aware(2, 1, "{\"field\":\"name\",\"at\":1,\"to\":2}");
    LK_AUTO(form_view) v = world_view(&w);
    assert_true(view_item(v, "name")->peer);
    assert_int_equal(view_item(v, "name")->peer_caret, 3);
    aware(2, 2, "{}");
    LK_AUTO(form_view) nowhere = world_view(&w);
    assert_false(view_item(nowhere, "name")->peer);
    aware(2, 3, "{\"field\":\"name\",\"at\":900}");
    w.now_us += 31000000;
    assert_true(form_next_us(w.form) <= w.now_us);
    form_tick(w.form, w.now_us);
    LK_AUTO(form_view) gone = world_view(&w);
    assert_false(view_item(gone, "name")->peer);
}

/* Typed into a row that the citizen removes meanwhile: no offence. */
static void test_row_gone_meanwhile(void **state)
{
    (void)state;
    world_join(&w, LOAD);
    assert_int_equal(form_row_add(w.form, "child"), 0);
    world_settle(&w);
    assert_int_equal(form_row_remove(w.form, "child-1"), 0);
    page_type(&w, "child-1-first", 0, "Aino", 0);
    page_set(&w, "child-1-age", "3");
    world_do(&w, "{\"do\":\"suggest\",\"field\":\"child-1-age\","
                 "\"value\":\"4\"}");
    world_settle(&w);
    assert_string_equal(w.page.over, "");
    page_type(&w, "name", 0, "x", 0);
    assert_value(&w, "name", "x");
}

/* The page reads nothing for long: single updates give way to the whole. */
static void test_slow_reader(void **state)
{
    (void)state;
    world_join(&w, LOAD);
    assert_int_equal(form_next(w.form), -EBADMSG);
    world_fill(&w);
    assert_int_equal(form_next(w.form), 0);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(world_edit(&w, "more", i, 0, "a"), 0);
    world_settle(&w);
    char *s = page_value(&w, "more");
    assert_int_equal(strlen(s), 1000);
    free(s);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_same_load_goes_on), CASE(test_new_load_has_a_new_id),
        CASE(test_stale_claims),      CASE(test_frozen),
        CASE(test_hash_echo),         CASE(test_package_until_received),
        CASE(test_large_package),     CASE(test_commands),
        CASE(test_presence),          CASE(test_row_gone_meanwhile),
        CASE(test_slow_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

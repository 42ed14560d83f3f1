/* What a page may not do ends the sharing with a word, and never the form. */
#include "world.h"

#include <errno.h>

#define LOAD "00112233445566778899aabbccddeeff"

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

/* --- refused ------------------------------------------------------------ */

/* An update of one struct: of this client and clock, with that many clocks. */
static size_t one(uint8_t *ret, uint8_t client, uint8_t clock, const void *body,
                  size_t len)
{
    const uint8_t head[] = {1, 1, client, clock};
    memcpy(ret, head, sizeof(head));
    memcpy(ret + sizeof(head), body, len);
    ret[sizeof(head) + len] = 0;
    return sizeof(head) + len + 1;
}

static const struct {
    const char *why;
    uint8_t client, clock;
    const char *body;
    size_t len;
} refused[] = {
#define BODY(s) s, sizeof(s) - 1
    {"client", 9, 0,
     BODY("\x28\x01\x01"
          "f\x04"
          "born\x01\x77\x01x")},
    {"client", 1, 120,
     BODY("\x28\x01\x01"
          "f\x04"
          "born\x01\x77\x01x")},
    {"clock", 2, 0, BODY("\0\xff\xff\xff\xff\x07")},
    {"clock", 2, 0, BODY("\0\xc1\x84\x3d")},
    {"place", 2, 0,
     BODY("\x28\x01\x04"
          "meta\x04"
          "form\x01\x77\x01x")},
    {"place", 2, 0,
     BODY("\x28\x01\x01"
          "f\x04"
          "nope\x01\x77\x01x")},
    {"place", 2, 0,
     BODY("\x28\x01\x01"
          "f\x04"
          "name\x01\x77\x01x")},
    {"place", 2, 0,
     BODY("\x28\x01\x01"
          "f\x05"
          "child\x01\x77\x01x")},
    {"place", 2, 0,
     BODY("\x04\x01\x04"
          "note\x01x")},
    {"place", 2, 0,
     BODY("\x08\x01\x01"
          "f\x01\x77\x01x")},
    {"forbidden", 2, 0,
     BODY("\x28\x01\x01"
          "f\x04"
          "code\x01\x77\x01x")},
    {"content", 2, 0,
     BODY("\x27\x01\x01"
          "f\x04"
          "born\x01")},
    {"content", 2, 0,
     BODY("\x23\x01\x01"
          "f\x04"
          "born\x01x")},
    {"content", 2, 0,
     BODY("\x25\x01\x01"
          "f\x04"
          "born\x02{}")},
    {"content", 2, 0,
     BODY("\x22\x01\x01"
          "f\x04"
          "born\x01\x02{}")},
    {"content", 2, 0,
     BODY("\x28\x01\x01"
          "f\x04"
          "born\x01\x7d\x01")},
    {"content", 2, 0,
     BODY("\x28\x01\x01"
          "f\x04"
          "born\x01\x78")},
    {"content", 2, 0,
     BODY("\x28\x01\x01"
          "f\x04"
          "born\x01\x77\x01\0")},
    {"content", 2, 0,
     BODY("\x28\x01\x01"
          "f\x04"
          "born\x02\x77\x01x\x77\x01y")},
    {"malformed", 2, 0,
     BODY("\x28\x01\x01"
          "f\x04"
          "born\x01\x77\x09x")},
    {"malformed", 2, 0,
     BODY("\x0b\x01\x01"
          "f\x01")},
};

static void test_refused_structs(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(refused); i++) {
        uint8_t update[64];
        world_close(&w);
        world_open(&w);
        world_join(&w, LOAD);
        assert_int_equal(world_edit(&w, "name", 0, 0, "kept"), 0);
        size_t n = one(update, refused[i].client, refused[i].clock,
                       refused[i].body, refused[i].len);
        page_update(&w, update, n);
        LK_AUTO(form_view) v = world_view(&w);
        if (strcmp(v->lost, refused[i].why) != 0)
            fail_msg("%zu: \"%s\", not \"%s\"", i, v->lost, refused[i].why);
        assert_false(v->shared);
        assert_string_equal(view_item(v, "name")->value, "kept");
        assert_string_equal(view_item(v, "born")->value, "");
    }
}

/* Deletions of what is the citizen's, or holds things together. */
static void test_refused_deletions(void **state)
{
    static const struct {
        const char *path;
        const char *why;
    } t[] = {{"code", "forbidden"}, {"name", "place"}, {"child", "place"}};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++) {
        const uint8_t *update = NULL;
        size_t len = 0;
        struct coedit_ref f;
        world_close(&w);
        world_open(&w);
        world_join(&w, LOAD);
        assert_int_equal(world_edit(&w, "code", 0, 0, "kept"), 0);
        world_settle(&w);
        assert_int_equal(coedit_root(w.page.doc, "f", &f), 0);
        coedit_begin(w.page.doc);
        assert_int_equal(coedit_map_delete(w.page.doc, f, t[i].path), 0);
        assert_int_equal(coedit_commit(w.page.doc, &update, &len), 0);
        page_update(&w, update, len);
        LK_AUTO(form_view) v = world_view(&w);
        assert_string_equal(v->lost, t[i].why);
        assert_string_equal(view_item(v, "code")->value, "kept");
    }
}

/* A row is not the page's to take away. */
static void test_refused_row(void **state)
{
    const uint8_t *update = NULL;
    size_t len = 0;
    struct coedit_ref f;
    struct coedit_value rows;
    (void)state;
    assert_int_equal(form_row_add(w.form, "child"), 0);
    world_join(&w, LOAD);
    assert_int_equal(coedit_root(w.page.doc, "f", &f), 0);
    assert_int_equal(coedit_map_get(w.page.doc, f, "child", &rows), 0);
    coedit_begin(w.page.doc);
    assert_int_equal(coedit_array_delete(w.page.doc, rows.type, 0, 1), 0);
    assert_int_equal(coedit_commit(w.page.doc, &update, &len), 0);
    page_update(&w, update, len);
    LK_AUTO(form_view) v = world_view(&w);
    assert_string_equal(v->lost, "place");
}

/* Deletions of what never was. */
static void test_deletes_nothing(void **state)
{
    static const uint8_t update[] = {0, 1, 2, 1, 100, 5};
    (void)state;
    world_join(&w, LOAD);
    page_update(&w, update, sizeof(update));
    world_settle(&w);
    w.now_us += 6000000;
    form_tick(w.form, w.now_us);
    LK_AUTO(form_view) v = world_view(&w);
    assert_string_equal(v->lost, "");
    page_type(&w, "name", 0, "x", 0);
    assert_value(&w, "name", "x");
}

static void test_too_long(void **state)
{
    static char long_text[200];
    (void)state;
    memset(long_text, 'a', 70);
    world_join(&w, LOAD);
    page_type(&w, "name", 0, long_text, 0); /* 40 fit: an error, no offence */
    LK_AUTO(form_view) v = world_view(&w);
    assert_string_equal(v->lost, "");
    page_type(&w, "name", 0, long_text, 0);
    LK_AUTO(form_view) more = world_view(&w);
    assert_string_equal(more->lost, "too-large");
    assert_int_equal(strlen(view_item(more, "name")->value), 70);
}

static void test_long_value(void **state)
{
    static char value[200];
    (void)state;
    memset(value, '1', 150);
    world_join(&w, LOAD);
    page_set(&w, "account", value);
    LK_AUTO(form_view) v = world_view(&w);
    assert_string_equal(v->lost, "too-large");
}

/* It says that something comes first that never does. */
static void test_waiting(void **state)
{
    uint8_t update[64];
    static const char body[] = "\x28\x01\x01"
                               "f\x04"
                               "born\x01\x77\x01x";
    (void)state;
    world_join(&w, LOAD);
    size_t n = one(update, 2, 50, body, sizeof(body) - 1);
    page_update(&w, update, n);
    world_deliver(&w); /* asked for all it has; its answer lacks it, too */
    page_update(&w, update, n);
    LK_AUTO(form_view) v = world_view(&w);
    assert_string_equal(v->lost, "");
    world_close(&w);
    world_open(&w);
    world_join(&w, LOAD);
    page_update(&w, update, n);
    assert_int_equal(form_next_us(w.form), w.now_us + 5000000);
    w.now_us += 5000000;
    form_tick(w.form, w.now_us);
    LK_AUTO(form_view) late = world_view(&w);
    assert_string_equal(late->lost, "waiting");
}

static void test_too_fast(void **state)
{
    (void)state;
    world_join(&w, LOAD);
    for (int i = 0; i < 98; i++)
        page_type(&w, "more", 0, "a", 0);
    LK_AUTO(form_view) v = world_view(&w);
    assert_string_equal(v->lost, "");
    for (int i = 0; i < 5; i++)
        page_type(&w, "more", 0, "a", 0);
    LK_AUTO(form_view) fast = world_view(&w);
    assert_string_equal(fast->lost, "too-fast");
    world_close(&w);
    world_open(&w);
    world_join(&w, LOAD);
    for (int i = 0; i < 500; i++) {
        w.now_us += 20000; /* 50 a second */
        page_type(&w, "more", 0, "a", 0);
    }
    LK_AUTO(form_view) steady = world_view(&w);
    assert_string_equal(steady->lost, "");
}

static void test_too_many_bytes(void **state)
{
    static char space[60000];
    (void)state;
    world_join(&w, LOAD);
    memset(space, ' ', sizeof(space));
    for (int i = 0; i < 8; i++)
        world_send(&w, FORM_DO, space, sizeof(space));
    LK_AUTO(form_view) v = world_view(&w);
    assert_string_equal(v->lost, "malformed"); /* the first was no JSON */
    world_join(&w, LOAD);
    (void)snprintf(space, sizeof(space), "{\"do\":\"open\"}");
    space[strlen(space)] = ' ';
    for (int i = 0; i < 9; i++)
        world_send(&w, FORM_DO, space, sizeof(space));
    LK_AUTO(form_view) fast = world_view(&w);
    assert_string_equal(fast->lost, "too-fast");
}

/* Messages that are none. */
static void test_malformed(void **state)
{
    static const struct {
        const char *chunk;
        size_t len;
    } t[] = {
        {BODY("\x07")},
        {BODY("\x07\0\0\0\x05{")},
        {BODY("\x87\0\0\0\x01{")},
        {BODY("\x87\0\0\0\x02")},
        {BODY("\x07\0\x10\0\x01{")},
        {BODY("\x0c\0\0\0\0")},
        {BODY("\0\0\0\0\0")},
        {BODY("\x02\0\0\0\x02{}")},
        {BODY("\x07\0\0\0\x02{}")},
        {BODY("\x07\0\0\0\x0c{\"do\":\"fly\"}")},
        {BODY("\x07\0\0\0\x0e{\"do\":\"point\"}")},
        {BODY("\x04\0\0\0\x01\x03")},
        {BODY("\x04\0\0\0\x03\x02\x05\0")},
        {BODY("\x04\0\0\0\x03\0\x01\x80")},
        {BODY("\x05\0\0\0\x02\x01\x02")},
        {BODY("\x01\0\0\0\x02{}")},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++) {
        world_join(&w, LOAD);
        assert_string_equal(w.page.over, "");
        form_receive(w.form, t[i].chunk, t[i].len, w.now_us);
        world_settle(&w);
        if (strncmp(w.page.over, "malformed", 9) != 0)
            fail_msg("%zu: \"%s\"", i, w.page.over);
    }
    world_join(&w, LOAD);
    aware(w.page.client, 1, "{\"field\":7}");
    world_settle(&w);
    assert_true(strncmp(w.page.over, "malformed", 9) == 0);
    world_join(&w, LOAD);
    world_send(&w, FORM_AWARE, "\x01\x63\x01\x02{}", 6);
    world_settle(&w);
    assert_true(strncmp(w.page.over, "client", 6) == 0);
    /* Behind it all the form is whole, and a page may join again. */
    world_join(&w, LOAD);
    page_type(&w, "name", 0, "x", 0);
    assert_value(&w, "name", "x");
}

/* Whoever begins anew too often has an end, too. */
static void test_ids_run_out(void **state)
{
    char load[33] = LOAD;
    (void)state;
    for (unsigned i = 0; i < 250 && w.page.over[0] == '\0'; i++) {
        (void)snprintf(load, sizeof(load), "%08x%s", i, LOAD + 8);
        world_join(&w, load);
    }
    assert_true(strncmp(w.page.over, "client", 6) == 0);
    assert_int_equal(world_edit(&w, "name", 0, 0, "x"), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_refused_structs), CASE(test_refused_deletions),
        CASE(test_refused_row),     CASE(test_deletes_nothing),
        CASE(test_too_long),        CASE(test_long_value),
        CASE(test_waiting),         CASE(test_too_fast),
        CASE(test_too_many_bytes),  CASE(test_malformed),
        CASE(test_ids_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A screen that is behind, while a page types: what the citizen sees of the
 * text stands in the same order in the document, and nothing of it is lost. And
 * a form without memory. */
#include "world.h"

#include "oom.h"

#define LOAD "00112233445566778899aabbccddeeff"
#define ROUNDS 60
#define STEPS 60
#define TEXT 512

static struct world w;

/* The screen: its text, and what it is based on. All characters differ, but for
 * those that are gone. */
struct screen {
    char text[TEXT];
    uint32_t version;
};

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* The characters of `a` that are in `b`. */
static void common(const char *a, const char *b, char *ret)
{
    for (; *a; a++)
        if (strchr(b, *a))
            *ret++ = *a;
    *ret = '\0';
}

static void same_order(const struct screen *s, const char *held)
{
    char seen[TEXT];
    char there[TEXT];
    common(s->text, held, seen);
    common(held, s->text, there);
    assert_string_equal(seen, there);
}

static void show(struct screen *s)
{
    LK_AUTO(form_view) v = world_view(&w);
    const struct form_item *it = view_item(v, "name");
    (void)snprintf(s->text, sizeof(s->text), "%s", it->value);
    s->version = it->version;
}

static const char *held(char ret[TEXT])
{
    struct screen s;
    show(&s);
    memcpy(ret, s.text, TEXT);
    return ret;
}

/* The citizen puts a character in place of some. */
static void type(struct screen *s, uint64_t *seed, char c)
{
    char before[TEXT];
    char after[TEXT];
    size_t len = strlen(s->text);
    uint32_t at = (uint32_t)(test_random(seed) % (len + 1));
    uint32_t n = (uint32_t)(test_random(seed) % 3);
    n = (uint32_t)LK_MIN((size_t)n, len - at);
    char insert[2] = {c, '\0'};
    struct form_edit e = {.path = "name",
                          .version = s->version,
                          .at = at,
                          .remove = n,
                          .insert = insert};
    held(before);
    if (form_edit(w.form, &e) < 0)
        return;
    char gone[4] = "";
    memcpy(gone, s->text + at, n);
    memmove(s->text + at + 1, s->text + at + n, len - at - n + 1);
    s->text[at] = c;
    held(after);
    /* What was not seen stays; what was seen goes; the new one is there. */
    assert_non_null(strchr(after, c));
    for (const char *p = before; *p; p++)
        assert_true((strchr(gone, *p) != NULL) != (strchr(after, *p) != NULL));
    same_order(s, after);
}

static void page_types(uint64_t *seed, char c)
{
    char *s = page_value(&w, "name");
    uint32_t len = (uint32_t)strlen(s);
    uint32_t at = (uint32_t)(test_random(seed) % (len + 1));
    char insert[2] = {c, '\0'};
    w.now_us += 100000;
    page_type(&w, "name", at, insert,
              at < len && test_random(seed) % 3 == 0 ? 1 : 0);
    free(s);
}

static void test_screen(void **state)
{
    uint64_t seed = test_seed();
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct screen s;
        world_open(&w);
        world_join(&w, LOAD);
        show(&s);
        for (size_t i = 0; i < STEPS && letters[i]; i++) {
            uint64_t what = test_random(&seed) % 8;
            if (what < 3)
                type(&s, &seed, letters[i]);
            else if (what < 6)
                page_types(&seed, letters[i]);
            else if (what < 7)
                show(&s);
            else
                world_settle(&w);
        }
        world_settle(&w);
        char text[TEXT];
        char *page = page_value(&w, "name");
        assert_string_equal(page, held(text));
        free(page);
        world_close(&w);
    }
}

/* --- without memory ----------------------------------------------------- */

static int view_once(void)
{
    struct form_view *v = NULL;
    int r = form_view_new(w.form, &v);
    form_view_free(v);
    return r;
}

static int make_once(const struct form_config *c)
{
    struct form *f = NULL;
    int r = form_new(c, &f);
    form_free(f);
    return r;
}

static void test_no_memory_to_begin(void **state)
{
    int r = 0;
    (void)state;
    world_open(&w);
    struct form_config c = {
        .def = w.def, .lang = "en", .kiosk = "oulu-1", .today = {2026, 11, 22}};
    OOM_SWEEP(r, make_once(&c));
    assert_int_equal(r, 0);
    OOM_SWEEP(r, view_once());
    assert_int_equal(r, 0);
    world_close(&w);
}

/* Whichever allocation fails while it is filled in: the form stays whole, and
 * once there is memory the citizen goes on and the page holds the same. */
static void test_no_memory_on_the_way(void **state)
{
    (void)state;
    for (long fail = 0; fail < 120; fail++) {
        world_open(&w);
        world_join(&w, LOAD);
        struct form_edit e = {.path = "name", .version = 1, .insert = "ab"};
        oom_left = fail;
        (void)!form_edit(w.form, &e);
        (void)!form_set(w.form, "work", "no");
        (void)!form_row_add(w.form, "child");
        world_do(&w, "{\"do\":\"suggest\",\"field\":\"name\","
                     "\"value\":\"Maija\"}");
        (void)!form_accept(w.form, "name");
        (void)!form_review(w.form);
        oom_left = -1;
        world_join(&w, LOAD);
        form_reopen(w.form);
        while (form_back(w.form) == 0)
            ;
        world_settle(&w);
        assert_int_equal(form_set(w.form, "work", "yes"), 0);
        assert_value(&w, "work", "yes");
        world_settle(&w);
        char *s = page_value(&w, "name");
        assert_value(&w, "name", s);
        free(s);
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screen),
        cmocka_unit_test(test_no_memory_to_begin),
        cmocka_unit_test(test_no_memory_on_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

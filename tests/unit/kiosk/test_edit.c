/* The text of a field: clusters against Pango's, edits against a simple
 * model, and allocations that fail. */
#include "kiosk/cluster.h"
#include "kiosk/edit.h"

#include "base/text.h"
#include "oom.h"

#include <pango/pango.h>

#define TEXT_MAX 64 /* bytes of the text in the properties */

/* Whole characters and marks, whose bounds are known to everybody. */
static const char *const bits[] = {
    "a",      "Z",       " ",  ".",           "å",        "ö",      "š",
    "ŋ",      "ж",       "ї",  "ع",           "ش",        "א",      "नि",
    "€",      "e\u0301", "👍",  "👍\U0001F3FD", "e",        "\u0301", "\u064B",
    "\u0308", "각",      "한", "🇫🇮",          "👩\u200D👧", "ą",      "\u0331",
};

/* One text after another; ends within `cap`. */
static size_t some_text(uint64_t *seed, size_t most, char *ret, size_t cap)
{
    size_t len = 0;
    size_t n = test_random(seed) % (most + 1);
    ret[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const char *bit = bits[test_random(seed) % LK_ARRAY_LEN(bits)];
        if (len + strlen(bit) >= cap)
            break;
        memcpy(ret + len, bit, strlen(bit) + 1);
        len += strlen(bit);
    }
    return len;
}

/* Pango's opinion: may the caret stand before byte `at`? */
static void caret_places(const char *s, size_t len, bool *ret)
{
    long n = g_utf8_strlen(s, (gssize)len);
    PangoLogAttr *attrs = calloc((size_t)n + 1, sizeof(*attrs));
    pango_get_log_attrs(s, (int)len, -1, pango_language_from_string("fi"),
                        attrs, (int)n + 1);
    memset(ret, 0, len + 1);
    const char *at = s;
    for (long i = 0; i <= n; i++) {
        ret[at - s] = attrs[i].is_cursor_position;
        at = i < n ? g_utf8_next_char(at) : at;
    }
    ret[0] = true;
    ret[len] = true;
    free(attrs);
}

static void clusters_are_pangos(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    char text[256];
    bool place[257];
    for (int round = 0; round < 2000; round++) {
        size_t len = some_text(&seed, 12, text, sizeof(text));
        caret_places(text, len, place);
        for (size_t at = 0, end; at < len; at = end) {
            end = kiosk_cluster_next(text, len, at);
            assert_true(end > at && end <= len);
            for (size_t i = at + 1; i < end; i++)
                assert_false(place[i]);
            if (!place[end])
                fail_msg("\"%s\" at %zu", text, end);
            assert_int_equal(kiosk_cluster_previous(text, len, end), at);
            assert_int_equal(kiosk_cluster_snap(text, len, end), end);
            assert_int_equal(kiosk_cluster_snap(text, len, at + 1), end);
        }
    }
}

static struct kiosk_edit *with_text(const char *text)
{
    struct kiosk_edit *e;
    assert_int_equal(kiosk_edit_new(KIOSK_EDIT_MAX, &e), 0);
    assert_int_equal(kiosk_edit_insert(e, text, strlen(text)), 0);
    return e;
}

static void moves_by_clusters(void **state)
{
    (void)state;
    LK_AUTO(kiosk_edit) e = with_text("ae\u0301👩\u200D👧");
    static const size_t back[] = {4, 1, 0, 0};
    for (size_t i = 0; i < LK_ARRAY_LEN(back); i++) {
        kiosk_edit_move(e, KIOSK_EDIT_PREVIOUS, false);
        assert_int_equal(kiosk_edit_caret(e), back[i]);
    }
    kiosk_edit_move(e, KIOSK_EDIT_NEXT, false);
    kiosk_edit_move(e, KIOSK_EDIT_NEXT, true);
    assert_int_equal(kiosk_edit_anchor(e), 1);
    assert_int_equal(kiosk_edit_caret(e), 4);
    /* A step out of a selection goes to its end. */
    kiosk_edit_move(e, KIOSK_EDIT_PREVIOUS, false);
    assert_int_equal(kiosk_edit_caret(e), 1);
    assert_true(kiosk_edit_erase(e, KIOSK_EDIT_NEXT));
    assert_string_equal(kiosk_edit_text(e), "a👩\u200D👧");
    kiosk_edit_move(e, KIOSK_EDIT_END, false);
    assert_true(kiosk_edit_erase(e, KIOSK_EDIT_PREVIOUS));
    assert_string_equal(kiosk_edit_text(e), "a");
    assert_false(kiosk_edit_erase(e, KIOSK_EDIT_NEXT));
}

static void moves_by_words(void **state)
{
    (void)state;
    LK_AUTO(kiosk_edit) e = with_text("yksi  kaksi kolme");
    kiosk_edit_move(e, KIOSK_EDIT_PREVIOUS_WORD, false);
    assert_int_equal(kiosk_edit_caret(e), 12);
    kiosk_edit_move(e, KIOSK_EDIT_PREVIOUS_WORD, false);
    assert_int_equal(kiosk_edit_caret(e), 6);
    kiosk_edit_move(e, KIOSK_EDIT_NEXT_WORD, true);
    assert_true(kiosk_edit_erase(e, KIOSK_EDIT_NEXT));
    assert_string_equal(kiosk_edit_text(e), "yksi  kolme");
    kiosk_edit_move(e, KIOSK_EDIT_HOME, false);
    assert_true(kiosk_edit_erase(e, KIOSK_EDIT_NEXT_WORD));
    assert_string_equal(kiosk_edit_text(e), "kolme");
}

static void refuses_what_is_no_text(void **state)
{
    static const char *const bad[] = {
        "\x80",     "\xC3",         "\xED\xA0\x80",     "a\nb", "\t", "\x7F",
        "\xC2\x85", "\xE2\x80\xA8", "\xF5\x80\x80\x80",
    };
    (void)state;
    LK_AUTO(kiosk_edit) e = with_text("ok");
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        assert_int_equal(kiosk_edit_insert(e, bad[i], strlen(bad[i])),
                         -EBADMSG);
        assert_int_equal(kiosk_edit_set(e, bad[i], strlen(bad[i])), -EBADMSG);
    }
    assert_int_equal(kiosk_edit_insert(e, "a\0b", 3), -EBADMSG);
    assert_string_equal(kiosk_edit_text(e), "ok");
}

static void has_a_ceiling(void **state)
{
    (void)state;
    LK_AUTO(kiosk_edit) e = NULL;
    assert_int_equal(kiosk_edit_new(0, &e), -EINVAL);
    assert_int_equal(kiosk_edit_new(KIOSK_EDIT_MAX + 1, &e), -EINVAL);
    assert_int_equal(kiosk_edit_new(4, &e), 0);
    assert_int_equal(kiosk_edit_insert(e, "abcd", 4), 0);
    assert_int_equal(kiosk_edit_insert(e, "e", 1), -EMSGSIZE);
    assert_int_equal(kiosk_edit_set(e, "abcde", 5), -EMSGSIZE);
    assert_string_equal(kiosk_edit_text(e), "abcd");
    /* What is replaced makes room. */
    kiosk_edit_select(e, 1, 3);
    assert_int_equal(kiosk_edit_insert(e, "å", 2), 0);
    assert_string_equal(kiosk_edit_text(e), "aåd");
    kiosk_edit_clear(e);
    assert_int_equal(kiosk_edit_len(e), 0);
}

/* Somebody else writes in the same text. */
static void keeps_the_caret(void **state)
{
    static const struct {
        const char *was, *is;
        size_t caret, then;
    } cases[] = {
        {"Matti", "Matti Virtanen", 2, 2},
        {"Matti", "Matti Virtanen", 5, 5},
        {"Virtanen", "Matti Virtanen", 3, 9},
        {"Virtanen", "Matti Virtanen", 8, 14},
        {"yksi kaksi", "yksi", 7, 4},
        {"yksi kaksi", "yksi toinen kaksi", 5, 5},
        {"yksi kaksi", "yksi toinen kaksi", 6, 13},
        {"abc", "axc", 2, 2},
        {"e", "e\u0301", 1, 3},
        {"äiti", "öiti", 2, 2},
        {"abc", "", 2, 0},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        LK_AUTO(kiosk_edit) e = with_text(cases[i].was);
        kiosk_edit_select(e, cases[i].caret, cases[i].caret);
        assert_int_equal(kiosk_edit_set(e, cases[i].is, strlen(cases[i].is)),
                         0);
        assert_string_equal(kiosk_edit_text(e), cases[i].is);
        if (kiosk_edit_caret(e) != cases[i].then)
            fail_msg("%zu: %zu", i, kiosk_edit_caret(e));
    }
}

/* The simple model: a string and two numbers, everything anew each time. */
struct model {
    char text[TEXT_MAX + 1];
    size_t caret, anchor;
};

static size_t model_snap(const struct model *m, size_t at)
{
    bool place[TEXT_MAX + 1];
    caret_places(m->text, strlen(m->text), place);
    while (!place[at])
        at++;
    return at;
}

static size_t model_step(const struct model *m, enum kiosk_edit_step step)
{
    bool place[TEXT_MAX + 1];
    size_t len = strlen(m->text);
    size_t at = m->caret;
    caret_places(m->text, len, place);
    if (step == KIOSK_EDIT_HOME)
        return 0;
    if (step == KIOSK_EDIT_END)
        return len;
    if (step == KIOSK_EDIT_NEXT && at < len)
        do
            at++;
        while (!place[at]);
    if (step == KIOSK_EDIT_PREVIOUS && at > 0)
        do
            at--;
        while (!place[at]);
    return at;
}

static void model_replace(struct model *m, size_t from, size_t to,
                          const char *text)
{
    char now[2 * TEXT_MAX + 1];
    snprintf(now, sizeof(now), "%.*s%s%s", (int)from, m->text, text,
             m->text + to);
    memcpy(m->text, now, sizeof(m->text));
    m->caret = model_snap(m, from + strlen(text));
    m->anchor = m->caret;
}

static void model_insert(struct model *m, const char *text, int r)
{
    size_t from = LK_MIN(m->caret, m->anchor);
    size_t to = LK_MAX(m->caret, m->anchor);
    bool fits = strlen(m->text) - (to - from) + strlen(text) <= TEXT_MAX;
    assert_int_equal(r, fits ? 0 : -EMSGSIZE);
    if (fits)
        model_replace(m, from, to, text);
}

static void model_erase(struct model *m, enum kiosk_edit_step step, bool done)
{
    size_t to = m->anchor == m->caret ? model_step(m, step) : m->anchor;
    assert_int_equal(done, to != m->caret);
    if (to != m->caret)
        model_replace(m, LK_MIN(m->caret, to), LK_MAX(m->caret, to), "");
}

static void model_move(struct model *m, enum kiosk_edit_step step, bool select)
{
    size_t to = model_step(m, step);
    if (!select && m->caret != m->anchor && step == KIOSK_EDIT_NEXT)
        to = LK_MAX(m->caret, m->anchor);
    if (!select && m->caret != m->anchor && step == KIOSK_EDIT_PREVIOUS)
        to = LK_MIN(m->caret, m->anchor);
    m->caret = to;
    m->anchor = select ? m->anchor : to;
}

static enum kiosk_edit_step some_step(uint64_t *seed)
{
    static const enum kiosk_edit_step steps[] = {
        KIOSK_EDIT_PREVIOUS, KIOSK_EDIT_PREVIOUS, KIOSK_EDIT_NEXT,
        KIOSK_EDIT_NEXT,     KIOSK_EDIT_HOME,     KIOSK_EDIT_END};
    return steps[test_random(seed) % LK_ARRAY_LEN(steps)];
}

static void one_edit(struct kiosk_edit *e, struct model *m, uint64_t *seed)
{
    char text[32];
    size_t len;
    bool select = test_random(seed) % 3 == 0;
    enum kiosk_edit_step step = some_step(seed);
    switch (test_random(seed) % 4) {
    case 0:
        len = some_text(seed, 4, text, sizeof(text));
        model_insert(m, text, kiosk_edit_insert(e, text, len));
        break;
    case 1:
        model_erase(m, step, kiosk_edit_erase(e, step));
        break;
    default:
        kiosk_edit_move(e, step, select);
        model_move(m, step, select);
        break;
    }
}

static void edits_like_the_model(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int round = 0; round < 200; round++) {
        LK_AUTO(kiosk_edit) e = NULL;
        struct model m = {0};
        assert_int_equal(kiosk_edit_new(TEXT_MAX, &e), 0);
        for (int i = 0; i < 60; i++) {
            one_edit(e, &m, &seed);
            assert_string_equal(kiosk_edit_text(e), m.text);
            assert_int_equal(kiosk_edit_len(e), strlen(m.text));
            assert_int_equal(kiosk_edit_caret(e), m.caret);
            assert_int_equal(kiosk_edit_anchor(e), m.anchor);
        }
    }
}

/* Whatever comes from elsewhere: the text is that, the caret at a bound. */
static void takes_any_other_text(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    LK_AUTO(kiosk_edit) e = NULL;
    assert_int_equal(kiosk_edit_new(TEXT_MAX, &e), 0);
    for (int i = 0; i < 3000; i++) {
        char text[TEXT_MAX + 1];
        bool place[TEXT_MAX + 1];
        size_t len = some_text(&seed, 8, text, sizeof(text));
        assert_int_equal(kiosk_edit_set(e, text, len), 0);
        assert_string_equal(kiosk_edit_text(e), text);
        caret_places(text, len, place);
        assert_true(kiosk_edit_caret(e) <= len && place[kiosk_edit_caret(e)]);
        assert_true(kiosk_edit_anchor(e) <= len && place[kiosk_edit_anchor(e)]);
        kiosk_edit_select(e, test_random(&seed) % (len + 1),
                          test_random(&seed) % (len + 1));
    }
}

/* What is deleted does not stay behind the end. */
static void wipes_what_is_deleted(void **state)
{
    (void)state;
    LK_AUTO(kiosk_edit) e = with_text("salaisuus");
    const char *text = kiosk_edit_text(e);
    kiosk_edit_select(e, 1, 9);
    assert_true(kiosk_edit_erase(e, KIOSK_EDIT_NEXT));
    for (size_t i = 1; i < 9; i++)
        assert_int_equal(text[i], 0);
    kiosk_edit_clear(e);
    assert_int_equal(text[0], 0);
}

static void survives_lack_of_memory(void **state)
{
    (void)state;
    int r;
    struct kiosk_edit *e = NULL;
    OOM_SWEEP(r, kiosk_edit_new(100, &e));
    assert_null(kiosk_edit_free(e));
    assert_null(kiosk_edit_free(NULL));
}

/* Somebody else's text may have what cannot be typed, and be too long. */
static void test_shared_texts(void **state)
{
    (void)state;
    LK_AUTO(kiosk_edit) e = NULL;
    assert_int_equal(kiosk_edit_new(32, &e), 0);
    assert_int_equal(kiosk_edit_insert(e, "\n", 1), -EBADMSG);
    kiosk_edit_share(e, 6, true);
    assert_int_equal(kiosk_edit_insert(e, "ab\ncd", 5), 0);
    assert_int_equal(kiosk_edit_insert(e, "\t", 1), -EBADMSG);
    assert_int_equal(kiosk_edit_insert(e, "ef", 2), -EMSGSIZE);
    assert_int_equal(kiosk_edit_set(e, "\t12345678", 9), 0);
    assert_int_equal(kiosk_edit_insert(e, "x", 1), -EMSGSIZE);
    assert_true(kiosk_edit_erase(e, KIOSK_EDIT_PREVIOUS));
    assert_int_equal(kiosk_edit_set(e, "\xff", 1), -EBADMSG);
    assert_string_equal(kiosk_edit_text(e), "\t1234567");
}

/* The caret stays between its characters when both ends change at once. */
static void test_caret_between_changes(void **state)
{
    static const struct {
        const char *was, *is;
        size_t caret, then;
    } cases[] = {
        {"one two three", "1 two 3", 5, 3}, /* on|e t|wo: t|wo */
        {"one two three", "xone two threex", 5, 6},
        {"one two three", "one 2 three", 5, 5}, /* within what is gone */
        {"abc", "xabcx", 3, 4},
        {"abc", "", 2, 0},
        {"äöå", "xäöåx", 4, 5},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        LK_AUTO(kiosk_edit) e = NULL;
        assert_int_equal(kiosk_edit_new(64, &e), 0);
        assert_int_equal(kiosk_edit_set(e, cases[i].was, strlen(cases[i].was)),
                         0);
        kiosk_edit_select(e, cases[i].caret, cases[i].caret);
        assert_int_equal(kiosk_edit_set(e, cases[i].is, strlen(cases[i].is)),
                         0);
        assert_int_equal(kiosk_edit_caret(e), cases[i].then);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clusters_are_pangos),
        cmocka_unit_test(moves_by_clusters),
        cmocka_unit_test(moves_by_words),
        cmocka_unit_test(refuses_what_is_no_text),
        cmocka_unit_test(has_a_ceiling),
        cmocka_unit_test(keeps_the_caret),
        cmocka_unit_test(edits_like_the_model),
        cmocka_unit_test(takes_any_other_text),
        cmocka_unit_test(wipes_what_is_deleted),
        cmocka_unit_test(survives_lack_of_memory),
        cmocka_unit_test(test_shared_texts),
        cmocka_unit_test(test_caret_between_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Typing into a form's text while the expert types there, too: sessions of
 * chance against a model in which every character is one of its kind. */
#include "testing.h"

#include "base/text.h"
#include "kiosk/typing_form.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 400     /* characters */
#define VERSIONS_MAX 600 /* of one session */
#define QUEUE_MAX 600
#define MANY 90 /* characters: then it is rather deleted; all are compared */
#define SESSIONS 400
#define STEPS 160
#define FIRST 0x4E00 /* the first character; each is used once */

/* What the form holds, as characters. */
struct state {
    size_t n;
    uint32_t c[TEXT_MAX];
};

/* The form: every version, and the citizen's edits that came on each. */
static struct {
    uint32_t version, edits;
    struct state at[VERSIONS_MAX];
    struct session_intent own[QUEUE_MAX];
    uint32_t own_version[QUEUE_MAX]; /* that the edit made */
    size_t owns;
} form;

/* On their way: edits to the form, views to the screen. */
static struct session_intent sent[QUEUE_MAX];
static size_t sent_head, sent_tail;
static struct {
    uint32_t version, edits;
} views[VERSIONS_MAX];
static size_t views_head, views_tail;

static struct kiosk_typing typing;
static uint64_t chance;
static uint32_t fresh;

static uint32_t roll(uint32_t n)
{
    return (uint32_t)(test_random(&chance) % n);
}

/* ---- characters ---- */

static size_t put(uint32_t c, char *to)
{
    to[0] = (char)(0xE0 | c >> 12);
    to[1] = (char)(0x80 | (c >> 6 & 0x3F));
    to[2] = (char)(0x80 | (c & 0x3F));
    to[3] = '\0';
    return 3;
}

static void write_out(const struct state *s, char *ret)
{
    *ret = '\0';
    for (size_t i = 0; i < s->n; i++)
        ret += put(s->c[i], ret);
}

static struct state read_in(const char *s)
{
    struct state r = {0};
    for (const uint8_t *u = (const uint8_t *)s; *u; u += 3)
        r.c[r.n++] = (uint32_t)(u[0] & 15) << 12 | (uint32_t)(u[1] & 63) << 6 |
                     (u[2] & 63U);
    return r;
}

static bool has(const struct state *s, uint32_t c, size_t *ret)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->c[i] == c) {
            *ret = i;
            return true;
        }
    return false;
}

static void cut(struct state *s, size_t at)
{
    s->n--;
    memmove(&s->c[at], &s->c[at + 1], (s->n - at) * sizeof(s->c[0]));
}

static void add(struct state *s, size_t at, uint32_t c)
{
    assert_true(s->n < TEXT_MAX);
    memmove(&s->c[at + 1], &s->c[at], (s->n - at) * sizeof(s->c[0]));
    s->c[at] = c;
    s->n++;
}

/* ---- the form ---- */

static void form_changed(const struct state *s)
{
    form.version++;
    assert_true(form.version < VERSIONS_MAX);
    form.at[form.version] = *s;
}

static void splice(struct state *s, const struct session_intent *i)
{
    struct state more = read_in(i->arg);
    assert_int_equal(i->at % 3, 0);
    assert_int_equal(i->remove % 3, 0);
    assert_true(i->at / 3 + i->remove / 3 <= s->n);
    for (uint32_t k = 0; k < i->remove / 3; k++)
        cut(s, i->at / 3);
    for (size_t k = 0; k < more.n; k++)
        add(s, i->at / 3 + k, more.c[k]);
}

/* What the screen had when it made the edit. */
static struct state seen_by(const struct session_intent *i)
{
    struct state s = form.at[i->version];
    for (size_t k = 0; k < form.owns; k++)
        if (form.own_version[k] > i->version)
            splice(&s, &form.own[k]);
    return s;
}

static void form_takes(const struct session_intent *i)
{
    struct state seen = seen_by(i);
    struct state now = form.at[form.version];
    struct state more = read_in(i->arg);
    size_t at = 0;
    assert_true(strlen(i->arg) <= FORM_EDIT_MAX);
    for (uint32_t k = 0; k < i->remove / 3; k++)
        if (has(&now, seen.c[i->at / 3 + k], &at))
            cut(&now, at);
    at = 0;
    for (size_t k = i->at / 3; k > 0; k--)
        if (has(&now, seen.c[k - 1], &at)) {
            at++;
            break;
        }
    for (size_t k = 0; k < more.n; k++)
        add(&now, at + k, more.c[k]);
    form_changed(&now);
    form.own[form.owns] = *i;
    form.own_version[form.owns++] = form.version;
    form.edits++;
}

static void expert_types(void)
{
    struct state now = form.at[form.version];
    size_t at = roll((uint32_t)now.n + 1);
    if (now.n > 0 && (roll(3) == 0 || now.n > MANY)) {
        for (uint32_t k = roll(5); k > 0 && at < now.n; k--)
            cut(&now, at);
    } else {
        for (uint32_t k = roll(4) + 1; k > 0; k--)
            add(&now, at, fresh++);
    }
    form_changed(&now);
}

static void form_tells(void)
{
    views[views_tail].version = form.version;
    views[views_tail++].edits = form.edits;
}

/* ---- the screen ---- */

static struct kiosk_edit *own(void)
{
    struct kiosk_edit *e = kiosk_typing_find(&typing, "field-name");
    assert_non_null(e);
    return e;
}

static void citizen_sends(const char *was)
{
    struct kiosk_typed *at = kiosk_typing_at(&typing, "field-name");
    struct kiosk_splice s = kiosk_splice_of(was, kiosk_edit_text(own()));
    while (kiosk_typing_form_next(at, &s, &sent[sent_tail]))
        sent_tail++;
    assert_true(sent_tail < QUEUE_MAX);
}

static void citizen_types(void)
{
    char was[TEXT_MAX * 3 + 1];
    char word[8 * 3 + 1];
    size_t len = 0;
    snprintf(was, sizeof(was), "%s", kiosk_edit_text(own()));
    switch (roll(6)) {
    case 0:
        (void)kiosk_edit_erase(own(), KIOSK_EDIT_PREVIOUS);
        break;
    case 1:
        kiosk_edit_move(own(), KIOSK_EDIT_PREVIOUS, roll(2));
        break;
    case 2: {
        size_t n = kiosk_edit_len(own()) + 1;
        kiosk_edit_select(own(), roll((uint32_t)n), roll((uint32_t)n));
        break;
    }
    default:
        for (uint32_t k = roll(8) + 1; k > 0; k--)
            len += put(fresh++, word + len);
        if (strlen(was) < MANY * 3)
            assert_int_equal(kiosk_edit_insert(own(), word, len), 0);
        break;
    }
    citizen_sends(was);
}

/* The nearest character before (step -1) or behind a place that is still
 * there, and where it is now. */
static bool neighbour(const struct state *was, size_t at, int step,
                      const struct state *is, size_t *ret)
{
    if (step < 0)
        for (size_t k = at; k > 0; k--)
            if (has(is, was->c[k - 1], ret))
                return true;
    if (step > 0)
        for (size_t k = at; k < was->n; k++)
            if (has(is, was->c[k], ret))
                return true;
    return false;
}

static void check_place(const struct state *was, size_t before, size_t after)
{
    struct state is = read_in(kiosk_edit_text(own()));
    size_t at;
    if (neighbour(was, before / 3, -1, &is, &at))
        assert_true(after / 3 > at);
    if (neighbour(was, before / 3, 1, &is, &at))
        assert_true(after / 3 <= at);
}

/* Caret and selection stay between the characters that they stood between. */
static void screen_takes(size_t v)
{
    char text[TEXT_MAX * 3 + 1];
    struct state was = read_in(kiosk_edit_text(own()));
    size_t caret = kiosk_edit_caret(own());
    size_t anchor = kiosk_edit_anchor(own());
    write_out(&form.at[views[v].version], text);
    struct form_item item = {.kind = FORM_ITEM_CELL,
                             .path = "name",
                             .value = text,
                             .version = views[v].version,
                             .edits = views[v].edits};
    struct form_view view = {.item = &item, .items = 1};
    kiosk_typing_form_sync(&typing, &view);
    check_place(&was, caret, kiosk_edit_caret(own()));
    check_place(&was, anchor, kiosk_edit_anchor(own()));
}

static void session_begin(void)
{
    memset(&form, 0, sizeof(form));
    sent_head = sent_tail = views_head = views_tail = 0;
    fresh = FIRST;
    kiosk_typing_clear(&typing);
    for (int i = 0; i < 12; i++)
        add(&form.at[0], 0, fresh++);
    char text[TEXT_MAX * 3 + 1];
    write_out(&form.at[0], text);
    struct kiosk_node n = {.id = "field-name",
                           .role = KIOSK_FIELD,
                           .path = "name",
                           .value = text,
                           .field = {.max = TEXT_MAX * 3}};
    struct kiosk_edit *e;
    assert_int_equal(kiosk_typing_form_open(&typing, &n, &e), 0);
    snprintf(typing.field, sizeof(typing.field), "field-name");
}

static void session_step(void)
{
    switch (roll(5)) {
    case 0:
    case 1:
        citizen_types();
        break;
    case 2:
        expert_types();
        form_tells();
        break;
    case 3:
        if (sent_head < sent_tail) {
            form_takes(&sent[sent_head++]);
            form_tells();
        }
        break;
    default:
        if (views_head < views_tail)
            screen_takes(views_head++);
        break;
    }
}

static void test_sessions_of_chance(void **state)
{
    (void)state;
    chance = test_seed();
    for (int i = 0; i < SESSIONS; i++) {
        session_begin();
        for (int k = 0; k < STEPS; k++)
            session_step();
        while (sent_head < sent_tail)
            form_takes(&sent[sent_head++]);
        form_tells();
        while (views_head < views_tail)
            screen_takes(views_head++);
        char text[TEXT_MAX * 3 + 1];
        write_out(&form.at[form.version], text);
        assert_string_equal(kiosk_edit_text(own()), text);
    }
    kiosk_typing_clear(&typing);
}

static void splice_is(const char *was, const char *is, size_t at, size_t remove,
                      const char *insert)
{
    struct kiosk_splice s = kiosk_splice_of(was, is);
    assert_int_equal(s.at, at);
    assert_int_equal(s.remove, remove);
    assert_int_equal(s.len, strlen(insert));
    assert_memory_equal(s.insert, insert, s.len);
}

static void test_splices_are_whole_characters(void **state)
{
    (void)state;
    splice_is("", "", 0, 0, "");
    splice_is("abc", "abc", 3, 0, "");
    splice_is("ac", "abc", 1, 0, "b");
    splice_is("abc", "ac", 1, 1, "");
    splice_is("é", "ĩ", 0, 2, "ĩ"); /* C3 A9, C4 A9 */
    splice_is("ä", "ö", 0, 2, "ö"); /* C3 A4, C3 B6 */
    splice_is("xää", "xä", 3, 2, "");
}

/* A text that was pasted goes in pieces that the form takes. */
static void test_long_edits_are_split(void **state)
{
    (void)state;
    char text[1001];
    struct kiosk_typed at = {.path = "name", .version = 3, .sent = 7};
    struct session_intent i;
    size_t total = 0;
    for (size_t k = 0; k < 1000; k += 2)
        memcpy(text + k, "ä", 2);
    text[1000] = '\0';
    struct kiosk_splice s = kiosk_splice_of("old", text);
    while (kiosk_typing_form_next(&at, &s, &i)) {
        assert_int_equal(i.kind, SESSION_INTENT_EDIT);
        assert_string_equal(i.path, "name");
        assert_int_equal(i.version, 3);
        assert_int_equal(i.at, total);
        assert_int_equal(i.remove, total == 0 ? 3 : 0);
        assert_true(strlen(i.arg) <= FORM_EDIT_MAX);
        assert_true(lk_utf8_valid(i.arg, strlen(i.arg)));
        total += strlen(i.arg);
    }
    assert_int_equal(total, 1000);
    assert_int_equal(at.sent, 7 + 3);
}

/* What the screen cannot edit is shown as it is; a field that was left is the
 * form's again, but not before the form has all of it. */
static void test_what_is_forgotten(void **state)
{
    (void)state;
    struct kiosk_node n = {.id = "field-a",
                           .path = "a",
                           .value = "x\ty",
                           .field = {.max = 10, .edits = 5}};
    struct form_item item = {
        .kind = FORM_ITEM_CELL, .path = "a", .value = "x", .edits = 5};
    struct form_view view = {.item = &item, .items = 1};
    struct kiosk_edit *e;
    assert_int_equal(kiosk_typing_form_open(&typing, &n, &e), 0);
    assert_int_equal(kiosk_edit_insert(e, "\n", 1), -EBADMSG);
    assert_int_equal(kiosk_edit_insert(e, "12345678", 8), -EMSGSIZE);
    kiosk_typing_at(&typing, "field-a")->sent = 6;
    kiosk_typing_form_sync(&typing, &view);
    assert_string_equal(kiosk_edit_text(e), "x\ty");
    kiosk_typing_form_sync(&typing, NULL);
    item.edits = 6;
    kiosk_typing_form_sync(&typing, &view);
    assert_null(kiosk_typing_find(&typing, "field-a"));
    n.value = "\xff";
    assert_int_equal(kiosk_typing_form_open(&typing, &n, &e), -EBADMSG);
    assert_null(kiosk_typing_find(&typing, "field-a"));
    kiosk_typing_clear(&typing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions_of_chance),
        cmocka_unit_test(test_splices_are_whole_characters),
        cmocka_unit_test(test_long_edits_are_split),
        cmocka_unit_test(test_what_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

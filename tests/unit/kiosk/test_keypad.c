/* The keypad's file, and strokes in time. */
#include "kiosk/keypad.h"

#include "testing.h"

#include <errno.h>

#define SECOND INT64_C(1000000)

static int parse(const char *text, struct kiosk_keypad *ret,
                 struct kiosk_keypad_error *e)
{
    return kiosk_keypad_parse(text, strlen(text), ret, e);
}

static const char least[] = "{\"keys\": {\"next\": [\"F1\", \"Right\"],\n"
                            " \"previous\": [\"F24\"], \"select\": [40],\n"
                            " \"back\": [\"A\", \"0\", \"9\"]}}";

static void reads_keys(void **state)
{
    (void)state;
    struct kiosk_keypad k;
    struct kiosk_keypad_error e;
    assert_int_equal(parse(least, &k, &e), 0);
    assert_int_equal(k.does[0x3A], KIOSK_PAD_NEXT);
    assert_int_equal(k.does[0x4F], KIOSK_PAD_NEXT);
    assert_int_equal(k.does[0x73], KIOSK_PAD_PREVIOUS);
    assert_int_equal(k.does[0x28], KIOSK_PAD_SELECT);
    assert_int_equal(k.does[0x04], KIOSK_PAD_BACK);
    assert_int_equal(k.does[0x27], KIOSK_PAD_BACK);
    assert_int_equal(k.does[0x26], KIOSK_PAD_BACK);
    assert_int_equal(k.does[0x05], KIOSK_PAD_NONE);
    assert_int_equal(k.repeat_delay_ms, 2000);
    assert_int_equal(k.repeat_every_ms, 500);
    assert_int_equal(k.double_strike_ms, 0);
}

/* The example for boards says what is built in. */
static void reads_the_example(void **state)
{
    (void)state;
    static char text[KIOSK_KEYPAD_LEN_MAX];
    struct kiosk_keypad k = {.double_strike_ms = 1};
    struct kiosk_keypad usual;
    struct kiosk_keypad_error e;
    FILE *f = fopen(EXAMPLE, "rb");
    assert_non_null(f);
    size_t len = fread(text, 1, sizeof(text), f);
    fclose(f);
    assert_int_equal(kiosk_keypad_parse(text, len, &k, &e), 0);
    kiosk_keypad_default(&usual);
    assert_memory_equal(&k, &usual, sizeof(k));
}

static const struct mistake {
    const char *text;
    const char *reason;
} mistakes[] = {
    {"[]", "not an object"},
    {"{}", "keys: missing"},
    {"{\"keys\": []}", "keys: not an object"},
    {"{\"keys\": {\"jump\": [\"F1\"]}}", "keys: no action \"jump\""},
    {"{\"keys\": {\"\\n\": [\"F1\"]}}", "keys: no action \"?\""},
    {"{\"keys\": {\"next\": \"F1\"}}", "keys.next: not a list of keys"},
    {"{\"keys\": {\"next\": []}}", "keys.next: not a list of keys"},
    {"{\"keys\": {\"next\": [\"F25\"]}}",
     "keys.next: not a key's name or usage"},
    {"{\"keys\": {\"next\": [\"F01\"]}}",
     "keys.next: not a key's name or usage"},
    {"{\"keys\": {\"next\": [3]}}", "keys.next: not a key's name or usage"},
    {"{\"keys\": {\"next\": [232]}}", "keys.next: not a key's name or usage"},
    {"{\"keys\": {\"next\": [true]}}", "keys.next: not a key's name or usage"},
    {"{\"keys\": {\"next\": [58, \"F1\"]}}",
     "keys.next: the key has a meaning already"},
    {"{\"keys\": {\"next\": [\"F1\"], \"select\": [\"F2\"], "
     "\"back\": [\"F3\"]}}",
     "keys.previous: missing"},
    {"{\"keys\": {}, \"keys\": {}}", "duplicate object key near '\"keys\"'"},
};

static void refuses_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(mistakes); i++) {
        struct kiosk_keypad k = {.repeat_every_ms = 7};
        struct kiosk_keypad_error e = {.line = -1};
        assert_int_equal(parse(mistakes[i].text, &k, &e), -EBADMSG);
        assert_string_equal(e.reason, mistakes[i].reason);
        assert_int_equal(k.repeat_every_ms, 7);
    }
}

static void keeps_numbers_in_range(void **state)
{
    static const struct {
        const char *text;
        int r;
    } numbers[] = {
        {"\"repeat_delay_ms\": 0", 0},     {"\"repeat_delay_ms\": 10000", 0},
        {"\"repeat_delay_ms\": -1", -1},   {"\"repeat_delay_ms\": 10001", -1},
        {"\"repeat_every_ms\": 49", -1},   {"\"repeat_every_ms\": 2000", 0},
        {"\"double_strike_ms\": 500", 0},  {"\"double_strike_ms\": 2001", -1},
        {"\"double_strike_ms\": 1.5", -1}, {"\"other\": 1", -1},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(numbers); i++) {
        char text[512];
        struct kiosk_keypad k;
        struct kiosk_keypad_error e;
        snprintf(text, sizeof(text), "%.*s, %s}", (int)strlen(least) - 1, least,
                 numbers[i].text);
        assert_int_equal(parse(text, &k, &e), numbers[i].r ? -EBADMSG : 0);
    }
}

static void has_ceilings(void **state)
{
    (void)state;
    static char text[KIOSK_KEYPAD_LEN_MAX + 1];
    struct kiosk_keypad k;
    struct kiosk_keypad_error e;
    memset(text, ' ', sizeof(text));
    assert_int_equal(kiosk_keypad_parse(text, sizeof(text), &k, &e), -EBADMSG);
    assert_string_equal(e.reason, "longer than 16384 bytes");
    int n = snprintf(text, sizeof(text), "{\"keys\": {\"next\": [4");
    for (int i = 5; i < 5 + KIOSK_KEYPAD_KEYS_MAX; i++)
        n += snprintf(text + n, sizeof(text) - (size_t)n, ", %d", i);
    n += snprintf(text + n, sizeof(text) - (size_t)n, "]}}");
    assert_int_equal(kiosk_keypad_parse(text, (size_t)n, &k, &e), -EBADMSG);
    assert_string_equal(e.reason, "keys: more than 64");
}

/* The same stroke again too soon is not meant; another one is. */
static void ignores_double_strikes(void **state)
{
    (void)state;
    struct kiosk_keypad k = {.double_strike_ms = 300};
    struct kiosk_strokes s = {0};
    assert_true(kiosk_strokes_take(&s, &k, "a", 0));
    assert_false(kiosk_strokes_take(&s, &k, "a", 299999));
    assert_true(kiosk_strokes_take(&s, &k, "a", 300000));
    assert_true(kiosk_strokes_take(&s, &k, "b", 300001));
    assert_true(kiosk_strokes_take(&s, &k, "a", 300002));
    k.double_strike_ms = 0;
    assert_true(kiosk_strokes_take(&s, &k, "a", 300002));
}

static void repeats_what_rests(void **state)
{
    (void)state;
    struct kiosk_keypad k = {.repeat_delay_ms = 2000, .repeat_every_ms = 500};
    struct kiosk_strokes s = {0};
    assert_int_equal(kiosk_strokes_next_us(&s), INT64_MAX);
    assert_false(kiosk_strokes_due(&s, &k, SECOND));
    kiosk_strokes_hold(&s, &k, "a", SECOND);
    assert_int_equal(kiosk_strokes_next_us(&s), 3 * SECOND);
    assert_false(kiosk_strokes_due(&s, &k, 3 * SECOND - 1));
    assert_true(kiosk_strokes_due(&s, &k, 3 * SECOND));
    assert_false(kiosk_strokes_due(&s, &k, 3 * SECOND));
    /* Late, but once. */
    assert_true(kiosk_strokes_due(&s, &k, 9 * SECOND));
    assert_false(kiosk_strokes_due(&s, &k, 9 * SECOND + 1));
    assert_int_equal(kiosk_strokes_next_us(&s), 9 * SECOND + SECOND / 2);
    kiosk_strokes_release(&s);
    assert_false(kiosk_strokes_due(&s, &k, 20 * SECOND));
    k.repeat_delay_ms = 0;
    kiosk_strokes_hold(&s, &k, "a", SECOND);
    assert_int_equal(kiosk_strokes_next_us(&s), INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_keys),
        cmocka_unit_test(reads_the_example),
        cmocka_unit_test(refuses_mistakes),
        cmocka_unit_test(keeps_numbers_in_range),
        cmocka_unit_test(has_ceilings),
        cmocka_unit_test(ignores_double_strikes),
        cmocka_unit_test(repeats_what_rests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "testing.h"

#include "console/line.h"

struct desk {
    struct console_line line;
    struct lk_buf *echo;
    char lines[512]; /* each line that came, with '\n' */
    char events[64];
};

static int setup(void **state)
{
    struct desk *d = calloc(1, sizeof(*d));
    assert_int_equal(lk_buf_new(65536, &d->echo), 0);
    console_line_begin(&d->line, CONSOLE_COMMAND);
    *state = d;
    return 0;
}

static int teardown(void **state)
{
    struct desk *d = *state;
    d->echo = lk_buf_free(d->echo);
    free(d);
    return 0;
}

static void feed(struct desk *d, const char *bytes, size_t len)
{
    static const char name[] = ".LTH^D";
    for (size_t i = 0; i < len; i++) {
        enum console_event e =
            console_line_byte(&d->line, (uint8_t)bytes[i], d->echo);
        size_t at = strlen(d->events);
        if (e != CONSOLE_NOTHING && at + 1 < sizeof(d->events))
            d->events[at] = name[e];
        if (e != CONSOLE_LINE)
            continue;
        at = strlen(d->lines);
        (void)snprintf(d->lines + at, sizeof(d->lines) - at, "%s\n",
                       d->line.text);
        console_line_keep(&d->line);
        console_line_begin(&d->line, d->line.kind);
    }
}

#define BYTES(s) s, sizeof(s) - 1

/* What is typed, and which lines come of it. */
static const struct {
    const char *typed;
    size_t len;
    const char *lines;
} typed[] = {
    {BYTES("ab\rcd\r"), "ab\ncd\n"},
    {BYTES("ab\ncd\n"), "ab\ncd\n"},
    {BYTES("ab\r\ncd\r\n"), "ab\ncd\n"},
    {BYTES("ab\n\rcd\n\r"), "ab\ncd\n"},
    {BYTES("ab\r\0cd\r\0"), "ab\ncd\n"},
    {BYTES("\r\r\n\n"), "\n\n\n"},
    {BYTES("abx\bc\r"), "abc\n"},
    {BYTES("abx\x7f\x7f\x7f\x7f\r"), "\n"},
    {BYTES("bc\x01"
           "a\x05"
           "d\r"),
     "abcd\n"},
    {BYTES("abc\x02\x02\x04x\r"), "axc\n"},
    {BYTES("abc\x02\x0b\r"), "ab\n"},
    {BYTES("abc\x15"
           "d\r"),
     "d\n"},
    {BYTES("show status\x17log\r"), "show log\n"},
    {BYTES("abc\x1b[D\x1b[Dx\r"), "axbc\n"},
    {BYTES("abc\x1bOHx\x1bOF!\r"), "xabc!\n"},
    {BYTES("abc\x1b[1~x\x1b[4~!\r"), "xabc!\n"},
    {BYTES("abc\x1b[H\x1b[3~\r"), "bc\n"},
    {BYTES("one\rtwo\r\x1b[A\x1b[A\r"), "one\ntwo\none\n"},
    {BYTES("one\r\x1b[A\x1b[Bx\r"), "one\nx\n"},
    {BYTES("a\x1b\rb\r"), "a\nb\n"},      /* an escape cut short */
    {BYTES("a\x1b[\rb\r"), "a\nb\n"},     /* likewise */
    {BYTES("a\x1b[12;3\rb\r"), "a\nb\n"}, /* likewise */
    {BYTES("a\x1b\x1b[Dx\r"), "xa\n"},    /* an escape in an escape */
    {BYTES("a\x1bxb\r"), "ab\n"},         /* Alt and a letter */
    {BYTES("a\x1b[38;5;1mb\r"), "ab\n"},  /* a sequence that is no key */
};

static void lines_come_of_what_is_typed(void **state)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(typed); i++) {
        struct desk *d = *state;
        console_line_forget(&d->line);
        d->line.ended = 0;
        console_line_begin(&d->line, CONSOLE_COMMAND);
        d->lines[0] = 0;
        feed(d, typed[i].typed, typed[i].len);
        assert_string_equal(d->lines, typed[i].lines);
    }
}

static void keys_that_are_no_text(void **state)
{
    struct desk *d = *state;
    feed(d, BYTES("a\t?\x03"));
    assert_string_equal(d->events, "TH^");
    console_line_begin(&d->line, CONSOLE_COMMAND);
    feed(d, BYTES("\x04"));
    assert_string_equal(d->events, "TH^D");
    console_line_begin(&d->line, CONSOLE_PLAIN);
    feed(d, BYTES("a?"));
    assert_string_equal(d->line.text, "a?");
}

static void noise_is_marked(void **state)
{
    static const char noise[] = "\x80\xff\x11\x13\x1a\x1c";
    struct desk *d = *state;
    for (const char *c = noise; *c; c++) {
        console_line_begin(&d->line, CONSOLE_COMMAND);
        feed(d, c, 1);
        assert_true(d->line.noisy);
        assert_int_equal(d->line.len, 0);
    }
    console_line_begin(&d->line, CONSOLE_COMMAND);
    feed(d, BYTES("\x1b[111111111111111111111111111"));
    assert_true(d->line.noisy);
}

static void a_line_has_an_end(void **state)
{
    struct desk *d = *state;
    for (int i = 0; i < CONSOLE_LINE_MAX - 1; i++)
        feed(d, "x", 1);
    assert_false(d->line.over);
    feed(d, "y", 1);
    assert_true(d->line.over);
    assert_int_equal(d->line.len, CONSOLE_LINE_MAX - 1);
}

static void a_secret_is_not_echoed_nor_kept(void **state)
{
    struct desk *d = *state;
    console_line_begin(&d->line, CONSOLE_SECRET);
    feed(d, BYTES("kissa\b\b\x01\x05\x1b[A"));
    assert_int_equal(d->echo->len, 0);
    assert_string_equal(d->line.text, "kis");
    console_line_begin(&d->line, CONSOLE_COMMAND);
    for (size_t i = 0; i < sizeof(d->line.text); i++)
        assert_int_equal(d->line.text[i], 0);
}

static void history_has_a_ceiling(void **state)
{
    struct desk *d = *state;
    char text[16];
    for (int i = 0; i < CONSOLE_HISTORY_MAX + 5; i++) {
        (void)snprintf(text, sizeof(text), "%d\r", i);
        feed(d, text, strlen(text));
    }
    for (int i = 0; i < CONSOLE_HISTORY_MAX + 5; i++)
        feed(d, BYTES("\x1b[A"));
    assert_string_equal(d->line.text, "5");
}

/* A terminal that knows characters, backspace and bell: after any keys it shows
 * the line. */
static void the_screen_is_the_line(void **state)
{
    static const char *const keys[] = {
        "a",    "b",    "\b", "\x01",   "\x05",   "\x02",   "\x06", "\x04",
        "\x0b", "\x17", " ",  "\x1b[D", "\x1b[C", "\x1b[A", "c"};
    struct desk *d = *state;
    uint64_t seed = test_seed();
    for (int round = 0; round < 300; round++) {
        char screen[256];
        size_t at = 0;
        size_t end = 0;
        d->echo->len = 0;
        console_line_begin(&d->line, CONSOLE_COMMAND);
        for (int i = 0; i < 60; i++) {
            const char *k = keys[test_random(&seed) % LK_ARRAY_LEN(keys)];
            feed(d, k, strlen(k));
        }
        memset(screen, ' ', sizeof(screen));
        for (size_t i = 0; i < d->echo->len; i++) {
            char c = (char)d->echo->data[i];
            if (c == '\b' && at > 0)
                at--;
            else if (c >= ' ')
                screen[at++] = c;
            end = LK_MAX(end, at);
            assert_true(end < sizeof(screen));
        }
        assert_int_equal(at, d->line.at);
        assert_memory_equal(screen, d->line.text, d->line.len);
        for (size_t i = d->line.len; i < end; i++)
            assert_int_equal(screen[i], ' ');
        console_line_keep(&d->line);
    }
}

#define LINE_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(lines_come_of_what_is_typed),
        LINE_TEST(keys_that_are_no_text),
        LINE_TEST(noise_is_marked),
        LINE_TEST(a_line_has_an_end),
        LINE_TEST(a_secret_is_not_echoed_nor_kept),
        LINE_TEST(history_has_a_ceiling),
        LINE_TEST(the_screen_is_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "testing.h"

#include "app/super_log.h"

static void numbers_and_forgets(void **state)
{
    LK_AUTO(super_log) l = NULL;
    struct super_log_line line;
    char text[32];
    (void)state;
    assert_int_equal(super_log_new(&l), 0);
    assert_int_equal(super_log_next(l), 1);
    assert_int_equal(super_log_at(l, 0, &line), 0);
    for (int i = 1; i <= SUPER_LOG_LINES + 10; i++) {
        int n = snprintf(text, sizeof(text), "line %d", i);
        super_log_add(l, "test", i, text, (size_t)n);
    }
    assert_int_equal(super_log_at(l, 1, &line), 1);
    assert_int_equal(line.number, 11);
    assert_string_equal(line.text, "line 11");
    assert_string_equal(line.program, "test");
    assert_int_equal(line.wall_us, 11);
    assert_int_equal(super_log_at(l, SUPER_LOG_LINES + 10, &line), 1);
    assert_int_equal(super_log_at(l, SUPER_LOG_LINES + 11, &line), 0);
}

/* What is said, and what is kept of it. */
static const struct {
    const char *said;
    size_t len;
    const char *kept;
} texts[] = {
    {"plain", 5, "plain"}, {"\x1b[31mred\a", 9, "?[31mred?"},
    {"n\0l", 3, "n?l"},    {"h\xc3\xa4n", 4, "h\xc3\xa4n"},
    {"h\xe4n", 3, "h?n"},  {"", 0, ""},
};

static void keeps_lines_printable(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(texts); i++) {
        LK_AUTO(super_log) l = NULL;
        struct super_log_line line;
        assert_int_equal(super_log_new(&l), 0);
        super_log_add(l, "test", 0, texts[i].said, texts[i].len);
        assert_int_equal(super_log_at(l, 1, &line), 1);
        assert_string_equal(line.text, texts[i].kept);
    }
}

static void cuts_long_lines_between_characters(void **state)
{
    LK_AUTO(super_log) l = NULL;
    struct super_log_line line;
    char text[2 * SUPER_LOG_TEXT_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = "\xc3\xa4"[i % 2];
    assert_int_equal(super_log_new(&l), 0);
    super_log_add(l, "test", 0, text, sizeof(text));
    assert_int_equal(super_log_at(l, 1, &line), 1);
    assert_int_equal(strlen(line.text), SUPER_LOG_TEXT_MAX - 2);
    assert_true(lk_utf8_valid(line.text, strlen(line.text)));
}

struct seen {
    char text[4096];
    unsigned lines;
};

static void see(void *arg, const char *text, size_t len)
{
    struct seen *s = arg;
    size_t at = strlen(s->text);
    (void)snprintf(s->text + at, sizeof(s->text) - at, "%.*s|", (int)len, text);
    s->lines++;
}

/* The same stream in pieces of any size gives the same lines. */
static void cuts_streams_into_lines(void **state)
{
    static const char stream[] = "one\n\ntwo and more\nthree";
    (void)state;
    for (size_t piece = 1; piece < sizeof(stream); piece++) {
        struct super_lines lines = {.len = 0};
        struct seen seen = {.lines = 0};
        for (size_t at = 0; at < strlen(stream); at += piece)
            super_lines_feed(&lines, stream + at,
                             LK_MIN(piece, strlen(stream) - at), see, &seen);
        assert_string_equal(seen.text, "one|two and more|");
        super_lines_end(&lines, see, &seen);
        assert_string_equal(seen.text, "one|two and more|three|");
    }
}

static void drops_the_rest_of_a_long_line(void **state)
{
    struct super_lines lines = {.len = 0};
    struct seen seen = {.lines = 0};
    char big[3 * SUPER_LOG_TEXT_MAX];
    (void)state;
    memset(big, 'x', sizeof(big));
    super_lines_feed(&lines, big, sizeof(big), see, &seen);
    super_lines_feed(&lines, big, sizeof(big), see, &seen);
    super_lines_feed(&lines, "\nnext\n", 6, see, &seen);
    assert_int_equal(seen.lines, 2);
    assert_int_equal(strcspn(seen.text, "|"), SUPER_LOG_TEXT_MAX - 1);
    assert_non_null(strstr(seen.text, "|next|"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_forgets),
        cmocka_unit_test(keeps_lines_printable),
        cmocka_unit_test(cuts_long_lines_between_characters),
        cmocka_unit_test(cuts_streams_into_lines),
        cmocka_unit_test(drops_the_rest_of_a_long_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

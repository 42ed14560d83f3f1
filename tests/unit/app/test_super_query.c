#include "testing.h"

#include "app/super_query.h"

#include <errno.h>

/* Words behind `log`, and whether they are understood. */
static const struct {
    const char *word[4];
    size_t words;
    int r;
} asked[] = {
    {{NULL}, 0, 0},
    {{"since", "4"}, 2, 0},
    {{"since=4", "level=warn", "program=luukku-rtc", "match=x"}, 4, 0},
    {{"lines=200"}, 1, 0},
    {{"lines=0"}, 1, -EINVAL},
    {{"lines=201"}, 1, -EINVAL},
    {{"lines=1", "lines=1"}, 2, -EINVAL},
    {{"since"}, 1, -EINVAL},
    {{"since", "x"}, 2, -EINVAL},
    {{"since=-1"}, 1, -EINVAL},
    {{"since="}, 1, -EINVAL},
    {{"since=99999999999999999999"}, 1, -EINVAL},
    {{"level=loud"}, 1, -EINVAL},
    {{"program=sh"}, 1, -EINVAL},
    {{"match="}, 1, -EINVAL},
    {{"else"}, 1, -EINVAL},
};

static void understands_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(asked); i++) {
        struct super_query q;
        assert_int_equal(super_query_parse(asked[i].word, asked[i].words, &q),
                         asked[i].r);
    }
}

static size_t count(const struct super_log *log, const char *a, const char *b)
{
    const char *argv[] = {a, b};
    struct super_query q;
    size_t words = (a ? 1U : 0U) + (b ? 1U : 0U);
    assert_int_equal(super_query_parse(argv, words, &q), 0);
    json_t *v = super_query_answer(&q, log);
    size_t n = json_array_size(json_object_get(v, "lines"));
    json_decref(v);
    return n;
}

static void add(struct super_log *log, const char *program, const char *text)
{
    super_log_add(log, super_log_program(program), 0, text, strlen(text));
}

static void finds_what_is_asked_for(void **state)
{
    LK_AUTO(super_log) log = NULL;
    (void)state;
    assert_int_equal(super_log_new(&log), 0);
    add(log, "luukkud", "info luukkud core ready");
    add(log, "luukku-rtc", "warn luukku-rtc link what=Down");
    add(log, "luukku-rtc", "error luukku-rtc camera gone");
    add(log, "luukku-rtc", "a library's own words");
    assert_int_equal(count(log, NULL, NULL), 4);
    assert_int_equal(count(log, "level=info", NULL), 3);
    assert_int_equal(count(log, "level=warn", NULL), 2);
    assert_int_equal(count(log, "level=error", NULL), 1);
    assert_int_equal(count(log, "program=luukkud", NULL), 1);
    assert_int_equal(count(log, "match=down", NULL), 1);
    assert_int_equal(count(log, "match=down", "level=error"), 0);
    assert_int_equal(count(log, "lines=3", NULL), 3);
    assert_int_equal(count(log, "since=4", NULL), 1);
    assert_int_equal(count(log, "since=5", NULL), 0);
    assert_int_equal(count(log, "since=18446744073709551615", NULL), 0);
}

/* Following never skips and never repeats, however much is said. */
static void following_gives_every_line_once(void **state)
{
    LK_AUTO(super_log) log = NULL;
    char text[400];
    char word[32] = "since=1";
    json_int_t seen = 0;
    (void)state;
    assert_int_equal(super_log_new(&log), 0);
    memset(text, '"', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    for (unsigned i = 0; i < 300; i++)
        add(log, "luukkud", text);
    while (seen < 300) {
        const char *argv[] = {word};
        struct super_query q;
        assert_int_equal(super_query_parse(argv, 1, &q), 0);
        json_t *v = super_query_answer(&q, log);
        json_t *lines = json_object_get(v, "lines");
        char *all = json_dumps(v, JSON_COMPACT);
        assert_true(strlen(all) < 28672); /* it fits a message */
        free(all);
        assert_true(json_array_size(lines) > 0);
        for (size_t i = 0; i < json_array_size(lines); i++)
            assert_int_equal(json_integer_value(json_object_get(
                                 json_array_get(lines, i), "n")),
                             ++seen);
        (void)snprintf(
            word, sizeof(word), "since=%lld",
            (long long)json_integer_value(json_object_get(v, "next")));
        json_decref(v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(understands_its_words),
        cmocka_unit_test(finds_what_is_asked_for),
        cmocka_unit_test(following_gives_every_line_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

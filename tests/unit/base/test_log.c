#include "testing.h"

#include "base/log.h"

static char last[LK_LOG_LINE_MAX + 1];
static unsigned lines;

static void sink(void *arg, enum lk_log_level level, const char *line)
{
    (void)arg;
    (void)level;
    snprintf(last, sizeof(last), "%s", line);
    lines++;
}

static void test_line(void **state)
{
    (void)state;
    LK_LOG(WARN, "ccid", "slot=%u err=%d", 1U, -5);
    assert_string_equal(last, "warn test ccid slot=1 err=-5");
    LK_LOG(INFO, "ccid", "name=%s", "a\nb\tc");
    assert_string_equal(last, "info test ccid name=a?b?c");
    unsigned before = lines;
    LK_LOG(DEBUG, "ccid", "hidden");
    assert_int_equal(lines, before);
}

static void test_long_line_is_cut(void **state)
{
    (void)state;
    char big[2 * LK_LOG_LINE_MAX];
    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    LK_LOG(WARN, "ccid", "%s", big);
    assert_int_equal(strlen(last), LK_LOG_LINE_MAX - 1);
}

static void test_flood(void **state)
{
    (void)state;
    unsigned before = lines;
    for (int i = 0; i < 100 * LK_LOG_BURST; i++)
        LK_LOG(ERROR, "ccid", "i=%d", i);
    /* at most one burst a second, even if the clock turned meanwhile */
    assert_in_range(lines - before, 1, 20 * LK_LOG_BURST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_long_line_is_cut),
        cmocka_unit_test(test_flood),
    };
    lk_log_init("test", LK_LOG_INFO);
    lk_log_set_sink(sink, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

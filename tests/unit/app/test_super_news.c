#include "testing.h"

#include "app/super_news.h"

#include <errno.h>

static const struct {
    enum super_news_from from;
    const char *text;
    int r;
} told[] = {
    {SUPER_NEWS_LUUKKUD, "session visit", 0},
    {SUPER_NEWS_LUUKKUD, "session ", -EBADMSG},
    {SUPER_NEWS_LUUKKUD, "session Matti", -EBADMSG},
    {SUPER_NEWS_LUUKKUD, "link up", -EBADMSG},
    {SUPER_NEWS_RTC, "link up", 0},
    {SUPER_NEWS_RTC, "link maybe", -EBADMSG},
    {SUPER_NEWS_RTC, "session call", -EBADMSG},
    {SUPER_NEWS_RTC, "call duration_s=12", 0},
    {SUPER_NEWS_RTC, "call duration_s=12 rtt_us=1 restarts=0", 0},
    {SUPER_NEWS_RTC, "call rtt_us=1", -EBADMSG},
    {SUPER_NEWS_RTC, "call duration_s=1 duration_s=1", -EBADMSG},
    {SUPER_NEWS_RTC, "call duration_s=", -EBADMSG},
    {SUPER_NEWS_RTC, "call duration_s=-1", -EBADMSG},
    {SUPER_NEWS_RTC, "call duration_s=1x", -EBADMSG},
    {SUPER_NEWS_RTC, "call duration_s=9999999999999999999999", -EBADMSG},
    {SUPER_NEWS_RTC, "call duration_s=1 who=matti", -EBADMSG},
    {SUPER_NEWS_RTC, "", -EBADMSG},
};

static void takes_what_it_knows_and_no_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(told); i++) {
        struct super_news n;
        struct super_news before;
        super_news_init(&n);
        before = n;
        assert_int_equal(super_news_take(&n, told[i].from, told[i].text, 5),
                         told[i].r);
        if (told[i].r < 0)
            assert_memory_equal(&n, &before, sizeof(n));
    }
}

static void forgets_with_the_program(void **state)
{
    struct super_news n;
    (void)state;
    super_news_init(&n);
    assert_null(super_news_link_name(&n));
    assert_int_equal(super_news_take(&n, SUPER_NEWS_RTC, "link down", 0), 0);
    assert_int_equal(super_news_take(&n, SUPER_NEWS_LUUKKUD, "session call", 0),
                     0);
    assert_string_equal(super_news_link_name(&n), "down");
    assert_string_equal(super_news_session_name(&n), "call");
    super_news_forget(&n, SUPER_NEWS_RTC);
    assert_null(super_news_link_name(&n));
    assert_string_equal(super_news_session_name(&n), "call");
    super_news_forget(&n, SUPER_NEWS_LUUKKUD);
    assert_null(super_news_session_name(&n));
}

static void keeps_the_last_calls_newest_first(void **state)
{
    struct super_news n;
    char text[SUPER_NEWS_TEXT_MAX];
    int64_t value[FIGURES_CALL];
    (void)state;
    super_news_init(&n);
    for (size_t i = 0; i < FIGURES_CALL; i++)
        value[i] = -1;
    for (int i = 1; i <= SUPER_NEWS_CALLS + 3; i++) {
        value[FIGURES_DURATION_S] = i;
        value[FIGURES_RTT_US] = 1500;
        assert_true(figures_write_call(value, text, sizeof(text)) > 0);
        assert_int_equal(super_news_take(&n, SUPER_NEWS_RTC, text, i), 0);
    }
    json_t *list = super_news_answer(&n);
    assert_int_equal(json_array_size(list), SUPER_NEWS_CALLS);
    json_t *first = json_array_get(list, 0);
    assert_int_equal(json_integer_value(json_object_get(first, "duration_s")),
                     SUPER_NEWS_CALLS + 3);
    assert_float_equal(json_real_value(json_object_get(first, "rtt_ms")), 1.5,
                       0.001);
    assert_true(json_is_null(json_object_get(first, "width")));
    json_decref(list);
    assert_int_equal(figures_write_call(value, text, 10), -EMSGSIZE);
}

/* Every figure at its most fits one piece of news, and all come back. */
static void the_largest_call_fits(void **state)
{
    struct super_news n;
    char text[SUPER_NEWS_TEXT_MAX];
    int64_t value[FIGURES_CALL];
    (void)state;
    for (size_t i = 0; i < FIGURES_CALL; i++)
        value[i] = SUPER_NEWS_NUMBER_MAX;
    super_news_init(&n);
    assert_true(figures_write_call(value, text, sizeof(text)) > 0);
    assert_int_equal(super_news_take(&n, SUPER_NEWS_RTC, text, 0), 0);
    assert_memory_equal(n.call[0].value, value, sizeof(value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_it_knows_and_no_words),
        cmocka_unit_test(forgets_with_the_program),
        cmocka_unit_test(keeps_the_last_calls_newest_first),
        cmocka_unit_test(the_largest_call_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

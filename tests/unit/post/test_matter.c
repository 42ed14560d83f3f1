#include "testing.h"

#include "post/matter.h"

#include <errno.h>

static int parse(const char *json, struct post_matter *ret)
{
    return post_matter_parse(json, strlen(json), ret);
}

static void test_whole(void **state)
{
    struct post_matter m;
    (void)state;
    assert_int_equal(parse("{\"title\":\"Vanhempainp\xc3\xa4iv\xc3\xa4raha\","
                           "\"state\":\"K\xc3\xa4sittelyss\xc3\xa4\","
                           "\"asks\":[\"Todistus\",\"Tilinumero\"],\"x\":1}",
                           &m),
                     0);
    assert_string_equal(m.title, "Vanhempainp\xc3\xa4iv\xc3\xa4raha");
    assert_int_equal(m.asks, 2);
    assert_string_equal(m.ask[1], "Tilinumero");
    assert_int_equal(parse("{\"title\":\"a\",\"state\":\"b\"}", &m), 0);
    assert_int_equal(m.asks, 0);
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"title\":\"a\"}",
        "{\"title\":\"\",\"state\":\"b\"}",
        "{\"title\":1,\"state\":\"b\"}",
        "{\"title\":\"a\",\"title\":\"a\",\"state\":\"b\"}",
        "{\"title\":\"a\\nb\",\"state\":\"b\"}",
        "{\"title\":\"a\\u202eb\",\"state\":\"b\"}",
        "{\"title\":\"a\\u2066b\",\"state\":\"b\"}",
        "{\"title\":\"a\\u0085b\",\"state\":\"b\"}",
        "{\"title\":\"a\",\"state\":\"b\",\"asks\":{}}",
        "{\"title\":\"a\",\"state\":\"b\",\"asks\":[1]}",
        ("{\"title\":\"a\",\"state\":\"b\",\"asks\":[\"1\",\"2\",\"3\","
         "\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}"),
        "{\"title\":\"a\",\"state\":\"b\",\"asks\":[[[[[[[[[]]]]]]]]]}",
    };
    struct post_matter m = {.asks = 7};
    char long_text[600];
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(parse(bad[i], &m), -EBADMSG);
    (void)snprintf(long_text, sizeof(long_text),
                   "{\"title\":\"%0401d\",\"state\":\"b\"}", 0);
    assert_int_equal(parse(long_text, &m), -EBADMSG);
    assert_int_equal(m.asks, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

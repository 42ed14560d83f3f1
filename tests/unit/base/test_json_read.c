/* Flat objects of JSON from outside. */
#include "base/json_read.h"
#include "testing.h"

#include <errno.h>

static void test_json(void **state)
{
    static const struct {
        const char *json;
        int error;
        const char *text;
        uint32_t whole;
    } t[] = {
        {"{}", 0, "", 0},
        {" { \"t\" : \"a\" , \"n\" : 7 } ", 0, "a", 7},
        {"{\"t\":\"\\u00e4\\ud83d\\ude00\\n\"}", 0,
         "\xc3\xa4\xf0\x9f\x98\x80\n", 0},
        {"{\"x\":-1.5e3,\"y\":null,\"z\":\"q\",\"n\":2147483647}", 0, "",
         2147483647},
        {"{\"t\":\"0123456789012345\"}", -EMSGSIZE, "", 0},
        {"{\"n\":2147483648}", -EBADMSG, "", 0},
        {"{\"n\":01}", -EBADMSG, "", 0},
        {"{\"n\":\"1\"}", -EBADMSG, "", 0},
        {"{\"t\":1}", -EBADMSG, "", 0},
        {"{\"t\":\"a\",\"t\":\"a\"}", -EBADMSG, "", 0},
        {"{\"t\":\"\\ud83d\"}", -EBADMSG, "", 0},
        {"{\"t\":\"\\ude00\"}", -EBADMSG, "", 0},
        {"{\"t\":\"\\u0000\"}", -EBADMSG, "", 0},
        {"{\"t\":\"\xff\"}", -EBADMSG, "", 0},
        {"{\"t\":\"a\nb\"}", -EBADMSG, "", 0},
        {"{\"x\":{}}", -EBADMSG, "", 0},
        {"{\"x\":[1]}", -EBADMSG, "", 0},
        {"{\"t\":\"a\"", -EBADMSG, "", 0},
        {"{\"t\":\"a\"}x", -EBADMSG, "", 0},
        {"{\"t\":\"a\",}", -EBADMSG, "", 0},
        {"[]", -EBADMSG, "", 0},
        {"", -EBADMSG, "", 0},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++) {
        char text[16] = "";
        uint32_t whole = 0;
        struct lk_json_want want[] = {
            {.name = "t", .text = text, .cap = sizeof(text)},
            {.name = "n", .whole = &whole},
        };
        int r = lk_json_read(t[i].json, strlen(t[i].json), want, 2);
        if (r != t[i].error)
            fail_msg("%zu: %d", i, r);
        if (r == 0)
            assert_string_equal(text, t[i].text);
        if (r == 0)
            assert_int_equal(whole, t[i].whole);
    }
}

#define CASE(f) cmocka_unit_test(f)

static void test_pairs(void **state)
{
    static const struct {
        const char *json;
        int error;
        size_t pairs;
    } t[] = {
        {"{}", 0, 0},
        {"{\"p\":[]}", 0, 0},
        {"{\"p\":[[1,2]]}", 0, 1},
        {"{\"p\": [ [ 1 , 2 ] , [ 3 , 2147483647 ] ] }", 0, 2},
        {"{\"p\":[[1,2],[3,4],[5,6]]}", -EMSGSIZE, 0},
        {"{\"p\":[[1,2],]}", -EBADMSG, 0},
        {"{\"p\":[[1]]}", -EBADMSG, 0},
        {"{\"p\":[[1,2,3]]}", -EBADMSG, 0},
        {"{\"p\":[1,2]}", -EBADMSG, 0},
        {"{\"p\":[[1,-2]]}", -EBADMSG, 0},
        {"{\"p\":[[1,2]", -EBADMSG, 0},
        {"{\"p\":[", -EBADMSG, 0},
        {"{\"p\":7}", -EBADMSG, 0},
        {"{\"p\":[[1,2]],\"p\":[]}", -EBADMSG, 0},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++) {
        uint32_t pair[2][2] = {{0}};
        struct lk_json_want want[] = {{.name = "p", .pair = pair, .cap = 2}};
        int r = lk_json_read(t[i].json, strlen(t[i].json), want, 1);
        if (r != t[i].error)
            fail_msg("%zu: %d", i, r);
        if (r == 0)
            assert_int_equal(want[0].pairs, t[i].pairs);
        if (r == 0 && t[i].pairs > 0)
            assert_int_equal(pair[0][1], 2);
        if (r == 0 && t[i].pairs > 1)
            assert_int_equal(pair[1][1], INT32_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_json),
        CASE(test_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

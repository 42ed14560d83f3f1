/* Flat objects of JSON from outside. */
#include "forms/json_in.h"
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
        struct jin_want want[] = {
            {.name = "t", .text = text, .cap = sizeof(text)},
            {.name = "n", .whole = &whole},
        };
        int r = jin_read(t[i].json, strlen(t[i].json), want, 2);
        if (r != t[i].error)
            fail_msg("%zu: %d", i, r);
        if (r == 0)
            assert_string_equal(text, t[i].text);
        if (r == 0)
            assert_int_equal(whole, t[i].whole);
    }
}

#define CASE(f) cmocka_unit_test(f)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

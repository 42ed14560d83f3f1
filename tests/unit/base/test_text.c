#include "testing.h"

#include "base/text.h"

#include <errno.h>

static void test_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool ok;
    } table[] = {
        {"", true},
        {"Yhteispalvelupiste", true},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", true},
        {"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", true},
        {"\xc0\x80", false},         /* overlong */
        {"\xe0\x9f\xbf", false},     /* overlong */
        {"\xf0\x8f\xbf\xbf", false}, /* overlong */
        {"\xed\xa0\x80", false},     /* surrogate */
        {"\xf4\x90\x80\x80", false}, /* beyond U+10FFFF */
        {"\x80", false},
        {"a\xc3", false},
        {"\xe2\x82", false},
        {"\xff", false},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        assert_int_equal(lk_utf8_valid(table[i].bytes, strlen(table[i].bytes)),
                         table[i].ok);
}

static void test_cut(void **state)
{
    (void)state;
    const char *s = "a\xc3\xa4z"; /* 1, 2 and 1 bytes */
    static const size_t want[] = {0, 1, 1, 3, 4, 4};
    for (size_t max = 0; max < LK_ARRAY_LEN(want); max++)
        assert_int_equal(lk_utf8_cut(s, 4, max), want[max]);
}

static void test_names(void **state)
{
    (void)state;
    assert_true(lk_name_valid("abc"));
    assert_true(lk_name_valid("kiosk-1"));
    assert_true(lk_name_valid("abcdefghijklmnopqrstuvwxyz-01234"));
    assert_false(lk_name_valid("abcdefghijklmnopqrstuvwxyz-012345"));
    assert_false(lk_name_valid("ab"));
    assert_false(lk_name_valid(""));
    assert_false(lk_name_valid("Abc"));
    assert_false(lk_name_valid("a/b"));
    assert_false(lk_name_valid("a+b"));
    assert_false(lk_name_valid("abc "));
}

static void test_base64url(void **state)
{
    (void)state;
    /* RFC 4648 section 10, without padding */
    static const char *const table[][2] = {
        {"", ""},
        {"f", "Zg"},
        {"fo", "Zm8"},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg"},
        {"fooba", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy"},
        {"\xfb\xff", "-_8"},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        char s[16];
        uint8_t b[16];
        size_t len = strlen(table[i][0]);
        lk_b64u_encode(table[i][0], len, s);
        assert_string_equal(s, table[i][1]);
        assert_true(strlen(s) + 1 <= LK_B64U_SIZE(len) + 1);
        assert_int_equal(lk_b64u_decode(s, strlen(s), b, sizeof(b)), len);
        assert_memory_equal(b, table[i][0], len);
    }
}

static void test_base64url_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"Z",  "Zg==", "Zm9+", "Zm9/",
                                      "Zh", "Zm9",  "Zm9v "};
    uint8_t b[16];
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(lk_b64u_decode(bad[i], strlen(bad[i]), b, sizeof(b)),
                         -EBADMSG);
    assert_int_equal(lk_b64u_decode("Zm9v", 4, b, 2), -EMSGSIZE);
}

static void test_hex(void **state)
{
    (void)state;
    char s[9];
    uint8_t b[4];
    lk_hex_encode("\x00\x9f\xa0\xff", 4, s);
    assert_string_equal(s, "009fa0ff");
    assert_int_equal(lk_hex_decode(s, 4, b), 0);
    assert_memory_equal(b, "\x00\x9f\xa0\xff", 4);
    assert_int_equal(lk_hex_decode("0g9fa0ff", 4, b), -EBADMSG);
    assert_int_equal(lk_hex_decode("00", 4, b), -EBADMSG);
    assert_int_equal(lk_hex_decode("009FA0FF", 4, b), -EBADMSG);
}

static void makes_plain(void **state)
{
    char ret[16];
    (void)state;
    lk_text_plain("A \"\\\n\xc3\xa4", ret, sizeof(ret));
    assert_string_equal(ret, "A ???a");
    lk_text_plain("V\xc3\xa4"
                  "st\xc3\xb6 \xe2\x80\x93 \xe4\xba\xba\xc3",
                  ret, sizeof(ret));
    assert_string_equal(ret, "Vasto - ??");
    lk_text_plain("abcdefghij", ret, 4);
    assert_string_equal(ret, "abc");
    lk_text_plain("", ret, 1);
    assert_string_equal(ret, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_plain),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_base64url),
        cmocka_unit_test(test_base64url_refused),
        cmocka_unit_test(test_hex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

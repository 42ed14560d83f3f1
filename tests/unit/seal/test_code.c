#include "testing.h"

#include "seal/seal.h"

#include <errno.h>

#define RUNS 2000
#define KNOWN "KE4F-7Q9W-2MXT-8ZA"

static void test_new_reads_back(void **state)
{
    char last[SEAL_CODE_MAX] = "";
    (void)state;
    for (int i = 0; i < RUNS; i++) {
        char code[SEAL_CODE_MAX];
        char read[SEAL_CODE_MAX];
        assert_int_equal(seal_code_new("KE", code), 0);
        assert_int_equal(strlen(code), 18);
        assert_memory_equal(code, "KE", 2);
        assert_null(strpbrk(code, "ILOU"));
        assert_string_not_equal(code, last);
        assert_int_equal(seal_code_read(code, read), 0);
        assert_string_equal(read, code);
        memcpy(last, code, sizeof(last));
    }
}

/* MOD 37,36 finds every single slip. */
static void test_every_slip_is_found(void **state)
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char code[SEAL_CODE_MAX];
    char read[SEAL_CODE_MAX];
    (void)state;
    assert_int_equal(seal_code_new("KE", code), 0);
    for (size_t at = 0; code[at]; at++) {
        for (const char *c = letters; *c && code[at] != '-'; c++) {
            char slip[SEAL_CODE_MAX];
            memcpy(slip, code, sizeof(slip));
            slip[at] = *c;
            int r = seal_code_read(slip, read);
            assert_int_equal(r, *c == code[at] ? 0 : -EBADMSG);
        }
    }
}

/* Neighbours changed about: all but those of two pairs of characters. */
static void test_swapped_neighbours_are_found(void **state)
{
    int swaps = 0;
    int unseen = 0;
    (void)state;
    for (int i = 0; i < RUNS; i++) {
        char code[SEAL_CODE_MAX];
        char read[SEAL_CODE_MAX];
        assert_int_equal(seal_code_new("KE", code), 0);
        for (size_t at = 0; code[at + 1]; at++) {
            char a = code[at];
            char b = code[at + 1];
            if (a == '-' || b == '-' || a == b)
                continue;
            code[at] = b;
            code[at + 1] = a;
            unseen += seal_code_read(code, read) == 0;
            swaps++;
            code[at] = a;
            code[at + 1] = b;
        }
    }
    assert_true(unseen * 100 < swaps);
}

static void test_how_people_type(void **state)
{
    char code[SEAL_CODE_MAX];
    char typed[64];
    char read[SEAL_CODE_MAX];
    size_t n = 0;
    (void)state;
    assert_int_equal(seal_code_new("O1", code), 0);
    assert_memory_equal(code, "01", 2);
    typed[n++] = ' ';
    for (const char *c = code; *c; c++) {
        char k = *c;
        if (k == '0')
            k = 'o';
        else if (k == '1')
            k = (char)(n % 2 ? 'l' : 'i');
        if (k == '-')
            typed[n++] = ' ';
        else
            typed[n++] = (char)(k >= 'A' && k <= 'Z' ? k - 'A' + 'a' : k);
    }
    typed[n] = '\0';
    assert_int_equal(seal_code_read(typed, read), 0);
    assert_string_equal(read, code);
}

/* By hand from the standard's algorithm, checked once with another program. */
static void test_known(void **state)
{
    char read[SEAL_CODE_MAX];
    (void)state;
    assert_int_equal(seal_code_read(KNOWN, read), 0);
    assert_string_equal(read, KNOWN);
}

static void test_marks(void **state)
{
    static const struct {
        const char *agency, *mark;
    } table[] = {{"kela", "KE"}, {"dvv", "DV"}, {"oikeus", "01"}, {"a-b", "AB"},
                 {"te-1", "TE"}, {"---", "XX"}, {"7", "XX"}};
    char mark[3];
    char code[SEAL_CODE_MAX];
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        seal_code_mark(table[i].agency, mark);
        assert_string_equal(mark, table[i].mark);
        assert_int_equal(seal_code_new(mark, code), 0);
        assert_true(seal_code_is_of(code, table[i].agency));
    }
    assert_false(seal_code_is_of(KNOWN, "vero"));
}

static void test_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "KE",
                                      "----",
                                      "KE4F-7Q9W-2MXT-8Z",
                                      "KE4F-7Q9W-2MXT-8ZAA",
                                      "KE4F-7Q9W-2MXT-8Z\xc3\x84",
                                      "KE4F/7Q9W/2MXT/8ZA",
                                      "UUUU-UUUU-UUUU-UUU"};
    static const char *const marks[] = {"", "K", "KEL", "K-", "\xc3\x84", "  "};
    char ret[SEAL_CODE_MAX] = "kept";
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(seal_code_read(bad[i], ret), -EBADMSG);
    for (size_t i = 0; i < LK_ARRAY_LEN(marks); i++)
        assert_int_equal(seal_code_new(marks[i], ret), -EINVAL);
    assert_string_equal(ret, "kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_reads_back),
        cmocka_unit_test(test_every_slip_is_found),
        cmocka_unit_test(test_swapped_neighbours_are_found),
        cmocka_unit_test(test_how_people_type),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

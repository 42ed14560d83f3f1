/* Until when certificates are good: the first of a file that ends counts. */
#include "testing.h"

#include "health/cert.h"

#include <errno.h>

#define ENDS 2110718264 /* of the second one in GOOD; the first ends later */

static char pem[8192];
static size_t len;

static int setup(void **state)
{
    FILE *f = fopen(GOOD, "re");
    (void)state;
    len = f ? fread(pem, 1, sizeof(pem), f) : 0;
    return f ? fclose(f) : -1;
}

static void the_first_that_ends(void **state)
{
    int64_t ends = 0;
    (void)state;
    assert_int_equal(health_cert_ends(pem, len, &ends), 0);
    assert_int_equal(ends, ENDS);
}

static void nothing_good(void **state)
{
    static char zeros[HEALTH_PEM_MAX + 1];
    int64_t ends = 7;
    (void)state;
    assert_int_equal(health_cert_ends("", 0, &ends), -EBADMSG);
    assert_int_equal(health_cert_ends("x", 1, &ends), -EBADMSG);
    assert_int_equal(health_cert_ends(zeros, sizeof(zeros), &ends), -EMSGSIZE);
    assert_int_equal(ends, 7);
}

/* A file cut off anywhere has one whole certificate, or none. */
static void cut_anywhere(void **state)
{
    (void)state;
    for (size_t n = 0; n < len; n++) {
        int64_t ends = 0;
        int r = health_cert_ends(pem, n, &ends);
        assert_true(r == 0 || r == -EBADMSG);
        assert_true(r < 0 || ends >= ENDS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_that_ends),
                                       cmocka_unit_test(nothing_good),
                                       cmocka_unit_test(cut_anywhere)};
    return cmocka_run_group_tests(tests, setup, NULL);
}

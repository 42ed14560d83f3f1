#include "testing.h"

#include "signal/link_time.h"

#include <openssl/x509_vfy.h>

#define Y1970 INT64_C(0)
#define Y2001 INT64_C(978307200)
#define Y2026 INT64_C(1767225600)
#define Y2027 INT64_C(1798761600)
#define Y2049 INT64_C(2493072000)

#define EARLY X509_V_ERR_CERT_NOT_YET_VALID
#define LATE X509_V_ERR_CERT_HAS_EXPIRED
#define NAME X509_V_ERR_HOSTNAME_MISMATCH

/* The floor is the beginning of 2026. */
static const struct {
    bool set;
    int64_t now_s;
    int error;
    int64_t until_s;
    bool trusted;
    int judged;
} cases[] = {
    /* set, and not before the floor: OpenSSL's word */
    {true, Y2026, X509_V_OK, Y2027, true, X509_V_OK},
    {true, Y2049, LATE, Y2027, true, LATE},
    {true, Y2026, EARLY, Y2027, true, EARLY},
    {true, Y2026, NAME, Y2027, true, NAME},
    /* before the floor, whoever set it */
    {true, Y1970, EARLY, Y2027, false, X509_V_OK},
    {true, Y2026 - 1, EARLY, Y2027, false, X509_V_OK},
    {false, Y1970, EARLY, Y2027, false, X509_V_OK},
    {false, Y2001, EARLY, Y2026, false, X509_V_OK},
    /* what ended before the floor stays dead, though the clock is in it */
    {false, Y2001, EARLY, Y2026 - 1, false, LATE},
    {false, Y2001, X509_V_OK, Y2026 - 1, false, LATE},
    {true, Y2001, X509_V_OK, Y2026 - 1, false, LATE},
    /* years ahead, and nobody set it */
    {false, Y2049, LATE, Y2027, false, X509_V_OK},
    {false, Y2049, LATE, Y2026, false, X509_V_OK},
    {false, Y2049, LATE, Y2026 - 1, false, LATE},
    {false, Y2049, LATE, INT64_MIN, false, LATE},
    /* nothing else is forgiven */
    {false, Y1970, NAME, Y2027, false, NAME},
    {false, Y2049, X509_V_ERR_CERT_SIGNATURE_FAILURE, Y2027, false,
     X509_V_ERR_CERT_SIGNATURE_FAILURE},
    {false, Y2049, X509_V_ERR_INVALID_PURPOSE, Y2027, false,
     X509_V_ERR_INVALID_PURPOSE},
    {false, Y2001, X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD, INT64_MIN, false,
     X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD},
    {false, Y2026, X509_V_OK, Y2027, false, X509_V_OK},
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        bool trusted = link_time_trusted(cases[i].set, cases[i].now_s, Y2026);
        int judged =
            link_time_judge(cases[i].error, trusted, cases[i].until_s, Y2026);
        if (trusted != cases[i].trusted || judged != cases[i].judged)
            fail_msg("case %zu: trusted %d, judged %d", i, trusted, judged);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

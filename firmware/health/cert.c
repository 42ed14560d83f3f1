#include "health/cert.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <errno.h>
#include <time.h>

/* -EBADMSG also for a time that no calendar has. */
static int cert_end(const X509 *x, int64_t *ret)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) != 1)
        return -EBADMSG;
    *ret = (int64_t)timegm(&tm);
    return *ret < 0 ? -EBADMSG : 0;
}

int health_cert_ends(const void *pem, size_t len, int64_t *ret)
{
    int64_t first = INT64_MAX;
    int r = 0;
    if (len > HEALTH_PEM_MAX)
        return -EMSGSIZE;
    BIO *in = BIO_new_mem_buf(pem, (int)len);
    if (!in)
        return -ENOMEM;
    size_t n = 0;
    for (; n < HEALTH_PEM_CERTS_MAX && r == 0; n++) {
        int64_t end = 0;
        X509 *x = PEM_read_bio_X509(in, NULL, NULL, NULL);
        if (!x)
            break;
        r = cert_end(x, &end);
        first = LK_MIN(first, end);
        X509_free(x);
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE &&
        n < HEALTH_PEM_CERTS_MAX)
        r = -EBADMSG; /* it broke off inside one */
    ERR_clear_error();
    BIO_free(in);
    if (r == 0 && n == 0)
        r = -EBADMSG;
    if (r == 0)
        *ret = first;
    return r;
}

#include "signal/link_time.h"

#include <openssl/x509_vfy.h>

bool link_time_trusted(bool set, int64_t now_s, int64_t floor_s)
{
    return set && now_s >= floor_s;
}

int link_time_judge(int error, bool trusted, int64_t until_s, int64_t floor_s)
{
    bool of_time = error == X509_V_ERR_CERT_NOT_YET_VALID ||
                   error == X509_V_ERR_CERT_HAS_EXPIRED;
    if (trusted || (error != X509_V_OK && !of_time))
        return error;
    /* A clock that was set back must not bring an old one back to life. */
    return until_s < floor_s ? X509_V_ERR_CERT_HAS_EXPIRED : X509_V_OK;
}

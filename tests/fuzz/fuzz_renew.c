/* fuzz_renew.c - the answer to a kiosk that asks for new certificates, as the
 * broker may give it. None of these is for the kiosk's keys: none is taken, and
 * nothing of the set is changed. */
#include "provision/key.h"
#include "provision/renew.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* For a key that nobody has. */
static const char cert[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBmzCCAUGgAwIBAgIUE8ctChgisbJlXVg7YFC5to8L5oowCgYIKoZIzj0EAwIw\n"
    "IzEPMA0GA1UECwwGZGV2aWNlMRAwDgYDVQQDDAdraW9zay03MB4XDTI2MTEyMjIy\n"
    "Mjg1OFoXDTI2MTEyMzIyMjg1OFowIzEPMA0GA1UECwwGZGV2aWNlMRAwDgYDVQQD\n"
    "DAdraW9zay03MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEumf4+n3anSm7K5Ym\n"
    "HK9wki06XNCKur0FQUhWu5ZUX0J2NAEMQKGiDSEz8EFuH23QIkBu0drJ1MKwAwzq\n"
    "7VSau6NTMFEwHQYDVR0OBBYEFJBq5m0n/elES7uJS367WYF8JFFyMB8GA1UdIwQY\n"
    "MBaAFJBq5m0n/elES7uJS367WYF8JFFyMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI\n"
    "zj0EAwIDSAAwRQIhALB3LviCLJKMTdB3AiQ1Wv794XpOa7lL4kin23XTxX5sAiB+\n"
    "EZN1dnW/Oxo9/LYeHN8+w1tgusBR6PTIC2kbOstqyA==\n"
    "-----END CERTIFICATE-----\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int asking(struct provision_files **ret)
{
    int r = provision_files_new(ret);
    if (r == 0)
        r = provision_keys_make(*ret);
    if (r >= 0)
        r = provision_files_put(*ret, PROVISION_DEVICE_CERT, cert,
                                sizeof(cert) - 1);
    if (r == 0)
        r = provision_files_put(*ret, PROVISION_TLS_CERT, cert,
                                sizeof(cert) - 1);
    if (r == 0)
        r = provision_files_put(*ret, PROVISION_CA, cert, sizeof(cert) - 1);
    return r < 0 ? r : provision_renew_begin(*ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct provision_files *f;
    const struct provision_time t = {.now_s = 1900000000, .clock_set = true};
    struct store_config_error e = {.line = -1};
    if (!f && asking(&f) < 0)
        abort();
    size_t files = f->files;
    int r = provision_renew_take(f, (const char *)data, size, &t, &e);
    if (r == 0 || f->files != files ||
        provision_renew_stage(f) != PROVISION_RENEW_ASKED)
        abort();
    if (r != -EBADMSG && r != -ENOMEM)
        abort();
    if (r == -EBADMSG && (e.line < 0 || !e.reason[0] || strchr(e.reason, '\n')))
        abort();
    return 0;
}

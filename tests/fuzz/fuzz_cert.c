/* An expert's certificate in DER, judged against the vectors' authority. */
#include "fuzz_signal.h"

#include "signal/cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct signal_trust *trust;
    struct signal_trust_files files = {.ca_pem = fuzz_ca_pem,
                                       .ca_len = sizeof(fuzz_ca_pem) - 1,
                                       .crl_pem = fuzz_crl_pem,
                                       .crl_len = sizeof(fuzz_crl_pem) - 1};
    struct signal_cert_query q = {
        .agency = "kela", .user = "maija-virtanen", .wall_s = 1795262400};
    struct signal_identity who;
    LK_AUTO(signal_key) key = NULL;
    if (!trust && (signal_trust_new(0, &trust) < 0 ||
                   signal_trust_add(trust, "kela", &files) < 0))
        abort();
    if (signal_cert_key(data, size, &key) == 0 && !key)
        abort();
    if (signal_trust_check(trust, &q, data, size, &who) == 0 &&
        (strcmp(who.user, q.user) != 0 || who.name[0] == '\0'))
        abort();
    return 0;
}

/* fuzz_crl.c - newer lists of withdrawn certificates, and what is promised of
 * them: a refusal has a reason of one line and changes nothing; after a list
 * that was taken there is a configuration, and more than the old list in it. */
#include "provision/crl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A site with one CA and its list, number 1 of November 2026; no key of it is
 * kept, so that the corpus has all that it ever signed. */
static const char site[] =
    "{\"v\":1,\"kiosk\":\"abc\",\"site\":\"s\",\"broker\":{\"host\":\"h\","
    "\"port\":1},\"agencies\":[{\"id\":\"abc\",\"ca\":\""
    "-----BEGIN CERTIFICATE-----\\n"
    "MIIBcjCCARmgAwIBAgIUdqqxetpaBkhtSeu96OMHZTOp1GEwCgYIKoZIzj0EAwIw\\n"
    "DzENMAsGA1UEAwwERnV6ejAeFw0yNjExMjMwNjU4NTlaFw0zNjExMjAwNjU4NTla\\n"
    "MA8xDTALBgNVBAMMBEZ1enowWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQc50YM\\n"
    "ujBe+ka9/9t83gshu8RL1yyBTGv9ujbhwT+HvCcEkIb6AjdwGnHlA2EQO0aGUaOz\\n"
    "rgkan6XLEZfjPsVeo1MwUTAdBgNVHQ4EFgQUWrprhIh/EqJ7N1Cig+bAdZfZqtcw\\n"
    "HwYDVR0jBBgwFoAUWrprhIh/EqJ7N1Cig+bAdZfZqtcwDwYDVR0TAQH/BAUwAwEB\\n"
    "/zAKBggqhkjOPQQDAgNHADBEAiBLITs/6PYqAsV6ERpDJiIOH0t6wz1ksuvPE6cX\\n"
    "wkm5KQIgAuK5fJQriJc3RYlwCocQ0xFjUeV3mC67l3JdvQOs+Tc=\\n"
    "-----END CERTIFICATE-----\\n"
    "\",\"crl\":\""
    "-----BEGIN X509 CRL-----\\n"
    "MIGnME4CAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwERnV6ehcNMjYxMTAxMDAw\\n"
    "MDAwWhcNMjYxMjAxMDAwMDAwWqAOMAwwCgYDVR0UBAMCAQEwCgYIKoZIzj0EAwID\\n"
    "SQAwRgIhAM9sceh0fURB436r78xXIzdcx+T9n5LxlI+rJnFwNkUsAiEA40MaiKbP\\n"
    "gVbXm2vEYB3IpBiyoZ0z3C7CnFBvyg+VzT0=\\n"
    "-----END X509 CRL-----\\n"
    "\"}]}";

static struct provision_files *make_set(const struct provision_own *own)
{
    struct store_config_error e;
    struct provision_files *f = NULL;
    if (provision_files_new(&f) < 0 ||
        provision_site_put(f, site, strlen(site), own, &e) < 0)
        abort();
    return f;
}

static bool is_old(const struct provision_files *f)
{
    const struct lk_buf *now = provision_files_get(f, PROVISION_SITE);
    return now && now->len == strlen(site) &&
           memcmp(now->data, site, now->len) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct provision_own own = {
        .control = "/run/c", .outbox = "/var/o", .kiosk = ""};
    const struct provision_time time = {.now_s = 1795417200, /* 2026-11-23 */
                                        .clock_set = size % 2 == 0,
                                        .floor_s = 1795000000};
    LK_AUTO(provision_files) f = make_set(&own);
    LK_AUTO(store_config) c = NULL;
    struct store_config_error e = {.line = -1};
    int r = provision_crl_put(f, (const char *)data, size, &own, &time, &e);
    if (r < 0) {
        bool said = e.line == 0 && e.reason[0] && !strchr(e.reason, '\n');
        if (!is_old(f) || (r == -EBADMSG && !said))
            abort();
        return 0;
    }
    const struct lk_buf *made = provision_files_get(f, PROVISION_CONFIG);
    if (is_old(f) || !made ||
        store_config_parse(lk_buf_str(made), made->len, "/g", &c, &e) < 0)
        abort();
    return 0;
}

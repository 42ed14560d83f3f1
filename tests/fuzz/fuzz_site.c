/* fuzz_site.c - the site file's parser, and what it promises: a refusal has a
 * reason of one line and changes nothing; what is made of a good one is a
 * configuration. */
#include "provision/site.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct provision_own own = {
        .control = "/run/c", .outbox = "/var/o", .kiosk = ""};
    LK_AUTO(provision_files) f = NULL;
    LK_AUTO(store_config) c = NULL;
    struct store_config_error e = {.line = -1};
    if (provision_files_new(&f) < 0)
        return 0;
    int r = provision_site_put(f, (const char *)data, size, &own, &e);
    if (r < 0) {
        if (f->files > 0 || e.line < 0 || !e.reason[0] ||
            strchr(e.reason, '\n'))
            abort();
        return 0;
    }
    const struct lk_buf *made = provision_files_get(f, PROVISION_CONFIG);
    if (!made ||
        store_config_parse(lk_buf_str(made), made->len, "/g", &c, &e) < 0)
        abort();
    return 0;
}

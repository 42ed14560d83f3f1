/* fuzz_config.c - the configuration parser, and what it promises: a refusal
 * has a reason of one line; what is accepted is within its limits. */
#include "store/config.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct store_config_error e = {.line = -1};
    LK_AUTO(store_config) c = NULL;
    int r = store_config_parse((const char *)data, size, "/etc/luukku", &c, &e);
    if (r < 0) {
        if (c || e.line < 0 || !e.reason[0] || strchr(e.reason, '\n'))
            abort();
        return 0;
    }
    if (!lk_name_valid(c->kiosk) || c->agencies < 1 || c->broker.port == 0 ||
        c->control[0] != '/' || c->video_width_px % 2 != 0)
        abort();
    return 0;
}

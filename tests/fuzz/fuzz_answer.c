/* fuzz_answer.c - the answer to a kiosk's request: certificates that anybody
 * may have made. None of these is for the kiosk's keys, so none is taken. */
#include "provision/cert.h"
#include "provision/key.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct provision_files *f;
    const struct provision_time t = {.now_s = 1900000000, .clock_set = true};
    struct store_config_error e = {.line = -1};
    char name[LK_NAME_MAX] = "";
    if (!f && (provision_files_new(&f) < 0 || provision_keys_make(f) < 0))
        abort();
    int r = provision_cert_take(f, (const char *)data, size, name, &t, &e);
    if (r == 0 || f->files != 2)
        abort();
    if (r == -EBADMSG && (e.line < 0 || !e.reason[0] || strchr(e.reason, '\n')))
        abort();
    return 0;
}

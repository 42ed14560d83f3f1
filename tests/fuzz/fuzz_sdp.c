#include "rtc/wire/sdp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Parses anything, and checks what parses against an offer of version 3. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rtc_sdp_offer offer = {.version = 3};
    struct rtc_sdp_agreed agreed;
    struct rtc_sdp *sdp = NULL;
    if (rtc_sdp_new(&sdp) < 0)
        return 0;
    if (rtc_sdp_parse((const char *)data, size, sdp) == RTC_SDP_OK) {
        if (rtc_sdp_check_answer(&offer, sdp, &agreed) == RTC_SDP_OK &&
            (strlen(agreed.ufrag) < 4 || strlen(agreed.pwd) < 22))
            abort();
        for (size_t i = 0; i < sdp->section_count; i++) {
            if (!sdp->sections[i].rejected && !sdp->sections[i].bundled)
                abort();
        }
    }
    rtc_sdp_free(sdp);
    return 0;
}

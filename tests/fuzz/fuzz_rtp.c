#include "rtc/wire/rtp.h"

#include "rtc/wire/demux.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Walks everything that the header promises. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtc_rtp h;
    (void)rtc_demux(data, size);
    if (rtc_rtp_parse(data, size, &h) < 0)
        return 0;
    if (h.payload_at + h.payload_len + h.padding_len != size)
        abort();
    struct rtc_rtp_ext e;
    size_t at = 0;
    unsigned sum = 0;
    while (rtc_rtp_ext_next(&h, &at, &e)) {
        for (size_t i = 0; i < e.len; i++)
            sum += e.data[i];
    }
    (void)rtc_rtp_ext_find(&h, 3, &e);
    if (rtc_vp8_starts_keyframe(data + h.payload_at, h.payload_len))
        sum++;
    volatile unsigned keep = sum;
    (void)keep;
    return 0;
}

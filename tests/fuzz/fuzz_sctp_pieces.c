#include "base/bytes.h"
#include "rtc/net/sctp_priv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rtc_sctp *sctp;
static bool open_channels[RTC_SCTP_CHANNELS_MAX];

static int lose(void *arg, const uint8_t *data, size_t len)
{
    (void)arg;
    (void)data;
    (void)len;
    return 0;
}

static void on_open(void *arg, int channel, const char *label, bool by_remote)
{
    (void)arg;
    (void)label;
    if (open_channels[channel] || !by_remote)
        abort();
    open_channels[channel] = true;
}

static void on_message(void *arg, int channel, bool text, const uint8_t *data,
                       size_t len)
{
    (void)arg;
    if (!open_channels[channel] || len > RTC_SCTP_MESSAGE_MAX)
        abort();
    int r = rtc_sctp_send(sctp, channel, text, data, len);
    if (r == 0 && len % 7 == 3)
        rtc_sctp_close(sctp, channel);
}

static void on_writable(void *arg, int channel)
{
    (void)arg;
    (void)channel;
}

static void on_closed(void *arg, int channel)
{
    (void)arg;
    if (!open_channels[channel])
        abort();
    open_channels[channel] = false;
}

/* Pieces as usrsctp hands them up: stream, kind (bit 7: last; bit 6: abandon;
 * bit 5: reset), length in two bytes, which bit 4 multiplies, and bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t ppids[] = {
        RTC_PPID_DCEP,         RTC_PPID_STRING,      RTC_PPID_BINARY, 52,
        RTC_PPID_STRING_EMPTY, RTC_PPID_BINARY_EMPTY};
    static const uint8_t zeros[SCTP_SCRATCH_LEN];
    static const struct rtc_sctp_events ev = {.channel_open = on_open,
                                              .channel_message = on_message,
                                              .channel_writable = on_writable,
                                              .channel_closed = on_closed};
    static const struct rtc_pipe below = {.send = lose};
    struct lk_loop *loop = NULL;
    struct lk_reader r = lk_reader(data, size);
    for (size_t i = 0; i < RTC_SCTP_CHANNELS_MAX; i++)
        open_channels[i] = false;
    if (lk_loop_new(&loop) < 0 ||
        rtc_sctp_new(loop, &below, &ev, NULL, &sctp) < 0)
        abort();
    while (!r.bad && r.left >= 4) {
        struct sctp_piece p = {.stream = lk_read_u8(&r)};
        uint8_t kind = lk_read_u8(&r);
        p.ppid = ppids[(kind & 15) % LK_ARRAY_LEN(ppids)];
        p.last = kind & 0x80;
        p.len = lk_read_u16(&r);
        if (kind & 0x40)
            sctp_channels_abandon(sctp, p.stream);
        else if (kind & 0x20)
            sctp_channels_reset(sctp, p.stream, p.last);
        p.data = kind & 0x10 ? zeros : lk_read_bytes(&r, p.len);
        if (p.data && p.len > 0)
            sctp_channels_receive(sctp, &p);
    }
    sctp = rtc_sctp_free(sctp);
    lk_loop_free(loop);
    return 0;
}

#include "base/bytes.h"
#include "rtc/net/dtls.h"
#include "rtc/net/srtp.h"
#include "rtc/wire/demux.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int lose(void *arg, const uint8_t *data, size_t len)
{
    (void)arg;
    (void)data;
    if (len > RTC_PIPE_MTU)
        abort();
    return 0;
}

/* Nobody who lacks the key of the signed certificate gets this far. */
static void on_secure(void *arg, const struct rtc_dtls_keys *keys)
{
    (void)arg;
    (void)keys;
    abort();
}

static void on_receive(void *arg, const uint8_t *data, size_t len)
{
    (void)arg;
    (void)data;
    (void)len;
    abort();
}

static void on_closed(void *arg)
{
    (void)arg;
}

static void on_failed(void *arg, enum rtc_dtls_failure why)
{
    (void)arg;
    if (!rtc_dtls_failure_name(why)[0])
        abort();
}

static void feed(struct rtc_dtls *dtls, struct rtc_srtp *srtp, uint8_t *pkt,
                 size_t len)
{
    switch (rtc_demux(pkt, len)) {
    case RTC_DEMUX_DTLS:
        rtc_dtls_receive(dtls, pkt, len);
        break;
    case RTC_DEMUX_RTP:
        if (rtc_srtp_open_rtp(srtp, pkt, len) > (int)len)
            abort();
        break;
    case RTC_DEMUX_RTCP:
        if (rtc_srtp_open_rtcp(srtp, pkt, len) > (int)len)
            abort();
        break;
    case RTC_DEMUX_STUN:
    case RTC_DEMUX_DROP:
    default:
        break;
    }
}

/* First byte: bit 0 the DTLS role, bit 1 the SRTP profile; then datagrams, each
 * behind its length in two bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t fingerprint[RTC_DTLS_FINGERPRINT_LEN];
    static const struct rtc_dtls_events ev = {.secure = on_secure,
                                              .receive = on_receive,
                                              .closed = on_closed,
                                              .failed = on_failed};
    static const struct rtc_pipe below = {.send = lose};
    struct lk_reader r = lk_reader(data, size);
    uint8_t flags = lk_read_u8(&r);
    struct rtc_dtls_keys keys = {.profile = flags & 2
                                                ? RTC_DTLS_AES128_CM_SHA1_80
                                                : RTC_DTLS_AEAD_AES_128_GCM};
    struct lk_loop *loop = NULL;
    struct rtc_dtls *dtls = NULL;
    struct rtc_srtp *srtp = NULL;
    if (rtc_srtp_init() < 0 || rtc_dtls_init() < 0 || lk_loop_new(&loop) < 0 ||
        rtc_dtls_new(loop, &below, &ev, NULL, &dtls) < 0 ||
        rtc_dtls_start(dtls, flags & 1, fingerprint, 0) < 0 ||
        rtc_srtp_new(&keys, &srtp) < 0)
        abort();
    rtc_dtls_path_up(dtls);
    for (;;) {
        size_t len = lk_read_u16(&r);
        const uint8_t *at = lk_read_bytes(&r, len);
        uint8_t *pkt = at ? malloc(len ? len : 1) : NULL;
        if (!pkt)
            break;
        memcpy(pkt, at, len);
        feed(dtls, srtp, pkt, len);
        free(pkt);
    }
    rtc_srtp_free(srtp);
    rtc_dtls_free(dtls);
    lk_loop_free(loop);
    return 0;
}

#include "rtc/net/srtp.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <srtp2/srtp.h>
#include <stdlib.h>
#include <string.h>

#define RTP_HEADER_LEN 12
#define RTCP_HEADER_LEN 8
#define KEY_LEN 16
#define GCM_SALT_LEN 12
#define CM_SALT_LEN 14

struct rtc_srtp {
    srtp_t send;
    srtp_t receive;
};

/* Without an MKI, which is never used. */
_Static_assert(RTC_SRTP_TAIL >= SRTP_MAX_TAG_LEN + 4,
               "the tag and SRTCP's index fit behind a packet");

/* One session for any SSRC of one direction. `key` is key, then salt. */
static int srtp_session_new(enum rtc_dtls_profile profile, const uint8_t *key,
                            srtp_ssrc_type_t which, srtp_t *ret)
{
    srtp_policy_t policy;
    memset(&policy, 0, sizeof(policy));
    srtp_profile_t p = profile == RTC_DTLS_AEAD_AES_128_GCM
                           ? srtp_profile_aead_aes_128_gcm
                           : srtp_profile_aes128_cm_sha1_80;
    if (srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, p) ||
        srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, p))
        return -EIO;
    uint8_t copy[KEY_LEN + CM_SALT_LEN]; /* libsrtp wants it writable */
    memcpy(copy, key, sizeof(copy));
    policy.key = copy;
    policy.ssrc.type = which;
    policy.window_size = RTC_SRTP_WINDOW;
    srtp_err_status_t r = srtp_create(ret, &policy);
    OPENSSL_cleanse(copy, sizeof(copy));
    if (r == srtp_err_status_alloc_fail)
        return -ENOMEM;
    return r == srtp_err_status_ok ? 0 : -EIO;
}

int rtc_srtp_new(const struct rtc_dtls_keys *keys, struct rtc_srtp **ret)
{
    struct rtc_srtp *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    int r = srtp_session_new(keys->profile, keys->send, ssrc_any_outbound,
                             &s->send);
    if (r == 0)
        r = srtp_session_new(keys->profile, keys->receive, ssrc_any_inbound,
                             &s->receive);
    if (r < 0) {
        rtc_srtp_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

/* NSS, which libsrtp computes with, unloads its modules with the last session
 * and loads them with the first, from files that a confined program cannot
 * open. A session of each profile that is never used keeps them. */
int rtc_srtp_init(void)
{
    static struct rtc_srtp *kept[2];
    struct rtc_dtls_keys zero = {.profile = RTC_DTLS_AEAD_AES_128_GCM};
    if (kept[1])
        return 0;
    if (!kept[0] && srtp_init() != srtp_err_status_ok)
        return -EIO;
    int r = kept[0] ? 0 : rtc_srtp_new(&zero, &kept[0]);
    zero.profile = RTC_DTLS_AES128_CM_SHA1_80;
    return r < 0 ? r : rtc_srtp_new(&zero, &kept[1]);
}

struct rtc_srtp *rtc_srtp_free(struct rtc_srtp *s)
{
    if (s) {
        /* libsrtp wipes what it holds of the keys. */
        if (s->send)
            srtp_dealloc(s->send);
        if (s->receive)
            srtp_dealloc(s->receive);
        free(s);
    }
    return NULL;
}

int rtc_srtp_protect_rtp(struct rtc_srtp *s, uint8_t *pkt, size_t len)
{
    int n = (int)len;
    if (len < RTP_HEADER_LEN || len > INT16_MAX)
        return -EINVAL;
    srtp_err_status_t r = srtp_protect(s->send, pkt, &n);
    return r == srtp_err_status_ok ? n : -EIO;
}

int rtc_srtp_protect_rtcp(struct rtc_srtp *s, uint8_t *pkt, size_t len)
{
    int n = (int)len;
    if (len < RTCP_HEADER_LEN || len > INT16_MAX)
        return -EINVAL;
    srtp_err_status_t r = srtp_protect_rtcp(s->send, pkt, &n);
    return r == srtp_err_status_ok ? n : -EIO;
}

static int srtp_verdict(srtp_err_status_t r, int len)
{
    if (r == srtp_err_status_ok)
        return len;
    if (r == srtp_err_status_replay_fail || r == srtp_err_status_replay_old)
        return -EALREADY;
    return -EBADMSG;
}

int rtc_srtp_open_rtp(struct rtc_srtp *s, uint8_t *pkt, size_t len)
{
    int n = (int)len;
    if (len < RTP_HEADER_LEN || len > INT16_MAX)
        return -EBADMSG;
    srtp_err_status_t r = srtp_unprotect(s->receive, pkt, &n);
    return srtp_verdict(r, n);
}

int rtc_srtp_open_rtcp(struct rtc_srtp *s, uint8_t *pkt, size_t len)
{
    int n = (int)len;
    if (len < RTCP_HEADER_LEN || len > INT16_MAX)
        return -EBADMSG;
    srtp_err_status_t r = srtp_unprotect_rtcp(s->receive, pkt, &n);
    return srtp_verdict(r, n);
}

/* Our offer. sdp_check.c knows the same codecs and extensions. */
#include "rtc/wire/sdp_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    char *at;
    size_t len;
    size_t cap;
    bool bad;
};

static LK_PRINTF(2, 3) void put(struct text *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(t->at + t->len, t->cap - t->len, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= t->cap - t->len)
        t->bad = true;
    else
        t->len += (size_t)n;
}

static bool is_ice(const char *s, size_t min, size_t cap)
{
    struct rtc_token t = {s, strnlen(s, cap)};
    return t.len >= min && t.len < cap && rtc_token_is_ice_chars(t);
}

static bool is_valid(const struct rtc_sdp_offer *o)
{
    size_t cname = strnlen(o->cname, sizeof(o->cname));
    bool ssrcs = o->video_ssrc && o->rtx_ssrc && o->audio_ssrc &&
                 o->video_ssrc != o->rtx_ssrc &&
                 o->video_ssrc != o->audio_ssrc && o->rtx_ssrc != o->audio_ssrc;
    return ssrcs && o->session_id > 0 && o->session_id <= INT64_MAX &&
           o->version <= INT64_MAX && is_ice(o->ufrag, 4, sizeof(o->ufrag)) &&
           is_ice(o->pwd, 22, sizeof(o->pwd)) && cname > 0 &&
           rtc_token_is_ice_chars((struct rtc_token){o->cname, cname}) &&
           cname < sizeof(o->cname) &&
           o->candidate_count <= RTC_SDP_OFFER_CANDIDATES_MAX;
}

static void put_session(struct text *t, const struct rtc_sdp_offer *o)
{
    put(t,
        "v=0\r\no=- %llu %llu IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
        "a=group:BUNDLE 0 1 2\r\na=ice-options:trickle\r\n"
        "a=msid-semantic:WMS *\r\n",
        (unsigned long long)o->session_id, (unsigned long long)o->version);
}

/* Every section repeats it: what RFC 9143 asks of an offer. */
static void put_transport(struct text *t, const struct rtc_sdp_offer *o,
                          const char *mid)
{
    put(t, "c=IN IP4 0.0.0.0\r\na=mid:%s\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n",
        mid, o->ufrag, o->pwd);
    put(t, "a=fingerprint:sha-256 ");
    for (size_t i = 0; i < sizeof(o->fingerprint); i++)
        put(t, "%s%02X", i > 0 ? ":" : "", o->fingerprint[i]);
    put(t, "\r\na=setup:actpass\r\n");
}

static void put_candidates(struct text *t, const struct rtc_sdp_offer *o)
{
    char line[RTC_CANDIDATE_TEXT_MAX];
    for (size_t i = 0; i < o->candidate_count; i++) {
        if (rtc_candidate_format(&o->candidates[i], line, sizeof(line)) < 0)
            t->bad = true;
        else
            put(t, "a=%s\r\n", line);
    }
    if (o->end_of_candidates)
        put(t, "a=end-of-candidates\r\n");
}

static void put_video(struct text *t, const struct rtc_sdp_offer *o)
{
    put(t, "m=video 9 UDP/TLS/RTP/SAVPF %d %d\r\n", RTC_PT_VP8, RTC_PT_RTX);
    put_transport(t, o, "0");
    put(t, "a=sendrecv\r\na=rtcp-mux\r\na=rtcp-rsize\r\n");
    put(t, "a=extmap:%d %s\r\na=extmap:%d %s\r\n", RTC_EXT_TWCC,
        rtc_sdp_ext_uri(RTC_SDP_EXT_TWCC), RTC_EXT_PLAYOUT,
        rtc_sdp_ext_uri(RTC_SDP_EXT_PLAYOUT));
    put(t, "a=rtpmap:%d VP8/90000\r\n", RTC_PT_VP8);
    static const char *const feedback[] = {"nack", "nack pli", "ccm fir",
                                           "transport-cc"};
    for (size_t i = 0; i < LK_ARRAY_LEN(feedback); i++)
        put(t, "a=rtcp-fb:%d %s\r\n", RTC_PT_VP8, feedback[i]);
    put(t, "a=rtpmap:%d rtx/90000\r\na=fmtp:%d apt=%d\r\n", RTC_PT_RTX,
        RTC_PT_RTX, RTC_PT_VP8);
    put(t, "a=msid:%s picture\r\na=ssrc-group:FID %u %u\r\n",
        o->split_streams ? "camera" : "kiosk", o->video_ssrc, o->rtx_ssrc);
    put(t, "a=ssrc:%u cname:%s\r\na=ssrc:%u cname:%s\r\n", o->video_ssrc,
        o->cname, o->rtx_ssrc, o->cname);
    put_candidates(t, o);
}

static void put_audio(struct text *t, const struct rtc_sdp_offer *o)
{
    put(t, "m=audio 9 UDP/TLS/RTP/SAVPF %d\r\n", RTC_PT_OPUS);
    put_transport(t, o, "1");
    put(t, "a=sendrecv\r\na=rtcp-mux\r\na=rtcp-rsize\r\n");
    put(t, "a=extmap:%d %s\r\n", RTC_EXT_TWCC,
        rtc_sdp_ext_uri(RTC_SDP_EXT_TWCC));
    put(t, "a=rtpmap:%d opus/48000/2\r\na=rtcp-fb:%d transport-cc\r\n",
        RTC_PT_OPUS, RTC_PT_OPUS);
    /* No useinbandfec: our decoder conceals what is lost, and the far end need
     * not spend bits on repeats that nobody reads. What it asks of us is its
     * own answer's to say (RFC 7587, 6.1). */
    put(t, "a=fmtp:%d minptime=10;usedtx=1\r\n", RTC_PT_OPUS);
    put(t, "a=msid:%s sound\r\na=ssrc:%u cname:%s\r\n",
        o->split_streams ? "microphone" : "kiosk", o->audio_ssrc, o->cname);
}

static void put_data(struct text *t, const struct rtc_sdp_offer *o)
{
    put(t, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n");
    put_transport(t, o, "2");
    put(t, "a=sctp-port:5000\r\na=max-message-size:262144\r\n");
}

int rtc_sdp_write_offer(const struct rtc_sdp_offer *offer, char *ret,
                        size_t cap)
{
    if (!is_valid(offer))
        return -EINVAL;
    struct text t = {.at = ret, .len = 0, .cap = cap};
    put_session(&t, offer);
    put_video(&t, offer);
    put_audio(&t, offer);
    put_data(&t, offer);
    return t.bad ? -EMSGSIZE : (int)t.len;
}

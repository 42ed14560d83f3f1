/* Attributes of sessions and of sections' transport. */
#include "rtc/wire/sdp_internal.h"

#include <errno.h>
#include <string.h>

typedef enum rtc_sdp_verdict take_fn(struct rtc_sdp_parser *p,
                                     struct rtc_token value);

static struct rtc_sdp_transport *transport(struct rtc_sdp_parser *p)
{
    return p->section ? &p->section->transport : &p->session;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "sha-256 AB:CD:...", RFC 8122 section 5. */
static enum rtc_sdp_verdict take_fingerprint(struct rtc_sdp_parser *p,
                                             struct rtc_token value)
{
    struct rtc_sdp_transport *t = transport(p);
    struct rtc_scan s = rtc_scan(value.at, value.len);
    struct rtc_token hash;
    struct rtc_token hex;
    if (!rtc_scan_word(&s, &hash) || !rtc_scan_word(&s, &hex))
        return RTC_SDP_MALFORMED;
    if (!rtc_token_is_nocase(hash, "sha-256"))
        return RTC_SDP_FINGERPRINT_HASH;
    if (hex.len != 32 * 3 - 1 || s.left > 0)
        return RTC_SDP_MALFORMED;
    for (size_t i = 0; i < 32; i++) {
        int hi = hex_digit(hex.at[i * 3]);
        int lo = hex_digit(hex.at[i * 3 + 1]);
        if (hi < 0 || lo < 0 || (i < 31 && hex.at[i * 3 + 2] != ':'))
            return RTC_SDP_MALFORMED;
        t->fingerprint[i] = (uint8_t)(hi * 16 + lo);
    }
    t->has_fingerprint = true;
    return RTC_SDP_OK;
}

static enum rtc_sdp_verdict take_setup(struct rtc_sdp_parser *p,
                                       struct rtc_token value)
{
    static const char *const names[] = {"", "active", "passive", "actpass",
                                        "holdconn"};
    for (size_t i = 1; i < LK_ARRAY_LEN(names); i++) {
        if (rtc_token_is(value, names[i])) {
            transport(p)->setup = (enum rtc_sdp_setup)i;
            return RTC_SDP_OK;
        }
    }
    return RTC_SDP_NO_SETUP;
}

/* RFC 8839 section 5.4: 4..256 and 22..256 ice-chars. */
static enum rtc_sdp_verdict take_ufrag(struct rtc_sdp_parser *p,
                                       struct rtc_token value)
{
    if (value.len < 4 || !rtc_token_is_ice_chars(value) ||
        !rtc_token_copy(value, transport(p)->ufrag, RTC_ICE_UFRAG_MAX))
        return RTC_SDP_MALFORMED;
    return RTC_SDP_OK;
}

static enum rtc_sdp_verdict take_pwd(struct rtc_sdp_parser *p,
                                     struct rtc_token value)
{
    if (value.len < 22 || !rtc_token_is_ice_chars(value) ||
        !rtc_token_copy(value, transport(p)->pwd, RTC_ICE_PWD_MAX))
        return RTC_SDP_MALFORMED;
    return RTC_SDP_OK;
}

static enum rtc_sdp_verdict take_ice_options(struct rtc_sdp_parser *p,
                                             struct rtc_token value)
{
    struct rtc_scan s = rtc_scan(value.at, value.len);
    struct rtc_token t;
    while (rtc_scan_word(&s, &t)) {
        if (rtc_token_is(t, "trickle"))
            p->sdp->trickle = true;
    }
    return RTC_SDP_OK;
}

static enum rtc_sdp_verdict take_group(struct rtc_sdp_parser *p,
                                       struct rtc_token value)
{
    struct rtc_scan s = rtc_scan(value.at, value.len);
    struct rtc_token t;
    if (!rtc_scan_word(&s, &t) || !rtc_token_is(t, "BUNDLE"))
        return RTC_SDP_OK; /* LS and others */
    if (p->bundle_count > 0)
        return RTC_SDP_DUPLICATE;
    while (rtc_scan_word(&s, &t)) {
        if (p->bundle_count == RTC_SDP_SECTIONS_MAX)
            return RTC_SDP_OVERSIZED;
        p->bundle[p->bundle_count++] = t;
    }
    return RTC_SDP_OK;
}

static enum rtc_sdp_verdict take_luukku_offer(struct rtc_sdp_parser *p,
                                              struct rtc_token value)
{
    p->sdp->has_luukku_offer = true;
    return rtc_token_number(value, UINT64_MAX, &p->sdp->luukku_offer)
               ? RTC_SDP_OK
               : RTC_SDP_MALFORMED;
}

static enum rtc_sdp_verdict take_mid(struct rtc_sdp_parser *p,
                                     struct rtc_token value)
{
    return value.len > 0 &&
                   rtc_token_copy(value, p->section->mid, RTC_SDP_MID_MAX)
               ? RTC_SDP_OK
               : RTC_SDP_MALFORMED;
}

static enum rtc_sdp_verdict direction(struct rtc_sdp_parser *p, uint8_t bits)
{
    if (p->has_direction)
        return RTC_SDP_DUPLICATE;
    p->has_direction = true;
    if (p->section)
        p->section->direction = bits;
    else
        p->direction = bits;
    return RTC_SDP_OK;
}

static enum rtc_sdp_verdict take_sendrecv(struct rtc_sdp_parser *p,
                                          struct rtc_token value)
{
    (void)value;
    return direction(p, RTC_SDP_SENDRECV);
}

static enum rtc_sdp_verdict take_sendonly(struct rtc_sdp_parser *p,
                                          struct rtc_token value)
{
    (void)value;
    return direction(p, RTC_SDP_SEND);
}

static enum rtc_sdp_verdict take_recvonly(struct rtc_sdp_parser *p,
                                          struct rtc_token value)
{
    (void)value;
    return direction(p, RTC_SDP_RECV);
}

static enum rtc_sdp_verdict take_inactive(struct rtc_sdp_parser *p,
                                          struct rtc_token value)
{
    (void)value;
    return direction(p, RTC_SDP_INACTIVE);
}

static enum rtc_sdp_verdict take_rtcp_mux(struct rtc_sdp_parser *p,
                                          struct rtc_token value)
{
    (void)value;
    p->section->rtcp_mux = true;
    return RTC_SDP_OK;
}

static enum rtc_sdp_verdict take_rtcp_rsize(struct rtc_sdp_parser *p,
                                            struct rtc_token value)
{
    (void)value;
    p->section->rtcp_rsize = true;
    return RTC_SDP_OK;
}

static enum rtc_sdp_verdict take_bundle_only(struct rtc_sdp_parser *p,
                                             struct rtc_token value)
{
    (void)value;
    p->section->bundle_only = true;
    return RTC_SDP_OK;
}

static enum rtc_sdp_verdict take_end(struct rtc_sdp_parser *p,
                                     struct rtc_token value)
{
    (void)value;
    p->sdp->end_of_candidates = true;
    return RTC_SDP_OK;
}

static enum rtc_sdp_verdict take_sctp_port(struct rtc_sdp_parser *p,
                                           struct rtc_token value)
{
    uint64_t n = 0;
    if (!rtc_token_number(value, 65535, &n))
        return RTC_SDP_MALFORMED;
    p->section->sctp_port = (uint16_t)n;
    return RTC_SDP_OK;
}

/* Sizes above what 32 bits hold are as good as no limit. */
static enum rtc_sdp_verdict take_message_size(struct rtc_sdp_parser *p,
                                              struct rtc_token value)
{
    uint64_t n = 0;
    if (!rtc_token_number(value, UINT64_MAX, &n))
        return RTC_SDP_MALFORMED;
    p->section->max_message_size = n > UINT32_MAX ? 0 : (uint32_t)n;
    return RTC_SDP_OK;
}

/* `value` follows "candidate:", which the line holds just before it. */
static enum rtc_sdp_verdict take_candidate(struct rtc_sdp_parser *p,
                                           struct rtc_token value)
{
    static const size_t prefix = sizeof("candidate:") - 1;
    struct rtc_sdp *sdp = p->sdp;
    struct rtc_candidate c;
    int r = rtc_candidate_parse(value.at - prefix, value.len + prefix, &c);
    if (r == -EPROTONOSUPPORT) {
        sdp->candidates_ignored++;
        return RTC_SDP_OK;
    }
    if (r == -EMSGSIZE || sdp->candidate_count == RTC_SDP_CANDIDATES_MAX)
        return RTC_SDP_OVERSIZED;
    if (r < 0)
        return RTC_SDP_MALFORMED;
    sdp->candidates[sdp->candidate_count++] = c;
    return RTC_SDP_OK;
}

enum { IN_SESSION = 1, IN_SECTION = 2, IN_RTP = 4, MANY = 8 };

/* Where each may stand; without MANY at most once in that place. Outside its
 * place an attribute is malformed, unless it stands nowhere here: then it is
 * none of our business. */
static const struct {
    const char *name;
    take_fn *take;
    unsigned place;
} attributes[] = {
    {"bundle-only", take_bundle_only, IN_SECTION},
    {"candidate", take_candidate, IN_SECTION | MANY},
    {"end-of-candidates", take_end, IN_SESSION | IN_SECTION | MANY},
    {"extmap", rtc_sdp_take_extmap, IN_RTP | MANY},
    {"fingerprint", take_fingerprint, IN_SESSION | IN_SECTION},
    {"fmtp", rtc_sdp_take_fmtp, IN_RTP | MANY},
    {"group", take_group, IN_SESSION | MANY},
    {"ice-options", take_ice_options, IN_SESSION | IN_SECTION},
    {"ice-pwd", take_pwd, IN_SESSION | IN_SECTION},
    {"ice-ufrag", take_ufrag, IN_SESSION | IN_SECTION},
    {"inactive", take_inactive, IN_SESSION | IN_SECTION},
    {"max-message-size", take_message_size, IN_SECTION},
    {"mid", take_mid, IN_SECTION},
    {"msid", rtc_sdp_take_msid, IN_RTP | MANY},
    {"recvonly", take_recvonly, IN_SESSION | IN_SECTION},
    {"rtcp-fb", rtc_sdp_take_feedback, IN_RTP | MANY},
    {"rtcp-mux", take_rtcp_mux, IN_SECTION},
    {"rtcp-rsize", take_rtcp_rsize, IN_SECTION},
    {"rtpmap", rtc_sdp_take_rtpmap, IN_RTP | MANY},
    {"sctp-port", take_sctp_port, IN_SECTION},
    {"sendonly", take_sendonly, IN_SESSION | IN_SECTION},
    {"sendrecv", take_sendrecv, IN_SESSION | IN_SECTION},
    {"setup", take_setup, IN_SESSION | IN_SECTION},
    {"ssrc", rtc_sdp_take_ssrc, IN_RTP | MANY},
    {"ssrc-group", rtc_sdp_take_ssrc_group, IN_RTP | MANY},
    {"x-luukku-offer", take_luukku_offer, IN_SESSION},
};

static bool in_place(const struct rtc_sdp_section *m, unsigned place)
{
    if (!m)
        return place & IN_SESSION;
    if (place & IN_SECTION)
        return true;
    return (place & IN_RTP) &&
           (m->kind == RTC_SDP_AUDIO || m->kind == RTC_SDP_VIDEO);
}

enum rtc_sdp_verdict rtc_sdp_parse_attribute(struct rtc_sdp_parser *p,
                                             struct rtc_token line)
{
    struct rtc_scan s = rtc_scan(line.at, line.len);
    struct rtc_token name = {line.at, 0};
    (void)rtc_scan_until(&s, ':', &name);
    struct rtc_token value = {s.at, s.left};
    if (p->section && p->section->kind == RTC_SDP_OTHER &&
        !rtc_token_is(name, "mid"))
        return RTC_SDP_OK; /* a rejected section of no known kind */
    for (size_t i = 0; i < LK_ARRAY_LEN(attributes); i++) {
        if (!rtc_token_is(name, attributes[i].name))
            continue;
        if (!in_place(p->section, attributes[i].place))
            return RTC_SDP_MALFORMED;
        uint64_t bit = UINT64_C(1) << i;
        if ((p->seen & bit) && !(attributes[i].place & MANY))
            return RTC_SDP_DUPLICATE;
        p->seen |= bit;
        return attributes[i].take(p, value);
    }
    return RTC_SDP_OK;
}

/* Attributes of RTP sections: codecs, extensions, sources. */
#include "rtc/wire/sdp_internal.h"

#include <string.h>

static const struct {
    enum rtc_sdp_ext ext;
    const char *uri;
} ext_uris[] = {
    {RTC_SDP_EXT_TWCC, "http://www.ietf.org/id/"
                       "draft-holmer-rmcat-transport-wide-cc-extensions-01"},
    {RTC_SDP_EXT_PLAYOUT,
     "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"},
    {RTC_SDP_EXT_MID, "urn:ietf:params:rtp-hdrext:sdes:mid"},
    {RTC_SDP_EXT_ABS_SEND_TIME,
     "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"},
    {RTC_SDP_EXT_AUDIO_LEVEL, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"},
};

const char *rtc_sdp_ext_uri(enum rtc_sdp_ext ext)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(ext_uris); i++) {
        if (ext_uris[i].ext == ext)
            return ext_uris[i].uri;
    }
    return NULL;
}

/* Takes the payload type that begins `s`; its codec, or NULL. */
static struct rtc_sdp_codec *take_pt(struct rtc_sdp_section *m,
                                     struct rtc_scan *s)
{
    struct rtc_token t;
    uint64_t pt = 0;
    if (!rtc_scan_word(s, &t) || !rtc_token_number(t, 127, &pt))
        return NULL;
    for (size_t i = 0; i < m->codec_count; i++) {
        if (m->codecs[i].pt == pt)
            return &m->codecs[i];
    }
    return NULL;
}

/* "<pt> <name>/<clock>[/<channels>]" */
enum rtc_sdp_verdict rtc_sdp_take_rtpmap(struct rtc_sdp_parser *p,
                                         struct rtc_token value)
{
    struct rtc_scan s = rtc_scan(value.at, value.len);
    struct rtc_sdp_codec *c = take_pt(p->section, &s);
    struct rtc_token name;
    struct rtc_token clock;
    struct rtc_token channels;
    uint64_t hz = 0;
    uint64_t n = 1;
    if (!c || !rtc_scan_until(&s, '/', &name) ||
        !rtc_scan_until(&s, '/', &clock) ||
        !rtc_token_number(clock, 1000000, &hz) || hz == 0)
        return RTC_SDP_MALFORMED;
    channels = (struct rtc_token){s.at, s.left};
    if (channels.len > 0 && !rtc_token_number(channels, 255, &n))
        return RTC_SDP_MALFORMED;
    if (c->clock_hz != 0)
        return RTC_SDP_DUPLICATE;
    if (name.len == 0 || !rtc_token_copy(name, c->name, sizeof(c->name)))
        return RTC_SDP_MALFORMED;
    c->clock_hz = (uint32_t)hz;
    c->channels = (uint8_t)n;
    return RTC_SDP_OK;
}

/* "<pt> <parameters>" */
enum rtc_sdp_verdict rtc_sdp_take_fmtp(struct rtc_sdp_parser *p,
                                       struct rtc_token value)
{
    struct rtc_scan s = rtc_scan(value.at, value.len);
    struct rtc_sdp_codec *c = take_pt(p->section, &s);
    uint64_t apt = 0;
    if (!c || s.left == 0)
        return RTC_SDP_MALFORMED;
    if (c->fmtp[0])
        return RTC_SDP_DUPLICATE;
    struct rtc_token text = {s.at, s.left};
    if (!rtc_token_copy(text, c->fmtp, sizeof(c->fmtp)))
        return RTC_SDP_OVERSIZED;
    if (rtc_scan_prefix(&s, "apt=")) {
        struct rtc_token t = {s.at, 0};
        (void)rtc_scan_until(&s, ';', &t);
        if (!rtc_token_number(t, 127, &apt))
            return RTC_SDP_MALFORMED;
        c->apt = (uint8_t)apt;
    }
    return RTC_SDP_OK;
}

static uint8_t feedback_bit(struct rtc_token t)
{
    static const struct {
        const char *text;
        uint8_t bit;
    } known[] = {
        {"nack", RTC_SDP_FB_NACK},      {"nack pli", RTC_SDP_FB_PLI},
        {"ccm fir", RTC_SDP_FB_FIR},    {"transport-cc", RTC_SDP_FB_TWCC},
        {"goog-remb", RTC_SDP_FB_REMB},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++) {
        if (rtc_token_is(t, known[i].text))
            return known[i].bit;
    }
    return RTC_SDP_FB_OTHER;
}

/* "<pt> <kind>" or "* <kind>", RFC 4585 section 4.2 */
enum rtc_sdp_verdict rtc_sdp_take_feedback(struct rtc_sdp_parser *p,
                                           struct rtc_token value)
{
    struct rtc_sdp_section *m = p->section;
    struct rtc_scan s = rtc_scan(value.at, value.len);
    bool all = rtc_scan_prefix(&s, "* ");
    struct rtc_sdp_codec *c = all ? NULL : take_pt(m, &s);
    if ((!all && !c) || s.left == 0)
        return RTC_SDP_MALFORMED;
    uint8_t bit = feedback_bit((struct rtc_token){s.at, s.left});
    for (size_t i = 0; i < m->codec_count; i++) {
        if (all || c == &m->codecs[i])
            m->codecs[i].feedback |= bit;
    }
    return RTC_SDP_OK;
}

/* "<id>[/<direction>] <uri> [<attributes>]", RFC 8285 section 8 */
enum rtc_sdp_verdict rtc_sdp_take_extmap(struct rtc_sdp_parser *p,
                                         struct rtc_token value)
{
    struct rtc_sdp_section *m = p->section;
    struct rtc_scan s = rtc_scan(value.at, value.len);
    struct rtc_token word;
    struct rtc_token uri;
    uint64_t id = 0;
    if (!rtc_scan_word(&s, &word) || !rtc_scan_word(&s, &uri))
        return RTC_SDP_MALFORMED;
    struct rtc_scan w = rtc_scan(word.at, word.len);
    struct rtc_token number = {word.at, 0};
    (void)rtc_scan_until(&w, '/', &number);
    if (!rtc_token_number(number, 255, &id) || id == 0)
        return RTC_SDP_MALFORMED;
    for (size_t i = 0; i < m->extmap_count; i++) {
        if (m->extmaps[i].id == id)
            return RTC_SDP_DUPLICATE;
    }
    if (m->extmap_count == RTC_SDP_EXTMAPS_MAX)
        return RTC_SDP_OVERSIZED;
    struct rtc_sdp_extmap *e = &m->extmaps[m->extmap_count++];
    e->id = (uint8_t)id;
    e->uri = RTC_SDP_EXT_OTHER;
    for (size_t i = 0; i < LK_ARRAY_LEN(ext_uris); i++) {
        if (rtc_token_is(uri, ext_uris[i].uri))
            e->uri = ext_uris[i].ext;
    }
    return RTC_SDP_OK;
}

/* "<ssrc> <attribute>", RFC 5576 section 4.1: one line per attribute */
enum rtc_sdp_verdict rtc_sdp_take_ssrc(struct rtc_sdp_parser *p,
                                       struct rtc_token value)
{
    struct rtc_sdp_section *m = p->section;
    struct rtc_scan s = rtc_scan(value.at, value.len);
    struct rtc_token t;
    uint64_t ssrc = 0;
    if (!rtc_scan_word(&s, &t) || !rtc_token_number(t, UINT32_MAX, &ssrc))
        return RTC_SDP_MALFORMED;
    for (size_t i = 0; i < m->ssrc_count; i++) {
        if (m->ssrcs[i] == ssrc)
            return RTC_SDP_OK;
    }
    if (m->ssrc_count == RTC_SDP_SSRCS_MAX)
        return RTC_SDP_OVERSIZED;
    m->ssrcs[m->ssrc_count++] = (uint32_t)ssrc;
    return RTC_SDP_OK;
}

/* "FID <media> <rtx>", RFC 5576 section 4.2; other groups are not ours */
enum rtc_sdp_verdict rtc_sdp_take_ssrc_group(struct rtc_sdp_parser *p,
                                             struct rtc_token value)
{
    struct rtc_sdp_section *m = p->section;
    struct rtc_scan s = rtc_scan(value.at, value.len);
    struct rtc_token t;
    if (!rtc_scan_word(&s, &t))
        return RTC_SDP_MALFORMED;
    if (!rtc_token_is(t, "FID"))
        return RTC_SDP_OK;
    uint64_t ids[2] = {0};
    for (size_t i = 0; i < 2; i++) {
        if (!rtc_scan_word(&s, &t) || !rtc_token_number(t, UINT32_MAX, &ids[i]))
            return RTC_SDP_MALFORMED;
    }
    if (m->fid[0] != 0)
        return RTC_SDP_DUPLICATE;
    m->fid[0] = (uint32_t)ids[0];
    m->fid[1] = (uint32_t)ids[1];
    return RTC_SDP_OK;
}

/* "<stream> [<track>]", RFC 8830; the first one counts */
enum rtc_sdp_verdict rtc_sdp_take_msid(struct rtc_sdp_parser *p,
                                       struct rtc_token value)
{
    struct rtc_sdp_section *m = p->section;
    struct rtc_scan s = rtc_scan(value.at, value.len);
    struct rtc_token t;
    if (!rtc_scan_word(&s, &t))
        return RTC_SDP_MALFORMED;
    if (m->stream[0])
        return RTC_SDP_OK;
    return rtc_token_copy(t, m->stream, sizeof(m->stream)) ? RTC_SDP_OK
                                                           : RTC_SDP_OVERSIZED;
}

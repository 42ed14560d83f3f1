#include "rtc/wire/sdp.h"

#include "rtc/wire/sdp_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdict_names[RTC_SDP_VERDICTS] = {
    [RTC_SDP_OK] = "ok",
    [RTC_SDP_OVERSIZED] = "oversized",
    [RTC_SDP_MALFORMED] = "malformed",
    [RTC_SDP_NO_VERSION] = "no-version",
    [RTC_SDP_NO_SECTION] = "no-section",
    [RTC_SDP_DUPLICATE] = "duplicate",
    [RTC_SDP_NO_FINGERPRINT] = "no-fingerprint",
    [RTC_SDP_FINGERPRINT_HASH] = "fingerprint-hash",
    [RTC_SDP_FINGERPRINT_CONFLICT] = "fingerprint-conflict",
    [RTC_SDP_NO_ICE] = "no-ice",
    [RTC_SDP_ICE_CONFLICT] = "ice-conflict",
    [RTC_SDP_NO_SETUP] = "no-setup",
    [RTC_SDP_SETUP_CONFLICT] = "setup-conflict",
    [RTC_SDP_NOT_BUNDLED] = "not-bundled",
    [RTC_SDP_NO_RTCP_MUX] = "no-rtcp-mux",
    [RTC_SDP_PROTOCOL] = "protocol",
    [RTC_SDP_OFFER_VERSION] = "offer-version",
    [RTC_SDP_SECTION_COUNT] = "section-count",
    [RTC_SDP_SECTION_ORDER] = "section-order",
    [RTC_SDP_REJECTED] = "rejected",
    [RTC_SDP_SETUP_ROLE] = "setup-role",
    [RTC_SDP_CODEC_NOT_OFFERED] = "codec-not-offered",
    [RTC_SDP_EXTENSION_NOT_OFFERED] = "extension-not-offered",
    [RTC_SDP_FEEDBACK_NOT_OFFERED] = "feedback-not-offered",
    [RTC_SDP_SSRC_CONFLICT] = "ssrc-conflict",
    [RTC_SDP_DATA_CHANNEL] = "data-channel",
};

const char *rtc_sdp_verdict_name(enum rtc_sdp_verdict v)
{
    return (unsigned)v < RTC_SDP_VERDICTS ? verdict_names[v] : "unknown";
}

int rtc_sdp_new(struct rtc_sdp **ret)
{
    struct rtc_sdp *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    *ret = s;
    return 0;
}

struct rtc_sdp *rtc_sdp_free(struct rtc_sdp *s)
{
    free(s);
    return NULL;
}

/* "- <id> <version> IN IP4 <address>", RFC 8866 section 5.2. */
static enum rtc_sdp_verdict take_origin(struct rtc_sdp *sdp,
                                        struct rtc_token value)
{
    struct rtc_scan s = rtc_scan(value.at, value.len);
    struct rtc_token user;
    struct rtc_token id;
    struct rtc_token version;
    if (!rtc_scan_word(&s, &user) || !rtc_scan_word(&s, &id) ||
        !rtc_scan_word(&s, &version) ||
        !rtc_token_number(id, UINT64_MAX, &sdp->session_id) ||
        !rtc_token_number(version, UINT64_MAX, &sdp->version))
        return RTC_SDP_NO_VERSION;
    return RTC_SDP_OK;
}

static enum rtc_sdp_kind kind_of(struct rtc_token t)
{
    if (rtc_token_is(t, "audio"))
        return RTC_SDP_AUDIO;
    if (rtc_token_is(t, "video"))
        return RTC_SDP_VIDEO;
    if (rtc_token_is(t, "application"))
        return RTC_SDP_APPLICATION;
    return RTC_SDP_OTHER;
}

/* The formats of an RTP section: payload types, each once. */
static enum rtc_sdp_verdict take_formats(struct rtc_sdp_section *m,
                                         struct rtc_scan *s)
{
    struct rtc_token t;
    uint64_t pt = 0;
    while (rtc_scan_word(s, &t)) {
        if (!rtc_token_number(t, 127, &pt))
            return RTC_SDP_MALFORMED;
        for (size_t i = 0; i < m->codec_count; i++) {
            if (m->codecs[i].pt == pt)
                return RTC_SDP_DUPLICATE;
        }
        if (m->codec_count == RTC_SDP_CODECS_MAX)
            return RTC_SDP_OVERSIZED;
        m->codecs[m->codec_count].pt = (uint8_t)pt;
        m->codecs[m->codec_count++].channels = 1;
    }
    return m->codec_count > 0 ? RTC_SDP_OK : RTC_SDP_MALFORMED;
}

static bool protocol_fits(enum rtc_sdp_kind kind, struct rtc_token proto)
{
    if (kind == RTC_SDP_APPLICATION)
        return rtc_token_is(proto, "UDP/DTLS/SCTP") ||
               rtc_token_is(proto, "TCP/DTLS/SCTP");
    return rtc_token_is(proto, "UDP/TLS/RTP/SAVPF") ||
           rtc_token_is(proto, "TCP/DTLS/RTP/SAVPF");
}

/* "<kind> <port> <protocol> <formats>", RFC 8866 section 5.14. */
static enum rtc_sdp_verdict take_media(struct rtc_sdp_parser *p,
                                       struct rtc_token value)
{
    struct rtc_sdp *sdp = p->sdp;
    struct rtc_scan s = rtc_scan(value.at, value.len);
    struct rtc_token kind;
    struct rtc_token port;
    struct rtc_token proto;
    uint64_t n = 0;
    if (sdp->section_count == RTC_SDP_SECTIONS_MAX)
        return RTC_SDP_OVERSIZED;
    if (!rtc_scan_word(&s, &kind) || !rtc_scan_word(&s, &port) ||
        !rtc_scan_word(&s, &proto) || !rtc_token_number(port, 65535, &n))
        return RTC_SDP_MALFORMED;
    struct rtc_sdp_section *m = &sdp->sections[sdp->section_count++];
    m->kind = kind_of(kind);
    m->port = (uint16_t)n;
    m->direction = p->direction;
    m->max_message_size = 65536; /* RFC 8841 section 6 */
    p->section = m;
    p->has_direction = false;
    p->seen = 0;
    if (m->kind == RTC_SDP_OTHER || !protocol_fits(m->kind, proto))
        return n == 0 ? RTC_SDP_OK : RTC_SDP_PROTOCOL;
    return m->kind == RTC_SDP_APPLICATION ? RTC_SDP_OK : take_formats(m, &s);
}

static enum rtc_sdp_verdict take_line(struct rtc_sdp_parser *p,
                                      struct rtc_token line)
{
    if (line.len > RTC_SDP_LINE_MAX)
        return RTC_SDP_OVERSIZED;
    if (line.len < 2 || line.at[1] != '=' || memchr(line.at, 0, line.len))
        return RTC_SDP_MALFORMED;
    struct rtc_token value = {line.at + 2, line.len - 2};
    switch (line.at[0]) {
    case 'v':
    case 'o':
        return RTC_SDP_DUPLICATE;
    case 'm':
        return take_media(p, value);
    case 'a':
        return rtc_sdp_parse_attribute(p, value);
    default: /* s, t, c, b and the like say nothing that we use */
        return RTC_SDP_OK;
    }
}

/* v= and o= come first, RFC 8866 section 5. */
static enum rtc_sdp_verdict take_head(struct rtc_sdp *sdp, struct rtc_scan *s)
{
    struct rtc_token line;
    if (!rtc_scan_line(s, &line) || !rtc_token_is(line, "v=0") ||
        !rtc_scan_line(s, &line) || line.len < 2 || line.at[0] != 'o' ||
        line.at[1] != '=')
        return RTC_SDP_NO_VERSION;
    if (line.len > RTC_SDP_LINE_MAX)
        return RTC_SDP_OVERSIZED;
    return take_origin(sdp, (struct rtc_token){line.at + 2, line.len - 2});
}

/* A bundled section may leave out what the first one says (RFC 9143 section
 * 7.1.3); `from` is that, or the session's part. */
static void inherit(struct rtc_sdp_transport *t,
                    const struct rtc_sdp_transport *from)
{
    if (!t->has_fingerprint && from->has_fingerprint) {
        t->has_fingerprint = true;
        memcpy(t->fingerprint, from->fingerprint, sizeof(t->fingerprint));
    }
    if (t->setup == RTC_SDP_SETUP_NONE)
        t->setup = from->setup;
    if (!t->ufrag[0] && !t->pwd[0]) {
        memcpy(t->ufrag, from->ufrag, sizeof(t->ufrag));
        memcpy(t->pwd, from->pwd, sizeof(t->pwd));
    }
}

static enum rtc_sdp_verdict check_transport(
    const struct rtc_sdp_transport *t, const struct rtc_sdp_transport *first)
{
    if (!t->has_fingerprint)
        return RTC_SDP_NO_FINGERPRINT;
    if (!t->ufrag[0] || !t->pwd[0])
        return RTC_SDP_NO_ICE;
    if (t->setup == RTC_SDP_SETUP_NONE)
        return RTC_SDP_NO_SETUP;
    if (memcmp(t->fingerprint, first->fingerprint, sizeof(t->fingerprint)) != 0)
        return RTC_SDP_FINGERPRINT_CONFLICT;
    if (strcmp(t->ufrag, first->ufrag) != 0 || strcmp(t->pwd, first->pwd) != 0)
        return RTC_SDP_ICE_CONFLICT;
    return t->setup == first->setup ? RTC_SDP_OK : RTC_SDP_SETUP_CONFLICT;
}

static enum rtc_sdp_verdict check_mids(const struct rtc_sdp *sdp)
{
    for (size_t i = 0; i < sdp->section_count; i++) {
        for (size_t k = i + 1; k < sdp->section_count; k++) {
            if (sdp->sections[i].mid[0] &&
                strcmp(sdp->sections[i].mid, sdp->sections[k].mid) == 0)
                return RTC_SDP_DUPLICATE;
        }
    }
    return RTC_SDP_OK;
}

static bool in_bundle(const struct rtc_sdp_parser *p, const char *mid)
{
    for (size_t i = 0; mid[0] && i < p->bundle_count; i++) {
        if (rtc_token_is(p->bundle[i], mid))
            return true;
    }
    return false;
}

static enum rtc_sdp_verdict finish(struct rtc_sdp_parser *p)
{
    struct rtc_sdp *sdp = p->sdp;
    const struct rtc_sdp_transport *first = NULL;
    if (sdp->section_count == 0)
        return RTC_SDP_NO_SECTION;
    enum rtc_sdp_verdict v = check_mids(sdp);
    for (size_t i = 0; v == RTC_SDP_OK && i < sdp->section_count; i++) {
        struct rtc_sdp_section *m = &sdp->sections[i];
        m->rejected = m->port == 0 && !m->bundle_only;
        m->bundled = in_bundle(p, m->mid);
        if (m->rejected)
            continue;
        if (!m->bundled)
            return RTC_SDP_NOT_BUNDLED;
        inherit(&m->transport, &p->session);
        if (!first)
            first = &m->transport;
        inherit(&m->transport, first);
        v = check_transport(&m->transport, first);
        if (v == RTC_SDP_OK && m->kind != RTC_SDP_APPLICATION && !m->rtcp_mux)
            v = RTC_SDP_NO_RTCP_MUX;
    }
    return v;
}

enum rtc_sdp_verdict rtc_sdp_parse(const char *text, size_t len,
                                   struct rtc_sdp *ret)
{
    if (len > RTC_SDP_TEXT_MAX)
        return RTC_SDP_OVERSIZED;
    memset(ret, 0, sizeof(*ret));
    struct rtc_sdp_parser p = {.sdp = ret, .direction = RTC_SDP_SENDRECV};
    struct rtc_scan s = rtc_scan(text, len);
    struct rtc_token line;
    enum rtc_sdp_verdict v = take_head(ret, &s);
    while (v == RTC_SDP_OK && rtc_scan_line(&s, &line))
        v = take_line(&p, line);
    return v == RTC_SDP_OK ? finish(&p) : v;
}

/* The answer against the offer. */
#include "rtc/wire/sdp_internal.h"

#include <string.h>
#include <strings.h>

/* What our offers contain; sdp_offer.c writes the same. */
static const struct {
    enum rtc_sdp_kind kind;
    const char *mid;
} sections[] = {
    {RTC_SDP_VIDEO, "0"}, {RTC_SDP_AUDIO, "1"}, {RTC_SDP_APPLICATION, "2"}};

static const struct offered_codec {
    enum rtc_sdp_kind kind;
    uint8_t pt;
    uint8_t apt;
    const char *name;
    uint32_t clock_hz;
    uint8_t channels;
    uint8_t feedback;
} codecs[] = {
    {RTC_SDP_VIDEO, RTC_PT_VP8, 0, "VP8", 90000, 1,
     RTC_SDP_FB_NACK | RTC_SDP_FB_PLI | RTC_SDP_FB_FIR | RTC_SDP_FB_TWCC},
    {RTC_SDP_VIDEO, RTC_PT_RTX, RTC_PT_VP8, "rtx", 90000, 1, 0},
    {RTC_SDP_AUDIO, RTC_PT_OPUS, 0, "opus", 48000, 2, RTC_SDP_FB_TWCC},
};

static const struct {
    enum rtc_sdp_kind kind;
    uint8_t id;
    enum rtc_sdp_ext uri;
} extensions[] = {
    {RTC_SDP_VIDEO, RTC_EXT_TWCC, RTC_SDP_EXT_TWCC},
    {RTC_SDP_VIDEO, RTC_EXT_PLAYOUT, RTC_SDP_EXT_PLAYOUT},
    {RTC_SDP_AUDIO, RTC_EXT_TWCC, RTC_SDP_EXT_TWCC},
};

static const struct rtc_sdp_codec *find_codec(const struct rtc_sdp_section *m,
                                              uint8_t pt)
{
    for (size_t i = 0; !m->rejected && i < m->codec_count; i++) {
        if (m->codecs[i].pt == pt)
            return &m->codecs[i];
    }
    return NULL;
}

static bool has_extension(const struct rtc_sdp_section *m, uint8_t id)
{
    for (size_t i = 0; i < m->extmap_count; i++) {
        if (m->extmaps[i].id == id)
            return true;
    }
    return false;
}

static enum rtc_sdp_verdict check_codec(enum rtc_sdp_kind kind,
                                        const struct rtc_sdp_codec *c)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(codecs); i++) {
        const struct offered_codec *o = &codecs[i];
        if (o->kind != kind || o->pt != c->pt)
            continue;
        if (strcasecmp(o->name, c->name) != 0 || o->clock_hz != c->clock_hz ||
            o->channels != c->channels || o->apt != c->apt)
            return RTC_SDP_CODEC_NOT_OFFERED;
        return c->feedback & ~o->feedback ? RTC_SDP_FEEDBACK_NOT_OFFERED
                                          : RTC_SDP_OK;
    }
    return RTC_SDP_CODEC_NOT_OFFERED;
}

static enum rtc_sdp_verdict check_extension(enum rtc_sdp_kind kind,
                                            const struct rtc_sdp_extmap *e)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(extensions); i++) {
        if (extensions[i].kind == kind && extensions[i].id == e->id &&
            extensions[i].uri == e->uri)
            return RTC_SDP_OK;
    }
    return RTC_SDP_EXTENSION_NOT_OFFERED;
}

static enum rtc_sdp_verdict check_rtp(const struct rtc_sdp_section *m)
{
    enum rtc_sdp_verdict v = RTC_SDP_OK;
    for (size_t i = 0; v == RTC_SDP_OK && i < m->codec_count; i++)
        v = check_codec(m->kind, &m->codecs[i]);
    for (size_t i = 0; v == RTC_SDP_OK && i < m->extmap_count; i++)
        v = check_extension(m->kind, &m->extmaps[i]);
    /* RTX alone is no codec. */
    uint8_t main_pt = m->kind == RTC_SDP_VIDEO ? RTC_PT_VP8 : RTC_PT_OPUS;
    if (v == RTC_SDP_OK && !find_codec(m, main_pt))
        v = RTC_SDP_CODEC_NOT_OFFERED;
    return v;
}

static bool ssrc_taken(const struct rtc_sdp_offer *offer,
                       const struct rtc_sdp *answer, size_t section,
                       uint32_t ssrc)
{
    if (ssrc == offer->video_ssrc || ssrc == offer->rtx_ssrc ||
        ssrc == offer->audio_ssrc)
        return true;
    for (size_t i = 0; i < section; i++) {
        const struct rtc_sdp_section *m = &answer->sections[i];
        for (size_t k = 0; k < m->ssrc_count; k++) {
            if (m->ssrcs[k] == ssrc)
                return true;
        }
    }
    return false;
}

static enum rtc_sdp_verdict check_section(const struct rtc_sdp_offer *offer,
                                          const struct rtc_sdp *answer,
                                          size_t i)
{
    const struct rtc_sdp_section *m = &answer->sections[i];
    if (strcmp(m->mid, sections[i].mid) != 0 || m->kind != sections[i].kind)
        return RTC_SDP_SECTION_ORDER;
    if (m->rejected)
        return i == 0 ? RTC_SDP_REJECTED : RTC_SDP_OK;
    for (size_t k = 0; k < m->ssrc_count; k++) {
        if (ssrc_taken(offer, answer, i, m->ssrcs[k]))
            return RTC_SDP_SSRC_CONFLICT;
    }
    if (m->kind == RTC_SDP_APPLICATION)
        return m->sctp_port != 0 ? RTC_SDP_OK : RTC_SDP_DATA_CHANNEL;
    return check_rtp(m);
}

/* Our own description sent back is a lie of its own kind. */
static enum rtc_sdp_verdict check_far_end(const struct rtc_sdp_offer *offer,
                                          const struct rtc_sdp_transport *t)
{
    if (t->setup != RTC_SDP_ACTIVE && t->setup != RTC_SDP_PASSIVE)
        return RTC_SDP_SETUP_ROLE;
    if (memcmp(t->fingerprint, offer->fingerprint, 32) == 0)
        return RTC_SDP_FINGERPRINT_CONFLICT;
    if (strcmp(t->ufrag, offer->ufrag) == 0 || strcmp(t->pwd, offer->pwd) == 0)
        return RTC_SDP_ICE_CONFLICT;
    return RTC_SDP_OK;
}

static void fill_video(const struct rtc_sdp_section *m,
                       struct rtc_sdp_agreed *a)
{
    const struct rtc_sdp_codec *vp8 = find_codec(m, RTC_PT_VP8);
    if (!vp8)
        return;
    a->video_send = m->direction & RTC_SDP_RECV;
    a->video_receive = m->direction & RTC_SDP_SEND;
    a->rtx = find_codec(m, RTC_PT_RTX) != NULL;
    a->nack = vp8->feedback & RTC_SDP_FB_NACK;
    a->twcc_video =
        (vp8->feedback & RTC_SDP_FB_TWCC) && has_extension(m, RTC_EXT_TWCC);
    a->playout_delay = has_extension(m, RTC_EXT_PLAYOUT);
    a->remote_video_ssrc = m->fid[0];
    a->remote_rtx_ssrc = m->fid[1];
    if (m->fid[0] == 0 && m->ssrc_count > 0)
        a->remote_video_ssrc = m->ssrcs[0];
}

static void fill_audio(const struct rtc_sdp_section *m,
                       struct rtc_sdp_agreed *a)
{
    const struct rtc_sdp_codec *opus = find_codec(m, RTC_PT_OPUS);
    if (!opus)
        return;
    a->audio_send = m->direction & RTC_SDP_RECV;
    a->audio_receive = m->direction & RTC_SDP_SEND;
    a->twcc_audio =
        (opus->feedback & RTC_SDP_FB_TWCC) && has_extension(m, RTC_EXT_TWCC);
    a->opus_fec = strstr(opus->fmtp, "useinbandfec=1") != NULL;
    a->opus_dtx = strstr(opus->fmtp, "usedtx=1") != NULL;
    if (m->ssrc_count > 0)
        a->remote_audio_ssrc = m->ssrcs[0];
}

enum rtc_sdp_verdict rtc_sdp_check_answer(const struct rtc_sdp_offer *offer,
                                          const struct rtc_sdp *answer,
                                          struct rtc_sdp_agreed *ret)
{
    if (!answer->has_luukku_offer || answer->luukku_offer != offer->version)
        return RTC_SDP_OFFER_VERSION;
    if (answer->section_count != LK_ARRAY_LEN(sections))
        return RTC_SDP_SECTION_COUNT;
    enum rtc_sdp_verdict v = RTC_SDP_OK;
    for (size_t i = 0; v == RTC_SDP_OK && i < LK_ARRAY_LEN(sections); i++)
        v = check_section(offer, answer, i);
    const struct rtc_sdp_transport *t = &answer->sections[0].transport;
    if (v == RTC_SDP_OK)
        v = check_far_end(offer, t);
    if (v != RTC_SDP_OK)
        return v;
    struct rtc_sdp_agreed a = {0};
    a.dtls_client = t->setup == RTC_SDP_PASSIVE;
    memcpy(a.fingerprint, t->fingerprint, sizeof(a.fingerprint));
    memcpy(a.ufrag, t->ufrag, sizeof(a.ufrag));
    memcpy(a.pwd, t->pwd, sizeof(a.pwd));
    fill_video(&answer->sections[0], &a);
    fill_audio(&answer->sections[1], &a);
    a.data = !answer->sections[2].rejected;
    a.sctp_port = answer->sections[2].sctp_port;
    a.max_message_size = answer->sections[2].max_message_size;
    *ret = a;
    return RTC_SDP_OK;
}

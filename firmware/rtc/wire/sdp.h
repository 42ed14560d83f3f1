/* sdp.h - session descriptions: a bounded parser, our offer, the answer's
 * check.
 *
 * Spec: RFC 8866 (SDP), RFC 8829 (JSEP), RFC 8839 (ICE), RFC 8842 (DTLS),
 * RFC 9143 (BUNDLE), RFC 8841 (SCTP), RFC 8285 (extmap), RFC 5576 (ssrc). Pure,
 * any thread. The kiosk always offers: there is no writer of answers. Lies are
 * told apart by name (enum rtc_sdp_verdict), which is data and not an error.
 */
#ifndef LUUKKU_RTC_WIRE_SDP_H
#define LUUKKU_RTC_WIRE_SDP_H

#include "rtc/wire/candidate.h"

/* Bytes of a whole description. */
#define RTC_SDP_TEXT_MAX ((size_t)24 * 1024)
#define RTC_SDP_LINE_MAX 1024
#define RTC_SDP_SECTIONS_MAX 8
#define RTC_SDP_CODECS_MAX 64 /* per section */
#define RTC_SDP_EXTMAPS_MAX 24
#define RTC_SDP_SSRCS_MAX 8
#define RTC_SDP_CANDIDATES_MAX 64 /* of the whole description */
#define RTC_SDP_MID_MAX 17
#define RTC_SDP_TOKEN_MAX 65 /* msid and cname parts, with NUL */

/* Payload types and extension ids of our offers. */
enum {
    RTC_PT_VP8 = 96,
    RTC_PT_RTX = 97, /* of VP8, RFC 4588 */
    RTC_PT_OPUS = 111
};
enum { RTC_EXT_TWCC = 3, RTC_EXT_PLAYOUT = 4 };

enum rtc_sdp_verdict {
    RTC_SDP_OK = 0,
    /* rtc_sdp_parse() */
    RTC_SDP_OVERSIZED,            /* text, line or list above its ceiling */
    RTC_SDP_MALFORMED,            /* not SDP, or an attribute is broken */
    RTC_SDP_NO_VERSION,           /* v=0 or the o= line is missing */
    RTC_SDP_NO_SECTION,           /* no m= line */
    RTC_SDP_DUPLICATE,            /* the same attribute, mid, pt or id twice */
    RTC_SDP_NO_FINGERPRINT,       /* none for a section in use */
    RTC_SDP_FINGERPRINT_HASH,     /* not sha-256 */
    RTC_SDP_FINGERPRINT_CONFLICT, /* bundled sections differ */
    RTC_SDP_NO_ICE,               /* credentials are missing */
    RTC_SDP_ICE_CONFLICT,         /* bundled sections differ */
    RTC_SDP_NO_SETUP,             /* DTLS role is missing or unknown */
    RTC_SDP_SETUP_CONFLICT,       /* bundled sections differ */
    RTC_SDP_NOT_BUNDLED,          /* a section in use is not in the group */
    RTC_SDP_NO_RTCP_MUX,
    RTC_SDP_PROTOCOL, /* a transport that is not DTLS */
    /* rtc_sdp_check_answer() */
    RTC_SDP_OFFER_VERSION, /* no or another a=x-luukku-offer */
    RTC_SDP_SECTION_COUNT, /* not the number of sections offered */
    RTC_SDP_SECTION_ORDER, /* another mid or kind in its place */
    RTC_SDP_REJECTED,      /* the section that carries the bundle */
    RTC_SDP_SETUP_ROLE,    /* actpass or holdconn in an answer */
    RTC_SDP_CODEC_NOT_OFFERED,
    RTC_SDP_EXTENSION_NOT_OFFERED,
    RTC_SDP_FEEDBACK_NOT_OFFERED,
    RTC_SDP_SSRC_CONFLICT, /* one of ours, or of two sections */
    RTC_SDP_DATA_CHANNEL,  /* no usable sctp-port */
    RTC_SDP_VERDICTS       /* the number of verdicts */
};

/* The verdict's name for logs and the screen, e.g. "fingerprint-conflict";
 * never NULL. */
const char *rtc_sdp_verdict_name(enum rtc_sdp_verdict v);

enum rtc_sdp_kind {
    RTC_SDP_AUDIO = 0,
    RTC_SDP_VIDEO,
    RTC_SDP_APPLICATION,
    RTC_SDP_OTHER
};

enum rtc_sdp_setup {
    RTC_SDP_SETUP_NONE = 0,
    RTC_SDP_ACTIVE,  /* DTLS client */
    RTC_SDP_PASSIVE, /* DTLS server */
    RTC_SDP_ACTPASS,
    RTC_SDP_HOLDCONN
};

/* Directions as bits, from the describing side. */
enum {
    RTC_SDP_INACTIVE = 0,
    RTC_SDP_SEND = 1,
    RTC_SDP_RECV = 2,
    RTC_SDP_SENDRECV = 3
};

/* Feedback of a codec, as bits. */
enum {
    RTC_SDP_FB_NACK = 1,
    RTC_SDP_FB_PLI = 2,
    RTC_SDP_FB_FIR = 4,
    RTC_SDP_FB_TWCC = 8,
    RTC_SDP_FB_REMB = 16,
    RTC_SDP_FB_OTHER = 32
};

enum rtc_sdp_ext {
    RTC_SDP_EXT_OTHER = 0,
    RTC_SDP_EXT_TWCC,    /* draft-holmer transport-wide sequence number */
    RTC_SDP_EXT_PLAYOUT, /* playout-delay */
    RTC_SDP_EXT_MID,     /* RFC 9143 */
    RTC_SDP_EXT_ABS_SEND_TIME,
    RTC_SDP_EXT_AUDIO_LEVEL
};

struct rtc_sdp_codec {
    uint8_t pt;        /* 0..127 */
    uint8_t channels;  /* 1 when not said */
    uint8_t feedback;  /* RTC_SDP_FB_ bits */
    uint8_t apt;       /* of rtx: the payload type it repairs; else 0 */
    uint32_t clock_hz; /* 0: no rtpmap */
    char name[20];     /* as written; compare without case */
    char fmtp[160];    /* parameters, empty when none */
};

struct rtc_sdp_extmap {
    uint8_t id; /* 1..255 */
    enum rtc_sdp_ext uri;
};

/* What a section of its own would need; shared by all of a bundle. */
struct rtc_sdp_transport {
    bool has_fingerprint;
    uint8_t fingerprint[32]; /* SHA-256 */
    enum rtc_sdp_setup setup;
    char ufrag[RTC_ICE_UFRAG_MAX]; /* empty: not said */
    char pwd[RTC_ICE_PWD_MAX];
};

struct rtc_sdp_section {
    enum rtc_sdp_kind kind;
    char mid[RTC_SDP_MID_MAX];
    uint16_t port; /* 0: rejected, unless bundle-only */
    bool bundle_only;
    bool rejected;     /* port 0 and not bundle-only */
    bool bundled;      /* in the BUNDLE group */
    uint8_t direction; /* RTC_SDP_SEND, RTC_SDP_RECV bits */
    bool rtcp_mux;
    bool rtcp_rsize;
    struct rtc_sdp_transport transport; /* inherited where not said */
    size_t codec_count;
    struct rtc_sdp_codec codecs[RTC_SDP_CODECS_MAX];
    size_t extmap_count;
    struct rtc_sdp_extmap extmaps[RTC_SDP_EXTMAPS_MAX];
    size_t ssrc_count;
    uint32_t ssrcs[RTC_SDP_SSRCS_MAX];
    uint32_t fid[2]; /* a=ssrc-group:FID media, rtx; 0 when none */
    char stream[RTC_SDP_TOKEN_MAX]; /* msid's stream, "-" or empty: none */
    uint16_t sctp_port;
    uint32_t max_message_size; /* bytes; 0: no limit; 65536 when not said */
};

struct rtc_sdp { /* about 110 KiB: keep it on the heap and only a while */
    uint64_t session_id;
    uint64_t version;
    bool has_luukku_offer;
    uint64_t luukku_offer; /* a=x-luukku-offer: */
    bool trickle;
    bool end_of_candidates;
    size_t section_count;
    struct rtc_sdp_section sections[RTC_SDP_SECTIONS_MAX];
    size_t candidate_count;
    struct rtc_candidate candidates[RTC_SDP_CANDIDATES_MAX];
    size_t candidates_ignored; /* well-formed, of a kind unknown to us */
};

/* Makes an empty description; free with rtc_sdp_free(). Errors: -ENOMEM. */
int rtc_sdp_new(struct rtc_sdp **ret) LK_MUST_CHECK;
struct rtc_sdp *rtc_sdp_free(struct rtc_sdp *s);
LK_AUTO_DEFINE(rtc_sdp);

/* Parses `len` bytes of text, lines ended by CRLF or LF, and checks what holds
 * for any description of ours or for us: one bundle of DTLS sections with one
 * fingerprint, one pair of ICE credentials, rtcp-mux.
 *
 * ret     overwritten whole; meaningful only when RTC_SDP_OK is returned
 * Thread  any
 */
enum rtc_sdp_verdict rtc_sdp_parse(const char *text, size_t len,
                                   struct rtc_sdp *ret) LK_MUST_CHECK;

/* What our offer is made of. Sections are always, in this order: video (mid
 * "0"), audio ("1"), data channels ("2"). */
#define RTC_SDP_OFFER_CANDIDATES_MAX 32
struct rtc_sdp_offer {
    uint64_t session_id; /* 1..2^63-1: names the connection */
    uint64_t version;    /* rises with each offer of the call */
    char ufrag[RTC_ICE_UFRAG_MAX];
    char pwd[RTC_ICE_PWD_MAX];
    uint8_t fingerprint[32]; /* SHA-256 of our certificate */
    uint32_t video_ssrc;     /* not 0, all three different */
    uint32_t rtx_ssrc;
    uint32_t audio_ssrc;
    char cname[RTC_SDP_TOKEN_MAX]; /* random, not a name of anything */
    bool split_streams; /* sound and picture in streams of their own: the
                           browser then does not delay one for the other */
    bool end_of_candidates;
    size_t candidate_count;
    struct rtc_candidate candidates[RTC_SDP_OFFER_CANDIDATES_MAX];
};

/* Writes the offer, CRLF lines and a NUL, into `cap` bytes; returns its
 * length. RTC_SDP_TEXT_MAX is always enough.
 * Errors  -EMSGSIZE does not fit, -EINVAL a field out of range */
int rtc_sdp_write_offer(const struct rtc_sdp_offer *offer, char *ret,
                        size_t cap) LK_MUST_CHECK;

/* What was agreed on, from our side. */
struct rtc_sdp_agreed {
    bool dtls_client; /* we start the handshake: the far end is passive */
    uint8_t fingerprint[32]; /* the far end's, to be enforced */
    char ufrag[RTC_ICE_UFRAG_MAX];
    char pwd[RTC_ICE_PWD_MAX];
    bool video_send, video_receive; /* by us */
    bool audio_send, audio_receive;
    bool rtx; /* in both directions */
    bool nack;
    bool opus_fec;               /* the far end wants in-band FEC from us */
    bool opus_dtx;               /* it wants silence left out */
    bool twcc_video, twcc_audio; /* extension and feedback agreed */
    bool playout_delay;
    uint32_t remote_video_ssrc; /* 0: not said */
    uint32_t remote_rtx_ssrc;
    uint32_t remote_audio_ssrc;
    bool data;
    uint16_t sctp_port;
    uint32_t max_message_size; /* bytes that the far end takes; 0: no limit */
};

/* Checks a parsed answer against the offer it must answer. Candidates are in
 * answer->candidates.
 *
 * ret     filled only when RTC_SDP_OK is returned
 */
enum rtc_sdp_verdict rtc_sdp_check_answer(
    const struct rtc_sdp_offer *offer, const struct rtc_sdp *answer,
    struct rtc_sdp_agreed *ret) LK_MUST_CHECK;

#endif

/* sdp_internal.h - what the files of the SDP parser share. Private. */
#ifndef LUUKKU_RTC_WIRE_SDP_INTERNAL_H
#define LUUKKU_RTC_WIRE_SDP_INTERNAL_H

#include "rtc/wire/scan.h"
#include "rtc/wire/sdp.h"

/* The state of one parse. */
struct rtc_sdp_parser {
    struct rtc_sdp *sdp;
    struct rtc_sdp_section *section;  /* NULL above the first m= line */
    struct rtc_sdp_transport session; /* what sections inherit */
    uint8_t direction;                /* likewise */
    bool has_direction;               /* said in the present part */
    size_t bundle_count;
    struct rtc_token bundle[RTC_SDP_SECTIONS_MAX]; /* mids, borrowed */
    uint64_t seen; /* attributes met in the present part, by table index */
};

/* One a= line, without "a=". */
enum rtc_sdp_verdict rtc_sdp_parse_attribute(struct rtc_sdp_parser *p,
                                             struct rtc_token line);

/* Attributes of RTP sections: "<pt> ..." and the like. */
enum rtc_sdp_verdict rtc_sdp_take_rtpmap(struct rtc_sdp_parser *p,
                                         struct rtc_token value);
enum rtc_sdp_verdict rtc_sdp_take_fmtp(struct rtc_sdp_parser *p,
                                       struct rtc_token value);
enum rtc_sdp_verdict rtc_sdp_take_feedback(struct rtc_sdp_parser *p,
                                           struct rtc_token value);
enum rtc_sdp_verdict rtc_sdp_take_extmap(struct rtc_sdp_parser *p,
                                         struct rtc_token value);
enum rtc_sdp_verdict rtc_sdp_take_ssrc(struct rtc_sdp_parser *p,
                                       struct rtc_token value);
enum rtc_sdp_verdict rtc_sdp_take_ssrc_group(struct rtc_sdp_parser *p,
                                             struct rtc_token value);
enum rtc_sdp_verdict rtc_sdp_take_msid(struct rtc_sdp_parser *p,
                                       struct rtc_token value);

/* The URI of an extension that we offer; NULL for others. */
const char *rtc_sdp_ext_uri(enum rtc_sdp_ext ext);

#endif

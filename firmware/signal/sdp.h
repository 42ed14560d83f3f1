/* sdp.h - private to this room: what the signalling itself must know of an SDP.
 *
 * Spec: RFC 8866; PROTOCOL.md, "Versions" and "Fingerprints". Pure. The rest
 * of a description is for the transport's parser (rtc/wire).
 */
#ifndef LUUKKU_SIGNAL_SDP_H
#define LUUKKU_SIGNAL_SDP_H

#include "signal/envelope.h"

struct signal_sdp {
    uint64_t session_id;
    uint64_t version; /* of the o= line */
    uint64_t answers; /* a=x-luukku-offer, 0 when there is none */
    uint8_t print[SIGNAL_PRINT_LEN]; /* the one fingerprint */
};

/* Looks through `len` bytes of text.
 * Returns SIGNAL_OK, SIGNAL_MALFORMED or SIGNAL_FINGERPRINT. */
enum signal_reason signal_sdp_look(const char *text, size_t len,
                                   struct signal_sdp *ret);

#endif

/* body.h - private to this room: the bodies of envelopes.
 *
 * Spec: PROTOCOL.md, "Bodies". Pure but for allocation. Parsers return
 * SIGNAL_OK, a reason, or -ENOMEM; strings they fill are bounded copies.
 */
#ifndef LUUKKU_SIGNAL_BODY_H
#define LUUKKU_SIGNAL_BODY_H

#include "signal/call.h"
#include "signal/sdp.h"

struct signal_body_claim {
    char resume[SIGNAL_NONCE_SIZE]; /* "" when there is none */
    size_t cert_len;
    uint8_t cert[SIGNAL_CERT_MAX];
};
int signal_body_claim(const char *body, size_t len,
                      struct signal_body_claim *ret) LK_MUST_CHECK;

struct signal_body_candidate {
    uint64_t version;
    char mid[SIGNAL_MID_MAX];
    char candidate[SIGNAL_CANDIDATE_MAX + 1];
};
int signal_body_candidate(const char *body, size_t len,
                          struct signal_body_candidate *ret) LK_MUST_CHECK;

int signal_body_bye(const char *body, size_t len,
                    enum signal_bye *ret) LK_MUST_CHECK;

/* The signature that is acknowledged: SIGNAL_SIG_TEXT_SIZE bytes. */
int signal_body_ack(const char *body, size_t len, char *ret) LK_MUST_CHECK;

struct signal_body_announce {
    char agency[LK_NAME_MAX];
    int64_t since_s;
    bool gone;
};
int signal_body_announce(const char *body, size_t len,
                         struct signal_body_announce *ret) LK_MUST_CHECK;

/* Presence is no body of an envelope but the whole payload. */
#define SIGNAL_PRESENCE_MAX 1024 /* bytes */
struct signal_presence {
    bool free;
    bool gone;
};
int signal_body_presence(const char *payload, size_t len,
                         struct signal_presence *ret) LK_MUST_CHECK;

/* Writers; the text is to be freed by free(). Errors: -ENOMEM. */
struct signal_announce_draft {
    const struct signal_wait *wait;
    const char *site;
    int64_t since_s;
    bool gone;
};
int signal_body_write_announce(const struct signal_announce_draft *draft,
                               char **ret) LK_MUST_CHECK;
int signal_body_write_grant(uint32_t n, const struct signal_wait *wait,
                            char **ret) LK_MUST_CHECK;
int signal_body_write_refuse(enum signal_reason why, char **ret) LK_MUST_CHECK;
int signal_body_write_candidate(uint32_t n,
                                const struct signal_candidate *candidate,
                                char **ret) LK_MUST_CHECK;
int signal_body_write_bye(uint32_t n, enum signal_bye why,
                          char **ret) LK_MUST_CHECK;
int signal_body_write_ack(const char *sig, char **ret) LK_MUST_CHECK;

#endif

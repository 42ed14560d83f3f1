/* dtls.h - DTLS 1.2 over datagrams, with keys for SRTP.
 *
 * Spec: RFC 6347, RFC 5763 and 5764 (DTLS-SRTP), RFC 8122 (fingerprint), RFC
 * 7714 (AES-GCM). Either role; a fresh P-256 certificate per connection; the
 * far end's certificate is measured against the signed fingerprint before any
 * key is used. No renegotiation, no tickets, no resumption. Not here: SRTP.
 */
#ifndef LUUKKU_RTC_NET_DTLS_H
#define LUUKKU_RTC_NET_DTLS_H

#include "loop/loop.h"
#include "rtc/net/pipe.h"

#include <stdbool.h>

struct rtc_dtls;
struct rtc_dtls_keys;

#define RTC_DTLS_FINGERPRINT_LEN 32 /* SHA-256 */
#define RTC_DTLS_TIMEOUT_MS 15000   /* the whole handshake */
#define RTC_DTLS_EARLY_MAX 8        /* records held until there is a path */
#define RTC_DTLS_RECORD_MAX 2048    /* longest datagram taken in, in bytes */
#define RTC_DTLS_SEND_MAX RTC_PIPE_SECURE_MTU

enum rtc_dtls_failure {
    RTC_DTLS_NO_FAILURE = 0,
    RTC_DTLS_FINGERPRINT, /* the far end's certificate is another one */
    RTC_DTLS_CERTIFICATE, /* none, or of a kind that is not taken */
    RTC_DTLS_PROFILE,     /* no common SRTP profile */
    RTC_DTLS_TIMEOUT,     /* the handshake took too long */
    RTC_DTLS_PROTOCOL,    /* an alert or a malformed handshake */
    RTC_DTLS_INTERNAL     /* a library refused */
};

/* "fingerprint", "certificate", "srtp-profile", "dtls-timeout",
 * "dtls-protocol", "internal"; empty for none. */
const char *rtc_dtls_failure_name(enum rtc_dtls_failure f);

struct rtc_dtls_events {
    /* Done. `keys` die on return: rtc_srtp_new() copies them. */
    void (*secure)(void *arg, const struct rtc_dtls_keys *keys);
    void (*receive)(void *arg, const uint8_t *data, size_t len);
    void (*closed)(void *arg); /* close-notify came */
    void (*failed)(void *arg, enum rtc_dtls_failure why);
};

/* SRTP profiles of RFC 5764 and RFC 7714, by their registered numbers. */
enum rtc_dtls_profile {
    RTC_DTLS_AES128_CM_SHA1_80 = 0x0001,
    RTC_DTLS_AEAD_AES_128_GCM = 0x0007
};

struct rtc_dtls_keys {
    enum rtc_dtls_profile profile;
    uint8_t send[30]; /* key, then salt: 16 + 14, or 16 + 12 */
    uint8_t receive[30];
};

/* Makes the certificate; nothing is sent. `below` is copied.
 * Owner: caller. Errors: -ENOMEM, -EIO. */
int rtc_dtls_new(struct lk_loop *loop, const struct rtc_pipe *below,
                 const struct rtc_dtls_events *ev, void *arg,
                 struct rtc_dtls **ret) LK_MUST_CHECK;

/* Sends close-notify when the handshake was done, wipes and frees. NULL is
 * fine. Not from inside a callback. Returns NULL. */
struct rtc_dtls *rtc_dtls_free(struct rtc_dtls *d);
LK_AUTO_DEFINE(rtc_dtls);

/* SHA-256 of our certificate, RTC_DTLS_FINGERPRINT_LEN bytes. */
const uint8_t *rtc_dtls_fingerprint(const struct rtc_dtls *d);

/* Sets role and the far end's fingerprint; the handshake begins with the path.
 * timeout_ms counts from there (0: RTC_DTLS_TIMEOUT_MS).
 * Errors  -EALREADY, -ENOMEM, -EIO */
int rtc_dtls_start(struct rtc_dtls *d, bool client,
                   const uint8_t fingerprint[RTC_DTLS_FINGERPRINT_LEN],
                   int timeout_ms) LK_MUST_CHECK;

/* The layer below has a working path: held records are answered, and a client
 * starts. */
void rtc_dtls_path_up(struct rtc_dtls *d);

/* Takes one datagram from below. */
void rtc_dtls_receive(struct rtc_dtls *d, const uint8_t *data, size_t len);

/* Sends one application datagram of at most RTC_DTLS_SEND_MAX bytes; a struct
 * rtc_pipe's send. Errors: -EAGAIN not secure yet, -EPIPE closed or failed,
 * -EMSGSIZE, -EIO. */
int rtc_dtls_send(void *dtls, const uint8_t *data, size_t len);

bool rtc_dtls_is_secure(const struct rtc_dtls *d);

/* Handshakes completed: never above 1. */
unsigned rtc_dtls_handshakes(const struct rtc_dtls *d);

/* Prepares the library, once per process. Errors: -EIO. */
int rtc_dtls_init(void) LK_MUST_CHECK;

#endif

/* dtls_lib.h - what dtls.c needs of OpenSSL made ready: the context, a
 * datagram BIO, a certificate. Private to the room.
 */
#ifndef LUUKKU_RTC_NET_DTLS_LIB_H
#define LUUKKU_RTC_NET_DTLS_LIB_H

#include "rtc/net/dtls.h"

#include <openssl/ssl.h>

/* The one context of the process; NULL before dtls_lib_init(). */
SSL_CTX *dtls_lib_context(void);

/* Makes it. Errors: -EIO. */
int dtls_lib_init(void);

/* Where a connection's datagrams come from and go to. OpenSSL 3.0's memory BIO
 * loses the boundaries of datagrams. */
struct dtls_wire {
    struct rtc_pipe below;
    const uint8_t *in; /* the datagram being read, or NULL */
    size_t in_len;
};

/* A BIO over `wire` (borrowed); NULL when there is no memory. */
BIO *dtls_lib_bio_new(struct dtls_wire *wire);

/* Makes a key and a self-signed certificate of it. Errors: -EIO, -ENOMEM. */
int dtls_lib_certificate_new(EVP_PKEY **ret_key, X509 **ret_cert);

/* SHA-256 of a certificate's DER. Errors: -EIO. */
int dtls_lib_fingerprint(const X509 *cert,
                         uint8_t ret[RTC_DTLS_FINGERPRINT_LEN]);

/* Asked for the far end's certificate in the middle of the handshake, with the
 * SSL's application data: 1 to go on, 0 to refuse. Defined in dtls.c. */
int dtls_verify(void *dtls, const X509 *cert);

#endif

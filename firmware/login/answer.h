/* answer.h - what the identification service answers, and what it is asked.
 *
 * Spec: RFC 8628 (device authorization grant) sections 3.1 to 3.5, RFC 6749
 * sections 4.1.3 and 5.2, OpenID Connect Core 1.0 section 3.1.3.3. Pure,
 * bounded, total. Not here: when what is asked (flow.h); checking the ID token,
 * which the expert's page does.
 */
#ifndef LUUKKU_LOGIN_ANSWER_H
#define LUUKKU_LOGIN_ANSWER_H

#include "base/buf.h"

#define LOGIN_ANSWER_MAX 32768 /* bytes of an answer */
#define LOGIN_DEVICE_MAX 1024  /* bytes of a device code, the NUL included */
#define LOGIN_URL_MAX 256      /* likewise, of an address for the telephone */
#define LOGIN_CODE_MAX 32      /* likewise, of a code that is typed */
#define LOGIN_TOKEN_MAX 15360  /* bytes of an ID token */
#define LOGIN_FORM_MAX 4096    /* bytes of what is asked */
#define LOGIN_INTERVAL_S 5     /* where the service names none */
#define LOGIN_INTERVAL_MAX_S 60
#define LOGIN_LASTS_MAX_S 600

/* A login that has begun. */
struct login_start {
    char device[LOGIN_DEVICE_MAX]; /* secret, printable ASCII */
    char url[LOGIN_URL_MAX];   /* https, ASCII: with the code in it where the
                                  service offers that, else without */
    char code[LOGIN_CODE_MAX]; /* printable ASCII, not empty */
    uint32_t lasts_s;          /* 1..LOGIN_LASTS_MAX_S */
    uint32_t interval_s;       /* 1..LOGIN_INTERVAL_MAX_S */
};

/* The answer to the first question. Members that are not known are passed over.
 * Errors: -EBADMSG, -EMSGSIZE a member is longer than is taken here. */
int login_parse_start(const char *json, size_t len,
                      struct login_start *ret) LK_MUST_CHECK;

enum login_verdict {
    LOGIN_TOKEN,     /* token */
    LOGIN_PENDING,   /* the citizen is not ready yet */
    LOGIN_SLOW_DOWN, /* likewise, and asked too often */
    LOGIN_DENIED,    /* on the telephone */
    LOGIN_EXPIRED,
    LOGIN_AWAY,   /* no answer, or a server's own trouble: ask again */
    LOGIN_BROKEN, /* anything else: it is over */
    LOGIN_VERDICTS,
};

struct login_poll {
    enum login_verdict verdict;
    /* TOKEN: three parts of base64url. Owner: caller, lk_buf_free(), which
     * overwrites it. NULL otherwise. */
    struct lk_buf *token;
};

/* The answer to a later question. `status`: HTTP's, 0 when there was none.
 * Errors: -ENOMEM. */
int login_parse_poll(long status, const char *json, size_t len,
                     struct login_poll *ret) LK_MUST_CHECK;

/* What is asked, application/x-www-form-urlencoded. `nonce` ties the ID token
 * to the call. Errors: -EMSGSIZE, -ENOMEM. */
int login_write_start(struct lk_buf *b, const char *client, const char *scope,
                      const char *nonce) LK_MUST_CHECK;
int login_write_poll(struct lk_buf *b, const char *client,
                     const char *device) LK_MUST_CHECK;

#endif

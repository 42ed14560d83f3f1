/* identity.h - who the citizen is: what is signed, and the words on `ctl`.
 *
 * Spec: firmware/signal/PROTOCOL.md, "Identity". Pure: no I/O, no clock, any
 * thread. What comes in is hostile: bounded, and unknown members are ignored.
 * Not here: when something is said (session/identdesk.h), the card, checking a
 * proof (the expert's page does).
 */
#ifndef LUUKKU_IDENTITY_IDENTITY_H
#define LUUKKU_IDENTITY_IDENTITY_H

#include "base/text.h"

#define IDENTITY_HASH_LEN 32      /* SHA-256 */
#define IDENTITY_CALL_SIZE 33     /* bytes of a call id, the NUL included */
#define IDENTITY_NONCE_SIZE 23    /* likewise, of a nonce */
#define IDENTITY_NAME_SIZE 129    /* likewise, of whom the citizen acts for */
#define IDENTITY_ID_SIZE 33       /* likewise, of that one's identity code */
#define IDENTITY_N_MAX 2147483647 /* of a request */
#define IDENTITY_ASK_MAX 1024     /* bytes of a message from the page */
#define IDENTITY_SAID_MAX 16384   /* bytes of one to it, the NUL apart */
#define IDENTITY_LINES_MAX 1024   /* bytes of the challenge's lines */
#define IDENTITY_CERT_MAX 8192    /* bytes of a certificate, DER */
#define IDENTITY_SIG_MAX 512      /* bytes of a signature */
#define IDENTITY_TOKEN_MAX 15360  /* bytes of an ID token */
#define IDENTITY_TRIES_UNKNOWN 0xff

/* What the card's key of PIN 1 is told to sign for; a purpose as in
 * apdu/cert.h. */
#define IDENTITY_PURPOSE "identify"

enum identity_how {
    IDENTITY_CARD,
    IDENTITY_PHONE,
    IDENTITY_DOCUMENT,
    IDENTITY_HOWS,
};

/* On whose behalf the citizen acts. */
enum identity_role {
    IDENTITY_SELF,
    IDENTITY_PERSON,
    IDENTITY_COMPANY,
    IDENTITY_ROLES,
};

/* As the citizen wrote it, not verified; both "" for oneself. */
struct identity_acting {
    enum identity_role role;
    char name[IDENTITY_NAME_SIZE];
    char id[IDENTITY_ID_SIZE]; /* identity code or business id */
};

/* What ties a proof to a call; all of it stands in signed envelopes. */
struct identity_binding {
    char kiosk[LK_NAME_MAX];
    char expert[LK_NAME_MAX];
    char call[IDENTITY_CALL_SIZE];
    char kn[IDENTITY_NONCE_SIZE];
    char en[IDENTITY_NONCE_SIZE];
    uint8_t kiosk_print[IDENTITY_HASH_LEN]; /* DTLS, SHA-256 */
    uint8_t page_print[IDENTITY_HASH_LEN];
};

bool identity_binding_same(const struct identity_binding *a,
                           const struct identity_binding *b);

/* Whether name and id can stand in a line of their own: UTF-8 without control
 * characters (or U+2028, U+2029), for oneself empty, else with a name. */
bool identity_acting_valid(const struct identity_acting *a);

/* --- what is signed ---------------------------------------------------- */

/* Writes the challenge's lines and a NUL. `token_sha256`: of a phone's ID
 * token, whose hex is one line more; NULL for none.
 * Returns bytes without the NUL. Errors: -EINVAL acting is not valid, or no
 * such `how`; -EMSGSIZE. */
int identity_lines(enum identity_how how, const struct identity_binding *b,
                   const struct identity_acting *a, const uint8_t *token_sha256,
                   char ret[IDENTITY_LINES_MAX]) LK_MUST_CHECK;

/* SHA-256. Errors: -ENOMEM. */
int identity_digest(const void *data, size_t len,
                    uint8_t ret[IDENTITY_HASH_LEN]) LK_MUST_CHECK;

/* The challenge: SHA-256 of the lines without a token. Errors: both's. */
int identity_challenge(enum identity_how how, const struct identity_binding *b,
                       const struct identity_acting *a,
                       uint8_t ret[IDENTITY_HASH_LEN]) LK_MUST_CHECK;

#define IDENTITY_LOGIN_NONCE_SIZE 44 /* bytes, the NUL included */

/* What an ID token of a login in this call carries as its nonce: base64url of
 * the SHA-256 of its lines, fingerprints left out, since a connection made anew
 * is still the same call. Errors: -ENOMEM. */
int identity_login_nonce(const struct identity_binding *b,
                         char ret[IDENTITY_LOGIN_NONCE_SIZE]) LK_MUST_CHECK;

/* --- from the page ----------------------------------------------------- */

enum identity_ask_kind {
    IDENTITY_ASK,      /* n, how */
    IDENTITY_ASK_OFF,  /* n */
    IDENTITY_ASK_SEEN, /* n */
};

struct identity_ask {
    enum identity_ask_kind kind;
    uint32_t n; /* 1..IDENTITY_N_MAX */
    enum identity_how how;
};

/* Reads `len` bytes.
 * Errors: -ENOENT a message of another type, -EBADMSG malformed, -EMSGSIZE,
 * -ENOMEM (or -EBADMSG, where the parser cannot tell). */
int identity_read(const char *text, size_t len,
                  struct identity_ask *ret) LK_MUST_CHECK;

/* --- to the page ------------------------------------------------------- */

enum identity_state {
    IDENTITY_ASKED,
    IDENTITY_WANT_CARD,
    IDENTITY_PIN,
    IDENTITY_WORKING,
    IDENTITY_SHOW_CODE, /* "phone" */
    IDENTITY_SHOW_DOCUMENT,
    IDENTITY_DECLINED, /* from here on it is ended */
    IDENTITY_OFF,
    IDENTITY_FAILED,
    IDENTITY_PROOF,
    IDENTITY_STATES,
};

enum identity_why {
    IDENTITY_WRONG_PIN,
    IDENTITY_LAST_TRY,
    IDENTITY_BLOCKED,
    IDENTITY_NO_CARD,
    IDENTITY_CARD_GONE,
    IDENTITY_NOT_EID,
    IDENTITY_UNREADABLE,
    IDENTITY_TIMEOUT,
    IDENTITY_READER,
    IDENTITY_NO_READER,
    IDENTITY_BAD_SIGNATURE,
    IDENTITY_EXPIRED,
    IDENTITY_PHONE_DENIED,
    IDENTITY_PHONE_FAILED,
    IDENTITY_NO_CAMERA,
    IDENTITY_OTHER, /* "failed" */
    IDENTITY_WHYS,
};

/* One state of a request; borrowed, and only what belongs to it is looked at:
 * SHOW_CODE: left_s; FAILED: why, tries; PROOF by card: cert, alg, sig; by
 * phone: token, sig. */
struct identity_said {
    uint32_t n;
    enum identity_how how;
    enum identity_state state;
    enum identity_why why;
    uint8_t tries;   /* left, or IDENTITY_TRIES_UNKNOWN */
    uint32_t left_s; /* how long the code can still be used */
    const uint8_t *cert;
    size_t cert_len;
    const char *alg; /* "ES256" */
    const uint8_t *sig;
    size_t sig_len;
    const char *token; /* [A-Za-z0-9_.-] */
    size_t token_len;
};

/* The state's word. */
const char *identity_state_word(enum identity_state s);
const char *identity_why_word(enum identity_why w);

/* Writes a message and a NUL. Returns bytes without the NUL.
 * Errors: -EMSGSIZE a part or the whole is too long, -EINVAL a part is not what
 * it should be. */
int identity_write(const struct identity_said *s, char *ret,
                   size_t cap) LK_MUST_CHECK;
int identity_write_role(const struct identity_acting *a, char *ret,
                        size_t cap) LK_MUST_CHECK;

#endif

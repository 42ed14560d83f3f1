/* envelope.h - the signed envelope of the signalling: topics, parse, build.
 *
 * Spec: PROTOCOL.md here, "Names and topics" and "Envelope". Pure but for
 * libcrypto and allocation: no I/O, no clock, any thread. Bodies are in body.h,
 * certificates in cert.h, what a call does with it all in call.h.
 */
#ifndef LUUKKU_SIGNAL_ENVELOPE_H
#define LUUKKU_SIGNAL_ENVELOPE_H

#include "base/text.h"
#include "signal/key.h"

#define SIGNAL_PAYLOAD_MAX 24576 /* bytes of a payload; longer: oversized */
#define SIGNAL_TOPIC_MAX 80      /* bytes of a topic of ours, with its NUL */
#define SIGNAL_LINES_MAX 256     /* bytes of the signed lines, with a NUL */
#define SIGNAL_CALL_SIZE 33      /* 32 lower-case hex digits and a NUL */
#define SIGNAL_NONCE_SIZE 23     /* 16 bytes in base64url and a NUL */
#define SIGNAL_PRINT_LEN 32      /* bytes of a DTLS fingerprint, SHA-256 */
#define SIGNAL_SIG_TEXT_SIZE 87  /* 64 bytes in base64url and a NUL */

/* Why something is refused; 0 is no refusal. The names are PROTOCOL.md's. */
enum signal_reason {
    SIGNAL_OK = 0,
    SIGNAL_OVERSIZED,
    SIGNAL_MALFORMED,
    SIGNAL_VERSION,
    SIGNAL_TYPE,
    SIGNAL_NAMES,
    SIGNAL_CALL,
    SIGNAL_NONCE,
    SIGNAL_SIGNATURE,
    SIGNAL_CERTIFICATE,
    SIGNAL_REVOKED,
    SIGNAL_AGENCY,
    SIGNAL_ORDER,
    SIGNAL_TAKEN,
    SIGNAL_FINGERPRINT,
    SIGNAL_REASONS /* how many */
};

/* The name on the wire and in logs, "ok" for SIGNAL_OK; never NULL. */
const char *signal_reason_name(enum signal_reason reason);

/* The reason of that name, SIGNAL_OK when there is none. */
enum signal_reason signal_reason_find(const char *name);

enum signal_type {
    SIGNAL_ANNOUNCE,
    SIGNAL_CLAIM,
    SIGNAL_GRANT,
    SIGNAL_REFUSE,
    SIGNAL_OFFER,
    SIGNAL_ANSWER,
    SIGNAL_CANDIDATE,
    SIGNAL_BYE,
    SIGNAL_ACK,
    SIGNAL_HEALTH,
    SIGNAL_HELP_OPEN,
    SIGNAL_HELP_ACCEPT,
    SIGNAL_HELP_REFUSE,
    SIGNAL_TYPES /* how many */
};

/* The type's name on the wire; never NULL. */
const char *signal_type_name(enum signal_type type);

enum signal_topic_kind {
    SIGNAL_TOPIC_UP,       /* k/<kiosk>/up/<expert> */
    SIGNAL_TOPIC_DOWN,     /* k/<kiosk>/down/<expert> */
    SIGNAL_TOPIC_CALL,     /* call/<agency>/<kiosk> */
    SIGNAL_TOPIC_HERE,     /* here/<agency>/<expert> */
    SIGNAL_TOPIC_HEALTH,   /* health/<kiosk> */
    SIGNAL_TOPIC_TECH_UP,  /* tech/<kiosk>/up/<technician> */
    SIGNAL_TOPIC_TECH_DOWN /* tech/<kiosk>/down/<technician> */
};

struct signal_topic {
    enum signal_topic_kind kind;
    char kiosk[LK_NAME_MAX];  /* "" in here/... */
    char expert[LK_NAME_MAX]; /* or technician; "" in call/... and health/... */
    char agency[LK_NAME_MAX]; /* "" in k/..., tech/... and health/... */
};

/* Takes a topic apart.
 * Errors  -EBADMSG none of ours, or a name that is no name */
int signal_topic_parse(const char *topic,
                       struct signal_topic *ret) LK_MUST_CHECK;

/* Writes a topic of valid names, SIGNAL_TOPIC_MAX bytes at `ret`. */
void signal_topic_write(const struct signal_topic *t, char *ret);

/* One envelope whose shape is right. */
struct signal_envelope {
    enum signal_type type;
    char kiosk[LK_NAME_MAX];
    char expert[LK_NAME_MAX]; /* "" in an announcement, a report */
    char call[SIGNAL_CALL_SIZE];
    char kn[SIGNAL_NONCE_SIZE]; /* "" in a help-open */
    char en[SIGNAL_NONCE_SIZE]; /* "" in an announcement, a report */
    char sig[SIGNAL_SIG_TEXT_SIZE];
    size_t body_len;              /* bytes, below SIGNAL_PAYLOAD_MAX */
    char *body;                   /* owned; UTF-8 without NUL, ended by one */
    char lines[SIGNAL_LINES_MAX]; /* what the signature covers */
    uint8_t digest[32];           /* SHA-256 of the lines */
};

struct signal_envelope *signal_envelope_free(struct signal_envelope *e);
LK_AUTO_DEFINE(signal_envelope);

/* What the receiver holds. NULL in call, kn, en: any of the right form. */
struct signal_held {
    const char *call;
    const char *kn;
    const char *en; /* not asked of a claim, an announcement, a report */
};

/* Does every check that needs no key, in the protocol's order: size, shape, v,
 * type, names against the topic, call, kn, en. The signature's form is looked
 * at by signal_envelope_verify().
 *
 * payload  `len` hostile bytes
 * topic    where they came in; a SIGNAL_TOPIC_HERE carries no envelope (type)
 * ret      set on SIGNAL_OK only; caller frees
 * Returns  SIGNAL_OK, a reason (> 0), or -ENOMEM
 * Thread   any
 */
int signal_envelope_open(const void *payload, size_t len,
                         const struct signal_topic *topic,
                         const struct signal_held *held,
                         struct signal_envelope **ret) LK_MUST_CHECK;

/* Checks the signature with `key`. Returns SIGNAL_OK, SIGNAL_SIGNATURE, or
 * -ENOMEM. Thread: any. */
int signal_envelope_verify(const struct signal_envelope *e,
                           const struct signal_key *key) LK_MUST_CHECK;

/* What an envelope to be sent says; strings are borrowed. */
struct signal_draft {
    enum signal_type type;
    const char *kiosk;
    const char *expert; /* "" in an announcement, a report */
    const char *call;
    const char *kn; /* "" in a help-open */
    const char *en; /* "" in an announcement, a report */
    const char *body;
};

/* Signs a draft and writes the payload.
 *
 * ret_sig  SIGNAL_SIG_TEXT_SIZE bytes, the signature in text
 * ret      JSON, NUL-terminated, owned by the caller (free())
 * Errors   -ENOMEM, -EMSGSIZE above SIGNAL_PAYLOAD_MAX, -EINVAL a string that
 *          is not UTF-8, -EIO libcrypto would not sign
 * Thread   any
 */
int signal_envelope_seal(const struct signal_draft *draft,
                         const struct signal_key *key, char *ret_sig,
                         char **ret) LK_MUST_CHECK;

#endif

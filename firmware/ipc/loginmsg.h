/* loginmsg.h - what luukkud and luukku-fetch say to each other of a login by
 * the citizen's own telephone.
 *
 * Room: the messages and their codec. An `id`, chosen by luukkud, tells one
 * login from the next; one is under way at a time, and a BEGIN ends an earlier
 * one without a word. A login has at most one CODE, and ends with exactly one
 * TOKEN or FAILED, unless it is cancelled. Pure: no I/O, any thread. A TOKEN's
 * payload is the sender's and the receiver's to wipe (lk_chan_config.wipe).
 */
#ifndef LUUKKU_IPC_LOGINMSG_H
#define LUUKKU_IPC_LOGINMSG_H

#include "base/bytes.h"

#define LOGINMSG_NONCE_MAX 64    /* bytes, the NUL included; [A-Za-z0-9_-] */
#define LOGINMSG_URL_MAX 256     /* bytes, the NUL included; https */
#define LOGINMSG_CODE_MAX 32     /* likewise, of what is typed */
#define LOGINMSG_TOKEN_MAX 15360 /* bytes of an ID token */
#define LOGINMSG_LASTS_MAX_MS 600000

enum loginmsg_type {
    /* luukkud to luukku-fetch */
    LOGINMSG_BEGIN = 1, /* id, nonce */
    LOGINMSG_CANCEL,    /* id: nothing more is said of it */

    /* luukku-fetch to luukkud */
    LOGINMSG_CODE = 64, /* id, lasts_ms, url, code */
    LOGINMSG_TOKEN,     /* id, token */
    LOGINMSG_FAILED,    /* id, why */
};

enum loginmsg_why {
    LOGINMSG_DENIED,  /* on the telephone */
    LOGINMSG_EXPIRED, /* nobody used the code in time */
    LOGINMSG_SERVICE, /* it does not answer, or not as it should */
    LOGINMSG_WHYS,
};

/* One message; only the members named beside its type have a meaning. */
struct loginmsg {
    enum loginmsg_type type;
    uint32_t id;       /* not 0 */
    uint32_t lasts_ms; /* 1..LOGINMSG_LASTS_MAX_MS */
    enum loginmsg_why why;
    char nonce[LOGINMSG_NONCE_MAX]; /* not empty */
    char url[LOGINMSG_URL_MAX];     /* printable ASCII */
    char code[LOGINMSG_CODE_MAX];   /* likewise, may be empty */
    const char *token; /* [A-Za-z0-9_.-]; no NUL. Borrowed from the payload, or
                          the caller's */
    size_t token_len;  /* 1..LOGINMSG_TOKEN_MAX */
};

/* Bytes that any encoded message fits in. */
#define LOGINMSG_ENCODED_MAX 16384

/* Encodes the members that belong to m->type.
 *
 * Returns bytes written to `ret` (of `cap` bytes)
 * Errors  -EMSGSIZE does not fit, -EINVAL unknown type, or a member is not what
 *         it should be
 */
int loginmsg_encode(const struct loginmsg *m, void *ret,
                    size_t cap) LK_MUST_CHECK;

/* Decodes a payload of type `type`.
 *
 * ret     filled on success only; points into `payload`
 * Errors  -EBADMSG malformed, out of range or an unknown type
 */
int loginmsg_decode(uint16_t type, const void *payload, size_t len,
                    struct loginmsg *ret) LK_MUST_CHECK;

#endif

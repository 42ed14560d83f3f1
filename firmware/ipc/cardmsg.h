/* cardmsg.h - what luukkud and luukku-card say to each other.
 *
 * Room: the messages and their codec. luukkud asks for an identification or a
 * signature and passes on digits that are typed on the screen, one in a
 * message; luukku-card has the reader, the card and the PIN, and never says
 * more of a PIN than how many digits it holds. An `id`, chosen by luukkud,
 * tells one request from the next.
 * A request ends with exactly one RESULT (SIGNER) or FAILED; one is under way
 * at a time. Pure: no I/O, any thread. A DIGIT's payload is the sender's and
 * the receiver's to wipe (lk_chan_config.wipe).
 */
#ifndef LUUKKU_IPC_CARDMSG_H
#define LUUKKU_IPC_CARDMSG_H

#include "base/bytes.h"

#define CARDMSG_TEXT_MAX 128         /* bytes of a name, the NUL included */
#define CARDMSG_SATU_MAX 16          /* likewise */
#define CARDMSG_PURPOSE_MAX 64       /* likewise; [a-z0-9-]{3,63} */
#define CARDMSG_CHALLENGE_LEAST 16   /* bytes */
#define CARDMSG_CHALLENGE_MAX 256    /* bytes */
#define CARDMSG_HASH_MAX 64          /* bytes */
#define CARDMSG_SIGNATURE_MAX 512    /* bytes: RSA-4096 */
#define CARDMSG_CERTIFICATE_MAX 8192 /* bytes, DER */
#define CARDMSG_TRIES_UNKNOWN 0xff
#define CARDMSG_PIN_DIGITS_MAX 12

enum cardmsg_type {
    /* luukkud to luukku-card */
    CARDMSG_IDENTIFY = 1, /* id, purpose, bytes: the challenge. Signed with the
                             key of PIN 1, as card_challenge_hash() says */
    CARDMSG_SIGN,         /* id, hash, bytes: the hash of a document. Signed
                             with the key of PIN 2 */
    CARDMSG_DIGIT,        /* id, digit: typed on the screen */
    CARDMSG_PIN_BACK,     /* id: forget the last digit */
    CARDMSG_PIN_OK,       /* id: the PIN is complete */
    CARDMSG_CANCEL,       /* id: give up; ends with FAILED, CANCELLED, or with
                             what was already under way */
    CARDMSG_WHO,          /* id: who would sign, with the key of PIN 2. Asks
                             for no PIN; ends with SIGNER or FAILED */

    /* luukku-card to luukkud */
    CARDMSG_STATE = 64, /* reader, card, pad, chain, tries, name, satu, bytes:
                           the certificate of PIN 1. When the channel begins,
                           and whenever something of it changes */
    CARDMSG_PIN_WANTED, /* id, pin, where, least, most, tries */
    CARDMSG_PIN_COUNT,  /* id, count: digits held now (on the pad: typed,
                           where the reader tells) */
    CARDMSG_WORKING,    /* id: the PIN is complete; the card must stay in */
    CARDMSG_RESULT,     /* id, algorithm, chain, bytes: the signature,
                           certificate */
    CARDMSG_FAILED,     /* id, why, tries */
    CARDMSG_SIGNER,     /* id, hash: the one that goes with the key, chain,
                           bytes: the certificate of PIN 2 */
};

enum cardmsg_reader {
    CARDMSG_READER_NONE,   /* no reader is plugged in */
    CARDMSG_READER_READY,  /* it answers */
    CARDMSG_READER_BROKEN, /* it is there and does not answer as it should */
    CARDMSG_READERS,
};

enum cardmsg_card {
    CARDMSG_CARD_ABSENT,
    CARDMSG_CARD_LOOKING,    /* just put in; its next state follows soon */
    CARDMSG_CARD_UNREADABLE, /* does not answer: upside down, dirty, broken */
    CARDMSG_CARD_UNKNOWN,    /* answers, and is no eID card */
    CARDMSG_CARD_BLOCKED,    /* an eID card whose PIN 1 is blocked */
    CARDMSG_CARD_FINEID,     /* an eID card */
    CARDMSG_CARDS,
};

/* What checking the certificate against the configured CAs said. */
enum cardmsg_chain {
    CARDMSG_CHAIN_UNCHECKED, /* no CA is configured, or no certificate */
    CARDMSG_CHAIN_GOOD,
    CARDMSG_CHAIN_UNKNOWN_ISSUER,
    CARDMSG_CHAIN_BAD_SIGNATURE,
    CARDMSG_CHAIN_NOT_YET_VALID,
    CARDMSG_CHAIN_EXPIRED,
    CARDMSG_CHAIN_REVOKED,
    CARDMSG_CHAIN_NO_CRL,
    CARDMSG_CHAIN_CRL_EXPIRED,
    CARDMSG_CHAIN_WRONG_USAGE,
    CARDMSG_CHAIN_BAD, /* anything else that must not be trusted */
    CARDMSG_CHAINS,
};

enum cardmsg_where {
    CARDMSG_ON_SCREEN,
    CARDMSG_ON_PAD, /* the reader's own keys; DIGIT is refused */
    CARDMSG_WHERES,
};

enum cardmsg_hash {
    CARDMSG_SHA256,
    CARDMSG_SHA384,
    CARDMSG_SHA512,
    CARDMSG_HASHES,
};

/* How a signature was made. ES*: r || s, each as long as the curve's order. */
enum cardmsg_algorithm {
    CARDMSG_ES256, /* P-256 */
    CARDMSG_ES384, /* P-384 */
    CARDMSG_RS256, /* RSA, PKCS #1 v1.5 */
    CARDMSG_RS384,
    CARDMSG_RS512,
    CARDMSG_PS256, /* RSA, PSS, salt as long as the hash */
    CARDMSG_PS384,
    CARDMSG_PS512,
    CARDMSG_ES256_P384, /* P-384 with SHA-256 */
    CARDMSG_ES512_P384, /* P-384 with SHA-512 */
    CARDMSG_ES384_P256, /* P-256 with SHA-384, cut to 32 bytes */
    CARDMSG_ES512_P256, /* P-256 with SHA-512, likewise */
    CARDMSG_ALGORITHMS,
};

enum cardmsg_why {
    CARDMSG_CANCELLED,     /* by CANCEL, or on the pad */
    CARDMSG_NO_CARD,       /* none in, or not an eID card */
    CARDMSG_CARD_GONE,     /* pulled, or the reader was unplugged */
    CARDMSG_WRONG_PIN,     /* tries: how many are left */
    CARDMSG_LAST_TRY,      /* one try is left: it is not used up here */
    CARDMSG_BLOCKED,       /* no try is left */
    CARDMSG_PIN_TIMEOUT,   /* nobody typed */
    CARDMSG_PIN_LENGTH,    /* PIN_OK with too few digits; the digits are gone */
    CARDMSG_BUSY,          /* another request is under way */
    CARDMSG_NOT_SUPPORTED, /* the card has no such key or cannot do the hash */
    CARDMSG_BAD_SIGNATURE, /* the card's answer does not fit its certificate */
    CARDMSG_CARD_FAULT,    /* the card answered what it should not */
    CARDMSG_READER_FAULT,  /* the reader did */
    CARDMSG_INTERNAL,      /* no memory and the like */
    CARDMSG_WHYS,
};

/* One message; only the members named beside its type above have a meaning. */
struct cardmsg {
    enum cardmsg_type type;
    uint32_t id;
    uint8_t digit; /* 0..9 */
    uint8_t pin;   /* 1 or 2 */
    uint8_t least; /* digits of a PIN, 1..CARDMSG_PIN_DIGITS_MAX */
    uint8_t most;  /* likewise, not below least */
    uint8_t count; /* 0..CARDMSG_PIN_DIGITS_MAX */
    uint8_t tries; /* 0..15 or CARDMSG_TRIES_UNKNOWN */
    bool pad;      /* the reader has keys of its own that can be trusted */
    enum cardmsg_reader reader;
    enum cardmsg_card card;
    enum cardmsg_chain chain;
    enum cardmsg_where where;
    enum cardmsg_hash hash;
    enum cardmsg_algorithm algorithm;
    enum cardmsg_why why;
    char purpose[CARDMSG_PURPOSE_MAX];
    char name[CARDMSG_TEXT_MAX]; /* the holder's, UTF-8; "" unknown */
    char satu[CARDMSG_SATU_MAX]; /* "" unknown */
    const uint8_t *bytes; /* borrowed from the payload, or the caller's */
    size_t len;
    const uint8_t *certificate; /* DER; borrowed likewise */
    size_t certificate_len;
};

/* Bytes that any encoded message fits in. */
#define CARDMSG_ENCODED_MAX 9216

/* Bytes of a hash. */
size_t cardmsg_hash_len(enum cardmsg_hash h);

/* Encodes the members that belong to m->type.
 *
 * Returns bytes written to `ret` (of `cap` bytes)
 * Errors  -EMSGSIZE does not fit or a part is too long, -EINVAL unknown type
 */
int cardmsg_encode(const struct cardmsg *m, void *ret,
                   size_t cap) LK_MUST_CHECK;

/* Decodes a payload of type `type`.
 *
 * ret     filled on success only; points into `payload`
 * Errors  -EBADMSG malformed, out of range or an unknown type
 */
int cardmsg_decode(uint16_t type, const void *payload, size_t len,
                   struct cardmsg *ret) LK_MUST_CHECK;

#endif

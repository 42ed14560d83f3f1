/* card.h - one eID card, from put in to pulled out.
 *
 * Spec: FINEID S1 and S4-1 (v3.0 to v4.x, Digital and Population Data Services
 * Agency); ISO/IEC 7816-4, -8 and -15. Pure: no I/O, no clock. It hands out
 * command APDUs one at a time and takes the answers, so that it can be replayed
 * and fuzzed; who carries them is not its business.
 *
 *   start a job; then, until card_next() says CARD_ASK_END:
 *     CARD_ASK_COMMAND  send it, give the answer to card_answer()
 *     CARD_ASK_PIN      send VERIFY, made by card_pin_command() or by the
 *                       reader's pad, and give its answer to card_answer()
 *
 * A PIN never comes in here, and no job asks for one twice. An answer that did
 * not come (card pulled, reader silent) ends the card: card_free().
 * Thread: one.
 */
#ifndef LUUKKU_APDU_CARD_H
#define LUUKKU_APDU_CARD_H

#include "apdu/cert.h"
#include "apdu/pin.h"

#define CARD_COMMANDS_MAX 160 /* commands of one job */
#define CARD_TRIES_UNKNOWN 0xff

struct card;

struct card_config {
    /* The ATR's historical bytes and the reader allow extended lengths. */
    bool extended;
};

enum card_ask {
    CARD_ASK_COMMAND,
    CARD_ASK_PIN,
    CARD_ASK_END, /* there is no job, or it has ended */
};

/* How a job ended. */
enum card_end {
    CARD_END_GOOD,
    CARD_END_UNKNOWN,       /* not an eID card */
    CARD_END_NO_KEY,        /* has no such certificate, key or PIN */
    CARD_END_NOT_SUPPORTED, /* cannot sign in this way, or its PIN is of a kind
                               that we do not know */
    CARD_END_LAST_TRY,      /* one try is left: it is not used up */
    CARD_END_BLOCKED,       /* no try is left */
    CARD_END_WRONG_PIN,     /* card_tries() are left */
    CARD_END_BAD_SIGNATURE, /* does not fit the certificate: not handed on */
    CARD_END_FAULT,         /* an answer that must not be */
    CARD_END_NO_MEMORY,
    CARD_ENDS,
};

struct card_want {
    enum card_ask ask;
    const uint8_t *command; /* lives until card_answer() */
    size_t len;
    const struct card_pin *pin; /* CARD_ASK_PIN; lives as long as the card */
    enum card_end end;          /* CARD_ASK_END */
};

struct card_signature {
    uint8_t bytes[CARD_SIGNATURE_MAX];
    size_t len;
    enum card_scheme scheme;
    enum card_hash hash;
};

/* Errors: -ENOMEM. Owner: caller, card_free(). */
int card_new(const struct card_config *config, struct card **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct card *card_free(struct card *c);
LK_AUTO_DEFINE(card);

/* Finds out what it is: the application, the certificate of PIN 1, and on
 * FINEID cards its tries. Errors (of the three): -EBUSY a job is under way. */
int card_start_look(struct card *c) LK_MUST_CHECK;

/* Everything that is needed before a PIN is asked for: the certificate, the key
 * and its PIN, and how many tries are left. Ends with CARD_END_LAST_TRY or
 * CARD_END_BLOCKED where none may be used up. -EINVAL: no look ended well. */
int card_start_prepare(struct card *c, enum card_usage u) LK_MUST_CHECK;

/* Asks for the PIN, once, signs, and checks what came of it. RSA keys: PSS
 * where the card does it, else PKCS #1 v1.5. Has to follow a
 * card_start_prepare() for the same use that ended well, with no job between.
 *
 * hash    card_hash_len(h) bytes, copied
 * Errors  also -EINVAL not prepared so, or no such hash
 */
int card_start_sign(struct card *c, enum card_usage u, enum card_hash h,
                    const uint8_t *hash) LK_MUST_CHECK;

/* What the job wants next. */
void card_next(const struct card *c, struct card_want *ret);

/* The answer to what card_next() gave, SW1 SW2 last. Ignored when nothing was
 * wanted. */
void card_answer(struct card *c, const uint8_t *bytes, size_t len);

/* Gives up a job that asks for a PIN: nothing of it was sent. Others go on. */
void card_give_up(struct card *c);

/* Whether it is a FINEID card: its certificate lies where FINEID has it. */
bool card_is_fineid(const struct card *c);

/* The certificate for a use; NULL as long as it was not read. */
const struct card_cert *card_certificate(const struct card *c,
                                         enum card_usage u);

/* The PIN that the last prepare found. */
const struct card_pin *card_pin_of(const struct card *c);

/* Tries left of the PIN that was looked at last, or CARD_TRIES_UNKNOWN: also
 * when the card holds it for verified, and so all are left. */
uint8_t card_tries(const struct card *c);

/* The signature; after a sign job that ended well. */
const struct card_signature *card_signature_of(const struct card *c);

/* A word for logs and luukkuctl, such as "wrong-pin". */
const char *card_end_word(enum card_end e);

#endif

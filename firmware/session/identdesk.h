/* identdesk.h - who the citizen is, and the citizen's own signature.
 *
 * Room: between the session (what the citizen does), the channel `ctl` (what
 * the expert's page asks), luukku-card, the seal, the citizen's own telephone
 * and the document camera. The expert asks, the citizen says yes or no, and
 * nothing is told before the yes. No I/O: what follows leaves through
 * callbacks, time goes in. One thread.
 * PIN digits go through here one at a time and are kept nowhere.
 * Not here: the screen, the card, checking a proof (the page does).
 */
#ifndef LUUKKU_SESSION_IDENTDESK_H
#define LUUKKU_SESSION_IDENTDESK_H

#include "identity/identity.h"
#include "ipc/cardmsg.h"
#include "session/session.h"

struct identdesk;

/* How long each wait lasts. */
#define IDENTDESK_ASKED_US (300 * INT64_C(1000000))    /* for yes or no */
#define IDENTDESK_CARD_US (60 * INT64_C(1000000))      /* for a card */
#define IDENTDESK_READER_US (5 * INT64_C(1000000))     /* for a reader */
#define IDENTDESK_PIN_US (90 * INT64_C(1000000))       /* since a digit */
#define IDENTDESK_WORK_US (30 * INT64_C(1000000))      /* for the card's work */
#define IDENTDESK_LINE_US (120 * INT64_C(1000000))     /* for the line */
#define IDENTDESK_SEAL_US (30 * INT64_C(1000000))      /* for the seal */
#define IDENTDESK_PHONE_US (300 * INT64_C(1000000))    /* at most */
#define IDENTDESK_CODE_US (30 * INT64_C(1000000))      /* for code, camera */
#define IDENTDESK_DOCUMENT_US (300 * INT64_C(1000000)) /* till it was seen */

/* Requests of a page that are taken at once, and how soon one more is; others
 * are answered `off`. */
#define IDENTDESK_ASKS 8
#define IDENTDESK_ASK_US (5 * INT64_C(1000000))

/* What is to be sealed with the citizen's signature; borrowed. */
struct identdesk_signer {
    uint32_t id;         /* from 1, rises */
    const uint8_t *cert; /* of PIN 2, DER */
    size_t cert_len;
    enum cardmsg_hash hash; /* that goes with its key */
};

/* The signature; borrowed. */
struct identdesk_signature {
    uint32_t id;          /* the signer's */
    const uint8_t *bytes; /* NULL: there is none, it was given up */
    size_t len;
    enum cardmsg_algorithm algorithm;
};

/* What leaves. Called from inside the functions below; must not call back into
 * the desk. */
struct identdesk_output {
    /* SESSION_EVENT_IDENTITY */
    void (*event)(void *arg, const struct session_event *e);
    /* To luukku-card. A DIGIT is the receiver's to wipe, too. Errors: it does
     * not run, or its channel is full. */
    int (*card)(void *arg, const struct cardmsg *m);
    /* A text on `ctl`, at most IDENTITY_SAID_MAX bytes. */
    void (*page)(void *arg, const char *text, size_t len);
    /* What ties to the connection that stands; false: none does. */
    bool (*binding)(void *arg, struct identity_binding *ret);
    /* Signs with the kiosk's own key, ES256, r || s. */
    int (*sign)(void *arg, const void *data, size_t len, uint8_t ret[64]);
    /* The document camera: look, or leave off and forget what was seen.
     * identdesk_document() answers. Errors: -ENODEV there is none. */
    int (*document)(void *arg, bool on);
    /* The login by telephone: begin, or leave off. identdesk_phone() answers.
     * Errors: it cannot begin. */
    int (*phone)(void *arg, uint32_t id, bool on);
    /* Wanted: the hash that this signer is to sign. identdesk_prepared()
     * answers. Errors: nothing is there to be signed. */
    int (*prepare)(void *arg, const struct identdesk_signer *s);
    /* The signature for what was prepared, or that it is given up.
     * identdesk_signed() answers the former. */
    int (*signature)(void *arg, const struct identdesk_signature *s);
    /* Something failed: for the log, nothing personal. */
    void (*note)(void *arg, const char *what, const char *why);
    void *arg;
};

struct identdesk_config {
    struct identdesk_output out; /* copied */
    bool shuffle; /* digits change places on the screen's keys at every PIN */
};

/* Owner: caller. Errors: -ENOMEM. */
int identdesk_new(const struct identdesk_config *config,
                  struct identdesk **ret) LK_MUST_CHECK;
/* Wipes and frees. NULL is fine. Returns NULL. */
struct identdesk *identdesk_free(struct identdesk *d);
LK_AUTO_DEFINE(identdesk);

/* A call was granted; it is over, or the visit is: all of it is given up and
 * forgotten, but whether a card is in. */
void identdesk_begin(struct identdesk *d, int64_t now_us);
void identdesk_end(struct identdesk *d, int64_t now_us);

/* SESSION_DO_IDENTITY. */
void identdesk_intent(struct identdesk *d, const struct session_intent *i,
                      int64_t now_us);

/* `ctl` opened (each time it is another connection's), or closed; a text of it
 * that is neither state nor bye. */
void identdesk_channel(struct identdesk *d, bool open, int64_t now_us);
void identdesk_receive(struct identdesk *d, const char *text, size_t len,
                       int64_t now_us);

/* A message of luukku-card; it has gone. */
void identdesk_card(struct identdesk *d, const struct cardmsg *m,
                    int64_t now_us);
void identdesk_card_gone(struct identdesk *d, int64_t now_us);

enum identdesk_phone_kind {
    IDENTDESK_PHONE_CODE,   /* url, code, lasts_us: to be shown */
    IDENTDESK_PHONE_TOKEN,  /* token */
    IDENTDESK_PHONE_DENIED, /* on the telephone */
    IDENTDESK_PHONE_LATE,   /* nobody used the code in time */
    IDENTDESK_PHONE_FAILED,
};

/* What became of a login; borrowed. Of another id nothing is taken. */
struct identdesk_phone_event {
    uint32_t id;
    enum identdesk_phone_kind kind;
    const char *url;  /* for the QR code, shorter than SESSION_QR_MAX */
    const char *code; /* to be typed, shorter than 32 bytes; "" none */
    int64_t lasts_us; /* at most IDENTDESK_PHONE_US counts */
    const char *token;
    size_t token_len;
};
void identdesk_phone(struct identdesk *d, const struct identdesk_phone_event *e,
                     int64_t now_us);

/* 0: the document lies before the camera and the expert sees it; -ENODEV,
 * another -errno: it does not, or does not any more. */
void identdesk_document(struct identdesk *d, int how, int64_t now_us);

/* The hash of what was prepared (cardmsg_hash_len() bytes of the signer's), or
 * NULL: it could not be, or is no longer to be signed. */
void identdesk_prepared(struct identdesk *d, uint32_t id, const uint8_t *hash,
                        int64_t now_us);
/* 0: the signature is in its place; or -errno. */
void identdesk_signed(struct identdesk *d, uint32_t id, int how,
                      int64_t now_us);

void identdesk_tick(struct identdesk *d, int64_t now_us);
int64_t identdesk_next_us(const struct identdesk *d); /* INT64_MAX: never */

#endif

/* identdesk_impl.h - one desk, shared by its parts.
 *
 * Room: private to identdesk*.c. identdesk.c has the stages, the citizen and
 * time, identdesk_page.c the page, identdesk_card.c has the card and the
 * citizen's signature, identdesk_else.c telephone and document.
 */
#ifndef LUUKKU_SESSION_IDENTDESK_IMPL_H
#define LUUKKU_SESSION_IDENTDESK_IMPL_H

#include "session/identdesk.h"

#define IDENTDESK_NEVER INT64_MAX

/* What is waited for. */
enum identdesk_stage {
    STAGE_IDLE,
    STAGE_ASKED,    /* yes or no */
    STAGE_LINE,     /* the line, which went after the yes */
    STAGE_CARD,     /* reader and card */
    STAGE_WHO,      /* luukku-card: who would sign */
    STAGE_SEAL,     /* the hash that is to be signed */
    STAGE_START,    /* luukku-card: whether a PIN may be asked for */
    STAGE_PIN,      /* the citizen */
    STAGE_WORK,     /* luukku-card: the signature */
    STAGE_SEALING,  /* the signature goes to its place */
    STAGE_CODE,     /* the code for the telephone */
    STAGE_PHONE,    /* the citizen, on the telephone */
    STAGE_TOKEN,    /* the line: the telephone's answer is there */
    STAGE_CAMERA,   /* the document camera */
    STAGE_DOCUMENT, /* the expert looks */
    STAGE_DONE,     /* the citizen's "done" */
    STAGE_FAILED,   /* likewise, or once more */
    STAGES,
};

/* luukku-card, as it was last told. */
struct identdesk_reader {
    bool there; /* the program */
    enum cardmsg_reader reader;
    enum cardmsg_card card;
    enum cardmsg_chain chain;
    char name[CARDMSG_TEXT_MAX];
    uint32_t request; /* that has not ended; 0 none */
    bool abandoned;   /* nobody waits for its end any more */
    int64_t bad_us;   /* until when a reader may come; NEVER: it is there */
};

/* What the page asked for last. */
struct identdesk_request {
    uint32_t n;  /* 0: nothing yet, in this call */
    bool live;   /* it has not ended, or can be tried once more */
    bool agreed; /* the citizen said yes */
    enum identity_how how;
    int64_t until_us; /* for the yes */
};

struct identdesk {
    struct identdesk_config config;
    int64_t now_us;
    int64_t until_us; /* when waiting ends; NEVER */
    int64_t code_us;  /* how long the telephone's code lasts */
    int64_t asks_us;  /* when one more request of the page may come */
    struct identdesk_request ask;
    struct identdesk_reader card;
    size_t token_len;
    size_t said_len; /* 0: nothing about the ask was said */
    enum identdesk_stage stage;
    enum identity_state state; /* as last said */
    enum cardmsg_hash hash;    /* of what is to be signed */
    uint32_t asks;             /* that may still be taken at once */
    uint32_t ids;              /* given out so far */
    uint32_t signer;           /* id; 0: nothing is prepared */
    uint32_t phone;            /* id of a login; 0 none */
    struct identity_acting acting;
    struct session_identity view;
    struct session_identity told;             /* to the session */
    struct identity_binding binding;          /* of what is being signed */
    uint8_t signer_sha256[IDENTITY_HASH_LEN]; /* of the certificate */
    bool call;                                /* one is on */
    bool open;                                /* `ctl` is */
    bool signing; /* it is about the form's signature, not about the ask */
    bool camera;  /* the document camera looks */
    bool called;  /* the citizen is to look */
    char token[IDENTITY_TOKEN_MAX];
    char said[IDENTITY_SAID_MAX + 1];
};

/* --- identdesk.c ------------------------------------------------------- */

/* After everything: the session hears what is new. */
void identdesk_flush(struct identdesk *d);

/* Goes to a stage: what is shown, what is said, how long it is waited. */
void identdesk_enter(struct identdesk *d, enum identdesk_stage stage);

/* Nothing is on the screen any more but what the page still asks. */
void identdesk_idle(struct identdesk *d);
/* The ask is over, whatever is on the screen. */
void identdesk_ask_ends(struct identdesk *d);
/* Gives up whatever is under way with others. */
void identdesk_drop(struct identdesk *d);

/* It ended badly; gives up whatever was under way for it. */
void identdesk_fail(struct identdesk *d, enum identity_why why, uint8_t tries);

/* The citizen gives up. */
void identdesk_decline(struct identdesk *d);

/* It ended well: says so with what belongs to a proof. Errors: a proof that
 * cannot be said. */
int identdesk_prove(struct identdesk *d, const struct identity_said *proof);

/* What ties to the connection that stands. */
bool identdesk_bind(struct identdesk *d, struct identity_binding *ret);

void identdesk_note(struct identdesk *d, const char *what, int error);

/* --- identdesk_page.c -------------------------------------------------- */

/* Says it, and keeps it for a page that comes back. Errors:
 * identity_write()'s. */
int identdesk_say_all(struct identdesk *d, const struct identity_said *s);
/* Likewise a state, unless it was said last. */
void identdesk_say(struct identdesk *d, enum identity_state state);
void identdesk_say_failed(struct identdesk *d, enum identity_why why,
                          uint8_t tries);
void identdesk_say_role(struct identdesk *d);

/* --- identdesk_card.c -------------------------------------------------- */

/* Begins to wait for a card, whatever was before. */
void identdesk_card_begin(struct identdesk *d);
/* Goes on where reader, card and line allow it. */
void identdesk_card_go(struct identdesk *d);
/* The citizen types. */
void identdesk_card_intent(struct identdesk *d, const struct session_intent *i);
/* Gives up a request, and a signature that was prepared. */
void identdesk_card_drop(struct identdesk *d);
bool identdesk_card_ready(const struct identdesk *d); /* the reader is */

/* --- identdesk_else.c -------------------------------------------------- */

void identdesk_phone_begin(struct identdesk *d);
/* The telephone's answer, and the line for it, are there. */
void identdesk_phone_go(struct identdesk *d);
void identdesk_document_begin(struct identdesk *d);
void identdesk_document_seen(struct identdesk *d);
/* Gives up whichever is under way. */
void identdesk_else_drop(struct identdesk *d);

#endif

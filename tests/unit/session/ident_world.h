/* ident_world.h - a desk with a fake luukku-card, a fake page, a fake seal, a
 * fake telephone and a fake camera around it, in made-up time.
 *
 * The fakes answer from a queue, never from inside the desk; what they do
 * wrong is told to them. */
#ifndef LUUKKU_TEST_SESSION_IDENT_WORLD_H
#define LUUKKU_TEST_SESSION_IDENT_WORLD_H

#include "session/identdesk.h"
#include "testing.h"

#include <jansson.h>

#define SEC INT64_C(1000000)
#define WORLD_TEXTS 256
#define WORLD_MAIL 64

/* luukku-card with one reader, which has one card or none. */
struct fake_card {
    bool runs;
    bool mute;  /* it takes orders, and answers nothing */
    bool stuck; /* it takes no order */
    bool pad;
    enum cardmsg_reader reader;
    enum cardmsg_card card;
    enum cardmsg_chain chain;
    uint8_t tries[2];
    uint8_t who; /* which card it is: the first byte of its certificates */
    /* The request that is under way. */
    uint32_t id;
    enum cardmsg_type type;
    bool working; /* a CANCEL comes too late */
    uint8_t digits;
    char typed[16];
    uint8_t challenge[64];
    size_t challenge_len;
    int verifies; /* PINs that the card was given */
    enum cardmsg_algorithm algorithm;
    /* Answers that are on their way. */
    struct cardmsg mail[WORLD_MAIL];
    uint8_t bytes[WORLD_MAIL][64];
    uint8_t cert[WORLD_MAIL][64];
    size_t mails;
};

struct ident_world {
    struct identdesk *d;
    int64_t now_us;
    bool oom; /* notes are no surprise */

    /* What the session heard. */
    struct session_identity view;
    int events, called;

    /* The page: what it heard, oldest first. */
    json_t *texts[WORLD_TEXTS];
    size_t heard;

    bool bound; /* the line has a connection */
    struct identity_binding binding;
    struct fake_card card;
    bool sign_fails;
    char signed_text[IDENTITY_LINES_MAX];

    uint32_t phone; /* a login that runs; 0 none */
    int phone_begun;
    int phone_error;
    bool camera;
    int camera_error;

    struct identdesk_signer signer; /* id 0: nothing is prepared */
    int signatures, given_up;
    int prepare_error, signature_error;
    uint8_t signature[64];
    size_t signature_len;
    int notes;
};

/* For a test and its fixture: a desk in a call, `ctl` open, a reader without a
 * card. ident_world() is that of the test under way; world_again() puts a new
 * one in its place. */
int world_setup(void **state);
int world_teardown(void **state);
struct ident_world *ident_world(void);
void world_again(bool shuffle);

/* Lets the fakes answer until all is quiet. */
void world_run(struct ident_world *w);
/* Lets time pass, from one deadline of the desk to the next. */
void world_wait(struct ident_world *w, int64_t for_us);

void world_intent(struct ident_world *w, enum session_intent_kind kind);
void world_type(struct ident_world *w, const char *digits);
void world_role(struct ident_world *w, enum session_role role, const char *name,
                const char *id);
void world_page(struct ident_world *w, const char *format, ...) LK_PRINTF(2, 3);
void world_ask(struct ident_world *w, uint32_t n, const char *how);

/* The card's side: what changes is told. */
void card_put(struct ident_world *w, enum cardmsg_card card);
void card_pull(struct ident_world *w);
void card_reader(struct ident_world *w, enum cardmsg_reader reader);
void card_crash(struct ident_world *w);
void card_start(struct ident_world *w);

/* A fresh connection: closes `ctl`, and opens another one's. */
void world_reconnect(struct ident_world *w);

/* The newest text of a type, or NULL; a member of it. */
const json_t *world_last(const struct ident_world *w, const char *type);
const char *world_word(const struct ident_world *w, const char *member);
/* How many texts of identity had this state. */
int world_states(const struct ident_world *w, const char *state);

/* What page and citizen know of ident_world()'s request: its state; that it
 * failed, and why. Of a signature the page hears nothing. */
void assert_said(const char *state);
void assert_failed(enum session_identity_why why, const char *word);

#endif

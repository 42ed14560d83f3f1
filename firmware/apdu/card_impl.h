/* card_impl.h - the card's inside: its jobs, and the steps they consist of.
 *
 * card.c        jobs, and what follows on what
 * card_file.c   selecting and reading files
 * card_walk.c   what the files of PKCS #15 say: PINs and keys
 * card_sign.c   tries, PIN, signature
 */
#ifndef LUUKKU_APDU_CARD_IMPL_H
#define LUUKKU_APDU_CARD_IMPL_H

#include "apdu/apdu.h"
#include "apdu/card.h"
#include "apdu/pkcs15.h"
#include "apdu/tlv.h"

#define CARD_USES 2

enum card_job { JOB_NONE, JOB_LOOK, JOB_PREPARE, JOB_SIGN };

/* What the answer that is waited for belongs to. */
enum card_state {
    STATE_IDLE,
    STATE_SELECT_APP,
    STATE_FILE_SELECT,
    STATE_FILE_READ,
    STATE_SELECT_DIR,
    STATE_TRIES,
    STATE_TRIES_DATA,
    STATE_PIN,
    STATE_MSE,
    STATE_HASH,
    STATE_SIGN,
    STATE_SIGN_DIRECT,
    STATE_MSE_AUTH,
    STATE_AUTH,
};

/* What a file is read for. */
enum card_file_use {
    FILE_DIR,
    FILE_ODF,
    FILE_PINS,
    FILE_KEYS,
    FILE_CERTS,
    FILE_CERTIFICATE,
};

/* A file being read. */
struct card_file {
    enum card_file_use use;
    struct p15_path path;
    unsigned attempt; /* ways of selecting it that were tried */
    bool one;         /* it is one DER object; else a row of them */
    size_t len;       /* bytes read */
    uint8_t data[P15_FILE_MAX];
};

/* Where a key is and how it is used. */
struct card_way {
    bool known;
    struct card_pin pin;
    struct p15_path dir; /* to be selected first; empty: the application */
    int key;             /* its reference, -1 none */
};

struct card {
    struct card_config config;
    enum card_job job;
    enum card_state state;
    enum card_end end;
    enum card_usage use;
    unsigned commands; /* of this job */
    uint8_t command[APDU_SHORT_COMMAND_MAX];
    size_t command_len;

    uint8_t aid[P15_AID_MAX];
    size_t aid_len;
    struct p15_path at; /* this directory is selected; see at_app */

    struct card_file file;
    struct p15_files files;
    size_t file_next;      /* of files: PINs and keys, read one by one */
    size_t cert_file_next; /* likewise: lists of certificates */
    struct p15_pins pins;
    struct p15_keys keys;
    struct p15_certs certs;

    struct card_cert *cert[CARD_USES];
    struct p15_id cert_id[CARD_USES]; /* that its key has, where known */
    unsigned cert_attempt;            /* places that were tried, in this job */
    struct card_way way[CARD_USES];
    struct card_signature signature;
    uint8_t hash[CARD_HASH_MAX];

    bool app;            /* the application was found */
    bool at_app;         /* it is selected, instead of `at` */
    bool dir_read;       /* EF.DIR was looked into */
    bool after_app_file; /* a file is read after the application's selection */
    bool fineid;
    bool odf_read; /* or tried */
    bool prepared; /* for `use`, and nothing came between */
    bool probed;   /* the tries were looked at, in this job */
    uint8_t tries;
};

/* Ends the job. */
void card_finish(struct card *c, enum card_end end);

/* Puts a command up; the answer comes in `state`. */
void card_send(struct card *c, enum card_state state,
               const struct apdu_command *command);

/* Goes on with the job: what is missing next. card.c */
void card_go_on(struct card *c);

/* card_file.c: reads a file; ends in card_file_done(). */
void card_file_start(struct card *c, enum card_file_use use,
                     const struct p15_path *path);
void card_file_selected(struct card *c, const struct apdu_response *r);
void card_file_got(struct card *c, const struct apdu_response *r);
void card_select_app(struct card *c);
void card_app_selected(struct card *c, const struct apdu_response *r);
void card_select_dir(struct card *c, const struct p15_path *path);
void card_dir_selected(struct card *c, const struct apdu_response *r);
/* Whether the directory is the one that is selected. */
bool card_dir_is(const struct card *c, const struct p15_path *path);

/* card_walk.c: what was read, -errno when it could not be; and what has to be
 * read next. True: a file is on its way. */
void card_file_done(struct card *c, int error);
bool card_walk(struct card *c);
bool card_want_certificate(struct card *c);
/* Finds key and PIN for c->use. CARD_END_GOOD or why not. */
enum card_end card_find_way(struct card *c);

/* card_sign.c */
void card_probe_tries(struct card *c, uint8_t reference);
void card_tries_got(struct card *c, const struct apdu_response *r);
void card_tries_data_got(struct card *c, const struct apdu_response *r);
void card_pin_got(struct card *c, const struct apdu_response *r);
void card_sign_got(struct card *c, const struct apdu_response *r);

#endif

/* card_work_impl.h - shared by card_work.c, card_request.c and card_tell.c. */
#ifndef LUUKKU_APP_CARD_WORK_IMPL_H
#define LUUKKU_APP_CARD_WORK_IMPL_H

#include "app/card_work.h"

/* What a request waits for. */
enum card_request_state {
    REQUEST_NONE,
    REQUEST_PREPARE, /* the card's word on key and tries */
    REQUEST_DIGITS,  /* somebody types on the screen */
    REQUEST_PAD,     /* on the pad */
    REQUEST_SIGN,    /* the PIN is with the card */
};

struct card_request {
    enum card_request_state state;
    uint32_t id;
    enum card_usage use;
    bool who; /* nothing is signed: the certificate is all that is wanted */
    enum card_hash hash;
    bool cancelled;
    uint8_t bytes[CARD_HASH_MAX]; /* the hash */
};

struct card_work {
    struct card_work_config config;
    struct lk_timer *timer; /* nobody types */
    enum cardmsg_reader reader;
    enum cardmsg_card state;
    bool pad;
    bool present;
    bool under_way; /* a call of the slot */
    bool powering;  /* it is power() */
    bool ignore;    /* its end belongs to a card that is no more wanted */
    bool looking;
    bool luukkud;
    unsigned attempts; /* at powering this card */
    struct card *card; /* NULL: not powered */
    struct card_request request;
};

/* card_work.c. Goes on with the card's job; powers anew after a fault. */
void card_work_go_on(struct card_work *w);
void card_work_recover(struct card_work *w);
/* PIN 1 has no tries left. */
void card_work_blocked(struct card_work *w);

/* card_request.c */
void card_request_start(struct card_work *w, const struct cardmsg *m);
void card_request_ended(struct card_work *w, enum card_end end);
void card_request_fail(struct card_work *w, enum cardmsg_why why,
                       uint8_t tries);
/* The slot failed while the request was at it. */
void card_request_broken(struct card_work *w, int status);
/* ASK_PIN of the card's job. False: it waits for digits. */
bool card_request_pin(struct card_work *w, const struct card_pin *pin);
void card_request_typed(struct card_work *w, const struct cardmsg *m);
void card_request_silent(struct card_work *w);

/* card_tell.c */
void card_tell_state(struct card_work *w);
void card_tell_failed(struct card_work *w, uint32_t id, enum cardmsg_why why,
                      uint8_t tries);
void card_tell_wanted(struct card_work *w, enum cardmsg_where where);
void card_tell_count(struct card_work *w);
void card_tell_working(struct card_work *w);
void card_tell_result(struct card_work *w);
void card_tell_signer(struct card_work *w, enum card_hash hash);

#endif

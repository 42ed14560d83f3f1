/* card_work.h - luukku-card at work: what becomes of a card and of a request.
 *
 * Room: looks at a card as soon as it is there; identifies and signs when
 * luukkud asks; takes a PIN by digits or lets the reader's pad take it; gives
 * up when somebody says so, when nobody types, when the card goes. A PIN is
 * sent to a card once: whatever goes wrong then ends the request. Not here: the
 * reader (card_reader.h), the channels (card_desk.h). Thread: the loop's.
 */
#ifndef LUUKKU_APP_CARD_WORK_H
#define LUUKKU_APP_CARD_WORK_H

#include "apdu/card.h"
#include "apdu/chain.h"
#include "apdu/history.h"
#include "app/card_vault.h"
#include "ipc/cardmsg.h"
#include "loop/loop.h"

#define CARD_WORK_TYPING_US 60000000 /* from one digit to the next */
#define CARD_WORK_POWER_MAX 3        /* attempts at one card, put in once */

struct card_work;

/* A reader's slot. Each call returns 0, and its end follows by
 * card_work_powered() or card_work_answered(), not from inside; or -errno, and
 * nothing follows. */
struct card_slot_ops {
    /* Powers the card, anew when it is powered. */
    int (*power)(void *arg);
    /* Sends a command, which is copied. */
    int (*send)(void *arg, const uint8_t *apdu, size_t len);
    /* Lets the pad take a PIN and send it. -EOPNOTSUPP: it has none. */
    int (*pad)(void *arg, const struct card_pin *pin);
    /* Ends what is under way, soon. */
    void (*cancel)(void *arg);
};

struct card_work_config {
    struct lk_loop *loop; /* borrowed, as all of these */
    struct card_vault *vault;
    const struct card_trust *trust; /* NULL: no CA is configured */
    const struct card_slot_ops *ops;
    void *slot;
    /* A message for luukkud; dies on return. */
    void (*tell)(void *arg, const struct cardmsg *m);
    int64_t (*now_s)(void *arg); /* seconds since 1970 */
    int64_t typing_us;           /* usually CARD_WORK_TYPING_US */
    void *arg;
};

/* Errors: -ENOMEM, -ENOSPC. Owner: caller. */
int card_work_new(const struct card_work_config *config,
                  struct card_work **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct card_work *card_work_free(struct card_work *w);
LK_AUTO_DEFINE(card_work);

/* How the reader is; none and broken end everything. `pad`: it has one that can
 * be trusted. */
void card_work_reader(struct card_work *w, enum cardmsg_reader state, bool pad);

/* A card is in the slot, or is no longer. */
void card_work_card(struct card_work *w, bool present);

/* The end of power(): 0 or -errno; historical bytes of the ATR, and whether
 * reader and protocol carry extended lengths. */
void card_work_powered(struct card_work *w, int status, const uint8_t *history,
                       size_t len, bool extended);

/* The end of send() or pad(): 0 and the answer, or -errno as in
 * drivers/ccid/reader.h. */
void card_work_answered(struct card_work *w, int status, const uint8_t *answer,
                        size_t len);

/* An order of luukkud. */
void card_work_order(struct card_work *w, const struct cardmsg *m);

/* luukkud is there (tells the state) or has gone (gives up its request). */
void card_work_luukkud(struct card_work *w, bool there);

/* The state as it would be told; its text and bytes live until the next call
 * of anything here. */
void card_work_state(const struct card_work *w, struct cardmsg *ret);

#endif

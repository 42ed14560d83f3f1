/* card_reader.h - the reader of luukku-card: drivers/ccid behind card_work's
 * slot.
 *
 * Room: which slot is used (the first that has a card), powering, commands, the
 * pad. Thread: the loop's.
 */
#ifndef LUUKKU_APP_CARD_READER_H
#define LUUKKU_APP_CARD_READER_H

#include "app/card_work.h"
#include "usb/usb.h"

struct card_reader;

struct card_reader_config {
    struct lk_loop *loop; /* borrowed */
    /* The reader has started. */
    void (*works)(void *arg);
    /* It is of no use any more: card_reader_close() is to be called, not from
     * in here. `why` is static; NULL: it was unplugged. */
    void (*broken)(void *arg, const char *why);
    void *arg;
};

/* For card_work_config.ops, with a struct card_reader as the slot. */
extern const struct card_slot_ops card_reader_ops;

/* Errors: -ENOMEM. Owner: caller. */
int card_reader_new(const struct card_reader_config *config,
                    struct card_reader **ret) LK_MUST_CHECK;
/* Closes; NULL is fine. Returns NULL. */
struct card_reader *card_reader_free(struct card_reader *r);
LK_AUTO_DEFINE(card_reader);

/* Who is told of cards and answers; borrowed, NULL nobody. */
void card_reader_serve(struct card_reader *r, struct card_work *work);

/* Begins to drive a device, which it takes over, also when it fails.
 * Errors: those of ccid_reader_open(). */
int card_reader_open(struct card_reader *r,
                     struct usb_device *device) LK_MUST_CHECK;

/* Closes the device; not open is fine. */
void card_reader_close(struct card_reader *r);

/* The reader's name, "" none; its level as a word for luukkuctl. */
const char *card_reader_name(const struct card_reader *r);
const char *card_reader_level(const struct card_reader *r);

#endif

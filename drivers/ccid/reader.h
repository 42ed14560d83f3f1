/* reader.h - one smart card reader: cards come and go, are powered, spoken to.
 *
 * Spec: CCID 1.1 (USB device class 0x0B), ISO/IEC 7816-3:2006.
 * Room: what a program that owns a reader needs. The reader's level (TPDU with
 * T=0 or T=1, short or extended APDU), its features, its quirks and the way it
 * tells of cards are hidden here.
 * Not here: what APDUs mean (firmware/apdu); opening the device (drivers/usb).
 *
 * Nothing here waits. An operation whose call returned 0 ends in its callback,
 * exactly once, from the loop, never inside the call. A slot does one operation
 * at a time. A reader that is silent ends an operation after at most
 * CCID_SILENCE_MS; one that asks for more time gets it, up to
 * CCID_EXTENSION_MS. A reader that cannot be brought back into step is broken:
 * running operations end with -ENODEV, then `broken` tells why, and all that is
 * left to do is ccid_reader_free().
 *
 * Thread: the loop's, for everything here.
 */
#ifndef LUUKKU_CCID_READER_H
#define LUUKKU_CCID_READER_H

#include "ccid/atr.h"
#include "loop/loop.h"

#include <stdbool.h>

struct usb_device;
struct ccid_reader;

#define CCID_SLOTS_MAX 8          /* more slots of one reader are not used */
#define CCID_COMMAND_MAX 65544    /* bytes of a command APDU (extended) */
#define CCID_RESPONSE_MAX 65538   /* bytes of an answer, SW1 SW2 included */
#define CCID_ESCAPE_MAX 1024      /* bytes of an escape command, and answer */
#define CCID_PIN_TEMPLATE_MAX 128 /* bytes of an APDU that a pad fills in */
#define CCID_SILENCE_MS 2000      /* most that a silent reader is waited for */
#define CCID_EXTENSION_MS 60000   /* most that it may ask for, per command */
#define CCID_PAD_MS 45000         /* most for a PIN on the pad */

/* The reason of `broken` for a reader that was unplugged, and for no other. */
#define CCID_GONE "the reader is gone"

/* At which level the reader takes commands (dwFeatures). For show only. */
enum ccid_level {
    CCID_LEVEL_TPDU,
    CCID_LEVEL_SHORT_APDU,
    CCID_LEVEL_EXTENDED_APDU,
};

/* What a reader is and can do. */
struct ccid_info {
    const char *name; /* of the product, one line, "" unknown */
    uint16_t vendor;
    uint16_t product;
    uint16_t version; /* bcdDevice */
    uint8_t slots;    /* 1..CCID_SLOTS_MAX */
    enum ccid_level level;
    bool pad_verify; /* its pad takes a PIN to verify, and is believed */
    bool pad_modify; /* its pad takes a PIN to change, and is believed */
    bool polled;     /* it does not tell of cards: it is asked */
};

/* What a reader tells of itself. Each may call ccid_reader_free(). */
struct ccid_events {
    /* Once, first of all. Operations may start. `info` lives as long as the
     * reader; its pad_* may turn false when the pad proves to be a lie. */
    void (*ready)(void *arg, const struct ccid_info *info);
    /* A card is in the slot, or is no longer. Told first after `ready`, once
     * for each slot that holds a card; slots are empty until then. */
    void (*slot)(void *arg, uint8_t slot, bool present);
    /* Once, last of all: it is of no use any more. `reason` is one line of
     * plain words and stays valid. */
    void (*broken)(void *arg, const char *reason);
    void *arg;
};

/* Takes a device over and begins to talk to it: `ready` or `broken` follows
 * within CCID_SILENCE_MS for each slot.
 *
 * device  an opened one; owned by the reader when 0 is returned, else still the
 *         caller's
 * Owner   caller, ccid_reader_free()
 * Errors  -ENXIO none of its interfaces is a card reader that we know,
 *         -EBADMSG its class descriptor is broken, -ENODEV it has gone, -EBUSY,
 *         -ENOMEM, -ENOSPC
 */
int ccid_reader_open(struct lk_loop *l, struct usb_device *device,
                     const struct ccid_events *events,
                     struct ccid_reader **ret) LK_MUST_CHECK;

/* Closes the device. Running operations end without a callback; what they held
 * is wiped. Fine inside any callback. NULL is fine. Returns NULL. */
struct ccid_reader *ccid_reader_free(struct ccid_reader *r);
LK_AUTO_DEFINE(ccid_reader);

/* How an operation ended:
 *   0            done, with `len` bytes of answer
 *   -ENOMEDIUM   there is no card, or it was taken out
 *   -ENOTCONN    the card is not powered, or lost its power by now
 *   -EIO         the card is mute or garbled, by the reader's word
 *                (ccid_reader_why())
 *   -EPROTO      the card broke the rules of T=0 or T=1
 *   -EBADMSG     the reader broke the rules of CCID and was brought back
 *   -ETIMEDOUT   no answer in time, and the reader was brought back
 *   -ETIME       nobody typed a PIN on the pad in time
 *   -ECANCELED   by ccid_cancel(), or by the key on the pad
 *   -EOPNOTSUPP  the reader cannot do this after all
 *   -EMSGSIZE    the answer is longer than CCID_RESPONSE_MAX
 *   -ENOMEM      out of memory
 *   -ENODEV      the reader is broken
 * After -EIO, -EPROTO, -EBADMSG, -ETIMEDOUT and a cancelled APDU the card has
 * to be powered on anew. `data` dies, and is wiped, when the callback returns.
 */
typedef void ccid_done_fn(void *arg, int status, const uint8_t *data,
                          size_t len);

/* What is called at the end of an operation. fn is never NULL. */
struct ccid_done {
    ccid_done_fn *fn;
    void *arg;
};

/* Every operation below returns 0, or at once, without a callback:
 *   -EINVAL      no such slot, or an argument of the wrong shape
 *   -EBUSY       the slot is at work
 *   -ENOMEDIUM   no card (not for escape)
 *   -ENOTCONN    not powered (transceive and secure only)
 *   -EOPNOTSUPP  the reader has no such feature
 *   -ENODEV      not ready yet, or broken
 *   -ENOMEM
 */

/* Powers the card, a powered one after a reset, agrees on protocol and
 * parameters. The answer is the ATR, 2..ATR_LEN_MAX bytes. */
int ccid_power_on(struct ccid_reader *r, uint8_t slot,
                  struct ccid_done done) LK_MUST_CHECK;

/* Takes the power away. The answer is empty. */
int ccid_power_off(struct ccid_reader *r, uint8_t slot,
                   struct ccid_done done) LK_MUST_CHECK;

/* Sends a command APDU, short or extended, and gets the answer, SW1 SW2 last
 * (2..CCID_RESPONSE_MAX bytes). 61xx and, for commands without data, 6Cxx are
 * followed here; with T=0, 61xx where no answer was asked for reads 9000. No
 * command is ever sent twice otherwise, but one that reads, after T=1 had to be
 * resynchronised. Over T=0 and at short APDU level an extended Le gets what the
 * card gives at once, 256 bytes or fewer, and what it says to have left (61xx);
 * more data than 255 bytes goes by ENVELOPE, which the card has to know.
 *
 * apdu    4..CCID_COMMAND_MAX bytes, well formed (ISO/IEC 7816-3, 12.1);
 * copied, and the copy is wiped
 */
int ccid_transceive(struct ccid_reader *r, uint8_t slot, const uint8_t *apdu,
                    size_t len, struct ccid_done done) LK_MUST_CHECK;

/* How digits are written into the APDU of a PIN. */
enum ccid_pin_coding {
    CCID_PIN_BINARY,
    CCID_PIN_BCD,
    CCID_PIN_ASCII,
};

/* A PIN that the pad takes, checks for length, and sends to the card itself
 * (CCID 1.1, 6.1.11). The PIN never leaves the reader. */
struct ccid_pin {
    /* Command APDU with the padding where the PIN will be, 5 header bytes and
     * up to CCID_PIN_TEMPLATE_MAX in all; no Le. */
    const uint8_t *apdu;
    size_t len;
    enum ccid_pin_coding coding;
    uint8_t block_len;  /* bytes that the PIN takes in the APDU, 1..15 */
    uint8_t digits_min; /* 1..15 */
    uint8_t digits_max; /* digits_min..15 */
    uint8_t timeout_s;  /* 1..30: until the first and between digits */
    uint16_t language;  /* of the pad's words, USB LANGID, e.g. 0x040b */
    uint8_t message;    /* index of the pad's message, 0 first */
    uint8_t new_offset; /* modify: of the new PIN from the first data byte */
    uint8_t old_offset; /* modify: of the old PIN from the first data byte */
    bool ask_old;       /* modify: the old PIN is asked for */
    bool confirm;       /* modify: the new PIN is asked for twice */
};

/* The pad takes a PIN and the card verifies it. The answer is SW1 SW2. */
int ccid_pin_verify(struct ccid_reader *r, uint8_t slot,
                    const struct ccid_pin *pin,
                    struct ccid_done done) LK_MUST_CHECK;

/* The pad takes the old and the new PIN and the card changes it. The answer is
 * SW1 SW2. */
int ccid_pin_modify(struct ccid_reader *r, uint8_t slot,
                    const struct ccid_pin *pin,
                    struct ccid_done done) LK_MUST_CHECK;

/* Sends bytes that only this reader's maker knows the meaning of, at most
 * CCID_ESCAPE_MAX. The answer is such bytes. */
int ccid_escape(struct ccid_reader *r, uint8_t slot, const uint8_t *bytes,
                size_t len, struct ccid_done done) LK_MUST_CHECK;

/* Ends the slot's operation soon, by ABORT: its callback still comes, with
 * -ECANCELED or how it ended by then. Nothing to end is fine. */
void ccid_cancel(struct ccid_reader *r, uint8_t slot);

/* A powered card. */
struct ccid_card {
    uint8_t protocol; /* 0 or 1: T=0 or T=1 */
    struct atr atr;   /* as decoded */
    uint8_t raw[ATR_LEN_MAX];
    size_t len;
};

/* The slot's powered card, or NULL. Lives until its next operation ends. */
const struct ccid_card *ccid_reader_card(const struct ccid_reader *r,
                                         uint8_t slot);

/* Whether a card is in the slot, as far as is known. */
bool ccid_reader_present(const struct ccid_reader *r, uint8_t slot);

/* The reader's word for why the slot's last operation failed, "" for none; for
 * logs. Static. */
const char *ccid_reader_why(const struct ccid_reader *r, uint8_t slot);

#endif

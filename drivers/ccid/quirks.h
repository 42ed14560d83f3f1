/* quirks.h - what is known to be wrong with certain card readers.
 *
 * Room: one table by vendor, product and firmware, each line with where the
 * fact was found, and how it changes what a reader says of itself. Pure.
 * Where the reader can be distrusted in general (empty packets, chained answers
 * at short APDU level, stale answers, a pad that refuses) it is, and needs no
 * line.
 */
#ifndef LUUKKU_CCID_QUIRKS_H
#define LUUKKU_CCID_QUIRKS_H

#include "ccid/class.h"

/* What to do otherwise. */
#define CCID_QUIRK_NO_PAD 0x0001u         /* its PIN pad is a lie, or unsafe */
#define CCID_QUIRK_EXTENDED 0x0002u       /* chains: extended APDU level */
#define CCID_QUIRK_SHORT 0x0004u          /* short APDU level, not extended */
#define CCID_QUIRK_NO_IFSD 0x0008u        /* no IFSD negotiation */
#define CCID_QUIRK_FULL_APDU 0x0010u      /* takes 271 bytes, says less */
#define CCID_QUIRK_EMPTY_PACKET 0x0020u   /* follows its answers: no mishap */
#define CCID_QUIRK_OFF_FIRST 0x0040u      /* power off before power on */
#define CCID_QUIRK_NO_MESSAGE 0x0080u     /* pad: no messages to show */
#define CCID_QUIRK_ALL_MESSAGES 0x0100u   /* pad: three message indices */
#define CCID_QUIRK_DIGITS_SWAPPED 0x0200u /* pad: PIN lengths swapped */
#define CCID_QUIRK_VENDOR_CLASS 0x0400u   /* CCID under class 0xFF */
#define CCID_QUIRK_POLL 0x0800u           /* its interrupts are not to be had */
#define CCID_QUIRK_OLD_FIRMWARE 0x1000u   /* refused: firmware too old */

struct ccid_quirk {
    uint16_t vendor;
    uint16_t product;
    uint16_t version_min; /* bcdDevice, both ends included */
    uint16_t version_max;
    uint32_t flags;       /* CCID_QUIRK_* */
    uint32_t rate_max;    /* bit/s instead of its own, 0: its own */
    uint32_t ifsd_max;    /* instead of its own, 0: its own */
    uint16_t patience_ms; /* more time for each command, 0: as all */
    uint16_t settle_ms;   /* pause after power on, 0: none */
    const char *source;   /* where the fact was found */
};

#define CCID_QUIRK_PATIENCE_MAX_MS 1000
#define CCID_QUIRK_SETTLE_MAX_MS 500

/* What is known of that reader, all lines that match as one. `source` is that
 * of the first, "" for none.
 *
 * ret  filled always
 */
void ccid_quirks_find(uint16_t vendor, uint16_t product, uint16_t version,
                      struct ccid_quirk *ret);

/* Mends what the reader says of itself. */
void ccid_quirks_apply(const struct ccid_quirk *q, struct ccid_class *c);

/* The table's lines, for its test. */
size_t ccid_quirks_count(void);
const struct ccid_quirk *ccid_quirks_line(size_t i);

#endif

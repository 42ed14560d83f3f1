/* history.h - a card's historical bytes.
 *
 * Spec: ISO/IEC 7816-4:2013, 12.1.1 (compact-TLV). Pure; any thread.
 * Room: what of them matters to us. The ATR around them is drivers/ccid's.
 */
#ifndef LUUKKU_APDU_HISTORY_H
#define LUUKKU_APDU_HISTORY_H

#include "base/defs.h"

#include <stdbool.h>

struct card_history {
    bool compact;  /* they are compact-TLV objects */
    bool extended; /* the card takes extended lengths */
    bool chaining; /* the card takes command chaining */
};

/* Reads `len` bytes (0..15). What cannot be read is left out: never fails. */
struct card_history card_history_read(const uint8_t *bytes, size_t len);

#endif

/* pin.h - the data structures of a PIN taken by the reader's own pad.
 *
 * Spec: CCID 1.1, 6.1.11 (PC_to_RDR_Secure). Pure: no I/O, any thread.
 */
#ifndef LUUKKU_CCID_PIN_H
#define LUUKKU_CCID_PIN_H

#include "ccid/quirks.h"
#include "ccid/reader.h"

#define CCID_PIN_BLOCK_MAX (24 + CCID_PIN_TEMPLATE_MAX)

/* Whether it is of the shape that reader.h asks for. */
bool ccid_pin_sane(const struct ccid_pin *pin, bool modify);

/* The abData of a PC_to_RDR_Secure that verifies or modifies.
 *
 * pin       a sane one
 * prologue  NAD, PCB, LEN of a T=1 block (TPDU level), or zeroes
 * Returns its bytes.
 */
size_t ccid_pin_block(const struct ccid_pin *pin, bool modify,
                      const struct ccid_quirk *quirk, const uint8_t prologue[3],
                      uint8_t ret[CCID_PIN_BLOCK_MAX]);

#endif

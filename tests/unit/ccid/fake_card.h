/* fake_card.h - a card that answers the fewest commands. */
#ifndef LUUKKU_TESTS_CCID_FAKE_CARD_H
#define LUUKKU_TESTS_CCID_FAKE_CARD_H

#include "t1_card.h"

struct fake_card {
    uint8_t atr[33];
    size_t atr_len;
    struct t1_card t1;
    unsigned executed;
};

/* A card of T=1 with TA1, or of T=0. */
void fake_card_t1(struct fake_card *c);
void fake_card_t0(struct fake_card *c);

/* Carries out an APDU: 00B0 gives P2 bytes, 0020 gives 63C2, others 9000. */
size_t fake_card_apdu(struct fake_card *c, const uint8_t *apdu, size_t len,
                      uint8_t *ret);

#endif

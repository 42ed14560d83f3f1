/* card.h - what the suites do with the card: the same few commands. */
#ifndef LUUKKU_TESTS_CCID_CARD_H
#define LUUKKU_TESTS_CCID_CARD_H

#include "bench.h"

#define CARD_FILE_MAX 8192

struct card_file {
    uint8_t bytes[CARD_FILE_MAX];
    size_t len;
};

/* Powers on, selects the application and reads the holder's certificate by
 * short commands. 0, a status of an operation, or -EILSEQ when the card's words
 * were not those of a card. */
int card_read(struct bench *b, uint8_t slot, struct card_file *ret);

/* Tries left of PIN1, by the control socket; -1: there is no card. */
int card_tries(struct bench *b);

#endif

/* t1_card.h - the card's end of T=1, written by the standard on its own. */
#ifndef LUUKKU_TESTS_T1_CARD_H
#define LUUKKU_TESTS_T1_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define T1_CARD_MAX 66000

struct t1_card {
    bool crc;
    uint8_t ifsc;
    uint8_t ifsd;
    unsigned wtx;      /* times it asks for more time before each answer */
    unsigned executed; /* commands carried out so far */
    unsigned resyncs;
    /* Carries a command out. Returns the answer's bytes. */
    size_t (*execute)(void *arg, const uint8_t *cmd, size_t len, uint8_t *ret);
    void *arg;

    uint8_t ns;
    uint8_t nr;
    uint8_t command[T1_CARD_MAX];
    size_t command_len;
    uint8_t answer[T1_CARD_MAX];
    size_t answer_len;
    size_t answer_at;
    size_t part;
    bool answering;
    unsigned wtx_left;
    bool wtx_out;
    uint8_t last[300];
    size_t last_len;
    bool last_i;
};

void t1_card_reset(struct t1_card *c);

/* Takes a block, gives the card's. Returns its bytes, 0: it is mute. */
size_t t1_card_feed(struct t1_card *c, const uint8_t *b, size_t len,
                    uint8_t *ret);

/* Makes a block. Returns its bytes. */
size_t t1_card_block(bool crc, uint8_t pcb, const uint8_t *inf, size_t len,
                     uint8_t *ret);

#endif

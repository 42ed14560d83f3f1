/* bench.h - luukku-card's reader and work against an emulated reader and card.
 *
 * Room: opens the device (by any back end, whole or with a fault), types PINs,
 * keeps what luukkud would hear. Waits, with limits; failures end the test.
 */
#ifndef LUUKKU_TESTS_CARD_BENCH_H
#define LUUKKU_TESTS_CARD_BENCH_H

#include "emulator.h"
#include "testing.h"
#include "usb_fault.h"

#include "app/card_reader.h"

#define BENCH_PIN1 "1234"
#define BENCH_PIN2 "123456"

struct bench {
    struct emulator *emulator;
    struct lk_loop *loop;
    struct card_vault *vault;
    struct card_trust *trust;
    struct card_reader *reader;
    struct card_work *work;
    struct usb_device *device; /* the reader's; for usb_fault_count() */
    bool broken;
    char why[128];
    /* what luukkud heard */
    struct cardmsg state;
    struct cardmsg wanted;
    struct cardmsg end; /* RESULT or FAILED; type 0: none yet */
    uint8_t signature[CARDMSG_SIGNATURE_MAX];
    uint8_t certificate[CARDMSG_CERTIFICATE_MAX];
    uint8_t own_certificate[CARDMSG_CERTIFICATE_MAX]; /* the state's */
    uint32_t id;
    int64_t worst_us; /* longest time between two things that happened */
    int64_t last_us;
};

/* Starts an emulated reader; args as of emulator_start(). */
struct bench *bench_new(const char *const *args);
struct bench *bench_free(struct bench *b);

/* Opens the reader, which breaks at transfer `at`. */
void bench_open(struct bench *b, enum usb_fault what, unsigned at);
void bench_close(struct bench *b);

/* Runs until the card's state is one of "bits" (1 << CARDMSG_CARD_*), or the
 * reader is broken. False: it is broken. */
bool bench_wait_card(struct bench *b, unsigned bits);

/* Asks for an identification or a signature, and waits for PIN_WANTED or the
 * end. True: a PIN is wanted. */
bool bench_ask(struct bench *b, enum cardmsg_type type, enum cardmsg_hash h);

/* Types digits, says OK, waits for the end. */
void bench_type(struct bench *b, const char *digits);

/* Waits for RESULT, FAILED or a broken reader. */
void bench_wait_end(struct bench *b);

/* Asserts that the end is a signature that fits its certificate. */
void bench_expect_result(const struct bench *b, enum cardmsg_type type,
                         enum cardmsg_hash h);

/* Tries left that the emulated card has: of PIN 1 or 2. */
int bench_tries(struct bench *b, int pin);

#endif

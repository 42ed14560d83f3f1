/* bench.h - a reader and whoever uses it, for tests that wait. */
#ifndef LUUKKU_TESTS_CCID_BENCH_H
#define LUUKKU_TESTS_CCID_BENCH_H

#include "ccid/reader.h"
#include "emulator.h"
#include "usb_fault.h"

/* What one operation may take when nobody asks for more time, and what a
 * loaded machine may add before a test calls it a hang. */
#define BENCH_SLACK_MS 2500

struct bench {
    struct lk_loop *loop;
    struct emulator *emulator;
    struct ccid_reader *reader;
    struct usb_device *device; /* the reader's */
    const struct ccid_info *info;
    bool present[CCID_SLOTS_MAX];
    unsigned changes;
    const char *broken;
    unsigned breaks;

    unsigned done; /* callbacks of operations */
    int status;
    uint8_t answer[CCID_RESPONSE_MAX];
    size_t len;
    int64_t worst_ms; /* of any operation or opening */
    int64_t limit_ms; /* more than this is a hang */
};

/* Starts the emulator `args` (as emulator_start()). */
struct bench *bench_new(const char *const *args);
struct bench *bench_free(struct bench *b);

/* Opens the reader, with one fault in the USB transfers at will, and waits for
 * `ready` or `broken`. 0, or an error of opening; -ENODEV when it broke. */
int bench_open(struct bench *b, enum usb_fault what, unsigned at);
void bench_close(struct bench *b);

/* Runs the loop until *flag is not 0, or `ms` are over. */
bool bench_wait(struct bench *b, const bool *flag, unsigned ms);

/* Runs the loop for so long. */
void bench_idle(struct bench *b, unsigned ms);

/* Operations that wait for their end; each asserts that it comes once, and in
 * time. The answer is in b->answer. */
int bench_power_on(struct bench *b, uint8_t n);
int bench_power_off(struct bench *b, uint8_t n);
int bench_apdu(struct bench *b, uint8_t n, const char *hex);
int bench_apdu_bytes(struct bench *b, uint8_t n, const uint8_t *apdu,
                     size_t len);
int bench_escape(struct bench *b, uint8_t n, const char *hex);

/* For operations begun by hand: their callback, and the wait. */
struct ccid_done bench_done(struct bench *b);
int bench_finish(struct bench *b, int started);

/* SW1 SW2 of the last answer, 0 where it has none. */
unsigned bench_sw(const struct bench *b);

#endif

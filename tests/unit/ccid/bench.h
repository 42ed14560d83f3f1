/* bench.h - a reader on a fake device, and its owner. */
#ifndef LUUKKU_TESTS_CCID_UNIT_BENCH_H
#define LUUKKU_TESTS_CCID_UNIT_BENCH_H

#include "ccid/reader.h"
#include "fake.h"

struct bench {
    struct lk_loop *loop;
    struct fake *fake;
    struct ccid_reader *reader;
    bool closed; /* the device was */
    const struct ccid_info *info;
    bool present[CCID_SLOTS_MAX];
    unsigned changes;
    const char *broken;
    unsigned done;
    int status;
    uint8_t answer[CCID_RESPONSE_MAX];
    size_t len;
    bool free_when_done; /* frees the reader inside the callback */
};

/* A fake with a card of T=1 in slot 0; not opened yet. */
void bench_init(struct bench *b, const struct fake_config *c);
void bench_clear(struct bench *b);

/* Opens and waits for ready or broken. The error of opening. */
int bench_open(struct bench *b);

/* Runs the loop for as long as `cond` is not met. False: five seconds over. */
bool bench_until(struct bench *b, bool (*cond)(const struct bench *b));

/* Dispatches what there is, some times. */
void bench_settle(struct bench *b);

struct ccid_done bench_done(struct bench *b);

/* Waits for the operation; a negative `started` is returned at once. */
int bench_finish(struct bench *b, int started);

int bench_power_on(struct bench *b);
int bench_apdu(struct bench *b, const uint8_t *apdu, size_t len);

#endif

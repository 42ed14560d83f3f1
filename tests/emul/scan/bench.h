/* bench.h - luukku-scan behind its walls, with the test as luukku-super and as
 * luukkud. Failures end the test (cmocka). */
#ifndef LUUKKU_TESTS_SCAN_BENCH_H
#define LUUKKU_TESTS_SCAN_BENCH_H

#include "testing.h"

#include "app/super_spawn.h"
#include "emulator.h"
#include "ipc/chan.h"
#include "ipc/scanmsg.h"
#include "ipc/scanpage.h"

#define BENCH_PAGES_MAX 32

struct bench_page {
    struct scanmsg m;
    uint64_t hash; /* of the pixels */
    int fd;        /* the page; -1 unless `keep` */
    bool with_jpeg;
};

struct bench {
    struct lk_loop *loop;
    struct super_process process;
    struct lk_chan *super;
    struct lk_chan *luukkud;
    struct emulator *emulator; /* NULL: no scanner */
    struct scanmsg scanner;    /* the last that was told */
    struct bench_page page[BENCH_PAGES_MAX];
    size_t pages;
    struct scanmsg end;
    bool ended;  /* END came */
    bool closed; /* the channel to luukkud closed */
    bool ready;
    bool keep; /* descriptors of pages */
    unsigned pongs;
    size_t pongs_at_end;
    unsigned progress;
    bool device_works;
    bool device_told;
    bool answered;
    char answer[1024];
    char why[256]; /* of a device that misbehaves */
    uint32_t next_job;
    /* When set: gets all that luukku-scan says, and that it has gone, instead
     * of what is above. */
    void (*heard)(void *arg, const struct scanmsg *m, struct lk_chan_msg *raw);
    void (*gone)(void *arg);
    void *arg;
};

/* One step of the loop. */
void bench_step(struct bench *b);

/* Starts the program, and an emulated scanner with it when `emulator` (further
 * words, NULL none). */
void bench_open(struct bench *b, bool emulator, const char *const *args);
void bench_close(struct bench *b);

/* Steps the loop until *flag; fails after a minute. */
void bench_until(struct bench *b, const bool *flag);

/* Gives the emulated device; waits until luukkud hears of a ready scanner. */
void bench_give(struct bench *b);
void bench_wait_state(struct bench *b, enum scanmsg_state s);

/* Starts a job (m->job is filled) and, unless told not to, waits for its END.
 */
void bench_start(struct bench *b, struct scanmsg m);
void bench_decode(struct bench *b, struct scanmsg m, int fd);
enum scanmsg_reason bench_end(struct bench *b);

void bench_send(struct bench *b, const struct scanmsg *m, int fd);
void bench_ping(struct bench *b);
const char *bench_control(struct bench *b, const char *word);

/* Peak of the program's memory so far, KiB. */
long bench_peak_kb(const struct bench *b);

/* Waits until it has ended; its wait status. */
int bench_reap(struct bench *b);

uint64_t bench_hash(const void *data, size_t len);

/* What luukku-paper writes for these words; the bytes are the caller's. */
uint8_t *bench_paper(const char *words, size_t *ret_len);

#endif

/* suite.h - one scanner and what it has told, for the tests of this folder.
 *
 * Room: opens the emulated scanner (USB, by whatever back end; a fault put in
 * between; TCP), does jobs, waits with a limit, keeps what came.
 */
#ifndef LUUKKU_TESTS_EMUL_ESCL_SUITE_H
#define LUUKKU_TESTS_EMUL_ESCL_SUITE_H

#include "testing.h"

#include "emulator.h"
#include "usb_fault.h"

#include "escl/scanner.h"

#define SUITE_PAGES_MAX 64
#define SUITE_WAIT_MS 40000 /* when a test gives up */

struct suite {
    struct lk_loop *loop;
    struct emulator *emulator;
    struct usb_device *device; /* the scanner's; NULL: TCP */
    struct escl_scanner *scanner;
    struct lk_timer *timer;
    bool late; /* the timer struck */

    const struct escl_ability *ability;
    bool broken;
    enum escl_reason broken_why;
    unsigned states;
    struct escl_state state;
    bool job;
    bool ended;
    enum escl_reason why;
    unsigned whole; /* pages, as job_end() said */
    unsigned begun, done;
    enum escl_format format[SUITE_PAGES_MAX];
    uint64_t bytes[SUITE_PAGES_MAX];
    uint64_t hash[SUITE_PAGES_MAX];
    uint64_t progress; /* calls */
    /* Called after each page_bytes(); may be NULL. */
    void (*on_bytes)(struct suite *s);
};

/* The emulator, with these words (NULL: none), and a loop. */
struct suite *suite_new(const char *const *args);
struct suite *suite_free(struct suite *s);

/* Commands the emulator; it must say ok. */
const char *suite_say(struct suite *s, const char *format, ...) LK_PRINTF(2, 3);

/* Opens the scanner; runs until it is ready or broken. True: ready. */
bool suite_open(struct suite *s);
/* With a fault at the transfer `at`. */
bool suite_open_fault(struct suite *s, enum usb_fault what, unsigned at);
bool suite_open_tcp(struct suite *s);
void suite_close(struct suite *s);

/* A small page, quick to make. */
struct escl_job suite_small(enum escl_source source);

/* Begins; the job's end is waited for elsewhere. */
void suite_start(struct suite *s, const struct escl_job *job);
/* Runs until the job has ended; fails after SUITE_WAIT_MS. */
enum escl_reason suite_wait(struct suite *s);
/* Both. */
enum escl_reason suite_scan(struct suite *s, const struct escl_job *job);

/* Runs until *flag; false after `ms`. */
bool suite_run(struct suite *s, const bool *flag, unsigned ms);

#endif

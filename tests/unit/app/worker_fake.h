/* worker_fake.h - a scan worker that does nothing but note what it is given. */
#ifndef LUUKKU_TESTS_APP_WORKER_FAKE_H
#define LUUKKU_TESTS_APP_WORKER_FAKE_H

#include "app/scan_worker.h"

struct scan_worker {
    struct scan_worker_config config;
    unsigned given; /* whole documents, since the last cancel */
    bool coming;    /* one is coming in */
    unsigned voids;
    unsigned cancels;
    unsigned pages; /* of the last document */
    size_t len;
    struct pages_wish wish;
    int give_error;
    size_t bytes; /* what scan_worker_bytes() says */
};

/* The only one, or NULL. */
struct scan_worker *worker_fake(void);

/* What scan_worker_new() says from now on; 0: it works. */
void worker_fake_fail(int error);

#endif

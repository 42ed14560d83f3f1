/* bench.h - a loop, a peer and an opened device, and how its transfers ended.
 */
#ifndef LUUKKU_TESTS_USB_BENCH_H
#define LUUKKU_TESTS_USB_BENCH_H

#include "peer.h"
#include "usb/usbip.h"

#include <errno.h>

/* How one transfer ended. */
struct ended {
    int times; /* its callback was called: 1 in the end */
    int status;
    size_t len;
    uint8_t data[256];        /* the first bytes of it */
    struct usb_device **free; /* frees that device in the callback, if any */
};

struct bench {
    struct lk_loop *loop;
    struct peer peer;
    struct usb_opening *opening;
    struct usb_device *d;
    int opened; /* times that the opener's callback was called */
    int error;
    int gone;
};

/* A loop and a peer; sets what bench_open() will need. */
void bench_start(struct bench *b);

/* Begins to open the peer's device; b->opened tells when it is over. */
void bench_open(struct bench *b);

/* The same where it may fail: its error. */
int bench_try_open(struct bench *b);

/* Opened, interface 0 claimed, alternate 1 set. */
void bench_ready(struct bench *b);

/* Counts in b->gone when b->d is gone. */
void bench_on_gone(struct bench *b);

void bench_stop(struct bench *b);

/* Runs the loop until *counter is not below `n`. */
void bench_until(struct bench *b, const int *counter, int n);

/* Runs the loop until nothing is ready any more. */
void bench_settle(struct bench *b);

struct usb_done ended(struct ended *e);

#endif

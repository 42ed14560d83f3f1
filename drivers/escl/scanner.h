/* scanner.h - one document scanner that speaks eSCL.
 *
 * Room: opening it on a USB device (IPP over USB) or on TCP, what it can do,
 * its state, one job at a time with its pages as bytes. Not here: what is in a
 * page (the bytes are sniffed for their format and otherwise untouched).
 * Nothing here waits: everything is told by callbacks from the loop, never from
 * inside a call. Every wait is bounded (limits.h): a device that is pulled out,
 * stalls or falls silent is told of within 2 s; one that is slow but says that
 * it works is waited for.
 * Spec: Mopria eSCL Technical Specification 2.97; IPP USB 1.0; RFC 9112.
 * Thread: the loop's, for everything here.
 */
#ifndef LUUKKU_ESCL_SCANNER_H
#define LUUKKU_ESCL_SCANNER_H

#include "escl/ability.h"
#include "loop/loop.h"

#include <stdbool.h>

struct usb_device; /* usb/usb.h */
struct escl_scanner;

/* Why a job ended, or why a scanner cannot be used. */
enum escl_reason {
    ESCL_DONE,         /* all pages came */
    ESCL_CEILING,      /* as many pages came as were allowed; may be more */
    ESCL_CANCELLED,    /* by escl_scanner_cancel() */
    ESCL_FEEDER_EMPTY, /* no paper in the feeder */
    ESCL_JAM,          /* paper is stuck */
    ESCL_COVER_OPEN,   /* a cover or hatch is open */
    ESCL_BUSY,         /* somebody else scans or prints */
    ESCL_REFUSED,      /* the scanner does not do this job */
    ESCL_ABORTED,      /* the scanner gave the job up, by itself or by a button
                          on it */
    ESCL_TRUNCATED,    /* a page broke off in the middle */
    ESCL_TOO_LARGE,    /* a page passed ESCL_PAGE_BYTES_MAX */
    ESCL_GARBLED,      /* answers that are no HTTP, XML, JPEG, PDF or PNG */
    ESCL_SILENT,       /* no answer, or none in time */
    ESCL_GONE,         /* unplugged, or the connection cannot be made */
    ESCL_UNFIT,        /* broken() only: no eSCL scanner */
    ESCL_MEMORY,       /* no memory here */
};

/* The reason's name, lower case, for logs and control ("feeder-empty"). */
const char *escl_reason_name(enum escl_reason why);

enum escl_activity {
    ESCL_ACTIVITY_UNKNOWN, /* not told, or it does not answer just now */
    ESCL_ACTIVITY_IDLE,
    ESCL_ACTIVITY_WORKING, /* scans, for us or for somebody else */
    ESCL_ACTIVITY_STOPPED, /* needs a person: jam, cover */
};

enum escl_feeder {
    ESCL_FEEDER_UNKNOWN, /* none, or it does not say */
    ESCL_FEEDER_HAS_PAPER,
    ESCL_FEEDER_HAS_NONE,
    ESCL_FEEDER_JAMMED,
    ESCL_FEEDER_OPEN,
};

struct escl_state {
    enum escl_activity activity;
    enum escl_feeder feeder;
};

/* What is told; NULL members are not called. escl_scanner_free() may be called
 * inside any. Between start() and job_end() come, for each page in turn,
 * page_begin(), page_bytes() and progress() any number of times, page_end(). */
struct escl_events {
    /* It can be used from now on; `a` lives as long as the scanner. Once. */
    void (*ready)(void *arg, const struct escl_ability *a);
    /* It changed; first soon after ready(), or before it (both unknown) when it
     * does not answer at first. Polled once a second. */
    void (*state)(void *arg, const struct escl_state *s);
    /* It cannot be used any more, or never could; nothing is told after it. */
    void (*broken)(void *arg, enum escl_reason why);
    /* A page begins, counted from 1, in what its first bytes are. */
    void (*page_begin)(void *arg, unsigned page, enum escl_format f);
    /* The next bytes of the page, at most 64 KiB, borrowed for this call. */
    void (*page_bytes)(void *arg, const uint8_t *data, size_t len);
    /* `got` bytes of the page so far, of `all` (0: the scanner did not say).
     * At most every 100 ms; also while the scanner warms up (got = 0). */
    void (*progress)(void *arg, unsigned page, uint64_t got, uint64_t all);
    /* The page is whole as far as its transfer goes. */
    void (*page_end)(void *arg, unsigned page);
    /* The job is over after `pages` whole pages; start() is fine again, also
     * inside this call. Without page_end() before it, the last page that began
     * is void. */
    void (*job_end)(void *arg, enum escl_reason why, unsigned pages);
};

struct escl_job {
    enum escl_source source;
    bool or_platen; /* of a feeder: the platen, when the status that is asked
                       for as the job begins tells of no paper in it */
    enum escl_mode mode;
    enum escl_format format; /* wanted; JPEG where the scanner has not this */
    unsigned dpi;            /* the nearest that the scanner has is taken */
    struct escl_area area;   /* width 0: all that the source has */
    unsigned pages;          /* ceiling, 1..ESCL_PAGES_MAX; one for a platen */
};

/* Opens the scanner on `d`, which is taken over when this succeeds (it belongs
 * to the scanner then, its on_gone handler too). ready() or broken() follows.
 *
 * events   static
 * Errors  -ENOENT no interface 7/1/4, -EBUSY, -ENODEV, -ENOMEM, -ENOSPC
 */
int escl_scanner_open_usb(struct lk_loop *l, struct usb_device *d,
                          const struct escl_events *events, void *arg,
                          struct escl_scanner **ret) LK_MUST_CHECK;

/* How connections to a scanner on a network are made. */
struct escl_dialer {
    /* A stream socket that is connected, or on its way to be and non-blocking;
     * the scanner owns it. Or -errno. Called whenever one more is needed (at
     * most two at a time). */
    int (*dial)(void *arg);
    void *arg;
    const char *host; /* for the Host header, "scanner.local:8080"; copied */
    const char *root; /* path of eSCL without slashes, "eSCL"; copied */
};

/* Opens the scanner over TCP. As escl_scanner_open_usb().
 * Errors  -ENOMEM, -ENOSPC, -EMSGSIZE host or root are too long, dial()'s */
int escl_scanner_open_tcp(struct lk_loop *l, const struct escl_dialer *dialer,
                          const struct escl_events *events, void *arg,
                          struct escl_scanner **ret) LK_MUST_CHECK;

/* Begins a job; job_end() follows, once. What the scanner has not is replaced
 * by the nearest that it has; a source that it lacks is an error.
 *
 * Errors  -EBUSY a job is under way, -ENOTCONN not ready() yet or broken(),
 *         -ENOTSUP no such source, -EINVAL
 */
int escl_scanner_start(struct escl_scanner *s,
                       const struct escl_job *job) LK_MUST_CHECK;

/* Gives the job up. job_end() follows at once (from the loop), whatever the
 * scanner does. Nothing is told of its pages any more. No job: nothing. */
void escl_scanner_cancel(struct escl_scanner *s);

/* Back pressure: asks the scanner for nothing more until resume(). What was
 * asked for already still comes (at most ESCL_AHEAD_BYTES). No clock of the
 * page's transfer runs in between. */
void escl_scanner_pause(struct escl_scanner *s);
void escl_scanner_resume(struct escl_scanner *s);

/* Closes. A job under way ends without a word. NULL is fine, inside callbacks
 * too. Returns NULL. */
struct escl_scanner *escl_scanner_free(struct escl_scanner *s);
LK_AUTO_DEFINE(escl_scanner);

#endif

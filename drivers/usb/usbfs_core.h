/* usbfs_core.h - what the loop and a device's own thread share.
 *
 * Room: the thread, its jobs and their answers. The thread does what the kernel
 * only does while the caller waits: up to five seconds for a device that does
 * not answer, which no loop can afford. Transfers are not its business until
 * the device is let go: then it ends them and closes everything, so that
 * usb_free() needs not wait for that either.
 * Thread: as said at each function.
 */
#ifndef LUUKKU_USB_USBFS_CORE_H
#define LUUKKU_USB_USBFS_CORE_H

#include "usb/backend.h"

#include <libusb.h>
#include <pthread.h>

#define FS_JOBS_MAX (USB_TRANSFERS_MAX + 1)
#define FS_ANSWERS_MAX (2UL * FS_JOBS_MAX) /* not yet read by the loop */
#define FS_RAW_MAX 32768                   /* bytes of all descriptors */

/* How long usb_free() waits for a device to be let go, so that it can be opened
 * anew at once. One that takes longer is let go behind its back. */
#define FS_CLOSE_MS 500

/* How long the transfers of a device that is let go may take to end; closing
 * the descriptor ends them in any case. */
#define FS_REAP_MS 2000

enum fs_job_kind {
    FS_JOB_OPEN,
    FS_JOB_ALTERNATE,
    FS_JOB_CLEAR_HALT,
    FS_JOB_RESET,
};

struct fs_job {
    enum fs_job_kind kind;
    uint32_t id; /* of the transfer that waits for it */
    uint8_t interface;
    uint8_t alternate;
    uint8_t endpoint;
};

/* What comes back to the loop. */
struct fs_answer {
    enum fs_job_kind kind;
    uint32_t id;
    int status;
};

struct fs_core {
    pthread_mutex_t lock;
    pthread_cond_t wake;  /* a job, or closing */
    pthread_cond_t ended; /* everything is closed */
    unsigned refs;        /* the loop's and the thread's */
    bool closing;
    bool closed;
    struct fs_job jobs[FS_JOBS_MAX]; /* a ring */
    size_t job_first;
    size_t job_count;
    struct fs_answer answers[FS_ANSWERS_MAX]; /* a ring */
    size_t answer_first;
    size_t answer_count;
    int bell; /* eventfd, readable while there may be answers */

    /* The thread's until it has answered FS_JOB_OPEN, then read by both */
    libusb_context *ctx;
    libusb_device_handle *handle;
    int fd;
    uint8_t *raw; /* device descriptor and all configurations */
    size_t raw_len;

    /* The loop's until closing, then the thread's */
    struct usb_transfers transfers; /* told already, to be ended and freed */
    size_t flying;                  /* transfers that libusb has */
};

/* The back end's part of a transfer. */
struct fs_own {
    struct fs_core *core;
    struct libusb_transfer *x; /* NULL when it is none of libusb's */
    bool flying;               /* libusb has it */
    bool dropped;              /* told already: only its memory is left */
    uint32_t id;               /* of its job */
};

/* A libusb error as errno: -EACCES, -ENODEV, -ENOENT, -EBUSY, -ETIMEDOUT,
 * -EPIPE, -ENOMEM, -EIO. */
int fs_error(int libusb_error);

/* Makes the core and starts its thread. `fd` is the core's on success.
 * Errors: -ENOMEM, -EAGAIN, -EMFILE. Thread: the loop's. */
int fs_core_new(int fd, struct fs_core **ret) LK_MUST_CHECK;

/* Hands over a job. Errors: -ENOSPC. Thread: the loop's. */
int fs_core_post(struct fs_core *c, const struct fs_job *job) LK_MUST_CHECK;

/* Takes the next answer; false when there is none now. Thread: the loop's. */
bool fs_core_take(struct fs_core *c, struct fs_answer *ret);

/* Lets go: the thread ends c->transfers, closes and ends. Waits for that, but
 * not for long. `c` is not the caller's any more. Thread: the loop's. */
void fs_core_close(struct fs_core *c);

#endif

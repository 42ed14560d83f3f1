#include "usb/usbfs_core.h"

#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

int fs_error(int libusb_error)
{
    switch (libusb_error) {
    case LIBUSB_SUCCESS:
        return 0;
    case LIBUSB_ERROR_ACCESS:
        return -EACCES;
    case LIBUSB_ERROR_NO_DEVICE:
        return -ENODEV;
    case LIBUSB_ERROR_NOT_FOUND:
        return -ENOENT;
    case LIBUSB_ERROR_BUSY:
        return -EBUSY;
    case LIBUSB_ERROR_TIMEOUT:
        return -ETIMEDOUT;
    case LIBUSB_ERROR_PIPE:
        return -EPIPE;
    case LIBUSB_ERROR_NO_MEM:
        return -ENOMEM;
    default:
        return -EIO;
    }
}

/* --- the thread's --- */

/* All that the kernel knows of the device, from the node itself. */
static int core_read(struct fs_core *c)
{
    c->raw = malloc(FS_RAW_MAX);
    if (!c->raw)
        return -ENOMEM;
    while (c->raw_len < FS_RAW_MAX) {
        ssize_t n = pread(c->fd, c->raw + c->raw_len, FS_RAW_MAX - c->raw_len,
                          (off_t)c->raw_len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -ENODEV;
        if (n == 0)
            return 0;
        c->raw_len += (size_t)n;
    }
    return -EMSGSIZE;
}

static int core_open(struct fs_core *c)
{
    /* Contexts that are made from now on look for no devices and open no
     * paths: this program may not. */
    int r = libusb_set_option(NULL, LIBUSB_OPTION_NO_DEVICE_DISCOVERY);
    if (r == 0)
        r = libusb_init(&c->ctx);
    if (r == 0)
        r = libusb_wrap_sys_device(c->ctx, c->fd, &c->handle);
    if (r == 0)
        r = libusb_set_auto_detach_kernel_driver(c->handle, 1);
    return r == 0 ? core_read(c) : fs_error(r);
}

/* Only what usb_done_fn knows. */
static int request_status(int r)
{
    r = fs_error(r);
    return r == 0 || r == -EPIPE || r == -ENODEV || r == -ETIMEDOUT ? r : -EIO;
}

static int core_reset(struct fs_core *c)
{
    int r = libusb_reset_device(c->handle);
    /* It came back as another one: its descriptors have changed, or it has not
     * answered. */
    return r == LIBUSB_ERROR_NOT_FOUND ? -ENODEV : request_status(r);
}

static int core_do(struct fs_core *c, const struct fs_job *job)
{
    switch (job->kind) {
    case FS_JOB_ALTERNATE:
        return request_status(libusb_set_interface_alt_setting(
            c->handle, job->interface, job->alternate));
    case FS_JOB_CLEAR_HALT:
        return request_status(libusb_clear_halt(c->handle, job->endpoint));
    case FS_JOB_RESET:
        return core_reset(c);
    case FS_JOB_OPEN:
        break;
    }
    return core_open(c);
}

/* Waits for the next job. False: it is time to close. */
static bool core_next(struct fs_core *c, struct fs_job *ret)
{
    pthread_mutex_lock(&c->lock);
    while (c->job_count == 0 && !c->closing)
        pthread_cond_wait(&c->wake, &c->lock);
    bool go_on = !c->closing;
    if (go_on) {
        *ret = c->jobs[c->job_first];
        c->job_first = (c->job_first + 1) % FS_JOBS_MAX;
        c->job_count--;
    }
    pthread_mutex_unlock(&c->lock);
    return go_on;
}

static void core_answer(struct fs_core *c, const struct fs_job *job, int status)
{
    struct fs_answer a = {.kind = job->kind, .id = job->id, .status = status};
    pthread_mutex_lock(&c->lock);
    /* The loop would have to start and give up all it can twice over before it
     * reads one. What is lost then is overdue in a moment. */
    if (c->answer_count < FS_ANSWERS_MAX)
        c->answers[(c->answer_first + c->answer_count++) % FS_ANSWERS_MAX] = a;
    pthread_mutex_unlock(&c->lock);
    uint64_t one = 1;
    /* Cannot fail: the counter is far from its end. */
    ssize_t n = write(c->bell, &one, sizeof(one));
    (void)n;
}

/* Ends what is left of the transfers. The kernel copies into their memory only
 * inside the calls below, so that they can be freed in any case afterwards. */
static void core_reap(struct fs_core *c)
{
    struct usb_transfer *t = NULL;
    TAILQ_FOREACH(t, &c->transfers, link)
    {
        const struct fs_own *own = t->own;
        if (own->flying)
            (void)libusb_cancel_transfer(own->x);
    }
    int64_t until_us = lk_clock_us() + (int64_t)FS_REAP_MS * 1000;
    while (c->flying > 0 && lk_clock_us() < until_us) {
        struct timeval tv = {.tv_usec = 100000};
        (void)libusb_handle_events_timeout_completed(c->ctx, &tv, NULL);
    }
}

static void core_shut(struct fs_core *c)
{
    if (c->handle) {
        core_reap(c);
        libusb_close(c->handle);
    }
    lk_fd_close(c->fd);
    while (!TAILQ_EMPTY(&c->transfers)) {
        struct usb_transfer *t = TAILQ_FIRST(&c->transfers);
        struct fs_own *own = t->own;
        TAILQ_REMOVE(&c->transfers, t, link);
        libusb_free_transfer(own->x);
        usb_backend_free(t);
    }
    if (c->ctx)
        libusb_exit(c->ctx);
}

/* Gives up one share of the core. */
static void core_unref(struct fs_core *c)
{
    pthread_mutex_lock(&c->lock);
    bool last = --c->refs == 0;
    pthread_mutex_unlock(&c->lock);
    if (!last)
        return;
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->wake);
    pthread_cond_destroy(&c->ended);
    lk_fd_close(c->bell);
    free(c->raw);
    free(c);
}

static void *core_main(void *arg)
{
    struct fs_core *c = arg;
    struct fs_job job;
    while (core_next(c, &job))
        core_answer(c, &job, core_do(c, &job));
    core_shut(c);
    pthread_mutex_lock(&c->lock);
    c->closed = true;
    pthread_cond_signal(&c->ended);
    pthread_mutex_unlock(&c->lock);
    core_unref(c);
    return NULL;
}

/* --- the loop's --- */

static int core_start(struct fs_core *c)
{
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    if (pthread_attr_init(&attr) != 0)
        return -ENOMEM;
    (void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    /* Signals are the program's business, at its own thread. */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = pthread_create(&thread, &attr, core_main, c);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return -r;
}

int fs_core_new(int fd, struct fs_core **ret)
{
    struct fs_core *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (c->bell < 0) {
        free(c);
        return -EMFILE;
    }
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->wake, NULL);
    pthread_cond_init(&c->ended, &clock);
    pthread_condattr_destroy(&clock);
    TAILQ_INIT(&c->transfers);
    c->fd = fd;
    c->refs = 2;
    int r = core_start(c);
    if (r < 0) {
        c->refs = 1;
        core_unref(c);
        return r;
    }
    *ret = c;
    return 0;
}

int fs_core_post(struct fs_core *c, const struct fs_job *job)
{
    int r = -ENOSPC;
    pthread_mutex_lock(&c->lock);
    if (c->job_count < FS_JOBS_MAX) {
        c->jobs[(c->job_first + c->job_count++) % FS_JOBS_MAX] = *job;
        pthread_cond_signal(&c->wake);
        r = 0;
    }
    pthread_mutex_unlock(&c->lock);
    return r;
}

bool fs_core_take(struct fs_core *c, struct fs_answer *ret)
{
    uint64_t n;
    /* Silenced first: whoever answers from now on rings again. */
    if (read(c->bell, &n, sizeof(n)) < 0 && errno != EAGAIN)
        return false;
    pthread_mutex_lock(&c->lock);
    bool got = c->answer_count > 0;
    if (got) {
        *ret = c->answers[c->answer_first];
        c->answer_first = (c->answer_first + 1) % FS_ANSWERS_MAX;
        c->answer_count--;
    }
    pthread_mutex_unlock(&c->lock);
    return got;
}

void fs_core_close(struct fs_core *c)
{
    int64_t until_us = lk_clock_us() + (int64_t)FS_CLOSE_MS * 1000;
    struct timespec until = {.tv_sec = until_us / 1000000,
                             .tv_nsec = until_us % 1000000 * 1000};
    pthread_mutex_lock(&c->lock);
    c->closing = true;
    pthread_cond_signal(&c->wake);
    int r = 0;
    while (!c->closed && r == 0)
        r = pthread_cond_timedwait(&c->ended, &c->lock, &until);
    pthread_mutex_unlock(&c->lock);
    core_unref(c);
}

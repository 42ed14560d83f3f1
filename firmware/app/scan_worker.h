/* scan_worker.h - the thread that decodes, so that the loop goes on answering.
 *
 * Room: documents in, one after another, whole or as their bytes come; their
 * pages out, on the loop. The next
 * page is begun only when the last one was taken and closed: one page's pixels
 * are in memory at a time. What is under way cannot be interrupted; a page that
 * takes more than SCAN_PAGE_US of a processor, or SCAN_PAGE_WALL_US in all, is
 * told of (stuck), and the program ends. The processor's time decides, or a
 * machine that is busy with a call would make hostile pages of good ones.
 * Not here: what a job is (scan_job.h).
 * Thread: the loop's, for all of this; the other thread is inside.
 */
#ifndef LUUKKU_APP_SCAN_WORKER_H
#define LUUKKU_APP_SCAN_WORKER_H

#include "loop/loop.h"
#include "pages/page.h"

struct scan_worker;

#define SCAN_WORKER_DOCUMENTS_MAX 8 /* waiting */

/* Of the thread's own, from a page's beginning to its end; sanitized builds are
 * slower, and a test has its own. */
#ifndef SCAN_PAGE_US
#ifdef LUUKKU_SANITIZED
#define SCAN_PAGE_US 60000000
#else
#define SCAN_PAGE_US 12000000
#endif
#endif
#define SCAN_PAGE_WALL_US (10 * (int64_t)SCAN_PAGE_US) /* of one that waits */

struct scan_worker_config {
    /* A page of a document; its descriptors are closed after the call. */
    void (*page)(void *arg, uint32_t job, const struct pages_page *p);
    /* A document has ended: 0, or the error of pages_document_open() or
     * pages_document_page(). */
    void (*done)(void *arg, uint32_t job, int error);
    /* The page under way takes too long: it will not end, nor will anything
     * after it. */
    void (*stuck)(void *arg, uint32_t job);
    void *arg;
};

/* Starts the thread.
 * Owner   caller, scan_worker_free()
 * Errors  -ENOMEM, -ENOSPC, -EAGAIN (pthread_create(3)), eventfd(2)'s */
int scan_worker_new(struct lk_loop *l, const struct scan_worker_config *config,
                    struct scan_worker **ret) LK_MUST_CHECK;

/* Waits for the page under way. NULL is fine. Returns NULL. */
struct scan_worker *scan_worker_free(struct scan_worker *w);
LK_AUTO_DEFINE(scan_worker);

/* Gives a document: a sealed memfd, which is taken over also when it fails.
 * pages   at most so many of its pages
 * Errors  -ENOSPC too many wait */
int scan_worker_give(struct scan_worker *w, uint32_t job, int fd,
                     const struct pages_wish *wish,
                     unsigned pages) LK_MUST_CHECK;

/* A document begins that comes in bit by bit: a memfd that the caller writes at
 * its end. `fd` is taken over, also when it fails. A JPEG is decoded while it
 * comes, anything else when it is whole; the time that the worker waits for
 * bytes is not counted as work. The one before must have ended.
 * Errors  -ENOSPC too many wait */
int scan_worker_begin(struct scan_worker *w, uint32_t job, int fd,
                      const struct pages_wish *wish,
                      unsigned pages) LK_MUST_CHECK;

/* So many bytes more were written to it. */
void scan_worker_more(struct scan_worker *w, size_t len);

/* It is whole, and sealed. Its pages are told of only after this. */
void scan_worker_whole(struct scan_worker *w);

/* It will not become whole: nothing is told of it. */
void scan_worker_void(struct scan_worker *w);

/* Forgets all documents. Nothing is told of them any more. */
void scan_worker_cancel(struct scan_worker *w);

/* Bytes of the documents that wait, come in or are under way. */
size_t scan_worker_bytes(struct scan_worker *w);

#endif

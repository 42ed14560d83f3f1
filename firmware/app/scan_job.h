/* scan_job.h - one job of luukku-scan: from START or DECODE to its END.
 *
 * Room: documents collected from the scanner or given by luukkud, through the
 * worker, out as pages; every end with its reason, exactly one for each job.
 * The scanner is reached by three calls, so that this runs without one.
 * Thread: the loop's.
 */
#ifndef LUUKKU_APP_SCAN_JOB_H
#define LUUKKU_APP_SCAN_JOB_H

#include "app/scan_worker.h"
#include "ipc/scanmsg.h"

struct scan_job;

struct scan_job_config {
    /* Tells luukkud. Descriptors are borrowed. */
    void (*tell)(void *arg, const struct scanmsg *m, const int *fds,
                 size_t nfds);
    /* The scanner: starts on a START; SCANMSG_DONE when it has, else why not.
     * scan_job_scanner_end() follows. */
    enum scanmsg_reason (*scan)(void *arg, const struct scanmsg *m);
    void (*scan_cancel)(void *arg); /* scan_job_scanner_end() follows */
    void (*scan_pause)(void *arg, bool on);
    /* A page could not be ended: END was told, the program must end. */
    void (*broken)(void *arg);
    void *arg;
};

/* Owner: caller, scan_job_free(). Errors: -ENOMEM, scan_worker_new()'s. */
int scan_job_new(struct lk_loop *l, const struct scan_job_config *config,
                 struct scan_job **ret) LK_MUST_CHECK;
struct scan_job *scan_job_free(struct scan_job *j);
LK_AUTO_DEFINE(scan_job);

/* START, DECODE (takes over `fd`, -1 else) and CANCEL. */
void scan_job_order(struct scan_job *j, const struct scanmsg *m, int fd);

/* luukkud is gone: so is its job, without a word. */
void scan_job_forget(struct scan_job *j);

/* Whether a job is under way. */
bool scan_job_busy(const struct scan_job *j);

/* From the scanner: a document begins, its bytes, its end; how far it is (`all`
 * 0: not known); the end of all. */
void scan_job_document_begin(struct scan_job *j);
void scan_job_document_bytes(struct scan_job *j, const uint8_t *data,
                             size_t len);
void scan_job_document_end(struct scan_job *j);
void scan_job_progress(struct scan_job *j, unsigned page, uint64_t got,
                       uint64_t all);
void scan_job_scanner_end(struct scan_job *j, enum scanmsg_reason why,
                          const char *text);

#endif

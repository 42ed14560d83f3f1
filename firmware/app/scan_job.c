#include "app/scan_job.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes of documents that were received and are not decoded: beyond, the
 * scanner is asked to wait. */
#define AHEAD_MAX (SCANMSG_DOCUMENT_MAX / 2)
/* Likewise documents: those of a fast feeder may be small. */
#define DOCUMENTS_AHEAD_MAX (SCAN_WORKER_DOCUMENTS_MAX - 3)

struct scan_job {
    struct scan_job_config config;
    struct scan_worker *worker;
    bool active;
    struct scanmsg order;
    bool feeding;            /* the scanner has not ended */
    bool stopping;           /* it was told to */
    bool silent;             /* nobody waits for END any more */
    bool paused;             /* the scanner waits */
    unsigned documents;      /* whole ones, with the worker */
    unsigned pages;          /* told of */
    int fd;                  /* the document that is being received */
    size_t len;              /* of it */
    enum scanmsg_reason why; /* the first thing that went wrong */
    char text[SCANMSG_WHY_MAX];
};

static void tell_end(struct scan_job *j, uint32_t id, enum scanmsg_reason why,
                     const char *text)
{
    struct scanmsg m = {.type = SCANMSG_END,
                        .job = id,
                        .reason = why,
                        .pages = (uint16_t)(id == j->order.job ? j->pages : 0)};
    if (j->silent)
        return;
    (void)snprintf(m.why, sizeof(m.why), "%s", text);
    j->config.tell(j->config.arg, &m, NULL, 0);
}

/* What it has goes; the scanner is told, when it runs, and ends by
 * scan_job_scanner_end(). */
static void stop(struct scan_job *j)
{
    j->documents = 0;
    j->fd = lk_fd_close(j->fd);
    scan_worker_cancel(j->worker);
    if (j->paused)
        j->config.scan_pause(j->config.arg, false);
    j->paused = false;
    if (j->feeding && !j->stopping) {
        j->stopping = true;
        j->config.scan_cancel(j->config.arg);
    }
}

/* Ends it for this reason, at once or as soon as the scanner has stopped. */
static void end_job(struct scan_job *j, enum scanmsg_reason why,
                    const char *text)
{
    if (!j->active || j->stopping)
        return;
    j->why = why;
    (void)snprintf(j->text, sizeof(j->text), "%s", text);
    stop(j);
    if (j->feeding)
        return;
    j->active = false;
    tell_end(j, j->order.job, j->why, j->text);
}

/* What is being received is void. */
static void drop_coming(struct scan_job *j)
{
    if (j->fd >= 0)
        scan_worker_void(j->worker);
    j->fd = lk_fd_close(j->fd);
    j->len = 0;
}

static void end_when_over(struct scan_job *j)
{
    if (!j->active || j->feeding || j->documents > 0)
        return;
    j->active = false;
    tell_end(j, j->order.job, j->why, j->text);
}

static void wait_or_go_on(struct scan_job *j)
{
    bool pause = j->feeding && (scan_worker_bytes(j->worker) > AHEAD_MAX ||
                                j->documents > DOCUMENTS_AHEAD_MAX);
    /* What is being received must come to its end, or nothing would move. */
    if (j->documents == 0)
        pause = false;
    if (pause != j->paused)
        j->config.scan_pause(j->config.arg, pause);
    j->paused = pause;
}

/* --- from the worker ---------------------------------------------------- */

static void on_page(void *arg, uint32_t id, const struct pages_page *p)
{
    struct scan_job *j = arg;
    const int fds[] = {p->page_fd, p->preview_fd, p->jpeg_fd, p->small_fd};
    if (!j->active || j->stopping || id != j->order.job ||
        j->pages >= j->order.pages)
        return;
    if (p->traits & SCANMSG_BLANK && j->order.prep & SCANMSG_DROP_BLANK)
        return;
    const struct scanmsg m = {
        .type = SCANMSG_PAGE,
        .job = id,
        .mode = p->info.depth == 1 ? SCANMSG_GRAY : SCANMSG_COLOUR,
        .traits = (uint8_t)p->traits,
        .page = (uint16_t)(++j->pages),
        .dpi = (uint16_t)LK_MIN(p->info.dpi, SCANMSG_DPI_MAX),
        .width_px = (uint16_t)p->info.width_px,
        .height_px = (uint16_t)p->info.height_px};
    j->config.tell(j->config.arg, &m, fds, p->jpeg_fd < 0 ? 2 : 4);
}

static void on_done(void *arg, uint32_t id, int error)
{
    struct scan_job *j = arg;
    if (!j->active || j->stopping || id != j->order.job)
        return;
    if (error < 0) {
        end_job(j, pages_reason(error), strerrorname_np(-error));
        return;
    }
    j->documents--;
    wait_or_go_on(j);
    end_when_over(j);
}

static void on_stuck(void *arg, uint32_t id)
{
    struct scan_job *j = arg;
    LK_LOG(ERROR, "scan", "a page takes too long");
    if (j->active && id == j->order.job) {
        j->feeding = false; /* nothing follows any more */
        end_job(j, SCANMSG_TOO_COMPLEX, "time");
    }
    j->config.broken(j->config.arg);
}

/* --- from luukkud ------------------------------------------------------- */

static struct pages_wish wish_of(const struct scanmsg *o)
{
    struct pages_wish wish = {.dpi = o->dpi,
                              .turn = o->turn,
                              .prep = o->prep,
                              .upright = o->type == SCANMSG_DECODE};
    memcpy(wish.crop, o->crop, sizeof(wish.crop));
    return wish;
}

static void begin(struct scan_job *j, const struct scanmsg *m, int fd)
{
    j->active = true;
    j->stopping = j->silent = false;
    j->order = *m;
    j->pages = 0;
    j->len = 0;
    j->why = SCANMSG_DONE;
    j->text[0] = 0;
    if (m->type == SCANMSG_DECODE) {
        const struct pages_wish wish = wish_of(m);
        j->documents = 1;
        if (scan_worker_give(j->worker, m->job, fd, &wish, m->pages) < 0)
            end_job(j, SCANMSG_BUSY, "worker");
        return;
    }
    enum scanmsg_reason why = j->config.scan(j->config.arg, m);
    j->feeding = why == SCANMSG_DONE;
    if (why != SCANMSG_DONE)
        end_job(j, why, "");
}

/* The scanner still stops for a luukkud that has gone. */
static void refuse(struct scan_job *j, uint32_t id)
{
    j->silent = false;
    tell_end(j, id, SCANMSG_BUSY, "");
    j->silent = true;
}

void scan_job_order(struct scan_job *j, const struct scanmsg *m, int fd)
{
    LK_AUTO_FD own = fd;
    if (m->type == SCANMSG_CANCEL) {
        if (j->active && m->job == j->order.job)
            end_job(j, SCANMSG_CANCELLED, "");
        return;
    }
    if (j->active && !j->silent)
        tell_end(j, m->job, SCANMSG_BUSY, "");
    else if (j->active)
        refuse(j, m->job);
    else
        begin(j, m, lk_fd_take(&own));
}

void scan_job_forget(struct scan_job *j)
{
    j->silent = true;
    end_job(j, SCANMSG_CANCELLED, "");
}

bool scan_job_busy(const struct scan_job *j)
{
    return j->active;
}

/* --- from the scanner --------------------------------------------------- */

void scan_job_document_begin(struct scan_job *j)
{
    if (!j->feeding || j->stopping)
        return;
    const struct pages_wish wish = wish_of(&j->order);
    drop_coming(j);
    j->fd = memfd_create("document", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    int read_fd = j->fd < 0 ? -1 : fcntl(j->fd, F_DUPFD_CLOEXEC, 0);
    if (read_fd < 0)
        end_job(j, SCANMSG_NO_MEMORY, "document");
    else if (scan_worker_begin(j->worker, j->order.job, read_fd, &wish,
                               (unsigned)j->order.pages - j->pages) < 0)
        end_job(j, SCANMSG_NO_MEMORY, "worker");
}

void scan_job_document_bytes(struct scan_job *j, const uint8_t *data,
                             size_t len)
{
    if (!j->feeding || j->stopping || j->fd < 0)
        return;
    if (len > SCANMSG_DOCUMENT_MAX - j->len) {
        end_job(j, SCANMSG_TOO_LARGE, "document");
        return;
    }
    for (size_t at = 0; at < len;) {
        ssize_t n = write(j->fd, data + at, len - at);
        if (n < 0 && errno != EINTR) {
            end_job(j, SCANMSG_NO_MEMORY, "document");
            return;
        }
        at += n > 0 ? (size_t)n : 0;
    }
    j->len += len;
    scan_worker_more(j->worker, len);
    wait_or_go_on(j);
}

void scan_job_document_end(struct scan_job *j)
{
    if (!j->feeding || j->stopping || j->fd < 0)
        return;
    int r = scanpage_seal(j->fd);
    j->fd = lk_fd_close(j->fd);
    j->len = 0;
    if (r < 0) {
        end_job(j, SCANMSG_NO_MEMORY, "document");
        return;
    }
    j->documents++;
    scan_worker_whole(j->worker);
    wait_or_go_on(j);
}

void scan_job_progress(struct scan_job *j, unsigned page, uint64_t got,
                       uint64_t all)
{
    if (!j->feeding || j->stopping || page < 1 || page > SCANMSG_PAGES_MAX)
        return;
    uint64_t percent = all > 0 ? LK_MIN(got, all) * 100 / all : 0;
    const struct scanmsg m = {.type = SCANMSG_PROGRESS,
                              .job = j->order.job,
                              .page = (uint16_t)page,
                              .percent = (uint8_t)percent};
    j->config.tell(j->config.arg, &m, NULL, 0);
}

void scan_job_scanner_end(struct scan_job *j, enum scanmsg_reason why,
                          const char *text)
{
    if (!j->feeding)
        return;
    j->feeding = false;
    drop_coming(j);
    if (!j->stopping) {
        j->why = why;
        (void)snprintf(j->text, sizeof(j->text), "%s", text);
    }
    wait_or_go_on(j);
    end_when_over(j);
}

/* --- life --------------------------------------------------------------- */

int scan_job_new(struct lk_loop *l, const struct scan_job_config *config,
                 struct scan_job **ret)
{
    struct scan_job *j = calloc(1, sizeof(*j));
    if (!j)
        return -ENOMEM;
    j->config = *config;
    j->fd = -1;
    const struct scan_worker_config worker = {
        .page = on_page, .done = on_done, .stuck = on_stuck, .arg = j};
    int r = scan_worker_new(l, &worker, &j->worker);
    if (r < 0)
        (void)scan_job_free(j);
    else
        *ret = j;
    return r;
}

struct scan_job *scan_job_free(struct scan_job *j)
{
    if (!j)
        return NULL;
    j->worker = scan_worker_free(j->worker);
    (void)lk_fd_close(j->fd);
    free(j);
    return NULL;
}

/* What luukku-scan is asked for: one thing at a time, the rest waits. */
#include "session/paperdesk_impl.h"

#include <errno.h>
#include <string.h>

#define NEVER INT64_MAX

static bool runs(const struct paperdesk *d)
{
    return d->jobs > 0 && d->job[0].id > 0;
}

bool paperdesk_scans(const struct paperdesk *d)
{
    for (size_t i = 0; i < d->jobs; i++)
        if (d->job[i].task == PAPERDESK_SCAN && !d->job[i].cancelled)
            return true;
    return false;
}

/* --- the queue ---------------------------------------------------------- */

static void drop(struct paperdesk *d, size_t i)
{
    (void)lk_fd_close(d->job[i].fd);
    d->jobs--;
    memmove(&d->job[i], &d->job[i + 1], (d->jobs - i) * sizeof(d->job[0]));
}

/* Of pixels to be shown those wished last count. */
static void forget_details(struct paperdesk *d)
{
    for (size_t i = d->jobs; i > 0; i--)
        if (d->job[i - 1].task == PAPERDESK_DETAIL && d->job[i - 1].id == 0)
            drop(d, i - 1);
}

bool paperdesk_ask(struct paperdesk *d, const struct paperdesk_job *j)
{
    if (j->task == PAPERDESK_DETAIL)
        forget_details(d);
    if (d->jobs == PAPERDESK_JOBS_MAX) {
        (void)lk_fd_close(j->fd);
        d->out.note(d->out.arg, "scan", "too much waits");
        return false;
    }
    if (d->jobs == 0)
        d->heard_us = d->now_us;
    d->job[d->jobs++] = *j;
    return true;
}

void paperdesk_job_end(struct paperdesk *d, enum scanmsg_reason why)
{
    struct paperdesk_job j = d->job[0];
    d->job[0].fd = -1;
    drop(d, 0);
    (void)lk_fd_close(j.fd);
    d->heard_us = d->now_us;
    paperdesk_tell_end(d, &j, why);
}

/* END follows. */
void paperdesk_job_cancel(struct paperdesk *d, size_t i)
{
    struct paperdesk_job *j = &d->job[i];
    const struct scanmsg m = {.type = SCANMSG_CANCEL, .job = j->id};
    if (j->id == 0) {
        drop(d, i);
    } else if (!j->cancelled) {
        j->cancelled = true;
        if (d->out.scan(d->out.arg, &m, -1) < 0)
            paperdesk_job_end(d, SCANMSG_CRASHED);
    }
}

void paperdesk_jobs_wipe(struct paperdesk *d)
{
    if (runs(d) && !d->job[0].cancelled) {
        const struct scanmsg m = {.type = SCANMSG_CANCEL, .job = d->job[0].id};
        (void)d->out.scan(d->out.arg, &m, -1);
    }
    while (d->jobs > 0)
        drop(d, d->jobs - 1);
    explicit_bzero(d->job, sizeof(d->job));
}

/* --- beginning ---------------------------------------------------------- */

static uint16_t best_dpi(const struct scanmsg *s)
{
    uint16_t best = 0;
    for (size_t i = 0; i < s->dpis; i++) {
        uint16_t dpi = s->dpi_list[i];
        bool enough = dpi >= PAPERDESK_DPI;
        if (best < PAPERDESK_DPI ? dpi > best : enough && dpi < best)
            best = dpi;
    }
    return best > 0 ? best : PAPERDESK_DPI;
}

static void order_scan(const struct paperdesk *d, struct scanmsg *m)
{
    const struct scanmsg *s = &d->scanner;
    m->type = SCANMSG_START;
    m->source = (enum scanmsg_source)d->source;
    m->mode = s->modes == 1U << SCANMSG_GRAY ? SCANMSG_GRAY : SCANMSG_COLOUR;
    m->paper = s->papers & 1U << SCANMSG_A4 ? SCANMSG_A4 : SCANMSG_WHOLE;
    m->dpi = best_dpi(s);
    m->pages = d->job[0].page > 0 ? 1 : SCANMSG_PAGES_MAX;
}

static void order_decode(const struct paperdesk *d, struct scanmsg *m)
{
    const struct paperdesk_job *j = &d->job[0];
    m->type = SCANMSG_DECODE;
    m->pages = 1;
    if (j->task == PAPERDESK_CAMERA || j->task == PAPERDESK_HOLD)
        m->prep |= SCANMSG_FLATTEN;
    if (j->task == PAPERDESK_DETAIL)
        m->prep = 0;
    if (j->task == PAPERDESK_DOCUMENT) /* one more tells that it has more */
        m->pages = (uint16_t)(PAPERS_PAGES_MAX - d->papers->sheets + 1);
    if (j->task != PAPERDESK_EDIT)
        return;
    m->turn = j->edit.turn;
    m->prep |= j->edit.straighten ? SCANMSG_STRAIGHTEN : 0;
    memcpy(m->crop, j->edit.crop, sizeof(m->crop));
}

/* What is decoded: the job's own, or a page's. -1: there is nothing. */
static int source_of(const struct paperdesk *d)
{
    const struct paperdesk_job *j = &d->job[0];
    const struct papers_sheet *s = papers_find(d->papers, j->page);
    if (j->task != PAPERDESK_EDIT && j->task != PAPERDESK_DETAIL)
        return j->fd;
    if (!s)
        return -1;
    bool first = j->task == PAPERDESK_EDIT && s->first_fd >= 0;
    return first ? s->first_fd : s->detail_fd;
}

static void begin(struct paperdesk *d)
{
    struct paperdesk_job *j = &d->job[0];
    struct scanmsg m = {.job = ++d->last_job, .prep = SCANMSG_WITH_JPEG};
    int fd = j->task == PAPERDESK_SCAN ? -1 : source_of(d);
    j->id = m.job;
    if (j->task == PAPERDESK_SCAN)
        order_scan(d, &m);
    else
        order_decode(d, &m);
    d->heard_us = d->now_us;
    int r = fd < 0 && j->task != PAPERDESK_SCAN
                ? -ENOENT
                : d->out.scan(d->out.arg, &m, fd);
    j->fd = lk_fd_close(j->fd);
    if (r < 0)
        paperdesk_job_end(d,
                          r == -ENOENT ? SCANMSG_CANCELLED : SCANMSG_CRASHED);
}

void paperdesk_pump(struct paperdesk *d)
{
    while (d->begun && d->scan_up && d->jobs > 0 && !runs(d))
        begin(d);
}

/* --- scanning ----------------------------------------------------------- */

static void scanning(struct paperdesk *d)
{
    d->scan_page = 1;
    d->scan_percent = 0;
    d->left_out = 0;
    d->said = PAPERS_FINE;
    if (d->papers->ask.open)
        d->papers->ask_state = PAPERS_ASK_SCANNING;
    paperdesk_show(d, PAPERS_SCANNING, 0);
}

void paperdesk_scan(struct paperdesk *d, uint32_t page)
{
    struct paperdesk_job j = {.task = PAPERDESK_SCAN, .page = page, .fd = -1};
    if (d->mode == PAPERS_SCANNING || d->mode == PAPERS_AIM)
        return;
    if (page == 0 && d->papers->sheets == PAPERS_PAGES_MAX)
        paperdesk_say(d, PAPERS_FULL);
    else if (d->papers->scanner == PAPERS_SCANNER_NONE)
        paperdesk_say(d, PAPERS_NO_SCANNER);
    else if (paperdesk_ask(d, &j))
        scanning(d);
}

void paperdesk_scan_stop(struct paperdesk *d)
{
    for (size_t i = d->jobs; i > 0; i--)
        if (d->job[i - 1].task == PAPERDESK_SCAN)
            paperdesk_job_cancel(d, i - 1);
    if (d->mode == PAPERS_SCANNING)
        paperdesk_show(d, PAPERS_TRAY, 0);
}

/* --- documents ---------------------------------------------------------- */

void paperdesk_document(void *desk, uint32_t n, int fd)
{
    struct paperdesk *d = desk;
    const struct paperdesk_job j = {
        .task = PAPERDESK_DOCUMENT, .document = n, .fd = fd};
    if (!paperdesk_ask(d, &j))
        paperdesk_tell_end(d, &j, SCANMSG_BUSY);
}

void paperdesk_document_off(void *desk, uint32_t n)
{
    struct paperdesk *d = desk;
    for (size_t i = d->jobs; i > 0; i--)
        if (d->job[i - 1].task == PAPERDESK_DOCUMENT &&
            d->job[i - 1].document == n)
            paperdesk_job_cancel(d, i - 1);
}

static void unhold(struct paperdesk *d)
{
    for (size_t i = d->jobs; i > 0; i--)
        if (d->job[i - 1].task == PAPERDESK_HOLD)
            paperdesk_job_cancel(d, i - 1);
    papers_remove(d->papers, d->held);
    d->held = 0;
}

void paperdesk_hold(struct paperdesk *d, int fd, int64_t now_us)
{
    const struct paperdesk_job j = {.task = PAPERDESK_HOLD, .fd = fd};
    d->now_us = now_us;
    unhold(d);
    if (d->begun && fd >= 0)
        (void)paperdesk_ask(d, &j);
    else
        (void)lk_fd_close(fd);
    paperdesk_settle(d);
}

bool paperdesk_held(const struct paperdesk *d)
{
    return d->held > 0;
}

bool paperdesk_holding(const struct paperdesk *d)
{
    for (size_t i = 0; i < d->jobs; i++)
        if (d->job[i].task == PAPERDESK_HOLD && !d->job[i].cancelled)
            return true;
    return false;
}

/* --- what luukku-scan says ---------------------------------------------- */

static void scanner_is(struct paperdesk *d, const struct scanmsg *m)
{
    static const enum papers_scanner is[SCANMSG_STATES] = {
        [SCANMSG_STATE_NONE] = PAPERS_SCANNER_NONE,
        [SCANMSG_STATE_OPENING] = PAPERS_SCANNER_BUSY,
        [SCANMSG_STATE_READY] = PAPERS_SCANNER_READY,
        [SCANMSG_STATE_BUSY] = PAPERS_SCANNER_BUSY,
        [SCANMSG_STATE_JAM] = PAPERS_SCANNER_TROUBLE,
        [SCANMSG_STATE_OPEN] = PAPERS_SCANNER_TROUBLE,
        [SCANMSG_STATE_FAILED] = PAPERS_SCANNER_TROUBLE,
    };
    d->scanner = *m;
    d->papers->scanner = is[m->state];
    if (!(m->sources & 1U << d->source))
        d->source = SCANMSG_AUTO;
    papers_touch(d->papers);
}

static void progress(struct paperdesk *d, const struct scanmsg *m)
{
    if (d->job[0].task != PAPERDESK_SCAN)
        return;
    d->scan_page = m->page;
    d->scan_percent = m->percent;
    papers_touch(d->papers);
}

void paperdesk_scanned(struct paperdesk *d, const struct scanmsg *m, int *fds,
                       size_t nfds, int64_t now_us)
{
    d->now_us = now_us;
    if (m->type == SCANMSG_SCANNER) {
        scanner_is(d, m);
    } else if (runs(d) && m->job == d->job[0].id) {
        d->heard_us = now_us;
        if (m->type == SCANMSG_PROGRESS)
            progress(d, m);
        else if (m->type == SCANMSG_PAGE)
            paperdesk_page(d, &d->job[0], m, fds, nfds);
        else if (m->type == SCANMSG_END)
            paperdesk_job_end(d, m->reason);
    } /* else it is of one that was given up */
    paperdesk_settle(d);
}

void paperdesk_scan_up(struct paperdesk *d, int64_t now_us)
{
    d->now_us = now_us;
    d->scan_up = true;
    d->heard_us = now_us;
    paperdesk_settle(d);
}

void paperdesk_scan_gone(struct paperdesk *d, int64_t now_us)
{
    d->now_us = now_us;
    d->scan_up = false;
    d->papers->scanner = PAPERS_SCANNER_NONE;
    papers_touch(d->papers);
    if (runs(d))
        paperdesk_job_end(d, SCANMSG_CRASHED);
    d->heard_us = now_us;
    paperdesk_settle(d);
}

/* --- time --------------------------------------------------------------- */

/* When the first job is cancelled, given up, or given up because nothing takes
 * it. */
static int64_t due_us(const struct paperdesk *d)
{
    if (d->jobs == 0)
        return NEVER;
    if (!runs(d))
        return d->heard_us + PAPERDESK_DOWN_US;
    return d->heard_us +
           (d->job[0].cancelled ? PAPERDESK_CANCEL_US : PAPERDESK_SILENT_US);
}

void paperdesk_scan_tick(struct paperdesk *d)
{
    if (d->now_us < due_us(d))
        return;
    if (runs(d) && !d->job[0].cancelled) {
        d->heard_us = d->now_us;
        paperdesk_job_cancel(d, 0);
        return;
    }
    d->out.note(d->out.arg, "scan", "no answer");
    if (runs(d))
        paperdesk_job_end(d, SCANMSG_SILENT);
    while (!d->scan_up && d->jobs > 0)
        paperdesk_job_end(d, SCANMSG_SILENT);
}

int64_t paperdesk_scan_next_us(const struct paperdesk *d)
{
    return due_us(d);
}

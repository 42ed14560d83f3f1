/* One job: making it, its pages, its end. */
#include "escl/scanner_impl.h"

#include "escl/media.h"
#include "escl/uri.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PROGRESS_US 100000

static int64_t now_ms(const struct escl_scanner *s)
{
    return lk_loop_now_us(s->loop) / 1000;
}

static unsigned event(struct escl_scanner *s, const struct escl_event *e)
{
    return escl_run_event(&s->run, e, now_ms(s));
}

/* --- making the job --- */

static void create_head(void *arg, const struct escl_http_head *h)
{
    struct escl_scanner *s = arg;
    s->at.http = h->status;
    s->at.retry_after_s = h->retry_after_s;
    memcpy(s->location, h->location, sizeof(s->location));
}

static void create_end(void *arg, int error)
{
    struct escl_scanner *s = arg;
    char base[ESCL_PATH_MAX];
    char path[ESCL_PATH_MAX];
    struct escl_event e = {
        .what = ESCL_EV_REFUSED,
        .http = s->at.http,
        .retry_after_s = s->at.retry_after_s,
        .error = error,
    };
    (void)snprintf(base, sizeof(base), "%s/ScanJobs", s->root);
    if (s->at.http >= 200 && s->at.http < 300 && error != -ENODEV) {
        /* The head alone counts, whatever its body was. */
        e.what = ESCL_EV_CREATED;
        if (escl_uri_resolve(base, s->location, path) == 0)
            e.path = path;
    } else if (error < 0) {
        e.what = ESCL_EV_CREATE_FAILED;
    }
    escl_scanner_happened(s, &e);
}

static unsigned create(struct escl_scanner *s)
{
    static const struct escl_exchange_ops ops = {create_head, NULL, create_end};
    char path[ESCL_PATH_MAX];
    bool instead = s->next_job.or_platen && s->run.source == ESCL_PLATEN;
    const struct lk_buf *what = instead ? s->platen_xml : s->settings_xml;
    (void)snprintf(path, sizeof(path), "%s/ScanJobs", s->root);
    const struct escl_exchange x = {
        .request = {.method = "POST",
                    .path = path,
                    .type = "text/xml; charset=utf-8",
                    .body = what->data,
                    .len = what->len},
        .answer_ms = ESCL_ANSWER_MS,
        .ops = &ops,
        .arg = s,
    };
    s->at.http = 0;
    s->location[0] = '\0';
    int r = escl_link_send(s->page, &x);
    return r == 0 ? 0U
                  : event(s, &(struct escl_event){.what = ESCL_EV_CREATE_FAILED,
                                                  .error = r});
}

/* --- a page --- */

/* The page is given up, for a reason of ours. */
static void page_fail(struct escl_scanner *s, int error)
{
    escl_link_abort(s->page);
    escl_scanner_happened(
        s, &(struct escl_event){.what = ESCL_EV_PAGE_FAILED, .error = error});
}

static void page_head(void *arg, const struct escl_http_head *h)
{
    struct escl_scanner *s = arg;
    s->at.http = h->status;
    s->at.retry_after_s = h->retry_after_s;
    s->at.all = h->length > 0 ? (uint64_t)h->length : 0;
    if (h->status != 200)
        return;
    (void)event(s, &(struct escl_event){.what = ESCL_EV_PAGE});
    if (s->at.all > ESCL_PAGE_BYTES_MAX)
        page_fail(s, -EMSGSIZE);
}

static void tell_progress(struct escl_scanner *s)
{
    int64_t now = lk_loop_now_us(s->loop);
    if (now - s->at.told_us < PROGRESS_US || !s->events->progress)
        return;
    s->at.told_us = now;
    s->events->progress(s->arg, s->at.number, s->at.got, s->at.all);
}

/* Bytes of the page go out. */
static void tell_bytes(struct escl_scanner *s, const uint8_t *data, size_t len)
{
    size_t n = LK_MIN(len, (size_t)ESCL_TAIL);
    size_t keep = LK_MIN(s->at.tail_len, ESCL_TAIL - n);
    memmove(s->at.tail, s->at.tail + s->at.tail_len - keep, keep);
    memcpy(s->at.tail + keep, data + len - n, n);
    s->at.tail_len = keep + n;
    if (s->events->page_bytes)
        s->events->page_bytes(s->arg, data, len);
}

/* The first bytes settle what the page is. Returns 0, -EAGAIN, -EBADMSG. */
static int sniff(struct escl_scanner *s, const uint8_t *data, size_t len)
{
    size_t n = LK_MIN(len, sizeof(s->at.first) - s->at.first_len);
    memcpy(s->at.first + s->at.first_len, data, n);
    int r = escl_media_sniff(s->at.first, s->at.first_len + n, &s->at.format);
    if (r == -EAGAIN)
        s->at.first_len += n;
    if (r < 0)
        return r;
    s->at.begun = true;
    if (s->events->page_begin)
        s->events->page_begin(s->arg, s->at.number, s->at.format);
    return 0;
}

/* Whether this page is still the one to be told of, after a callback. */
static bool goes_on(const struct escl_scanner *s, unsigned page)
{
    return !s->dead && s->job && !s->end_due && s->at.number == page &&
           s->at.begun;
}

/* Tells of bytes of a page: what was kept back, what has come. */
static int tell_page(struct escl_scanner *s, const uint8_t *data, size_t len)
{
    unsigned page = s->at.number;
    if (!s->at.begun) {
        int r = sniff(s, data, len);
        if (r < 0)
            return r == -EAGAIN ? 0 : r;
        if (goes_on(s, page) && s->at.first_len > 0)
            tell_bytes(s, s->at.first, s->at.first_len);
    }
    if (goes_on(s, page))
        tell_bytes(s, data, len);
    if (goes_on(s, page))
        tell_progress(s);
    return 0;
}

static void page_body(void *arg, const uint8_t *data, size_t len)
{
    struct escl_scanner *s = arg;
    s->at.got += len;
    if (s->at.http != 200) {
        /* The words of a refusal: read off, within reason. */
        if (s->at.got <= ESCL_DRAIN_MAX)
            return;
        escl_link_abort(s->page);
        escl_scanner_happened(
            s, &(struct escl_event){.what = ESCL_EV_NO_PAGE,
                                    .http = s->at.http,
                                    .retry_after_s = s->at.retry_after_s});
        return;
    }
    (void)event(s, &(struct escl_event){.what = ESCL_EV_BYTES});
    if (s->at.got > ESCL_PAGE_BYTES_MAX) {
        page_fail(s, -EMSGSIZE);
        return;
    }
    escl_scanner_enter(s);
    int r = tell_page(s, data, len);
    if (!escl_scanner_leave(s) && r < 0)
        page_fail(s, r);
}

static bool tail_has(const struct escl_page *at, const char *mark, size_t len)
{
    return memmem(at->tail, at->tail_len, mark, len) != NULL;
}

/* Whether the page has its end mark near its end. PDFs are padded with anything
 * behind theirs: whoever reads them sees. */
static bool page_whole(const struct escl_page *at)
{
    switch (at->format) {
    case ESCL_JPEG:
        return tail_has(at, "\xff\xd9", 2);
    case ESCL_PNG:
        return tail_has(at, "IEND", 4);
    case ESCL_PDF:
    case ESCL_FORMATS:
        break;
    }
    return true;
}

/* What the answer to "next page" means. */
static struct escl_event page_event(const struct escl_scanner *s, int error)
{
    struct escl_event e = {
        .what = ESCL_EV_NO_PAGE,
        .http = s->at.http,
        .retry_after_s = s->at.retry_after_s,
        .error = error,
    };
    if (error == -ENODEV || s->at.http == 0) {
        e.what = ESCL_EV_PAGE_FAILED;
    } else if (s->at.http == 202) {
        e.http = 503; /* accepted, but not there */
    } else if (s->at.http == 204 ||
               (s->at.http == 200 && s->at.got == 0 && error == 0)) {
        e.http = 404; /* nothing is what there is */
    } else if (s->at.http == 200) {
        e.what = error < 0 ? ESCL_EV_PAGE_FAILED : ESCL_EV_PAGE_END;
        if (error == 0 && (!s->at.begun || !page_whole(&s->at))) {
            e.what = ESCL_EV_PAGE_FAILED;
            e.error = s->at.begun ? -EPIPE : -EBADMSG;
        }
    }
    return e;
}

static void page_end(void *arg, int error)
{
    struct escl_scanner *s = arg;
    struct escl_event e = page_event(s, error);
    escl_scanner_happened(s, &e);
}

static unsigned fetch(struct escl_scanner *s)
{
    static const struct escl_exchange_ops ops = {page_head, page_body,
                                                 page_end};
    char path[ESCL_PATH_MAX];
    if (s->paused) {
        s->fetch_due = true;
        return 0;
    }
    (void)snprintf(path, sizeof(path), "%.*s/NextDocument", ESCL_PATH_MAX - 32,
                   s->run.path);
    const struct escl_exchange x = {
        .request = {.method = "GET", .path = path},
        .ops = &ops,
        .arg = s,
    };
    s->at = (struct escl_page){.number = s->run.pages + 1};
    int r = escl_link_send(s->page, &x);
    return r == 0 ? 0U
                  : event(s, &(struct escl_event){.what = ESCL_EV_PAGE_FAILED,
                                                  .error = r});
}

/* --- the end --- */

static void delete_end(void *arg, int error)
{
    (void)error; /* it is done, or cannot be */
    escl_scanner_happened(arg, &(struct escl_event){.what = ESCL_EV_DELETED});
}

static unsigned delete (struct escl_scanner *s)
{
    static const struct escl_exchange_ops ops = {NULL, NULL, delete_end};
    const struct escl_exchange x = {
        .request = {.method = "DELETE", .path = s->run.path},
        .answer_ms = ESCL_ANSWER_MS,
        .ops = &ops,
        .arg = s,
    };
    int r = escl_link_send(s->page, &x);
    return r == 0 ? 0U
                  : event(s, &(struct escl_event){.what = ESCL_EV_DELETED});
}

static unsigned ask_status(struct escl_scanner *s)
{
    int r = escl_scanner_ask_status(s);
    return r == 0 ? 0U
                  : event(s, &(struct escl_event){.what = ESCL_EV_NO_STATUS,
                                                  .error = r});
}

static unsigned perform_once(struct escl_scanner *s, unsigned acts)
{
    unsigned more = 0;
    if (acts & ESCL_ACT_ABANDON) {
        escl_link_abort(s->page);
        s->fetch_due = false;
    }
    if (acts & ESCL_ACT_STATUS)
        more |= ask_status(s);
    if (acts & ESCL_ACT_CREATE)
        more |= create(s);
    if (acts & ESCL_ACT_FETCH)
        more |= fetch(s);
    if (acts & ESCL_ACT_DELETE)
        more |= delete (s);
    return more;
}

/* Does what the machine wants. True: the job is over, which is to be told. */
static bool perform(struct escl_scanner *s, unsigned acts)
{
    bool over = false;
    while (acts) {
        over = over || (acts & ESCL_ACT_END);
        acts = perform_once(s, acts);
    }
    if (s->run.timer_ms > 0)
        lk_timer_set(s->run_timer, s->run.timer_ms * 1000);
    else if (!s->end_due)
        lk_timer_clear(s->run_timer);
    if (escl_run_idle(&s->run) && !s->asking)
        lk_timer_set_in(s->poll_timer, ESCL_POLL_MS * 1000LL);
    return over;
}

void escl_scanner_tell_end(struct escl_scanner *s)
{
    s->job = false;
    s->end_due = false;
    s->paused = false;
    if (s->events->job_end)
        s->events->job_end(s->arg, s->run.reason, s->run.pages);
}

void escl_scanner_happened(struct escl_scanner *s, const struct escl_event *e)
{
    unsigned page = s->at.number;
    if (escl_run_idle(&s->run))
        return;
    bool over = perform(s, event(s, e));
    escl_scanner_enter(s);
    if (e->what == ESCL_EV_PAGE_END && s->job && s->events->page_end)
        s->events->page_end(s->arg, page);
    else if (e->what == ESCL_EV_STATUS && s->job && !s->at.begun &&
             escl_run_fetching(&s->run))
        tell_progress(s);
    if (!s->dead && over && s->job && !s->end_due)
        escl_scanner_tell_end(s);
    if (!s->dead && s->next && escl_run_idle(&s->run))
        escl_scanner_begin(s);
    (void)!escl_scanner_leave(s);
}

void escl_scanner_happened_later(struct escl_scanner *s,
                                 const struct escl_event *e)
{
    if (!perform(s, event(s, e)))
        return;
    s->end_due = true;
    lk_timer_set_in(s->run_timer, 0);
}

void escl_scanner_begin(struct escl_scanner *s)
{
    bool watched = s->watch && !(s->quirks & ESCL_QUIRK_STATUS_MUTE);
    s->next = false;
    s->fetch_due = false;
    s->at = (struct escl_page){.number = 0};
    unsigned acts =
        escl_run_begin(&s->run, &s->next_job, s->quirks, watched, now_ms(s));
    if (perform(s, acts)) {
        s->end_due = true;
        lk_timer_set_in(s->run_timer, 0);
    }
}

void escl_scanner_run(void *arg, int64_t now_us)
{
    struct escl_scanner *s = arg;
    if (s->end_due) {
        if (s->run.timer_ms > 0)
            lk_timer_set(s->run_timer, s->run.timer_ms * 1000);
        escl_scanner_enter(s);
        escl_scanner_tell_end(s);
        if (!s->dead && s->next && escl_run_idle(&s->run))
            escl_scanner_begin(s);
        (void)!escl_scanner_leave(s);
        return;
    }
    if (s->paused && escl_run_fetching(&s->run)) {
        (void)event(s, &(struct escl_event){.what = ESCL_EV_HELD});
        lk_timer_set(s->run_timer, now_us + ESCL_POLL_JOB_MS * 1000LL);
        return;
    }
    escl_scanner_happened(s, &(struct escl_event){.what = ESCL_EV_TIME});
}

void escl_scanner_go_on(struct escl_scanner *s)
{
    (void)event(s, &(struct escl_event){.what = ESCL_EV_HELD});
    if (s->fetch_due) {
        s->fetch_due = false;
        if (perform(s, fetch(s))) {
            s->end_due = true;
            lk_timer_set_in(s->run_timer, 0);
        }
    } else {
        escl_link_hold(s->page, false);
    }
}

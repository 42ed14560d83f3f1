#include "escl/scanner_impl.h"

#include "usb/usb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void escl_scanner_enter(struct escl_scanner *s)
{
    s->calls++;
}

/* Lets go of all but the memory. */
static void close_all(struct escl_scanner *s)
{
    if (s->device)
        usb_on_gone(s->device, NULL, NULL);
    s->device = usb_free(s->device); /* before those that its transfers call */
    s->page = escl_link_free(s->page);
    s->watch = escl_link_free(s->watch);
    s->poll_timer = lk_timer_free(s->poll_timer);
    s->run_timer = lk_timer_free(s->run_timer);
    s->doc = lk_buf_free(s->doc);
    s->settings_xml = lk_buf_free(s->settings_xml);
    s->platen_xml = lk_buf_free(s->platen_xml);
}

bool escl_scanner_leave(struct escl_scanner *s)
{
    s->calls--;
    if (!s->dead)
        return false;
    if (s->calls == 0)
        free(s);
    return true;
}

struct escl_scanner *escl_scanner_free(struct escl_scanner *s)
{
    if (!s || s->dead)
        return NULL;
    s->dead = true;
    close_all(s);
    if (s->calls == 0)
        free(s);
    return NULL;
}

static void break_it(struct escl_scanner *s, enum escl_reason why)
{
    if (s->phase == ESCL_BROKEN)
        return;
    s->phase = ESCL_BROKEN;
    lk_timer_clear(s->poll_timer);
    if (s->job) {
        if (!s->end_due)
            s->run.reason = why;
        if (s->next)
            s->run.pages = 0;
        escl_scanner_tell_end(s);
    }
    if (!s->dead && s->events->broken)
        s->events->broken(s->arg, why);
}

void escl_scanner_break(struct escl_scanner *s, enum escl_reason why)
{
    escl_scanner_enter(s);
    break_it(s, why);
    (void)!escl_scanner_leave(s);
}

static void on_gone(void *arg)
{
    struct escl_scanner *s = arg;
    escl_scanner_enter(s);
    escl_scanner_happened(
        s, &(struct escl_event){.what = ESCL_EV_GONE, .error = -ENODEV});
    if (!s->dead)
        break_it(s, ESCL_GONE);
    (void)!escl_scanner_leave(s);
}

static int make(struct lk_loop *l, const struct escl_events *events, void *arg,
                struct escl_scanner **ret)
{
    LK_AUTO(escl_scanner) s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->loop = l;
    s->events = events;
    s->arg = arg;
    int r = lk_buf_new(ESCL_XML_BYTES_MAX, &s->doc);
    if (r == 0)
        r = lk_buf_new(ESCL_REQUEST_MAX, &s->settings_xml);
    if (r == 0)
        r = lk_buf_new(ESCL_REQUEST_MAX, &s->platen_xml);
    if (r == 0)
        r = lk_timer_new(l, escl_scanner_poll, s, &s->poll_timer);
    if (r == 0)
        r = lk_timer_new(l, escl_scanner_run, s, &s->run_timer);
    if (r < 0)
        return r;
    *ret = LK_TAKE(s);
    return 0;
}

/* A link on the nth interface of the device. */
static int add_usb(struct escl_scanner *s, struct usb_device *d, unsigned nth,
                   struct escl_link **ret)
{
    const struct escl_pipe_place place = {
        .device = d,
        .nth = nth,
        .soft_reset = (s->quirks & ESCL_QUIRK_SOFT_RESET) != 0,
    };
    LK_AUTO(escl_link) k = NULL;
    struct escl_pipe *pipe = NULL;
    int r = escl_link_new(s->loop, s->host, &k);
    if (r == 0)
        r = escl_pipe_usb_new(s->loop, &place, escl_link_pipe_events(), k,
                              &pipe);
    if (r < 0)
        return r;
    escl_link_set_pipe(k, pipe);
    *ret = LK_TAKE(k);
    return 0;
}

int escl_scanner_open_usb(struct lk_loop *l, struct usb_device *d,
                          const struct escl_events *events, void *arg,
                          struct escl_scanner **ret)
{
    LK_AUTO(escl_scanner) s = NULL;
    int r = make(l, events, arg, &s);
    if (r < 0)
        return r;
    /* The standard wants it; some take nothing else. */
    (void)snprintf(s->host, sizeof(s->host), "localhost");
    (void)snprintf(s->root, sizeof(s->root), "/eSCL");
    s->quirks = escl_quirks(usb_manufacturer(d), usb_product(d));
    r = add_usb(s, d, 0, &s->page);
    if (r == 0 && !(s->quirks & ESCL_QUIRK_ONE_INTERFACE)) {
        r = add_usb(s, d, 1, &s->watch);
        if (r == -ENOENT || r == -EBUSY)
            r = 0;
    }
    if (r < 0)
        return r;
    s->device = d;
    usb_on_gone(d, on_gone, s);
    escl_scanner_open(s);
    *ret = LK_TAKE(s);
    return 0;
}

static int add_tcp(struct escl_scanner *s, struct escl_link **ret)
{
    LK_AUTO(escl_link) k = NULL;
    struct escl_pipe *pipe = NULL;
    int r = escl_link_new(s->loop, s->host, &k);
    if (r == 0)
        r = escl_pipe_tcp_new(s->loop, &s->dialer, escl_link_pipe_events(), k,
                              &pipe);
    if (r < 0)
        return r;
    escl_link_set_pipe(k, pipe);
    *ret = LK_TAKE(k);
    return 0;
}

int escl_scanner_open_tcp(struct lk_loop *l, const struct escl_dialer *dialer,
                          const struct escl_events *events, void *arg,
                          struct escl_scanner **ret)
{
    LK_AUTO(escl_scanner) s = NULL;
    int r = make(l, events, arg, &s);
    if (r < 0)
        return r;
    int host = snprintf(s->host, sizeof(s->host), "%s", dialer->host);
    int root = snprintf(s->root, sizeof(s->root), "/%s", dialer->root);
    if (host < 0 || root < 0 || (size_t)host >= sizeof(s->host) ||
        (size_t)root >= sizeof(s->root))
        return -EMSGSIZE;
    s->dialer = *dialer;
    s->dialer.host = s->host;
    s->dialer.root = s->root;
    r = add_tcp(s, &s->page);
    if (r == 0)
        r = add_tcp(s, &s->watch);
    if (r < 0)
        return r;
    escl_scanner_open(s);
    *ret = LK_TAKE(s);
    return 0;
}

/* What the scanner is asked for, of that source. */
static int settings(struct escl_scanner *s, const struct escl_job *job,
                    enum escl_source source, struct lk_buf *to)
{
    struct escl_settings fitted = {
        .source = source,
        .mode = job->mode,
        .format = job->format,
        .dpi = job->dpi,
        .area = job->area,
    };
    int r = escl_settings_fit(&s->ability, &fitted);
    if (r < 0)
        return r;
    to->len = 0;
    return escl_settings_encode(to, &fitted);
}

int escl_scanner_start(struct escl_scanner *s, const struct escl_job *job)
{
    if (s->phase != ESCL_OPEN)
        return -ENOTCONN;
    if (s->job)
        return -EBUSY;
    if (job->pages < 1 || job->pages > ESCL_PAGES_MAX || job->dpi == 0)
        return -EINVAL;
    int r = settings(s, job, job->source, s->settings_xml);
    if (r == 0 && job->or_platen)
        r = settings(s, job, ESCL_PLATEN, s->platen_xml);
    if (r < 0)
        return r;
    s->job = true;
    s->paused = false;
    s->next_job = *job;
    s->next = true;
    if (escl_run_idle(&s->run))
        escl_scanner_begin(s);
    return 0;
}

void escl_scanner_cancel(struct escl_scanner *s)
{
    if (!s->job || s->end_due)
        return;
    if (s->next) { /* not begun */
        s->next = false;
        s->run.reason = ESCL_CANCELLED;
        s->run.pages = 0;
        s->end_due = true;
        lk_timer_set_in(s->run_timer, 0);
        return;
    }
    escl_scanner_happened_later(s,
                                &(struct escl_event){.what = ESCL_EV_CANCEL});
}

void escl_scanner_pause(struct escl_scanner *s)
{
    if (s->phase != ESCL_OPEN || !s->job || s->paused)
        return;
    s->paused = true;
    if (escl_run_fetching(&s->run))
        escl_link_hold(s->page, true);
}

void escl_scanner_resume(struct escl_scanner *s)
{
    if (!s->paused)
        return;
    s->paused = false;
    if (s->phase == ESCL_OPEN)
        escl_scanner_go_on(s);
}

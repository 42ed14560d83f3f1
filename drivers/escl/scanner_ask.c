/* What the scanner is asked of itself: its capabilities, its status. */
#include "escl/scanner_impl.h"

#include "escl/uri.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define OPEN_AGAIN_MS 300
#define SLOW_WAKE_MS 20000

static void on_ability(void *arg, int error);
static void on_status(void *arg, int error);

static void on_head(void *arg, const struct escl_http_head *h)
{
    struct escl_scanner *s = arg;
    s->doc_http = h->status;
    memcpy(s->location, h->location, sizeof(s->location));
}

static void on_body(void *arg, const uint8_t *data, size_t len)
{
    struct escl_scanner *s = arg;
    int r = lk_buf_append(s->doc, data, len);
    if (r == 0)
        return;
    /* No more of it. */
    void (*end)(void *, int) =
        s->phase == ESCL_OPENING ? on_ability : on_status;
    escl_link_abort(s->asked);
    end(s, r);
}

static const struct escl_exchange_ops ability_ops = {on_head, on_body,
                                                     on_ability};
static const struct escl_exchange_ops status_ops = {on_head, on_body,
                                                    on_status};

/* Asks `k` for the document at `path`. */
static int ask(struct escl_scanner *s, struct escl_link *k, const char *path,
               const struct escl_exchange_ops *ops)
{
    bool twice = ops == &status_ops && !escl_run_fetching(&s->run);
    const struct escl_exchange x = {
        .request = {.method = "GET", .path = path},
        .answer_ms = twice ? ESCL_STATUS_MS : ESCL_ANSWER_MS,
        .ops = ops,
        .arg = s,
    };
    s->doc->len = 0;
    s->doc_http = 0;
    s->asked = k;
    int r = escl_link_send(k, &x);
    s->asking = r == 0;
    return r;
}

static void tell_state(struct escl_scanner *s, struct escl_state now)
{
    if (s->state_told && now.activity == s->state.activity &&
        now.feeder == s->state.feeder)
        return;
    s->state = now;
    s->state_told = true;
    if (s->events->state)
        s->events->state(s->arg, &now);
}

static struct escl_state state_of(const struct escl_status *st)
{
    static const enum escl_activity activities[] = {
        [ESCL_DEVICE_UNKNOWN] = ESCL_ACTIVITY_UNKNOWN,
        [ESCL_DEVICE_IDLE] = ESCL_ACTIVITY_IDLE,
        [ESCL_DEVICE_PROCESSING] = ESCL_ACTIVITY_WORKING,
        [ESCL_DEVICE_STOPPED] = ESCL_ACTIVITY_STOPPED,
    };
    static const enum escl_feeder feeders[] = {
        [ESCL_ADF_UNKNOWN] = ESCL_FEEDER_UNKNOWN,
        [ESCL_ADF_EMPTY] = ESCL_FEEDER_HAS_NONE,
        [ESCL_ADF_LOADED] = ESCL_FEEDER_HAS_PAPER,
        [ESCL_ADF_WORKING] = ESCL_FEEDER_HAS_PAPER,
        [ESCL_ADF_JAM] = ESCL_FEEDER_JAMMED,
        [ESCL_ADF_OPEN] = ESCL_FEEDER_OPEN,
    };
    struct escl_state now = {activities[st->device], feeders[st->adf]};
    /* A jam that does not stop the scanner is an empty feeder (run.c). */
    if (st->adf == ESCL_ADF_JAM && st->device == ESCL_DEVICE_IDLE)
        now.feeder = ESCL_FEEDER_HAS_NONE;
    return now;
}

static void open_again(struct escl_scanner *s)
{
    /* The other connection may be in a better state. */
    if (s->watch) {
        struct escl_link *k = s->page;
        s->page = s->watch;
        s->watch = k;
    }
    lk_timer_set_in(s->poll_timer, OPEN_AGAIN_MS * 1000LL);
}

/* Follows the capabilities to another place, once for each try. */
static bool redirected(struct escl_scanner *s)
{
    char base[ESCL_PATH_MAX];
    char path[ESCL_PATH_MAX];
    if (s->doc_http < 301 || s->doc_http > 308 || s->moved)
        return false;
    (void)snprintf(base, sizeof(base), "%s/", s->root);
    if (escl_uri_resolve(base, s->location, path) < 0)
        return false;
    s->moved = true;
    return ask(s, s->page, path, &ability_ops) == 0;
}

static int error_of(unsigned http)
{
    if (http == 404)
        return -ENOENT;
    return http == 401 || http == 403 ? -EACCES : -EAGAIN;
}

static enum escl_reason open_reason(int error)
{
    switch (error) {
    case -ENODEV:
    case -ECONNREFUSED:
    case -EHOSTUNREACH:
    case -ENETUNREACH:
        return ESCL_GONE;
    case -ENOENT:
        return ESCL_UNFIT;
    case -EACCES:
        return ESCL_REFUSED;
    case -ENOMEM:
        return ESCL_MEMORY;
    case -EBADMSG:
    case -EMSGSIZE:
        return ESCL_GARBLED;
    default:
        return ESCL_SILENT;
    }
}

static void on_ability(void *arg, int error)
{
    struct escl_scanner *s = arg;
    s->asking = false;
    if (error == 0 && redirected(s))
        return;
    if (error == 0 && s->doc_http != 200)
        error = error_of(s->doc_http);
    if (error == 0)
        error = escl_ability_decode(s->doc->data, s->doc->len, &s->ability);
    if (error == 0) {
        s->quirks |= escl_quirks("", s->ability.model);
        s->phase = ESCL_OPEN;
        lk_timer_set_in(s->poll_timer, 0);
        if (s->events->ready)
            s->events->ready(s->arg, &s->ability);
        return;
    }
    if (error == -ENODEV) {
        escl_scanner_break(s, ESCL_GONE);
    } else if (lk_loop_now_us(s->loop) >= s->open_by_us) {
        escl_scanner_break(s, open_reason(error));
    } else {
        open_again(s);
        tell_state(
            s, (struct escl_state){ESCL_ACTIVITY_UNKNOWN, ESCL_FEEDER_UNKNOWN});
    }
}

void escl_scanner_open(struct escl_scanner *s)
{
    int64_t most =
        s->quirks & ESCL_QUIRK_SLOW_WAKE ? SLOW_WAKE_MS : ESCL_OPEN_MS;
    s->phase = ESCL_OPENING;
    s->open_by_us = lk_loop_now_us(s->loop) + most * 1000;
    lk_timer_set_in(s->poll_timer, 0);
}

/* An answer that was under way before the job wanted to know tells how the
 * scanner was then: before the paper was put in, for one. The job's question
 * goes out now. Where there is no answer, or the question cannot be asked, the
 * job hears of that instead, so that nothing lasts twice as long. */
static bool asked_anew(struct escl_scanner *s, struct escl_event *e)
{
    bool anew = s->ask_anew && e->what == ESCL_EV_STATUS;
    s->ask_anew = false;
    if (!anew || escl_run_idle(&s->run))
        return false;
    int r = escl_scanner_ask_status(s);
    if (r < 0)
        *e = (struct escl_event){.what = ESCL_EV_NO_STATUS, .error = r};
    return r == 0;
}

static void on_status(void *arg, int error)
{
    struct escl_scanner *s = arg;
    struct escl_event e = {.what = ESCL_EV_STATUS, .status = &s->status};
    s->asking = false;
    if (error == 0 && s->doc_http == 200)
        error = escl_status_decode(s->doc->data, s->doc->len, &s->status);
    if (error < 0 || s->doc_http != 200)
        e = (struct escl_event){
            .what = ESCL_EV_NO_STATUS,
            .error = error,
            .http = error < 0 ? 0 : s->doc_http,
        };
    lk_timer_set_in(s->poll_timer, ESCL_POLL_MS * 1000LL);
    struct escl_state now = {ESCL_ACTIVITY_UNKNOWN, ESCL_FEEDER_UNKNOWN};
    if (e.what == ESCL_EV_STATUS)
        now = state_of(&s->status);
    bool old = asked_anew(s, &e);
    escl_scanner_enter(s);
    if (error != -ENODEV)
        tell_state(s, now);
    if (!s->dead && !old)
        escl_scanner_happened(s, &e);
    (void)!escl_scanner_leave(s);
}

int escl_scanner_ask_status(struct escl_scanner *s)
{
    struct escl_link *k = s->watch ? s->watch : s->page;
    char path[ESCL_PATH_MAX];
    if (s->asking) {
        s->ask_anew = true;
        return 0;
    }
    (void)snprintf(path, sizeof(path), "%s/ScannerStatus", s->root);
    return ask(s, k, path, &status_ops);
}

void escl_scanner_poll(void *arg, int64_t now_us)
{
    struct escl_scanner *s = arg;
    (void)now_us;
    char path[ESCL_PATH_MAX];
    int r = 0;
    (void)snprintf(path, sizeof(path), "%s/ScannerCapabilities", s->root);
    s->moved = false;
    if (s->phase == ESCL_OPENING)
        r = ask(s, s->page, path, &ability_ops);
    else if (escl_run_idle(&s->run))
        r = escl_scanner_ask_status(s);
    if (r < 0)
        lk_timer_set_in(s->poll_timer, ESCL_POLL_MS * 1000LL);
}

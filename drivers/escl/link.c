#include "escl/link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum state {
    DOWN,     /* no connection; made at the next request */
    RENEWING, /* being made */
    READY,
    ASKING, /* the request is out, its answer not over */
};

struct escl_link {
    struct lk_loop *loop;
    struct escl_pipe *pipe;
    const char *host;
    struct lk_timer *timer; /* the answer's time, or the silence that ends it */
    enum state state;
    struct lk_buf *request;
    struct escl_exchange exchange; /* ops NULL: none */
    bool waiting;                  /* for the connection, to be sent */
    bool told;                     /* the head was */
    bool aborted;                  /* inside the feed */
    bool retried;                  /* a connection that the peer had closed */
    int failed;                    /* sending did; to be told from the loop */
    uint64_t unwanted;             /* bytes of a body that nobody takes */
    int64_t answer_by_us;          /* its ceiling */
    int64_t late_us;               /* 0: never */
    bool empty;                    /* an empty packet was the last that came */
    unsigned feeding;              /* calls of feed() on the stack */
    bool freed;
    bool held;
    struct escl_http http;
};

static void renew(struct escl_link *k)
{
    k->state = RENEWING;
    k->pipe->ops->renew(k->pipe);
}

/* When silence alone tells that the answer is over; 0: it never does. USB
 * connections do not end, and some scanners forget the head's last line feed
 * where no body follows. */
static int64_t silence_ms(const struct escl_link *k)
{
    if (!k->pipe->never_ends || k->state != ASKING)
        return 0;
    if (escl_http_lacks_lf(&k->http))
        return ESCL_CLOSE_ENDS_MS;
    if (!k->told || !k->http.head.close_ends)
        return 0;
    return k->empty ? ESCL_CLOSE_ENDS_MS / 4 : ESCL_CLOSE_ENDS_MS;
}

/* A sign of life, or the beginning: the answer's time runs anew, to a ceiling.
 */
static void set_timer(struct escl_link *k)
{
    int64_t now = lk_loop_now_us(k->loop);
    int64_t silence = silence_ms(k) * 1000;
    int64_t at = 0;
    if (k->exchange.answer_ms > 0)
        at = LK_MIN(now + k->exchange.answer_ms * 1000LL, k->answer_by_us);
    k->late_us = at;
    if (silence > 0)
        at = at > 0 ? LK_MIN(at, now + silence) : now + silence;
    if (at > 0 && k->exchange.ops && !k->held)
        lk_timer_set(k->timer, at);
    else
        lk_timer_clear(k->timer);
}

/* The exchange is over; what follows it on the connection is settled. */
static void finish(struct escl_link *k, int error, bool clean)
{
    struct escl_exchange x = k->exchange;
    k->exchange = (struct escl_exchange){.ops = NULL};
    k->waiting = false;
    k->failed = 0;
    lk_timer_clear(k->timer);
    if (clean) {
        k->state = READY;
        k->pipe->ops->expect(k->pipe, ESCL_PIPE_HEAD, 0);
    } else if (k->state != RENEWING && error != -ENODEV &&
               (k->pipe->never_ends || error < 0)) {
        renew(k); /* at once, so that the next one need not wait */
    } else if (k->state != RENEWING) {
        k->state = DOWN;
    }
    if (x.ops)
        x.ops->end(x.arg, error);
}

static void begin_answer(struct escl_link *k)
{
    k->waiting = false;
    k->told = false;
    k->unwanted = 0;
    k->state = ASKING;
    escl_http_begin(&k->http);
    k->pipe->ops->expect(k->pipe, ESCL_PIPE_HEAD, 0);
    int r = k->pipe->ops->send(k->pipe, k->request->data, k->request->len);
    k->failed = r;
    if (r < 0)
        lk_timer_set_in(k->timer, 0);
    else
        set_timer(k);
}

static void on_renewed(void *arg, int error)
{
    struct escl_link *k = arg;
    if (k->state != RENEWING)
        return;
    k->state = error < 0 ? DOWN : READY;
    if (k->waiting && error < 0)
        finish(k, error, false);
    else if (k->waiting && k->state == READY)
        begin_answer(k);
}

static void on_ended(void *arg, int error)
{
    struct escl_link *k = arg;
    bool asking = k->state == ASKING;
    k->state = DOWN;
    if (!asking)
        return;
    bool whole = error == 0 && k->told && escl_http_close(&k->http) == 0;
    /* A connection that the peer had closed before it saw the request. */
    if (error != -ENODEV && !k->pipe->never_ends && !k->retried &&
        !k->exchange.request.type && escl_http_fresh(&k->http)) {
        k->retried = true;
        k->waiting = true;
        renew(k);
        return;
    }
    finish(k, whole ? 0 : error == 0 ? -EPIPE : error, false);
}

static void tell_head(struct escl_link *k)
{
    k->told = true;
    if (k->exchange.ops->head)
        k->exchange.ops->head(k->exchange.arg, &k->http.head);
}

static int tell_body(struct escl_link *k, const struct escl_http_piece *piece)
{
    if (k->exchange.ops->body) {
        k->exchange.ops->body(k->exchange.arg, piece->data, piece->len);
        return 0;
    }
    k->unwanted += piece->len;
    return k->unwanted > ESCL_DRAIN_MAX ? -EMSGSIZE : 0;
}

/* Feeds the parser until nothing is left. 1: the answer is over. */
static int feed(struct escl_link *k, const uint8_t **at, size_t *left)
{
    struct escl_http_piece piece;
    k->aborted = false;
    for (;;) {
        int r = escl_http_next(&k->http, at, left, &piece);
        if (r < 0)
            return r;
        if (piece.event == ESCL_HTTP_MORE)
            return 0;
        if (piece.event == ESCL_HTTP_END)
            return 1;
        if (piece.event == ESCL_HTTP_HEAD)
            tell_head(k);
        else
            r = tell_body(k, &piece);
        if (k->aborted || k->freed || r < 0)
            return r;
    }
}

/* What comes next is asked for. */
static void ask_on(struct escl_link *k)
{
    uint64_t left = escl_http_left(&k->http);
    enum escl_pipe_mode mode = ESCL_PIPE_HEAD;
    if (k->told)
        mode = k->http.head.close_ends ? ESCL_PIPE_STREAM : ESCL_PIPE_BODY;
    k->pipe->ops->expect(k->pipe, mode, left);
}

static void answered(struct escl_link *k, const uint8_t *data, size_t len)
{
    k->feeding++;
    int r = feed(k, &data, &len);
    k->feeding--;
    if (k->freed) {
        k->freed = false;
        (void)escl_link_free(k);
    } else if (k->aborted) {
        return;
    } else if (r < 0) {
        finish(k, r, false);
    } else if (r == 1) {
        finish(k, 0, k->http.head.keep && len == 0);
    } else {
        ask_on(k);
        set_timer(k);
    }
}

static void on_received(void *arg, const uint8_t *data, size_t len)
{
    struct escl_link *k = arg;
    k->empty = len == 0;
    if (k->state == ASKING && k->empty) {
        set_timer(k);
    } else if (k->state == ASKING && k->pipe->sending &&
               !k->exchange.request.type) {
        finish(k, -EBADMSG, false); /* the rest of an earlier answer */
    } else if (k->state == ASKING) {
        answered(k, data, len);
    } else if (k->state == READY && len > 0) {
        /* Bytes that nobody asked for: the rest of an answer that was longer
         * than it said. */
        renew(k);
    }
}

static void on_timer(void *arg, int64_t now_us)
{
    struct escl_link *k = arg;
    static const uint8_t line_feed[] = {'\n'};
    if (!k->exchange.ops)
        return;
    if (k->failed < 0)
        finish(k, k->failed, false);
    else if (k->late_us > 0 && now_us >= k->late_us)
        finish(k, -ETIMEDOUT, false);
    else if (escl_http_lacks_lf(&k->http))
        answered(k, line_feed, sizeof(line_feed));
    else
        finish(k, 0, false);
}

int escl_link_send(struct escl_link *k, const struct escl_exchange *x)
{
    struct escl_http_request rq = x->request;
    if (k->exchange.ops)
        return -EBUSY;
    rq.host = k->host;
    rq.grain = k->pipe->grain;
    k->request->len = 0;
    int r = escl_http_write(k->request, &rq);
    if (r < 0)
        return r;
    k->exchange = *x;
    k->told = false;
    k->retried = false;
    k->failed = 0;
    k->empty = false;
    k->answer_by_us = lk_loop_now_us(k->loop) + ESCL_ANSWER_MOST_MS * 1000LL;
    k->waiting = true;
    /* What may not be sent twice never goes out on a connection that the peer
     * may just be closing. */
    if (k->state == DOWN || (rq.type && !k->pipe->never_ends))
        renew(k);
    if (k->state == RENEWING) {
        set_timer(k);
        return 0;
    }
    /* A send that fails ends the exchange from the loop. */
    begin_answer(k);
    return 0;
}

bool escl_link_busy(const struct escl_link *k)
{
    return k->exchange.ops != NULL;
}

void escl_link_abort(struct escl_link *k)
{
    if (!k->exchange.ops)
        return;
    bool asked = k->state == ASKING;
    k->exchange = (struct escl_exchange){.ops = NULL};
    k->waiting = false;
    k->failed = 0;
    k->aborted = true;
    lk_timer_clear(k->timer);
    escl_link_hold(k, false);
    if (asked)
        renew(k);
}

void escl_link_hold(struct escl_link *k, bool held)
{
    if (held == k->held)
        return;
    k->held = held;
    k->pipe->ops->hold(k->pipe, held);
    set_timer(k);
}

const struct escl_pipe_events *escl_link_pipe_events(void)
{
    static const struct escl_pipe_events events = {
        .renewed = on_renewed,
        .received = on_received,
        .ended = on_ended,
    };
    return &events;
}

void escl_link_set_pipe(struct escl_link *k, struct escl_pipe *pipe)
{
    k->pipe = pipe;
    renew(k);
}

int escl_link_new(struct lk_loop *l, const char *host, struct escl_link **ret)
{
    LK_AUTO(escl_link) k = calloc(1, sizeof(*k));
    if (!k)
        return -ENOMEM;
    k->loop = l;
    k->host = host;
    escl_http_begin(&k->http);
    int r = lk_buf_new(ESCL_REQUEST_MAX, &k->request);
    if (r == 0)
        r = lk_timer_new(l, on_timer, k, &k->timer);
    if (r < 0)
        return r;
    *ret = LK_TAKE(k);
    return 0;
}

struct escl_link *escl_link_free(struct escl_link *k)
{
    if (!k)
        return NULL;
    if (k->feeding > 0) {
        k->freed = true;
        return NULL;
    }
    if (k->pipe)
        (void)k->pipe->ops->free(k->pipe);
    k->timer = lk_timer_free(k->timer);
    k->request = lk_buf_free(k->request);
    free(k);
    return NULL;
}

#include "post/http.h"

#include "base/wipe.h"

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <curl/curl.h>

#define SLOW_BYTES_S 1000L
#define SOCKETS_MAX 32 /* with those of names that are looked up */

struct flight {
    struct post_http *http;
    CURL *curl; /* NULL: a free place */
    struct curl_slist *header;
    struct lk_buf *answer;
    struct lk_buf *text; /* what is sent, when no file is */
    post_http_fn *done;
    void *arg;
    int body;
    curl_off_t body_at;
    char why[CURL_ERROR_SIZE];
};

struct sock {
    curl_socket_t fd; /* -1: a free place */
    struct lk_watch *watch;
    struct post_http *http;
};

struct post_http {
    struct lk_loop *loop;
    struct lk_timer *timer;
    CURLM *multi;
    struct flight flight[POST_HTTP_FLIGHTS_MAX];
    struct sock sock[SOCKETS_MAX];
    bool ending;
};

/* realloc(3) that leaves nothing behind where it was. */
static void *realloc_wiped(void *old, size_t size)
{
    void *p = malloc(size);
    if (p && old)
        memcpy(p, old, LK_MIN(size, malloc_usable_size(old)));
    if (p)
        lk_free_wiped(old);
    return p;
}

int post_http_init(void)
{
    CURLcode code =
        curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, lk_free_wiped,
                             realloc_wiped, strdup, calloc);
    return code == CURLE_OK ? 0 : -EIO;
}

static void flight_clear(struct flight *f)
{
    if (f->curl) {
        (void)curl_multi_remove_handle(f->http->multi, f->curl);
        curl_easy_cleanup(f->curl);
    }
    curl_slist_free_all(f->header);
    lk_buf_free(f->answer);
    lk_buf_free(f->text);
    *f = (struct flight){.http = f->http, .body = -1};
}

static void flight_end(struct flight *f, CURLcode code)
{
    curl_off_t retry_s = 0;
    struct post_http_answer a = {.why = ""};
    if (code == CURLE_OK)
        (void)curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &a.status);
    else
        a.why = f->why[0] ? f->why : curl_easy_strerror(code);
    (void)curl_easy_getinfo(f->curl, CURLINFO_RETRY_AFTER, &retry_s);
    a.retry_after_s =
        retry_s > 0 ? (uint32_t)LK_MIN(retry_s, (curl_off_t)UINT32_MAX) : 0;
    struct flight gone = *f;
    *f = (struct flight){.http = f->http, .body = -1};
    a.body = gone.answer ? lk_buf_str(gone.answer) : "";
    a.len = gone.answer ? gone.answer->len : 0;
    if (gone.done)
        gone.done(gone.arg, &a); /* may start another in its place */
    flight_clear(&gone);
}

static void http_reap(struct post_http *h)
{
    const CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(h->multi, &left))) {
        CURLcode code = m->data.result;
        if (m->msg != CURLMSG_DONE)
            continue;
        for (size_t i = 0; i < POST_HTTP_FLIGHTS_MAX; i++)
            if (h->flight[i].curl == m->easy_handle) {
                flight_end(&h->flight[i], code);
                break;
            }
    }
}

static void on_socket(void *arg, int fd, short events)
{
    const struct sock *s = arg;
    struct post_http *h = s->http;
    int running;
    int what = (events & POLLIN ? CURL_CSELECT_IN : 0) |
               (events & POLLOUT ? CURL_CSELECT_OUT : 0) |
               (events & (POLLERR | POLLHUP) ? CURL_CSELECT_ERR : 0);
    (void)curl_multi_socket_action(h->multi, fd, what, &running);
    http_reap(h);
}

static void on_timer(void *arg, int64_t now_us)
{
    struct post_http *h = arg;
    int running;
    (void)now_us;
    (void)curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    http_reap(h);
}

static int on_curl_timer(CURLM *multi, long in_ms, void *arg)
{
    struct post_http *h = arg;
    (void)multi;
    if (h->ending || in_ms < 0)
        lk_timer_clear(h->timer);
    else
        lk_timer_set_in(h->timer, (int64_t)in_ms * 1000);
    return 0;
}

static struct sock *sock_find(struct post_http *h, curl_socket_t fd)
{
    for (size_t i = 0; i < SOCKETS_MAX; i++)
        if (h->sock[i].fd == fd)
            return &h->sock[i];
    return NULL;
}

/* libcurl wants a socket watched, otherwise, or no more. */
static int on_curl_socket(CURL *curl, curl_socket_t fd, int what, void *arg,
                          void *own)
{
    struct post_http *h = arg;
    struct sock *s = sock_find(h, fd);
    const short events = (short)((what & CURL_POLL_IN ? POLLIN : 0) |
                                 (what & CURL_POLL_OUT ? POLLOUT : 0));
    (void)curl;
    (void)own;
    if (what == CURL_POLL_REMOVE) {
        if (s) {
            s->watch = lk_watch_free(s->watch);
            s->fd = -1;
        }
        return 0;
    }
    if (s) {
        lk_watch_set(s->watch, events);
        return 0;
    }
    s = sock_find(h, -1);
    if (!s || lk_watch_new(h->loop, fd, events, on_socket, s, &s->watch) < 0)
        return -1; /* the request fails */
    s->fd = fd;
    return 0;
}

static size_t on_answer(char *data, size_t size, size_t n, void *arg)
{
    struct flight *f = arg;
    (void)size; /* 1 */
    return lk_buf_append(f->answer, data, n) < 0 ? 0 : n;
}

static size_t on_text(char *to, size_t size, size_t n, void *arg)
{
    struct flight *f = arg;
    size_t at = (size_t)f->body_at;
    size_t len = LK_MIN(size * n, f->text->len - at);
    memcpy(to, f->text->data + at, len);
    f->body_at += (curl_off_t)len;
    return len;
}

static size_t on_body(char *to, size_t size, size_t n, void *arg)
{
    struct flight *f = arg;
    ssize_t got = pread(f->body, to, size * n, f->body_at);
    if (got < 0)
        return CURL_READFUNC_ABORT;
    f->body_at += got;
    return (size_t)got;
}

static int on_rewind(void *arg, curl_off_t offset, int origin)
{
    struct flight *f = arg;
    if (origin != SEEK_SET)
        return CURL_SEEKFUNC_CANTSEEK;
    f->body_at = offset;
    return CURL_SEEKFUNC_OK;
}

int post_http_new(struct lk_loop *l, struct post_http **ret)
{
    struct post_http *h = calloc(1, sizeof(*h));
    if (!h)
        return -ENOMEM;
    h->loop = l;
    for (size_t i = 0; i < POST_HTTP_FLIGHTS_MAX; i++)
        h->flight[i] = (struct flight){.http = h, .body = -1};
    for (size_t i = 0; i < SOCKETS_MAX; i++)
        h->sock[i] = (struct sock){.fd = -1, .http = h};
    h->multi = curl_multi_init();
    int r = h->multi ? lk_timer_new(l, on_timer, h, &h->timer) : -ENOMEM;
    if (r < 0) {
        post_http_free(h);
        return r;
    }
    (void)curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    (void)curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    (void)curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    (void)curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    *ret = h;
    return 0;
}

struct post_http *post_http_free(struct post_http *h)
{
    if (!h)
        return NULL;
    h->ending = true;
    for (size_t i = 0; i < POST_HTTP_FLIGHTS_MAX; i++)
        flight_clear(&h->flight[i]);
    if (h->multi)
        (void)curl_multi_cleanup(h->multi);
    for (size_t i = 0; i < SOCKETS_MAX; i++)
        h->sock[i].watch = lk_watch_free(h->sock[i].watch);
    h->timer = lk_timer_free(h->timer);
    free(h);
    return NULL;
}

/* A header without line ends, which would begin another. */
static bool flight_add_header(struct flight *f, const char *header)
{
    struct curl_slist *more = NULL;
    if (!strpbrk(header, "\r\n"))
        more = curl_slist_append(f->header, header);
    if (more)
        f->header = more;
    return more;
}

static bool flight_set_limits(CURL *c, uint32_t whole_s)
{
    long whole = whole_s > 0 ? (long)whole_s : (long)POST_HTTP_WHOLE_S;
    return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSLVERSION,
                            (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT,
                            (long)POST_HTTP_CONNECT_S) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TIMEOUT, whole) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_S) ==
               CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME,
                            (long)POST_HTTP_SLOW_S) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK;
}

/* The one CA and no other: no bundle, no directory. */
static bool flight_set_trust(CURL *c, const struct lk_buf *ca)
{
    struct curl_blob blob = {
        .data = ca->data, .len = ca->len, .flags = CURL_BLOB_COPY};
    return curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CAPATH, NULL) == CURLE_OK;
}

static int flight_set_post(struct flight *f, curl_off_t len,
                           curl_read_callback read)
{
    CURL *c = f->curl;
    bool ok =
        curl_easy_setopt(c, CURLOPT_POST, 1L) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, len) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_READFUNCTION, read) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_READDATA, f) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_rewind) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_SEEKDATA, f) == CURLE_OK;
    return ok ? 0 : -ENOMEM;
}

static int flight_set_body(struct flight *f, const struct post_http_request *rq)
{
    struct stat st;
    if (rq->body >= 0) {
        if (fstat(rq->body, &st) < 0)
            return -errno;
        f->body = rq->body;
        return flight_set_post(f, (curl_off_t)st.st_size, on_body);
    }
    if (!rq->text)
        return 0;
    int r = lk_buf_new(LK_MAX(rq->text->len, 1u), &f->text);
    if (r == 0)
        r = lk_buf_append(f->text, rq->text->data, rq->text->len);
    return r < 0 ? r : flight_set_post(f, (curl_off_t)rq->text->len, on_text);
}

static int flight_prepare(struct flight *f, const struct post_http_request *rq)
{
    bool ok = flight_add_header(f, "Expect:"); /* no waiting for a 100 */
    int r = lk_buf_new(POST_HTTP_ANSWER_MAX, &f->answer);
    f->curl = curl_easy_init();
    if (r < 0 || !f->curl)
        return -ENOMEM;
    for (size_t i = 0; i < rq->headers; i++)
        ok &= flight_add_header(f, rq->header[i]);
    if (!ok)
        return -EINVAL;
    ok = curl_easy_setopt(f->curl, CURLOPT_URL, rq->url) == CURLE_OK &&
         flight_set_limits(f->curl, rq->whole_s) &&
         flight_set_trust(f->curl, rq->ca) &&
         curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, f->header) == CURLE_OK &&
         curl_easy_setopt(f->curl, CURLOPT_WRITEFUNCTION, on_answer) ==
             CURLE_OK &&
         curl_easy_setopt(f->curl, CURLOPT_WRITEDATA, f) == CURLE_OK &&
         curl_easy_setopt(f->curl, CURLOPT_ERRORBUFFER, f->why) == CURLE_OK;
    return ok ? flight_set_body(f, rq) : -ENOMEM;
}

void post_http_stop(struct post_http *h, const void *arg)
{
    for (size_t i = 0; i < POST_HTTP_FLIGHTS_MAX; i++)
        if (h->flight[i].curl && h->flight[i].arg == arg)
            flight_clear(&h->flight[i]);
}

int post_http_start(struct post_http *h, const struct post_http_request *rq)
{
    struct flight *f = NULL;
    if (strncasecmp(rq->url, "https://", 8) != 0 ||
        strlen(rq->url) >= POST_HTTP_URL_MAX ||
        rq->headers > POST_HTTP_HEADERS_MAX)
        return -EINVAL;
    for (size_t i = 0; i < POST_HTTP_FLIGHTS_MAX && !f; i++)
        if (!h->flight[i].curl)
            f = &h->flight[i];
    if (!f)
        return -ENOSPC;
    int r = flight_prepare(f, rq);
    f->done = rq->done;
    f->arg = rq->arg;
    if (r == 0 && curl_multi_add_handle(h->multi, f->curl) != CURLM_OK)
        r = -ENOMEM;
    if (r < 0)
        flight_clear(f);
    return r;
}

/* http.h - requests to agencies' addresses, on a loop.
 *
 * Room: libcurl stays behind it. HTTPS alone, TLS 1.2 or later, one CA for each
 * request, no redirects, no proxies, no cookies, no state between requests.
 * Bounded: size of the answer, time to connect, time of the whole, and a lowest
 * speed. On the loop's thread.
 */
#ifndef LUUKKU_POST_HTTP_H
#define LUUKKU_POST_HTTP_H

#include "base/buf.h"
#include "loop/loop.h"

#define POST_HTTP_FLIGHTS_MAX 8
#define POST_HTTP_ANSWER_MAX 65536 /* bytes of an answer's body */
#define POST_HTTP_URL_MAX 1024     /* bytes, the NUL included */
#define POST_HTTP_HEADERS_MAX 4
#define POST_HTTP_CONNECT_S 15
#define POST_HTTP_WHOLE_S 600
#define POST_HTTP_SLOW_S 30 /* slower than 1 kB/s for so long: given up */

struct post_http;

/* Before confinement, and before other threads: loads libcurl and what it
 * needs. What libcurl frees is overwritten, here and in post_http_start()'s
 * copies: answers may be secret. Errors: -ENOMEM, -EIO. */
int post_http_init(void) LK_MUST_CHECK;

/* Owner: caller. Errors: -ENOMEM, -ENOSPC. */
int post_http_new(struct lk_loop *l, struct post_http **ret) LK_MUST_CHECK;
/* Ends what is under way without a word. NULL is fine. Returns NULL. */
struct post_http *post_http_free(struct post_http *h);
LK_AUTO_DEFINE(post_http);

struct post_http_answer {
    long status; /* 0: there was none */
    uint32_t retry_after_s;
    const char *body; /* lent */
    size_t len;
    const char *why; /* status 0: libcurl's words, for the log */
};
typedef void post_http_fn(void *arg, const struct post_http_answer *a);

struct post_http_request {
    const char *url;           /* https://... */
    const struct lk_buf *ca;   /* PEM; borrowed until the answer */
    const char *const *header; /* "Name: value", POST_HTTP_HEADERS_MAX */
    size_t headers;
    int body; /* -1: none; else POST of what this file holds; borrowed until the
                 answer */
    const struct lk_buf *text; /* else POST of these bytes, which are copied;
                                  with neither: GET */
    uint32_t whole_s;          /* time for the whole; 0: POST_HTTP_WHOLE_S */
    post_http_fn *done;        /* once, later */
    void *arg;
};

/* Ends the requests that have this `arg` without a word. */
void post_http_stop(struct post_http *h, const void *arg);

/* Begins a request. Errors: -EINVAL the URL or a header, -ENOSPC too many at
 * once, -ENOMEM, fstat(2)'s. Then `done` is not called. */
int post_http_start(struct post_http *h,
                    const struct post_http_request *rq) LK_MUST_CHECK;

#endif

/* http.h - HTTP/1.1 for one client: requests out, answers in.
 *
 * Room: a request's text, and a parser that takes an answer in any pieces and
 * lends the body's bytes out of those pieces, uncopied. Strict: a bare CR or
 * LF, a NUL, folded or nameless headers and lengths that contradict each other
 * end it. Not here: connections, time, what to do with a status.
 * Spec: RFC 9112 (2, 4, 5, 6, 7), RFC 9110 (10.2.2 Location, 10.2.3
 * Retry-After, 15.2 1xx). Pure: any thread.
 */
#ifndef LUUKKU_ESCL_HTTP_H
#define LUUKKU_ESCL_HTTP_H

#include "escl/limits.h"

#include "base/buf.h"

#include <stdbool.h>

struct escl_http_request {
    const char *method; /* "GET", "POST", "DELETE" */
    const char *path;   /* of visible ASCII, begins with '/' */
    const char *host;
    const char *type; /* of the body; NULL: no body */
    const void *body;
    size_t len;
    unsigned grain; /* the request's length is no multiple of it; 0: may be.
                       A USB transfer then ends by itself, in a short packet */
};

/* Appends the request's head and body. Errors: -EINVAL a path or host that is
 * not of visible ASCII, -ENOMEM, -EMSGSIZE. */
int escl_http_write(struct lk_buf *b,
                    const struct escl_http_request *rq) LK_MUST_CHECK;

/* What the head of an answer says. */
struct escl_http_head {
    unsigned status;              /* 200..999 */
    bool keep;                    /* the connection stays usable after it */
    bool close_ends;              /* only the connection's end ends the body */
    int64_t length;               /* bytes of the body; -1: not known */
    int32_t retry_after_s;        /* -1: not said; 0..3600 */
    char location[ESCL_PATH_MAX]; /* "" not said, or too long to be taken */
};

enum escl_http_event {
    ESCL_HTTP_MORE, /* all bytes are used up; more are needed */
    ESCL_HTTP_HEAD, /* `head` is there */
    ESCL_HTTP_BODY, /* `data`, `len` are bytes of the body, lent */
    ESCL_HTTP_END,  /* the answer is over; what is left is not part of it */
};

/* Its members are the parser's alone, but for `head`. */
struct escl_http {
    struct escl_http_head head;
    unsigned state;
    unsigned interim; /* answers of 1xx so far */
    unsigned headers; /* lines of this head */
    size_t bytes;     /* of this head or these trailers */
    uint64_t left;    /* of the body or of the chunk */
    bool no_body;
    bool chunked;
    bool have_length;
    bool old; /* HTTP/1.0 */
    bool said_close;
    bool said_keep;
    size_t line_len;
    char line[ESCL_HTTP_LINE_MAX];
};

/* Begins anew, for the next answer. */
void escl_http_begin(struct escl_http *h);

/* What one step of the parser found. */
struct escl_http_piece {
    enum escl_http_event event;
    const uint8_t *data;
    size_t len;
};

/* Goes on until something is worth telling; takes what it used from *at and
 * *left. To be called again until MORE or END.
 * Errors  -EBADMSG no answer of HTTP/1.x, -EMSGSIZE a ceiling was passed; then
 *         the connection is of no use any more */
int escl_http_next(struct escl_http *h, const uint8_t **at, size_t *left,
                   struct escl_http_piece *ret) LK_MUST_CHECK;

/* The connection ended. 0: that ended the answer; -EPIPE: too early. */
int escl_http_close(const struct escl_http *h) LK_MUST_CHECK;

/* Bytes that are known to come still, of the body or of its present chunk. */
uint64_t escl_http_left(const struct escl_http *h);

/* Whether nothing but the head's very last line feed is missing. */
bool escl_http_lacks_lf(const struct escl_http *h);

/* Whether the answer has not begun: no byte of it came. */
bool escl_http_fresh(const struct escl_http *h);

#endif

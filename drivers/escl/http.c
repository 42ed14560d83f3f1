#include "escl/http.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

enum {
    ST_STATUS,     /* the status line */
    ST_HEADER,     /* a header line or the empty one */
    ST_HEAD_SAID,  /* the head was told; decide how the body ends */
    ST_LENGTH,     /* a body of known length */
    ST_CHUNK_LINE, /* a chunk's size */
    ST_CHUNK,      /* a chunk's bytes */
    ST_CHUNK_END,  /* the CRLF after it */
    ST_TRAILER,    /* a trailer line or the empty one */
    ST_CLOSE,      /* a body that the connection's end ends */
    ST_END,
};

#define EMPTY_LINES_BYTES 8 /* before an answer */

static const size_t line_limit[] = {
    [ST_STATUS] = ESCL_HTTP_LINE_MAX,
    [ST_HEADER] = ESCL_HTTP_LINE_MAX,
    [ST_CHUNK_LINE] = ESCL_HTTP_CHUNK_LINE_MAX,
    [ST_CHUNK_END] = 2,
    [ST_TRAILER] = ESCL_HTTP_LINE_MAX,
};

void escl_http_begin(struct escl_http *h)
{
    memset(h, 0, offsetof(struct escl_http, line));
    h->head.length = -1;
    h->head.retry_after_s = -1;
}

bool escl_http_fresh(const struct escl_http *h)
{
    return h->state == ST_STATUS && h->interim == 0 && h->bytes == 0;
}

/* A decimal number of at most 15 digits, and nothing else. */
static int number(const char *s, size_t len, uint64_t *ret)
{
    uint64_t n = 0;
    if (len == 0 || len > 15)
        return -EBADMSG;
    for (size_t i = 0; i < len; i++) {
        if (!isdigit((unsigned char)s[i]))
            return -EBADMSG;
        n = n * 10 + (uint64_t)(s[i] - '0');
    }
    *ret = n;
    return 0;
}

/* RFC 9112, 4: "HTTP/1.x SSS[ reason]". */
static int status_line(struct escl_http *h)
{
    const char *s = h->line;
    uint64_t status = 0;
    if (h->line_len < 12 || memcmp(s, "HTTP/1.", 7) != 0 ||
        !isdigit((unsigned char)s[7]) || s[8] != ' ' ||
        number(s + 9, 3, &status) < 0 || status < 100 ||
        (h->line_len > 12 && s[12] != ' '))
        return -EBADMSG;
    h->old = s[7] == '0';
    h->head.status = (unsigned)status;
    h->state = ST_HEADER;
    return 0;
}

/* One length; a second one has to be the same (RFC 9112, 6.3). */
static int content_length(struct escl_http *h, const char *v, size_t len)
{
    uint64_t n = 0;
    if (number(v, len, &n) < 0)
        return -EBADMSG;
    if (h->have_length && h->head.length != (int64_t)n)
        return -EBADMSG;
    h->have_length = true;
    h->head.length = (int64_t)n;
    return 0;
}

/* Only "chunked", once, and not from HTTP/1.0 (RFC 9112, 6.1). */
static int transfer_encoding(struct escl_http *h, const char *v, size_t len)
{
    if (h->old || h->chunked)
        return -EBADMSG;
    if (len == 8 && strncasecmp(v, "identity", 8) == 0)
        return 0; /* obsolete, says nothing */
    if (len != 7 || strncasecmp(v, "chunked", 7) != 0)
        return -EBADMSG;
    h->chunked = true;
    return 0;
}

static bool has_token(const char *v, size_t len, const char *token)
{
    size_t n = strlen(token);
    for (size_t i = 0; i + n <= len; i++) {
        bool from = i == 0 || v[i - 1] == ',' || v[i - 1] == ' ';
        bool to = i + n == len || v[i + n] == ',' || v[i + n] == ' ';
        if (from && to && strncasecmp(v + i, token, n) == 0)
            return true;
    }
    return false;
}

static int take_header(struct escl_http *h, size_t name, const char *v,
                       size_t len)
{
    const char *s = h->line;
#define IS(word) (name == sizeof(word) - 1 && strncasecmp(s, word, name) == 0)
    if (IS("content-length"))
        return content_length(h, v, len);
    if (IS("transfer-encoding"))
        return transfer_encoding(h, v, len);
    if (IS("connection")) {
        h->said_close = h->said_close || has_token(v, len, "close");
        h->said_keep = h->said_keep || has_token(v, len, "keep-alive");
    } else if (IS("location") && len < sizeof(h->head.location)) {
        memcpy(h->head.location, v, len);
        h->head.location[len] = '\0';
    } else if (IS("retry-after")) {
        uint64_t seconds = 0; /* a date: not said, the kiosk's clock is its own
                               */
        if (number(v, len, &seconds) == 0)
            h->head.retry_after_s = (int32_t)LK_MIN(seconds, 3600U);
    }
#undef IS
    return 0;
}

static bool token_char(char c)
{
    return isalnum((unsigned char)c) ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

/* RFC 9112, 5: a name without spaces, ":", the value without its blanks. */
static int split_header(struct escl_http *h, bool trailer)
{
    size_t name = 0;
    while (name < h->line_len && token_char(h->line[name]))
        name++;
    if (name == 0 || name == h->line_len || h->line[name] != ':')
        return -EBADMSG;
    if (++h->headers > ESCL_HTTP_HEADERS_MAX)
        return -EMSGSIZE;
    size_t from = name + 1;
    size_t to = h->line_len;
    while (from < to && (h->line[from] == ' ' || h->line[from] == '\t'))
        from++;
    while (to > from && (h->line[to - 1] == ' ' || h->line[to - 1] == '\t'))
        to--;
    return trailer ? 0 : take_header(h, name, h->line + from, to - from);
}

/* The empty line after the headers. Interim answers are passed over. */
static int head_end(struct escl_http *h)
{
    if (h->head.status < 200) {
        unsigned interim = h->interim + 1;
        if (h->head.status == 101 || interim > ESCL_HTTP_INTERIM_MAX)
            return -EBADMSG;
        escl_http_begin(h);
        h->interim = interim;
        return 0;
    }
    h->no_body = h->head.status == 204 || h->head.status == 304;
    /* Both: the chunks count, and the connection ends (RFC 9112, 6.3). */
    bool both = h->chunked && h->have_length;
    if (h->chunked)
        h->head.length = -1;
    if (h->no_body)
        h->head.length = 0;
    h->head.close_ends = !h->no_body && !h->chunked && !h->have_length;
    h->head.keep = !h->said_close && !both && !h->head.close_ends &&
                   (!h->old || h->said_keep);
    h->state = ST_HEAD_SAID;
    return 0;
}

/* RFC 9112, 7.1: hex digits, then perhaps an extension, which is ignored. */
static int chunk_line(struct escl_http *h)
{
    uint64_t n = 0;
    size_t i = 0;
    for (; i < h->line_len && isxdigit((unsigned char)h->line[i]); i++) {
        if (i == 8)
            return -EMSGSIZE;
        char c = h->line[i];
        unsigned digit =
            c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10U;
        n = n << 4 | digit;
    }
    if (i == 0)
        return -EBADMSG;
    while (i < h->line_len && (h->line[i] == ' ' || h->line[i] == '\t'))
        i++;
    if (i < h->line_len && h->line[i] != ';')
        return -EBADMSG;
    h->left = n;
    h->bytes = 0;
    h->headers = 0;
    h->state = n > 0 ? ST_CHUNK : ST_TRAILER;
    return 0;
}

/* A whole line, without its CRLF, stands in h->line. */
static int take_line(struct escl_http *h)
{
    bool empty = h->line_len == 0;
    switch (h->state) {
    case ST_STATUS:
        /* Some send empty lines after the body of the answer before. */
        if (empty)
            return h->bytes > EMPTY_LINES_BYTES ? -EBADMSG : 0;
        return status_line(h);
    case ST_HEADER:
        return empty ? head_end(h) : split_header(h, false);
    case ST_CHUNK_LINE:
        return chunk_line(h);
    case ST_CHUNK_END:
        h->state = ST_CHUNK_LINE;
        return empty ? 0 : -EBADMSG;
    case ST_TRAILER:
        if (empty)
            h->state = ST_END;
        return empty ? 0 : split_header(h, true);
    default:
        return -EBADMSG;
    }
}

/* The ceiling of all lines of the present part. */
static size_t part_limit(const struct escl_http *h)
{
    return h->state == ST_TRAILER ? (size_t)ESCL_HTTP_TRAILER_MAX
                                  : (size_t)ESCL_HTTP_HEAD_MAX;
}

/* One byte of a line. 1: the line is whole. */
static int line_byte(struct escl_http *h, uint8_t c)
{
    bool cr = h->line_len > 0 && h->line[h->line_len - 1] == '\r';
    if (++h->bytes > part_limit(h))
        return -EMSGSIZE;
    if (cr != (c == '\n') || c == '\0')
        return -EBADMSG; /* a bare CR or LF */
    if (c == '\n') {
        h->line_len--;
        return 1;
    }
    if (h->line_len == line_limit[h->state])
        return -EMSGSIZE;
    h->line[h->line_len++] = (char)c;
    return 0;
}

static int lines(struct escl_http *h, const uint8_t **at, size_t *left)
{
    unsigned state = h->state;
    while (*left > 0 && h->state == state) {
        int r = line_byte(h, **at);
        (*at)++;
        (*left)--;
        if (r < 0)
            return r;
        if (r == 0)
            continue;
        if (state == ST_CHUNK_LINE || state == ST_CHUNK_END)
            h->bytes = 0;
        r = take_line(h);
        h->line_len = 0;
        if (r < 0)
            return r;
    }
    return 0;
}

/* How the body ends; the head was told. */
static void choose_body(struct escl_http *h)
{
    h->bytes = 0;
    if (h->chunked && !h->no_body) {
        h->state = ST_CHUNK_LINE;
    } else if (h->head.close_ends) {
        h->state = ST_CLOSE;
    } else {
        h->left = (uint64_t)h->head.length;
        h->state = h->left > 0 ? ST_LENGTH : ST_END;
    }
}

static void body(struct escl_http *h, const uint8_t **at, size_t *left,
                 struct escl_http_piece *ret)
{
    size_t n = *left;
    if (h->state != ST_CLOSE) {
        n = (size_t)LK_MIN((uint64_t)n, h->left);
        h->left -= n;
        if (h->left == 0)
            h->state = h->state == ST_LENGTH ? ST_END : ST_CHUNK_END;
    }
    *ret = (struct escl_http_piece){ESCL_HTTP_BODY, *at, n};
    *at += n;
    *left -= n;
}

static bool reads_lines(const struct escl_http *h)
{
    return h->state == ST_STATUS || h->state == ST_HEADER ||
           h->state == ST_CHUNK_LINE || h->state == ST_CHUNK_END ||
           h->state == ST_TRAILER;
}

int escl_http_next(struct escl_http *h, const uint8_t **at, size_t *left,
                   struct escl_http_piece *ret)
{
    *ret = (struct escl_http_piece){ESCL_HTTP_MORE, NULL, 0};
    for (;;) {
        switch (h->state) {
        case ST_HEAD_SAID:
            choose_body(h);
            ret->event = ESCL_HTTP_HEAD;
            return 0;
        case ST_END:
            ret->event = ESCL_HTTP_END;
            return 0;
        case ST_LENGTH:
        case ST_CHUNK:
        case ST_CLOSE:
            if (*left > 0)
                body(h, at, left, ret);
            return 0;
        default:
            break;
        }
        int r = lines(h, at, left);
        if (r < 0)
            return r;
        if (*left == 0 && reads_lines(h))
            return 0;
    }
}

uint64_t escl_http_left(const struct escl_http *h)
{
    return h->state == ST_LENGTH  ? h->left
           : h->state == ST_CHUNK ? h->left + 2
                                  : 0;
}

bool escl_http_lacks_lf(const struct escl_http *h)
{
    return h->state == ST_HEADER && h->line_len == 1 && h->line[0] == '\r';
}

int escl_http_close(const struct escl_http *h)
{
    return h->state == ST_CLOSE || h->state == ST_END ? 0 : -EPIPE;
}

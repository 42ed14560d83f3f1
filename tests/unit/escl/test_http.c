#include "oom.h"
#include "testing.h"

#include "escl/http.h"
#include "escl/media.h"
#include "escl/uri.h"

#include <errno.h>

#define TEXT_MAX 131072

/* What an answer came to. */
struct outcome {
    int error;  /* of the parser, or of the connection's end */
    bool whole; /* END was reached */
    bool head;
    unsigned status;
    bool keep;
    int64_t length;
    int32_t retry;
    char location[ESCL_PATH_MAX];
    size_t len;  /* of the body */
    size_t rest; /* bytes that are not part of the answer */
    uint8_t body[TEXT_MAX];
};

static struct escl_http parser;

static bool take(struct outcome *o, const uint8_t *at, size_t left)
{
    for (;;) {
        struct escl_http_piece piece;
        int r = escl_http_next(&parser, &at, &left, &piece);
        if (r < 0) {
            o->error = r;
            return false;
        }
        switch (piece.event) {
        case ESCL_HTTP_MORE:
            assert_int_equal(left, 0);
            return true;
        case ESCL_HTTP_HEAD:
            assert_false(o->head);
            o->head = true;
            break;
        case ESCL_HTTP_BODY:
            assert_true(o->head && piece.len > 0);
            memcpy(o->body + o->len, piece.data, piece.len);
            o->len += piece.len;
            break;
        case ESCL_HTTP_END:
            o->whole = true;
            o->rest = left;
            return false;
        }
    }
}

/* Plays `len` bytes cut at `cut`, then the connection ends. */
static void play(const char *text, size_t len, size_t cut, struct outcome *o)
{
    memset(o, 0, offsetof(struct outcome, body));
    escl_http_begin(&parser);
    assert_true(escl_http_fresh(&parser));
    const uint8_t *s = (const uint8_t *)text;
    if (take(o, s, cut)) {
        if (take(o, s + cut, len - cut))
            o->error = escl_http_close(&parser);
    } else if (o->whole) {
        o->rest += len - cut;
    }
    o->status = parser.head.status;
    o->keep = parser.head.keep;
    o->length = parser.head.length;
    o->retry = parser.head.retry_after_s;
    memcpy(o->location, parser.head.location, sizeof(o->location));
}

struct row {
    const char *name;
    const char *text;
    int error;
    bool whole;
    unsigned status;
    bool keep;
    const char *body; /* NULL: not looked at */
    size_t rest;
};

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static const struct row answer_rows[] = {
    {"length", OK "Content-Length: 5\r\n\r\nhello", 0, true, 200, true, "hello",
     0},
    {"nothing", OK "Content-Length: 0\r\n\r\n", 0, true, 200, true, "", 0},
    {"no reason", "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", 0, true, 404,
     true, "", 0},
    {"no blank", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", 0, true, 404,
     true, "", 0},
    {"rest", OK "content-length:2\r\n\r\nabXYZ", 0, true, 200, true, "ab", 3},
    {"blanks", OK "Content-Length: \t 2 \t\r\n\r\nab", 0, true, 200, true, "ab",
     0},
    {"same twice", OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", 0,
     true, 200, true, "ab", 0},
    {"lengths differ", OK "Content-Length: 2\r\nContent-Length: 3\r\n\r\nab",
     -EBADMSG, false, 200, false, NULL, 0},
    {"length +", OK "Content-Length: +2\r\n\r\nab", -EBADMSG, false, 200, false,
     NULL, 0},
    {"length list", OK "Content-Length: 2, 2\r\n\r\nab", -EBADMSG, false, 200,
     false, NULL, 0},
    {"length huge", OK "Content-Length: 99999999999999999999\r\n\r\n", -EBADMSG,
     false, 200, false, NULL, 0},
    {"length none", OK "Content-Length:\r\n\r\n", -EBADMSG, false, 200, false,
     NULL, 0},
    {"too short", OK "Content-Length: 9\r\n\r\nhello", -EPIPE, false, 200, true,
     "hello", 0},
    {"chunks", CHUNKED "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", 0, true, 200,
     true, "abcde", 0},
    {"chunk hex", CHUNKED "00A\r\n0123456789\r\n0\r\n\r\nX", 0, true, 200, true,
     "0123456789", 1},
    {"trailers", CHUNKED "1\r\na\r\n0\r\nX: y\r\nZ: w\r\n\r\n", 0, true, 200,
     true, "a", 0},
    {"chunk cut", CHUNKED "3\r\nab", -EPIPE, false, 200, true, "ab", 0},
    {"chunk no end", CHUNKED "3\r\nabcd\r\n", -EBADMSG, false, 200, true, NULL,
     0},
    {"chunk bare LF", CHUNKED "3\nabc\r\n0\r\n\r\n", -EBADMSG, false, 200, true,
     NULL, 0},
    {"chunk sign", CHUNKED "-3\r\nabc\r\n", -EBADMSG, false, 200, true, NULL,
     0},
    {"chunk empty", CHUNKED "\r\nabc\r\n", -EBADMSG, false, 200, true, NULL, 0},
    {"chunk huge", CHUNKED "123456789\r\n", -EMSGSIZE, false, 200, true, NULL,
     0},
    {"trailer bad", CHUNKED "0\r\nnonsense\r\n\r\n", -EBADMSG, false, 200, true,
     NULL, 0},
    {"chunks and length",
     OK "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        "1\r\na\r\n0\r\n\r\n",
     0, true, 200, false, "a", 0},
    {"other coding", OK "Transfer-Encoding: gzip, chunked\r\n\r\n", -EBADMSG,
     false, 200, false, NULL, 0},
    {"chunked twice",
     OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
     -EBADMSG, false, 200, false, NULL, 0},
    {"identity", OK "Transfer-Encoding: identity\r\nContent-Length: 1\r\n\r\na",
     0, true, 200, true, "a", 0},
    {"to the end", OK "\r\nall of it", 0, false, 200, false, "all of it", 0},
    {"close", OK "Connection: close\r\nContent-Length: 1\r\n\r\na", 0, true,
     200, false, "a", 0},
    {"close in a list",
     OK "Connection: foo, Close\r\nContent-Length: 1\r\n\r\na", 0, true, 200,
     false, "a", 0},
    {"1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", 0, true, 200,
     false, "a", 0},
    {"1.0 kept",
     "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\na",
     0, true, 200, true, "a", 0},
    {"1.0 chunked", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
     -EBADMSG, false, 200, false, NULL, 0},
    {"interim",
     "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" OK "Content-Length: 1\r\n\r\na", 0,
     true, 200, true, "a", 0},
    {"interim without end",
     "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n"
     "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n",
     -EBADMSG, false, 100, false, NULL, 0},
    {"switching", "HTTP/1.1 101 Switching\r\n\r\n", -EBADMSG, false, 101, false,
     NULL, 0},
    {"204", "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", 0, true, 204, true,
     "", 0},
    {"304", "HTTP/1.1 304 Same\r\nTransfer-Encoding: chunked\r\n\r\n", 0, true,
     304, true, "", 0},
    {"line before", "\r\n" OK "Content-Length: 1\r\n\r\na", 0, true, 200, true,
     "a", 0},
    {"lines before", "\r\n\r\n\r\n\r\n\r\n" OK "Content-Length: 1\r\n\r\na",
     -EBADMSG, false, 0, false, NULL, 0},
    {"bare LF", "HTTP/1.1 200 OK\nContent-Length: 1\n\na", -EBADMSG, false, 0,
     false, NULL, 0},
    {"bare CR", OK "X: a\rb\r\n\r\n", -EBADMSG, false, 200, false, NULL, 0},
    {"CR CR LF", OK "X: a\r\r\n\r\n", -EBADMSG, false, 200, false, NULL, 0},
    {"folded", OK "X: a\r\n b\r\n\r\n", -EBADMSG, false, 200, false, NULL, 0},
    {"blank before colon", OK "Content-Length : 1\r\n\r\na", -EBADMSG, false,
     200, false, NULL, 0},
    {"no name", OK ": 1\r\n\r\n", -EBADMSG, false, 200, false, NULL, 0},
    {"no colon", OK "Content-Length\r\n\r\n", -EBADMSG, false, 200, false, NULL,
     0},
    {"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", -EBADMSG, false, 0, false, NULL, 0},
    {"status short", "HTTP/1.1 20 OK\r\n\r\n", -EBADMSG, false, 0, false, NULL,
     0},
    {"status long", "HTTP/1.1 2000 OK\r\n\r\n", -EBADMSG, false, 0, false, NULL,
     0},
    {"status low", "HTTP/1.1 099 OK\r\n\r\n", -EBADMSG, false, 0, false, NULL,
     0},
    {"a page", "\xff\xd8\xff\xe0 not HTTP\r\n", -EBADMSG, false, 0, false, NULL,
     0},
    {"nothing came", "", -EPIPE, false, 0, false, "", 0},
    {"head cut", OK "Content-Le", -EPIPE, false, 200, false, "", 0},
};

static struct outcome whole;
static struct outcome parts;

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(answer_rows); i++) {
        const struct row *w = &answer_rows[i];
        size_t len = strlen(w->text);
        play(w->text, len, len, &whole);
        if (whole.error != w->error || whole.whole != w->whole ||
            whole.status != w->status || whole.rest != w->rest ||
            (w->error == 0 && whole.keep != w->keep))
            fail_msg("%s: error %d status %u keep %d rest %zu", w->name,
                     whole.error, whole.status, whole.keep, whole.rest);
        if (w->body) {
            assert_int_equal(whole.len, strlen(w->body));
            assert_memory_equal(whole.body, w->body, whole.len);
        }
    }
}

/* An answer is the same wherever it is cut. */
static void test_cuts(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(answer_rows); i++) {
        const char *text = answer_rows[i].text;
        size_t len = strlen(text);
        play(text, len, len, &whole);
        for (size_t cut = 0; cut < len; cut++) {
            play(text, len, cut, &parts);
            assert_int_equal(parts.error, whole.error);
            assert_int_equal(parts.whole, whole.whole);
            assert_int_equal(parts.head, whole.head);
            assert_int_equal(parts.len, whole.len);
            assert_int_equal(parts.rest, whole.rest);
            assert_int_equal(parts.keep, whole.keep);
            assert_int_equal(parts.length, whole.length);
            assert_memory_equal(parts.body, whole.body, whole.len);
        }
    }
}

/* Chunks of any size, in pieces of any size. */
static void test_random_chunks(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    static char text[2 * TEXT_MAX];
    static uint8_t body[TEXT_MAX];
    for (int round = 0; round < 200; round++) {
        size_t n = (size_t)snprintf(text, sizeof(text), "%s", CHUNKED);
        size_t len = 0;
        for (int k = 0; k < 20; k++) {
            size_t size = 1 + test_random(&seed) % 3000;
            n += (size_t)snprintf(text + n, sizeof(text) - n,
                                  k % 2 ? "%zx\r\n" : "%zX;e\r\n", size);
            for (size_t j = 0; j < size; j++)
                text[n++] = (char)(body[len++] = (uint8_t)test_random(&seed));
            n += (size_t)snprintf(text + n, sizeof(text) - n, "\r\n");
        }
        n += (size_t)snprintf(text + n, sizeof(text) - n, "0\r\n\r\n");
        memset(&whole, 0, offsetof(struct outcome, body));
        escl_http_begin(&parser);
        size_t at = 0;
        bool more = true;
        while (more && at < n) {
            size_t piece = 1 + test_random(&seed) % 5000;
            piece = LK_MIN(piece, n - at);
            more = take(&whole, (uint8_t *)text + at, piece);
            at += piece;
        }
        assert_int_equal(whole.error, 0);
        assert_true(whole.whole && at == n && whole.rest == 0);
        assert_int_equal(whole.len, len);
        assert_memory_equal(whole.body, body, len);
    }
}

static char *flood(const char *head, const char *line, size_t times)
{
    size_t n = strlen(head);
    size_t each = strlen(line);
    char *text = malloc(n + each * times + 1);
    assert_non_null(text);
    memcpy(text, head, n + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(text + n + i * each, line, each + 1);
    return text;
}

static void test_ceilings(void **state)
{
    (void)state;
    const struct {
        const char *head;
        const char *line;
        size_t times;
    } floods[] = {
        {"HTTP/1.1 200 ", "x", ESCL_HTTP_LINE_MAX},
        {OK "X: ", "y", ESCL_HTTP_LINE_MAX},
        {OK, "X: y\r\n", ESCL_HTTP_HEADERS_MAX + 1},
        {OK,
         "X: "
         "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
         "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
         "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
         "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
         "\r\n",
         ESCL_HTTP_HEADERS_MAX},
        {CHUNKED "1;", "e", ESCL_HTTP_CHUNK_LINE_MAX},
        {CHUNKED "0\r\n", "X: y\r\n", ESCL_HTTP_HEADERS_MAX + 1},
        {CHUNKED "0\r\nX: ", "y", ESCL_HTTP_TRAILER_MAX},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(floods); i++) {
        char *text = flood(floods[i].head, floods[i].line, floods[i].times);
        play(text, strlen(text), strlen(text), &whole);
        assert_int_equal(whole.error, -EMSGSIZE);
        free(text);
    }
    play(OK "X: y\0\r\n\r\n", 25, 25, &whole);
    assert_int_equal(whole.error, -EBADMSG);
}

static void test_words(void **state)
{
    (void)state;
    static const char answer_text[] =
        "HTTP/1.1 503 Busy\r\nRETRY-AFTER: 7\r\nlocation:  /eSCL/x \r\n"
        "Content-Length: 0\r\n\r\n";
    play(answer_text, sizeof(answer_text) - 1, 10, &whole);
    assert_int_equal(whole.retry, 7);
    assert_string_equal(whole.location, "/eSCL/x");
    static const char date_text[] =
        "HTTP/1.1 503 Busy\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n"
        "Content-Length: 0\r\n\r\n";
    play(date_text, sizeof(date_text) - 1, 10, &whole);
    assert_int_equal(whole.retry, -1);
    static const char long_text[] =
        "HTTP/1.1 503 Busy\r\nRetry-After: 99999999\r\nContent-Length: 0\r\n"
        "\r\n";
    play(long_text, sizeof(long_text) - 1, 10, &whole);
    assert_int_equal(whole.retry, 3600);
}

static int write_request(unsigned grain, const char *path, size_t *len)
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(4096, &b);
    const struct escl_http_request rq = {
        .method = "POST",
        .path = path,
        .host = "localhost",
        .type = "text/xml",
        .body = "<a/>",
        .len = 4,
        .grain = grain,
    };
    if (r == 0)
        r = escl_http_write(b, &rq);
    if (r == 0) {
        *len = b->len;
        assert_non_null(strstr(lk_buf_str(b), "\r\nHost: localhost\r\n"));
        assert_non_null(strstr(lk_buf_str(b), "\r\nContent-Length: 4\r\n"));
        assert_string_equal(lk_buf_str(b) + b->len - 8, "\r\n\r\n<a/>");
    }
    return r;
}

static void test_request(void **state)
{
    (void)state;
    size_t len = 0;
    int r = 0;
    OOM_SWEEP(r, write_request(0, "/eSCL/ScanJobs", &len));
    for (unsigned grain = 1; grain < 700; grain++) {
        if (grain == 1)
            continue;
        assert_int_equal(write_request(grain, "/eSCL/ScanJobs", &len), 0);
        assert_true(len % grain != 0 || grain < 30);
    }
    static const char *const bad_text[] = {"eSCL",  "/a b",      "/a\r\nX: y",
                                           "/\x7f", "/\xc3\xa4", ""};
    for (size_t i = 0; i < LK_ARRAY_LEN(bad_text); i++)
        assert_int_equal(write_request(0, bad_text[i], &len), -EINVAL);
}

static void test_locations(void **state)
{
    (void)state;
    static const struct {
        const char *location;
        const char *path; /* NULL: refused */
    } rows[] = {
        {"/eSCL/ScanJobs/1", "/eSCL/ScanJobs/1"},
        {"/eSCL/ScanJobs/1/", "/eSCL/ScanJobs/1"},
        {"http://localhost/eSCL/ScanJobs/1", "/eSCL/ScanJobs/1"},
        {"http://192.168.1.9:8080/eSCL/ScanJobs/1", "/eSCL/ScanJobs/1"},
        {"https://[fe80::1]:443/eSCL/ScanJobs/1?x#y", "/eSCL/ScanJobs/1"},
        {"//other/eSCL/ScanJobs/1", "/eSCL/ScanJobs/1"},
        {"ScanJobs/1", "/eSCL/ScanJobs/1"},
        {"urn:uuid:4509a320", "/eSCL/urn:uuid:4509a320"},
        {"/eSCL/ScanJobs/urn:uuid:45", "/eSCL/ScanJobs/urn:uuid:45"},
        {"", NULL},
        {"/", NULL},
        {"http://localhost", NULL},
        {"http://localhost/", NULL},
        {"?x", NULL},
        {"/eSCL/../admin/1", NULL},
        {"/eSCL/./1", NULL},
        {"/eSCL/Scan Jobs/1", NULL},
        {"/eSCL/\\1", NULL},
        {"/.hidden", "/.hidden"},
        {"/a/...", "/a/..."},
    };
    char path[ESCL_PATH_MAX];
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        int r = escl_uri_resolve("/eSCL/ScanJobs", rows[i].location, path);
        if ((r == 0) != (rows[i].path != NULL) ||
            (r == 0 && strcmp(path, rows[i].path) != 0))
            fail_msg("%s: %d %s", rows[i].location, r, path);
    }
    char *text = flood("/eSCL/", "x", ESCL_PATH_MAX);
    assert_int_equal(escl_uri_resolve("/eSCL/ScanJobs", text, path), -EMSGSIZE);
    free(text);
}

static void test_media(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        int r;
        enum escl_format format;
    } rows[] = {
        {"\xff\xd8\xff\xe0", 4, 0, ESCL_JPEG},
        {"%PDF-1.4", 8, 0, ESCL_PDF},
        {"\x89PNG\r\n\x1a\n", 8, 0, ESCL_PNG},
        {"\xff\xd8", 2, -EAGAIN, 0},
        {"%PD", 3, -EAGAIN, 0},
        {"", 0, -EAGAIN, 0},
        {"\xff\xd9", 2, -EBADMSG, 0},
        {"<html>", 6, -EBADMSG, 0},
        {"BM", 2, -EBADMSG, 0},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        enum escl_format f = ESCL_FORMATS;
        assert_int_equal(
            escl_media_sniff((const uint8_t *)rows[i].bytes, rows[i].len, &f),
            rows[i].r);
        assert_int_equal(f, rows[i].r == 0 ? rows[i].format : ESCL_FORMATS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),  cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_ceilings), cmocka_unit_test(test_words),
        cmocka_unit_test(test_request),  cmocka_unit_test(test_locations),
        cmocka_unit_test(test_media),    cmocka_unit_test(test_random_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

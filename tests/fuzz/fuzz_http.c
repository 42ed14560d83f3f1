#include "escl/http.h"
#include "escl/uri.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What an answer came to. */
struct outcome {
    int error;
    bool whole;
    unsigned status;
    int64_t length;
    size_t rest;
    size_t len;
    uint64_t hash; /* of the body */
};

static struct escl_http parser;

static bool take(struct outcome *o, const uint8_t *at, size_t left)
{
    for (;;) {
        struct escl_http_piece piece;
        o->error = escl_http_next(&parser, &at, &left, &piece);
        if (o->error < 0 || piece.event == ESCL_HTTP_MORE)
            return o->error == 0;
        if (piece.event == ESCL_HTTP_END) {
            o->whole = true;
            o->rest = left;
            return false;
        }
        for (size_t i = 0; i < piece.len; i++)
            o->hash = (o->hash ^ piece.data[i]) * 0x100000001b3ULL;
        o->len += piece.len;
    }
}

/* Plays the bytes in pieces of `size`. */
static struct outcome play(const uint8_t *data, size_t len, size_t size)
{
    struct outcome o = {.error = 0};
    bool more = true;
    size_t at = 0;
    escl_http_begin(&parser);
    while (more && at < len) {
        size_t n = size < len - at ? size : len - at;
        more = take(&o, data + at, n);
        at += n;
    }
    if (more)
        o.error = escl_http_close(&parser);
    if (o.whole)
        o.rest += len - at;
    o.status = parser.head.status;
    o.length = parser.head.length;
    return o;
}

/* Every way of cutting an answer gives the same; a Location that is taken is
 * harmless in a request. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[ESCL_PATH_MAX];
    struct outcome all = play(data, size, size);
    if (all.len > size || all.rest > size)
        abort();
    if (escl_uri_resolve("/eSCL/ScanJobs", parser.head.location, path) == 0) {
        if (path[0] != '/' || strpbrk(path, " \r\n?#") || strstr(path, "/../"))
            abort();
    }
    for (size_t piece = 1; piece <= 8; piece += 7) {
        struct outcome o = play(data, size, piece);
        if (o.error != all.error || o.whole != all.whole || o.len != all.len ||
            o.hash != all.hash || o.rest != all.rest ||
            o.status != all.status || o.length != all.length)
            abort();
    }
    return 0;
}

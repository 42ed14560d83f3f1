#include "escl/http.h"

#include <errno.h>
#include <string.h>

/* Of visible ASCII: nothing that ends a line or a word. */
static bool visible(const char *s)
{
    for (; *s; s++)
        if (*s <= ' ' || *s > '~')
            return false;
    return true;
}

int escl_http_write(struct lk_buf *b, const struct escl_http_request *rq)
{
    if (rq->path[0] != '/' || !visible(rq->path) || !visible(rq->host) ||
        !visible(rq->method))
        return -EINVAL;
    size_t from = b->len;
    int r = lk_buf_printf(b,
                          "%s %s HTTP/1.1\r\n"
                          "Host: %s\r\n"
                          "User-Agent: luukku\r\n"
                          "Accept: */*\r\n"
                          "Connection: keep-alive\r\n",
                          rq->method, rq->path, rq->host);
    if (r == 0 && rq->type)
        r = lk_buf_printf(b,
                          "Content-Type: %s\r\n"
                          "Content-Length: %zu\r\n",
                          rq->type, rq->len);
    if (r == 0 && rq->grain > 0 &&
        (b->len - from + 2 + rq->len) % rq->grain == 0)
        r = lk_buf_printf(b, "Cache-Control: no-cache\r\n");
    if (r == 0)
        r = lk_buf_append(b, "\r\n", 2);
    if (r == 0 && rq->len > 0)
        r = lk_buf_append(b, rq->body, rq->len);
    return r;
}

/* fuzz_control.c - requests and replies of the control socket. What decodes
 * must encode, and decode to the same again. */
#include "control/message.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_request(const uint8_t *data, size_t size)
{
    LK_AUTO(control_request) req = NULL;
    LK_AUTO(control_request) again = NULL;
    LK_AUTO(lk_buf) b = NULL;
    if (control_request_decode(data, size, &req) < 0)
        return;
    if (lk_buf_new(CONTROL_TEXT_MAX, &b) < 0 ||
        control_request_encode(req, b) < 0)
        return; /* escapes may take more room than the text had */
    if (control_request_decode(b->data, b->len, &again) < 0 ||
        again->id != req->id || again->args != req->args)
        abort();
    for (size_t i = 0; i < req->args; i++)
        if (strcmp(req->arg[i], again->arg[i]) != 0)
            abort();
}

static void try_reply(const uint8_t *data, size_t size)
{
    LK_AUTO(control_reply) reply = NULL;
    LK_AUTO(control_reply) again = NULL;
    LK_AUTO(lk_buf) b = NULL;
    if (control_reply_decode(data, size, &reply) < 0)
        return;
    if (lk_buf_new(CONTROL_TEXT_MAX, &b) < 0 ||
        control_reply_encode(reply, b) < 0)
        return;
    if (control_reply_decode(b->data, b->len, &again) < 0 ||
        again->ok != reply->ok || again->carries != reply->carries)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_request(data, size);
    try_reply(data, size);
    return 0;
}

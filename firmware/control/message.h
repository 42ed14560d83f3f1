/* message.h - requests and replies on the control socket.
 *
 * Room: the JSON text of both, and its strict parsing. Pure besides memory; any
 * thread. One message of an lk_chan each (AF_UNIX SOCK_SEQPACKET): type
 * CONTROL_REQUEST to the kiosk, CONTROL_REPLY from it, the latter with at most
 * one descriptor, a sealed memfd.
 *
 *   {"v":1,"id":7,"cmd":["ui","tap","next"]}
 *   {"v":1,"id":7,"ok":true,"result":...}          the result itself
 *   {"v":1,"id":7,"ok":true,"carries":"json"}      it is in the descriptor
 *   {"v":1,"id":7,"ok":true,"result":...,"carries":"png"}  and a picture there
 *   {"v":1,"id":7,"ok":false,"error":"..."}        a sentence for people
 */
#ifndef LUUKKU_CONTROL_MESSAGE_H
#define LUUKKU_CONTROL_MESSAGE_H

#include "base/buf.h"

#include <stdbool.h>

#define CONTROL_VERSION 1
#define CONTROL_REQUEST 1 /* message types */
#define CONTROL_REPLY 2

#define CONTROL_ARGS_MAX 8       /* words of a command */
#define CONTROL_ARG_MAX 4096     /* bytes of one, the NUL included */
#define CONTROL_TEXT_MAX 32764   /* bytes of a message's JSON */
#define CONTROL_RESULT_MAX 28672 /* bytes of a result inside a message */
#define CONTROL_JSON_MAX (4UL * 1024 * 1024)     /* in a descriptor */
#define CONTROL_PICTURE_MAX (16UL * 1024 * 1024) /* likewise */

struct control_request {
    uint32_t id; /* the client's; comes back in the reply */
    char *arg[CONTROL_ARGS_MAX];
    size_t args; /* 1 or more */
    bool far;    /* from a technician who is not at the kiosk: the server's
                    to say, never in the JSON */
};

enum control_carries {
    CONTROL_NOTHING,
    CONTROL_JSON,
    CONTROL_PNG,
};

struct control_reply {
    uint32_t id;
    bool ok;
    enum control_carries carries;
    char *result; /* JSON text of any value; NULL: none. Only when ok */
    char *error;  /* only when not ok */
};

/* Appends a request's JSON to `b`.
 * Errors: -EINVAL no or too many words, not UTF-8; -EMSGSIZE; -ENOMEM. */
int control_request_encode(const struct control_request *req,
                           struct lk_buf *b) LK_MUST_CHECK;

/* Parses a request; unknown members are refused.
 * Owner: caller, control_request_free(). Errors: -EBADMSG malformed,
 * -EPROTONOSUPPORT another version, -ENOMEM. */
int control_request_decode(const void *data, size_t len,
                           struct control_request **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct control_request *control_request_free(struct control_request *req);
LK_AUTO_DEFINE(control_request);

/* Appends a reply's JSON to `b`. reply->result must be JSON text: it is checked
 * here, because it may come from a program that has been taken over.
 * Errors: -EBADMSG it is not; -EMSGSIZE; -ENOMEM. */
int control_reply_encode(const struct control_reply *reply,
                         struct lk_buf *b) LK_MUST_CHECK;

/* Parses a reply. Owner: caller, control_reply_free(). Errors: as
 * control_request_decode(). */
int control_reply_decode(const void *data, size_t len,
                         struct control_reply **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct control_reply *control_reply_free(struct control_reply *reply);
LK_AUTO_DEFINE(control_reply);

#endif

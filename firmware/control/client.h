/* client.h - ask a kiosk something over its control socket, and wait.
 *
 * Room: for luukkuctl and the console. One request at a time.
 */
#ifndef LUUKKU_CONTROL_CLIENT_H
#define LUUKKU_CONTROL_CLIENT_H

#include "control/message.h"

struct control_client;

struct control_answer {
    bool ok;
    bool picture;     /* `payload` is a PNG */
    char *text;       /* ok: JSON text of the result, "null" when it has none;
                         otherwise the error's sentence */
    uint8_t *payload; /* NULL when there is no picture */
    size_t len;       /* bytes of payload */
};

/* Connects to the socket at `path`.
 *
 * Owner   caller, control_client_free()
 * Errors  -ENAMETOOLONG, -ENOMEM, and connect(2)'s: -ENOENT, -ECONNREFUSED
 *         nobody there, -EACCES not for this user
 * Thread  one for each client
 */
int control_client_open(const char *path,
                        struct control_client **ret) LK_MUST_CHECK;

/* The same over a connected SOCK_SEQPACKET, taken over, also when it fails.
 * Errors: -ENOMEM, lk_chan_new()'s. */
int control_client_new(int fd, struct control_client **ret) LK_MUST_CHECK;

/* What may end a wait: when `fd` can be read, `stop` reads from it, and true
 * ends the call under way. */
struct control_client_stop {
    int fd;
    bool (*stop)(void *arg);
    void *arg;
};

/* NULL is fine. Returns NULL. */
struct control_client *control_client_free(struct control_client *c);
LK_AUTO_DEFINE(control_client);

/* Sends a command and waits for its answer, at most `timeout_us`.
 *
 * Owner   caller, control_answer_free()
 * Errors  -ETIMEDOUT, -EPIPE the kiosk has gone or lets nobody else in,
 *         -EBADMSG what came is no answer, -ENOMEM, control_request_encode()'s
 */
int control_client_call(struct control_client *c, const char *const *argv,
                        size_t argc, int64_t timeout_us,
                        struct control_answer **ret) LK_MUST_CHECK;

/* The same; `stop` may end it before. The kiosk is then told to stop what it
 * does (PROTOCOL.md), and is not waited for. Errors, besides: -ECANCELED. */
int control_client_call_until(struct control_client *c, const char *const *argv,
                              size_t argc, int64_t timeout_us,
                              const struct control_client_stop *stop,
                              struct control_answer **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct control_answer *control_answer_free(struct control_answer *a);
LK_AUTO_DEFINE(control_answer);

#endif

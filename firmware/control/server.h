/* server.h - the control socket, on super's side.
 *
 * Room: listening, clients within limits, requests in, replies out. What a
 * command means is the caller's business. Everything on the loop's thread.
 */
#ifndef LUUKKU_CONTROL_SERVER_H
#define LUUKKU_CONTROL_SERVER_H

#include "control/message.h"
#include "loop/loop.h"

#define CONTROL_CLIENTS_MAX 8
#define CONTROL_WAITING_MAX 8    /* unanswered requests of one client */
#define CONTROL_IDLE_US 60000000 /* a client that says nothing is let go */

struct control_server;

struct control_server_config {
    const char *path; /* absolute; at most 107 bytes */
    /* A request came. `req` dies on return. Answer once with
     * control_server_reply(), now or later. */
    void (*request)(void *arg, uint64_t client,
                    const struct control_request *req);
    void *arg;
};

/* Listens at `path`, mode 0600. A socket that nobody listens on any more is
 * replaced.
 *
 * Owner   caller, control_server_free()
 * Errors  -EADDRINUSE another program listens there, -EEXIST something that is
 *         no socket is there, -ENAMETOOLONG, -ENOMEM, and those of open(2),
 *         bind(2), listen(2)
 */
int control_server_new(struct lk_loop *l,
                       const struct control_server_config *config,
                       struct control_server **ret) LK_MUST_CHECK;

/* Takes a program as a client that needs no path: `fd`, a SOCK_SEQPACKET, is
 * taken over, also when it fails. It may be silent for as long as it likes, and
 * its requests are `far`.
 * Errors: -ENOSPC too many clients, lk_chan_new()'s. */
int control_server_adopt(struct control_server *s, int fd) LK_MUST_CHECK;

/* Lets every client go and removes the socket. Not from inside request(). NULL
 * is fine. Returns NULL. */
struct control_server *control_server_free(struct control_server *s);
LK_AUTO_DEFINE(control_server);

/* Answers a request. `fd` (-1: none) stays the caller's. A result that is no
 * JSON goes out as a failure.
 * Errors: -ENOENT the client has gone, lk_chan_send()'s, -ENOMEM. */
int control_server_reply(struct control_server *s, uint64_t client,
                         const struct control_reply *reply, int fd);

#endif

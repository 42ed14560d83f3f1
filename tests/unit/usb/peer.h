/* peer.h - a USB/IP server of a few lines, to be good or to lie.
 *
 * Room: the other end of a socketpair, in the same loop as what is tested. Its
 * device: interface 0 with a bare setting 0 and setting 1 with a bulk pair
 * (0x02, 0x81) and an interrupt IN (0x83). What comes at 0x02 is given back at
 * 0x81 in capitals; 0x83 never says anything by itself.
 */
#ifndef LUUKKU_TESTS_USB_PEER_H
#define LUUKKU_TESTS_USB_PEER_H

#include "loop/loop.h"

#include <stdbool.h>

#define PEER_PENDING_MAX 64
#define PEER_DATA_MAX 70000

/* One command as it came. */
struct peer_command {
    uint32_t command;
    uint32_t seq;
    bool in;
    uint32_t endpoint;
    uint32_t flags; /* of an unlink: the victim's seq */
    uint32_t length;
    uint32_t interval;
    uint8_t setup[8];
    const uint8_t *data; /* OUT */
};

struct peer {
    struct lk_loop *loop;
    struct lk_watch *watch;
    int fd;     /* the server's end; -1 once hung up */
    int client; /* the client's, to be handed over */
    size_t have;
    bool imported;
    bool refuse; /* imports */
    bool deaf;   /* reads nothing more */
    /* Looks at a command before the peer does; true: it has been dealt with. */
    bool (*hook)(struct peer *p, const struct peer_command *c);
    void *hook_arg;
    struct peer_command pending[PEER_PENDING_MAX]; /* INs that wait */
    size_t pendings;
    uint8_t echo[PEER_DATA_MAX];
    size_t echo_len; /* SIZE_MAX: nothing to give */
    unsigned commands;
    unsigned unlinks;
    uint8_t alternate;
    uint8_t in[PEER_DATA_MAX];
};

extern const uint8_t peer_device[18];
extern const uint8_t peer_config[9 + 9 + 9 + 3 * 7];

void peer_start(struct peer *p, struct lk_loop *loop);
void peer_stop(struct peer *p);

/* Closes the connection. */
void peer_hang_up(struct peer *p);

/* Sends bytes as they are. */
void peer_send(struct peer *p, const void *bytes, size_t len);

/* Answers a submit, with data. `actual` is what the answer says. */
void peer_return(struct peer *p, uint32_t seq, int32_t status, const void *data,
                 size_t len, uint32_t actual);
void peer_return_unlink(struct peer *p, uint32_t seq, int32_t status);

/* Deals with a command as a good server does. */
void peer_serve(struct peer *p, const struct peer_command *c);

#endif

/* pipe.h - one connection to a scanner: bytes out, bytes in.
 *
 * Room: the vtable that link.c uses, and who implements it: one interface
 * 7/1/4 of a USB device (pipe_usb.c), a TCP connection (pipe_tcp.c).
 * Never calls back from inside a call. Thread: the loop's.
 */
#ifndef LUUKKU_ESCL_PIPE_H
#define LUUKKU_ESCL_PIPE_H

#include "loop/loop.h"

#include <stdbool.h>

struct usb_device;
struct escl_pipe;
struct escl_dialer;

/* What is expected to come, so that enough is asked for ahead. */
enum escl_pipe_mode {
    ESCL_PIPE_HEAD,   /* little, or nothing: an answer's head */
    ESCL_PIPE_BODY,   /* so much at least as is known */
    ESCL_PIPE_STREAM, /* nobody knows how much */
};

struct escl_pipe_events {
    /* renew() is done: the connection is clean, or 0 > error it cannot be made:
     * -ENODEV for good, -ETIMEDOUT, -EIO, connect(2)'s. */
    void (*renewed)(void *arg, int error);
    /* Bytes came, lent; `len` 0: an empty packet. Not while it renews. */
    void (*received)(void *arg, const uint8_t *data, size_t len);
    /* The connection ended or broke; nothing comes any more before it is
     * renewed. 0 the peer closed it (TCP), -ENODEV for good, -EPIPE stalled,
     * -ETIMEDOUT what was sent was not taken, -EIO and others. */
    void (*ended)(void *arg, int error);
};

struct escl_pipe_ops {
    /* Makes the connection, anew if there was one: what is under way is given
     * up, what is stale is thrown away. renewed() follows within
     * ESCL_RENEW_MS. */
    void (*renew)(struct escl_pipe *p);
    /* Sends, copying. -errno as ended(). */
    int (*send)(struct escl_pipe *p, const void *data, size_t len);
    /* What to expect: BODY has `left` bytes still to come. */
    void (*expect)(struct escl_pipe *p, enum escl_pipe_mode mode,
                   uint64_t left);
    /* Asks for nothing more, or goes on. */
    void (*hold)(struct escl_pipe *p, bool held);
    struct escl_pipe *(*free)(struct escl_pipe *p);
};

/* The base of each implementation. */
struct escl_pipe {
    const struct escl_pipe_ops *ops;
    const struct escl_pipe_events *events;
    void *arg;
    unsigned grain;  /* a request must not be a multiple of it; 0: may be */
    bool never_ends; /* the peer cannot end the connection (USB) */
    bool sending;    /* the peer has not taken all of the last request: no
                        answer to it can be there (USB) */
};

/* Which interface of which device. */
struct escl_pipe_place {
    struct usb_device *device;
    unsigned nth; /* of those with class 7/1/4, each counted once; 0: first */
    bool soft_reset; /* the printer class's SOFT_RESET comes first */
};

/* Claims the interface.
 * Owner   p->ops->free()
 * Errors  -ENOENT no more of them, usb_claim()'s, -ENOMEM, -ENOSPC */
int escl_pipe_usb_new(struct lk_loop *l, const struct escl_pipe_place *place,
                      const struct escl_pipe_events *events, void *arg,
                      struct escl_pipe **ret) LK_MUST_CHECK;

/* `dialer` is borrowed for the pipe's life. Errors: -ENOMEM, -ENOSPC. */
int escl_pipe_tcp_new(struct lk_loop *l, const struct escl_dialer *dialer,
                      const struct escl_pipe_events *events, void *arg,
                      struct escl_pipe **ret) LK_MUST_CHECK;

#endif

/* pipe.h - what a layer of the stack knows of the one below it.
 *
 * Every layer has the same shape: it sends through a struct rtc_pipe, takes in
 * what arrived by its own rtc_x_receive(), and hands up by callbacks.
 */
#ifndef LUUKKU_RTC_NET_PIPE_H
#define LUUKKU_RTC_NET_PIPE_H

#include "base/defs.h"

/* Longest datagram that any layer above ICE makes, in bytes. */
#define RTC_PIPE_MTU 1200
/* Longest one above DTLS: less a record's header, nonce and tag. */
#define RTC_PIPE_SECURE_MTU (RTC_PIPE_MTU - 50)

struct rtc_pipe {
    /* Sends one datagram; 0, or a negative errno: -EAGAIN lost for want of
     * room or path, -EPERM the gate is closed. */
    int (*send)(void *arg, const uint8_t *data, size_t len);
    void *arg;
};

#endif

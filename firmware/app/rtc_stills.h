/* rtc_stills.h - a simulated document camera: pictures from a socket.
 *
 * Room: what stands for the document camera where there is none, for demos and
 * tests: a socket that luukku-super connected. Each picture is asked for with
 * one byte and comes as its length (4 bytes, big-endian) and a JPEG, which is
 * as hostile as a camera's. Thread: the loop's.
 */
#ifndef LUUKKU_APP_RTC_STILLS_H
#define LUUKKU_APP_RTC_STILLS_H

#include "camera/snapshot.h"

#include <stdbool.h>

struct rtc_stills;

/* gone  the socket closed, or broke its protocol (`why`, static; NULL: it just
 *       closed). Not from inside a call.
 * Owner: caller, rtc_stills_free(). Errors: -ENOMEM, -ENOSPC. */
int rtc_stills_new(struct lk_loop *l, void (*gone)(void *arg, const char *why),
                   void *arg, struct rtc_stills **ret) LK_MUST_CHECK;
/* A picture that is awaited does not come any more. NULL is fine. Returns
 * NULL. */
struct rtc_stills *rtc_stills_free(struct rtc_stills *s);
LK_AUTO_DEFINE(rtc_stills);

/* The socket, in place of any earlier one; taken over. A picture of the earlier
 * one that is awaited ends with -ENODEV. Errors: -ENOSPC. */
int rtc_stills_given(struct rtc_stills *s, int fd) LK_MUST_CHECK;

bool rtc_stills_there(const struct rtc_stills *s);

/* One picture; `fn` as camera_snapshot_new() says, from the loop, after at most
 * CAMERA_SNAPSHOT_US. Errors: -ENODEV there is none, -EBUSY one is awaited. */
int rtc_stills_take(struct rtc_stills *s, camera_snapshot_fn *fn,
                    void *arg) LK_MUST_CHECK;

#endif

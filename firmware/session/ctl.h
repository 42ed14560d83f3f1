/* ctl.h - the messages of the `ctl` data channel.
 *
 * Spec: firmware/signal/PROTOCOL.md, "Data channels". Pure; any thread. What
 * comes in is hostile: bounded, and unknown members are ignored.
 */
#ifndef LUUKKU_SESSION_CTL_H
#define LUUKKU_SESSION_CTL_H

#include "base/defs.h"

#include <stdbool.h>

#define CTL_MESSAGE_MAX 1024 /* bytes of a message that is looked at */

/* Writes {"type":"state",...} and a NUL. Returns bytes without the NUL, or
 * -EMSGSIZE. */
int ctl_write_state(bool mic, bool camera, char *ret, size_t cap);

/* Writes {"type":"bye","why":"ended"} and a NUL. Returns as above. */
int ctl_write_bye(char *ret, size_t cap);

/* Whether `len` bytes say that the far end ends the call.
 * Errors: -EBADMSG malformed or another type or reason, -EMSGSIZE, -ENOMEM. */
int ctl_read_bye(const char *text, size_t len) LK_MUST_CHECK;

/* Reads a state message of `len` bytes.
 * Errors: -EBADMSG malformed or another type, -EMSGSIZE, -ENOMEM. */
int ctl_read_state(const char *text, size_t len, bool *ret_mic,
                   bool *ret_camera) LK_MUST_CHECK;

#endif

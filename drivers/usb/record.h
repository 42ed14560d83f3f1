/* record.h - what crosses a device, as text, and a device that plays it back.
 *
 * Room: for tests and for a technician's workbench. A recording holds all that
 * was sent and answered, PINs and pages included: no program of the firmware
 * links this (library luukku::usb_record).
 * Format: RECORDING.md, beside this.
 * Thread: the loop's.
 */
#ifndef LUUKKU_USB_RECORD_H
#define LUUKKU_USB_RECORD_H

#include "base/buf.h"
#include "usb/usb.h"

#define USB_REPLAY_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define USB_REPLAY_WHY_MAX 160 /* bytes, the NUL included */

/* Wraps `inner`, which is the new device's from now on; on failure still the
 * caller's. Nothing may be claimed or under way on it yet.
 *
 * log     borrowed; what happens is appended. Once its ceiling is reached
 *         nothing more is: the device goes on, the recording is a beginning.
 * Errors  -ENOMEM, -ENOSPC, -EMSGSIZE `log` cannot even hold the descriptors
 */
int usb_record_new(struct lk_loop *l, struct usb_device *inner,
                   struct lk_buf *log, struct usb_device **ret) LK_MUST_CHECK;

/* Whether something did not fit. */
bool usb_record_cut(const struct usb_device *d);

/* Makes a device that answers as recorded, for as long as its driver asks as
 * recorded: the same transfers in the same order, with the same bytes. Answers
 * come as soon as all that came before them has happened. At the first
 * difference the device is gone, and usb_replay_diverged() says why.
 *
 * log     a recording, copied
 * Errors  -EBADMSG no recording, -EMSGSIZE above USB_REPLAY_BYTES_MAX, -ENOMEM,
 *         -ENOSPC
 */
int usb_replay_new(struct lk_loop *l, const char *log, size_t len,
                   struct usb_device **ret) LK_MUST_CHECK;

/* How the driver differed, in English with the line's number; "" where it has
 * not. */
const char *usb_replay_diverged(const struct usb_device *d);

/* Whether all of the recording has happened. */
bool usb_replay_over(const struct usb_device *d);

#endif

/* record_text.h - the words of a recording (RECORDING.md).
 *
 * Room: record.c and replay.c. Pure but for the buffer.
 */
#ifndef LUUKKU_USB_RECORD_TEXT_H
#define LUUKKU_USB_RECORD_TEXT_H

#include "base/buf.h"
#include "usb/backend.h"

#define RECORD_FIRST_LINE "luukku-usb 1"

/* Each appends; errors as lk_buf_append(). */
int record_put_hex(struct lk_buf *b, const uint8_t *bytes, size_t len);
int record_put_descriptors(struct lk_buf *b, const struct usb_device *d);
int record_put_start(struct lk_buf *b, unsigned number,
                     const struct usb_transfer *t);
int record_put_end(struct lk_buf *b, unsigned number,
                   const struct usb_transfer *t, int status,
                   const uint8_t *data, size_t len);

/* "0" or an error's name; "EIO" for one that has none here. */
const char *record_error_name(int status);

/* The error with that name, or -EBADMSG. */
int record_error_find(const char *name, int *ret) LK_MUST_CHECK;

/* Decodes hex digits, or "-". Returns how many bytes, -EBADMSG, -EMSGSIZE. */
int record_get_hex(const char *word, uint8_t *ret, size_t cap) LK_MUST_CHECK;

/* Encodes descriptors so that they decode to the same. Returns how many bytes.
 * `config` has room for USB_CONFIG_BYTES_MAX, which a decoded one fits in.
 * -EMSGSIZE one that was put together by hand does not. */
int record_encode_config(const struct usb_descriptors *d,
                         uint8_t *config) LK_MUST_CHECK;

#endif

/* usbip_wire.h - messages of USB/IP as bytes.
 *
 * Room: what the client sends and gets. All numbers are big-endian, setup
 * packets as on the bus.
 * Spec: Linux, Documentation/usb/usbip_protocol.rst. Pure: any thread.
 */
#ifndef LUUKKU_USB_USBIP_WIRE_H
#define LUUKKU_USB_USBIP_WIRE_H

#include "usb/backend.h"

#define IP_BUSID_LEN 32
#define IP_OP_LEN 8       /* version, code, status */
#define IP_DEVICE_LEN 312 /* a device in the answer to import */
#define IP_IMPORT_LEN (IP_OP_LEN + IP_BUSID_LEN)
#define IP_HEADER_LEN 48
#define IP_SETUP_LEN 8

enum ip_op {
    IP_OP_IMPORT = 0x8003,
    IP_OP_REPLY_BIT = 0x8000, /* cleared in the reply's code */
};

enum ip_command {
    IP_CMD_SUBMIT = 1,
    IP_CMD_UNLINK = 2,
    IP_RET_SUBMIT = 3,
    IP_RET_UNLINK = 4,
};

/* A device as the server's own list has it. */
struct ip_remote {
    char busid[IP_BUSID_LEN];
    uint32_t devid; /* bus number and device number in one, for submits */
    uint16_t vendor;
    uint16_t product;
};

struct ip_submit {
    uint32_t seq;
    uint32_t devid;
    bool in;
    uint8_t endpoint; /* number, 0..15 */
    uint32_t length;  /* of the data stage */
    uint32_t interval;
    const uint8_t *setup; /* IP_SETUP_LEN bytes, NULL: zeros */
};

struct ip_answer {
    uint32_t command; /* IP_RET_SUBMIT or IP_RET_UNLINK */
    uint32_t seq;
    int32_t status; /* 0 or a negative errno of Linux */
    uint32_t actual;
};

void ip_put_op(uint8_t ret[IP_OP_LEN], enum ip_op op);

/* `busid` has at most IP_BUSID_LEN - 1 bytes. */
void ip_put_import(uint8_t ret[IP_IMPORT_LEN], const char *busid);

/* Checks the head of the answer to `op`. Errors: -EBADMSG, -ENODEV refused. */
int ip_check_op(const uint8_t head[IP_OP_LEN], enum ip_op op) LK_MUST_CHECK;

/* Errors: -EBADMSG a busid without an end. */
int ip_get_remote(const uint8_t raw[IP_DEVICE_LEN],
                  struct ip_remote *ret) LK_MUST_CHECK;

void ip_put_submit(uint8_t ret[IP_HEADER_LEN], const struct ip_submit *s);
void ip_put_unlink(uint8_t ret[IP_HEADER_LEN], uint32_t seq, uint32_t devid,
                   uint32_t victim);

/* Errors: -EBADMSG no answer, a status that is none. */
int ip_get_answer(const uint8_t raw[IP_HEADER_LEN],
                  struct ip_answer *ret) LK_MUST_CHECK;

/* What a status of Linux' USB core means to a driver (usb.h, usb_done_fn).
 * Spec: Linux, Documentation/driver-api/usb/error-codes.rst. */
int ip_status(int32_t status);

#endif

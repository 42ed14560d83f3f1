/* message.h - the messages between a host and a card reader.
 *
 * Spec: CCID 1.1, sections 6.1 (commands), 6.2 (answers), 6.3 (interrupts).
 * Pure: no I/O, no allocation, any thread.
 */
#ifndef LUUKKU_CCID_MESSAGE_H
#define LUUKKU_CCID_MESSAGE_H

#include "base/defs.h"

#include <stdbool.h>

#define CCID_HEADER_LEN 10
#define CCID_MESSAGE_MAX 65556 /* header, an extended APDU, and a little */

/* Commands on the bulk-out endpoint (PC_to_RDR_*). */
enum ccid_pc {
    CCID_PC_SET_PARAMETERS = 0x61,
    CCID_PC_POWER_ON = 0x62,
    CCID_PC_POWER_OFF = 0x63,
    CCID_PC_SLOT_STATUS = 0x65,
    CCID_PC_SECURE = 0x69,
    CCID_PC_ESCAPE = 0x6B,
    CCID_PC_GET_PARAMETERS = 0x6C,
    CCID_PC_XFR_BLOCK = 0x6F,
    CCID_PC_ABORT = 0x72,
    CCID_PC_SET_RATE = 0x73,
};

/* Answers on the bulk-in endpoint (RDR_to_PC_*). */
enum ccid_rdr {
    CCID_RDR_DATA_BLOCK = 0x80,
    CCID_RDR_SLOT_STATUS = 0x81,
    CCID_RDR_PARAMETERS = 0x82,
    CCID_RDR_ESCAPE = 0x83,
    CCID_RDR_RATE = 0x84,
};

/* Class requests on endpoint 0 (5.3). */
enum ccid_request { CCID_REQUEST_ABORT = 1 };

/* wLevelParameter of a block, bChainParameter of an answer (6.1.4, 6.2.1). */
enum ccid_chain {
    CCID_CHAIN_WHOLE = 0,
    CCID_CHAIN_BEGINS = 1,
    CCID_CHAIN_ENDS = 2,
    CCID_CHAIN_GOES_ON = 3,
    CCID_CHAIN_NEXT = 0x10, /* nothing here: give or take the next part */
};

struct ccid_command {
    uint8_t type; /* enum ccid_pc */
    uint8_t slot;
    uint8_t seq;
    uint8_t special[3];  /* bytes 7..9 */
    const uint8_t *data; /* borrowed */
    size_t len;          /* bytes of data */
};

enum ccid_icc { CCID_ICC_ACTIVE, CCID_ICC_INACTIVE, CCID_ICC_NONE };
enum ccid_verdict { CCID_DONE, CCID_FAILED, CCID_MORE_TIME };

struct ccid_reply {
    uint8_t type; /* enum ccid_rdr */
    uint8_t slot;
    uint8_t seq;
    enum ccid_icc icc;
    enum ccid_verdict verdict;
    uint8_t error;       /* bError; with CCID_MORE_TIME a multiplier */
    uint8_t last;        /* byte 9: bChainParameter, bProtocolNum.. */
    const uint8_t *data; /* borrowed from the input */
    size_t len;
};

/* bError of a failed command (table 6.2-2). */
enum ccid_error {
    CCID_ERROR_UNSUPPORTED = 0x00,
    CCID_ERROR_BUSY = 0xE0,
    CCID_ERROR_PIN_CANCELLED = 0xEF,
    CCID_ERROR_PIN_TIMEOUT = 0xF0,
    CCID_ERROR_PARITY = 0xFD,
    CCID_ERROR_MUTE = 0xFE,
    CCID_ERROR_ABORTED = 0xFF,
};

/* Writes a command, header and data. Returns its bytes, or -EMSGSIZE when they
 * are more than `cap` or CCID_MESSAGE_MAX. */
int ccid_command_encode(const struct ccid_command *c, uint8_t *ret,
                        size_t cap) LK_MUST_CHECK;

/* Reads a command, as a reader would. Errors: -EBADMSG malformed. */
int ccid_command_decode(const uint8_t *bytes, size_t len,
                        struct ccid_command *ret) LK_MUST_CHECK;

/* How long the message is that begins here: header and dwLength.
 * Errors: -EAGAIN fewer than CCID_HEADER_LEN bytes, -EMSGSIZE too long. */
int ccid_message_len(const uint8_t *bytes, size_t len,
                     size_t *ret) LK_MUST_CHECK;

/* Reads an answer; bytes after it are ignored.
 * Errors: -EBADMSG no answer, cut off, or with reserved values. */
int ccid_reply_decode(const uint8_t *bytes, size_t len,
                      struct ccid_reply *ret) LK_MUST_CHECK;

/* Whether an answer of type `reply` may follow a command of type `command`. A
 * failed command may be answered by a mere slot status. */
bool ccid_reply_fits(uint8_t command, const struct ccid_reply *reply);

/* What an interrupt endpoint tells. */
struct ccid_notice {
    bool hardware;   /* 6.3.2: an error of `slot`, else slots changed */
    uint8_t slot;    /* hardware only */
    uint8_t error;   /* hardware only: bHardwareErrorCode */
    uint8_t changed; /* bit n: slot n changed (slots 0..7) */
    uint8_t present; /* bit n: slot n holds a card */
};

/* Reads it. Errors: -EBADMSG. */
int ccid_notice_decode(const uint8_t *bytes, size_t len,
                       struct ccid_notice *ret) LK_MUST_CHECK;

/* bError in plain words; static. */
const char *ccid_error_words(uint8_t error);

#endif

/* supermsg.h - messages between luukku-super and the programs it watches.
 *
 * Room: a binary codec for the payloads of lk_chan messages. Pure: no I/O, no
 * allocation, any thread. Strings travel with their NUL, so that a decoded
 * message can point into the payload; it dies with it.
 *
 * to super: HELLO (first), READY (confined, about to run), PONG, SESSION_ENDED,
 *           CONTROL_REPLY (with at most one descriptor: a sealed memfd),
 *           DEVICE_STATE (what became of the device it was given), NEWS
 *           (figures and states that a technician may ask super for)
 * to a program: PING, PEER (one descriptor: a channel to a sibling, in place of
 *           any earlier one to the same), CONTROL (a technician's command),
 *           KEPT (the session has ended, and the program goes on as it is),
 *           DEVICE (one descriptor: the device it drives), CAMERA (one
 *           descriptor: a camera's node), CAMERA_GONE, HEALTH (how programs
 *           and devices are), SHUTDOWN
 */
#ifndef LUUKKU_IPC_SUPERMSG_H
#define LUUKKU_IPC_SUPERMSG_H

#include "base/bytes.h"

#define SUPERMSG_ARGS_MAX 8        /* words of a command */
#define SUPERMSG_ARG_MAX 4096      /* bytes of one, the NUL included */
#define SUPERMSG_TEXT_MAX 24576    /* bytes of a text, the NUL included */
#define SUPERMSG_PAYLOAD_MAX 32764 /* as LK_CHAN_PAYLOAD_MAX */

enum supermsg_type {
    SUPERMSG_HELLO = 1, /* text: the program's name */
    SUPERMSG_READY = 2, /* text: the walls, struct confine_report's */
    SUPERMSG_PONG = 3,  /* id: that of the ping */
    SUPERMSG_SESSION_ENDED = 4,
    SUPERMSG_CONTROL_REPLY = 5, /* id, ok, carries, text */
    SUPERMSG_DEVICE_STATE = 6,  /* id: the DEVICE's; ok, text: see below */
    SUPERMSG_NEWS = 7,          /* text: app/super_news.h */
    SUPERMSG_PING = 16,         /* id */
    SUPERMSG_PEER = 17,         /* text: the sibling; one descriptor */
    SUPERMSG_CONTROL = 18,      /* id, args */
    SUPERMSG_SHUTDOWN = 19,
    SUPERMSG_KEPT = 20,
    SUPERMSG_DEVICE = 21, /* id, text: how to reach it, "usbfs PORT" or "usbip
                             BUSID"; one descriptor: a node of /dev/bus/usb, or
                             a socket connected to a USB/IP server */
    SUPERMSG_CAMERA = 22, /* text: camera_id_line()'s; one descriptor */
    SUPERMSG_CAMERA_GONE = 23, /* text: its node's name */
    SUPERMSG_HEALTH = 24,      /* text: health_facts_write()'s */
    /* Passed on by luukku-super, either way; which program may send which is
     * super_post.h's business. */
    SUPERMSG_LETTER = 32, /* text: its name; one descriptor: a sealed memfd or a
                             file */
    SUPERMSG_POSTED = 33, /* text: the letter's name */
    SUPERMSG_ASK = 34,    /* id, text: as a letter's name */
    SUPERMSG_TOLD = 35,   /* id, ok, text: title, state, and each thing asked
                             for on a line; not ok: "unknown" or "" */
    SUPERMSG_HELD = 36,   /* ok: the letter is on the disk; text: its name */
    SUPERMSG_RENEW = 37, /* text: a request for new certificates, to luukku-rtc;
                            from it: an answer (app/super_renew.h) */
};

/* What the descriptor of a CONTROL_REPLY holds. */
enum supermsg_carries {
    SUPERMSG_NOTHING = 0, /* no descriptor; the result is in the text */
    SUPERMSG_JSON = 1,    /* the result, which the text is too small for */
    SUPERMSG_PNG = 2,     /* a picture; the text is the result beside it */
};

/* DEVICE_STATE: ok, "": it is open and works. Not ok, "": it was unplugged and
 * is closed; it is given anew when it is there again. Not ok and words: it
 * misbehaved, in these words, and is closed: it is given anew at once, or set
 * aside when that was too often. */
struct supermsg {
    enum supermsg_type type;
    uint32_t id;
    bool ok;
    enum supermsg_carries carries;
    const char *text; /* UTF-8, never NULL; CONTROL_REPLY: the result as JSON,
                         or, when not ok, a sentence that says why */
    const char *arg[SUPERMSG_ARGS_MAX];
    size_t args; /* CONTROL: 1 or more */
};

/* Writes the payload of `m`; only the members of its type are looked at.
 * Returns its length, or -EMSGSIZE when it has more than `cap` bytes or a text
 * or argument is too long, -EINVAL bad type or number of arguments. */
int supermsg_encode(const struct supermsg *m, void *buf,
                    size_t cap) LK_MUST_CHECK;

/* Reads a payload of message type `type` that came with `fds` descriptors.
 *
 * ret     filled on success only; points into `payload`
 * Errors  -EBADMSG malformed, unknown type, not UTF-8, or a number of
 *         descriptors that the message does not have
 */
int supermsg_decode(uint16_t type, const void *payload, size_t len, size_t fds,
                    struct supermsg *ret) LK_MUST_CHECK;

#endif

/* helpmsg.h - what luukkud and luukku-help say to each other of a technician's
 * console from afar.
 *
 * Room: the messages and their codec. luukkud has judged who it is and shows
 * it; an `id` tells one session from the next, one is under way at a time.
 * Frames are sealed: luukkud reads none. Pure: no I/O, any thread.
 */
#ifndef LUUKKU_IPC_HELPMSG_H
#define LUUKKU_IPC_HELPMSG_H

#include "base/bytes.h"
#include "base/text.h"

#define HELPMSG_SESSION_LEN 16
#define HELPMSG_DIGEST_LEN 32
#define HELPMSG_POINT_LEN 65
#define HELPMSG_NONCE_LEN 22 /* characters */
#define HELPMSG_FRAME_MAX 2048
#define HELPMSG_WHY_MAX 16 /* numbers below it; firmware/remote/stream.h's */

enum helpmsg_type {
    /* luukkud to luukku-help */
    HELPMSG_OPEN = 1, /* id, session, digest, point, kn, user */
    HELPMSG_DOWN,     /* id, frame: from the technician, hostile */
    HELPMSG_CLOSE,    /* id, why: say so, and end it */

    /* luukku-help to luukkud */
    HELPMSG_KEY = 64, /* id, point: the kiosk's half; answers an OPEN */
    HELPMSG_UP,       /* id, frame: for the technician */
    HELPMSG_ENDED,    /* id, why: nothing more comes of it */
};

/* One message; only the members named beside its type have a meaning. */
struct helpmsg {
    enum helpmsg_type type;
    uint32_t id; /* not 0 */
    uint8_t session[HELPMSG_SESSION_LEN];
    uint8_t digest[HELPMSG_DIGEST_LEN]; /* of the technician's signed lines */
    uint8_t point[HELPMSG_POINT_LEN];   /* the sender's public half */
    char kn[HELPMSG_NONCE_LEN + 1];
    char user[LK_NAME_MAX]; /* for the trail */
    uint8_t why;
    const uint8_t *frame; /* borrowed */
    size_t frame_len;     /* 1..HELPMSG_FRAME_MAX */
};

#define HELPMSG_ENCODED_MAX (HELPMSG_FRAME_MAX + 64)

/* Encodes the members that belong to m->type.
 * Returns bytes written to `ret` (of `cap` bytes)
 * Errors  -EMSGSIZE does not fit, -EINVAL unknown type, or a member is not what
 *         it should be
 */
int helpmsg_encode(const struct helpmsg *m, void *ret,
                   size_t cap) LK_MUST_CHECK;

/* Decodes a payload of type `type`.
 *
 * ret     filled on success only; points into `payload`
 * Errors  -EBADMSG malformed, out of range or an unknown type
 */
int helpmsg_decode(uint16_t type, const void *payload, size_t len,
                   struct helpmsg *ret) LK_MUST_CHECK;

#endif

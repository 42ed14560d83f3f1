/* rtcmsg.h - what luukkud and luukku-rtc say to each other.
 *
 * Room: the messages and their codec. luukkud decides (who may call, what is
 * signed); luukku-rtc has the network, the camera and the sound, and does as it
 * is told. A `call` number tells one peer connection from the next, so that
 * late words about an old one are known as such.
 * Pure: no I/O, any thread.
 */
#ifndef LUUKKU_IPC_RTCMSG_H
#define LUUKKU_IPC_RTCMSG_H

#include "base/bytes.h"
#include "base/text.h"

#define RTCMSG_TOPIC_MAX 128     /* bytes, the NUL included */
#define RTCMSG_WHY_MAX 64        /* likewise */
#define RTCMSG_LABEL_MAX 64      /* likewise */
#define RTCMSG_CANDIDATE_MAX 512 /* likewise */
#define RTCMSG_BYTES_MAX 24576   /* an envelope, an SDP, a piece of data */
#define RTCMSG_SAY_MAX 4096      /* bytes of one utterance */
#define RTCMSG_PACE_MAX 4        /* of speech: 0 slowest .. */
#define RTCMSG_ROOM_LEAST 256    /* bytes that a short message counts as */

enum rtcmsg_type {
    /* luukkud to luukku-rtc */
    RTCMSG_PUBLISH = 1, /* topic, bytes: to the broker */
    RTCMSG_PREPARE,     /* call, session, version: make a connection and an
                           offer; nothing leaves before OPEN */
    RTCMSG_OPEN,        /* call: granted */
    RTCMSG_ANSWER,      /* call, bytes: the remote SDP */
    RTCMSG_CANDIDATE,   /* call, text: a remote candidate, "" ends them */
    RTCMSG_RESTART,     /* call, version: ICE restart, gives an OFFER */
    RTCMSG_CLOSE,       /* call: end the connection */
    RTCMSG_CONTROLS,    /* mic, camera, volume, lang */
    RTCMSG_SEND,        /* call, channel, binary, bytes: on a data channel */
    RTCMSG_SAY,         /* id, lang, pace, closed, interrupt, text, bytes: speak
                           the UTF-8 text in `bytes`. `text`: names of the
                           phrases it consists of, one space between, for
                           languages that have recordings only; "" when it has
                           others. `closed`: for headphones alone. `interrupt`:
                           what was said before and waits is cut */
    RTCMSG_HUSH,        /* be silent at once, forget what waits */
    RTCMSG_CAPTURE,     /* up: camera and microphone run. They do not at first,
                           nor when luukkud goes */
    RTCMSG_WATCH,       /* text: the agency whose queue and experts are heard of
                           from the broker; "" none, as at first */
    RTCMSG_SHUT,        /* call, channel: something that came on it was lost on
                           its way. `form` is closed for that, the others live
                           with it */
    RTCMSG_PHOTO,       /* a picture of the document camera is wanted: PHOTOED
                           follows */
    RTCMSG_TRY,         /* id, up, text: for a technician, outside of visits.
                           up: begin what `text` says (app/rtc_trial.h), TRIED
                           follows; else end it, without an answer */

    /* luukku-rtc to luukkud */
    RTCMSG_LINK = 64, /* up, why: the broker's link */
    RTCMSG_MESSAGE,   /* topic, bytes: from the broker */
    RTCMSG_OFFER,     /* call, version, bytes: the local SDP */
    RTCMSG_PEER,      /* call, peer, why: how the connection is */
    RTCMSG_CHANNEL,   /* call, channel, open, text: a data channel's label */
    RTCMSG_DATA,      /* call, channel, binary, bytes */
    RTCMSG_RINGS,     /* four descriptors: remote memory and wake, self memory
                         and wake (ring.h) */
    RTCMSG_DEVICES,   /* camera, sound: enum rtcmsg_device */
    RTCMSG_SPOKEN,    /* id, how: what became of an utterance */
    RTCMSG_HEADSET,   /* up: plugged in, and what is played goes there */
    RTCMSG_ROOM,      /* call, channel, room: since the channel opened so much
                         may be sent on it, counted by rtcmsg_room_cost() */
    RTCMSG_VOICE,     /* call, up: somebody speaks at the far end. After each
                         CONNECTED, and when it changes */
    RTCMSG_DOCUMENT,  /* up: there is a document camera. At the start, and when
                         it changes */
    RTCMSG_PHOTOED,   /* up: with a descriptor, a sealed memfd with the JPEG as
                         the camera made it; else why: an errno's name */
    RTCMSG_TRIED,     /* id, up, bytes: up: the result as JSON, perhaps with a
                         descriptor; else a sentence that says why not */
};

/* What became of an utterance, in RTCMSG_SPOKEN. */
enum rtcmsg_spoken {
    RTCMSG_SPOKEN_DONE,     /* to its end */
    RTCMSG_SPOKEN_CUT,      /* by another one, or HUSH; perhaps unheard */
    RTCMSG_SPOKEN_NO_VOICE, /* the language has neither voice nor recording */
    RTCMSG_SPOKEN_REFUSED,  /* closed, and no headset plays */
    RTCMSG_SPOKEN_FAILED,   /* no memory, no room, or the synthesiser failed */
    RTCMSG_SPOKEN_STATES,
};

/* How a peer connection is, in RTCMSG_PEER. */
enum rtcmsg_peer {
    RTCMSG_PEER_CONNECTING,
    RTCMSG_PEER_CONNECTED,    /* packets flow */
    RTCMSG_PEER_PICTURE,      /* the first frame was decoded */
    RTCMSG_PEER_INTERRUPTED,  /* nothing for 3 s */
    RTCMSG_PEER_RECONNECTING, /* nothing for 10 s */
    RTCMSG_PEER_FAILED,       /* `why` has the reason */
    RTCMSG_PEER_STATES,
};

enum rtcmsg_device {
    RTCMSG_DEVICE_NONE,
    RTCMSG_DEVICE_REAL,
    RTCMSG_DEVICE_SIMULATED,
    RTCMSG_DEVICE_STATES,
};

/* One message; only the members named beside its type above have a meaning. */
struct rtcmsg {
    enum rtcmsg_type type;
    uint32_t call;
    uint64_t session; /* SDP session id of a new connection */
    uint64_t version; /* SDP version of the offer */
    uint64_t room;    /* bytes */
    uint16_t channel;
    uint8_t volume; /* 0..10 */
    bool mic;
    bool camera;
    bool up;
    bool open;
    bool binary;
    bool closed;
    bool interrupt;
    uint8_t pace; /* 0..RTCMSG_PACE_MAX */
    uint32_t id;  /* of an utterance */
    enum rtcmsg_spoken how;
    enum rtcmsg_peer peer;
    enum rtcmsg_device camera_device;
    enum rtcmsg_device sound_device;
    char topic[RTCMSG_TOPIC_MAX];
    char text[RTCMSG_CANDIDATE_MAX];
    char why[RTCMSG_WHY_MAX];
    char lang[4];
    const uint8_t *bytes; /* borrowed from the payload, or the caller's */
    size_t len;           /* 0..RTCMSG_BYTES_MAX */
};

/* Bytes that any encoded message fits in. */
#define RTCMSG_ENCODED_MAX 28672

/* How much of RTCMSG_ROOM a message of `len` bytes takes. */
static inline uint64_t rtcmsg_room_cost(size_t len)
{
    return LK_MAX(len, (size_t)RTCMSG_ROOM_LEAST);
}

/* Encodes the members that belong to m->type.
 *
 * Returns bytes written to `ret` (of `cap` bytes)
 * Errors  -EMSGSIZE does not fit, -EINVAL unknown type
 */
int rtcmsg_encode(const struct rtcmsg *m, void *ret, size_t cap) LK_MUST_CHECK;

/* Decodes a payload of type `type`.
 *
 * ret     filled on success only; ret->bytes points into `payload`
 * Errors  -EBADMSG malformed, out of range or an unknown type
 */
int rtcmsg_decode(uint16_t type, const void *payload, size_t len,
                  struct rtcmsg *ret) LK_MUST_CHECK;

#endif

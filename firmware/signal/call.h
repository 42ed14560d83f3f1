/* call.h - the kiosk's side of the call signalling, without I/O.
 *
 * Spec: PROTOCOL.md. Time and messages go in, actions come out of a queue:
 *
 *     signal_call_receive(c, &message);
 *     while (signal_call_poll(c, &action))
 *         ...;
 *     lk_timer_set(timer, signal_call_deadline_us(c));
 *
 * Poll after every input and set the timer anew. One thread. Not here: the
 * link (link.h), media, silence of the transport (the session judges that).
 */
#ifndef LUUKKU_SIGNAL_CALL_H
#define LUUKKU_SIGNAL_CALL_H

#include "signal/cert.h"
#include "signal/claim.h"
#include "signal/envelope.h"

#define SIGNAL_UNACKED_MAX 64     /* messages waiting for acknowledgement */
#define SIGNAL_ACTIONS_MAX 256    /* actions not yet polled */
#define SIGNAL_TITLE_MAX 256      /* bytes of a title, with its NUL */
#define SIGNAL_CANDIDATE_MAX 1024 /* bytes of a candidate line */
#define SIGNAL_MID_MAX 17         /* bytes of a mid, with its NUL */
#define SIGNAL_VERSION_MAX 2147483647U
#define SIGNAL_SEEN_MAX 256 /* messages remembered to know repeats */
#define SIGNAL_ANNOUNCE_US (2 * INT64_C(1000000))
#define SIGNAL_LINGER_US (15 * INT64_C(1000000)) /* answering after the end */

/* Signature checks a second: for the holder of the call, for any one other
 * sender, for all others together; and parsed announcements and presences. */
#define SIGNAL_RATE_HOLDER 60
#define SIGNAL_RATE_SENDER 8
#define SIGNAL_RATE_OTHERS 40
#define SIGNAL_RATE_QUEUE 200

/* Both clocks, read by the caller. */
struct signal_time {
    int64_t now_us; /* monotonic, never falls */
    int64_t wall_s; /* seconds since 1970, only for certificates */
};

enum signal_bye {
    SIGNAL_BYE_ENDED,
    SIGNAL_BYE_LEFT, /* only from the expert's page */
    SIGNAL_BYE_SILENT,
    SIGNAL_BYE_FAILED,
    SIGNAL_BYES /* how many */
};

/* The reason's name on the wire; never NULL. */
const char *signal_bye_name(enum signal_bye why);

struct signal_call;

struct signal_call_config {
    const char *kiosk; /* name; copied */
    const char *site;  /* shown name of the place, UTF-8; copied, cut at 128 */
    const struct signal_key *key;     /* the device's; borrowed, outlives */
    const struct signal_trust *trust; /* borrowed, outlives */
};

/* Errors: -ENOMEM, -EINVAL a bad name or text. */
int signal_call_new(const struct signal_call_config *config,
                    struct signal_call **ret) LK_MUST_CHECK;
struct signal_call *signal_call_free(struct signal_call *c);
LK_AUTO_DEFINE(signal_call);

/* --- what goes in ------------------------------------------------------ */

/* What a citizen waits for; strings are copied. */
struct signal_wait {
    const char *agency;
    const char *card;
    const char *lang; /* 2 or 3 letters */
    const char *title_fi, *title_sv, *title_en;
};

/* Joins the queue: draws call id and nonce, announces at once and every 2 s. A
 * call that still lingers (its last messages unacknowledged) is forgotten.
 * Errors  -EBUSY waiting or in a call, -EINVAL, -ENOMEM, -EMSGSIZE, -EIO */
int signal_call_wait(struct signal_call *c, const struct signal_wait *wait,
                     const struct signal_time *t) LK_MUST_CHECK;

/* A message from the broker, hostile. Refusals become SIGNAL_ACT_REFUSED.
 * Errors  -ENOMEM, -EIO (the message counts as lost; the sender repeats it) */
struct signal_message {
    const char *topic; /* a string */
    const void *payload;
    size_t len; /* of the payload, bytes */
    const struct signal_time *t;
};
int signal_call_receive(struct signal_call *c,
                        const struct signal_message *message);

/* Names of the next local offer: session id of the connection, version. */
struct signal_offer_ids {
    uint64_t session_id; /* 1..2^62-1, random; new for a fresh connection */
    uint64_t version;    /* 1..SIGNAL_VERSION_MAX, higher than any before */
};

/* Draws the names for an offer to be made: of a fresh connection, or an ICE
 * restart on the present one. To be asked once for every offer. From now on
 * answers and candidates to older offers are dropped.
 * Errors  -EINVAL neither waiting nor in a call, -EOVERFLOW */
int signal_call_next_offer(struct signal_call *c, bool fresh,
                           struct signal_offer_ids *ret) LK_MUST_CHECK;

/* A local offer with the names drawn last. Sent at once when the call is
 * granted, else kept for the grant (the newest counts).
 * Errors  -EINVAL no call, or not those names (an outdated offer: ignore it),
 *         -EMSGSIZE, -ENOSPC 64 unacknowledged, -ENOMEM, -EIO */
int signal_call_offer(struct signal_call *c, const char *sdp, size_t len,
                      const struct signal_time *t) LK_MUST_CHECK;

/* A later local candidate ("candidate:..." or "": the end) of the offer with
 * that version. Before the grant, and for older offers, it is dropped.
 * Errors  -EINVAL a bad string, -ENOSPC, -ENOMEM, -EMSGSIZE, -EIO */
struct signal_candidate {
    uint64_t version;
    const char *mid;
    const char *candidate;
};
int signal_call_candidate(struct signal_call *c,
                          const struct signal_candidate *candidate,
                          const struct signal_time *t) LK_MUST_CHECK;

/* Leaves the queue or ends the call (`why` is then told to the expert; not
 * SIGNAL_BYE_LEFT). SIGNAL_ACT_OVER follows; the farewell is repeated until it
 * is acknowledged, so keep ticking. Nothing happens without a call. */
int signal_call_end(struct signal_call *c, enum signal_bye why,
                    const struct signal_time *t);

/* The link to the broker came up or went. While it is down nothing is
 * published and repeats do not count; when it comes all is sent again. It is
 * down at first. */
void signal_call_link(struct signal_call *c, bool up,
                      const struct signal_time *t);

/* Whether nothing that was sent waits for an acknowledgement any more (or for
 * being given up): after the end of a call the program may go. */
bool signal_call_settled(const struct signal_call *c);

/* Does what is due. Errors: -ENOMEM, -EIO (tried again at the next tick). */
int signal_call_tick(struct signal_call *c, const struct signal_time *t);

/* When signal_call_tick() is due next; INT64_MAX: not before other input. */
int64_t signal_call_deadline_us(const struct signal_call *c);

/* --- what comes out ---------------------------------------------------- */

enum signal_action_kind {
    SIGNAL_ACT_PUBLISH,   /* topic, data, len */
    SIGNAL_ACT_GRANTED,   /* who: the expert; media may flow from now on */
    SIGNAL_ACT_RECONNECT, /* the expert's page came back and knows nothing:
                             drop the connection, draw names for a fresh one
                             and offer it */
    SIGNAL_ACT_ANSWER,    /* data, len: SDP; version: of the offer answered */
    SIGNAL_ACT_CANDIDATE, /* data: "candidate:..." or ""; mid; version; may
                             come before the answer to the same offer */
    SIGNAL_ACT_LEFT,      /* the page has gone: stop sending, wait 15 s */
    SIGNAL_ACT_OVER,      /* why, remote */
    SIGNAL_ACT_QUEUE,     /* place, free_experts: changed */
    SIGNAL_ACT_REFUSED,   /* reason: for the log, holds nothing personal */
    SIGNAL_ACT_GAVE_UP    /* type: never acknowledged, for the log */
};

struct signal_action {
    enum signal_action_kind kind;
    const char *topic;
    const char *data; /* NUL-terminated; valid until the next input or poll */
    size_t len;       /* of data, bytes */
    const char *mid;
    uint64_t version;
    struct signal_identity who;
    enum signal_bye why;
    bool remote; /* the other side ended it (or left and did not come back) */
    uint32_t place;
    uint32_t free_experts;
    enum signal_reason reason;
    enum signal_type type;
};

/* Takes the next action. False when there is none. */
bool signal_call_poll(struct signal_call *c, struct signal_action *ret);

/* --- how it stands ----------------------------------------------------- */

/* The claim's state: SIGNAL_CLAIM_IDLE, OPEN (waiting), HELD, LEFT, OVER. */
enum signal_claim_state signal_call_state(const struct signal_call *c);

/* Whether media, data channels and DTLS may leave the kiosk. */
bool signal_call_media_allowed(const struct signal_call *c);

/* What ties something to the connection that stands (PROTOCOL.md, "Identity"):
 * all of it is in signed envelopes. Strings live until the next input. */
struct signal_binding {
    const char *kiosk, *expert, *call, *kn, *en;
    uint8_t kiosk_print[SIGNAL_PRINT_LEN]; /* of the offer that was answered */
    uint8_t page_print[SIGNAL_PRINT_LEN];  /* of that answer */
};

/* False: no call is on, or the newest connection is not answered yet. An ICE
 * restart is no new connection. */
bool signal_call_binding(const struct signal_call *c,
                         struct signal_binding *ret);

struct signal_call_counts {
    uint64_t received;
    uint64_t refused[SIGNAL_REASONS]; /* by reason */
    uint64_t repeats;                 /* seen before */
    uint64_t limited; /* dropped unread: rate, or actions not polled */
    uint64_t resent;
    uint64_t gave_up;
};
void signal_call_counts(const struct signal_call *c,
                        struct signal_call_counts *ret);

#endif

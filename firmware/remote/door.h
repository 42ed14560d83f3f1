/* door.h - whether a technician may open a console from afar.
 *
 * Spec: signal/PROTOCOL.md, "Remote help". Judges a hostile `help-open`: shape,
 * signature, certificate, role, the site's list, and that it was not here
 * before. Pure but for allocation; the wall clock is the caller's.
 * Not here: whether the kiosk is free, the session itself (stream.h).
 */
#ifndef LUUKKU_REMOTE_DOOR_H
#define LUUKKU_REMOTE_DOOR_H

#include "remote/keys.h"
#include "signal/cert.h"
#include "signal/envelope.h"

#define REMOTE_TECHNICIANS_MAX 32 /* names on a site's list */
#define REMOTE_SEEN_MAX 64        /* opens that are remembered */
#define REMOTE_ROLE "technician"  /* OU of the certificate's subject */
#define REMOTE_CA "technicians"   /* the name of their CA in the store */

/* Why a technician is refused; 0: not. The names are PROTOCOL.md's. */
enum remote_refusal {
    REMOTE_WELCOME = 0,
    REMOTE_OFF,         /* this site allows no remote help */
    REMOTE_IN_USE,      /* somebody is at the kiosk */
    REMOTE_BUSY,        /* another technician is connected */
    REMOTE_CERTIFICATE, /* not of the technicians' CA, or out of date */
    REMOTE_REVOKED,
    REMOTE_NO_ROLE,  /* certified, but not as a technician */
    REMOTE_NOT_HERE, /* not on this site's list */
    REMOTE_BROKEN,   /* the kiosk's program for it does not run */
    REMOTE_REFUSALS,
};

/* The word on the wire and in logs; never NULL. */
const char *remote_refusal_name(enum remote_refusal why);

struct remote_door {
    const struct signal_trust *trust; /* borrowed; has REMOTE_CA. NULL: help is
                                         off */
    char names[REMOTE_TECHNICIANS_MAX][LK_NAME_MAX];
    size_t count; /* of names */
    char seen[REMOTE_SEEN_MAX][SIGNAL_CALL_SIZE];
    size_t next; /* place in `seen` */
};

/* What a technician said who is to be answered. */
struct remote_open {
    char user[LK_NAME_MAX];
    char name[SIGNAL_SHOWN_MAX]; /* from the certificate; only when welcome */
    char call[SIGNAL_CALL_SIZE];
    char en[SIGNAL_NONCE_SIZE];
    uint8_t digest[32]; /* of the signed lines */
    uint8_t point[REMOTE_PUBLIC_LEN];
};

/* What came. */
struct remote_knock {
    const struct signal_topic *topic; /* SIGNAL_TOPIC_TECH_DOWN */
    const void *payload;              /* `len` hostile bytes */
    size_t len;
    int64_t wall_s; /* seconds since 1970 */
};

/* Judges a hostile message.
 *
 * ret      filled when 0 or REMOTE_... is returned
 * Returns  REMOTE_WELCOME; a refusal (> 0), to be answered; -EBADMSG no answer
 *          is owed: malformed, not signed by its certificate's key, here before
 *          (*ret_why says which, in a word for the log); -ENOMEM
 */
int remote_door_judge(struct remote_door *d, const struct remote_knock *knock,
                      struct remote_open *ret,
                      const char **ret_why) LK_MUST_CHECK;

/* Bodies of answers; `cap` bytes at `ret` are enough with REMOTE_BODY_MAX. */
#define REMOTE_BODY_MAX 128
void remote_body_accept(const uint8_t point[REMOTE_PUBLIC_LEN], char *ret);
void remote_body_refuse(enum remote_refusal why, char *ret);

#endif

/* report.h - how a kiosk is: what it reports to its fleet.
 *
 * Spec: README.md here ("The report") and firmware/signal/PROTOCOL.md,
 * "Health". Two codecs of one struct: facts, the lines in which luukku-super
 * tells luukkud what it knows, and the JSON that is signed. There is no place
 * in it for anything of a citizen's. Pure: any thread.
 * Not here: signing (signal/envelope.h), when it is sent (pace.h).
 */
#ifndef LUUKKU_HEALTH_REPORT_H
#define LUUKKU_HEALTH_REPORT_H

#include "base/buf.h"

#include <stdbool.h>

#define HEALTH_PARTS_MAX 12   /* programs, and as many devices */
#define HEALTH_CERTS_MAX 20   /* the kiosk's own, and of authorities */
#define HEALTH_DISKS_MAX 4    /* file systems */
#define HEALTH_NAME_MAX 40    /* bytes of a name, the NUL included */
#define HEALTH_WHY_MAX 96     /* bytes of a reason, the NUL included */
#define HEALTH_FACTS_MAX 8192 /* bytes of facts */
#define HEALTH_JSON_MAX 8192  /* bytes of a report */
#define HEALTH_NUMBER_MAX 2147483647U
#define HEALTH_TIME_MAX 253402300799 /* the end of the year 9999 */

/* How a program or a device is. */
enum health_state {
    HEALTH_OK,
    HEALTH_STARTING,
    HEALTH_SIMULATED, /* works, but is not the real thing */
    HEALTH_ABSENT,    /* the kiosk should have it, and it is not there */
    HEALTH_FAILED,
    HEALTH_UNKNOWN, /* its program does not say */
    HEALTH_STATES,
};

/* Of a call's line; HEALTH_LINE_NONE when there is no call. */
enum health_line {
    HEALTH_LINE_NONE,
    HEALTH_LINE_CONNECTING,
    HEALTH_LINE_GOOD,
    HEALTH_LINE_INTERRUPTED,
    HEALTH_LINE_RECONNECTING,
    HEALTH_LINES,
};

/* Their names on the wire; never NULL. */
const char *health_state_name(enum health_state state);
const char *health_line_name(enum health_line line);

struct health_part {
    char name[HEALTH_NAME_MAX]; /* [a-z0-9-], "luukku-rtc" */
    enum health_state state;
    uint32_t restarts;        /* programs: since super started */
    char why[HEALTH_WHY_MAX]; /* printable ASCII; "" nothing to say */
};

struct health_cert {
    char name[HEALTH_NAME_MAX];
    int64_t ends_s; /* notAfter, seconds since 1970 */
};

struct health_disk {
    char name[HEALTH_NAME_MAX]; /* "root" */
    uint32_t total_mb;
    uint32_t free_mb;
};

struct health_report {
    char version[HEALTH_NAME_MAX]; /* of the firmware; [a-zA-Z0-9.+~-] */
    uint32_t up_s;                 /* since super started */
    struct health_part program[HEALTH_PARTS_MAX];
    size_t programs;
    struct health_part device[HEALTH_PARTS_MAX];
    size_t devices;
    struct health_cert cert[HEALTH_CERTS_MAX];
    size_t certs;
    struct health_disk disk[HEALTH_DISKS_MAX];
    size_t disks;
    /* luukkud's own, not in the facts. */
    uint32_t number; /* of this run's reports, from 1 */
    int64_t at_s;    /* the kiosk's clock, seconds since 1970 */
    enum health_line line;
    uint32_t broker_up_s; /* how long the link to the broker stands */
    uint32_t broker_lost; /* how often it was lost since luukkud started */
};

/* Adds a program or a device. Text is made printable ASCII and cut; an empty
 * or bad name is refused. restarts is 0.
 * Errors: -ENOSPC there are HEALTH_PARTS_MAX, -EINVAL the name. */
int health_program_add(struct health_report *r, const char *name,
                       enum health_state state, const char *why);
int health_device_add(struct health_report *r, const char *name,
                      enum health_state state, const char *why);

/* Errors: -ENOSPC, -EINVAL the name or the time. */
int health_cert_add(struct health_report *r, const char *name, int64_t ends_s);
int health_disk_add(struct health_report *r, const char *name,
                    uint64_t total_mb, uint64_t free_mb);

/* Sets the version, made plain. */
void health_version_set(struct health_report *r, const char *version);

/* Appends the facts as lines of text: all but luukkud's own members.
 * Errors: -ENOMEM, -EMSGSIZE (the buffer's ceiling). */
int health_facts_write(const struct health_report *r,
                       struct lk_buf *b) LK_MUST_CHECK;

/* Reads facts; luukkud's own members become 0.
 *
 * text     `len` bytes, which need no NUL behind them
 * ret      filled on success only
 * Errors   -EBADMSG malformed, a name or number that is none; -ENOSPC more of
 *          something than there is room for; -EMSGSIZE above HEALTH_FACTS_MAX
 */
int health_facts_read(const char *text, size_t len,
                      struct health_report *ret) LK_MUST_CHECK;

/* Appends the report as JSON, at most HEALTH_JSON_MAX bytes.
 * Errors: -ENOMEM, -EMSGSIZE (the buffer's ceiling). */
int health_report_write(const struct health_report *r,
                        struct lk_buf *b) LK_MUST_CHECK;

/* Whether the fleet should hear of the second after the first at once: a state,
 * a reason, a restart, a certificate, a version, a disk that became full (less
 * than a twentieth free) or has room again. */
bool health_report_differs(const struct health_report *a,
                           const struct health_report *b);

#endif

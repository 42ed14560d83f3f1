/* zmodem.h - sends one file to a terminal program that receives ZMODEM.
 *
 * Spec: Chuck Forsberg, "The ZMODEM Inter Application File Transfer Protocol"
 * (1988-10-14), sections 8 and 9. A sender alone, of one file; bytes and the
 * time in, bytes out. Nothing is allocated. The far end may be anything: each
 * wait ends, and so does each run of errors. One thread.
 */
#ifndef LUUKKU_CONSOLE_ZMODEM_H
#define LUUKKU_CONSOLE_ZMODEM_H

#include "console/zmodem_wire.h"

#define ZMODEM_NAME_MAX 96         /* bytes of a file's name, NUL included */
#define ZMODEM_BLOCK_MAX 512       /* bytes of a subpacket */
#define ZMODEM_BLOCK_MIN 64        /* on a noisy line */
#define ZMODEM_WINDOW 4096         /* bytes that wait for an answer */
#define ZMODEM_ASK 1024            /* bytes after which one is asked for */
#define ZMODEM_OUT_MAX 1200        /* bytes of one zmodem_output() */
#define ZMODEM_START_US 60000000LL /* for a receiver to be there */
#define ZMODEM_WAIT_US 10000000LL  /* for an answer, then it is said again */
#define ZMODEM_SILENCES 6          /* such waits in a row */
#define ZMODEM_ERRORS 40           /* until ZMODEM_GAIN more bytes are there */
#define ZMODEM_GAIN 256
#define ZMODEM_ERRORS_ALL 100     /* and one for each KiB of the file */
#define ZMODEM_SETTLE_US 200000LL /* after an error, for what is under way */
#define ZMODEM_QUIET_US 500000LL  /* at the end, for what still comes */
#define ZMODEM_LINGER_US 5000000LL

struct zmodem_file {
    const uint8_t *data; /* lent for as long as it is sent */
    size_t len;
    char name[ZMODEM_NAME_MAX];
    int64_t mtime_s; /* since 1970 */
};

enum zmodem_result {
    ZMODEM_UNDER_WAY,
    ZMODEM_SENT,
    ZMODEM_SKIPPED,    /* the receiver does not want it */
    ZMODEM_NOBODY,     /* no receiver came */
    ZMODEM_GIVEN_UP,   /* by zmodem_cancel(), or Ctrl-C before a receiver */
    ZMODEM_CANCELLED,  /* by the receiver */
    ZMODEM_SILENT,     /* the receiver came, and no longer answers */
    ZMODEM_NOISY,      /* too many errors in a row */
    ZMODEM_REFUSED,    /* the receiver cannot write it */
    ZMODEM_SEVEN_BITS, /* the receiver has a line of seven bits */
    ZMODEM_ODD,        /* the receiver wants what is not there */
};

enum zmodem_state {
    ZMODEM_AT_INIT,
    ZMODEM_AT_FILE,
    ZMODEM_AT_DATA,
    ZMODEM_AT_EOF,
    ZMODEM_AT_FIN,
    ZMODEM_AT_BYE,   /* the last word, or the word that all is off */
    ZMODEM_AT_QUIET, /* what still comes is for nobody */
    ZMODEM_AT_END,
};

struct zmodem {
    const struct zmodem_file *file;
    enum zmodem_state state;
    enum zmodem_result result;
    struct zmodem_reader reader;
    struct zmodem_style style;
    bool due;        /* the state's message is to be sent */
    bool answer_due; /* `answer` is, before it */
    struct zmodem_header answer;
    bool streams;       /* the receiver takes bytes while it writes */
    size_t window;      /* bytes */
    size_t at;          /* the next byte to send */
    size_t acked;       /* the receiver has all before this */
    size_t best;        /* the highest that `acked` was */
    size_t gained;      /* `best` when `errors` was last 0 */
    size_t calm;        /* `best` when `block` last changed */
    size_t asked;       /* where an answer was last asked for */
    size_t block;       /* bytes of a subpacket now */
    bool open;          /* a frame is: subpackets follow */
    bool waits;         /* for ZACK of what was sent */
    bool careful;       /* after an error: one subpacket, then wait */
    bool flush;         /* what waits for the line is stale */
    int64_t now_us;     /* of the call */
    int64_t begun_us;   /* the state's beginning */
    int64_t timer_us;   /* when to say it again */
    int64_t said_us;    /* when the state's message went out */
    int64_t settled_us; /* nothing is sent before */
    int64_t heard_us;   /* the last byte that came */
    unsigned silences;  /* in a row */
    unsigned errors;    /* likewise */
    size_t errors_all;
};

/* Begins. `file` is lent until zmodem_over(); of at most 4 GiB. */
void zmodem_begin(struct zmodem *z, const struct zmodem_file *file,
                  int64_t now_us);

/* Takes bytes from the line. */
void zmodem_input(struct zmodem *z, const uint8_t *data, size_t len,
                  int64_t now_us);

/* Call it at least twice a second. */
void zmodem_tick(struct zmodem *z, int64_t now_us);

/* What to send next: at most ZMODEM_OUT_MAX bytes; 0: nothing now. To be called
 * only when all that it gave before has gone: after an error nothing stale then
 * stands in the way. */
size_t zmodem_output(struct zmodem *z, uint8_t ret[ZMODEM_OUT_MAX],
                     int64_t now_us);

/* Whether what has not left yet is to be dropped, as far as that is possible;
 * true once for each error. */
bool zmodem_flush(struct zmodem *z);

/* Gives up, and says so to the receiver. */
void zmodem_cancel(struct zmodem *z, int64_t now_us);

/* Whether all is done, and the line free for other things. */
bool zmodem_over(const struct zmodem *z);

/* How it went; ZMODEM_UNDER_WAY before zmodem_over(). */
enum zmodem_result zmodem_result(const struct zmodem *z);

/* Bytes that the receiver is known to have. */
size_t zmodem_there(const struct zmodem *z);

#endif

/* scanmsg.h - what luukkud and luukku-scan say to each other.
 *
 * Room: the messages and their codec. luukkud asks for pages: from the scanner
 * (START), or out of a document that somebody else gave (DECODE: the expert's,
 * or the document camera's picture). luukku-scan has the scanner and reads all
 * that is hostile; what it gives are checked pixels (scanpage.h). One job at a
 * time; it ends with exactly one END. When the channel closes before that, the
 * program broke on it: for luukkud that is SCANMSG_CRASHED.
 * Pure: no I/O, any thread.
 */
#ifndef LUUKKU_IPC_SCANMSG_H
#define LUUKKU_IPC_SCANMSG_H

#include "base/bytes.h"

#define SCANMSG_NAME_MAX 128  /* bytes, the NUL included */
#define SCANMSG_WHY_MAX 128   /* likewise */
#define SCANMSG_PAGES_MAX 200 /* of one job */
#define SCANMSG_DPI_MAX 1200
#define SCANMSG_DPIS_MAX 16           /* resolutions of a scanner */
#define SCANMSG_SIDE_MAX 20000        /* pixels of a page's side */
#define SCANMSG_EDGE_MAX 10000        /* of crop: the whole side */
#define SCANMSG_DOCUMENT_MAX 33554432 /* bytes of a document to decode */

enum scanmsg_type {
    /* luukkud to luukku-scan */
    SCANMSG_START = 1, /* job, source, mode, dpi, paper, prep, turn, pages: at
                          most so many */
    SCANMSG_DECODE,    /* job, dpi (of a drawn PDF; 0: what fits), prep, turn,
                          crop, pages; one descriptor: a sealed memfd */
    SCANMSG_CANCEL,    /* job: END follows, CANCELLED or what came first */

    /* luukku-scan to luukkud */
    SCANMSG_SCANNER = 64, /* state, name, sources, modes, papers, dpis: after
                             the start, and when any of them changes */
    SCANMSG_PROGRESS,     /* job, page (from 1), percent of it */
    SCANMSG_PAGE,         /* job, page, width, height, dpi, mode, traits;
                             descriptors: the page, its preview (both of
                             scanpage.h), and with SCANMSG_WITH_JPEG both as
                             JPEG, too */
    SCANMSG_END,          /* job, pages: given in all, reason, why */
};

/* How the scanner is. */
enum scanmsg_state {
    SCANMSG_STATE_NONE,    /* no scanner */
    SCANMSG_STATE_OPENING, /* there is one, not ready yet */
    SCANMSG_STATE_READY,
    SCANMSG_STATE_BUSY, /* scanning, or warming up */
    SCANMSG_STATE_JAM,
    SCANMSG_STATE_OPEN,   /* a lid is open */
    SCANMSG_STATE_FAILED, /* it misbehaves; `name` stays */
    SCANMSG_STATES,
};

/* Where pages lie. In `sources`: bit 1 << it. */
enum scanmsg_source {
    SCANMSG_AUTO, /* the feeder when something lies in it, else the flatbed */
    SCANMSG_FLATBED,
    SCANMSG_FEEDER,
    SCANMSG_DUPLEX, /* the feeder, both sides */
    SCANMSG_SOURCES,
};

/* In `modes`: bit 1 << it. */
enum scanmsg_mode {
    SCANMSG_COLOUR, /* RGB24 */
    SCANMSG_GRAY,   /* GRAY8 */
    SCANMSG_MODES,
};

/* In `papers`: bit 1 << it. */
enum scanmsg_paper {
    SCANMSG_A4,
    SCANMSG_A5,
    SCANMSG_A3,
    SCANMSG_LETTER,
    SCANMSG_LEGAL,
    SCANMSG_WHOLE, /* all that the scanner can reach */
    SCANMSG_PAPERS,
};

/* What is done with a page, bits of `prep`. */
enum scanmsg_prep {
    SCANMSG_STRAIGHTEN = 1, /* a scan that lies a little askew */
    SCANMSG_FLATTEN = 2,    /* a camera's picture: the sheet is found, made a
                               rectangle, and lit evenly */
    SCANMSG_WITH_JPEG = 4,  /* give page and preview as JPEG too, for sending */
    SCANMSG_DROP_BLANK = 8, /* do not give blank pages */
    SCANMSG_PREP_ALL = 15,
};

/* What is known of a page, bits of `traits`. */
enum scanmsg_traits {
    SCANMSG_BLANK = 1,        /* nothing is on it */
    SCANMSG_CUT = 2,          /* the data ended early; the rest is white */
    SCANMSG_STRAIGHTENED = 4, /* it was askew */
    SCANMSG_FLATTENED = 8,    /* the sheet was found; without it the picture is
                                 as it came */
    SCANMSG_REDUCED = 16,     /* fewer pixels than it had: the ceiling */
    SCANMSG_DAMAGED = 32,     /* the decoder had to guess */
    SCANMSG_TRAITS_ALL = 63,
};

/* Why a job ended. */
enum scanmsg_reason {
    SCANMSG_DONE,
    SCANMSG_CANCELLED,
    SCANMSG_NO_SCANNER,
    SCANMSG_BUSY,        /* this or another program's job runs */
    SCANMSG_EMPTY,       /* nothing in the feeder */
    SCANMSG_JAMMED,      /* paper is stuck; pages before it were given */
    SCANMSG_LID_OPEN,    /* the cover or the lid */
    SCANMSG_UNSUPPORTED, /* the scanner cannot do this */
    SCANMSG_MISBEHAVED,  /* the scanner breaks its protocol */
    SCANMSG_UNPLUGGED,   /* in the middle of the job */
    SCANMSG_SILENT,      /* the scanner did not answer in time */
    SCANMSG_UNKNOWN,     /* neither JPEG, PDF nor a page of ours */
    SCANMSG_MALFORMED,   /* broken beyond showing anything */
    SCANMSG_TOO_LARGE,   /* bytes, pixels or pages beyond the ceilings */
    SCANMSG_TOO_COMPLEX, /* built to cost time or memory */
    SCANMSG_LOCKED,      /* wants a password */
    SCANMSG_NO_MEMORY,
    SCANMSG_CRASHED, /* never sent: the channel closed before END */
    SCANMSG_REASONS,
};

/* One message; only the members named beside its type above have a meaning. */
struct scanmsg {
    enum scanmsg_type type;
    uint32_t job;
    enum scanmsg_state state;
    enum scanmsg_source source;
    enum scanmsg_mode mode;
    enum scanmsg_paper paper;
    enum scanmsg_reason reason;
    uint8_t prep;
    uint8_t turn; /* quarter turns clockwise, 0..3 */
    uint8_t traits;
    uint8_t sources;
    uint8_t modes;
    uint8_t papers;
    uint8_t percent;  /* 0..100 */
    uint16_t page;    /* from 1 */
    uint16_t pages;   /* 0..SCANMSG_PAGES_MAX; START and DECODE: 1 or more */
    uint16_t dpi;     /* 0: not known, 1..SCANMSG_DPI_MAX */
    uint16_t crop[4]; /* left, top, right, bottom edge of what is left when it
                         was turned, and straightened; all 0: the whole page */
    uint16_t width_px;
    uint16_t height_px;
    uint8_t dpis; /* how many */
    uint16_t dpi_list[SCANMSG_DPIS_MAX];
    char name[SCANMSG_NAME_MAX]; /* make and model, UTF-8, "" none */
    char why[SCANMSG_WHY_MAX];   /* for the log, UTF-8 */
};

/* Bytes that any encoded message fits in. */
#define SCANMSG_ENCODED_MAX 512

/* Encodes the members that belong to m->type.
 *
 * Returns bytes written to `ret` (of `cap` bytes)
 * Errors  -EMSGSIZE does not fit, -EINVAL unknown type or out of range
 */
int scanmsg_encode(const struct scanmsg *m, void *ret,
                   size_t cap) LK_MUST_CHECK;

/* Decodes a payload of type `type` that came with `fds` descriptors.
 *
 * ret     filled on success only; holds no pointers into `payload`
 * Errors  -EBADMSG malformed, out of range, an unknown type, or a number of
 *         descriptors that the message does not have
 */
int scanmsg_decode(uint16_t type, const void *payload, size_t len, size_t fds,
                   struct scanmsg *ret) LK_MUST_CHECK;

/* A reason, or a state, as a word for logs and `luukkuctl`: "jammed". Static;
 * "?" out of range. */
const char *scanmsg_reason_name(enum scanmsg_reason r);
const char *scanmsg_state_name(enum scanmsg_state s);

#endif

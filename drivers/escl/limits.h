/* limits.h - every ceiling and every wait of the room. */
#ifndef LUUKKU_ESCL_LIMITS_H
#define LUUKKU_ESCL_LIMITS_H

/* Sizes, in bytes unless said otherwise. */
#define ESCL_PAGES_MAX 200           /* of one job */
#define ESCL_PAGE_BYTES_MAX 67108864 /* of one page's file */
#define ESCL_XML_BYTES_MAX 262144    /* of one document */
#define ESCL_XML_DEPTH_MAX 24
#define ESCL_XML_ELEMENTS_MAX 8192
#define ESCL_XML_TEXT_MAX 256 /* of one element; more of it is dropped */
#define ESCL_HTTP_LINE_MAX 4096
#define ESCL_HTTP_HEAD_MAX 16384 /* status line and headers */
#define ESCL_HTTP_HEADERS_MAX 64 /* lines */
#define ESCL_HTTP_CHUNK_LINE_MAX 256
#define ESCL_HTTP_TRAILER_MAX 4096
#define ESCL_HTTP_INTERIM_MAX 4 /* answers of 1xx before the real one */
#define ESCL_PATH_MAX 512       /* of a request's target, the NUL included */
#define ESCL_HOST_MAX 256       /* the NUL included */
#define ESCL_REQUEST_MAX 8192   /* head and body of a request */
#define ESCL_DRAIN_MAX                                    \
    65536 /* read off to end an answer that nobody wants, \
             before the connection is made anew */

/* USB: what is asked for ahead. */
#define ESCL_USB_INTERFACES_MAX 3
#define ESCL_USB_AHEAD 4        /* transfers */
#define ESCL_USB_AHEAD_IDLE 2   /* transfers of one packet, for heads */
#define ESCL_USB_TRANSFER 65536 /* of a page's body */
#define ESCL_AHEAD_BYTES 262144

/* Waits, in milliseconds.
 *
 * A small answer, without a byte of it; a status outside of pages, which is
 * asked for twice; either in all. */
#define ESCL_ANSWER_MS 1200
#define ESCL_STATUS_MS 900
#define ESCL_ANSWER_MOST_MS 8000
/* Between two looks at the status: idle; while a page keeps us waiting. */
#define ESCL_POLL_MS 1000
#define ESCL_POLL_JOB_MS 400
/* A page's bytes, once it has begun, while nobody vouches for the scanner. */
#define ESCL_QUIET_MS 1600
/* A page that has not begun: said to be worked at; said to be scanned already;
 * where nobody can be asked. */
#define ESCL_SLOW_MS 90000
#define ESCL_DONE_MS 5000
#define ESCL_ALONE_MS 20000
/* "Not now" (503) to a new job, until that is what is told. */
#define ESCL_BUSY_MS 10000
/* A request, until the device has taken it. */
#define ESCL_SEND_MS 1000
/* A transfer with more room than what is known to come, until it is taken back
 * to see what is in it. */
#define ESCL_NUDGE_MS 250
/* Making a connection anew: all in all; the silence after which nothing stale
 * is left. */
#define ESCL_RENEW_MS 1200
#define ESCL_STALE_MS 60
/* USB knows no end of a connection: silence for so long ends an answer that
 * only that would end. */
#define ESCL_CLOSE_ENDS_MS 500
/* Until a scanner must have given a sign of being one. */
#define ESCL_OPEN_MS 10000

#endif

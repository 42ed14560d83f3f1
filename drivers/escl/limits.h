/* limits.h - every ceiling and every wait of the room. */
#ifndef LUUKKU_ESCL_LIMITS_H
#define LUUKKU_ESCL_LIMITS_H

/* Sizes, in bytes unless said otherwise. */
#define ESCL_PAGES_MAX 200                     /* of one job */
#define ESCL_PAGE_BYTES_MAX (64 * 1024 * 1024) /* of one page's file */
#define ESCL_XML_BYTES_MAX (256 * 1024)        /* of one document */
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
#define ESCL_AHEAD_BYTES (4 * 65536)

/* Waits, in milliseconds. */
#define ESCL_ANSWER_MS 1200 /* a small answer, without a byte of it */
#define ESCL_STATUS_MS                                    \
    900 /* the same of a status, which is asked for twice \
         */
#define ESCL_ANSWER_MOST_MS 8000 /* the same, whatever comes of it */
#define ESCL_DONE_MS                                                         \
    5000                     /* a page that the scanner says it has scanned, \
                                until it begins to come */
#define ESCL_QUIET_MS 1600   /* a page's bytes, while nobody vouches for it */
#define ESCL_POLL_MS 1000    /* between two looks at the status, idle */
#define ESCL_POLL_JOB_MS 400 /* the same while a page keeps us waiting */
#define ESCL_SLOW_MS                                                        \
    90000                   /* a page that does not come, said to be worked \
                               at */
#define ESCL_ALONE_MS 20000 /* the same, where nobody can be asked */
#define ESCL_BUSY_MS 10000  /* "not now" (503) to a new job */
#define ESCL_SEND_MS 1000   /* a request, until the device has it */
#define ESCL_NUDGE_MS                                                    \
    250                    /* a body's bytes: a transfer that is neither \
                              full nor ended is taken back */
#define ESCL_RENEW_MS 1200 /* making a connection anew, all in all */
#define ESCL_STALE_MS                                \
    60 /* nothing came for so long: nothing stale is \
          left */
#define ESCL_CLOSE_ENDS_MS                                                  \
    500                    /* USB knows no end of a connection: silence for \
                              so long ends a body that only that ends */
#define ESCL_OPEN_MS 10000 /* until a scanner must have given a sign */

#endif

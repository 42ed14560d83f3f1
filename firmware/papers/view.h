/* view.h - what a screen shows of the papers of a visit.
 *
 * Room: immutable plain data in one block, with references to pictures. It has
 * one owner at a time and may cross threads with it. Texts are valid UTF-8,
 * never NULL.
 * Positions are in 1/PAPERS_WHOLE of the page's width and height, from its left
 * and upper edge, before it is turned for looking.
 */
#ifndef LUUKKU_PAPERS_VIEW_H
#define LUUKKU_PAPERS_VIEW_H

#include "papers/picture.h"

#define PAPERS_WHOLE 10000
#define PAPERS_PAGES_MAX 40       /* of one visit, the expert's included */
#define PAPERS_MARKS_MAX 40       /* of one page */
#define PAPERS_MARK_TEXT_MAX 121  /* bytes, the NUL included */
#define PAPERS_ASK_TEXT_MAX 201   /* likewise */
#define PAPERS_KIND_MAX 32        /* likewise, of a kind of paper */
#define PAPERS_KIND_WORDS_MAX 241 /* likewise, words for it */
#define PAPERS_ZOOM_MIN 100       /* percent: the whole page fits */
#define PAPERS_ZOOM_MAX 800

/* What the screen is about. */
enum papers_mode {
    PAPERS_TRAY,     /* all pages, and the way to scan more */
    PAPERS_SCANNING, /* page, percent; can be cancelled */
    PAPERS_PAGE,     /* one page of the citizen's own: turn, crop, share ... */
    PAPERS_CROP,     /* of it: the edges are set */
    PAPERS_CONSENT,  /* may the expert see page `at`? (at 0: all that are not
                        shared yet) */
    PAPERS_LOOK,     /* a shared page, looked at together */
    PAPERS_AIM,      /* what the document camera sees, until it is taken */
};

/* Where a page came from. */
enum papers_from {
    PAPERS_FROM_SCANNER,
    PAPERS_FROM_CAMERA, /* the document camera */
    PAPERS_FROM_EXPERT,
};

/* Why the last scan brought less than was wished, or what the citizen wished
 * for a page was not done; its words are the screen's. */
enum papers_trouble {
    PAPERS_FINE,
    PAPERS_NO_SCANNER,
    PAPERS_EMPTY, /* nothing in the feeder */
    PAPERS_JAMMED,
    PAPERS_LID_OPEN,
    PAPERS_UNPLUGGED,    /* or silent */
    PAPERS_NO_CAMERA,    /* the document camera gives no picture */
    PAPERS_ALL_BLANK,    /* nothing but blank pages, which were left out */
    PAPERS_FULL,         /* PAPERS_PAGES_MAX, or no memory for more */
    PAPERS_UNREADABLE,   /* a page could not be read */
    PAPERS_NOT_EDITED,   /* turned, cropped, straightened: it is as it was */
    PAPERS_NOT_ATTACHED, /* the form does not take it, or not any more */
    PAPERS_TIED,         /* the form does not let it go: it stays as it is */
    PAPERS_TROUBLES,
};

/* The expert's wish for a paper. */
struct papers_ask {
    bool open;                  /* there is one */
    uint8_t sides;              /* 1 or 2 */
    char kind[PAPERS_KIND_MAX]; /* of the service's list; "" in words */
    /* Of a view: the service's own words for the kind; "" it has none. */
    char kind_words[PAPERS_KIND_WORDS_MAX];
    char text[PAPERS_ASK_TEXT_MAX]; /* "" none */
};

enum papers_mark_kind { PAPERS_LINE, PAPERS_BOX, PAPERS_TEXT };

struct papers_mark {
    uint32_t id; /* from 1, of the visit */
    enum papers_mark_kind kind;
    bool mine; /* the citizen's */
    uint16_t x, y, to_x, to_y;
    char text[PAPERS_MARK_TEXT_MAX]; /* PAPERS_TEXT: at x, y */
};

struct papers_point {
    bool here;
    uint16_t x, y;
};

/* What of a page both sides see. */
struct papers_look {
    uint32_t page; /* its id; 0: none */
    uint8_t turn;  /* quarter turns clockwise, on top of the page's own */
    uint16_t zoom; /* percent */
    uint16_t x, y; /* the page's point in the middle */
};

struct papers_page {
    uint32_t id; /* from 1, rises; another content is another id */
    enum papers_from from;
    bool shared;   /* the expert sees it, or will as soon as it has gone over */
    bool whole;    /* and has all of it */
    bool attached; /* goes with the form */
    bool keep;     /* false: to be looked at only, gone soon */
    bool saved;    /* the expert's page has kept a copy */
    bool blank;    /* nothing seems to be on it */
    bool cut;      /* its end is missing, or was guessed */
    bool busy;     /* being made anew: turned, cropped */
    uint8_t sent;  /* percent, of a shared one that is not whole */
    uint16_t dpi;  /* 0 not known */
    uint32_t width_px, height_px;
    struct papers_picture *preview; /* referenced by the view; never NULL */
};

struct papers_view {
    enum papers_mode mode;
    uint32_t at;              /* the page of PAGE, CROP, CONSENT; 0 none */
    uint8_t sources;          /* bits 1 << enum scanmsg_source; 0: no scanner */
    uint8_t source;           /* that is chosen */
    bool camera;              /* there is a document camera */
    bool drop_blank;          /* blank pages are left out */
    bool can_attach;          /* the form has a place for papers */
    enum papers_trouble said; /* of the last scan */
    uint32_t scan_page;       /* SCANNING: from 1 */
    uint8_t scan_percent;
    uint32_t left_out; /* blank pages of the last scan that were left out */
    uint16_t crop[4];  /* CROP: left, top, right, bottom edge */
    struct papers_picture *aim; /* AIM: the page as it would be taken; NULL:
                                   none was seen yet */
    bool aim_found;             /* there is a sheet; else all that it sees */
    struct papers_ask ask;
    struct papers_look look;
    struct papers_picture *detail;    /* LOOK: the page's own pixels, where the
                                         screen needs more than the preview; or
                                         NULL */
    struct papers_point mine, theirs; /* on look.page */
    struct papers_mark mark[PAPERS_MARKS_MAX]; /* of look.page */
    size_t marks;
    struct papers_page page[PAPERS_PAGES_MAX]; /* in their order */
    size_t pages;
};

/* Lets go of the pictures, wipes and frees. NULL is fine. Returns NULL. Thread:
 * the owner's. */
struct papers_view *papers_view_free(struct papers_view *v);
LK_AUTO_DEFINE(papers_view);

#endif

/* paper.h - what this screen alone knows of the papers that it shows.
 *
 * Room: the tool in the hand, what a finger is drawing or moving, and what was
 * told of that before the session answers. Pure. Not here: events
 * (paper_touch.c), how it looks (screens_paper*.c).
 */
#ifndef LUUKKU_KIOSK_PAPER_H
#define LUUKKU_KIOSK_PAPER_H

#include "kiosk/sheet.h"

/* What a finger, or the buttons, do on a page that is looked at together. */
enum kiosk_tool {
    KIOSK_TOOL_MOVE,
    KIOSK_TOOL_POINT,
    KIOSK_TOOL_LINE,
    KIOSK_TOOL_BOX,
    KIOSK_TOOL_TEXT,
    KIOSK_TOOLS,
};

/* Zeroed: nothing in hand. */
struct kiosk_paper {
    enum kiosk_tool tool;
    bool anchored; /* by buttons: a line or a frame began at `anchor` */
    uint16_t anchor[2];
    bool held;                /* a finger is on the page */
    uint16_t from[2];         /* where it went down, on the page */
    int edge;                 /* of `crop`, that it moves */
    struct papers_mark draft; /* id 1: being drawn */
    bool looks;               /* `look` is ahead of the session's */
    struct papers_look look;
    bool crops; /* likewise */
    uint16_t crop[4];
    int64_t told_us; /* when the session was told last */
};

/* The least room between two edges, and how far a button moves one. */
#define KIOSK_CROP_LEAST 500
#define KIOSK_CROP_STEP 200
#define KIOSK_POINT_STEP 400

/* How the page is looked at just now: the hand is ahead of the session. */
struct papers_look kiosk_paper_look(const struct kiosk_paper *h,
                                    const struct papers_view *v);

/* A step to the right (dx) or down (dy) on the screen, on a page that is
 * turned: how far on the page. */
void kiosk_paper_step(uint8_t turn, int dx, int dy, int ret[2]);

/* Edge k of a page set to `to`, within the page and apart from its opposite. */
void kiosk_paper_edge(uint16_t edge[4], int k, int to);

/* Another percentage of zoom, one step larger or smaller, within range. */
uint16_t kiosk_paper_zoom(uint16_t zoom, bool larger);

/* The page behind (or before) the one of this id that both see; 0 none. */
uint32_t kiosk_paper_beside(const struct papers_view *v, uint32_t page,
                            bool next);

#endif

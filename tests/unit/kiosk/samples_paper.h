/* samples_paper.h - papers as the session shows them, drawn by hand. */
#ifndef LUUKKU_TESTS_KIOSK_SAMPLES_PAPER_H
#define LUUKKU_TESTS_KIOSK_SAMPLES_PAPER_H

#include "papers/view.h"

/* What a sample shows. */
enum sample_paper {
    SAMPLE_PAPER_NONE,
    SAMPLE_PAPER_EMPTY,    /* nothing was scanned; the expert asks */
    SAMPLE_PAPER_TRAY,     /* three pages in three states */
    SAMPLE_PAPER_FULL,     /* as many as there may be */
    SAMPLE_PAPER_TROUBLE,  /* stuck; blank pages were left out */
    SAMPLE_PAPER_SCANNING, /* half of page 2 */
    SAMPLE_PAPER_PAGE,     /* not shared */
    SAMPLE_PAPER_SHARED,   /* shared and attached */
    SAMPLE_PAPER_BUSY,     /* being turned */
    SAMPLE_PAPER_CROP,
    SAMPLE_PAPER_CONSENT,
    SAMPLE_PAPER_CONSENT_ALL,
    SAMPLE_PAPER_LOOK, /* with pointers and marks */
    SAMPLE_PAPER_ZOOM, /* turned and closer */
    SAMPLE_PAPER_AIM,  /* the document camera sees a sheet */
    SAMPLE_PAPER_LOST, /* it sees none */
    SAMPLE_PAPER_HELD, /* besides, an identity document is held to it */
    SAMPLE_PAPER_THEIRS,
};

/* A page with lines like writing; `which` makes each another. Aborts without
 * memory. */
struct papers_picture *sample_picture(uint32_t w, uint32_t h, uint32_t depth,
                                      int which);

/* NULL for SAMPLE_PAPER_NONE. papers_view_free() frees it. */
struct papers_view *sample_paper_new(enum sample_paper which);

#endif

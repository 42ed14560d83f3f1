/* samples.h - views and panels that the kiosk's tests and its preview draw. */
#ifndef LUUKKU_TESTS_KIOSK_SAMPLES_H
#define LUUKKU_TESTS_KIOSK_SAMPLES_H

#include "kiosk/paint.h"
#include "kiosk/paper.h"
#include "kiosk/screens.h"
#include "kiosk/typing.h"
#include "kiosk/video.h"
#include "samples_form.h"
#include "samples_paper.h"

struct sample {
    const char *name;
    struct session_view view; /* without its language */
    bool live;                /* pictures come */
    const char *focused;      /* id, or NULL */
    const char *pressed;      /* likewise */
    const char *typed;        /* in the field that is active */
    const char *field;        /* which one: NULL "text-input" */
    enum kiosk_keys keys;     /* the keyboard that it needs */
    enum sample_form form;
    enum sample_paper paper;
    enum kiosk_tool tool; /* in hand */
    struct kiosk_acting acting;
};

/* How a sample is shown. */
struct sample_look {
    enum kiosk_lang lang;
    enum session_text_size size;
    bool contrast;
    int page; /* of every pager */
};

struct sample_panel {
    const char *name;
    struct kiosk_size size;
    float width_mm;
};

extern const struct sample samples[];
extern const size_t samples_n;
extern const struct sample samples_identity[]; /* who the citizen is */
extern const size_t samples_identity_n;
extern const struct sample_panel sample_panels[];
extern const size_t sample_panels_n;

/* All of them, i from 0; NULL: no more. */
const struct sample *sample_get(size_t i);

#define SAMPLE_NOW_US INT64_C(1000000000)

/* Fonts, icons and a canvas for one panel. */
struct sample_stage {
    struct kiosk_metrics metrics;
    struct kiosk_text *text;
    struct kiosk_icons *icons;
    struct kiosk_shadow *shadow;
    struct kiosk_canvas *canvas;
    struct kiosk_video *video;
    struct kiosk_painter painter;
    struct kiosk_tree tree;
    struct kiosk_typing typing;
    struct form_view *form;
    struct papers_view *papers;
    enum sample_paper papers_of; /* what `papers` shows */
    struct kiosk_paper hand;
    struct kiosk_sheets *sheets;
};

/* Sets the stage up; aborts when it cannot. */
void sample_stage_open(struct sample_stage *s, const struct sample_panel *p);
void sample_stage_close(struct sample_stage *s);

/* Gives the stage one picture of each source. */
void sample_stage_pictures(struct sample_stage *s);

/* Builds and lays out one sample. */
void sample_build(struct sample_stage *s, const struct sample *sample,
                  const struct sample_look *look);

/* How many pages the stage's tree has: the most that one of its pagers does. */
int sample_pages(const struct sample_stage *s);

#endif

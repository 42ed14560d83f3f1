/* ui_priv.h - the screen's state, shared by ui.c, input.c and request.c.
 *
 * Everything here belongs to the main thread; other threads reach the inbox
 * only.
 */
#ifndef LUUKKU_KIOSK_UI_PRIV_H
#define LUUKKU_KIOSK_UI_PRIV_H

#include "kiosk/inbox.h"
#include "kiosk/keypad.h"
#include "kiosk/kiosk.h"
#include "kiosk/pager.h"
#include "kiosk/paint.h"
#include "kiosk/paper.h"
#include "kiosk/screens.h"
#include "kiosk/speech.h"
#include "kiosk/stats.h"
#include "kiosk/typing.h"
#include "kiosk/video.h"
#include "kiosk/window.h"

#define KIOSK_DIRTY_MAX 16 /* areas to draw; more become one */

/* A finger or the mouse button on the screen. */
struct kiosk_press {
    bool down;
    int64_t pointer;       /* which finger; KIOSK_MOUSE */
    char id[KIOSK_ID_MAX]; /* the button it went down on, or "" */
    bool inside;           /* still on it */
    bool repeated;         /* it acted while it rested */
    size_t at;             /* in a field's text: byte that it went down on */
};
#define KIOSK_MOUSE INT64_MIN

/* Keys and the keypad. */
struct kiosk_stroked {
    struct kiosk_keypad pad;
    struct kiosk_strokes strokes;
    struct kiosk_event held; /* the key that repeats while it rests */
    bool muted;    /* the last key was not meant: nor is the text it types */
    bool led;      /* keys were used last: the focus is never lost */
    int64_t alive; /* when the session was last told that somebody is here */
    char under[KIOSK_ID_MAX]; /* had the focus before an overlay came, or "" */
};

struct kiosk_ui {
    struct kiosk_config config;
    struct kiosk_metrics metrics;
    struct kiosk_window *window;
    struct kiosk_text *text;
    struct kiosk_icons *icons;
    struct kiosk_shadow *shadow;
    struct kiosk_sheets *sheets;
    struct kiosk_video *video;
    struct kiosk_canvas *canvas;
    struct kiosk_painter painter;
    struct kiosk_inbox *inbox;

    struct session_view view;
    struct form_view *form;     /* owned; NULL: none */
    struct papers_view *papers; /* likewise */
    struct kiosk_env env;       /* that the tree was built with */
    struct kiosk_tree tree[2];
    int shown;  /* which tree is the newest */
    bool stale; /* the tree must be built anew */
    char focus[KIOSK_ID_MAX];
    char here[FORMS_PATH_MAX]; /* the form's cell that the session was told */
    uint32_t here_at;
    /* The form's questions that pages were turned to: the one that the expert
     * points at, the one that is typed into. */
    char pointed[FORMS_PATH_MAX], typed[FORMS_PATH_MAX];
    bool led_on; /* to what is wrong, with the next view that tells of it */
    struct kiosk_pages pages; /* which one each pager shows */
    struct kiosk_press press;
    struct kiosk_paper paper;
    struct kiosk_speech speech;
    struct kiosk_typing typing;
    struct kiosk_acting acting;
    int64_t alarm_us; /* when the alarm is said next; 0: there is none */
    struct kiosk_stroked keys;

    int dirty_n;
    struct kiosk_rect dirty[KIOSK_DIRTY_MAX];
    int64_t video_after_us; /* no pictures are taken before */
    struct kiosk_stats stats;
    bool closing;
    bool lost; /* the window cannot be drawn into */
};

static inline const struct kiosk_tree *kiosk_ui_tree(const struct kiosk_ui *ui)
{
    return &ui->tree[ui->shown];
}

/* ui.c: builds the tree anew when it is stale, and draws what changed. */
void kiosk_ui_refresh(struct kiosk_ui *ui);
void kiosk_ui_draw(struct kiosk_ui *ui);

/* seek.c: the question that pages are to be turned to now, or -1. */
int kiosk_seek(struct kiosk_ui *ui, const struct kiosk_tree *t);

/* input.c: handles all events that SDL has. */
void kiosk_input_run(struct kiosk_ui *ui);

/* input.c: does what node i does when it is pressed. */
void kiosk_input_activate(struct kiosk_ui *ui, int i);

/* input.c: what is pressed and focused, put into a new tree; drops what is no
 * longer there. */
void kiosk_input_apply(struct kiosk_ui *ui, struct kiosk_tree *t);

/* input.c: forgets press and focus: another screen has come. */
void kiosk_input_reset(struct kiosk_ui *ui);

/* request.c: answers one request. */
void kiosk_request_run(struct kiosk_ui *ui, const struct kiosk_request *q);

/* request.c: answers with an error only. */
void kiosk_request_refuse(const struct kiosk_request *request, int error,
                          const char *why);

#endif

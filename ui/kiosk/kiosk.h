/* kiosk.h - the touch screen: draws the session's view, gives back intents.
 *
 * Room: one SDL window on the main thread. The core thread posts views, frame
 * rings and technicians' requests; the screen answers through callbacks that
 * run on the main thread and must only hand on (post to the core's mailbox).
 * Not here: any rule of the session; any network, device or file.
 */
#ifndef LUUKKU_KIOSK_KIOSK_H
#define LUUKKU_KIOSK_KIOSK_H

#include "base/defs.h"
#include "kiosk/keypad.h"
#include "papers/view.h"
#include "session/view.h"

#include <stdbool.h>

struct kiosk_ui;

#define KIOSK_PANEL_MIN_PX 640   /* least width and height */
#define KIOSK_PANEL_MAX_PX 4096  /* greatest width and height */
#define KIOSK_DISTANCE_MIN 300   /* mm */
#define KIOSK_DISTANCE_MAX 1000  /* mm */
#define KIOSK_REQUESTS_MAX 8     /* requests that wait at the same time */
#define KIOSK_ARG_MAX 256        /* bytes of a request's argument, with NUL */
#define KIOSK_TREE_MAX 24576     /* bytes of the JSON text of `ui tree` */
#define KIOSK_SPEECH_MAX 24576   /* bytes of the JSON text of `ui speech` */
#define KIOSK_PNG_MAX (64 << 20) /* bytes of a screenshot */

/* Bytes of an utterance's text and of its phrases' names, the NUL included. */
#define KIOSK_SAY_MAX 2048
#define KIOSK_SAY_KEYS_MAX 512

/* Something to be spoken. */
struct kiosk_utterance {
    uint32_t id;                 /* rises, from 1 */
    char lang[SESSION_LANG_MAX]; /* of the text */
    uint8_t pace;                /* 0..SESSION_PACE_MAX */
    bool closed;    /* private: for headphones alone, or not at all */
    bool secret;    /* a digit of a PIN: must not be kept, nor logged */
    bool interrupt; /* what was said before and is not over is cut */
    char text[KIOSK_SAY_MAX];
    /* Names of the strings it consists of, one space between, for languages
     * that have recordings only; "" where other words are among them. */
    char keys[KIOSK_SAY_KEYS_MAX];
};

/* What became of it. */
enum kiosk_spoken {
    KIOSK_SPOKEN_PENDING, /* not known yet */
    KIOSK_SPOKEN_DONE,
    KIOSK_SPOKEN_CUT,
    KIOSK_SPOKEN_NO_VOICE,
    KIOSK_SPOKEN_REFUSED, /* closed, and there was no headset */
    KIOSK_SPOKEN_FAILED,
};

struct kiosk_config {
    /* Size of the screen in pixels. Both 0: the display's own, or 1080 x 1920
     * when headless. Ignored when fullscreen on a real display. */
    uint32_t width_px;
    uint32_t height_px;
    /* Width of the panel in millimetres; sizes of text and targets follow
     * from it. 0: a 21.5 inch panel. */
    uint32_t width_mm;
    /* From where the screen is read; the largest size of text follows from it.
     * KIOSK_DISTANCE_MIN..MAX, or 0: 600 mm. */
    uint32_t distance_mm;
    bool headless;   /* draw into memory only; everything else is the same */
    bool fullscreen; /* cover the display and hide the pointer */
    /* Copied; NULL: kiosk_keypad_default(). */
    const struct kiosk_keypad *keypad;

    /* Gets each thing that the citizen did, on the main thread. The intent
     * dies on return. */
    void (*intent)(void *arg, const struct session_intent *intent);
    /* Gets each utterance, on the main thread; it dies on return. NULL: the
     * kiosk has no voice. */
    void (*speak)(void *arg, const struct kiosk_utterance *u);
    void *arg;
    bool listen; /* keep what was spoken for KIOSK_REQUEST_SPEECH */
    bool black;  /* show nothing: for tests of how it is used without sight */
};

/* Opens the window, loads fonts and icons and draws an empty out-of-service
 * screen in Finnish until the first view comes.
 *
 * Owner   caller; kiosk_ui_free()
 * Errors  -ENODEV no display that SDL can use (not headless), -EINVAL sizes
 *         out of range or no intent callback, -ENOENT no usable font,
 *         -ENOMEM, -EMFILE
 * Thread  the main thread
 */
int kiosk_ui_new(const struct kiosk_config *config,
                 struct kiosk_ui **ret) LK_MUST_CHECK;

/* Draws every screen in every language once, out of sight, so that no file
 * needs to be opened afterwards. Call it before the program confines itself.
 *
 * Errors  -ENOMEM, -EIO when a font or an icon cannot be loaded
 * Thread  the main thread, before kiosk_ui_run()
 */
int kiosk_ui_warm(struct kiosk_ui *ui) LK_MUST_CHECK;

/* Runs until kiosk_ui_quit(), or until the window is closed (never in
 * fullscreen). Requests that still wait are answered with -ECANCELED.
 *
 * Errors  -EIO the window was lost
 * Thread  the main thread
 */
int kiosk_ui_run(struct kiosk_ui *ui) LK_MUST_CHECK;

/* Closes the window and frees. NULL is fine. Returns NULL.
 * Thread: the main thread, when nobody posts any more. */
struct kiosk_ui *kiosk_ui_free(struct kiosk_ui *ui);
LK_AUTO_DEFINE(kiosk_ui);

/* Makes kiosk_ui_run() return. Thread: any; not from a signal handler. */
void kiosk_ui_quit(struct kiosk_ui *ui);

/* Shows `view` (copied). Of several that come at once the newest is shown.
 * Texts that are not valid UTF-8 are shown empty.
 * Thread: any. */
void kiosk_ui_set_view(struct kiosk_ui *ui, const struct session_view *view);

/* Shows `form` on the screens that are about a form (taken over; NULL: there is
 * none any more). Post it before the view that goes with it.
 * Thread: any. */
void kiosk_ui_set_form(struct kiosk_ui *ui, struct form_view *form);

/* Shows `papers` on the screen that is about papers (taken over; NULL: there
 * are none any more). Post it before the view that goes with it.
 * Thread: any. */
void kiosk_ui_set_papers(struct kiosk_ui *ui, struct papers_view *papers);

/* Descriptors of a frame ring's reading end; see ipc/ring.h. */
struct kiosk_ring_fds {
    int memory_fd; /* -1: no such ring */
    int wake_fd;
};

/* Replaces both rings: the expert's picture and one's own. The descriptors are
 * taken over in any case. A calm placeholder stands in until the first new
 * picture comes, for -1, and for a ring that cannot be opened.
 * Thread: any. */
void kiosk_ui_set_rings(struct kiosk_ui *ui, struct kiosk_ring_fds remote,
                        struct kiosk_ring_fds self);

/* What became of utterance `id`. Thread: any. */
void kiosk_ui_spoken(struct kiosk_ui *ui, uint32_t id, enum kiosk_spoken how);

/* What technicians and tests may ask (`luukkuctl ui ...`). The caller decides
 * who may. */
enum kiosk_request_kind {
    KIOSK_REQUEST_TREE,       /* text: the tree as JSON, DESIGN section 7 */
    KIOSK_REQUEST_TAP,        /* arg: id; a press and a release in its middle */
    KIOSK_REQUEST_TYPE,       /* arg: UTF-8 text into the focused text field */
    KIOSK_REQUEST_KEY,        /* arg: SDL key name; "Shift+" may precede it */
    KIOSK_REQUEST_SCREENSHOT, /* fd: PNG, pictures included */
    KIOSK_REQUEST_STATS,      /* text: how quickly it answers, as JSON */
    KIOSK_REQUEST_SPEECH,     /* text: what was spoken since it was last asked,
                                 a JSON list of {"id", "text", "lang",
                                 "private", "interrupt", "outcome"}; the
                                 oldest are lost beyond a ceiling */
    KIOSK_REQUEST_ALIVE,      /* an empty answer; has no name */
};

/* `state` in the tree is a list of: "focused", "disabled", "pressed",
 * "checked", "hidden". Roles: "button", "heading", "text", "image", "video",
 * "group", "status". What lies inside a button is part of it and not listed.
 */

struct kiosk_reply {
    /* 0, or: -ENOENT no such node or key; -EACCES disabled; -EBUSY covered by
     * another node, or a finger is on the screen; -ENXIO hidden; -EINVAL bad
     * argument or no text field has the focus; -EOPNOTSUPP not built in;
     * -ECANCELED the screen is closing; -EMSGSIZE; -ENOMEM; -EMFILE */
    int error;
    char *text;      /* the answer, or why not, in English; never NULL */
    size_t text_len; /* bytes, without the NUL */
    int fd;          /* sealed memfd at offset 0, or -1; freed with the reply */
    size_t fd_len;   /* bytes in it */
};

/* Frees the reply and closes its descriptor (set fd to -1 to keep it). NULL
 * is fine. Returns NULL. Thread: any. */
struct kiosk_reply *kiosk_reply_free(struct kiosk_reply *r);
LK_AUTO_DEFINE(kiosk_reply);

struct kiosk_request {
    enum kiosk_request_kind kind;
    char arg[KIOSK_ARG_MAX]; /* NUL-terminated */
    /* Called once on the main thread, also on failure; takes the reply over
     * (kiosk_reply_free()). NULL: there was no memory for a reply. */
    void (*reply)(void *arg, struct kiosk_reply *reply);
    void *reply_arg;
};

/* Asks the screen (copied). Requests are answered in order, each with the
 * newest view that was posted, and after what it caused has been handled: a
 * tap's intent comes before its reply.
 *
 * Errors  -ENOSPC KIOSK_REQUESTS_MAX are waiting, -EINVAL no reply callback
 *         or argument not terminated; then reply is not called
 * Thread  any
 */
int kiosk_ui_request(struct kiosk_ui *ui,
                     const struct kiosk_request *request) LK_MUST_CHECK;

/* The screen's name in `ui tree` and `status`. Static. Thread: any. */
const char *kiosk_screen_name(enum session_screen s);

/* The kind with that name ("tree", "tap", "type", "key", "screenshot",
 * "speech"), or -EINVAL. Thread: any. */
int kiosk_request_kind(const char *name) LK_MUST_CHECK;

#endif

/* screen_parts.h - pieces that several screens are made of. */
#ifndef LUUKKU_KIOSK_SCREEN_PARTS_H
#define LUUKKU_KIOSK_SCREEN_PARTS_H

#include "kiosk/screens.h"
#include "kiosk/sizes.h"

/* One screen in the making. */
struct kiosk_page {
    struct kiosk_tree *t;
    const struct session_view *view;
    const struct kiosk_env *env;
    enum kiosk_lang lang;
    struct kiosk_node pinned; /* a field that goes above the keyboard */
    bool wide;                /* landscape */
    bool low;                 /* little height: smaller gaps */
    bool bare; /* the keyboard needs the room: no title bar, a small strip */
    bool body; /* its pager is open */
    int strip; /* how the buttons of the strip are drawn; screens_strip.c */
};

/* A text that lives as long as the tree. */
const char *kiosk_page_own(struct kiosk_page *p, const char *text);

/* The string with "{key}" replaced, likewise. */
const char *kiosk_page_fill(struct kiosk_page *p, enum kiosk_str str,
                            const char *key, const char *value);

/* The text in the page's language. */
const char *kiosk_page_str(const struct kiosk_page *p, enum kiosk_str key);

/* The whole screen with its title bar; leaves the body open, a pager: a column
 * that goes on on further pages. */
void kiosk_page_begin(struct kiosk_page *p);

/* Closes the body when there was no footer. */
void kiosk_page_end(struct kiosk_page *p);

/* Closes the body; opens the strip below, a row. kiosk_tree_close() ends it. */
void kiosk_page_footer(struct kiosk_page *p);

/* A button. `intent` as in session/view.h. */
struct kiosk_button {
    const char *id;
    enum kiosk_str text;  /* its name: what it does */
    enum kiosk_str label; /* drawn instead where room is short; 0: the name */
    const char *value;    /* how it stands, spoken; NULL for none */
    enum kiosk_icon icon;
    enum kiosk_look look;
    enum session_intent_kind intent;
    bool escape;
    bool disabled;
    bool checked; /* a switch that is on: filled */
    bool worded;  /* strip: has words even where the others have none */
    bool last;    /* strip: at the far end */
};
int kiosk_page_button(struct kiosk_page *p, const struct kiosk_button *b);

/* The same as a node, for those who change something about it. */
struct kiosk_node kiosk_button_node(const struct kiosk_page *p,
                                    const struct kiosk_button *b);

/* Leaves of text. */
void kiosk_page_text(struct kiosk_page *p, enum kiosk_font font,
                     enum kiosk_ink ink, const char *text);
void kiosk_page_title(struct kiosk_page *p, enum kiosk_str title,
                      enum kiosk_str lead);

/* A numbered line. */
void kiosk_page_step(struct kiosk_page *p, int number, enum kiosk_str text);

/* A strip with an icon that says something the citizen should know. */
void kiosk_page_notice(struct kiosk_page *p, enum kiosk_look look,
                       enum kiosk_icon icon, enum kiosk_str text);

/* The strips for these of the view's notices, side by side in columns. */
void kiosk_page_notices(struct kiosk_page *p, uint32_t which, int columns);

/* That a technician is connected, with the button that ends it; nothing when
 * nobody is. */
void kiosk_page_helper(struct kiosk_page *p);

/* One's own picture, or words instead. */
void kiosk_page_self(struct kiosk_page *p, struct kiosk_box box);

/* The expert's picture, or words instead. */
void kiosk_page_remote(struct kiosk_page *p, struct kiosk_box box);

/* Language buttons; large ones on the start screen. */
void kiosk_page_langs(struct kiosk_page *p, bool large);

/* Large text on a small panel: what can be done without is left out. */
bool kiosk_page_tight(const struct kiosk_page *p);

/* Opens what fills the screen: side by side on a wide one, else one below the
 * other. */
void kiosk_page_sides_open(struct kiosk_page *p);

/* An empty box that takes what is left. */
void kiosk_page_spring(struct kiosk_page *p);

/* An agency's colours: 0 for one that has none. */
uint8_t kiosk_agency_accent(const char *agency);

void kiosk_screen_start(struct kiosk_page *p);
void kiosk_screen_services(struct kiosk_page *p);
void kiosk_screen_card(struct kiosk_page *p);
void kiosk_screen_waiting(struct kiosk_page *p);
void kiosk_screen_call(struct kiosk_page *p);
void kiosk_screen_identify(struct kiosk_page *p);
void kiosk_screen_role(struct kiosk_page *p);
void kiosk_screen_form(struct kiosk_page *p);
void kiosk_screen_approve(struct kiosk_page *p);
void kiosk_screen_paper(struct kiosk_page *p);
void kiosk_screen_receipt(struct kiosk_page *p);
void kiosk_screen_track(struct kiosk_page *p);
void kiosk_screen_end(struct kiosk_page *p);
void kiosk_screen_leaving(struct kiosk_page *p);
void kiosk_screen_trial(struct kiosk_page *p);
void kiosk_screen_unused(struct kiosk_page *p);
void kiosk_screen_out(struct kiosk_page *p);

/* That the expert asks who it is, and the way there; side by side in a row. */
void kiosk_page_identity(struct kiosk_page *p, bool row);

/* The way to the question on whose behalf one acts. */
void kiosk_page_role(struct kiosk_page *p);

/* The conversation in writing; takes what is left in its column. */
void kiosk_page_talk(struct kiosk_page *p);

/* Help instead of the screen: plain words for exactly this one. */
void kiosk_screen_help(struct kiosk_page *p);

/* The question whether anybody is there, over the screen. */
void kiosk_page_idle(struct kiosk_page *p);

/* When the time that is left to answer it is said anew; INT64_MAX: never. */
int64_t kiosk_code_next_us(const struct session_view *view, int64_t now_us);
int64_t kiosk_idle_next_us(const struct session_view *view, int64_t now_us);

#endif

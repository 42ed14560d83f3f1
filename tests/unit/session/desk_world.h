/* desk_world.h - the papers' desk between a made up luukku-scan, citizen and
 * page, as its tests share it. */
#ifndef LUUKKU_TEST_DESK_WORLD_H
#define LUUKKU_TEST_DESK_WORLD_H

#include "papers/share.h"
#include "session/paperdesk.h"
#include "testing.h"

#include "../papers/pages.h"

#define SECOND INT64_C(1000000)

struct desk_world {
    struct paperdesk *d;
    struct papers_view *v; /* as shown last */
    int64_t now_us;
    struct scanmsg order; /* the newest to luukku-scan */
    uint32_t order_tag;   /* of what is to be decoded */
    unsigned orders, cancels, lefts, events, calls, glasses, notes, pictures;
    int scan_answer, camera_answer, attach_answer;
    bool up;
    bool refuse_ties;                           /* the form takes none */
    char long_words[PAPERS_KIND_WORDS_MAX + 1]; /* for the kind "long" */
    char ties[256];                             /* what the form was told of */
    char word[PAPERS_MESSAGE_MAX + 1];          /* the newest `told` */
    int fds_before;
};
struct desk_world *desk_world(void);
#define world (*desk_world())
extern const struct paperdesk_output desk_output;

/* A desk with nothing; one that has a call and a scanner; its end, at which no
 * descriptor is left. */
int desk_setup(void **state);
int desk_setup_begun(void **state);
int desk_teardown(void **state);
int desk_open_fds(void);

/* luukku-scan: says; is so; gives a page with a tag; ends the newest job. */
void desk_said(const struct scanmsg *m, int *fds, size_t nfds);
void desk_scanner(enum scanmsg_state state);
void desk_gave(uint32_t tag, uint8_t traits);
void desk_ended(enum scanmsg_reason why);

/* The citizen. */
void desk_tap_with(struct session_intent i);
void desk_tap(enum session_intent_kind kind, uint32_t at);
/* What the screen shows now; must be that. */
const struct papers_view *desk_view(void);
void desk_check(enum papers_mode mode, uint32_t at);
/* Scans pages, with these traits; tags from 100 on. */
void desk_scan(const uint8_t *traits, size_t n);
void desk_scan_pages(size_t n);
void desk_share(uint32_t id);

/* The page: says; joins; hears all there is: bytes of pieces of that page. */
void desk_say(uint8_t kind, const char *json);
void desk_join(void);
size_t desk_pieces(uint32_t id);
/* The newest `told` holds this. */
void desk_told(const char *part);
/* Offers a document of 8 bytes, with tag 7. */
void desk_offer(uint32_t n);

#endif

/* inbox.h - what other threads post to the screen.
 *
 * Room: the newest view and rings, a bounded queue of requests, the wish to
 * quit; one eventfd that wakes the screen. The lock is held for copies only.
 */
#ifndef LUUKKU_KIOSK_INBOX_H
#define LUUKKU_KIOSK_INBOX_H

#include "kiosk/kiosk.h"

struct kiosk_inbox;

/* Outcomes of speech that wait; of more the oldest are lost. */
#define KIOSK_SPOKENS_MAX 32

/* What was posted since it was last taken. */
struct kiosk_post {
    bool quit;
    bool has_view;
    struct session_view view;
    bool has_form;
    struct form_view *form; /* the taker's from here on; NULL: none any more */
    bool has_papers;
    struct papers_view *papers; /* likewise */
    bool has_rings;
    struct kiosk_ring_fds remote, self; /* the taker's from here on */
    size_t spokens;
    struct {
        uint32_t id;
        enum kiosk_spoken how;
    } spoken[KIOSK_SPOKENS_MAX];
    size_t requests;
    struct kiosk_request request[KIOSK_REQUESTS_MAX];
};

/* Errors: -ENOMEM, -EMFILE. */
int kiosk_inbox_new(struct kiosk_inbox **ret) LK_MUST_CHECK;

/* Closes what nobody took. NULL is fine. Returns NULL. */
struct kiosk_inbox *kiosk_inbox_free(struct kiosk_inbox *b);
LK_AUTO_DEFINE(kiosk_inbox);

/* Readable when something was posted. */
int kiosk_inbox_fd(const struct kiosk_inbox *b);

/* Moves everything out. Thread: the screen's. */
void kiosk_inbox_take(struct kiosk_inbox *b, struct kiosk_post *ret);

/* Posts. Thread: any. */
void kiosk_inbox_quit(struct kiosk_inbox *b);
void kiosk_inbox_view(struct kiosk_inbox *b, const struct session_view *view);
/* Takes `form` over. */
void kiosk_inbox_form(struct kiosk_inbox *b, struct form_view *form);
/* Takes `papers` over. */
void kiosk_inbox_papers(struct kiosk_inbox *b, struct papers_view *papers);
void kiosk_inbox_rings(struct kiosk_inbox *b, struct kiosk_ring_fds remote,
                       struct kiosk_ring_fds self);

void kiosk_inbox_spoken(struct kiosk_inbox *b, uint32_t id,
                        enum kiosk_spoken how);

/* Errors: -ENOSPC. */
int kiosk_inbox_request(struct kiosk_inbox *b,
                        const struct kiosk_request *request) LK_MUST_CHECK;

#endif

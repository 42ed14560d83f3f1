/* form.h - one form being filled in by a citizen at the kiosk and an expert's
 * page, at the same time.
 *
 * Spec: FORMAT.md of this room; firmware/signal/PROTOCOL.md, "Form".
 * Room: the shared document, who may write what, who wrote what, steps,
 * suggestions, the far end's messages, freezing and approving. Pure: messages
 * go in and come out, time goes in. One thread.
 * Not here: the screen, the channel, the seal.
 */
#ifndef LUUKKU_FORMS_FORM_H
#define LUUKKU_FORMS_FORM_H

#include "forms/view.h"

struct form;

#define FORM_ID_LEN 16
#define FORM_CHUNK_MAX 16384 /* bytes of one message on the channel */
#define FORM_MESSAGE_MAX \
    ((size_t)1 << 20) /* bytes of what they carry together */
#define FORM_PACKAGE_MAX ((size_t)64 << 20) /* likewise, of a package */
#define FORM_EDIT_MAX 384                   /* bytes inserted by one edit */

struct form_config {
    const struct forms_def *def; /* borrowed, outlives */
    const char *lang;            /* the citizen's; copied */
    uint8_t id[FORM_ID_LEN];     /* random */
    const char *kiosk;           /* its name; copied, as are the next two */
    const char *expert_user;     /* "" none yet */
    const char *expert_name;     /* from the certificate */
    struct forms_day today;
};

/* Makes an empty form. Owner: caller. Errors: -ENOMEM, -EINVAL. */
int form_new(const struct form_config *config, struct form **ret) LK_MUST_CHECK;

/* Wipes and frees. NULL is fine. Returns NULL. */
struct form *form_free(struct form *f);
LK_AUTO_DEFINE(form);

/* --- the citizen -------------------------------------------------------- */

/* Common to them: -ENOENT no such cell, -EACCES the citizen may not write it,
 * or the form is frozen, -EINVAL not that kind of cell or value, -ENOSPC a
 * ceiling. Then nothing has changed. */

/* A change that was typed into a text cell (every cell that is typed into:
 * those kept as atomic strings, too).
 *
 * The screen may be a little behind: `version` is the item's that it last
 * showed, and `at` and `remove` count bytes of that text with this screen's own
 * later edits on top. What the expert did in between is stepped around.
 *
 * The screen goes on from a view's text, and its version, only when that view
 * counts every edit it has sent (form_item.edits; a refused one counts, too).
 * Until then it sends on with the version it had. */
struct form_edit {
    const char *path;
    uint32_t version;
    uint32_t at;
    uint32_t remove;
    const char *insert; /* valid UTF-8, at most FORM_EDIT_MAX bytes */
};
int form_edit(struct form *f, const struct form_edit *e) LK_MUST_CHECK;

/* Sets a choice (option's id), yes or no, a date; "" empties. */
int form_set(struct form *f, const char *path, const char *value) LK_MUST_CHECK;
/* Chooses or unchooses one option of FORMS_CHOICES. */
int form_toggle(struct form *f, const char *path,
                const char *option) LK_MUST_CHECK;
int form_row_add(struct form *f, const char *path) LK_MUST_CHECK;
int form_row_remove(struct form *f, const char *path) LK_MUST_CHECK;
/* Takes back the citizen's own last edit. -ENOENT: there is none. */
int form_undo(struct form *f) LK_MUST_CHECK;
/* The definition's words for a kind of paper in the citizen's language; NULL:
 * it does not name it. Borrowed from the definition. */
const char *form_say_paper(const struct form *f, const char *kind);
/* A paper that was scanned, for an attachment field. `name` is copied. */
int form_attach(struct form *f, const char *path, const char *name,
                const uint8_t sha256[32]) LK_MUST_CHECK;
/* Takes it out again. -ENOENT: it is not there. */
int form_detach(struct form *f, const char *path,
                const uint8_t sha256[32]) LK_MUST_CHECK;
int form_accept(struct form *f, const char *path) LK_MUST_CHECK;
int form_decline(struct form *f, const char *path) LK_MUST_CHECK;

/* On whose behalf the citizen fills it in, as is said in what is sent.
 *
 * role      "person", "company", or "" for oneself
 * name, id  UTF-8, copied; of that one, "" for oneself; an id may be ""
 * Errors    -EACCES it is sealed already, -EINVAL no such role, or too long
 */
#define FORM_ROLE_NAME_MAX 129 /* bytes, the NUL included */
#define FORM_ROLE_ID_MAX 33    /* likewise */
int form_act_for(struct form *f, const char *role, const char *name,
                 const char *id) LK_MUST_CHECK;

/* Where the citizen is; "" nowhere. Marks errors of the cell that was left. */
void form_focus(struct form *f, const char *path, uint32_t caret);

/* To the next step or the one before, of those that apply. NEXT marks errors
 * and stays while there are any (-EBADMSG); behind the last it is -ERANGE. */
int form_next(struct form *f) LK_MUST_CHECK;
int form_back(struct form *f) LK_MUST_CHECK; /* -ERANGE: at the first */

/* --- approval ----------------------------------------------------------- */

/* Freezes: from now on the far end's edits are refused, and the snapshot
 * stands. -EBADMSG: something is missing or wrong; goes to that step. */
int form_review(struct form *f) LK_MUST_CHECK;
/* Back to filling; the snapshot is gone. */
void form_reopen(struct form *f);
/* The citizen's yes, on the kiosk. -EPERM: not in review. */
int form_approve(struct form *f) LK_MUST_CHECK;
/* The signature that approving waited for was given up: back to reading the
 * same snapshot; nothing was sent. -EPERM: nothing is being sealed. */
int form_unapprove(struct form *f) LK_MUST_CHECK;

/* What is to be sealed; from review until reopened. Borrowed. */
struct form_snapshot {
    const char *json; /* canonical, RFC 8785 */
    size_t json_len;
    uint8_t sha256[32];
};
int form_snapshot(const struct form *f,
                  struct form_snapshot *ret) LK_MUST_CHECK;

/* The package was made (copied, and sent to the far end) with its tracking
 * code; or could not be (`package` NULL). */
int form_sealed(struct form *f, const void *package, size_t len,
                const char *code) LK_MUST_CHECK;
/* It is on its way to the agency's own address; that has it. */
void form_posting(struct form *f);
void form_posted(struct form *f);

/* --- the far end -------------------------------------------------------- */

/* The channel opened, or closed; what was shared stays. */
void form_channel(struct form *f, bool open, int64_t now_us);
/* A message of the channel. Whatever it is, the form stays whole; what a page
 * may not do ends the sharing with a reason. */
void form_receive(struct form *f, const void *bytes, size_t len,
                  int64_t now_us);
/* The next message to send, at most FORM_CHUNK_MAX bytes; false: none. Lent
 * until the next call. Ask while the channel takes more. */
bool form_poll(struct form *f, const void **ret, size_t *ret_len);

void form_tick(struct form *f, int64_t now_us);
int64_t form_next_us(const struct form *f); /* INT64_MAX: never */

/* The far end wants the citizen to look at the form: once, then forgotten. */
bool form_called(struct form *f);

/* --- what is shown ------------------------------------------------------ */

/* Rises with everything that a view would show. */
uint64_t form_version(const struct form *f);
/* Owner: caller. Errors: -ENOMEM. */
int form_view_new(const struct form *f, struct form_view **ret) LK_MUST_CHECK;

#endif

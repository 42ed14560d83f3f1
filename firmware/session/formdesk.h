/* formdesk.h - the form of the call that is on.
 *
 * Room: between the session (what the citizen did), the channel `form` (what
 * the expert's page says), the seal and the screen. It owns the form from the
 * grant to the end of the visit: the form outlives luukku-rtc, the page, and
 * every connection. No I/O: what follows leaves through callbacks. One thread.
 * Not here: the form's own rules (forms/form.h), how a package is made.
 */
#ifndef LUUKKU_SESSION_FORMDESK_H
#define LUUKKU_SESSION_FORMDESK_H

#include "forms/form.h"
#include "session/session.h"

struct formdesk;
struct identdesk_signer;

/* Papers that go with a form: 20 pages of A4 at 300 dpi are about 40 MB. All
 * together leave room for the form and its PDF in FORM_PACKAGE_MAX. */
#define FORMDESK_PAPERS_MAX 20
#define FORMDESK_PAPERS_BYTES_MAX ((size_t)52 << 20)
#define FORMDESK_NAME_MAX 48 /* bytes of a paper's name, the NUL included */

/* One of them. */
struct formdesk_paper {
    char name[FORMDESK_NAME_MAX]; /* as the form has it: [a-z0-9.-] */
    uint8_t sha256[32];
    int fd; /* JPEG: memory that nobody can change any more; borrowed */
    size_t len;
};

/* What was approved; borrowed. */
struct formdesk_job {
    uint32_t id; /* from 1, rises */
    const char *agency;
    const char *json; /* canonical, RFC 8785 */
    size_t json_len;
    uint8_t sha256[32];
    const struct identdesk_signer *signer; /* NULL: the kiosk signs alone */
    const struct formdesk_paper *paper;
    size_t papers;
};

/* A package, made of a job; borrowed. */
struct formdesk_package {
    uint32_t id;      /* the job's */
    const void *data; /* NULL: it could not be made */
    size_t len;
    int error;    /* why it could not */
    bool drafted; /* all but the citizen's signature was there */
    const char *agency;
    const char *code; /* its tracking code */
};

/* What leaves. Called from inside the functions below; must not call back into
 * the desk. */
struct formdesk_output {
    /* SESSION_EVENT_FORM, SESSION_EVENT_FORM_LEFT */
    void (*event)(void *arg, const struct session_event *e);
    /* Wanted: a package of this; formdesk_sealed() answers, later. Returns 0,
     * or -errno: it cannot be made now. */
    int (*seal)(void *arg, const struct formdesk_job *job);
    /* The papers that go with the form. Returns how many, or -errno: -EMSGSIZE
     * they are too many, or together too long. NULL: there are none. */
    int (*papers)(void *arg, struct formdesk_paper ret[FORMDESK_PAPERS_MAX]);
    /* To be delivered to the agency's own address, too; formdesk_posted()
     * answers, perhaps. Returns 0, or -ENOENT it has none, or why it cannot be.
     * NULL: there is no such way. */
    int (*outbox)(void *arg, const struct formdesk_package *p);
    /* Something failed: for the log, nothing personal. */
    void (*note)(void *arg, const char *what, const char *why);
    void *arg;
};

/* kiosk: its name; copied, as is `out`. Owner: caller. Errors: -ENOMEM, -EINVAL
 * a name too long. */
int formdesk_new(const char *kiosk, const struct formdesk_output *out,
                 struct formdesk **ret) LK_MUST_CHECK;
/* Wipes and frees. NULL is fine. Returns NULL. */
struct formdesk *formdesk_free(struct formdesk *d);
LK_AUTO_DEFINE(formdesk);

/* A call was granted. */
struct formdesk_call {
    const char *form;        /* id of its service's form; NULL: has none */
    const char *lang;        /* the citizen's */
    const char *expert_user; /* from the certificate, as is the name */
    const char *expert_name;
    struct forms_day today;
};

/* Begins the call's form. Errors (then the call has none): -ENOENT no such
 * form, -EBADMSG, -ENOMEM. */
int formdesk_begin(struct formdesk *d, const struct formdesk_call *call,
                   int64_t now_us) LK_MUST_CHECK;

/* The visit is over: nothing of the form is kept. */
void formdesk_wipe(struct formdesk *d);

/* SESSION_DO_FORM; and a SESSION_INTENT_ROLE of SESSION_DO_IDENTITY. */
void formdesk_intent(struct formdesk *d, const struct session_intent *i,
                     int64_t now_us);

/* The channel; struct line_output's. */
void formdesk_channel(struct formdesk *d, bool open, int64_t now_us);
void formdesk_receive(struct formdesk *d, const void *bytes, size_t len,
                      int64_t now_us);
bool formdesk_poll(struct formdesk *d, const void **ret, size_t *ret_len);

/* The first field of the form that takes papers; "" there is none. Borrowed,
 * until the form goes. */
const char *formdesk_place(const struct formdesk *d);
/* form_say_paper(); NULL, too, where there is no form. */
const char *formdesk_paper(const struct formdesk *d, const char *kind);
/* A paper goes with the form, or (`on` false) not any more.
 * Errors: form_attach()'s and form_detach()'s, -ENOENT there is no form. */
int formdesk_attach(struct formdesk *d, const char *path, const char *name,
                    const uint8_t sha256[32], bool on) LK_MUST_CHECK;

/* The citizen approves what is read, and signs it with a card, too: asks for a
 * package with that signer. The form is FORM_SEALING until formdesk_sealed(),
 * or formdesk_unsign(): it was given up, nothing was sent, and reading goes on.
 * Errors, after which reading goes on, too: -ENOENT there is no form, -EPERM it
 * is not being read, form_snapshot()'s, and of the outputs `papers` and
 * `seal`. Thread: the desk's. */
int formdesk_sign(struct formdesk *d, const struct identdesk_signer *signer,
                  int64_t now_us) LK_MUST_CHECK;
void formdesk_unsign(struct formdesk *d, int64_t now_us);

/* What became of a job; of one of a form that is gone nothing. One that the
 * citizen was to sign and that failed is as if it was given up.
 * Returns 0, or why nothing is sent: the package's error, -ENOENT it is
 * nobody's any more, -ENOMEM, -EMSGSIZE. */
int formdesk_sealed(struct formdesk *d, const struct formdesk_package *p);
/* The agency's address has the package with this code. */
void formdesk_posted(struct formdesk *d, const char *code);

void formdesk_tick(struct formdesk *d, int64_t now_us);
int64_t formdesk_next_us(const struct formdesk *d); /* INT64_MAX: never */

/* Whether the screen is to show something else than it was given last; then
 * *ret is that (owner: caller), or NULL: there is no form any more. */
bool formdesk_take_view(struct formdesk *d, struct form_view **ret);

#endif

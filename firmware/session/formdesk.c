#include "session/formdesk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct formdesk {
    struct formdesk_output out;
    char kiosk[LK_NAME_MAX];
    struct forms_def *def;
    struct form *form;      /* NULL: the call's service has none */
    uint64_t seen;          /* version of the form that was looked at */
    bool open;              /* the channel is */
    bool refuse;            /* a page asks for a form, and there is none */
    struct form_view *view; /* to be shown; owned */
    bool news;              /* `view`, or that there is none, is to be shown */
    /* As last told to the session. */
    enum form_phase phase;
    char code[FORM_CODE_MAX];
    uint32_t jobs;    /* that were asked for so far */
    uint32_t job;     /* that is under way; 0 none */
    bool signing;     /* it waits for the citizen's signature */
    bool signed_card; /* the package has it */
    int64_t now_us;   /* as last told */
    int64_t retry_us; /* a view could not be made: when to try again */
};

#define NEVER INT64_MAX
#define RETRY_US INT64_C(500000)

/* PROTOCOL.md, "Form": to a page, where the service has no form. */
static const uint8_t no_form[] = {11,  0,   0,   0,   14,  '{', '"',
                                  'w', 'h', 'y', '"', ':', '"', 'n',
                                  'o', 'n', 'e', '"', '}'};

int formdesk_new(const char *kiosk, const struct formdesk_output *out,
                 struct formdesk **ret)
{
    size_t len = strlen(kiosk);
    if (len >= LK_NAME_MAX)
        return -EINVAL;
    struct formdesk *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->out = *out;
    memcpy(d->kiosk, kiosk, len + 1);
    d->retry_us = NEVER;
    *ret = d;
    return 0;
}

void formdesk_wipe(struct formdesk *d)
{
    d->news = d->news || d->form;
    d->form = form_free(d->form);
    d->def = forms_def_free(d->def);
    d->view = form_view_free(d->view);
    d->refuse = false;
    d->job = 0;
    d->signing = d->signed_card = false;
    d->seen = 0;
    d->phase = FORM_FILLING;
    d->retry_us = NEVER;
    explicit_bzero(d->code, sizeof(d->code));
}

struct formdesk *formdesk_free(struct formdesk *d)
{
    if (d) {
        formdesk_wipe(d);
        free(d);
    }
    return NULL;
}

/* --- what is shown ----------------------------------------------------- */

static void tell(struct formdesk *d, bool called)
{
    struct session_event e = {.kind = SESSION_EVENT_FORM,
                              .up = d->form != NULL,
                              .phase = d->phase,
                              .called = called,
                              .code = d->code[0] ? d->code : NULL};
    d->out.event(d->out.arg, &e);
}

/* Makes a new view. Returns whether the session is to hear of it. */
static bool view_anew(struct formdesk *d)
{
    struct form_view *v = NULL;
    int r = form_view_new(d->form, &v);
    d->retry_us = r < 0 ? d->now_us + RETRY_US : NEVER;
    if (r < 0) {
        d->out.note(d->out.arg, "view", strerrordesc_np(-r));
        return false;
    }
    v->signed_card = d->signed_card;
    bool news = v->phase != d->phase || strcmp(v->code, d->code) != 0;
    d->seen = form_version(d->form);
    d->phase = v->phase;
    memcpy(d->code, v->code, sizeof(d->code));
    form_view_free(d->view);
    d->view = v;
    d->news = true;
    return news;
}

/* After everything that may have changed the form. */
static void look(struct formdesk *d)
{
    if (!d->form)
        return;
    bool called = form_called(d->form);
    bool news = form_version(d->form) != d->seen && view_anew(d);
    if (called || news)
        tell(d, called);
}

bool formdesk_take_view(struct formdesk *d, struct form_view **ret)
{
    if (!d->news)
        return false;
    d->news = false;
    *ret = LK_TAKE(d->view);
    return true;
}

/* --- a call begins ----------------------------------------------------- */

static int load(struct formdesk *d, const char *id)
{
    struct forms_def_error error;
    size_t len;
    const char *json = forms_builtin(id, &len);
    if (!json)
        return -ENOENT;
    int r = forms_def_parse(json, len, &d->def, &error);
    if (r == -EBADMSG)
        d->out.note(d->out.arg, "definition", error.reason);
    return r;
}

int formdesk_begin(struct formdesk *d, const struct formdesk_call *call,
                   int64_t now_us)
{
    d->now_us = now_us;
    formdesk_wipe(d);
    if (!call->form)
        return 0;
    int r = load(d, call->form);
    if (r < 0)
        return r;
    struct form_config c = {.def = d->def,
                            .lang = call->lang,
                            .kiosk = d->kiosk,
                            .expert_user = call->expert_user,
                            .expert_name = call->expert_name,
                            .today = call->today};
    lk_random_bytes(c.id, sizeof(c.id));
    r = form_new(&c, &d->form);
    if (r < 0) {
        formdesk_wipe(d);
        return r;
    }
    if (d->open)
        form_channel(d->form, true, now_us);
    (void)view_anew(d);
    tell(d, false);
    return 0;
}

/* --- what the citizen does --------------------------------------------- */

typedef int deed_fn(struct formdesk *d, const struct session_intent *i);

static int edit(struct formdesk *d, const struct session_intent *i)
{
    struct form_edit e = {.path = i->path,
                          .version = i->version,
                          .at = i->at,
                          .remove = i->remove,
                          .insert = i->arg};
    return form_edit(d->form, &e);
}

static int set(struct formdesk *d, const struct session_intent *i)
{
    return form_set(d->form, i->path, i->arg);
}

static int toggle(struct formdesk *d, const struct session_intent *i)
{
    return form_toggle(d->form, i->path, i->arg);
}

static int row_add(struct formdesk *d, const struct session_intent *i)
{
    return form_row_add(d->form, i->path);
}

static int row_remove(struct formdesk *d, const struct session_intent *i)
{
    return form_row_remove(d->form, i->path);
}

static int undo(struct formdesk *d, const struct session_intent *i)
{
    (void)i;
    return form_undo(d->form);
}

static int focus(struct formdesk *d, const struct session_intent *i)
{
    form_focus(d->form, i->path, i->at);
    return 0;
}

static int look_away(struct formdesk *d, const struct session_intent *i)
{
    (void)i;
    form_focus(d->form, "", 0);
    return 0;
}

static int review(struct formdesk *d, const struct session_intent *i)
{
    (void)i;
    return form_review(d->form);
}

/* Behind the last step it is reading it all through. */
static int next(struct formdesk *d, const struct session_intent *i)
{
    int r = form_next(d->form);
    return r == -ERANGE ? review(d, i) : r;
}

static int reopen(struct formdesk *d)
{
    if (d->phase != FORM_REVIEW)
        return -EPERM;
    form_reopen(d->form);
    return 0;
}

/* Before the first step is the call. */
static int back(struct formdesk *d, const struct session_intent *i)
{
    struct session_event left = {.kind = SESSION_EVENT_FORM_LEFT};
    if (d->phase == FORM_REVIEW)
        return reopen(d);
    int r = form_back(d->form);
    if (r != -ERANGE)
        return r;
    d->out.event(d->out.arg, &left);
    return look_away(d, i);
}

static int accept_suggestion(struct formdesk *d, const struct session_intent *i)
{
    return form_accept(d->form, i->path);
}

static int decline(struct formdesk *d, const struct session_intent *i)
{
    return i->path[0] ? form_decline(d->form, i->path) : reopen(d);
}

static int ask_for_seal(struct formdesk *d,
                        const struct identdesk_signer *signer)
{
    struct form_snapshot s;
    struct formdesk_paper paper[FORMDESK_PAPERS_MAX];
    int papers = d->out.papers ? d->out.papers(d->out.arg, paper) : 0;
    int r = papers < 0 ? papers : form_snapshot(d->form, &s);
    if (r < 0)
        return r;
    d->job = ++d->jobs;
    struct formdesk_job job = {.id = d->job,
                               .agency = d->def->agency,
                               .json = s.json,
                               .json_len = s.json_len,
                               .signer = signer,
                               .paper = paper,
                               .papers = (size_t)papers};
    memcpy(job.sha256, s.sha256, sizeof(job.sha256));
    r = d->out.seal(d->out.arg, &job);
    if (r < 0)
        d->job = 0;
    return r;
}

static int approve(struct formdesk *d, const struct session_intent *i)
{
    (void)i;
    int r = form_approve(d->form);
    if (r < 0)
        return r;
    r = ask_for_seal(d, NULL);
    if (r == 0)
        return 0;
    d->out.note(d->out.arg, "seal", strerrordesc_np(-r));
    return form_sealed(d->form, NULL, 0, "");
}

static int act_for(struct formdesk *d, const struct session_intent *i)
{
    static const char *const roles[] = {
        [SESSION_SELF] = "",
        [SESSION_PERSON] = "person",
        [SESSION_COMPANY] = "company",
    };
    if (i->remove >= LK_ARRAY_LEN(roles))
        return -EINVAL;
    return form_act_for(d->form, roles[i->remove], i->arg, i->path);
}

static const struct {
    enum session_intent_kind kind;
    deed_fn *fn;
} deeds[] = {
    {SESSION_INTENT_EDIT, edit},
    {SESSION_INTENT_SET, set},
    {SESSION_INTENT_TOGGLE, toggle},
    {SESSION_INTENT_FOCUS, focus},
    {SESSION_INTENT_ROW_ADD, row_add},
    {SESSION_INTENT_ROW_REMOVE, row_remove},
    {SESSION_INTENT_UNDO, undo},
    {SESSION_INTENT_NEXT, next},
    {SESSION_INTENT_BACK, back},
    {SESSION_INTENT_CALL_VIEW, look_away},
    {SESSION_INTENT_ACCEPT, accept_suggestion},
    {SESSION_INTENT_DECLINE, decline},
    {SESSION_INTENT_REVIEW, review},
    {SESSION_INTENT_APPROVE, approve},
    {SESSION_INTENT_ROLE, act_for},
};

static int obey(struct formdesk *d, const struct session_intent *i)
{
    for (size_t n = 0; n < LK_ARRAY_LEN(deeds); n++)
        if (deeds[n].kind == i->kind)
            return deeds[n].fn(d, i);
    return -EINVAL;
}

void formdesk_intent(struct formdesk *d, const struct session_intent *i,
                     int64_t now_us)
{
    d->now_us = now_us;
    if (!d->form)
        return;
    int r = obey(d, i);
    /* Not that kind of value, nothing to take back, something missing: the
     * form's own view says it. */
    if (r == -ENOMEM)
        d->out.note(d->out.arg, "intent", strerrordesc_np(-r));
    look(d);
}

/* --- papers ------------------------------------------------------------ */

static const char *place_in(const struct forms_section *s)
{
    for (size_t i = 0; i < s->fields; i++)
        if (s->field[i].type == FORMS_ATTACHMENT)
            return s->field[i].id;
    return NULL;
}

const char *formdesk_place(const struct formdesk *d)
{
    const char *place = NULL;
    for (size_t i = 0; d->def && i < d->def->sections && !place; i++)
        place = place_in(&d->def->section[i]);
    return place ? place : "";
}

const char *formdesk_paper(const struct formdesk *d, const char *kind)
{
    return d->form ? form_say_paper(d->form, kind) : NULL;
}

int formdesk_attach(struct formdesk *d, const char *path, const char *name,
                    const uint8_t sha256[32], bool on)
{
    if (!d->form)
        return -ENOENT;
    int r = on ? form_attach(d->form, path, name, sha256)
               : form_detach(d->form, path, sha256);
    look(d);
    return r;
}

/* --- the channel ------------------------------------------------------- */

void formdesk_channel(struct formdesk *d, bool open, int64_t now_us)
{
    d->now_us = now_us;
    d->open = open;
    d->refuse = false;
    if (d->form)
        form_channel(d->form, open, now_us);
    look(d);
}

void formdesk_receive(struct formdesk *d, const void *bytes, size_t len,
                      int64_t now_us)
{
    d->now_us = now_us;
    if (d->form)
        form_receive(d->form, bytes, len, now_us);
    else
        d->refuse = true;
    look(d);
}

bool formdesk_poll(struct formdesk *d, const void **ret, size_t *ret_len)
{
    if (d->form)
        return form_poll(d->form, ret, ret_len);
    if (!d->refuse)
        return false;
    d->refuse = false;
    *ret = no_form;
    *ret_len = sizeof(no_form);
    return true;
}

/* --- the seal ---------------------------------------------------------- */

/* Back to reading: the citizen did not sign. */
static void stop_signing(struct formdesk *d)
{
    d->job = 0;
    d->signing = false;
    int r = form_unapprove(d->form);
    if (r < 0)
        d->out.note(d->out.arg, "unapprove", strerrordesc_np(-r));
}

int formdesk_sign(struct formdesk *d, const struct identdesk_signer *signer,
                  int64_t now_us)
{
    d->now_us = now_us;
    if (!d->form)
        return -ENOENT;
    int r = form_approve(d->form);
    if (r < 0)
        return r;
    r = ask_for_seal(d, signer);
    d->signing = r == 0;
    if (r < 0)
        stop_signing(d);
    look(d);
    return r;
}

void formdesk_unsign(struct formdesk *d, int64_t now_us)
{
    d->now_us = now_us;
    if (!d->signing)
        return;
    stop_signing(d);
    look(d);
}

/* The form says that it could not be sealed. */
static void fail(struct formdesk *d)
{
    int r = form_sealed(d->form, NULL, 0, "");
    if (r < 0)
        d->out.note(d->out.arg, "sealed", strerrordesc_np(-r));
}

/* Hands it to the form, and sends it. */
static int keep_package(struct formdesk *d, const struct formdesk_package *p)
{
    int r = form_sealed(d->form, p->data, p->len, p->code);
    if (r < 0) { /* no memory for a copy: it is as if it had not been made */
        d->out.note(d->out.arg, "sealed", strerrordesc_np(-r));
        fail(d);
    } else if (d->out.outbox && d->out.outbox(d->out.arg, p) == 0) {
        form_posting(d->form);
    }
    return r;
}

int formdesk_sealed(struct formdesk *d, const struct formdesk_package *p)
{
    if (!d->form || p->id != d->job)
        return -ENOENT;
    int r = p->data ? 0 : LK_MIN(p->error, -1);
    d->job = 0;
    d->signed_card = r == 0 && d->signing;
    if (r == 0)
        r = keep_package(d, p);
    else if (d->signing)
        stop_signing(d);
    else
        fail(d);
    d->signing = false;
    look(d);
    return r;
}

void formdesk_posted(struct formdesk *d, const char *code)
{
    if (!d->form || !d->code[0] || strcmp(code, d->code) != 0)
        return;
    form_posted(d->form);
    look(d);
}

/* --- time -------------------------------------------------------------- */

void formdesk_tick(struct formdesk *d, int64_t now_us)
{
    d->now_us = now_us;
    if (d->form)
        form_tick(d->form, now_us);
    look(d);
}

int64_t formdesk_next_us(const struct formdesk *d)
{
    return d->form ? LK_MIN(form_next_us(d->form), d->retry_us) : NEVER;
}

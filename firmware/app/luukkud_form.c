#include "app/luukkud_form.h"

#include "base/clock.h"
#include "base/log.h"
#include "catalog/builtin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct luukkud_form {
    struct luukkud_form_config config;
    struct formdesk *desk;
    struct luukkud_seal *seal;
    struct luukkud_form_papers papers;
    struct luukkud_form_signing signing;
    uint32_t signer; /* that a package waits for; 0 none */
};

static int64_t now_us(const struct luukkud_form *f)
{
    return lk_loop_now_us(f->config.loop);
}

/* --- the desk's outputs ------------------------------------------------ */

static void desk_event(void *arg, const struct session_event *e)
{
    struct luukkud_form *f = arg;
    f->config.event(f->config.arg, e);
}

static void desk_note(void *arg, const char *what, const char *why)
{
    (void)arg;
    LK_LOG(ERROR, "form", "what=\"%s\" why=\"%s\"", what, why);
}

static void on_sealed(void *arg, const struct formdesk_package *p)
{
    struct luukkud_form *f = arg;
    uint32_t signer = f->signer;
    f->signer = 0;
    int r = formdesk_sealed(f->desk, p);
    if (signer && p->drafted)
        f->signing.signed_(f->signing.arg, signer, r);
    else if (signer)
        f->signing.prepared(f->signing.arg, signer, NULL);
    f->config.settle(f->config.arg);
}

static void on_drafted(void *arg, uint32_t id, const uint8_t *hash)
{
    struct luukkud_form *f = arg;
    (void)id; /* there is one */
    f->signing.prepared(f->signing.arg, f->signer, hash);
    f->config.settle(f->config.arg);
}

/* --- papers and the citizen's signature -------------------------------- */

/* What the desk is told. */
struct collected {
    struct formdesk_paper *paper;
    size_t papers, bytes;
};

static int collect(void *arg, const struct paperdesk_paper *from)
{
    struct collected *c = arg;
    size_t len = strlen(from->name);
    c->bytes += from->len;
    if (c->papers == FORMDESK_PAPERS_MAX || len >= FORMDESK_NAME_MAX ||
        c->bytes > FORMDESK_PAPERS_BYTES_MAX)
        return -EMSGSIZE;
    struct formdesk_paper *p = &c->paper[c->papers++];
    *p = (struct formdesk_paper){.fd = from->fd, .len = from->len};
    memcpy(p->name, from->name, len);
    memcpy(p->sha256, from->sha256, sizeof(p->sha256));
    return 0;
}

static int desk_papers(void *arg,
                       struct formdesk_paper ret[FORMDESK_PAPERS_MAX])
{
    struct luukkud_form *f = arg;
    struct collected c = {.paper = ret};
    if (!f->papers.attached)
        return 0;
    int r = f->papers.attached(f->papers.arg, collect, &c);
    return r < 0 ? r : (int)c.papers;
}

void luukkud_form_set_papers(struct luukkud_form *f,
                             const struct luukkud_form_papers *papers)
{
    f->papers = *papers;
}

void luukkud_form_set_signing(struct luukkud_form *f,
                              const struct luukkud_form_signing *signing)
{
    f->signing = *signing;
}

/* Whatever is being sealed, nobody is told what becomes of it. */
static void forget_job(struct luukkud_form *f)
{
    luukkud_seal_drop(f->seal);
    f->signer = 0;
}

int luukkud_form_prepare(struct luukkud_form *f,
                         const struct identdesk_signer *s)
{
    if (!f->signing.prepared || f->signer)
        return -EBUSY;
    int r = formdesk_sign(f->desk, s, now_us(f));
    if (r == 0)
        f->signer = s->id;
    return r;
}

int luukkud_form_signature(struct luukkud_form *f,
                           const struct identdesk_signature *s)
{
    bool mine = f->signer && s->id == f->signer;
    if (s->bytes)
        return mine ? luukkud_seal_finish(f->seal, s) : -ENOENT;
    if (mine) {
        forget_job(f);
        formdesk_unsign(f->desk, now_us(f));
    }
    return 0;
}

static int desk_seal(void *arg, const struct formdesk_job *job)
{
    struct luukkud_form *f = arg;
    return luukkud_seal_begin(f->seal, job);
}

/* Not every agency has an address of its own. */
static int desk_outbox(void *arg, const struct formdesk_package *p)
{
    struct luukkud_form *f = arg;
    int r = luukkud_post_letter(f->config.post, p);
    if (r < 0 && r != -ENOENT)
        LK_LOG(ERROR, "form", "what=letter err=%s", strerrorname_np(-r));
    return r;
}

/* --- the post ---------------------------------------------------------- */

static void post_posted(void *arg, const char *code)
{
    struct luukkud_form *f = arg;
    formdesk_posted(f->desk, code);
    f->config.settle(f->config.arg);
}

static void post_told(void *arg, const struct session_matter *m)
{
    struct luukkud_form *f = arg;
    struct session_event e = {.kind = SESSION_EVENT_TRACK, .matter = m};
    f->config.event(f->config.arg, &e);
    f->config.settle(f->config.arg);
}

/* --- what goes in ------------------------------------------------------ */

/* The day of the wall clock, where the kiosk stands. */
static struct forms_day today(void)
{
    time_t wall = (time_t)(lk_clock_wall_us() / 1000000);
    struct tm tm = {0};
    localtime_r(&wall, &tm);
    return (struct forms_day){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
}

void luukkud_form_begin(struct luukkud_form *f, const struct session_view *v,
                        const struct session_event *granted)
{
    const struct catalog_card *card = catalog_builtin_find(v->card);
    struct formdesk_call call = {.form = card ? card->form : NULL,
                                 .lang = v->lang,
                                 .expert_user = granted->expert_user,
                                 .expert_name = granted->expert_name,
                                 .today = today()};
    forget_job(f);
    int r = formdesk_begin(f->desk, &call, now_us(f));
    if (r < 0)
        LK_LOG(ERROR, "form", "what=begin err=%s", strerrorname_np(-r));
}

/* What comes of it follows later, as post_told(). */
static void track(struct luukkud_form *f, const struct session_intent *i)
{
    char code[SEAL_CODE_MAX] = "";
    struct session_matter m = {.track = SESSION_TRACK_FAILED,
                               .code = code,
                               .title = "",
                               .state = "",
                               .asks = ""};
    int r = 0;
    if (i->kind == SESSION_INTENT_TRACK_ANSWER)
        r = luukkud_post_answer(f->config.post, i->arg);
    else if (seal_code_read(i->arg, code) < 0)
        m.track = SESSION_TRACK_BAD_CODE;
    else
        r = luukkud_post_ask(f->config.post, code);
    if (r == -EALREADY || (r == 0 && m.track != SESSION_TRACK_BAD_CODE))
        return;
    if (r < 0)
        LK_LOG(WARN, "form", "what=track err=%s", strerrorname_np(-r));
    struct session_event e = {.kind = SESSION_EVENT_TRACK, .matter = &m};
    f->config.event(f->config.arg, &e);
}

void luukkud_form_act(struct luukkud_form *f, const struct session_action *a)
{
    if (a->kind == SESSION_DO_FORM || a->kind == SESSION_DO_IDENTITY)
        formdesk_intent(f->desk, &a->intent, now_us(f));
    else if (a->kind == SESSION_DO_TRACK)
        track(f, &a->intent);
    else if (a->kind == SESSION_DO_FINISH) {
        forget_job(f);
        formdesk_wipe(f->desk);
    }
}

const char *luukkud_form_place(const struct luukkud_form *f)
{
    return formdesk_place(f->desk);
}

const char *luukkud_form_paper(const struct luukkud_form *f, const char *kind)
{
    return formdesk_paper(f->desk, kind);
}

int luukkud_form_attach(struct luukkud_form *f,
                        const struct paperdesk_paper *paper, bool on)
{
    return formdesk_attach(f->desk, paper->path, paper->name, paper->sha256,
                           on);
}

void luukkud_form_channel(struct luukkud_form *f, bool open)
{
    formdesk_channel(f->desk, open, now_us(f));
}

void luukkud_form_data(struct luukkud_form *f, const void *bytes, size_t len)
{
    formdesk_receive(f->desk, bytes, len, now_us(f));
}

bool luukkud_form_poll(struct luukkud_form *f, const void **ret, size_t *len)
{
    return formdesk_poll(f->desk, ret, len);
}

void luukkud_form_show(struct luukkud_form *f, struct kiosk_ui *ui)
{
    struct form_view *v = NULL;
    if (formdesk_take_view(f->desk, &v))
        kiosk_ui_set_form(ui, v);
}

void luukkud_form_tick(struct luukkud_form *f)
{
    formdesk_tick(f->desk, now_us(f));
}

int64_t luukkud_form_next_us(const struct luukkud_form *f)
{
    return formdesk_next_us(f->desk);
}

/* --- life -------------------------------------------------------------- */

int luukkud_form_new(const struct luukkud_form_config *config,
                     struct luukkud_form **ret)
{
    struct luukkud_form *f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    f->config = *config;
    struct formdesk_output out = {.event = desk_event,
                                  .seal = desk_seal,
                                  .papers = desk_papers,
                                  .outbox = desk_outbox,
                                  .note = desk_note,
                                  .arg = f};
    struct luukkud_post_output post = {
        .posted = post_posted, .told = post_told, .arg = f};
    struct luukkud_seal_config seal = {.loop = config->loop,
                                       .key = config->key,
                                       .done = on_sealed,
                                       .drafted = on_drafted,
                                       .arg = f};
    int r = formdesk_new(config->kiosk, &out, &f->desk);
    if (r == 0)
        r = luukkud_seal_new(&seal, &f->seal);
    if (r < 0) {
        luukkud_form_free(f);
        return r;
    }
    luukkud_post_listen(config->post, &post);
    *ret = f;
    return 0;
}

struct luukkud_form *luukkud_form_free(struct luukkud_form *f)
{
    if (f) {
        luukkud_seal_free(f->seal);
        formdesk_free(f->desk);
        free(f);
    }
    return NULL;
}

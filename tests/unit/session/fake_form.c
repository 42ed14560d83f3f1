#include "fake_form.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake_state *fake_form(void)
{
    static struct fake_state the;
    return &the;
}

struct form {
    int unused;
};

static int note(const char *what, const char *a, const char *b)
{
    size_t len = strlen(fake.done);
    int answer = fake.answer;
    snprintf(fake.done + len, sizeof(fake.done) - len, "%s%s%s ", what, a, b);
    fake.answer = 0;
    fake.version++;
    return answer;
}

const char *fake_done(void)
{
    static char done[sizeof(fake.done)];
    memcpy(done, fake.done, sizeof(done));
    fake.done[0] = '\0';
    return done;
}

const char *forms_builtin(const char *id, size_t *ret_len)
{
    *ret_len = 2;
    return strcmp(id, "none") == 0 ? NULL : "{}";
}

int forms_def_parse(const char *json, size_t len, struct forms_def **ret,
                    struct forms_def_error *ret_error)
{
    (void)json;
    (void)len;
    if (fake.answer < 0) {
        snprintf(ret_error->reason, sizeof(ret_error->reason), "so");
        return fake.answer;
    }
    *ret = calloc(1, sizeof(**ret));
    if (!*ret)
        return -ENOMEM;
    (*ret)->agency = "kela";
    return 0;
}

struct forms_def *forms_def_free(struct forms_def *d)
{
    free(d);
    return NULL;
}

int form_new(const struct form_config *config, struct form **ret)
{
    *ret = calloc(1, sizeof(**ret));
    memcpy(fake.id, config->id, sizeof(fake.id));
    fake.made++;
    fake.version = 1;
    return *ret ? note("new:", config->lang, config->expert_user) : -ENOMEM;
}

struct form *form_free(struct form *f)
{
    fake.freed += f ? 1 : 0;
    free(f);
    return NULL;
}

int form_edit(struct form *f, const struct form_edit *e)
{
    char at[64];
    (void)f;
    snprintf(at, sizeof(at), "@%u,%u,%u=%s", (unsigned)e->version,
             (unsigned)e->at, (unsigned)e->remove, e->insert);
    return note("edit:", e->path, at);
}

int form_set(struct form *f, const char *path, const char *value)
{
    (void)f;
    return note("set:", path, value);
}

int form_toggle(struct form *f, const char *path, const char *option)
{
    (void)f;
    return note("toggle:", path, option);
}

const char *form_say_paper(const struct form *f, const char *kind)
{
    (void)f;
    return strcmp(kind, "deed") == 0 ? "Kauppakirja" : NULL;
}

int form_attach(struct form *f, const char *path, const char *name,
                const uint8_t sha256[32])
{
    (void)f;
    (void)sha256;
    return note("attach:", path, name);
}

int form_detach(struct form *f, const char *path, const uint8_t sha256[32])
{
    (void)f;
    (void)sha256;
    return note("detach:", path, "");
}

int form_row_add(struct form *f, const char *path)
{
    (void)f;
    return note("row-add:", path, "");
}

int form_row_remove(struct form *f, const char *path)
{
    (void)f;
    return note("row-remove:", path, "");
}

int form_undo(struct form *f)
{
    (void)f;
    return note("undo", "", "");
}

int form_accept(struct form *f, const char *path)
{
    (void)f;
    return note("accept:", path, "");
}

int form_decline(struct form *f, const char *path)
{
    (void)f;
    return note("decline:", path, "");
}

void form_focus(struct form *f, const char *path, uint32_t caret)
{
    (void)f;
    (void)caret;
    (void)note("focus:", path, "");
}

int form_next(struct form *f)
{
    (void)f;
    return note("next", "", "");
}

int form_back(struct form *f)
{
    (void)f;
    return note("back", "", "");
}

int form_review(struct form *f)
{
    (void)f;
    fake.phase = FORM_REVIEW;
    return note("review", "", "");
}

void form_reopen(struct form *f)
{
    (void)f;
    fake.phase = FORM_FILLING;
    (void)note("reopen", "", "");
}

int form_act_for(struct form *f, const char *role, const char *name,
                 const char *id)
{
    char whom[200];
    (void)f;
    (void)snprintf(whom, sizeof(whom), ":%s:%s", name, id);
    return note("role:", role, whom);
}

int form_approve(struct form *f)
{
    (void)f;
    if (fake.phase != FORM_REVIEW)
        return -EPERM;
    fake.phase = FORM_SEALING;
    return note("approve", "", "");
}

int form_unapprove(struct form *f)
{
    (void)f;
    if (fake.phase != FORM_SEALING)
        return -EPERM;
    fake.phase = FORM_REVIEW;
    return note("unapprove", "", "");
}

int form_snapshot(const struct form *f, struct form_snapshot *ret)
{
    (void)f;
    *ret = (struct form_snapshot){.json = "{\"v\":1}", .json_len = 7};
    ret->sha256[0] = 9;
    return note("snapshot", "", "");
}

int form_sealed(struct form *f, const void *package, size_t len,
                const char *code)
{
    (void)f;
    fake.phase = package ? FORM_SENT : FORM_FAILED;
    fake.package = len;
    int r = note("sealed:", code, package ? "" : "failed");
    snprintf(fake.code, sizeof(fake.code), "%s", package ? code : "");
    return r;
}

void form_posting(struct form *f)
{
    (void)f;
    (void)note("posting", "", "");
}

void form_posted(struct form *f)
{
    (void)f;
    (void)note("posted", "", "");
}

void form_channel(struct form *f, bool open, int64_t now_us)
{
    (void)f;
    (void)now_us;
    fake.open = open;
    (void)note(open ? "open" : "closed", "", "");
}

void form_receive(struct form *f, const void *bytes, size_t len, int64_t now_us)
{
    char text[16];
    (void)f;
    (void)now_us;
    snprintf(text, sizeof(text), "%.*s", (int)len, (const char *)bytes);
    (void)note("receive:", text, "");
}

bool form_poll(struct form *f, const void **ret, size_t *ret_len)
{
    static const uint8_t bytes[FORM_CHUNK_MAX];
    (void)f;
    if (fake.polls == 0)
        return false;
    fake.polls--;
    *ret = bytes;
    *ret_len = sizeof(bytes);
    return true;
}

void form_tick(struct form *f, int64_t now_us)
{
    (void)f;
    fake.next_us = now_us + 1;
    (void)note("tick", "", "");
}

int64_t form_next_us(const struct form *f)
{
    (void)f;
    return fake.next_us;
}

bool form_called(struct form *f)
{
    bool called = fake.called;
    (void)f;
    fake.called = false;
    return called;
}

uint64_t form_version(const struct form *f)
{
    (void)f;
    return fake.version;
}

int form_view_new(const struct form *f, struct form_view **ret)
{
    (void)f;
    if (fake.no_view)
        return -ENOMEM;
    *ret = calloc(1, sizeof(**ret));
    if (!*ret)
        return -ENOMEM;
    (*ret)->block = sizeof(**ret);
    (*ret)->phase = fake.phase;
    memcpy((*ret)->code, fake.code, sizeof((*ret)->code));
    return 0;
}

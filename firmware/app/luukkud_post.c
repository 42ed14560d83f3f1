#include "app/luukkud_post.h"

#include "base/log.h"
#include "seal/seal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 64 /* "<agency>.<code>", the NUL included */

struct luukkud_post {
    struct luukkud_post_config config;
    struct luukkud_post_output out;
    struct superlink *super;
    struct lk_timer *timer;
    uint32_t last_id;
    uint32_t asked; /* the question that is open; 0: none */
    char code[SEAL_CODE_MAX];
};

static void tell(struct luukkud_post *p, const struct session_matter *m)
{
    p->asked = 0;
    lk_timer_clear(p->timer);
    if (p->out.told)
        p->out.told(p->out.arg, m);
}

static void tell_nothing(struct luukkud_post *p, enum session_track track)
{
    const struct session_matter m = {
        .track = track, .code = p->code, .title = "", .state = "", .asks = ""};
    tell(p, &m);
}

static void on_timer(void *arg, int64_t now_us)
{
    struct luukkud_post *p = arg;
    (void)now_us;
    if (p->asked)
        tell_nothing(p, SESSION_TRACK_FAILED);
}

int luukkud_post_new(const struct luukkud_post_config *config,
                     struct luukkud_post **ret)
{
    struct luukkud_post *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->config = *config;
    int r = lk_timer_new(config->loop, on_timer, p, &p->timer);
    if (r < 0) {
        free(p);
        return r;
    }
    *ret = p;
    return 0;
}

struct luukkud_post *luukkud_post_free(struct luukkud_post *p)
{
    if (p) {
        p->timer = lk_timer_free(p->timer);
        free(p);
    }
    return NULL;
}

void luukkud_post_attach(struct luukkud_post *p, struct superlink *super)
{
    p->super = super;
}

void luukkud_post_listen(struct luukkud_post *p,
                         const struct luukkud_post_output *out)
{
    p->out = *out;
}

static const struct lk_buf *post_cert(const struct luukkud_post *p,
                                      const char *agency)
{
    const struct store_config *c = p->config.config;
    for (size_t i = 0; i < c->agencies; i++)
        if (strcmp(c->agency[i].id, agency) == 0)
            return p->config.cert[i];
    return NULL;
}

int luukkud_post_letter(struct luukkud_post *p,
                        const struct formdesk_package *package)
{
    LK_AUTO(lk_buf) letter = NULL;
    char name[NAME_MAX_LEN];
    const struct lk_buf *cert = post_cert(p, package->agency);
    if (!cert || !p->super)
        return -ENOENT;
    int r = seal_letter(package->data, package->len, cert->data, cert->len,
                        &letter);
    if (r < 0)
        return r;
    LK_AUTO_FD fd = superlink_memfd(letter->data, letter->len);
    if (fd < 0)
        return fd;
    (void)snprintf(name, sizeof(name), "%s.%s", package->agency, package->code);
    const struct supermsg m = {.type = SUPERMSG_LETTER, .text = name};
    return superlink_post(p->super, &m, fd);
}

/* The first agency with an address whose mark the code has. */
static const char *post_agency(const struct luukkud_post *p, const char *code)
{
    const struct store_config *c = p->config.config;
    for (size_t i = 0; i < c->agencies; i++)
        if (p->config.cert[i] && seal_code_is_of(code, c->agency[i].id))
            return c->agency[i].id;
    return NULL;
}

int luukkud_post_ask(struct luukkud_post *p, const char *code)
{
    char name[NAME_MAX_LEN];
    const char *agency = post_agency(p, code);
    p->asked = 0;
    if (!agency || !p->super)
        return -ENOENT;
    if (++p->last_id == 0)
        p->last_id = 1;
    (void)snprintf(name, sizeof(name), "%s.%s", agency, code);
    (void)snprintf(p->code, sizeof(p->code), "%s", code);
    const struct supermsg m = {
        .type = SUPERMSG_ASK, .id = p->last_id, .text = name};
    int r = superlink_post(p->super, &m, -1);
    if (r < 0)
        return r;
    p->asked = p->last_id;
    lk_timer_set_in(p->timer, LUUKKUD_POST_ASK_US);
    return 0;
}

/* Cuts a text at its next line end. Returns what follows, or its end. */
static char *cut_line(char *text)
{
    char *end = strchr(text, '\n');
    if (!end)
        return text + strlen(text);
    *end = '\0';
    return end + 1;
}

static void post_told(struct luukkud_post *p, const struct supermsg *told)
{
    if (told->id != p->asked || !p->asked)
        return; /* too late, or of an earlier visit */
    if (!told->ok) {
        tell_nothing(p, strcmp(told->text, "unknown") == 0
                            ? SESSION_TRACK_UNKNOWN
                            : SESSION_TRACK_FAILED);
        return;
    }
    char *title = strdup(told->text);
    if (!title) {
        tell_nothing(p, SESSION_TRACK_FAILED);
        return;
    }
    char *state = cut_line(title);
    char *asks = cut_line(state);
    const struct session_matter m = {.track = SESSION_TRACK_FOUND,
                                     .code = p->code,
                                     .title = title,
                                     .state = state,
                                     .asks = asks};
    tell(p, &m);
    explicit_bzero(title, strlen(told->text));
    free(title);
}

void luukkud_post_message(struct luukkud_post *p, const struct supermsg *m,
                          int fd)
{
    const char *dot = strchr(m->text, '.');
    (void)lk_fd_close(fd); /* nothing for luukkud has one */
    if (m->type == SUPERMSG_POSTED && dot && p->out.posted)
        p->out.posted(p->out.arg, dot + 1);
    else if (m->type == SUPERMSG_TOLD)
        post_told(p, m);
}

#include "app/luukkud_post.h"

#include "base/log.h"
#include "base/text.h"
#include "seal/seal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 64 /* "<agency>.<code>", the NUL included */
#define KEY_LEN 8       /* of an answer, behind the code */
#define ANSWER_MAX 4096 /* bytes of its JSON: six for each of the text's */

struct luukkud_post {
    struct luukkud_post_config config;
    struct luukkud_post_output out;
    struct superlink *super;
    struct lk_timer *timer;
    uint32_t last_id;
    uint32_t asked; /* the question that is open; 0: none */
    char code[SEAL_CODE_MAX];
    bool found;              /* the agency knows its matter */
    char held[NAME_MAX_LEN]; /* an answer that is not on the disk yet; "" */
};

static void tell(struct luukkud_post *p, const struct session_matter *m)
{
    p->asked = 0;
    p->held[0] = '\0';
    p->found = m->track == SESSION_TRACK_FOUND;
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
    if (p->asked || p->held[0])
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

/* Encrypts to the agency, and gives to luukku-super. */
static int post_send(struct luukkud_post *p, const char *agency,
                     const char *name, const void *data, size_t len)
{
    LK_AUTO(lk_buf) letter = NULL;
    const struct lk_buf *cert = post_cert(p, agency);
    if (!cert || !p->super)
        return -ENOENT;
    int r = seal_letter(data, len, cert->data, cert->len, &letter);
    if (r < 0)
        return r;
    LK_AUTO_FD fd = superlink_memfd(letter->data, letter->len);
    if (fd < 0)
        return fd;
    const struct supermsg m = {.type = SUPERMSG_LETTER, .text = name};
    return superlink_post(p->super, &m, fd);
}

int luukkud_post_letter(struct luukkud_post *p,
                        const struct formdesk_package *package)
{
    char name[NAME_MAX_LEN];
    (void)snprintf(name, sizeof(name), "%s.%s", package->agency, package->code);
    return post_send(p, package->agency, name, package->data, package->len);
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
    p->held[0] = '\0';
    p->found = false;
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

/* Several answers can follow one another in a matter: each is a letter of its
 * own, with a name that no other has. */
static int answer_name(const char *agency, const char *code,
                       char ret[NAME_MAX_LEN])
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t chance[KEY_LEN];
    char key[KEY_LEN + 1] = "";
    lk_random_bytes(chance, sizeof(chance));
    for (size_t i = 0; i < KEY_LEN; i++)
        key[i] = digits[chance[i] % 32];
    int n = snprintf(ret, NAME_MAX_LEN, "%s.%s-%s", agency, code, key);
    return n < NAME_MAX_LEN ? 0 : -EMSGSIZE;
}

/* A character of a JSON string (RFC 8259 section 7). */
static int answer_put(struct lk_buf *b, char c)
{
    if (c == '"' || c == '\\' || (unsigned char)c < 0x20)
        return lk_buf_printf(b, "\\u%04x", (unsigned)(unsigned char)c);
    return lk_buf_append(b, &c, 1);
}

static int answer_write(struct lk_buf *b, const char *code, const char *text)
{
    int r = lk_buf_reserve(b, ANSWER_MAX); /* one place to wipe */
    if (r == 0)
        r = lk_buf_printf(b, "{\"v\":1,\"code\":\"%s\",\"answer\":\"", code);
    for (const char *c = text; r == 0 && *c; c++)
        r = answer_put(b, *c);
    return r < 0 ? r : lk_buf_append(b, "\"}", 2);
}

int luukkud_post_answer(struct luukkud_post *p, const char *text)
{
    LK_AUTO(lk_buf) json = NULL;
    char name[NAME_MAX_LEN];
    size_t len = strlen(text);
    const char *agency = p->found ? post_agency(p, p->code) : NULL;
    if (len < 1 || len >= SESSION_ARG_MAX || !lk_utf8_valid(text, len))
        return -EINVAL;
    if (p->held[0])
        return -EALREADY;
    if (!agency)
        return -ENOENT;
    int r = answer_name(agency, p->code, name);
    if (r < 0)
        return r;
    r = lk_buf_new(ANSWER_MAX, &json);
    if (r < 0)
        return r;
    r = answer_write(json, p->code, text);
    if (r == 0)
        r = post_send(p, agency, name, json->data, json->len);
    lk_buf_wipe(json);
    if (r < 0)
        return r;
    memcpy(p->held, name, sizeof(name));
    lk_timer_set_in(p->timer, LUUKKUD_POST_ASK_US);
    return 0;
}

static void post_held(struct luukkud_post *p, const struct supermsg *m)
{
    const struct session_matter answered = {.track = SESSION_TRACK_FOUND,
                                            .code = p->code,
                                            .title = "",
                                            .state = "",
                                            .asks = "",
                                            .answered = true};
    if (!p->held[0] || strcmp(p->held, m->text) != 0)
        return; /* a package, or too late */
    if (m->ok)
        tell(p, &answered);
    else
        tell_nothing(p, SESSION_TRACK_FAILED);
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
    else if (m->type == SUPERMSG_HELD)
        post_held(p, m);
}

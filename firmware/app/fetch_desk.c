#include "app/fetch_desk.h"

#include "app/fetch_login.h"
#include "app/superlink.h"
#include "base/log.h"
#include "post/http.h"
#include "post/matter.h"
#include "post/queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_MAX (STORE_CONFIG_URL_MAX + POST_NAME_MAX + 16)
#define MATTER_TEXT_MAX ((POST_MATTER_ASKS_MAX + 2) * POST_MATTER_TEXT_MAX)

/* A letter here; its place in the queue has the same name. */
struct letter {
    char name[POST_NAME_MAX]; /* "" a free place */
    int fd;
    struct fetch_desk *desk;
};

struct question {
    uint32_t id;
    bool asked; /* false: a free place */
    struct fetch_desk *desk;
};

struct fetch_desk {
    struct fetch_desk_config config;
    struct lk_loop *loop;
    struct lk_timer *timer;
    struct superlink *super;
    struct post_http *http;
    struct fetch_login *login;
    struct post_queue queue;
    struct letter letter[POST_LETTERS_MAX];
    struct question question[FETCH_ASKS_MAX];
};

static void desk_next(struct fetch_desk *d);

/* The place of an agency with an address; negative: there is none. */
static int desk_agency(const struct fetch_desk *d, const char *id)
{
    const struct store_config *c = d->config.config;
    for (size_t i = 0; i < c->agencies; i++)
        if (strcmp(c->agency[i].id, id) == 0 && d->config.ca[i])
            return (int)i;
    return -ENOENT;
}

static uint32_t chance(void)
{
    uint32_t n;
    lk_random_bytes(&n, sizeof(n));
    return n;
}

/* --- letters ------------------------------------------------------------ */

static struct letter *letter_find(struct fetch_desk *d, const char *name)
{
    for (size_t i = 0; i < POST_LETTERS_MAX; i++)
        if (strcmp(d->letter[i].name, name) == 0)
            return &d->letter[i];
    return NULL;
}

static void letter_posted(struct fetch_desk *d, struct letter *l)
{
    const struct supermsg m = {.type = SUPERMSG_POSTED, .text = l->name};
    int r = superlink_post(d->super, &m, -1);
    if (r < 0) /* it is given again at the next start, and repeated */
        LK_LOG(WARN, "fetch", "what=posted err=%s", strerrorname_np(-r));
    l->fd = lk_fd_close(l->fd);
    l->name[0] = 0;
}

static void on_sent(void *arg, const struct post_http_answer *a)
{
    struct letter *l = arg;
    struct fetch_desk *d = l->desk;
    const struct post_end end = {.name = l->name,
                                 .verdict = post_judge(a->status),
                                 .retry_after_s = a->retry_after_s,
                                 .chance = chance()};
    if (end.verdict != POST_DELIVERED)
        LK_LOG(WARN, "fetch", "letter not taken status=%ld why=\"%s\"",
               a->status, a->why);
    int r = post_queue_ended(&d->queue, &end, lk_loop_now_us(d->loop));
    if (r == 0 && end.verdict == POST_DELIVERED)
        letter_posted(d, l);
    desk_next(d);
}

static int letter_send(struct fetch_desk *d, struct letter *l)
{
    char agency[LK_NAME_MAX];
    char code[POST_NAME_MAX];
    char url[URL_MAX];
    char key[POST_NAME_MAX + 32];
    const char *header[] = {"Content-Type: application/pkcs7-mime; "
                            "smime-type=authEnveloped-data",
                            key};
    int r = post_name_split(l->name, agency, code);
    int at = r < 0 ? r : desk_agency(d, agency);
    if (at < 0)
        return at;
    (void)snprintf(url, sizeof(url), "%s/letters",
                   d->config.config->agency[at].post_url);
    (void)snprintf(key, sizeof(key), "Idempotency-Key: %s", code);
    const struct post_http_request rq = {.url = url,
                                         .ca = d->config.ca[at],
                                         .header = header,
                                         .headers = LK_ARRAY_LEN(header),
                                         .body = l->fd,
                                         .done = on_sent,
                                         .arg = l};
    return post_http_start(d->http, &rq);
}

/* Sends what is due, and waits for what is next. */
static void desk_next(struct fetch_desk *d)
{
    const struct post_letter *due;
    int64_t now_us = lk_loop_now_us(d->loop);
    while ((due = post_queue_take(&d->queue, now_us))) {
        struct letter *l = letter_find(d, due->name);
        int r = l ? letter_send(d, l) : -ENOENT;
        if (r == 0)
            continue;
        LK_LOG(ERROR, "fetch", "letter not sent err=%s", strerrorname_np(-r));
        const struct post_end end = {
            .name = due->name, .verdict = POST_REFUSED, .chance = chance()};
        if (post_queue_ended(&d->queue, &end, now_us) < 0)
            break;
    }
    int64_t next_us = post_queue_next_us(&d->queue);
    if (next_us < INT64_MAX)
        lk_timer_set(d->timer, next_us);
    else
        lk_timer_clear(d->timer);
}

static void on_timer(void *arg, int64_t now_us)
{
    (void)now_us;
    desk_next(arg);
}

static void take_letter(struct fetch_desk *d, const char *name, int fd)
{
    LK_AUTO_FD own = fd;
    struct letter *l = letter_find(d, "");
    int r =
        l ? post_queue_add(&d->queue, name, lk_loop_now_us(d->loop)) : -ENOSPC;
    if (r == -EEXIST)
        return;
    if (r < 0) {
        LK_LOG(ERROR, "fetch", "letter not taken up err=%s",
               strerrorname_np(-r));
        return;
    }
    (void)snprintf(l->name, sizeof(l->name), "%s", name);
    l->fd = lk_fd_take(&own);
    desk_next(d);
}

/* --- matters ------------------------------------------------------------ */

static void tell(struct fetch_desk *d, uint32_t id, bool ok, const char *text)
{
    const struct supermsg m = {
        .type = SUPERMSG_TOLD, .id = id, .ok = ok, .text = text};
    int r = superlink_post(d->super, &m, -1);
    if (r < 0)
        LK_LOG(WARN, "fetch", "what=told err=%s", strerrorname_np(-r));
}

/* Title, state and asks, a line each. */
static void matter_print(const struct post_matter *m, char *ret, size_t cap)
{
    size_t at = 0;
    int n = snprintf(ret, cap, "%s\n%s", m->title, m->state);
    for (size_t i = 0; n > 0 && i < m->asks; i++) {
        at += (size_t)n;
        n = snprintf(ret + at, cap - at, "\n%s", m->ask[i]);
    }
}

static void on_matter(void *arg, const struct post_http_answer *a)
{
    struct question *q = arg;
    struct fetch_desk *d = q->desk;
    struct post_matter m;
    char text[MATTER_TEXT_MAX] = "";
    bool ok = a->status == 200 && post_matter_parse(a->body, a->len, &m) == 0;
    q->asked = false;
    if (ok)
        matter_print(&m, text, sizeof(text));
    else
        LK_LOG(INFO, "fetch", "no matter status=%ld why=\"%s\"", a->status,
               a->why);
    tell(d, q->id, ok, a->status == 404 ? "unknown" : text);
    explicit_bzero(&m, sizeof(m));
    explicit_bzero(text, sizeof(text));
}

static int ask(struct fetch_desk *d, struct question *q, const char *name)
{
    char agency[LK_NAME_MAX];
    char code[POST_NAME_MAX];
    char url[URL_MAX];
    int r = post_name_split(name, agency, code);
    int at = r < 0 ? r : desk_agency(d, agency);
    if (at < 0)
        return at;
    (void)snprintf(url, sizeof(url), "%s/matters/%s",
                   d->config.config->agency[at].post_url, code);
    const struct post_http_request rq = {.url = url,
                                         .ca = d->config.ca[at],
                                         .body = -1,
                                         .done = on_matter,
                                         .arg = q};
    return post_http_start(d->http, &rq);
}

static void take_question(struct fetch_desk *d, const struct supermsg *m)
{
    struct question *q = NULL;
    for (size_t i = 0; i < FETCH_ASKS_MAX && !q; i++)
        if (!d->question[i].asked)
            q = &d->question[i];
    if (q)
        *q = (struct question){.id = m->id, .desk = d};
    int r = q ? ask(d, q, m->text) : -ENOSPC;
    if (r == 0) {
        q->asked = true;
        return;
    }
    LK_LOG(WARN, "fetch", "what=ask err=%s", strerrorname_np(-r));
    tell(d, m->id, false, "");
}

/* --- luukku-super ------------------------------------------------------- */

static void super_message(void *arg, const struct supermsg *m, int fd)
{
    struct fetch_desk *d = arg;
    LK_AUTO_FD own = fd;
    if (m->type == SUPERMSG_LETTER)
        take_letter(d, m->text, lk_fd_take(&own));
    else if (m->type == SUPERMSG_ASK)
        take_question(d, m);
}

static void super_peer(void *arg, const char *name, int fd)
{
    struct fetch_desk *d = arg;
    if (strcmp(name, "luukkud") == 0)
        fetch_login_peer(d->login, fd);
    else
        (void)lk_fd_close(fd);
}

static void super_control(void *arg, uint32_t id, size_t argc,
                          const char *const *argv)
{
    struct fetch_desk *d = arg;
    (void)argc;
    int r = superlink_fail(d->super, id, "luukku-fetch has no \"%s\"", argv[0]);
    if (r < 0)
        LK_LOG(WARN, "fetch", "what=reply err=%s", strerrorname_np(-r));
}

static void super_shutdown(void *arg)
{
    struct fetch_desk *d = arg;
    lk_loop_stop(d->loop, 0);
}

int fetch_desk_new(const struct fetch_desk_config *config,
                   struct fetch_desk **ret)
{
    LK_AUTO_FD fd = config->super_fd;
    struct fetch_desk *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->config = *config;
    for (size_t i = 0; i < POST_LETTERS_MAX; i++)
        d->letter[i] = (struct letter){.fd = -1, .desk = d};
    const struct superlink_config link = {.program = "luukku-fetch",
                                          .peer = super_peer,
                                          .control = super_control,
                                          .shutdown = super_shutdown,
                                          .post = super_message,
                                          .arg = d};
    int r = lk_loop_new(&d->loop);
    if (r == 0)
        r = lk_timer_new(d->loop, on_timer, d, &d->timer);
    if (r == 0)
        r = post_http_new(d->loop, &d->http);
    const struct fetch_login_config login = {.loop = d->loop,
                                             .http = d->http,
                                             .phone = &config->config->phone,
                                             .ca = config->phone_ca};
    if (r == 0)
        r = fetch_login_new(&login, &d->login);
    if (r == 0)
        r = superlink_new(d->loop, lk_fd_take(&fd), &link, &d->super);
    if (r < 0) {
        fetch_desk_free(d);
        return r;
    }
    *ret = d;
    return 0;
}

struct fetch_desk *fetch_desk_free(struct fetch_desk *d)
{
    if (!d)
        return NULL;
    d->login = fetch_login_free(d->login);
    d->http = post_http_free(d->http);
    d->super = superlink_free(d->super);
    d->timer = lk_timer_free(d->timer);
    for (size_t i = 0; i < POST_LETTERS_MAX; i++)
        d->letter[i].fd = lk_fd_close(d->letter[i].fd);
    d->loop = lk_loop_free(d->loop);
    free(d);
    return NULL;
}

int fetch_desk_run(struct fetch_desk *d, const char *walls)
{
    int r = superlink_ready(d->super, walls);
    return r < 0 ? r : lk_loop_run(d->loop);
}

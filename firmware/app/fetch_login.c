#include "app/fetch_login.h"

#include "base/log.h"
#include "ipc/chan.h"
#include "ipc/loginmsg.h"
#include "login/flow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(LOGIN_TOKEN_MAX == LOGINMSG_TOKEN_MAX &&
                   LOGIN_URL_MAX == LOGINMSG_URL_MAX &&
                   LOGIN_CODE_MAX == LOGINMSG_CODE_MAX &&
                   LOGIN_LASTS_MAX_S * 1000 == LOGINMSG_LASTS_MAX_MS,
               "what is taken can be told");

struct fetch_login {
    struct fetch_login_config config;
    struct lk_chan *luukkud; /* NULL: it is not there */
    struct lk_timer *timer;
    struct login_flow flow;
    uint32_t id; /* of the login that is under way; 0 none */
    char nonce[LOGINMSG_NONCE_MAX];
    uint8_t out[LOGINMSG_ENCODED_MAX];
};

static void login_go(struct fetch_login *l);

static void tell(struct fetch_login *l, const struct loginmsg *m)
{
    if (!l->luukkud)
        return;
    int n = loginmsg_encode(m, l->out, sizeof(l->out));
    int r = n < 0 ? n
                  : lk_chan_send(l->luukkud, (uint16_t)m->type, l->out,
                                 (size_t)n, NULL, 0);
    explicit_bzero(l->out, sizeof(l->out));
    if (r < 0 && r != -EPIPE)
        LK_LOG(WARN, "login", "type=%u err=%s", (unsigned)m->type,
               strerrorname_np(-r));
}

/* Nothing is under way any more, and nothing of it is left. */
static void login_drop(struct fetch_login *l)
{
    post_http_stop(l->config.http, l);
    login_flow_clear(&l->flow);
    lk_timer_clear(l->timer);
    explicit_bzero(l->nonce, sizeof(l->nonce));
    l->id = 0;
}

/* --- the service -------------------------------------------------------- */

static void on_answer(void *arg, const struct post_http_answer *a)
{
    struct fetch_login *l = arg;
    if (a->status == 0 || a->status >= 500)
        LK_LOG(WARN, "login", "no answer status=%ld why=\"%s\"", a->status,
               a->why);
    login_flow_answer(&l->flow, a->status, a->body, a->len,
                      lk_loop_now_us(l->config.loop));
    login_go(l);
}

static int ask(struct fetch_login *l, const char *url,
               const struct lk_buf *form)
{
    static const char *const header[] = {
        "Content-Type: application/x-www-form-urlencoded",
        "Accept: application/json"};
    const struct post_http_request rq = {.url = url,
                                         .ca = l->config.ca,
                                         .header = header,
                                         .headers = LK_ARRAY_LEN(header),
                                         .body = -1,
                                         .text = form,
                                         .whole_s = FETCH_LOGIN_WHOLE_S,
                                         .done = on_answer,
                                         .arg = l};
    return post_http_start(l->config.http, &rq);
}

static int ask_start(struct fetch_login *l)
{
    LK_AUTO(lk_buf) form = NULL;
    const struct store_config_phone *p = l->config.phone;
    if (!p->device_url[0] || !l->config.ca)
        return -ENOENT;
    int r = lk_buf_new(LOGIN_FORM_MAX, &form);
    if (r == 0)
        r = login_write_start(form, p->client, p->scope, l->nonce);
    return r < 0 ? r : ask(l, p->device_url, form);
}

static int ask_poll(struct fetch_login *l)
{
    LK_AUTO(lk_buf) form = NULL;
    const struct store_config_phone *p = l->config.phone;
    int r = lk_buf_new(LOGIN_FORM_MAX, &form);
    if (r == 0)
        r = login_write_poll(form, p->client, l->flow.start.device);
    return r < 0 ? r : ask(l, p->token_url, form);
}

/* --- what the flow says ------------------------------------------------- */

static void tell_code(struct fetch_login *l, int64_t now_us)
{
    struct loginmsg m = {.type = LOGINMSG_CODE, .id = l->id};
    m.lasts_ms = (uint32_t)(login_flow_lasts_us(&l->flow, now_us) / 1000);
    (void)snprintf(m.url, sizeof(m.url), "%s", l->flow.start.url);
    (void)snprintf(m.code, sizeof(m.code), "%s", l->flow.start.code);
    tell(l, &m);
    explicit_bzero(&m, sizeof(m));
}

static void tell_end(struct fetch_login *l)
{
    static const enum loginmsg_why why[] = {
        [LOGIN_END_DENIED] = LOGINMSG_DENIED,
        [LOGIN_END_EXPIRED] = LOGINMSG_EXPIRED,
        [LOGIN_END_SERVICE] = LOGINMSG_SERVICE,
    };
    struct loginmsg m = {.type = LOGINMSG_FAILED, .id = l->id};
    if (l->flow.end == LOGIN_END_TOKEN) {
        m.type = LOGINMSG_TOKEN;
        m.token = lk_buf_str(l->flow.token);
        m.token_len = l->flow.token->len;
    } else {
        m.why = why[l->flow.end];
        LK_LOG(INFO, "login", "ended why=%d", (int)m.why);
    }
    tell(l, &m);
    login_drop(l);
}

/* What cannot be asked is as good as not answered. */
static void asked(struct fetch_login *l, int r, int64_t now_us)
{
    if (r == 0)
        return;
    LK_LOG(ERROR, "login", "not asked err=%s", strerrorname_np(-r));
    login_flow_answer(&l->flow, 0, "", 0, now_us);
}

static void login_go(struct fetch_login *l)
{
    int64_t now_us = lk_loop_now_us(l->config.loop);
    enum login_do what;
    while ((what = login_flow_next(&l->flow, now_us)) != LOGIN_DO_NOTHING) {
        if (what == LOGIN_DO_START) {
            asked(l, ask_start(l), now_us);
        } else if (what == LOGIN_DO_POLL) {
            asked(l, ask_poll(l), now_us);
        } else if (what == LOGIN_DO_SHOW) {
            tell_code(l, now_us);
        } else {
            tell_end(l);
            return;
        }
    }
    int64_t next_us = login_flow_wait_us(&l->flow);
    if (next_us < INT64_MAX)
        lk_timer_set(l->timer, next_us);
    else
        lk_timer_clear(l->timer);
}

static void on_timer(void *arg, int64_t now_us)
{
    (void)now_us;
    login_go(arg);
}

/* --- luukkud ------------------------------------------------------------ */

static void drop_luukkud(struct fetch_login *l)
{
    struct lk_chan *old = LK_TAKE(l->luukkud);
    login_drop(l);
    if (old && lk_chan_free_later(old) < 0)
        LK_LOG(ERROR, "login", "a channel is not freed");
}

static void begin(struct fetch_login *l, const struct loginmsg *m)
{
    login_drop(l);
    l->id = m->id;
    memcpy(l->nonce, m->nonce, sizeof(l->nonce));
    login_flow_begin(&l->flow);
    login_go(l);
}

static void luukkud_receive(void *arg, struct lk_chan_msg *msg)
{
    struct fetch_login *l = arg;
    struct loginmsg m;
    int r = loginmsg_decode(msg->type, msg->payload, msg->len, &m);
    if (r < 0 || m.type >= LOGINMSG_CODE || lk_chan_fds(msg) > 0) {
        LK_LOG(ERROR, "login", "luukkud sent what is no order");
        drop_luukkud(l);
    } else if (m.type == LOGINMSG_BEGIN) {
        begin(l, &m);
    } else if (m.id == l->id) {
        login_drop(l);
    }
}

static void luukkud_closed(void *arg, int error)
{
    struct fetch_login *l = arg;
    LK_LOG(DEBUG, "login", "luukkud gone err=%s", strerrorname_np(-error));
    drop_luukkud(l);
}

void fetch_login_peer(struct fetch_login *l, int fd)
{
    const struct lk_chan_config config = {.receive = luukkud_receive,
                                          .closed = luukkud_closed,
                                          .arg = l,
                                          .wipe = true};
    drop_luukkud(l);
    int r = lk_chan_new(l->config.loop, fd, &config, &l->luukkud);
    if (r < 0)
        LK_LOG(ERROR, "login", "no channel err=%s", strerrorname_np(-r));
}

/* --- life --------------------------------------------------------------- */

int fetch_login_new(const struct fetch_login_config *config,
                    struct fetch_login **ret)
{
    struct fetch_login *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    l->config = *config;
    int r = lk_timer_new(config->loop, on_timer, l, &l->timer);
    if (r < 0) {
        free(l);
        return r;
    }
    *ret = l;
    return 0;
}

struct fetch_login *fetch_login_free(struct fetch_login *l)
{
    if (l) {
        post_http_stop(l->config.http, l);
        login_flow_clear(&l->flow);
        l->luukkud = lk_chan_free(l->luukkud);
        l->timer = lk_timer_free(l->timer);
        explicit_bzero(l, sizeof(*l));
        free(l);
    }
    return NULL;
}

#include "app/super_own.h"

#include "app/super_answer.h"
#include "app/super_machine.h"
#include "app/super_provision.h"
#include "app/super_query.h"
#include "app/super_reset.h"
#include "app/super_settings.h"
#include "app/super_time.h"
#include "base/clock.h"
#include "base/log.h"

#include <string.h>

typedef json_t *own_fn(const struct super_own *o,
                       const struct control_request *req, const char **ret_why);

static const char *const *words_of(const struct control_request *req)
{
    return (const char *const *)(const void *)req->arg;
}

json_t *super_own_status(const struct super_own *o)
{
    char at[SUPER_TIME_MAX];
    json_t *status = super_answer_status(o->config, o->super,
                                         o->now_us - o->since_us, o->now_us);
    super_time_text(lk_clock_wall_us(), at);
    json_t *more =
        json_pack("{s:s,s:s,s:s?}", "site", o->config->store->site, "at", at,
                  "session", super_news_session_name(o->config->news));
    int r = status && more ? json_object_update(status, more) : -1;
    json_decref(more);
    if (r == 0)
        return status;
    json_decref(status);
    return NULL;
}

static json_t *own_programs(const struct super_own *o,
                            const struct control_request *req,
                            const char **ret_why)
{
    (void)req;
    (void)ret_why;
    return super_answer_programs(o->super, o->now_us);
}

static json_t *own_version(const struct super_own *o,
                           const struct control_request *req,
                           const char **ret_why)
{
    (void)req;
    (void)ret_why;
    return super_machine_version(o->config->version);
}

static json_t *own_hardware(const struct super_own *o,
                            const struct control_request *req,
                            const char **ret_why)
{
    (void)req;
    (void)ret_why;
    return super_machine_hardware(&super_machine_here, o->config->floor_s);
}

static json_t *host_answer(const struct store_config_host *h)
{
    return json_pack("{s:s,s:i}", "host", h->host, "port", (int)h->port);
}

static json_t *own_network(const struct super_own *o,
                           const struct control_request *req,
                           const char **ret_why)
{
    const struct store_config *c = o->config->store;
    json_t *stun = json_array();
    json_t *turn = json_array();
    (void)req;
    (void)ret_why;
    for (size_t i = 0; i < c->stuns; i++)
        (void)json_array_append_new(stun, host_answer(&c->stun[i]));
    for (size_t i = 0; i < c->turns; i++)
        (void)json_array_append_new(
            turn, json_pack("{s:s,s:i,s:s}", "host", c->turn[i].at.host, "port",
                            (int)c->turn[i].at.port, "transport",
                            c->turn[i].tcp ? "tcp" : "udp"));
    json_t *all = super_machine_network(&super_machine_here);
    json_t *more = json_pack("{s:{s:s,s:i,s:s?},s:o,s:o}", "broker", "host",
                             c->broker.host, "port", (int)c->broker.port,
                             "link", super_news_link_name(o->config->news),
                             "stun", stun, "turn", turn);
    int r = all && more ? json_object_update(all, more) : -1;
    json_decref(more);
    if (r == 0)
        return all;
    json_decref(all);
    return NULL;
}

static json_t *own_calls(const struct super_own *o,
                         const struct control_request *req,
                         const char **ret_why)
{
    (void)req;
    (void)ret_why;
    return super_news_answer(o->config->news);
}

static json_t *own_log(const struct super_own *o,
                       const struct control_request *req, const char **ret_why)
{
    struct super_query q;
    if (super_query_parse(words_of(req) + 1, req->args - 1, &q) < 0) {
        *ret_why = "usage: log [since=N] [program=NAME] "
                   "[level=error|warn|info] [match=TEXT] [lines=1..200]";
        return NULL;
    }
    return super_query_answer(&q, o->config->log);
}

static json_t *own_again(const struct super_own *o,
                         const struct control_request *req,
                         const char **ret_why)
{
    if (req->args == 3 && super_devices_again(o->devices, req->arg[2]))
        return json_null();
    *ret_why = "usage: device again scanner|reader";
    return NULL;
}

/* What goes into the log must not look like something else. */
static bool is_plain(const char *s, size_t most)
{
    size_t len = strlen(s);
    for (size_t i = 0; i < len; i++)
        if (s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\')
            return false;
    return len > 0 && len <= most;
}

#define AUDIT_WHO_MAX 32
#define AUDIT_TEXT_MAX 200

static json_t *own_audit(const struct super_own *o,
                         const struct control_request *req,
                         const char **ret_why)
{
    char line[AUDIT_WHO_MAX + AUDIT_TEXT_MAX + 64];
    if (req->args != 3 || !is_plain(req->arg[1], AUDIT_WHO_MAX) ||
        strchr(req->arg[1], ' ') || !is_plain(req->arg[2], AUDIT_TEXT_MAX)) {
        *ret_why = "usage: audit WHO TEXT, of printable ASCII without quotes, "
                   "at most 32 and 200 characters";
        return NULL;
    }
    int n =
        snprintf(line, sizeof(line), "info console audit who=%s what=\"%s\"",
                 req->arg[1], req->arg[2]);
    super_log_add(o->config->log, "console", lk_clock_wall_us(), line,
                  (size_t)n);
    return json_null();
}

/* "restart" or "reboot", with "now" also while somebody is there. */
static json_t *own_end(const struct super_own *o,
                       const struct control_request *req, const char **ret_why)
{
    const struct super_desk_config *c = o->config;
    bool reboot = strcmp(req->arg[0], "reboot") == 0;
    bool now = req->args == 2 && strcmp(req->arg[1], "now") == 0;
    bool somebody = super_news_somebody(c->news);
    if (req->args > 1 && !now)
        *ret_why = "usage: restart|reboot [now]";
    else if (reboot && !c->may_reboot)
        *ret_why = "this kiosk may not reboot its machine (--may-reboot): use "
                   "restart";
    else if (somebody && !now)
        *ret_why = "a visit is going on: wait for its end, or say now";
    else {
        LK_LOG(WARN, "super", "asked=%s", req->arg[0]);
        c->end(c->arg, reboot ? SUPER_DESK_REBOOT : SUPER_DESK_RESTART);
        return json_null();
    }
    return NULL;
}

static json_t *own_provision(const struct super_own *o,
                             const struct control_request *req,
                             const char **ret_why)
{
    const struct super_desk_config *c = o->config;
    bool restart = false;
    if (!c->provision) {
        *ret_why = "this kiosk has its configuration from a file (--config): "
                   "its certificates are changed there";
        return NULL;
    }
    json_t *v = super_provision_answer(
        c->provision, req, super_news_somebody(c->news), &restart, ret_why);
    if (v && restart)
        c->end(c->arg, SUPER_DESK_RESTART);
    return v;
}

static const struct own {
    const char *word[2]; /* the second may be NULL: any */
    size_t most;         /* words */
    own_fn *fn;
} owns[] = {
    {{"programs", NULL}, 1, own_programs},
    {{"version", NULL}, 1, own_version},
    {{"hardware", NULL}, 1, own_hardware},
    {{"network", NULL}, 1, own_network},
    {{"calls", NULL}, 1, own_calls},
    {{"log", NULL}, CONTROL_ARGS_MAX, own_log},
    {{"device", "again"}, CONTROL_ARGS_MAX, own_again},
    {{"audit", NULL}, CONTROL_ARGS_MAX, own_audit},
    {{"provision", NULL}, 4, own_provision},
    {{"settings", NULL}, 1, super_settings_show},
    {{"set", NULL}, 3, super_settings_set},
    {{"unset", NULL}, 2, super_settings_set},
    {{"factory-reset", NULL}, 3, super_reset_answer},
    {{"restart", NULL}, 2, own_end},
    {{"reboot", NULL}, 2, own_end},
};

static const struct own *find(const struct control_request *req)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(owns); i++) {
        const struct own *w = &owns[i];
        if (strcmp(w->word[0], req->arg[0]) == 0 &&
            (!w->word[1] ||
             (req->args > 1 && strcmp(w->word[1], req->arg[1]) == 0)))
            return w;
    }
    return NULL;
}

bool super_own_has(const struct control_request *req)
{
    return find(req) != NULL;
}

json_t *super_own_answer(const struct super_own *o,
                         const struct control_request *req,
                         const char **ret_why)
{
    const struct own *w = find(req);
    if (req->args > w->most) {
        *ret_why = "that command takes no further words";
        return NULL;
    }
    *ret_why = "super has no memory left";
    return w->fn(o, req, ret_why);
}

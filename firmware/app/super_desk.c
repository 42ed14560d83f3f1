#include "app/super_desk.h"

#include "app/super_answer.h"
#include "app/super_desk_impl.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum route {
    TO_EMULATOR,
    TO_LUUKKUD,
    TO_RTC,
    TO_ALL,
};

static const struct command {
    const char *word[2]; /* the second may be NULL: any */
    enum route route;
    enum answer answer;
    bool ui_control; /* only where it is allowed */
    int patience_s;  /* it may take so long; 0: as any answer */
} commands[] = {
    {{"status", NULL}, TO_ALL, ANSWER_STATUS, false, 0},
    {{"devices", NULL}, TO_ALL, ANSWER_LIST, false, 0},
    {{"selftest", NULL}, TO_ALL, ANSWER_SELFTEST, false, 0},
    {{"call", "stats"}, TO_RTC, ANSWER_AS_IT_IS, false, 0},
    {{"call", "loopback"}, TO_LUUKKUD, ANSWER_AS_IT_IS, false, 60},
    {{"camera", "picture"}, TO_LUUKKUD, ANSWER_AS_IT_IS, false, 30},
    {{"stop", NULL}, TO_LUUKKUD, ANSWER_AS_IT_IS, false, 0},
    {{"ui", NULL}, TO_LUUKKUD, ANSWER_AS_IT_IS, true, 0},
    {{"emu", "camera"}, TO_RTC, ANSWER_AS_IT_IS, true, 0},
    {{"emu", "headset"}, TO_RTC, ANSWER_AS_IT_IS, true, 0},
    {{"emu", NULL}, TO_EMULATOR, ANSWER_AS_IT_IS, true, 0},
};

/* Sends a reply; a client that has gone does not get it, and that is all. */
static void desk_send(struct super_desk *d, uint64_t client,
                      const struct control_reply *reply, int fd)
{
    int r = control_server_reply(d->server, client, reply, fd);
    if (r < 0 && r != -ENOENT)
        LK_LOG(WARN, "super", "control reply lost err=%s", strerrorname_np(-r));
}

void super_desk_fail(struct super_desk *d, uint64_t client, uint32_t id,
                     const char *why)
{
    struct control_reply reply = {.id = id, .error = (char *)(uintptr_t)why};
    desk_send(d, client, &reply, -1);
}

/* Answers with a value, which is consumed. */
static void desk_answer(struct super_desk *d, uint64_t client, uint32_t id,
                        json_t *v)
{
    struct control_reply reply = {.id = id, .ok = true};
    if (v)
        reply.result = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(v);
    if (!reply.result)
        super_desk_fail(d, client, id, "super has no memory left");
    else if (strlen(reply.result) > CONTROL_RESULT_MAX)
        super_desk_fail(d, client, id, "the answer is too long");
    else
        desk_send(d, client, &reply, -1);
    free(reply.result);
}

static void pending_close(struct pending *p)
{
    json_decref(p->result);
    *p = (struct pending){.id = 0};
}

void super_desk_refuse(struct super_desk *d, struct pending *p, const char *why)
{
    super_desk_fail(d, p->client, p->client_id, why);
    pending_close(p);
}

/* Everybody has answered, or will not. */
void super_desk_finish(struct super_desk *d, struct pending *p)
{
    if (p->waiting)
        return;
    desk_answer(d, p->client, p->client_id, super_desk_verdict(d, p));
    pending_close(p);
}

static const char *name_of(const struct super_desk *d, size_t program)
{
    struct super_info info;
    super_info(d->super, program, &info);
    return info.name;
}

/* One program's part does not come: said beside the others'. */
static void part_missing(struct super_desk *d, struct pending *p,
                         size_t program, const char *why)
{
    const char *name = name_of(d, program);
    p->waiting &= ~(1U << program);
    if (p->answer == ANSWER_STATUS)
        (void)json_object_set_new(json_object_get(p->result, "errors"), name,
                                  json_string(why));
    else if (p->answer == ANSWER_TEST)
        ; /* its tests say that nobody answered */
    else if (p->answer == ANSWER_SELFTEST)
        (void)json_array_append_new(
            p->result, super_answer_check(name, "answers", "FAIL", why));
    else
        (void)json_array_append_new(p->result,
                                    json_pack("{s:s,s:s,s:s}", "device", name,
                                              "state", "unknown", "name", why));
    super_desk_finish(d, p);
}

/* Super's own words of a device and its program's become one. */
static int device_merge(json_t *list, json_t *device)
{
    const char *name = json_string_value(json_object_get(device, "device"));
    size_t i = 0;
    json_t *known = NULL;
    json_array_foreach(list, i, known)
    {
        const char *same = json_string_value(json_object_get(known, "device"));
        bool own = json_object_get(known, "why") != NULL; /* super's */
        if (own && name && same && strcmp(name, same) == 0)
            return json_object_update_missing(known, device);
    }
    return json_array_append(list, device);
}

/* Puts one program's part to the others. Negative: not of the right shape. */
static int part_merge(struct pending *p, json_t *part)
{
    size_t i = 0;
    json_t *one = NULL;
    int r = 0;
    if (p->answer == ANSWER_STATUS)
        return json_object_update_missing(p->result, part);
    if (!json_is_array(part))
        return -EBADMSG;
    if (p->answer == ANSWER_TEST)
        return json_array_extend(json_object_get(p->result, "said"), part);
    if (p->answer == ANSWER_SELFTEST)
        return json_array_extend(p->result, part);
    json_array_foreach(part, i, one) r |= device_merge(p->result, one);
    return r;
}

static void part_came(struct super_desk *d, struct pending *p, size_t program,
                      const struct supermsg *m)
{
    json_error_t e;
    if (!m->ok || m->carries != SUPERMSG_NOTHING) {
        part_missing(d, p, program, m->ok ? "its answer is too long" : m->text);
        return;
    }
    json_t *part = json_loads(m->text, JSON_REJECT_DUPLICATES, &e);
    int r = part ? part_merge(p, part) : -EBADMSG;
    json_decref(part);
    if (r < 0) {
        part_missing(d, p, program, "its answer is malformed");
        return;
    }
    p->waiting &= ~(1U << program);
    super_desk_finish(d, p);
}

void super_desk_reply(void *arg, size_t program, const struct supermsg *m,
                      int fd)
{
    struct super_desk *d = arg;
    LK_AUTO_FD own = fd;
    struct pending *p = NULL;
    if (program == SUPER_LUUKKUD && super_desk_devices_came(d, m))
        return;
    for (size_t i = 0; i < SUPER_DESK_PENDING_MAX && !p; i++)
        if (d->pending[i].id == m->id && m->id != 0 &&
            d->pending[i].waiting & 1U << program)
            p = &d->pending[i];
    if (!p)
        return; /* too late: the client has had its answer */
    if (p->answer != ANSWER_AS_IT_IS) {
        part_came(d, p, program, m);
        return;
    }
    bool nothing = m->text[0] == 0;
    char *text = (char *)(uintptr_t)m->text;
    struct control_reply reply = {
        .id = p->client_id,
        .ok = m->ok,
        .carries = (enum control_carries)m->carries,
        .result = m->ok && !nothing ? text : NULL,
        .error = m->ok ? NULL : text,
    };
    desk_send(d, p->client, &reply, own);
    pending_close(p);
}

/* What is said of a program that does not answer. */
static void program_trouble(struct super_desk *d, struct pending *p,
                            size_t program, const char *what)
{
    char why[128];
    (void)snprintf(why, sizeof(why), "%s %s", name_of(d, program), what);
    if (p->answer == ANSWER_AS_IT_IS)
        super_desk_refuse(d, p, why);
    else
        part_missing(d, p, program, what);
}

void super_desk_gone(void *arg, size_t program)
{
    struct super_desk *d = arg;
    for (size_t i = 0; i < SUPER_DESK_PENDING_MAX; i++) {
        struct pending *p = &d->pending[i];
        if (program == SUPER_LUUKKUD && p->waiting & SUPER_DESK_DEVICES)
            super_desk_devices_missing(
                d, p, "luukkud ended while devices were looked at");
        if (p->waiting & 1U << program)
            program_trouble(d, p, program, "ended before it answered");
    }
}

static void on_timer(void *arg, int64_t now_us)
{
    struct super_desk *d = arg;
    int64_t next_us = INT64_MAX;
    for (size_t i = 0; i < SUPER_DESK_PENDING_MAX; i++) {
        struct pending *p = &d->pending[i];
        if (p->id != 0 && p->until_us > now_us)
            next_us = LK_MIN(next_us, p->until_us);
        if (p->waiting & SUPER_DESK_DEVICES && p->devices_until_us > now_us)
            next_us = LK_MIN(next_us, p->devices_until_us);
        else if (p->waiting & SUPER_DESK_DEVICES)
            super_desk_devices_missing(d, p,
                                       "luukkud does not say what was seen");
        for (size_t j = 0; j < SUPER_PROGRAMS_MAX; j++)
            if (p->id != 0 && p->until_us <= now_us && p->waiting & 1U << j)
                program_trouble(d, p, j, "does not answer");
    }
    if (next_us != INT64_MAX)
        lk_timer_set(d->timer, next_us);
}

static const struct command *find_command(const struct control_request *req)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(commands); i++) {
        const struct command *c = &commands[i];
        if (strcmp(c->word[0], req->arg[0]) != 0)
            continue;
        if (!c->word[1] ||
            (req->args > 1 && strcmp(c->word[1], req->arg[1]) == 0))
            return c;
    }
    return NULL;
}

struct super_own super_desk_own(const struct super_desk *d)
{
    return (struct super_own){.config = &d->config,
                              .super = d->super,
                              .devices = d->devices,
                              .since_us = d->since_us,
                              .now_us = lk_loop_now_us(d->loop)};
}

uint32_t super_desk_id(struct super_desk *d)
{
    if (++d->last_id == 0)
        d->last_id = 1;
    return d->last_id;
}

void super_desk_wake(struct super_desk *d)
{
    on_timer(d, lk_loop_now_us(d->loop));
}

struct pending *super_desk_open(struct super_desk *d, uint64_t client,
                                const struct control_request *req,
                                enum answer answer)
{
    struct pending *p = NULL;
    for (size_t i = 0; i < SUPER_DESK_PENDING_MAX && !p; i++)
        if (d->pending[i].id == 0)
            p = &d->pending[i];
    if (!p) {
        super_desk_fail(d, client, req->id, "too many commands at once");
        return NULL;
    }
    int64_t now_us = lk_loop_now_us(d->loop);
    const struct super_own own = super_desk_own(d);
    *p = (struct pending){.id = super_desk_id(d),
                          .client = client,
                          .client_id = req->id,
                          .answer = answer,
                          .until_us = now_us + d->config.answer_us};
    if (answer == ANSWER_STATUS)
        p->result = super_own_status(&own);
    else if (answer == ANSWER_SELFTEST)
        p->result = super_answer_selftest(d->super, d->devices);
    else if (answer == ANSWER_LIST)
        p->result = super_devices_answer(d->devices);
    else if (answer == ANSWER_TEST)
        p->result = json_pack("{s:[],s:[],s:[],s:[],s:s}", "said", "certs",
                              "net", "looked", "unlooked", "");
    else if (answer == ANSWER_FOUND)
        p->result = json_array();
    else
        p->result = json_null();
    if (!p->result) {
        super_desk_refuse(d, p, "super has no memory left");
        return NULL;
    }
    on_timer(d, now_us);
    return p;
}

/* Asks the programs of `mask`. */
void super_desk_ask(struct super_desk *d, struct pending *p, unsigned mask,
                    const struct control_request *req)
{
    uint32_t id = p->id;
    /* All are waited for before one is asked: an answer, or its lack, may close
     * the request at once. */
    p->waiting = mask;
    for (size_t i = 0; i < SUPER_PROGRAMS_MAX; i++) {
        if (!(mask & 1U << i) || p->id != id)
            continue;
        int r = super_command(d->super, i, id,
                              (const char *const *)(const void *)req->arg,
                              req->args);
        if (r == -ENOTCONN)
            program_trouble(d, p, i, "is not running just now");
        else if (r < 0)
            program_trouble(d, p, i, "cannot be asked just now");
    }
}

static void desk_own(struct super_desk *d, uint64_t client,
                     const struct control_request *req)
{
    const struct super_own own = super_desk_own(d);
    const char *why = NULL;
    json_t *v = super_own_answer(&own, req, &why);
    if (v)
        desk_answer(d, client, req->id, v);
    else
        super_desk_fail(d, client, req->id, why);
}

struct pending *super_desk_pending(struct super_desk *d, uint32_t id)
{
    for (size_t i = 0; i < SUPER_DESK_PENDING_MAX; i++)
        if (id != 0 && d->pending[i].id == id)
            return &d->pending[i];
    return NULL;
}

static void emulator_said(void *arg, uint64_t tag, bool ok, const char *text)
{
    struct super_desk *d = arg;
    struct pending *p = super_desk_pending(d, (uint32_t)tag);
    if (!p)
        return;
    if (ok)
        desk_answer(d, p->client, p->client_id,
                    *text ? json_string(text) : json_null());
    else
        super_desk_fail(d, p->client, p->client_id, text);
    pending_close(p);
}

static const char *emulator_of(const struct super_desk *d, const char *role)
{
    const struct store_config_device *c =
        role ? super_devices_config(d->devices, role) : NULL;
    return c && c->emulator[0] ? c->emulator : NULL;
}

static void desk_emulator(struct super_desk *d, struct pending *p,
                          const struct control_request *req)
{
    struct super_emu_words w;
    const char *const *argv = (const char *const *)(const void *)req->arg;
    struct super_emu_done done = {.fn = emulator_said, .arg = d, .tag = p->id};
    if (super_emu_parse(argv, req->args, &w) < 0) {
        super_desk_refuse(
            d, p, "usage: emu scanner|reader|card|pages|fault WORD ...");
        return;
    }
    const char *first = emulator_of(d, w.role);
    const char *then = emulator_of(d, w.then);
    if (!first) {
        first = then;
        then = NULL;
    }
    if (!first) {
        super_desk_refuse(d, p, "that device is not emulated here");
        return;
    }
    if (w.plug)
        (void)super_devices_again(d->devices, w.role);
    if (super_emu_ask(d->emu, first, then, w.line, done) < 0)
        super_desk_refuse(d, p, "the emulator cannot be reached");
}

/* The programs that a command goes to, as bits. */
static unsigned command_mask(const struct super_desk *d,
                             const struct command *c)
{
    unsigned mask = 0;
    if (c->route == TO_RTC)
        return 1U << SUPER_RTC;
    if (c->route == TO_LUUKKUD)
        return 1U << SUPER_LUUKKUD;
    if (c->answer == ANSWER_STATUS) /* of the session and its calls */
        return 1U << SUPER_LUUKKUD | 1U << SUPER_RTC;
    for (size_t i = 0; i < super_programs(d->super); i++)
        if (super_has(d->super, i) && i != SUPER_FETCH)
            mask |= 1U << i;
    return mask;
}

/* What may be seen from afar is the site's to say. */
static bool may_ask(const struct super_desk *d,
                    const struct control_request *req)
{
    return !req->far || strcmp(req->arg[0], "camera") != 0 ||
           d->config.store->help.pictures;
}

void super_desk_request(void *arg, uint64_t client,
                        const struct control_request *req)
{
    struct super_desk *d = arg;
    if (super_own_has(req)) {
        desk_own(d, client, req);
        return;
    }
    if (super_desk_looks(req)) {
        super_desk_look(d, client, req);
        return;
    }
    if (!may_ask(d, req)) {
        super_desk_fail(d, client, req->id,
                        "the site does not let technicians from afar see the "
                        "camera's picture: somebody must be at the kiosk");
        return;
    }
    const struct command *c = find_command(req);
    if (!c) {
        super_desk_fail(d, client, req->id, "there is no such command");
        return;
    }
    if (c->ui_control && !d->config.allow_ui_control) {
        super_desk_fail(d, client, req->id,
                        "this kiosk was started without --allow-ui-control");
        return;
    }
    if (strcmp(c->word[0], "stop") == 0)
        super_desk_stop(d);
    struct pending *p = super_desk_open(d, client, req, c->answer);
    if (!p)
        return;
    const int64_t patience_us = c->patience_s * INT64_C(1000000);
    p->until_us =
        lk_loop_now_us(d->loop) + LK_MAX(patience_us, d->config.answer_us);
    if (c->route == TO_EMULATOR)
        desk_emulator(d, p, req);
    else
        super_desk_ask(d, p, command_mask(d, c), req);
}

static int make_probe(struct super_desk *d)
{
    const struct super_probe_config config = {.loop = d->loop,
                                              .path = d->config.probe,
                                              .files = d->config.files,
                                              .log = d->config.log};
    return super_probe_new(&config, &d->probe);
}

int super_desk_new(struct lk_loop *l, const struct super_desk_config *config,
                   struct super_desk **ret)
{
    LK_AUTO(super_desk) d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->loop = l;
    d->config = *config;
    d->since_us = lk_loop_now_us(l);
    int r = lk_timer_new(l, on_timer, d, &d->timer);
    if (r == 0)
        r = super_emu_new(l, &d->emu);
    if (r == 0 && config->probe)
        r = make_probe(d);
    if (r == 0)
        *ret = LK_TAKE(d);
    return r;
}

struct super_desk *super_desk_free(struct super_desk *d)
{
    if (d) {
        for (size_t i = 0; i < SUPER_DESK_PENDING_MAX; i++)
            pending_close(&d->pending[i]);
        d->probe = super_probe_free(d->probe);
        d->emu = super_emu_free(d->emu);
        d->timer = lk_timer_free(d->timer);
        free(d);
    }
    return NULL;
}

void super_desk_attach(struct super_desk *d, struct super *s,
                       struct super_devices *devices,
                       struct control_server *server)
{
    d->super = s;
    d->devices = devices;
    d->server = server;
}

#include "app/super.h"

#include "app/super_impl.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct super_timing super_timing_usual = {
    .ping_us = 300000,
    .pings_missed = 4,
#ifdef LUUKKU_SANITIZED
    .start_us = 60000000,
#else
    .start_us = 30000000,
#endif
    .stop_us = 2000000,
    .backoff_us = 100000,
    .backoff_most_us = 30000000,
    .healthy_us = 60000000,
    .answer_us = 5000000,
};

const struct super_timing super_timing_slow = {
    .ping_us = 3000000,
    .pings_missed = 10,
    .start_us = 600000000,
    .stop_us = 20000000,
    .backoff_us = 100000,
    .backoff_most_us = 30000000,
    .healthy_us = 60000000,
    .answer_us = 50000000,
};

/* A channel between two that are linked: the ends of a fresh pair, in place of
 * any earlier one. */
static void link_up(struct super_child *c, struct super_child *other)
{
    int pair[2];
    if (!super_child_lives(other) || other->state == SUPER_STOPPING)
        return; /* its own start brings one */
    int r = lk_chan_pair(pair);
    if (r < 0) {
        super_child_kill(c, "there is no channel to its sibling");
        return;
    }
    struct supermsg m = {.type = SUPERMSG_PEER, .text = other->program->name};
    if (super_child_send(c, &m, pair[0]) < 0)
        super_child_kill(c, "does not take a channel");
    m.text = c->program->name;
    if (super_child_send(other, &m, pair[1]) < 0)
        super_child_kill(other, "does not take a channel");
    (void)lk_fd_close(pair[0]);
    (void)lk_fd_close(pair[1]);
}

void super_on_started(struct super *s, struct super_child *c)
{
    for (size_t i = 0; i < s->config.links; i++) {
        const struct super_link *l = &s->config.link[i];
        if (l->a == c->index)
            link_up(c, &s->child[l->b]);
        else if (l->b == c->index)
            link_up(c, &s->child[l->a]);
    }
}

static bool all_ended(const struct super *s)
{
    for (size_t i = 0; i < s->config.programs; i++)
        if (s->child[i].state != SUPER_ENDED)
            return false;
    return true;
}

/* Ends a program in order and starts it anew at once. */
static void child_renew(struct super_child *c)
{
    c->renewing = super_child_lives(c);
    super_child_stop(c, false);
}

/* The session dies with the program that holds it, and what others know of it
 * with them. */
static void wipe_others(struct super *s, const struct super_child *c)
{
    LK_LOG(INFO, "super", "session lost, programs are %s",
           s->config.keep_programs ? "kept" : "started anew");
    for (size_t i = 0; i < s->config.programs && !s->config.keep_programs; i++)
        if (i != c->index && super_child_lives(&s->child[i]))
            child_renew(&s->child[i]);
}

void super_on_ended(struct super *s, struct super_child *c, bool broke)
{
    s->config.gone(s->config.arg, c->index, broke && !s->stopping);
    if (s->stopping && all_ended(s))
        s->config.stopped(s->config.arg);
    else if (!s->stopping && broke && c->index == SUPER_SESSION)
        wipe_others(s, c);
}

void super_on_ready(struct super *s, struct super_child *c)
{
    if (s->config.ready)
        s->config.ready(s->config.arg, c->index);
}

static void on_post(struct super *s, struct super_child *c,
                    const struct supermsg *m, struct lk_chan_msg *raw)
{
    bool may = s->config.post && s->config.post(s->config.arg, c->index, m,
                                                lk_chan_take_fd(raw, 0));
    if (!may)
        super_child_kill(c, "sent what it must not");
}

void super_on_message(struct super *s, struct super_child *c,
                      const struct supermsg *m, struct lk_chan_msg *raw)
{
    if (m->type == SUPERMSG_CONTROL_REPLY) {
        s->config.reply(s->config.arg, c->index, m, lk_chan_take_fd(raw, 0));
        return;
    }
    if (m->type >= SUPERMSG_LETTER) {
        on_post(s, c, m, raw);
        return;
    }
    if (m->type == SUPERMSG_DEVICE_STATE) {
        if (!s->config.device || !s->config.device(s->config.arg, c->index, m))
            super_child_kill(c, "sent what it must not");
        return;
    }
    if (m->type == SUPERMSG_NEWS) {
        if (!s->config.news || !s->config.news(s->config.arg, c->index, m))
            super_child_kill(c, "sent what it must not");
        return;
    }
    LK_LOG(INFO, "super", "session ended, programs are %s",
           s->config.keep_programs ? "kept" : "started anew");
    if (!s->config.keep_programs) {
        super_renew(s);
        return;
    }
    struct supermsg kept = {.type = SUPERMSG_KEPT};
    (void)super_child_send(c, &kept, -1); /* its end is seen elsewhere */
}

int super_new(struct lk_loop *l, const struct super_config *config,
              struct super **ret)
{
    if (config->programs < 1 || config->programs > SUPER_PROGRAMS_MAX ||
        config->links > SUPER_LINKS_MAX)
        return -EINVAL;
    for (size_t i = 0; i < config->links; i++)
        if (config->link[i].a >= config->programs ||
            config->link[i].b >= config->programs)
            return -EINVAL;
    LK_AUTO(super) s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->loop = l;
    s->config = *config;
    int r = 0;
    for (size_t i = 0; i < config->programs && r == 0; i++)
        r = super_child_init(&s->child[i], s, i);
    if (r == 0)
        *ret = LK_TAKE(s);
    return r;
}

struct super *super_free(struct super *s)
{
    for (size_t i = 0; s && i < s->config.programs; i++)
        if (s->child[i].super)
            super_child_finish(&s->child[i]);
    free(s);
    return NULL;
}

void super_start(struct super *s)
{
    for (size_t i = 0; i < s->config.programs; i++)
        if (super_has(s, i))
            super_child_start(&s->child[i]);
}

void super_stop(struct super *s)
{
    bool again = s->stopping;
    s->stopping = true;
    for (size_t i = 0; i < s->config.programs; i++)
        super_child_stop(&s->child[i], again);
    if (!again && all_ended(s))
        s->config.stopped(s->config.arg);
}

void super_renew(struct super *s)
{
    if (s->stopping)
        return;
    for (size_t i = 0; i < s->config.programs; i++)
        if (super_has(s, i))
            child_renew(&s->child[i]);
}

int super_command(struct super *s, size_t program, uint32_t id,
                  const char *const *argv, size_t argc)
{
    struct super_child *c = &s->child[program];
    struct supermsg m = {.type = SUPERMSG_CONTROL, .id = id, .args = argc};
    if (c->state != SUPER_RUNNING)
        return -ENOTCONN;
    if (argc > SUPERMSG_ARGS_MAX)
        return -EINVAL;
    memcpy(m.arg, argv, argc * sizeof(*argv));
    return super_child_send(c, &m, -1);
}

int super_post(struct super *s, size_t program, const struct supermsg *m,
               int fd)
{
    if (program >= s->config.programs ||
        s->child[program].state != SUPER_RUNNING)
        return -ENOTCONN;
    return super_child_send(&s->child[program], m, fd);
}

size_t super_programs(const struct super *s)
{
    return s->config.programs;
}

bool super_has(const struct super *s, size_t program)
{
    return program < s->config.programs && s->config.program[program].path;
}

void super_info(const struct super *s, size_t program, struct super_info *ret)
{
    const struct super_child *c = &s->child[program];
    *ret = (struct super_info){.name = c->program->name,
                               .state = c->state,
                               .pid = c->process.pid,
                               .restarts = c->restarts,
                               .started_us = c->started_us};
    memcpy(ret->walls, c->walls, sizeof(ret->walls));
    memcpy(ret->ended, c->ended, sizeof(ret->ended));
}

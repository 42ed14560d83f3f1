#include "app/super_renew.h"

#include "app/super_provision_impl.h"
#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S_US INT64_C(1000000)

const struct super_renew_timing super_renew_usual = {
    .look_us = 5 * S_US,
    .first_us = 3600 * S_US,
    .again_us = 120 * S_US,
    .most_us = 43200 * S_US,
    .trial_us = 900 * S_US,
};

const struct super_renew_timing super_renew_quick = {
    .look_us = S_US / 2,
    .first_us = S_US,
    .again_us = 2 * S_US,
    .most_us = 8 * S_US,
    .trial_us = 20 * S_US,
};

struct super_renew {
    struct lk_loop *loop;
    struct super_renew_config config;
    struct super *super;
    struct lk_timer *timer;
    struct lk_buf *answer; /* empty: none waits */
    int64_t next_us;       /* the next request; 0: not planned */
    int64_t trial_us;      /* the trial's end; 0: none */
    unsigned tries;
    bool over; /* another set stands: the programs are about to end */
};

/* From a half to the whole: kiosks that were signed together come apart. */
static int64_t jitter(int64_t us)
{
    uint32_t random = 0;
    lk_random_bytes(&random, sizeof(random));
    return us / 2 + (int64_t)((uint64_t)random * (uint64_t)(us / 2) >> 32);
}

static void say(struct super_renew *r, const char *why)
{
    struct super_provision *p = r->config.provision;
    if (strncmp(p->renew_why, why, sizeof(p->renew_why) - 1) == 0)
        return;
    (void)snprintf(p->renew_why, sizeof(p->renew_why), "%.*s",
                   PROVISION_RENEW_WHY_MAX - 1, why);
    LK_LOG(WARN, "provision", "renewal why=\"%s\"", p->renew_why);
}

static void say_error(struct super_renew *r, const char *what, int e)
{
    char why[PROVISION_RENEW_WHY_MAX];
    (void)snprintf(why, sizeof(why), "%s (%s)", what, strerrordesc_np(-e));
    say(r, why);
}

/* Makes `files`, which is taken over then, the set that stands. */
static int keep(struct super_provision *p, struct provision_files **files)
{
    int e = super_provision_replace(p, *files);
    if (e == 0)
        *files = NULL;
    return e;
}

static void anew(struct super_renew *r)
{
    r->over = true;
    r->config.anew(r->config.arg);
}

/* --- asking ---------------------------------------------------------------
 */

static int begin(struct super_renew *r)
{
    LK_AUTO(provision_files) files = NULL;
    struct super_provision *p = r->config.provision;
    if (provision_renew_stage(p->files) == PROVISION_RENEW_ASKED)
        return 0;
    int e = provision_files_copy(p->files, &files);
    if (e == 0)
        e = provision_renew_begin(files);
    return e < 0 ? e : keep(p, &files);
}

static void ask(struct super_renew *r, int64_t now_us)
{
    char request[PROVISION_RENEW_REQUEST_MAX];
    const struct super_renew_timing *t = r->config.timing;
    struct supermsg m = {.type = SUPERMSG_RENEW, .text = request};
    int e = provision_renew_request(r->config.provision->files, request);
    if (e == 0)
        e = super_post(r->super, r->config.program, &m, -1);
    if (e == -ENOTCONN)
        return; /* it is not running: at the next look */
    int64_t wait_us = t->again_us;
    for (unsigned i = 0; i < r->tries && wait_us < t->most_us; i++)
        wait_us *= 2;
    r->tries++;
    r->next_us = now_us + jitter(LK_MIN(wait_us, t->most_us));
    if (e < 0)
        say_error(r, "the request could not be made", e);
    else
        LK_LOG(INFO, "provision", "renewal asked tries=%u", r->tries);
}

static void ask_when_due(struct super_renew *r, int64_t now_us)
{
    if (r->next_us == 0)
        r->next_us = now_us + jitter(r->config.timing->first_us);
    if (now_us < r->next_us || r->config.news->link != 1)
        return;
    int e = begin(r);
    if (e == 0) {
        ask(r, now_us);
        return;
    }
    say_error(r, "the new key could not be kept", e);
    r->next_us = now_us + jitter(r->config.timing->most_us);
}

/* --- the answer -----------------------------------------------------------
 */

static void take(struct super_renew *r)
{
    LK_AUTO(provision_files) files = NULL;
    struct super_provision *p = r->config.provision;
    struct store_config_error error = {.line = 0};
    const struct provision_time t = super_provision_time(p);
    int e = provision_files_copy(p->files, &files);
    if (e == 0)
        e = provision_renew_take(files, lk_buf_str(r->answer), r->answer->len,
                                 &t, &error);
    if (e == 0)
        e = keep(p, &files);
    lk_buf_wipe(r->answer);
    if (e == -EBADMSG) {
        say(r, error.reason);
    } else if (e < 0) {
        say_error(r, "the new certificates could not be kept", e);
    } else {
        LK_LOG(WARN, "provision", "renewal on trial generation=%u",
               p->generation);
        anew(r);
    }
}

/* --- the trial ------------------------------------------------------------
 */

static void prove(struct super_renew *r)
{
    LK_AUTO(provision_files) files = NULL;
    struct super_provision *p = r->config.provision;
    int e = provision_files_copy(p->files, &files);
    if (files && e == 0) {
        provision_renew_prove(files);
        e = keep(p, &files);
    }
    if (e < 0) {
        say_error(r, "that the new certificates work could not be kept", e);
        return; /* at the next look */
    }
    p->renew_why[0] = 0;
    r->next_us = 0;
    r->tries = 0;
    r->trial_us = 0;
    LK_LOG(WARN, "provision", "renewed generation=%u", p->generation);
}

static void go_back(struct super_renew *r)
{
    LK_AUTO(provision_files) files = NULL;
    struct super_provision *p = r->config.provision;
    int e = provision_files_copy(p->files, &files);
    if (e == 0)
        e = provision_renew_back(
            files, "the broker did not let the new certificates in: the old "
                   "ones are used again");
    if (e == 0)
        e = keep(p, &files);
    if (e < 0) {
        say_error(r, "the old certificates could not be put back", e);
        return;
    }
    LK_LOG(WARN, "provision", "renewal failed generation=%u", p->generation);
    anew(r);
}

static void trial(struct super_renew *r, int64_t now_us, bool somebody)
{
    const struct super_provision *p = r->config.provision;
    const struct provision_time t = super_provision_time(p);
    if (r->trial_us == 0)
        r->trial_us = now_us + r->config.timing->trial_us;
    if (r->config.news->link == 1)
        prove(r);
    else if (now_us >= r->trial_us && !somebody &&
             !provision_renew_old_ended(p->files, &t))
        go_back(r);
}

/* --- looking --------------------------------------------------------------
 */

static void on_timer(void *arg, int64_t now_us)
{
    struct super_renew *r = arg;
    struct super_provision *p = r->config.provision;
    if (r->config.news->link == 1)
        super_provision_note_time(p, now_us);
    const struct provision_time t = super_provision_time(p);
    const bool somebody = super_news_somebody(r->config.news);
    if (!r->over && super_provision_in_use(p))
        switch (provision_renew_stage(p->files)) {
        case PROVISION_RENEW_TRIAL:
            trial(r, now_us, somebody);
            break;
        case PROVISION_RENEW_ASKED:
            if (r->answer->len > 0 && !somebody)
                take(r);
            else
                ask_when_due(r, now_us);
            break;
        case PROVISION_RENEW_IDLE:
            if (provision_renew_due(p->files, &t))
                ask_when_due(r, now_us);
            break;
        }
    lk_timer_set(r->timer, now_us + r->config.timing->look_us);
}

bool super_renew_message(struct super_renew *r, size_t program,
                         const struct supermsg *m)
{
    if (program != r->config.program)
        return false;
    lk_buf_wipe(r->answer);
    int e = lk_buf_append(r->answer, m->text, strlen(m->text));
    if (e < 0)
        say_error(r, "the answer could not be read", e);
    lk_timer_set_in(r->timer, 0);
    return true;
}

void super_renew_attach(struct super_renew *r, struct super *s)
{
    r->super = s;
    lk_timer_set_in(r->timer, r->config.timing->look_us);
}

int super_renew_new(struct lk_loop *l, const struct super_renew_config *config,
                    struct super_renew **ret)
{
    LK_AUTO(super_renew) r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->loop = l;
    r->config = *config;
    int e = lk_buf_new(PROVISION_RENEW_ANSWER_MAX, &r->answer);
    if (e == 0)
        e = lk_timer_new(l, on_timer, r, &r->timer);
    if (e == 0)
        *ret = LK_TAKE(r);
    return e;
}

struct super_renew *super_renew_free(struct super_renew *r)
{
    if (r) {
        r->timer = lk_timer_free(r->timer);
        r->answer = lk_buf_free(r->answer);
        free(r);
    }
    return NULL;
}

#include "app/luukkud_seal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "loop/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* One job; the thread's alone until it has posted it. */
struct work {
    struct luukkud_seal *owner;
    pthread_t thread;
    uint32_t id;
    int error;
    char agency[LK_NAME_MAX];
    char code[SEAL_CODE_MAX];
    struct lk_buf *package;
    size_t json_len;
    char json[];
};

struct luukkud_seal {
    struct luukkud_seal_config config;
    struct lk_mailbox *box;
    struct work *work; /* being made; NULL none */
};

static void work_free(struct work *w)
{
    if (!w)
        return;
    if (w->package)
        lk_buf_wipe(w->package);
    lk_buf_free(w->package);
    explicit_bzero(w->json, w->json_len);
    free(w);
}

/* The agency's mark in the code: two characters. */
static int make_code(struct work *w)
{
    char mark[3];
    seal_code_mark(w->agency, mark);
    return seal_code_new(mark, w->code);
}

static int make_package(struct work *w, int64_t now_s)
{
    LK_AUTO(lk_buf) pdf = NULL;
    int r = seal_pdf(w->json, w->json_len, now_s, &pdf);
    if (r < 0)
        return r;
    const struct seal_file files[] = {
        {"form.json", "application/json", w->json, w->json_len},
        {"form.pdf", "application/pdf", pdf->data, pdf->len},
    };
    r = seal_container(files, LK_ARRAY_LEN(files), w->owner->config.key, now_s,
                       &w->package);
    lk_buf_wipe(pdf);
    return r;
}

static void *work_main(void *arg)
{
    struct work *w = arg;
    pthread_setname_np(pthread_self(), "seal");
    w->error = make_code(w);
    if (w->error == 0)
        w->error = make_package(w, lk_clock_wall_us() / 1000000);
    /* There is one job, and room for one. */
    if (lk_mailbox_post(w->owner->box, &w) < 0)
        LK_LOG(ERROR, "seal", "what=post");
    return NULL;
}

static void on_made(void *arg, void *item)
{
    struct luukkud_seal *s = arg;
    struct work *w = *(struct work **)item;
    struct formdesk_package p = {
        .id = w->id, .agency = w->agency, .code = w->code};
    pthread_join(w->thread, NULL);
    s->work = NULL;
    if (w->error < 0)
        LK_LOG(ERROR, "seal", "what=package err=%s",
               strerrorname_np(-w->error));
    if (w->error == 0) {
        p.data = w->package->data;
        p.len = w->package->len;
    }
    s->config.done(s->config.arg, &p);
    work_free(w);
}

int luukkud_seal_begin(struct luukkud_seal *s, const struct formdesk_job *job)
{
    size_t agency = strlen(job->agency);
    if (s->work)
        return -EBUSY;
    struct work *w = calloc(1, sizeof(*w) + job->json_len + 1);
    if (!w || agency >= sizeof(w->agency)) {
        free(w);
        return w ? -EINVAL : -ENOMEM;
    }
    w->owner = s;
    w->id = job->id;
    w->json_len = job->json_len;
    memcpy(w->agency, job->agency, agency + 1);
    memcpy(w->json, job->json, job->json_len);
    s->work = w;
    int r = -pthread_create(&w->thread, NULL, work_main, w);
    if (r < 0) {
        s->work = NULL;
        work_free(w);
    }
    return r;
}

int luukkud_seal_new(const struct luukkud_seal_config *config,
                     struct luukkud_seal **ret)
{
    struct luukkud_seal *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    struct lk_mailbox_config mb = {.item_len = sizeof(struct work *),
                                   .capacity = 1,
                                   .full = LK_MAILBOX_REFUSE,
                                   .receive = on_made,
                                   .arg = s};
    s->config = *config;
    int r = lk_mailbox_new(config->loop, &mb, &s->box);
    if (r < 0) {
        free(s);
        return r;
    }
    *ret = s;
    return 0;
}

struct luukkud_seal *luukkud_seal_free(struct luukkud_seal *s)
{
    if (!s)
        return NULL;
    if (s->work)
        pthread_join(s->work->thread, NULL);
    work_free(s->work);
    lk_mailbox_free(s->box);
    free(s);
    return NULL;
}

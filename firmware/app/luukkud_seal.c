#include "app/luukkud_seal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "loop/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The form, its PDF, the papers. */
#define FILES_MAX (FORMDESK_PAPERS_MAX + 2)

struct paper {
    char name[SEAL_NAME_MAX]; /* in the container */
    int fd;
    void *map; /* NULL: not mapped */
    size_t len;
};

/* The citizen's card. */
struct signer {
    bool on; /* the citizen signs, too */
    enum seal_hash hash;
    size_t cert_len;
    uint8_t cert[SEAL_CERT_MAX];
    enum seal_scheme scheme;
    size_t len; /* of the signature; 0: it is not there yet */
    uint8_t signature[SEAL_SIGNATURE_MAX];
};

/* One job; the thread's alone while it runs. */
struct work {
    struct luukkud_seal *owner;
    pthread_t thread;
    bool running; /* the thread is; else it waits for the citizen */
    bool dropped; /* nobody waits for it any more */
    uint32_t id;
    int error;
    char agency[LK_NAME_MAX];
    char code[SEAL_CODE_MAX];
    struct signer signer;
    struct paper paper[FORMDESK_PAPERS_MAX];
    size_t papers;
    struct seal_draft *draft;
    struct lk_buf *package;
    size_t json_len;
    char json[];
};

struct luukkud_seal {
    struct luukkud_seal_config config;
    struct lk_mailbox *box;
    struct work *work; /* being made; NULL none */
    struct work *next; /* waits until a dropped one has ended */
};

static void papers_free(struct work *w)
{
    for (size_t i = 0; i < w->papers; i++) {
        if (w->paper[i].map)
            (void)munmap(w->paper[i].map, w->paper[i].len);
        (void)lk_fd_close(w->paper[i].fd);
    }
    w->papers = 0;
}

static void work_free(struct work *w)
{
    if (!w)
        return;
    if (w->package)
        lk_buf_wipe(w->package);
    lk_buf_free(w->package);
    seal_draft_free(w->draft);
    papers_free(w);
    explicit_bzero(w->json, w->json_len);
    explicit_bzero(&w->signer, sizeof(w->signer));
    free(w);
}

/* --- on the thread ----------------------------------------------------- */

/* The agency's mark in the code: two characters. */
static int make_code(struct work *w)
{
    char mark[3];
    seal_code_mark(w->agency, mark);
    return seal_code_new(mark, w->code);
}

/* The papers as files of the container, if they are those the form names. */
static int map_papers(struct work *w, struct seal_file *ret)
{
    for (size_t i = 0; i < w->papers; i++) {
        struct paper *p = &w->paper[i];
        void *map = mmap(NULL, p->len, PROT_READ, MAP_SHARED, p->fd, 0);
        if (map == MAP_FAILED)
            return -errno;
        p->map = map;
        ret[i] = (struct seal_file){p->name, "image/jpeg", map, p->len};
    }
    return seal_papers_check(w->json, w->json_len, ret, w->papers);
}

static int make_container(struct work *w, const struct seal_file *file,
                          size_t files, int64_t now_s)
{
    const struct seal_key *key = w->owner->config.key;
    const struct seal_signer signer = {.cert = w->signer.cert,
                                       .cert_len = w->signer.cert_len,
                                       .hash = w->signer.hash};
    if (!w->signer.on)
        return seal_container(file, files, key, now_s, &w->package);
    return seal_draft_begin(file, files, key, now_s, &signer, &w->draft);
}

static int make_package(struct work *w, int64_t now_s)
{
    LK_AUTO(lk_buf) pdf = NULL;
    struct seal_file file[FILES_MAX] = {
        {"form.json", "application/json", w->json, w->json_len}};
    int r = map_papers(w, file + 2);
    if (r < 0)
        return r;
    r = seal_pdf(w->json, w->json_len, now_s, &pdf);
    if (r < 0)
        return r;
    file[1] =
        (struct seal_file){"form.pdf", "application/pdf", pdf->data, pdf->len};
    r = make_container(w, file, w->papers + 2, now_s);
    lk_buf_wipe(pdf);
    papers_free(w); /* they are in it */
    return r;
}

static int work_do(struct work *w)
{
    if (w->draft)
        return seal_draft_finish(w->draft, w->signer.scheme,
                                 w->signer.signature, w->signer.len,
                                 &w->package);
    int r = make_code(w);
    return r < 0 ? r : make_package(w, lk_clock_wall_us() / 1000000);
}

static void *work_main(void *arg)
{
    struct work *w = arg;
    pthread_setname_np(pthread_self(), "seal");
    w->error = work_do(w);
    /* There is one job, and room for one. */
    if (lk_mailbox_post(w->owner->box, &w) < 0)
        LK_LOG(ERROR, "seal", "what=post");
    return NULL;
}

static int work_run(struct work *w)
{
    w->running = true;
    int r = -pthread_create(&w->thread, NULL, work_main, w);
    if (r < 0)
        w->running = false;
    return r;
}

/* --- what became of it ------------------------------------------------- */

/* Tells, and frees. It is nobody's any more: what is told may begin anew. */
static void work_end(struct luukkud_seal *s, struct work *w)
{
    struct formdesk_package p = {.id = w->id,
                                 .agency = w->agency,
                                 .code = w->code,
                                 .error = w->error,
                                 .drafted = w->draft != NULL};
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

static void work_tell_draft(struct luukkud_seal *s, const struct work *w)
{
    uint8_t hash[SEAL_HASH_MAX];
    (void)seal_draft_hash(w->draft, hash);
    s->config.drafted(s->config.arg, w->id, hash); /* `w` may be gone now */
}

/* The one that waited for a dropped one's end. */
static void go_on(struct luukkud_seal *s)
{
    struct work *w = LK_TAKE(s->next);
    if (!w)
        return;
    s->work = w;
    w->error = work_run(w);
    if (w->error < 0)
        work_end(s, LK_TAKE(s->work));
}

static void on_made(void *arg, void *item)
{
    struct luukkud_seal *s = arg;
    struct work *w = *(struct work **)item;
    pthread_join(w->thread, NULL);
    w->running = false;
    if (w->dropped) {
        s->work = NULL;
        work_free(w);
        go_on(s);
    } else if (w->error == 0 && !w->package) {
        work_tell_draft(s, w);
    } else {
        s->work = NULL;
        work_end(s, w);
    }
}

/* --- what is wanted ---------------------------------------------------- */

static int copy_signer(struct signer *ret, const struct identdesk_signer *s)
{
    static const enum seal_hash hash[CARDMSG_HASHES] = {
        [CARDMSG_SHA256] = SEAL_SHA256,
        [CARDMSG_SHA384] = SEAL_SHA384,
        [CARDMSG_SHA512] = SEAL_SHA512,
    };
    if (s->cert_len > sizeof(ret->cert))
        return -EMSGSIZE;
    ret->on = true;
    ret->hash = hash[s->hash];
    ret->cert_len = s->cert_len;
    memcpy(ret->cert, s->cert, s->cert_len);
    return 0;
}

static int copy_papers(struct work *w, const struct formdesk_job *job)
{
    size_t bytes = 0;
    if (job->papers > FORMDESK_PAPERS_MAX)
        return -EMSGSIZE;
    for (size_t i = 0; i < job->papers; i++) {
        const struct formdesk_paper *from = &job->paper[i];
        struct paper *p = &w->paper[i];
        bytes += from->len;
        if (bytes > FORMDESK_PAPERS_BYTES_MAX)
            return -EMSGSIZE;
        p->fd = fcntl(from->fd, F_DUPFD_CLOEXEC, 0);
        if (p->fd < 0)
            return -errno;
        w->papers++;
        p->len = from->len;
        (void)snprintf(p->name, sizeof(p->name), SEAL_PAPERS "%s", from->name);
    }
    return 0;
}

static int work_new(struct luukkud_seal *s, const struct formdesk_job *job,
                    struct work **ret)
{
    size_t agency = strlen(job->agency);
    if (agency >= sizeof((*ret)->agency))
        return -EINVAL;
    struct work *w = calloc(1, sizeof(*w) + job->json_len + 1);
    if (!w)
        return -ENOMEM;
    w->owner = s;
    w->id = job->id;
    w->json_len = job->json_len;
    memcpy(w->agency, job->agency, agency + 1);
    memcpy(w->json, job->json, job->json_len);
    int r = copy_papers(w, job);
    if (r == 0 && job->signer)
        r = copy_signer(&w->signer, job->signer);
    if (r < 0)
        work_free(w);
    else
        *ret = w;
    return r;
}

int luukkud_seal_begin(struct luukkud_seal *s, const struct formdesk_job *job)
{
    struct work *w = NULL;
    if ((s->work && !s->work->dropped) || s->next)
        return -EBUSY;
    int r = work_new(s, job, &w);
    if (r < 0)
        return r;
    if (s->work) {
        s->next = w; /* until that one has ended */
        return 0;
    }
    s->work = w;
    r = work_run(w);
    if (r < 0) {
        s->work = NULL;
        work_free(w);
    }
    return r;
}

/* How each algorithm signs, and with which hash. */
static const struct {
    enum seal_scheme scheme;
    enum seal_hash hash;
} algorithms[CARDMSG_ALGORITHMS] = {
    [CARDMSG_ES256] = {SEAL_ECDSA, SEAL_SHA256},
    [CARDMSG_ES384] = {SEAL_ECDSA, SEAL_SHA384},
    [CARDMSG_RS256] = {SEAL_RSA_PKCS1, SEAL_SHA256},
    [CARDMSG_RS384] = {SEAL_RSA_PKCS1, SEAL_SHA384},
    [CARDMSG_RS512] = {SEAL_RSA_PKCS1, SEAL_SHA512},
    [CARDMSG_PS256] = {SEAL_RSA_PSS, SEAL_SHA256},
    [CARDMSG_PS384] = {SEAL_RSA_PSS, SEAL_SHA384},
    [CARDMSG_PS512] = {SEAL_RSA_PSS, SEAL_SHA512},
    [CARDMSG_ES256_P384] = {SEAL_ECDSA, SEAL_SHA256},
    [CARDMSG_ES512_P384] = {SEAL_ECDSA, SEAL_SHA512},
    [CARDMSG_ES384_P256] = {SEAL_ECDSA, SEAL_SHA384},
    [CARDMSG_ES512_P256] = {SEAL_ECDSA, SEAL_SHA512},
};

int luukkud_seal_finish(struct luukkud_seal *s,
                        const struct identdesk_signature *sig)
{
    struct work *w = s->work;
    if (!w || w->running || !w->draft)
        return -ENOENT;
    if (sig->algorithm >= CARDMSG_ALGORITHMS || sig->len == 0 ||
        sig->len > sizeof(w->signer.signature) ||
        algorithms[sig->algorithm].hash != w->signer.hash)
        return -EBADMSG;
    w->signer.scheme = algorithms[sig->algorithm].scheme;
    w->signer.len = sig->len;
    memcpy(w->signer.signature, sig->bytes, sig->len);
    return work_run(w);
}

void luukkud_seal_drop(struct luukkud_seal *s)
{
    if (s->next)
        work_free(LK_TAKE(s->next));
    else if (s->work && s->work->running)
        s->work->dropped = true;
    else
        work_free(LK_TAKE(s->work));
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
    if (s->work && s->work->running)
        pthread_join(s->work->thread, NULL);
    work_free(s->work);
    work_free(s->next);
    lk_mailbox_free(s->box);
    free(s);
    return NULL;
}

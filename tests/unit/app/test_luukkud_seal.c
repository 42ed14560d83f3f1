/* Packages made beside the loop, with a seal that does as it is told. */
#include "oom.h"

#include "app/luukkud_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

static struct lk_loop *loop;
static struct luukkud_seal *s;
static struct {
    uint32_t id;
    bool made;
    size_t len;
    char bytes[128];
    int error;
    bool drafted;
    char agency[32];
    char code[SEAL_CODE_MAX];
    unsigned times;
} done;
static pthread_t core;
static int pdf_answer;  /* of seal_pdf() */
static char mark[4];    /* given to seal_code_new() */
static char names[128]; /* of the files in the container */
static int draft_answer, finish_answer, papers_answer;
static struct seal_signer asked;      /* by the newest draft */
static enum seal_scheme scheme_given; /* of the newest signature */
static unsigned drafts, drafted;      /* that live; that were told */
static uint8_t hash_told[SEAL_HASH_MAX];
static bool drop_when_drafted;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER; /* held: it waits */

void seal_code_mark(const char *agency, char ret[3])
{
    (void)snprintf(ret, 3, "%.2s", agency);
    for (char *c = ret; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
}

int seal_code_new(const char *m, char ret[SEAL_CODE_MAX])
{
    assert_false(pthread_equal(core, pthread_self()));
    snprintf(mark, sizeof(mark), "%s", m);
    snprintf(ret, SEAL_CODE_MAX, "KE4F-7Q9W-2MXT-8ZA");
    return 0;
}

int seal_pdf(const char *canonical, size_t len, int64_t now_s,
             struct lk_buf **ret)
{
    struct lk_buf *b = NULL;
    assert_true(now_s > 0);
    assert_int_equal(strlen(canonical), len);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    int r = pdf_answer < 0 ? pdf_answer : lk_buf_new(64, &b);
    if (r < 0)
        return r;
    *ret = b;
    return lk_buf_append(b, "%PDF", 4);
}

int seal_container(const struct seal_file *file, size_t files,
                   const struct seal_key *key, int64_t now_s,
                   struct lk_buf **ret)
{
    struct lk_buf *b = NULL;
    (void)key;
    (void)now_s;
    names[0] = '\0';
    int r = lk_buf_new(64, &b);
    for (size_t i = 0; r == 0 && i < files; i++) {
        size_t had = strlen(names);
        snprintf(names + had, sizeof(names) - had, "%s ", file[i].name);
        r = lk_buf_append(b, file[i].data, file[i].len);
    }
    *ret = b;
    return r;
}

struct seal_draft {
    struct lk_buf *b;
};

int seal_papers_check(const char *canonical, size_t len,
                      const struct seal_file *paper, size_t papers)
{
    assert_int_equal(strlen(canonical), len);
    for (size_t i = 0; i < papers; i++)
        assert_string_equal(paper[i].type, "image/jpeg");
    return papers_answer;
}

int seal_draft_begin(const struct seal_file *file, size_t files,
                     const struct seal_key *key, int64_t now_s,
                     const struct seal_signer *signer, struct seal_draft **ret)
{
    assert_false(pthread_equal(core, pthread_self()));
    asked = *signer;
    if (draft_answer < 0)
        return draft_answer;
    struct seal_draft *d = calloc(1, sizeof(*d));
    assert_non_null(d);
    drafts++;
    *ret = d;
    return seal_container(file, files, key, now_s, &d->b);
}

size_t seal_draft_hash(const struct seal_draft *d, uint8_t ret[SEAL_HASH_MAX])
{
    assert_non_null(d->b);
    memset(ret, 7, 48);
    return 48;
}

int seal_draft_finish(struct seal_draft *d, enum seal_scheme scheme,
                      const void *signature, size_t len, struct lk_buf **ret)
{
    assert_false(pthread_equal(core, pthread_self()));
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    scheme_given = scheme;
    if (finish_answer < 0)
        return finish_answer;
    int r = lk_buf_append(d->b, signature, len);
    *ret = LK_TAKE(d->b);
    return r;
}

struct seal_draft *seal_draft_free(struct seal_draft *d)
{
    if (d) {
        drafts--;
        lk_buf_free(d->b);
        free(d);
    }
    return NULL;
}

static void on_drafted(void *arg, uint32_t id, const uint8_t *hash)
{
    (void)arg;
    assert_true(pthread_equal(core, pthread_self()));
    drafted++;
    done.id = id;
    memcpy(hash_told, hash, 48);
    if (drop_when_drafted)
        luukkud_seal_drop(s);
    lk_loop_stop(loop, 0);
}

static void on_done(void *arg, const struct formdesk_package *p)
{
    (void)arg;
    assert_true(pthread_equal(core, pthread_self()));
    done.id = p->id;
    done.made = p->data != NULL;
    done.error = p->error;
    done.drafted = p->drafted;
    done.len = p->len;
    if (p->data)
        memcpy(done.bytes, p->data, p->len);
    snprintf(done.agency, sizeof(done.agency), "%s", p->agency);
    snprintf(done.code, sizeof(done.code), "%s", p->code);
    done.times++;
    lk_loop_stop(loop, 0);
}

static int setup(void **state)
{
    struct luukkud_seal_config c = {.done = on_done, .drafted = on_drafted};
    (void)state;
    core = pthread_self();
    memset(&done, 0, sizeof(done));
    pdf_answer = draft_answer = finish_answer = papers_answer = 0;
    drafted = 0;
    drop_when_drafted = false;
    assert_int_equal(lk_loop_new(&loop), 0);
    c.loop = loop;
    return luukkud_seal_new(&c, &s);
}

static int teardown(void **state)
{
    (void)state;
    s = luukkud_seal_free(s);
    loop = lk_loop_free(loop);
    assert_int_equal(drafts, 0);
    return 0;
}

static int begin(uint32_t id)
{
    char json[] = "{\"v\":1}";
    struct formdesk_job job = {
        .id = id, .agency = "kela", .json = json, .json_len = 7};
    int r = luukkud_seal_begin(s, &job);
    memset(json, 'x', 7); /* it was copied */
    return r;
}

static void test_package(void **state)
{
    (void)state;
    for (uint32_t id = 1; id < 4; id++) {
        assert_int_equal(begin(id), 0);
        assert_int_equal(lk_loop_run(loop), 0);
        assert_int_equal(done.id, id);
        assert_int_equal(done.len, 11);
        assert_memory_equal(done.bytes, "{\"v\":1}%PDF", 11);
    }
    assert_int_equal(done.times, 3);
    assert_string_equal(names, "form.json form.pdf ");
    assert_string_equal(mark, "KE");
    assert_string_equal(done.agency, "kela");
    assert_string_equal(done.code, "KE4F-7Q9W-2MXT-8ZA");
}

static void test_cannot(void **state)
{
    (void)state;
    pdf_answer = -EIO;
    assert_int_equal(begin(1), 0);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_int_equal(done.id, 1);
    assert_false(done.made);
    assert_int_equal(done.error, -EIO);
    pdf_answer = 0;
    assert_int_equal(begin(2), 0);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_true(done.made);
}

static void test_one_at_a_time(void **state)
{
    (void)state;
    pthread_mutex_lock(&gate);
    assert_int_equal(begin(1), 0);
    assert_int_equal(begin(2), -EBUSY);
    pthread_mutex_unlock(&gate);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_int_equal(done.id, 1);
}

/* Ends in the middle: nothing is left behind (sanitizers look). */
static void test_freed_while_making(void **state)
{
    (void)state;
    assert_int_equal(begin(1), 0);
}

static void test_refused(void **state)
{
    struct formdesk_job job = {
        .agency = "an-agency-whose-id-is-longer-than-any-id-that-there-may-be",
        .json = "{}",
        .json_len = 2};
    (void)state;
    assert_int_equal(luukkud_seal_begin(s, &job), -EINVAL);
    oom_left = 0;
    int r = begin(1);
    oom_left = -1;
    assert_int_equal(r, -ENOMEM);
    assert_null(luukkud_seal_free(NULL));
}

/* --- with the citizen's card ------------------------------------------- */

static int begin_signed(uint32_t id)
{
    uint8_t cert[] = "a certificate";
    const struct identdesk_signer signer = {.id = 70,
                                            .cert = cert,
                                            .cert_len = sizeof(cert),
                                            .hash = CARDMSG_SHA384};
    const struct formdesk_job job = {.id = id,
                                     .agency = "kela",
                                     .json = "{}",
                                     .json_len = 2,
                                     .signer = &signer};
    int r = luukkud_seal_begin(s, &job);
    memset(cert, 0, sizeof(cert)); /* it was copied */
    return r;
}

static int finish(enum cardmsg_algorithm algorithm)
{
    const struct identdesk_signature sig = {
        .bytes = (const uint8_t *)"SIGN", .len = 4, .algorithm = algorithm};
    return luukkud_seal_finish(s, &sig);
}

static void test_signed(void **state)
{
    (void)state;
    assert_int_equal(finish(CARDMSG_ES384), -ENOENT);
    assert_int_equal(begin_signed(1), 0);
    assert_int_equal(finish(CARDMSG_ES384), -ENOENT); /* too soon */
    assert_int_equal(lk_loop_run(loop), 0);
    assert_int_equal(drafted, 1);
    assert_int_equal(done.times, 0);
    assert_int_equal(hash_told[47], 7);
    assert_int_equal(asked.hash, SEAL_SHA384);
    assert_int_equal(asked.cert_len, 14);
    assert_int_equal(begin(2), -EBUSY);
    assert_int_equal(finish(CARDMSG_ES256), -EBADMSG); /* of another hash */
    assert_int_equal(finish(CARDMSG_ALGORITHMS), -EBADMSG);
    assert_int_equal(finish(CARDMSG_ES384_P256), 0);
    assert_int_equal(finish(CARDMSG_ES384), -ENOENT); /* once */
    assert_int_equal(lk_loop_run(loop), 0);
    assert_int_equal(done.times, 1);
    assert_true(done.made && done.drafted);
    assert_int_equal(scheme_given, SEAL_ECDSA);
    assert_memory_equal(done.bytes, "{}%PDFSIGN", 10);
    assert_int_equal(begin(2), 0);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_false(done.drafted);
}

static void test_schemes(void **state)
{
    static const struct {
        enum cardmsg_algorithm algorithm;
        enum seal_scheme scheme_given;
    } rows[] = {{CARDMSG_ES384, SEAL_ECDSA},
                {CARDMSG_RS384, SEAL_RSA_PKCS1},
                {CARDMSG_PS384, SEAL_RSA_PSS}};
    (void)state;
    for (uint32_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        assert_int_equal(begin_signed(i + 1), 0);
        assert_int_equal(lk_loop_run(loop), 0);
        assert_int_equal(finish(rows[i].algorithm), 0);
        assert_int_equal(lk_loop_run(loop), 0);
        assert_int_equal(scheme_given, rows[i].scheme_given);
    }
}

/* A certificate that cannot be used; a signature that is none. */
static void test_not_signed(void **state)
{
    static const uint8_t cert[SEAL_CERT_MAX + 1];
    const struct identdesk_signer signer = {.cert = cert,
                                            .cert_len = sizeof(cert)};
    const struct formdesk_job job = {
        .agency = "kela", .json = "", .signer = &signer};
    (void)state;
    assert_int_equal(luukkud_seal_begin(s, &job), -EMSGSIZE);
    draft_answer = -EKEYREJECTED;
    assert_int_equal(begin_signed(1), 0);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_int_equal(done.error, -EKEYREJECTED);
    assert_false(done.made || done.drafted);
    draft_answer = 0;
    finish_answer = -EBADMSG;
    assert_int_equal(begin_signed(2), 0);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_int_equal(finish(CARDMSG_ES384), 0);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_int_equal(done.error, -EBADMSG);
    assert_true(done.drafted && !done.made);
    assert_int_equal(finish(CARDMSG_ES384), -ENOENT);
}

/* Given up while it waits, when it is told, and when there is nothing. */
static void test_dropped(void **state)
{
    (void)state;
    luukkud_seal_drop(s);
    assert_int_equal(begin_signed(1), 0);
    assert_int_equal(lk_loop_run(loop), 0);
    luukkud_seal_drop(s);
    assert_int_equal(drafts, 0);
    assert_int_equal(finish(CARDMSG_ES384), -ENOENT);
    drop_when_drafted = true;
    assert_int_equal(begin_signed(2), 0);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_int_equal(drafts, 0);
    assert_int_equal(done.times, 0);
}

/* Given up while the thread runs: nothing follows of it, and the next one
 * begins when it has ended. */
static void test_dropped_running(void **state)
{
    (void)state;
    pthread_mutex_lock(&gate);
    assert_int_equal(begin_signed(1), 0);
    luukkud_seal_drop(s);
    assert_int_equal(begin(2), 0);
    assert_int_equal(begin(3), -EBUSY);
    luukkud_seal_drop(s); /* the one that waits */
    assert_int_equal(begin(4), 0);
    pthread_mutex_unlock(&gate);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_int_equal(drafted, 0);
    assert_int_equal(done.times, 1);
    assert_int_equal(done.id, 4);
    /* While the signature is put in: no package comes of it. */
    assert_int_equal(begin_signed(5), 0);
    assert_int_equal(lk_loop_run(loop), 0);
    pthread_mutex_lock(&gate);
    assert_int_equal(finish(CARDMSG_ES384), 0);
    luukkud_seal_drop(s);
    assert_int_equal(begin(6), 0);
    pthread_mutex_unlock(&gate);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_int_equal(done.times, 2);
    assert_int_equal(done.id, 6);
}

/* --- papers ------------------------------------------------------------ */

static struct formdesk_paper paper_of(const char *name, const char *bytes)
{
    struct formdesk_paper p = {.fd = memfd_create("page", MFD_CLOEXEC),
                               .len = strlen(bytes)};
    assert_true(p.fd >= 0);
    assert_int_equal(write(p.fd, bytes, p.len), p.len);
    snprintf(p.name, sizeof(p.name), "%s", name);
    return p;
}

static void test_papers(void **state)
{
    const struct formdesk_paper paper[] = {paper_of("paper-2.jpg", "two"),
                                           paper_of("paper-1.jpg", "one")};
    struct formdesk_job job = {.id = 1,
                               .agency = "kela",
                               .json = "{}",
                               .json_len = 2,
                               .paper = paper,
                               .papers = 2};
    (void)state;
    assert_int_equal(luukkud_seal_begin(s, &job), 0);
    close(paper[0].fd); /* they are its own */
    close(paper[1].fd);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_true(done.made);
    assert_memory_equal(done.bytes, "{}%PDFtwoone", 12);
    assert_string_equal(names, "form.json form.pdf attachments/paper-2.jpg "
                               "attachments/paper-1.jpg ");
    assert_int_equal(luukkud_seal_begin(s, &job), -EBADF);
}

/* Too many, too long, not those of the form. */
static void test_papers_refused(void **state)
{
    static struct formdesk_paper many[FORMDESK_PAPERS_MAX + 1];
    struct formdesk_paper one = paper_of("paper-1.jpg", "one");
    struct formdesk_job job = {.id = 1,
                               .agency = "kela",
                               .json = "{}",
                               .json_len = 2,
                               .paper = many,
                               .papers = LK_ARRAY_LEN(many)};
    (void)state;
    assert_int_equal(luukkud_seal_begin(s, &job), -EMSGSIZE);
    job.paper = &one;
    job.papers = 1;
    one.len = FORMDESK_PAPERS_BYTES_MAX + 1;
    assert_int_equal(luukkud_seal_begin(s, &job), -EMSGSIZE);
    one.len = 3;
    papers_answer = -EBADMSG;
    assert_int_equal(luukkud_seal_begin(s, &job), 0);
    assert_int_equal(lk_loop_run(loop), 0);
    assert_int_equal(done.error, -EBADMSG);
    close(one.fd);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_package),       CASE(test_cannot),
        CASE(test_one_at_a_time), CASE(test_freed_while_making),
        CASE(test_refused),       CASE(test_signed),
        CASE(test_schemes),       CASE(test_not_signed),
        CASE(test_dropped),       CASE(test_dropped_running),
        CASE(test_papers),        CASE(test_papers_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

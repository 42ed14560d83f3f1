/* Packages made beside the loop, with a seal that does as it is told. */
#include "oom.h"

#include "app/luukkud_seal.h"

#include <errno.h>
#include <pthread.h>

static struct lk_loop *loop;
static struct luukkud_seal *s;
static struct {
    uint32_t id;
    bool made;
    size_t len;
    char bytes[64];
    char agency[32];
    char code[SEAL_CODE_MAX];
    unsigned times;
} done;
static pthread_t core;
static int pdf_answer; /* of seal_pdf() */
static char mark[4];   /* given to seal_code_new() */
static char names[64]; /* of the files in the container */
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

static void on_done(void *arg, const struct formdesk_package *p)
{
    (void)arg;
    assert_true(pthread_equal(core, pthread_self()));
    done.id = p->id;
    done.made = p->data != NULL;
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
    struct luukkud_seal_config c = {.done = on_done};
    (void)state;
    core = pthread_self();
    memset(&done, 0, sizeof(done));
    pdf_answer = 0;
    assert_int_equal(lk_loop_new(&loop), 0);
    c.loop = loop;
    return luukkud_seal_new(&c, &s);
}

static int teardown(void **state)
{
    (void)state;
    s = luukkud_seal_free(s);
    loop = lk_loop_free(loop);
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

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_package),       CASE(test_cannot),
        CASE(test_one_at_a_time), CASE(test_freed_while_making),
        CASE(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

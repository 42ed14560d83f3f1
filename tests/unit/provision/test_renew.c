/* Renewals: whole, with lies in the answer, with the clock at any time, and
 * with the power or the disk failing at each step that is saved. */
#include "fleet.h"
#include "oom.h"
#include "remove_tree.h"

#include "provision/renew.h"
#include "provision/state.h"

#include <openssl/pem.h>

#include <openssl/cms.h> /* has its PEM functions only behind pem.h */

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS_MAX 300

static const struct want old_device = {.name = "kiosk-7",
                                       .purpose = DEVICE,
                                       .from_s = -80 * DAY,
                                       .to_s = 20 * DAY};
static const struct want old_tls = {
    .name = "kiosk-7", .purpose = TLS, .from_s = -80 * DAY, .to_s = 20 * DAY};
static const struct provision_time now_set = {
    .now_s = NOW, .clock_set = true, .floor_s = NOW - 100 * DAY};

static struct fleet fleet;

/* A kiosk in use whose certificates have a fifth of their life left. */
static struct provision_files *kiosk_due(void)
{
    struct provision_files *f = kiosk_new();
    struct store_config_error e;
    char name[LK_NAME_MAX] = "";
    char *text = answer(f, &fleet, &old_device, &old_tls, &fleet);
    assert_int_equal(
        provision_cert_take(f, text, strlen(text), name, &now_set, &e), 0);
    free(text);
    return f;
}

/* What the fleet's office would answer to a set that asks. */
static char *answer_to(const struct provision_files *f, const struct fleet *by,
                       const struct want *device, const struct want *tls,
                       const struct fleet *ca)
{
    LK_AUTO(provision_files) next = NULL;
    assert_int_equal(provision_files_copy(f, &next), 0);
    const struct lk_buf *key = provision_files_get(f, PROVISION_NEXT_KEY);
    assert_non_null(key);
    assert_int_equal(
        provision_files_put(next, PROVISION_TLS_KEY, key->data, key->len), 0);
    return answer(next, by, device, tls, ca);
}

static bool same(const struct provision_files *a, const char *name,
                 const struct provision_files *b, const char *other)
{
    const struct lk_buf *x = provision_files_get(a, name);
    const struct lk_buf *y = provision_files_get(b, other);
    return x && y && x->len == y->len && memcmp(x->data, y->data, x->len) == 0;
}

static bool same_set(const struct provision_files *a,
                     const struct provision_files *b)
{
    bool is = a->files == b->files;
    for (size_t i = 0; i < a->files && is; i++)
        is = same(a, a->file[i].name, b, a->file[i].name);
    return is;
}

static void test_due(void **state)
{
    /* Its life is from day -80 to day 20: a third is left on day -13. */
    static const struct {
        int64_t now_s;
        bool set;
        int64_t floor_s;
        bool due;
    } times[] = {
        {NOW - 14 * DAY, true, 0, false},
        {NOW - 13 * DAY, true, 0, true},
        {NOW - 20 * DAY, true, 0, false},
        {NOW + 30 * DAY, true, 0, true},
        {NOW, false, NOW - 50 * DAY, false}, /* no clock to go by */
        {0, true, NOW, true},
        {0, false, NOW, true},
    };
    LK_AUTO(provision_files) f = kiosk_due();
    LK_AUTO(provision_files) none = kiosk_new();
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(times); i++) {
        const struct provision_time t = {times[i].now_s + 60, times[i].set,
                                         times[i].floor_s};
        print_message("%zu\n", i);
        assert_int_equal(provision_renew_due(f, &t), times[i].due);
        assert_false(provision_renew_due(none, &t));
    }
}

/* The request's text, which the kiosk's own key must have signed. */
static void opened(const struct provision_files *f, const char *request,
                   char *ret, size_t cap)
{
    BIO *in = BIO_new_mem_buf(request, -1);
    BIO *out = BIO_new(BIO_s_mem());
    CMS_ContentInfo *cms = PEM_read_bio_CMS(in, NULL, NULL, NULL);
    X509_STORE *trust = X509_STORE_new();
    X509_VERIFY_PARAM *param = X509_STORE_get0_param(trust);
    EVP_PKEY *key = key_of(f, PROVISION_DEVICE_KEY);
    assert_non_null(cms);
    X509_VERIFY_PARAM_set_time(param, NOW);
    assert_int_equal(X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY), 1);
    assert_int_equal(X509_STORE_add_cert(trust, fleet.ca), 1);
    assert_int_equal(CMS_verify(cms, NULL, trust, NULL, out, CMS_BINARY), 1);
    STACK_OF(X509) *by = CMS_get0_signers(cms);
    assert_int_equal(sk_X509_num(by), 1);
    assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(sk_X509_value(by, 0)), key),
                     1);
    int n = BIO_read(out, ret, (int)cap - 1);
    assert_true(n > 0);
    ret[n] = 0;
    sk_X509_free(by);
    EVP_PKEY_free(key);
    X509_STORE_free(trust);
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    BIO_free(out);
}

static void test_request(void **state)
{
    LK_AUTO(provision_files) f = kiosk_due();
    char request[PROVISION_RENEW_REQUEST_MAX];
    char text[PROVISION_RENEW_REQUEST_MAX];
    (void)state;
    assert_int_equal(provision_renew_request(f, request), -ENOENT);
    assert_int_equal(provision_renew_begin(f), 0);
    assert_int_equal(provision_renew_stage(f), PROVISION_RENEW_ASKED);
    assert_int_equal(provision_renew_request(f, request), 0);
    assert_null(strstr(request, "PRIVATE"));
    opened(f, request, text, sizeof(text));
    assert_memory_equal(text, "luukku-renew-1 kiosk-7\n", 23);
    assert_null(strstr(text, "PRIVATE"));
    BIO *bio = BIO_new_mem_buf(text, -1);
    static const char *const keys[] = {PROVISION_DEVICE_KEY,
                                       PROVISION_NEXT_KEY};
    for (size_t i = 0; i < LK_ARRAY_LEN(keys); i++) {
        X509_REQ *req = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
        EVP_PKEY *key = key_of(f, keys[i]);
        assert_non_null(req);
        assert_int_equal(X509_REQ_verify(req, key), 1);
        EVP_PKEY_free(key);
        X509_REQ_free(req);
    }
    BIO_free(bio);
    /* Asking again is for the same key. */
    LK_AUTO(provision_files) before = NULL;
    assert_int_equal(provision_files_copy(f, &before), 0);
    assert_int_equal(provision_renew_begin(f), 0);
    assert_true(same_set(f, before));
}

static void test_good(void **state)
{
    LK_AUTO(provision_files) f = kiosk_due();
    LK_AUTO(provision_files) old = NULL;
    LK_AUTO(provision_files) trial = NULL;
    struct store_config_error e;
    char why[PROVISION_RENEW_WHY_MAX];
    (void)state;
    assert_int_equal(provision_files_copy(f, &old), 0);
    assert_int_equal(provision_renew_begin(f), 0);
    char *text = answer_to(f, &fleet, &good_device, &good_tls, NULL);
    assert_int_equal(provision_renew_take(f, text, strlen(text), &now_set, &e),
                     0);
    assert_int_equal(provision_renew_stage(f), PROVISION_RENEW_TRIAL);
    assert_true(same(f, PROVISION_DEVICE_KEY, old, PROVISION_DEVICE_KEY));
    assert_false(same(f, PROVISION_TLS_KEY, old, PROVISION_TLS_KEY));
    assert_false(provision_renew_due(f, &now_set));
    assert_int_equal(provision_renew_begin(f), -EBUSY);
    /* The same answer once more is for nothing that is asked. */
    assert_int_equal(provision_renew_take(f, text, strlen(text), &now_set, &e),
                     -ENOENT);
    free(text);
    const struct provision_time later = {NOW + 21 * DAY, true, 0};
    assert_false(provision_renew_old_ended(f, &now_set));
    assert_true(provision_renew_old_ended(f, &later));
    assert_int_equal(provision_files_copy(f, &trial), 0);
    /* Proved: nothing of the old is left. */
    provision_renew_prove(f);
    assert_int_equal(provision_renew_stage(f), PROVISION_RENEW_IDLE);
    assert_int_equal(f->files, old->files);
    assert_false(provision_renew_due(f, &now_set));
    /* Not proved: everything of the old, and why. */
    assert_int_equal(provision_renew_back(trial, "no \x1b link"), 0);
    provision_renew_why(trial, why);
    assert_string_equal(why, "no ? link");
    provision_files_drop(trial, PROVISION_RENEW_WHY);
    assert_true(same_set(trial, old));
    assert_true(provision_renew_due(trial, &now_set));
}

static void refused(struct provision_files *f, char *text, const char *reason)
{
    LK_AUTO(provision_files) before = NULL;
    struct store_config_error e = {.line = -1};
    assert_int_equal(provision_files_copy(f, &before), 0);
    print_message("%s\n", reason);
    assert_int_equal(provision_renew_take(f, text, strlen(text), &now_set, &e),
                     -EBADMSG);
    assert_string_equal(e.reason, reason);
    assert_true(e.line >= 0);
    assert_true(same_set(f, before));
    free(text);
}

static void test_lies(void **state)
{
    LK_AUTO(provision_files) f = kiosk_due();
    LK_AUTO(provision_files) other = kiosk_due();
    struct fleet foreign = fleet_new("fleet");
    struct want device = good_device;
    struct want tls = good_tls;
    (void)state;
    assert_int_equal(provision_renew_begin(f), 0);
    assert_int_equal(provision_renew_begin(other), 0);
    refused(f, answer_to(other, &fleet, &good_device, &good_tls, NULL),
            "is for another key: it does not answer this kiosk's request");
    refused(f, answer(f, &fleet, &good_device, &good_tls, NULL),
            "is for another key: it does not answer this kiosk's request");
    refused(f, answer_to(f, &foreign, &good_device, &good_tls, NULL),
            "was not signed by this fleet's CA");
    refused(f, answer_to(f, &foreign, &good_device, &good_tls, &foreign),
            "is another fleet's CA");
    refused(f, answer_to(f, &fleet, &good_device, NULL, NULL),
            "there is no certificate for the TLS key in it");
    refused(f, answer_to(f, &fleet, NULL, &good_tls, NULL),
            "there is no certificate for the device's key in it");
    refused(f, answer_to(f, &fleet, &old_device, &old_tls, NULL),
            "the new certificates last no longer than the old ones");
    tls.name = "kiosk-8";
    refused(f, answer_to(f, &fleet, &good_device, &tls, NULL),
            "is kiosk-8's, not kiosk-7's");
    device.name = "kiosk-8";
    refused(f, answer_to(f, &fleet, &device, &tls, NULL),
            "is kiosk-8's, not kiosk-7's");
    device = good_device;
    device.to_s = -1;
    refused(f, answer_to(f, &fleet, &device, &good_tls, NULL),
            "ended on 2030-03-17, and today is not before 2030-03-17");
    refused(f, strdup("refused revoked\n"), "the fleet's office says: revoked");
    refused(f, strdup("refused \x1b[2J\n\n"), "the fleet's office says: ?[2J");
    refused(f, strdup(""),
            "there is no certificate for the device's key in it");
    char *huge = calloc(1, PROVISION_RENEW_ANSWER_MAX + 2);
    memset(huge, 'x', PROVISION_RENEW_ANSWER_MAX + 1);
    refused(f, huge, "the answer is too long");
    fleet_free(&foreign);
}

static int whole(const struct provision_files *due)
{
    LK_AUTO(provision_files) f = NULL;
    char request[PROVISION_RENEW_REQUEST_MAX];
    int r = provision_files_copy(due, &f);
    if (r == 0)
        r = provision_renew_begin(f);
    if (r == 0)
        r = provision_renew_request(f, request);
    return r < 0 ? r : provision_renew_back(f, "why");
}

static void test_no_memory(void **state)
{
    LK_AUTO(provision_files) f = kiosk_due();
    LK_AUTO(provision_files) asks = kiosk_due();
    struct store_config_error e;
    int r = 0;
    (void)state;
    OOM_SWEEP(r, whole(f));
    assert_int_equal(provision_renew_begin(asks), 0);
    char *text = answer_to(asks, &fleet, &good_device, &good_tls, NULL);
    OOM_SWEEP(r, provision_renew_take(asks, text, strlen(text), &now_set, &e));
    free(text);
}

/* --- the power, and the disk ----------------------------------------------
 */

static char path[] = "/tmp/luukku-renew-XXXXXX";

/* Steps until one fails; negative: none does. */
static struct shared {
    int left;
    int fail_with; /* 0: the power fails */
} * world;

static bool step(void)
{
    if (!world || world->left < 0 || world->left-- > 0)
        return false;
    if (world->fail_with == 0)
        (void)raise(SIGKILL);
    errno = world->fail_with;
    return true;
}

#define STEP(type, name, args, call) \
    type __real_##name args;         \
    type __wrap_##name args;         \
    type __wrap_##name args          \
    {                                \
        if (step())                  \
            return -1;               \
        return __real_##name call;   \
    }

STEP(int, mkdirat, (int at, const char *name, mode_t mode), (at, name, mode))
STEP(int, renameat, (int a, const char *from, int b, const char *to),
     (a, from, b, to))
STEP(int, symlinkat, (const char *to, int at, const char *name), (to, at, name))
STEP(int, unlinkat, (int at, const char *name, int flags), (at, name, flags))
STEP(ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len))

/* Nothing is lost with a process: a real one would take its time. */
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    (void)fd;
    return step() ? -1 : 0;
}

int __real_openat(int at, const char *name, int flags, mode_t mode);
int __wrap_openat(int at, const char *name, int flags, ...);
int __wrap_openat(int at, const char *name, int flags, ...)
{
    return step() ? -1 : __real_openat(at, name, flags, 0600);
}

/* One stage of a renewal on what is on the disk. */
static int go_on(const char *text)
{
    struct provision_files *f = NULL;
    struct store_config_error e;
    unsigned g = 0;
    int dir = provision_state_open(path);
    int r = provision_state_load(dir, &f, &g);
    if (r < 0)
        return r;
    switch (provision_renew_stage(f)) {
    case PROVISION_RENEW_IDLE:
        r = provision_renew_begin(f);
        break;
    case PROVISION_RENEW_ASKED:
        r = provision_renew_take(f, text, strlen(text), &now_set, &e);
        break;
    case PROVISION_RENEW_TRIAL:
        provision_renew_prove(f);
        break;
    }
    return r < 0 ? r : provision_state_save(dir, f, g, &g);
}

/* One stage in a child that dies, or whose disk fails, at step `at`. */
static bool go_on_until(int at, int fail_with, const char *text)
{
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        world->fail_with = fail_with;
        world->left = at;
        int r = go_on(text);
        _exit(r == 0 && world->left >= 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    world->left = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static struct provision_files *on_disk(void)
{
    struct provision_files *f = NULL;
    unsigned g = 0;
    int dir = provision_state_open(path);
    assert_int_equal(provision_state_load(dir, &f, &g), 0);
    (void)close(dir);
    return f;
}

static void to_disk(const struct provision_files *f)
{
    LK_AUTO(provision_files) is = NULL;
    unsigned g = 0;
    int dir = provision_state_open(path);
    assert_int_equal(provision_state_load(dir, &is, &g), 0);
    assert_int_equal(provision_state_save(dir, f, g, &g), 0);
    (void)close(dir);
}

/* Whether the keys and certificates in use go together. */
static bool in_use(const struct provision_files *f)
{
    LK_AUTO(provision_files) copy = NULL;
    struct store_config_error e;
    char name[LK_NAME_MAX] = "kiosk-7";
    char request[PROVISION_REQUEST_MAX];
    assert_int_equal(provision_files_copy(f, &copy), 0);
    /* Nothing new: whatever is there is checked against keys and CA. */
    return provision_cert_take(copy, "", 0, name, &now_set, &e) == 0 &&
           provision_request_make(f, name, request) == 0;
}

/* Wherever a stage breaks off: the stage before, or after it, whole. Each step
 * of a save alone is unit.provision.state's; here every `stride`th. */
static void each_step(int fail_with, int stride,
                      const struct provision_files *before, const char *text)
{
    enum provision_renew_stage stage = provision_renew_stage(before);
    bool ended = false;
    int seen = 0;
    for (int at = 0; at < STEPS_MAX && !ended; at += stride) {
        to_disk(before);
        ended = go_on_until(at, fail_with, text);
        LK_AUTO(provision_files) is = on_disk();
        assert_true(in_use(is));
        assert_true(same_set(is, before) || provision_renew_stage(is) != stage);
        seen += provision_renew_stage(is) != stage;
        /* And it goes on from there; the answer is for another key. */
        if (stage != PROVISION_RENEW_IDLE)
            assert_int_equal(go_on(text), 0);
    }
    assert_true(ended);
    assert_true(seen > 0);
}

static void test_power_and_disk(void **state)
{
    static const int how[] = {0, EIO, ENOSPC};
    LK_AUTO(provision_files) due = kiosk_due();
    LK_AUTO(provision_files) asks = NULL;
    LK_AUTO(provision_files) trial = NULL;
    struct store_config_error e;
    (void)state;
    assert_int_equal(provision_files_copy(due, &asks), 0);
    assert_int_equal(provision_renew_begin(asks), 0);
    assert_int_equal(provision_files_copy(asks, &trial), 0);
    char *text = answer_to(asks, &fleet, &good_device, &good_tls, NULL);
    assert_int_equal(
        provision_renew_take(trial, text, strlen(text), &now_set, &e), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(how); i++) {
        each_step(how[i], 5, due, text);
        each_step(how[i], how[i] ? 5 : 1, asks, text);
        each_step(how[i], 5, trial, text);
    }
    free(text);
}

static int set_up(void **state)
{
    (void)state;
    fleet = fleet_new("fleet");
    world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    world->left = -1;
    return mkdtemp(path) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    fleet_free(&fleet);
    return test_remove_tree(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_due),       cmocka_unit_test(test_request),
        cmocka_unit_test(test_good),      cmocka_unit_test(test_lies),
        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_power_and_disk),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

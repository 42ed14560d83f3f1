/* luukkud's end of the post, with this test in the place of luukku-super. */
#include "testing.h"

#include "app/luukkud_post.h"
#include "ipc/chan.h"
#include "seal/seal.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <errno.h>
#include <unistd.h>

#define CODE "KE4F-7Q9W-2MXT-8ZA"

static struct lk_loop *loop;
static struct superlink *near_end;
static struct lk_chan *super; /* super's end */
static struct luukkud_post *post;
static struct store_config *config;
static struct lk_buf *cert[STORE_CONFIG_AGENCIES_MAX];
static EVP_PKEY *key; /* of the agency with an address */

/* What came last, at either end. */
static struct {
    uint16_t type;
    uint32_t id;
    char text[256];
    uint8_t head[2];
    char content[4096]; /* of a letter */
    char posted[64];
    enum session_track track;
    char told[256];
    bool answered;
} got;

/* As the agency opens a letter. */
static void open_letter(int fd)
{
    uint8_t der[8192];
    ssize_t len = pread(fd, der, sizeof(der), 0);
    BIO *in = BIO_new_mem_buf(der, (int)len);
    BIO *out = BIO_new(BIO_s_mem());
    CMS_ContentInfo *cms = d2i_CMS_bio(in, NULL);
    assert_int_equal(CMS_decrypt(cms, key, NULL, NULL, out, CMS_BINARY), 1);
    int n = BIO_read(out, got.content, sizeof(got.content) - 1);
    assert_true(n > 0);
    got.content[n] = 0;
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    BIO_free(out);
}

static void on_message(void *arg, struct lk_chan_msg *raw)
{
    struct supermsg m;
    LK_AUTO_FD fd = lk_chan_take_fd(raw, 0);
    (void)arg;
    assert_int_equal(
        supermsg_decode(raw->type, raw->payload, raw->len, fd >= 0, &m), 0);
    got.type = raw->type;
    got.id = m.id;
    (void)snprintf(got.text, sizeof(got.text), "%s", m.text);
    if (fd < 0)
        return;
    assert_int_equal(pread(fd, got.head, sizeof(got.head), 0), 2);
    open_letter(fd);
}

static void on_closed(void *arg, int error)
{
    (void)arg;
    (void)error;
}

static void on_posted(void *arg, const char *code)
{
    (void)arg;
    (void)snprintf(got.posted, sizeof(got.posted), "%s", code);
}

static void on_told(void *arg, const struct session_matter *m)
{
    (void)arg;
    got.track = m->track;
    got.answered = m->answered;
    (void)snprintf(got.told, sizeof(got.told), "%s|%s|%s|%s", m->code, m->title,
                   m->state, m->asks);
}

static void on_post(void *arg, const struct supermsg *m, int fd)
{
    (void)arg;
    luukkud_post_message(post, m, fd);
}

static void on_control(void *arg, uint32_t id, size_t argc,
                       const char *const *argv)
{
    (void)arg;
    (void)id;
    (void)argc;
    (void)argv;
}

static void on_shutdown(void *arg)
{
    (void)arg;
}

static void turn(void)
{
    for (int i = 0; i < 4; i++)
        assert_int_equal(lk_loop_step(loop, 0), 0);
}

/* From super to luukkud. */
static void say(const struct supermsg *m)
{
    uint8_t buf[SUPERMSG_PAYLOAD_MAX];
    int n = supermsg_encode(m, buf, sizeof(buf));
    assert_true(n >= 0);
    assert_int_equal(
        lk_chan_send(super, (uint16_t)m->type, buf, (size_t)n, NULL, 0), 0);
    turn();
}

static void make_cert(void)
{
    char *pem;
    key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 7), 1);
    X509_NAME_add_entry_by_txt(X509_get_issuer_name(x), "CN", MBSTRING_ASC,
                               (const unsigned char *)"kela", -1, -1, 0);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 1000);
    X509_set_pubkey(x, key);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_bio_X509(bio, x), 1);
    long len = BIO_get_mem_data(bio, &pem);
    assert_int_equal(lk_buf_new(65536, &cert[1]), 0);
    assert_int_equal(lk_buf_append(cert[1], pem, (size_t)len), 0);
    BIO_free(bio);
    X509_free(x);
}

/* Two agencies; the second has an address. */
static int setup(void **state)
{
    int pair[2];
    const struct lk_chan_config chan = {.receive = on_message,
                                        .closed = on_closed};
    const struct superlink_config link = {.program = "luukkud",
                                          .control = on_control,
                                          .shutdown = on_shutdown,
                                          .post = on_post};
    const struct luukkud_post_output out = {.posted = on_posted,
                                            .told = on_told};
    (void)state;
    memset(&got, 0, sizeof(got));
    config = calloc(1, sizeof(*config));
    assert_non_null(config);
    config->agencies = 2;
    memcpy(config->agency[0].id, "vero", 5);
    memcpy(config->agency[1].id, "kela", 5);
    make_cert();
    assert_int_equal(lk_loop_new(&loop), 0);
    assert_int_equal(lk_chan_pair(pair), 0);
    assert_int_equal(lk_chan_new(loop, pair[0], &chan, &super), 0);
    assert_int_equal(superlink_new(loop, pair[1], &link, &near_end), 0);
    const struct luukkud_post_config c = {
        .loop = loop, .config = config, .cert = cert};
    assert_int_equal(luukkud_post_new(&c, &post), 0);
    luukkud_post_listen(post, &out);
    luukkud_post_attach(post, near_end);
    turn();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    post = luukkud_post_free(post);
    near_end = superlink_free(near_end);
    super = lk_chan_free(super);
    loop = lk_loop_free(loop);
    cert[1] = lk_buf_free(cert[1]);
    EVP_PKEY_free(key);
    config = store_config_free(config);
    return 0;
}

static void test_letter(void **state)
{
    struct formdesk_package p = {
        .id = 1, .data = "zip", .len = 3, .agency = "kela", .code = CODE};
    const struct supermsg posted = {.type = SUPERMSG_POSTED,
                                    .text = "kela." CODE};
    (void)state;
    assert_int_equal(luukkud_post_letter(post, &p), 0);
    turn();
    assert_int_equal(got.type, SUPERMSG_LETTER);
    assert_string_equal(got.text, "kela." CODE);
    assert_int_equal(got.head[0], 0x30); /* DER, not the package */
    say(&posted);
    assert_string_equal(got.posted, CODE);
    got.type = 0;
    p.agency = "vero";
    assert_int_equal(luukkud_post_letter(post, &p), -ENOENT);
    turn();
    assert_int_equal(got.type, 0);
}

static void test_matter(void **state)
{
    struct supermsg told = {
        .type = SUPERMSG_TOLD, .ok = true, .text = "Title\nState\nOne\nTwo"};
    (void)state;
    assert_int_equal(luukkud_post_ask(post, "VE4F-7Q9W-2MXT-8ZA"), -ENOENT);
    assert_int_equal(luukkud_post_ask(post, CODE), 0);
    turn();
    assert_int_equal(got.type, SUPERMSG_ASK);
    assert_string_equal(got.text, "kela." CODE);
    told.id = got.id + 1;
    say(&told); /* of another question */
    assert_string_equal(got.told, "");
    told.id = got.id;
    say(&told);
    assert_int_equal(got.track, SESSION_TRACK_FOUND);
    assert_string_equal(got.told, CODE "|Title|State|One\nTwo");
    got.told[0] = 0;
    say(&told); /* once more */
    assert_string_equal(got.told, "");
}

static void test_no_matter(void **state)
{
    static const struct {
        const char *text;
        enum session_track track;
    } table[] = {{"unknown", SESSION_TRACK_UNKNOWN},
                 {"", SESSION_TRACK_FAILED}};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        struct supermsg told = {.type = SUPERMSG_TOLD, .text = table[i].text};
        assert_int_equal(luukkud_post_ask(post, CODE), 0);
        turn();
        told.id = got.id;
        say(&told);
        assert_int_equal(got.track, table[i].track);
        assert_string_equal(got.told, CODE "|||");
    }
}

static void find(const char *asks)
{
    struct supermsg told = {.type = SUPERMSG_TOLD, .ok = true, .text = asks};
    assert_int_equal(luukkud_post_ask(post, CODE), 0);
    turn();
    told.id = got.id;
    say(&told);
    assert_int_equal(got.track, SESSION_TRACK_FOUND);
}

static void test_answer(void **state)
{
    char name[256];
    struct supermsg held = {.type = SUPERMSG_HELD, .ok = true, .text = name};
    const struct supermsg other = {
        .type = SUPERMSG_HELD, .ok = true, .text = "kela." CODE};
    (void)state;
    find("Title\nState\nOne");
    assert_int_equal(luukkud_post_answer(post, "\"a\\\n\xc3\xa4"), 0);
    assert_int_equal(luukkud_post_answer(post, "b"), -EALREADY);
    turn();
    assert_int_equal(got.type, SUPERMSG_LETTER);
    assert_memory_equal(got.text, "kela." CODE "-", strlen("kela." CODE "-"));
    assert_int_equal(strlen(got.text), strlen("kela." CODE "-") + 8);
    assert_string_equal(got.content,
                        "{\"v\":1,\"code\":\"" CODE "\",\"answer\":"
                        "\"\\u0022a\\u005c\\u000a\xc3\xa4\"}");
    memcpy(name, got.text, sizeof(name));
    say(&other); /* a package */
    assert_false(got.answered);
    say(&held);
    assert_true(got.answered);
    assert_int_equal(got.track, SESSION_TRACK_FOUND);
    assert_int_equal(luukkud_post_answer(post, "c"), 0); /* asked for more */
    turn();
    assert_string_not_equal(got.text, name);
}

static void test_no_answer(void **state)
{
    static char text[SESSION_ARG_MAX + 1];
    char name[256];
    struct supermsg held = {.type = SUPERMSG_HELD, .text = name};
    (void)state;
    assert_int_equal(luukkud_post_answer(post, "a"), -ENOENT);
    find("Title\nState\nOne");
    memset(text, 1, SESSION_ARG_MAX);
    assert_int_equal(luukkud_post_answer(post, text), -EINVAL);
    assert_int_equal(luukkud_post_answer(post, ""), -EINVAL);
    assert_int_equal(luukkud_post_answer(post, "\xff"), -EINVAL);
    text[SESSION_ARG_MAX - 1] = 0;
    assert_int_equal(luukkud_post_answer(post, text), 0);
    turn();
    memcpy(name, got.text, sizeof(name));
    say(&held); /* no room */
    assert_int_equal(got.track, SESSION_TRACK_FAILED);
    assert_false(got.answered);
    assert_int_equal(luukkud_post_answer(post, "a"), -ENOENT);
    find("Title\nState\nOne");
    assert_int_equal(luukkud_post_ask(post, CODE), 0); /* and not told yet */
    assert_int_equal(luukkud_post_answer(post, "a"), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_letter, setup, teardown),
        cmocka_unit_test_setup_teardown(test_matter, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_matter, setup, teardown),
        cmocka_unit_test_setup_teardown(test_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_answer, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

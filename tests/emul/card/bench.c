#include "bench.h"

#include "base/clock.h"

#include <errno.h>

/* Far beyond what may be: a test that waits so long has failed. */
#define LIMIT_US 15000000

static const uint8_t bytes[64] = {9, 8, 7, 6};

static void happened(struct bench *b)
{
    int64_t now_us = lk_clock_us();
    b->worst_us = LK_MAX(b->worst_us, now_us - b->last_us);
    b->last_us = now_us;
}

static void on_tell(void *arg, const struct cardmsg *m)
{
    struct bench *b = arg;
    happened(b);
    if (m->type == CARDMSG_STATE) {
        b->state = *m;
        memcpy(b->own_certificate, m->bytes ? m->bytes : bytes, m->len);
        b->state.bytes = b->own_certificate;
    } else if (m->type == CARDMSG_PIN_WANTED) {
        b->wanted = *m;
    } else if (m->type == CARDMSG_RESULT) {
        b->end = *m;
        memcpy(b->signature, m->bytes, m->len);
        memcpy(b->certificate, m->certificate, m->certificate_len);
    } else if (m->type == CARDMSG_FAILED) {
        b->end = *m;
    }
}

static int64_t on_now(void *arg)
{
    (void)arg;
    return lk_clock_wall_us() / 1000000;
}

static void on_works(void *arg)
{
    happened(arg);
}

static void on_broken(void *arg, const char *why)
{
    struct bench *b = arg;
    happened(b);
    b->broken = true;
    (void)snprintf(b->why, sizeof(b->why), "%s", why ? why : "unplugged");
}

static size_t read_file(const char *dir, const char *name, char *ret,
                        size_t cap)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "re");
    if (!f)
        return 0;
    size_t n = fread(ret, 1, cap, f);
    (void)fclose(f);
    return n;
}

/* CAs and revocations of the emulated cards; NULL where no card has needed them
 * yet. */
static struct card_trust *read_trust(const char *dir)
{
    static char ca[65536];
    static char crl[65536];
    struct card_trust *t = NULL;
    const struct card_trust_config config = {
        .ca = ca,
        .ca_len = read_file(dir, "ca.pem", ca, sizeof(ca)),
        .crl = crl,
        .crl_len = read_file(dir, "crl.pem", crl, sizeof(crl)),
        .crl_needed = true};
    if (config.ca_len == 0)
        return NULL;
    assert_int_equal(card_trust_new(&config, &t), 0);
    return t;
}

struct bench *bench_new(const char *const *args)
{
    struct bench *b = calloc(1, sizeof(*b));
    assert_non_null(b);
    b->emulator = emulator_start("reader", args);
    assert_int_equal(lk_loop_new(&b->loop), 0);
    assert_int_equal(card_vault_new(&b->vault), 0);
    b->trust = read_trust(emulator_command(b->emulator, "pki"));
    return b;
}

struct bench *bench_free(struct bench *b)
{
    bench_close(b);
    b->trust = card_trust_free(b->trust);
    b->vault = card_vault_free(b->vault);
    b->loop = lk_loop_free(b->loop);
    b->emulator = emulator_free(b->emulator);
    free(b);
    return NULL;
}

static void make_work(struct bench *b)
{
    const struct card_reader_config reader = {
        .loop = b->loop, .works = on_works, .broken = on_broken, .arg = b};
    assert_int_equal(card_reader_new(&reader, &b->reader), 0);
    const struct card_work_config work = {.loop = b->loop,
                                          .vault = b->vault,
                                          .trust = b->trust,
                                          .ops = &card_reader_ops,
                                          .slot = b->reader,
                                          .tell = on_tell,
                                          .now_s = on_now,
                                          .typing_us = CARD_WORK_TYPING_US,
                                          .arg = b};
    assert_int_equal(card_work_new(&work, &b->work), 0);
    card_reader_serve(b->reader, b->work);
    card_work_luukkud(b->work, true);
}

void bench_open(struct bench *b, enum usb_fault what, unsigned at)
{
    int error = 0;
    struct usb_device *inner = emulator_open(b->emulator, b->loop, &error);
    assert_non_null(inner);
    b->device = inner;
    if (what != USB_FAULT_NONE)
        assert_int_equal(usb_fault_new(b->loop, inner, what, at, &b->device),
                         0);
    b->broken = false;
    b->end.type = 0;
    b->worst_us = 0;
    b->last_us = lk_clock_us();
    if (!b->reader)
        make_work(b);
    int r = card_reader_open(b->reader, b->device);
    if (r < 0)
        on_broken(b, "not opened");
}

void bench_close(struct bench *b)
{
    if (b->reader)
        card_reader_close(b->reader);
    b->device = NULL;
    b->work = card_work_free(b->work);
    b->reader = card_reader_free(b->reader);
}

/* One turn of the loop; ends the test when nothing comes any more. */
static void turn(struct bench *b, int64_t since_us)
{
    assert_int_equal(lk_loop_step(b->loop, 100000), 0);
    if (lk_clock_us() - since_us > LIMIT_US)
        fail_msg("nothing for %d s: card=%d end=%d", LIMIT_US / 1000000,
                 (int)b->state.card, (int)b->end.type);
}

bool bench_wait_card(struct bench *b, unsigned bits)
{
    int64_t since_us = lk_clock_us();
    while (!b->broken && (b->state.reader != CARDMSG_READER_READY ||
                          (bits >> b->state.card & 1) == 0))
        turn(b, since_us);
    return !b->broken;
}

bool bench_ask(struct bench *b, enum cardmsg_type type, enum cardmsg_hash h)
{
    struct cardmsg m = {.type = type,
                        .id = ++b->id,
                        .hash = h,
                        .purpose = "bench",
                        .bytes = bytes,
                        .len = type == CARDMSG_SIGN ? cardmsg_hash_len(h) : 32};
    int64_t since_us = lk_clock_us();
    b->end.type = 0;
    b->wanted.type = 0;
    b->last_us = since_us;
    card_work_order(b->work, &m);
    while (!b->broken && b->end.type == 0 && b->wanted.type == 0)
        turn(b, since_us);
    return b->end.type == 0 && b->wanted.type != 0;
}

void bench_wait_end(struct bench *b)
{
    int64_t since_us = lk_clock_us();
    while (b->end.type == 0)
        turn(b, since_us);
    assert_int_equal(b->end.id, b->id);
    assert_int_equal(card_vault_count(b->vault), 0);
}

void bench_type(struct bench *b, const char *digits)
{
    struct cardmsg m = {.type = CARDMSG_DIGIT, .id = b->id};
    for (const char *c = digits; *c; c++) {
        m.digit = (uint8_t)(*c - '0');
        card_work_order(b->work, &m);
    }
    m.type = CARDMSG_PIN_OK;
    b->last_us = lk_clock_us();
    card_work_order(b->work, &m);
    bench_wait_end(b);
}

static void algorithm(enum cardmsg_algorithm a, enum card_scheme *s,
                      enum card_hash *h)
{
    static const struct {
        enum card_scheme s;
        enum card_hash h;
    } table[CARDMSG_ALGORITHMS] = {
        [CARDMSG_ES256] = {CARD_ECDSA, CARD_SHA256},
        [CARDMSG_ES384] = {CARD_ECDSA, CARD_SHA384},
        [CARDMSG_RS256] = {CARD_RSA_PKCS1, CARD_SHA256},
        [CARDMSG_RS384] = {CARD_RSA_PKCS1, CARD_SHA384},
        [CARDMSG_RS512] = {CARD_RSA_PKCS1, CARD_SHA512},
        [CARDMSG_PS256] = {CARD_RSA_PSS, CARD_SHA256},
        [CARDMSG_PS384] = {CARD_RSA_PSS, CARD_SHA384},
        [CARDMSG_PS512] = {CARD_RSA_PSS, CARD_SHA512},
        [CARDMSG_ES256_P384] = {CARD_ECDSA, CARD_SHA256},
        [CARDMSG_ES512_P384] = {CARD_ECDSA, CARD_SHA512},
        [CARDMSG_ES384_P256] = {CARD_ECDSA, CARD_SHA384},
        [CARDMSG_ES512_P256] = {CARD_ECDSA, CARD_SHA512}};
    *s = table[a].s;
    *h = table[a].h;
}

void bench_expect_result(const struct bench *b, enum cardmsg_type type,
                         enum cardmsg_hash h)
{
    LK_AUTO(card_cert) cert = NULL;
    enum card_scheme scheme;
    enum card_hash hash;
    uint8_t signed_hash[CARD_HASH_MAX];
    if (b->end.type == CARDMSG_FAILED)
        fail_msg("failed: why=%d tries=%d", (int)b->end.why, b->end.tries);
    assert_int_equal(b->end.type, CARDMSG_RESULT);
    assert_int_equal(b->end.chain, CARDMSG_CHAIN_GOOD);
    assert_int_equal(
        card_cert_new(b->certificate, b->end.certificate_len, &cert), 0);
    algorithm(b->end.algorithm, &scheme, &hash);
    if (type == CARDMSG_SIGN) {
        assert_int_equal(card_hash_len(hash), cardmsg_hash_len(h));
        memcpy(signed_hash, bytes, sizeof(bytes));
    } else {
        assert_int_equal(
            card_challenge_hash("bench", bytes, 32, hash, signed_hash), 0);
    }
    assert_int_equal(card_cert_verify(cert, scheme, hash, signed_hash,
                                      b->signature, b->end.len),
                     0);
}

int bench_tries(struct bench *b, int pin)
{
    const char *name = pin == 1 ? "pin1:" : "pin2:";
    const char *at = strstr(emulator_command(b->emulator, "tries"), name);
    assert_non_null(at);
    return (int)strtol(at + strlen(name), NULL, 10);
}

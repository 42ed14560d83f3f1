/* Against tests/vectors/identity, which node's crypto made. */
#include "oom.h"
#include "testing.h"

#include "apdu/cert.h"
#include "identity/identity.h"

#include <errno.h>
#include <jansson.h>

static json_t *vectors;

static int load(void **state)
{
    json_error_t error;
    (void)state;
    vectors = json_load_file(VECTORS, JSON_ALLOW_NUL, &error);
    return vectors ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    json_decref(vectors);
    return 0;
}

static const char *str(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static size_t index_of(const char *word, const char *const *words, size_t n)
{
    size_t i = 0;
    while (i < n && strcmp(word, words[i]) != 0)
        i++;
    return i;
}

static const char *const hows[] = {"card", "phone", "document"};
static const char *const roles[] = {"self", "person", "company"};

/* Cut where it is too long for its place, and then of no use. */
static void copy(char *ret, size_t cap, const char *s)
{
    size_t len = LK_MIN(strlen(s), cap);
    memcpy(ret, s, len);
    if (len < cap)
        ret[len] = '\0';
}

static void read_acting(const json_t *o, struct identity_acting *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->role = (enum identity_role)index_of(str(o, "role"), roles, 3);
    copy(ret->name, sizeof(ret->name), str(o, "name"));
    copy(ret->id, sizeof(ret->id), str(o, "id"));
}

static void read_binding(const json_t *o, struct identity_binding *ret)
{
    memset(ret, 0, sizeof(*ret));
    copy(ret->kiosk, sizeof(ret->kiosk), str(o, "kiosk"));
    copy(ret->expert, sizeof(ret->expert), str(o, "expert"));
    copy(ret->call, sizeof(ret->call), str(o, "call"));
    copy(ret->kn, sizeof(ret->kn), str(o, "kn"));
    copy(ret->en, sizeof(ret->en), str(o, "en"));
    assert_int_equal(lk_hex_decode(str(o, "kioskPrint"), 32, ret->kiosk_print),
                     0);
    assert_int_equal(lk_hex_decode(str(o, "pagePrint"), 32, ret->page_print),
                     0);
}

static void assert_hex(const uint8_t *data, size_t len, const char *want)
{
    char hex[2 * CARD_HASH_MAX + 1];
    lk_hex_encode(data, len, hex);
    assert_string_equal(hex, want);
}

/* What the card is told to sign comes from the apdu room. */
static void check_card(const json_t *v, const uint8_t *challenge)
{
    uint8_t hash[CARD_HASH_MAX];
    assert_int_equal(card_challenge_hash(IDENTITY_PURPOSE, challenge,
                                         IDENTITY_HASH_LEN, CARD_SHA256, hash),
                     0);
    assert_hex(hash, 32, str(v, "cardSha256"));
    assert_int_equal(card_challenge_hash(IDENTITY_PURPOSE, challenge,
                                         IDENTITY_HASH_LEN, CARD_SHA384, hash),
                     0);
    assert_hex(hash, 48, str(v, "cardSha384"));
}

static void check_token(const json_t *v, const struct identity_binding *b,
                        const struct identity_acting *a)
{
    uint8_t sha256[IDENTITY_HASH_LEN];
    char lines[IDENTITY_LINES_MAX];
    const char *token = str(v, "token");
    assert_int_equal(identity_digest(token, strlen(token), sha256), 0);
    assert_true(identity_lines(IDENTITY_PHONE, b, a, sha256, lines) > 0);
    assert_string_equal(lines, str(v, "tokenLines"));
}

static void test_challenges(void **state)
{
    const json_t *list = json_object_get(vectors, "challenges");
    struct identity_binding first;
    size_t i;
    json_t *v;
    (void)state;
    assert_true(json_array_size(list) >= 9);
    read_binding(json_object_get(json_array_get(list, 0), "binding"), &first);
    json_array_foreach(list, i, v)
    {
        struct identity_acting a;
        struct identity_binding b;
        char lines[IDENTITY_LINES_MAX];
        uint8_t challenge[IDENTITY_HASH_LEN];
        enum identity_how how =
            (enum identity_how)index_of(str(v, "how"), hows, 3);
        read_acting(json_object_get(v, "acting"), &a);
        read_binding(json_object_get(v, "binding"), &b);
        int n = identity_lines(how, &b, &a, NULL, lines);
        assert_int_equal(n, strlen(str(v, "lines")));
        assert_string_equal(lines, str(v, "lines"));
        assert_int_equal(identity_challenge(how, &b, &a, challenge), 0);
        assert_hex(challenge, sizeof(challenge), str(v, "challenge"));
        assert_true(identity_binding_same(&b, &b));
        char nonce[IDENTITY_LOGIN_NONCE_SIZE];
        assert_int_equal(identity_login_nonce(&b, nonce), 0);
        assert_string_equal(nonce, str(v, "nonce"));
        if (how == IDENTITY_CARD)
            check_card(v, challenge);
        if (*str(v, "token"))
            check_token(v, &b, &a);
        json_t *binding = json_object_get(v, "binding");
        json_t *of_first = json_object_get(json_array_get(list, 0), "binding");
        assert_int_equal(identity_binding_same(&b, &first),
                         json_equal(binding, of_first));
    }
}

static void test_bad_acting(void **state)
{
    const json_t *list = json_object_get(vectors, "badActing");
    struct identity_binding b = {.kiosk = "kuopio-02"};
    size_t i;
    json_t *v;
    (void)state;
    json_array_foreach(list, i, v)
    {
        struct identity_acting a;
        char lines[IDENTITY_LINES_MAX];
        char role[512];
        /* A NUL ends a text here: what is behind it does not come in. */
        if (json_string_length(json_object_get(v, "name")) !=
            strlen(str(v, "name")))
            continue;
        read_acting(v, &a);
        assert_false(identity_acting_valid(&a));
        assert_int_equal(identity_lines(IDENTITY_CARD, &b, &a, NULL, lines),
                         -EINVAL);
        assert_int_equal(identity_write_role(&a, role, sizeof(role)), -EINVAL);
    }
    struct identity_acting odd = {.role = IDENTITY_ROLES};
    assert_false(identity_acting_valid(&odd));
    odd = (struct identity_acting){IDENTITY_PERSON, "\xff", ""};
    assert_false(identity_acting_valid(&odd));
}

static void test_asks(void **state)
{
    static const char *const kinds[] = {"identify", "identify-off",
                                        "identify-seen"};
    const json_t *list = json_object_get(vectors, "asks");
    size_t i;
    json_t *v;
    (void)state;
    json_array_foreach(list, i, v)
    {
        struct identity_ask ask = {.n = 77};
        const char *text = str(v, "text");
        const char *error = str(v, "error");
        int want = strcmp(error, "other") == 0       ? -ENOENT
                   : strcmp(error, "malformed") == 0 ? -EBADMSG
                   : *error                          ? -EMSGSIZE
                                                     : 0;
        int r = identity_read(text, strlen(text), &ask);
        if (r != want)
            print_message("%s\n", text);
        assert_int_equal(r, want);
        if (r < 0) {
            assert_int_equal(ask.n, 77);
            continue;
        }
        assert_string_equal(kinds[ask.kind], str(v, "kind"));
        assert_int_equal(ask.n, json_integer_value(json_object_get(v, "n")));
        if (ask.kind == IDENTITY_ASK)
            assert_string_equal(hows[ask.how], str(v, "how"));
    }
    assert_int_equal(identity_read("{\"type\":\"identify\0\"}", 20,
                                   &(struct identity_ask){.n = 0}),
                     -EBADMSG);
}

/* Without memory nothing is taken, and nothing is half taken. */
static void test_no_memory(void **state)
{
    static const char text[] =
        "{\"type\":\"identify\",\"n\":1,\"how\":\"card\"}";
    int r = -ENOMEM;
    (void)state;
    json_set_alloc_funcs(malloc, free); /* from here, where they are wrapped */
    for (long i = 0; r < 0; i++) {
        struct identity_ask ask = {.n = 77};
        oom_left = i;
        r = identity_read(text, sizeof(text) - 1, &ask);
        oom_left = -1;
        assert_true(i < 1000 && (r == 0 || r == -ENOMEM || r == -EBADMSG));
        assert_int_equal(ask.n, r == 0 ? 1 : 77);
    }
}

/* --- what is written ---------------------------------------------------- */

static json_t *parse(const char *text, int len)
{
    json_error_t error;
    assert_true(len > 0);
    assert_int_equal(strlen(text), len);
    json_t *o = json_loadb(text, (size_t)len, JSON_REJECT_DUPLICATES, &error);
    assert_non_null(o);
    return o;
}

static void test_role(void **state)
{
    struct identity_acting a = {IDENTITY_COMPANY,
                                "S\xc3\xa4hk\xc3\xb6 & "
                                "\"Valo\" \\ Oy",
                                "1234567-1"};
    char text[512];
    (void)state;
    json_t *o = parse(text, identity_write_role(&a, text, sizeof(text)));
    assert_string_equal(str(o, "type"), "role");
    assert_string_equal(str(o, "role"), "company");
    assert_string_equal(str(o, "name"), a.name);
    assert_string_equal(str(o, "id"), a.id);
    json_decref(o);
    for (size_t cap = 1; cap < strlen(text) + 1; cap++)
        assert_int_equal(identity_write_role(&a, text, cap), -EMSGSIZE);
}

static void test_states(void **state)
{
    char text[IDENTITY_SAID_MAX + 1];
    (void)state;
    for (int i = 0; i < IDENTITY_PROOF; i++) {
        struct identity_said s = {.n = 3,
                                  .how = IDENTITY_CARD,
                                  .state = (enum identity_state)i,
                                  .why = IDENTITY_WRONG_PIN,
                                  .tries = 2,
                                  .left_s = 272};
        json_t *o = parse(text, identity_write(&s, text, sizeof(text)));
        bool failed = i == IDENTITY_FAILED;
        assert_string_equal(str(o, "type"), "identity");
        assert_int_equal(json_integer_value(json_object_get(o, "n")), 3);
        assert_string_equal(str(o, "state"), identity_state_word(s.state));
        assert_string_equal(str(o, "why"), failed ? "wrong-pin" : "");
        bool code = i == IDENTITY_SHOW_CODE;
        assert_int_equal(json_object_size(o), failed ? 6 : code ? 5 : 4);
        if (code)
            assert_int_equal(json_integer_value(json_object_get(o, "left")),
                             272);
        json_decref(o);
    }
    struct identity_said s = {.state = IDENTITY_FAILED,
                              .tries = IDENTITY_TRIES_UNKNOWN};
    assert_true(identity_write(&s, text, sizeof(text)) > 0);
    assert_non_null(strstr(text, "\"tries\":-1"));
    for (int i = 0; i < IDENTITY_WHYS; i++)
        assert_non_null(identity_why_word((enum identity_why)i));
    assert_null(identity_why_word(IDENTITY_WHYS));
    assert_null(identity_state_word(IDENTITY_STATES));
}

/* The longest proofs fit, and nothing longer gets through. */
static void test_proofs(void **state)
{
    static uint8_t cert[IDENTITY_CERT_MAX + 1] = {0x30, 0xfb};
    static uint8_t sig[IDENTITY_SIG_MAX + 1] = {0xff};
    static char token[IDENTITY_TOKEN_MAX + 2];
    static char text[IDENTITY_SAID_MAX + 100];
    struct identity_said s = {.n = IDENTITY_N_MAX,
                              .how = IDENTITY_CARD,
                              .state = IDENTITY_PROOF,
                              .cert = cert,
                              .cert_len = IDENTITY_CERT_MAX,
                              .alg = "ES384",
                              .sig = sig,
                              .sig_len = IDENTITY_SIG_MAX};
    uint8_t back[IDENTITY_CERT_MAX];
    (void)state;
    json_t *o = parse(text, identity_write(&s, text, sizeof(text)));
    const char *b64 = str(o, "cert");
    assert_int_equal(lk_b64u_decode(b64, strlen(b64), back, sizeof(back)),
                     IDENTITY_CERT_MAX);
    assert_memory_equal(back, cert, sizeof(back));
    assert_string_equal(str(o, "alg"), "ES384");
    json_decref(o);
    s.cert_len++;
    assert_int_equal(identity_write(&s, text, sizeof(text)), -EMSGSIZE);
    s.cert_len = 100;
    s.sig_len++;
    assert_int_equal(identity_write(&s, text, sizeof(text)), -EMSGSIZE);
    s.sig_len = 0;
    assert_int_equal(identity_write(&s, text, sizeof(text)), -EINVAL);

    memset(token, 'a', IDENTITY_TOKEN_MAX + 1);
    s = (struct identity_said){.n = IDENTITY_N_MAX,
                               .how = IDENTITY_PHONE,
                               .state = IDENTITY_PROOF,
                               .token = token,
                               .token_len = IDENTITY_TOKEN_MAX,
                               .sig = sig,
                               .sig_len = 64};
    o = parse(text, identity_write(&s, text, sizeof(text)));
    assert_int_equal(strlen(str(o, "token")), IDENTITY_TOKEN_MAX);
    json_decref(o);
    s.token_len++;
    assert_int_equal(identity_write(&s, text, sizeof(text)), -EMSGSIZE);
    s.token_len = 3;
    for (const char *bad = "\" \\+/=\n"; *bad; bad++) {
        token[1] = *bad;
        assert_int_equal(identity_write(&s, text, sizeof(text)), -EINVAL);
    }
    s = (struct identity_said){.how = IDENTITY_DOCUMENT,
                               .state = IDENTITY_PROOF};
    o = parse(text, identity_write(&s, text, sizeof(text)));
    assert_int_equal(json_object_size(o), 4);
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_challenges), cmocka_unit_test(test_bad_acting),
        cmocka_unit_test(test_asks),       cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_role),       cmocka_unit_test(test_states),
        cmocka_unit_test(test_proofs),
    };
    return cmocka_run_group_tests(tests, load, unload);
}

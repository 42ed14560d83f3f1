#include "signal/envelope.h"
#include "signal/json.h"

#include <openssl/evp.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION_TEXT "luukku-1"
#define MEMBERS 9
#define NONCE_LEN 16

static const char *const reason_names[SIGNAL_REASONS] = {
    [SIGNAL_OK] = "ok",
    [SIGNAL_OVERSIZED] = "oversized",
    [SIGNAL_MALFORMED] = "malformed",
    [SIGNAL_VERSION] = "version",
    [SIGNAL_TYPE] = "type",
    [SIGNAL_NAMES] = "names",
    [SIGNAL_CALL] = "call",
    [SIGNAL_NONCE] = "nonce",
    [SIGNAL_SIGNATURE] = "signature",
    [SIGNAL_CERTIFICATE] = "certificate",
    [SIGNAL_REVOKED] = "revoked",
    [SIGNAL_AGENCY] = "agency",
    [SIGNAL_ORDER] = "order",
    [SIGNAL_TAKEN] = "taken",
    [SIGNAL_FINGERPRINT] = "fingerprint",
};

#define CARRIED_BY(kind) (1U << (kind))

static const struct {
    const char *name;
    unsigned topics; /* CARRIED_BY bits */
} types[SIGNAL_TYPES] = {
    [SIGNAL_ANNOUNCE] = {"announce", CARRIED_BY(SIGNAL_TOPIC_CALL)},
    [SIGNAL_CLAIM] = {"claim", CARRIED_BY(SIGNAL_TOPIC_DOWN)},
    [SIGNAL_GRANT] = {"grant", CARRIED_BY(SIGNAL_TOPIC_UP)},
    [SIGNAL_REFUSE] = {"refuse", CARRIED_BY(SIGNAL_TOPIC_UP)},
    [SIGNAL_OFFER] = {"offer", CARRIED_BY(SIGNAL_TOPIC_UP)},
    [SIGNAL_ANSWER] = {"answer", CARRIED_BY(SIGNAL_TOPIC_DOWN)},
    [SIGNAL_CANDIDATE] = {"candidate", CARRIED_BY(SIGNAL_TOPIC_UP) |
                                           CARRIED_BY(SIGNAL_TOPIC_DOWN)},
    [SIGNAL_BYE] = {"bye", CARRIED_BY(SIGNAL_TOPIC_UP) |
                               CARRIED_BY(SIGNAL_TOPIC_DOWN)},
    [SIGNAL_ACK] = {"ack", CARRIED_BY(SIGNAL_TOPIC_UP) |
                               CARRIED_BY(SIGNAL_TOPIC_DOWN)},
    [SIGNAL_HEALTH] = {"health", CARRIED_BY(SIGNAL_TOPIC_HEALTH)},
    [SIGNAL_HELP_OPEN] = {"help-open", CARRIED_BY(SIGNAL_TOPIC_TECH_DOWN)},
    [SIGNAL_HELP_ACCEPT] = {"help-accept", CARRIED_BY(SIGNAL_TOPIC_TECH_UP)},
    [SIGNAL_HELP_REFUSE] = {"help-refuse", CARRIED_BY(SIGNAL_TOPIC_TECH_UP)},
};

const char *signal_reason_name(enum signal_reason reason)
{
    return (unsigned)reason < SIGNAL_REASONS ? reason_names[reason] : "?";
}

enum signal_reason signal_reason_find(const char *name)
{
    for (int i = SIGNAL_OK + 1; i < SIGNAL_REASONS; i++)
        if (strcmp(name, reason_names[i]) == 0)
            return (enum signal_reason)i;
    return SIGNAL_OK;
}

const char *signal_type_name(enum signal_type type)
{
    return (unsigned)type < SIGNAL_TYPES ? types[type].name : "?";
}

struct signal_envelope *signal_envelope_free(struct signal_envelope *e)
{
    if (e) {
        free(e->body);
        free(e);
    }
    return NULL;
}

/* Members of the JSON object, borrowed from it. */
struct members {
    const char *v, *type, *kiosk, *expert, *call, *kn, *en, *body, *sig;
    size_t body_len;
};

static int envelope_members(const json_t *o, struct members *ret)
{
    struct members m = {.body_len = 0};
    const struct {
        const char *key;
        const char **value;
    } want[MEMBERS] = {
        {"v", &m.v},           {"type", &m.type}, {"kiosk", &m.kiosk},
        {"expert", &m.expert}, {"call", &m.call}, {"kn", &m.kn},
        {"en", &m.en},         {"body", &m.body}, {"sig", &m.sig},
    };
    if (json_object_size(o) != MEMBERS)
        return SIGNAL_MALFORMED;
    for (size_t i = 0; i < MEMBERS; i++) {
        const json_t *v = json_object_get(o, want[i].key);
        if (!json_is_string(v))
            return SIGNAL_MALFORMED;
        *want[i].value = json_string_value(v);
    }
    m.body_len = json_string_length(json_object_get(o, "body"));
    *ret = m;
    return SIGNAL_OK;
}

static int envelope_type(const char *name, enum signal_topic_kind kind,
                         enum signal_type *ret)
{
    for (int i = 0; i < SIGNAL_TYPES; i++) {
        if (strcmp(name, types[i].name) != 0)
            continue;
        if ((types[i].topics & CARRIED_BY(kind)) == 0)
            return SIGNAL_TYPE;
        *ret = (enum signal_type)i;
        return SIGNAL_OK;
    }
    return SIGNAL_TYPE;
}

static bool envelope_call_ok(const char *call, const char *held)
{
    return strlen(call) == SIGNAL_CALL_SIZE - 1 &&
           strspn(call, "0123456789abcdef") == SIGNAL_CALL_SIZE - 1 &&
           (!held || strcmp(call, held) == 0);
}

static bool envelope_nonce_ok(const char *nonce, const char *held)
{
    uint8_t raw[NONCE_LEN];
    return strlen(nonce) == SIGNAL_NONCE_SIZE - 1 &&
           lk_b64u_decode(nonce, SIGNAL_NONCE_SIZE - 1, raw, sizeof(raw)) ==
               NONCE_LEN &&
           (!held || strcmp(nonce, held) == 0);
}

/* The checks behind the shape, in the protocol's order. */
static int envelope_check(const struct members *m, enum signal_type type,
                          const struct signal_topic *topic,
                          const struct signal_held *held)
{
    if (strcmp(m->kiosk, topic->kiosk) != 0 ||
        strcmp(m->expert, topic->expert) != 0)
        return SIGNAL_NAMES;
    if (!envelope_call_ok(m->call, held->call))
        return SIGNAL_CALL;
    /* Who opens help does not know the kiosk's nonce yet. */
    bool kn = type == SIGNAL_HELP_OPEN ? m->kn[0] == '\0'
                                       : envelope_nonce_ok(m->kn, held->kn);
    if (!kn)
        return SIGNAL_NONCE;
    if (type == SIGNAL_ANNOUNCE || type == SIGNAL_HEALTH)
        return m->en[0] == '\0' ? SIGNAL_OK : SIGNAL_NONCE;
    bool ok = envelope_nonce_ok(m->en, type == SIGNAL_CLAIM ? NULL : held->en);
    return ok ? SIGNAL_OK : SIGNAL_NONCE;
}

/* The signed lines, into SIGNAL_LINES_MAX bytes; -ENOMEM, -EIO too long. */
static int envelope_lines(const struct signal_draft *d, size_t body_len,
                          char *ret)
{
    uint8_t md[32];
    char hex[2 * sizeof(md) + 1];
    if (EVP_Digest(d->body, body_len, md, NULL, EVP_sha256(), NULL) != 1)
        return -ENOMEM;
    lk_hex_encode(md, sizeof(md), hex);
    int n = snprintf(ret, SIGNAL_LINES_MAX,
                     VERSION_TEXT "\n%s\n%s\n%s\n%s\n%s\n%s\n%s",
                     signal_type_name(d->type), d->kiosk, d->expert, d->call,
                     d->kn, d->en, hex);
    return n > 0 && n < SIGNAL_LINES_MAX ? 0 : -EIO;
}

/* Fills an envelope from members whose lengths are checked. */
static int envelope_fill(struct signal_envelope *e, const struct members *m)
{
    struct signal_draft d = {.type = e->type,
                             .kiosk = m->kiosk,
                             .expert = m->expert,
                             .call = m->call,
                             .kn = m->kn,
                             .en = m->en,
                             .body = m->body};
    int r = envelope_lines(&d, m->body_len, e->lines);
    if (r < 0)
        return r;
    if (EVP_Digest(e->lines, strlen(e->lines), e->digest, NULL, EVP_sha256(),
                   NULL) != 1)
        return -ENOMEM;
    e->body = malloc(m->body_len + 1);
    if (!e->body)
        return -ENOMEM;
    memcpy(e->body, m->body, m->body_len + 1);
    e->body_len = m->body_len;
    (void)snprintf(e->kiosk, sizeof(e->kiosk), "%s", m->kiosk);
    (void)snprintf(e->expert, sizeof(e->expert), "%s", m->expert);
    (void)snprintf(e->call, sizeof(e->call), "%s", m->call);
    (void)snprintf(e->kn, sizeof(e->kn), "%s", m->kn);
    (void)snprintf(e->en, sizeof(e->en), "%s", m->en);
    /* Another length can be no signature; "" is refused as one later. */
    if (strlen(m->sig) == SIGNAL_SIG_TEXT_SIZE - 1)
        (void)snprintf(e->sig, sizeof(e->sig), "%s", m->sig);
    return 0;
}

int signal_envelope_open(const void *payload, size_t len,
                         const struct signal_topic *topic,
                         const struct signal_held *held,
                         struct signal_envelope **ret)
{
    if (len > SIGNAL_PAYLOAD_MAX)
        return SIGNAL_OVERSIZED;
    SIGNAL_JSON_AUTO o = NULL;
    struct members m;
    enum signal_type type = SIGNAL_ACK;
    int r = signal_json_load(payload, len, &o);
    if (r == SIGNAL_OK)
        r = envelope_members(o, &m);
    if (r != SIGNAL_OK)
        return r;
    if (strcmp(m.v, VERSION_TEXT) != 0)
        return SIGNAL_VERSION;
    r = envelope_type(m.type, topic->kind, &type);
    if (r == SIGNAL_OK)
        r = envelope_check(&m, type, topic, held);
    if (r != SIGNAL_OK)
        return r;
    struct signal_envelope *e = calloc(1, sizeof(*e));
    if (!e)
        return -ENOMEM;
    e->type = type;
    r = envelope_fill(e, &m);
    if (r < 0) {
        (void)signal_envelope_free(e);
        return r;
    }
    *ret = e;
    return SIGNAL_OK;
}

int signal_envelope_verify(const struct signal_envelope *e,
                           const struct signal_key *key)
{
    uint8_t raw[SIGNAL_SIGNATURE_LEN];
    if (lk_b64u_decode(e->sig, strlen(e->sig), raw, sizeof(raw)) !=
        SIGNAL_SIGNATURE_LEN)
        return SIGNAL_SIGNATURE;
    int r = signal_key_verify(key, e->lines, strlen(e->lines), raw);
    return r == -EBADMSG ? SIGNAL_SIGNATURE : r;
}

int signal_envelope_seal(const struct signal_draft *draft,
                         const struct signal_key *key, char *ret_sig,
                         char **ret)
{
    char lines[SIGNAL_LINES_MAX];
    uint8_t raw[SIGNAL_SIGNATURE_LEN];
    char sig[SIGNAL_SIG_TEXT_SIZE];
    size_t body_len = strnlen(draft->body, SIGNAL_PAYLOAD_MAX);
    if (body_len == SIGNAL_PAYLOAD_MAX)
        return -EMSGSIZE;
    if (!lk_utf8_valid(draft->body, body_len))
        return -EINVAL;
    int r = envelope_lines(draft, body_len, lines);
    if (r == 0)
        r = signal_key_sign(key, lines, strlen(lines), raw);
    if (r < 0)
        return r;
    lk_b64u_encode(raw, sizeof(raw), sig);
    signal_json_prepare();
    char *text = NULL;
    r = signal_json_dump(
        json_pack("{ss ss ss ss ss ss ss ss ss}", "v", VERSION_TEXT, "type",
                  signal_type_name(draft->type), "kiosk", draft->kiosk,
                  "expert", draft->expert, "call", draft->call, "kn", draft->kn,
                  "en", draft->en, "body", draft->body, "sig", sig),
        &text);
    if (r == 0 && strlen(text) > SIGNAL_PAYLOAD_MAX)
        r = -EMSGSIZE;
    if (r < 0) {
        free(text);
        return r;
    }
    memcpy(ret_sig, sig, sizeof(sig));
    *ret = text;
    return 0;
}

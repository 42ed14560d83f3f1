#include "expert.h"

#include "signal/body.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "expert: %s\n", what);
        abort();
    }
}

static X509 *expert_make_cert(EVP_PKEY *pkey, const char *user,
                              const char *name)
{
    size_t len = 0;
    const json_t *v = support_vectors();
    uint8_t *der = support_b64u(
        json_string_value(json_object_get(json_object_get(v, "ca"), "kela")),
        &len);
    const unsigned char *at = der;
    X509 *ca = d2i_X509(NULL, &at, (long)len);
    free(der);
    der = support_b64u(
        json_string_value(json_object_get(
            json_object_get(json_object_get(v, "keys"), "kela-ca"), "pkcs8")),
        &len);
    at = der;
    EVP_PKEY *ca_key = d2i_AutoPrivateKey(NULL, &at, (long)len);
    free(der);
    X509 *x = X509_new();
    X509_NAME *subject = X509_NAME_new();
    need(ca && ca_key && x && subject, "authority");
    X509_NAME_add_entry_by_txt(subject, "UID", MBSTRING_UTF8,
                               (const unsigned char *)user, -1, -1, 0);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 77);
    X509_set_subject_name(x, subject);
    X509_set_issuer_name(x, X509_get_subject_name(ca));
    ASN1_TIME_set(X509_getm_notBefore(x), SUPPORT_NOW_S - 86400);
    ASN1_TIME_set(X509_getm_notAfter(x), SUPPORT_NOW_S + 86400);
    X509_set_pubkey(x, pkey);
    X509_EXTENSION *usage = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage,
                                                "critical,digitalSignature");
    X509_add_ext(x, usage, -1);
    need(X509_sign(x, ca_key, EVP_sha256()) > 0, "sign");
    X509_EXTENSION_free(usage);
    X509_NAME_free(subject);
    EVP_PKEY_free(ca_key);
    X509_free(ca);
    return x;
}

void expert_init(struct expert *x, const char *user, const char *name)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    need(pkey && bio, "key");
    PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL);
    long len = BIO_get_mem_data(bio, &pem);
    memset(x, 0, sizeof(*x));
    need(signal_key_load_pem(pem, (size_t)len, &x->key) == 0, "pem");
    BIO_free(bio);
    X509 *cert = expert_make_cert(pkey, user, name);
    unsigned char *at = x->cert;
    x->cert_len = (size_t)i2d_X509(cert, &at);
    X509_free(cert);
    EVP_PKEY_free(pkey);
    (void)snprintf(x->user, sizeof(x->user), "%s", user);
}

static void expert_forget_sent(struct expert *x)
{
    for (size_t i = 0; i < x->sent_count; i++)
        free(x->sent[i].payload);
    x->sent_count = 0;
}

void expert_clear(struct expert *x)
{
    expert_forget_sent(x);
    x->key = signal_key_free(x->key);
}

void expert_send(struct expert *x, enum signal_type type, const char *body,
                 bool kept)
{
    struct signal_draft d = {.type = type,
                             .kiosk = x->kiosk,
                             .expert = x->user,
                             .call = x->call,
                             .kn = x->kn,
                             .en = x->en,
                             .body = body};
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *payload = NULL;
    need(signal_envelope_seal(&d, x->key, sig, &payload) == 0, "seal");
    x->post(x, payload);
    if (!kept) {
        free(payload);
        return;
    }
    need(x->sent_count < EXPERT_SENT_MAX, "outbox");
    struct expert_sent *s = &x->sent[x->sent_count++];
    *s = (struct expert_sent){.payload = payload};
    memcpy(s->sig, sig, sizeof(sig));
}

void expert_claim(struct expert *x, const char *resume)
{
    uint8_t random[16];
    char b64[SIGNAL_CERT_MAX * 2];
    char body[SIGNAL_CERT_MAX * 2 + 100];
    expert_forget_sent(x);
    lk_random_bytes(random, sizeof(random));
    lk_b64u_encode(random, sizeof(random), x->en);
    x->refused = x->granted = x->over = false;
    x->offer = 0;
    (void)EVP_EncodeBlock((unsigned char *)b64, x->cert, (int)x->cert_len);
    if (resume)
        (void)snprintf(body, sizeof(body),
                       "{\"cert\":\"%s\",\"resume\":\"%s\"}", b64, resume);
    else
        (void)snprintf(body, sizeof(body), "{\"cert\":\"%s\"}", b64);
    expert_send(x, SIGNAL_CLAIM, body, true);
}

uint8_t expert_print(uint64_t session, int i)
{
    return (uint8_t)((uint64_t)i * 7 + session);
}

void expert_sdp(uint64_t session, uint64_t version, const char *extra,
                char *ret, size_t cap)
{
    char print[97];
    for (int i = 0; i < 32; i++)
        (void)snprintf(print + 3 * i, 4, "%02X:", expert_print(session, i));
    print[95] = '\0';
    int n = snprintf(ret, cap,
                     "v=0\r\no=- %llu %llu IN IP4 127.0.0.1\r\ns=-\r\n"
                     "t=0 0\r\n%s",
                     (unsigned long long)session, (unsigned long long)version,
                     extra);
    for (int i = 0; i < 2; i++)
        n += snprintf(ret + n, cap - (size_t)n,
                      "m=%s 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\n"
                      "a=mid:%d\r\na=fingerprint:sha-256 %s\r\n",
                      i ? "audio" : "video", i, print);
}

void expert_answer(struct expert *x, uint64_t version)
{
    char extra[64];
    char sdp[2048];
    (void)snprintf(extra, sizeof(extra), "a=x-luukku-offer:%llu\r\n",
                   (unsigned long long)version);
    expert_sdp(7, ++x->n, extra, sdp, sizeof(sdp));
    expert_send(x, SIGNAL_ANSWER, sdp, true);
}

void expert_candidate(struct expert *x, uint64_t version, const char *line)
{
    char body[512];
    (void)snprintf(
        body, sizeof(body),
        "{\"n\":%u,\"offer\":%llu,\"mid\":\"0\",\"candidate\":\"%s\"}", ++x->n,
        (unsigned long long)version, line);
    expert_send(x, SIGNAL_CANDIDATE, body, true);
}

void expert_bye(struct expert *x, const char *why)
{
    char body[64];
    (void)snprintf(body, sizeof(body), "{\"n\":%u,\"why\":\"%s\"}", ++x->n,
                   why);
    expert_send(x, SIGNAL_BYE, body, true);
}

static void expert_acked(struct expert *x, const char *sig)
{
    for (size_t i = 0; i < x->sent_count; i++) {
        if (strcmp(x->sent[i].sig, sig) != 0)
            continue;
        free(x->sent[i].payload);
        x->sent[i] = x->sent[--x->sent_count];
        x->acks++;
        return;
    }
}

static void expert_ack(struct expert *x, const struct signal_envelope *e)
{
    char body[128];
    if (x->mute_acks)
        return;
    (void)snprintf(body, sizeof(body), "{\"of\":\"%s\"}", e->sig);
    expert_send(x, SIGNAL_ACK, body, false);
}

static void expert_take(struct expert *x, const struct signal_envelope *e)
{
    struct signal_sdp sdp;
    char sig[SIGNAL_SIG_TEXT_SIZE];
    if (e->type == SIGNAL_ACK) {
        if (signal_body_ack(e->body, e->body_len, sig) == SIGNAL_OK)
            expert_acked(x, sig);
        return;
    }
    expert_ack(x, e);
    if (e->type == SIGNAL_GRANT || e->type == SIGNAL_REFUSE) {
        if (x->sent_count > 0 && !x->granted && !x->refused)
            expert_acked(x, x->sent[0].sig);
        x->granted = x->granted || e->type == SIGNAL_GRANT;
        x->refused = e->type == SIGNAL_REFUSE;
        (void)snprintf(x->refused_why, sizeof(x->refused_why), "%s", e->body);
    } else if (e->type == SIGNAL_OFFER &&
               signal_sdp_look(e->body, e->body_len, &sdp) == SIGNAL_OK &&
               sdp.version > x->offer) {
        x->offer = sdp.version;
        x->session_id = sdp.session_id;
        expert_answer(x, sdp.version);
    } else if (e->type == SIGNAL_CANDIDATE) {
        x->candidates++;
    } else if (e->type == SIGNAL_BYE) {
        x->over = true;
    }
}

void expert_hear(struct expert *x, const char *topic, const char *payload)
{
    struct signal_topic t;
    LK_AUTO(signal_envelope) e = NULL;
    struct signal_held held = {.call = NULL};
    need(signal_topic_parse(topic, &t) == 0, "topic");
    need(t.kind == SIGNAL_TOPIC_UP || t.kind == SIGNAL_TOPIC_CALL, "way");
    need(signal_envelope_open(payload, strlen(payload), &t, &held, &e) ==
             SIGNAL_OK,
         "the kiosk's envelope");
    need(signal_envelope_verify(e, x->kiosk_key) == SIGNAL_OK, "signature");
    if (t.kind == SIGNAL_TOPIC_CALL) {
        (void)snprintf(x->kiosk, sizeof(x->kiosk), "%s", e->kiosk);
        (void)snprintf(x->call, sizeof(x->call), "%s", e->call);
        (void)snprintf(x->kn, sizeof(x->kn), "%s", e->kn);
        return;
    }
    if (strcmp(t.expert, x->user) == 0 && strcmp(e->en, x->en) == 0)
        expert_take(x, e);
}

void expert_tick(struct expert *x, int64_t now_us)
{
    static const int delays_ms[] = {400, 800, 1600, 3200, 5000};
    for (size_t i = 0; i < x->sent_count; i++) {
        struct expert_sent *s = &x->sent[i];
        if (s->due_us == 0) {
            s->due_us = now_us + delays_ms[0] * 1000;
        } else if (s->due_us <= now_us && s->tries < 5) {
            x->post(x, s->payload);
            s->tries++;
            s->due_us = now_us + delays_ms[s->tries % 5] * 1000;
        }
    }
}

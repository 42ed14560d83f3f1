#include "support.h"

#include "base/text.h"

#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *vectors;

static void support_die(const char *what)
{
    (void)fprintf(stderr, "support: %s\n", what);
    abort();
}

const json_t *support_vectors(void)
{
    json_error_t error;
    if (!vectors)
        vectors = json_load_file(VECTORS, 0, &error);
    if (!vectors)
        support_die(error.text);
    return vectors;
}

void support_free(void)
{
    json_decref(vectors);
    vectors = NULL;
}

uint8_t *support_b64u(const char *text, size_t *ret_len)
{
    size_t cap = strlen(text) + 1;
    uint8_t *data = malloc(cap);
    int n = data ? lk_b64u_decode(text, strlen(text), data, cap) : -1;
    if (n < 0)
        support_die("base64url");
    *ret_len = (size_t)n;
    return data;
}

char *support_pem(const char *kind, const uint8_t *der, size_t len)
{
    size_t cap = len * 2 + 200;
    char *pem = malloc(cap);
    char *text = malloc(len * 2 + 8);
    if (!pem || !text)
        support_die("memory");
    int n = EVP_EncodeBlock((unsigned char *)text, der, (int)len);
    size_t at = (size_t)snprintf(pem, cap, "-----BEGIN %s-----\n", kind);
    for (int i = 0; i < n; i += 64)
        at += (size_t)snprintf(pem + at, cap - at, "%.64s\n", text + i);
    (void)snprintf(pem + at, cap - at, "-----END %s-----\n", kind);
    free(text);
    return pem;
}

static char *support_member_pem(const char *kind, const char *member,
                                const char *name)
{
    size_t len = 0;
    const char *text = json_string_value(
        json_object_get(json_object_get(support_vectors(), member), name));
    uint8_t *der = support_b64u(text ? text : "?", &len);
    char *pem = support_pem(kind, der, len);
    free(der);
    return pem;
}

struct signal_key *support_key(const char *name)
{
    size_t len = 0;
    struct signal_key *key = NULL;
    const json_t *entry =
        json_object_get(json_object_get(support_vectors(), "keys"), name);
    uint8_t *der =
        support_b64u(json_string_value(json_object_get(entry, "pkcs8")), &len);
    char *pem = support_pem("PRIVATE KEY", der, len);
    if (signal_key_load_pem(pem, strlen(pem), &key) < 0)
        support_die("key");
    free(pem);
    free(der);
    return key;
}

struct signal_trust *support_trust(void)
{
    static const char *const agencies[] = {"kela", "vero"};
    struct signal_trust *t = NULL;
    if (signal_trust_new(0, &t) < 0)
        support_die("trust");
    for (size_t i = 0; i < LK_ARRAY_LEN(agencies); i++) {
        char *ca = support_member_pem("CERTIFICATE", "ca", agencies[i]);
        char *crl = support_member_pem("X509 CRL", "crl", agencies[i]);
        struct signal_trust_files files = {.ca_pem = ca,
                                           .ca_len = strlen(ca),
                                           .crl_pem = crl,
                                           .crl_len = strlen(crl)};
        if (signal_trust_add(t, agencies[i], &files) < 0)
            support_die("agency");
        free(ca);
        free(crl);
    }
    return t;
}

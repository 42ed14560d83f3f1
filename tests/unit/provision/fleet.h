/* fleet.h - a fleet's CA and a kiosk's answers, of any kind, for tests. */
#ifndef LUUKKU_TESTS_PROVISION_FLEET_H
#define LUUKKU_TESTS_PROVISION_FLEET_H

#include "testing.h"

#include "provision/cert.h"
#include "provision/key.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#define NOW 1900000000
#define DAY 86400
#define DEVICE "1.3.6.1.5.5.7.3.36"
#define TLS "clientAuth"

struct fleet {
    EVP_PKEY *key;
    X509 *ca;
};

/* What a certificate is like; zeroed members are as they should be. */
struct want {
    const char *name;
    const char *purpose;
    int64_t from_s, to_s; /* from NOW */
    bool ca;
};

/* Of kiosk-7, from a day ago for 900 days. */
extern const struct want good_device;
extern const struct want good_tls;

struct fleet fleet_new(const char *name);
void fleet_free(struct fleet *f);

/* A set with both keys. */
struct provision_files *kiosk_new(void);

/* EVP_PKEY_free() it. */
EVP_PKEY *key_of(const struct provision_files *f, const char *name);

/* What was written to `bio`, which is freed; free() the text. */
char *fleet_text(BIO *bio);

/* The answer's PEM: device, TLS and CA, each left out when its part is NULL.
 * free() it. */
char *answer(const struct provision_files *f, const struct fleet *by,
             const struct want *device, const struct want *tls,
             const struct fleet *ca);

#endif

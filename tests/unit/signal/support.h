/* support.h - what the tests of firmware/signal share: the vector file's keys
 * and certificates, and signing as an expert's page would. */
#ifndef LUUKKU_TEST_SIGNAL_SUPPORT_H
#define LUUKKU_TEST_SIGNAL_SUPPORT_H

#include "signal/call.h"

#include <jansson.h>

/* The vector file, parsed; loaded once, freed by support_free(). */
const json_t *support_vectors(void);
void support_free(void);

/* Decodes base64url of any length; the caller frees. */
uint8_t *support_b64u(const char *text, size_t *ret_len);

/* A key of the vector file by name, e.g. "expert". Never NULL. */
struct signal_key *support_key(const char *name);

/* The trust of the vector file: kela and vero. Never NULL. */
struct signal_trust *support_trust(void);

/* The vectors' time: seconds since 1970. */
#define SUPPORT_NOW_S INT64_C(1795262400)

/* DER to PEM, NUL-terminated; the caller frees. */
char *support_pem(const char *kind, const uint8_t *der, size_t len);

#endif

/* key_evp.h - private to this room: a key from OpenSSL's object. */
#ifndef LUUKKU_SIGNAL_KEY_EVP_H
#define LUUKKU_SIGNAL_KEY_EVP_H

#include "signal/key.h"

#include <openssl/evp.h>

#include <stdbool.h>

/* Takes `pkey` over, also when it fails. Errors: -EBADMSG NULL or no P-256
 * key, -ENOMEM. */
int signal_key_wrap(EVP_PKEY *pkey, struct signal_key **ret) LK_MUST_CHECK;

#endif

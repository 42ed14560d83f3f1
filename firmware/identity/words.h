/* words.h - private to this room: the wire's words. */
#ifndef LUUKKU_IDENTITY_WORDS_H
#define LUUKKU_IDENTITY_WORDS_H

#include "identity/identity.h"

/* "card"; NULL for no such. */
const char *identity_how_word(enum identity_how how);
const char *identity_role_word(enum identity_role role);

/* The other way. Errors: -EBADMSG no such word. */
int identity_how_find(const char *word, enum identity_how *ret) LK_MUST_CHECK;

#endif

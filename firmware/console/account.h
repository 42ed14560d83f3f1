/* account.h - who may log in.
 *
 * Room: the accounts' file, checking a password, making a hash. A line is
 * "name:hash", the hash as crypt(5) writes it (yescrypt is made, whatever
 * libcrypt accepts as strong is taken); '#' starts a comment, empty lines are
 * fine. No password is ever in the clear but while it is checked.
 * Spec: crypt(3), crypt(5), crypt_checksalt(3).
 */
#ifndef LUUKKU_CONSOLE_ACCOUNT_H
#define LUUKKU_CONSOLE_ACCOUNT_H

#include "base/text.h"

#define CONSOLE_ACCOUNTS_MAX 64
#define CONSOLE_ACCOUNTS_BYTES_MAX 16384 /* of the file */
#define CONSOLE_HASH_MAX 192             /* bytes, the NUL included */

struct console_accounts;

/* Parses the file's text.
 *
 * Owner   caller, console_accounts_free()
 * Errors  -EBADMSG a line is wrong (its number from 1 in *ret_line, written
 *         only then): no name, a name twice, a weak or malformed hash, too many
 *         or too long; -ENOMEM
 */
int console_accounts_parse(const char *text, size_t len,
                           struct console_accounts **ret,
                           unsigned *ret_line) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct console_accounts *console_accounts_free(struct console_accounts *a);
LK_AUTO_DEFINE(console_accounts);

size_t console_accounts_count(const struct console_accounts *a);
bool console_accounts_known(const struct console_accounts *a, const char *name);

/* Whether that is the name's password. Takes as long for a name that nobody
 * has. Blocks for some tenths of a second: that is the hash's purpose. */
bool console_accounts_check(const struct console_accounts *a, const char *name,
                            const char *password);

/* Hashes a password with a new salt. `ret` has CONSOLE_HASH_MAX bytes.
 * Errors: -EINVAL it is empty, -EIO libcrypt cannot. */
int console_account_hash(const char *password, char *ret) LK_MUST_CHECK;

#endif

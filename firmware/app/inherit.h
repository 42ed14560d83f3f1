/* inherit.h - descriptors that a program gets from luukku-super, by name.
 *
 * Room: the environment variable LUUKKU_FDS="super=3,config=4,..." and the
 * descriptors it names. The programs open no path for keys, certificates or
 * configuration: super opens them and hands them over, read only.
 *
 *   super          channel to luukku-super (superlink.h takes it)
 *   config         the configuration (store_config_read)
 *   device-cert    luukkud: the device's certificate, PEM
 *   device-key     luukkud: the device's signing key, PEM
 *   request        luukkud: of a kiosk that is not in use, its name on a line
 *                  and its requests in PEM, in place of all below
 *   keypad         luukkud: the keypad's keys; absent when there is no file
 *   ca-<agency>    luukkud: that agency's CA, PEM
 *   crl-<agency>   luukkud: its revocation list, PEM; absent when it has none
 *   post-<agency>  luukkud: the certificate that letters to it are encrypted
 * to, PEM; absent when it has no address post-ca-<agency>  luukku-fetch: the CA
 * of its address, PEM; likewise tls-ca, tls-cert, tls-key   luukku-rtc: for the
 * broker, PEM
 */
#ifndef LUUKKU_APP_INHERIT_H
#define LUUKKU_APP_INHERIT_H

#include "base/buf.h"

#include <stdbool.h>

#define INHERIT_MAX 64      /* descriptors */
#define INHERIT_NAME_MAX 40 /* characters of [a-z0-9-], the NUL included */
#define INHERIT_ENV "LUUKKU_FDS"

/* Largest content that inherit_read() takes. */
#define INHERIT_READ_MAX (1024UL * 1024)

struct inherit_fd {
    char name[INHERIT_NAME_MAX];
    int fd; /* -1 once taken */
};

struct inherit {
    struct inherit_fd entry[INHERIT_MAX];
    size_t count;
};

/* Reads LUUKKU_FDS, removes it from the environment and sets close-on-exec on
 * every descriptor it names. First thing in main().
 *
 * Errors  -ENOENT not started by luukku-super, -EBADMSG malformed, -EBADF a
 *         named descriptor is not open
 * Thread  before others start
 */
int inherit_init(struct inherit *ret) LK_MUST_CHECK;

/* Hands out a descriptor; the caller owns it. It can be taken once.
 * Returns the descriptor or -ENOENT. */
int inherit_take(struct inherit *in, const char *name) LK_MUST_CHECK;

/* Takes a descriptor, reads all that its file holds, and closes it.
 *
 * Owner   caller; lk_buf_wipe() and lk_buf_free() for keys
 * Errors  -ENOENT, -EMSGSIZE more than INHERIT_READ_MAX, -ENOMEM, pread(2)'s
 */
int inherit_read(struct inherit *in, const char *name,
                 struct lk_buf **ret) LK_MUST_CHECK;

/* Closes what was not taken. */
void inherit_close(struct inherit *in);

/* For super: adds an entry; the list borrows `fd`.
 * Errors: -EINVAL bad name, name twice or fd < 0, -ENOSPC. */
int inherit_add(struct inherit *in, const char *name, int fd) LK_MUST_CHECK;

/* For super, between fork() and execve(): moves the descriptors to 3, 4, ...,
 * clears close-on-exec there, closes every other one above 2 except `keep`
 * (-1: none; it gets close-on-exec), which moves to *ret_keep, and sets
 * LUUKKU_FDS.
 * Errors: those of fcntl(2) and dup3(2), -ENOMEM. */
int inherit_arrange(const struct inherit *in, int keep, int *ret_keep);

#endif

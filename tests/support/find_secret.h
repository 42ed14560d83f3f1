/* find_secret.h - search a process's memory for digits, in every coding.
 *
 * Room: the digits are handed over hidden, each character with FIND_HIDE over
 * it, and are never in clear in here, so that a search does not find itself.
 */
#ifndef LUUKKU_TESTS_FIND_SECRET_H
#define LUUKKU_TESTS_FIND_SECRET_H

#include <stddef.h>
#include <sys/types.h>

#define FIND_HIDE 0x5a

/* Looks through all writable memory of `pid` (0: this process) for `n` (4 or
 * more) hidden digits as characters, UTF-16, values 0..9 and BCD. Returns how
 * often they are there; negative: the memory cannot be read. Prints where. */
int find_secret(pid_t pid, const char *hidden, size_t n);

#endif

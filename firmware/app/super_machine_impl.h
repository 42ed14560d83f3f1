/* super_machine_impl.h - reading the kernel's small files.
 *
 * Room: shared by super_machine.c, super_machine_net.c and super_machine_io.c.
 */
#ifndef LUUKKU_APP_SUPER_MACHINE_IMPL_H
#define LUUKKU_APP_SUPER_MACHINE_IMPL_H

#include "app/super_machine.h"

#include <stddef.h>

#define MACHINE_FILE_MAX 16384
#define MACHINE_PATH_MAX 512

/* Puts "ROOT<formatted>" into `ret`; -ENAMETOOLONG. */
int machine_path(const struct super_machine *m, char *ret, size_t cap,
                 const char *fmt, ...) LK_PRINTF(4, 5);

/* Reads at most cap - 1 bytes as printable ASCII and newlines, ends with a
 * NUL. Returns the length or -errno. */
int machine_read(const char *path, char *ret, size_t cap);

/* The first line of ROOT<dir>/<entry>/<name>; "" when there is none. */
void machine_line(const struct super_machine *m, const char *dir,
                  const char *entry, const char *name, char *ret, size_t cap);

/* Likewise a number; `other` when there is none. */
int64_t machine_number(const struct super_machine *m, const char *dir,
                       const char *entry, const char *name, int64_t other);

/* Calls `fn` for each entry of ROOT<dir> that begins with `prefix`, in
 * alphabetic order, at most SUPER_MACHINE_LIST_MAX of them. */
void machine_each(const struct super_machine *m, const char *dir,
                  const char *prefix,
                  void (*fn)(void *arg, const struct super_machine *m,
                             const char *entry),
                  void *arg);

#endif

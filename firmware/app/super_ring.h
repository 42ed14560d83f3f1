/* super_ring.h - the last lines of the log, on a disk.
 *
 * Room: one file of a fixed size with SUPER_RING_SLOTS slots of equal length,
 * each with a checksum of its own. A line is one write into its slot: a power
 * cut loses the lines that the kernel had not written yet, and of a torn slot
 * nothing is believed. What is read is judged as if a stranger had written it:
 * lengths, numbers, times, text. There is no other state, and no index.
 * Thread: one. Writing does not wait for the disk.
 */
#ifndef LUUKKU_APP_SUPER_RING_H
#define LUUKKU_APP_SUPER_RING_H

#include "app/super_log.h"

#include <stdbool.h>

#define SUPER_RING_SLOTS 1024
#define SUPER_RING_SLOT 592 /* bytes: 606,208 in all */
#define SUPER_RING_PROGRAM_MAX 24

struct super_ring;

/* Opens or makes the file at `path` (mode 0600); one of another size is made
 * anew.
 *
 * Owner   caller, super_ring_free()
 * Errors  -EINVAL no regular file, -ENOMEM, those of open(2), ftruncate(2)
 */
int super_ring_open(const char *path, struct super_ring **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct super_ring *super_ring_free(struct super_ring *r);
LK_AUTO_DEFINE(super_ring);

/* Puts the lines that the file holds into `log`, oldest first, each with its
 * number. Once, before any other line is added. Returns how many. */
size_t super_ring_load(struct super_ring *r, struct super_log *log);

/* Writes a line into its slot. `urgent`: the kernel is asked to write it soon.
 * Errors: pwrite(2)'s. */
int super_ring_put(struct super_ring *r, const struct super_log_line *line,
                   bool urgent);

/* One slot's bytes to a line: 0, or -EBADMSG when it is not to be believed.
 * `ret` borrows from `slot`, which is terminated in place. Pure. */
int super_ring_decode(uint8_t slot[SUPER_RING_SLOT],
                      struct super_log_line *ret) LK_MUST_CHECK;

/* A line to one slot's bytes. Pure. */
void super_ring_encode(const struct super_log_line *line,
                       uint8_t ret[SUPER_RING_SLOT]);

#endif

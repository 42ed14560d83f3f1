/* super_post.h - letters to agencies, between luukkud, the disk and
 * luukku-fetch.
 *
 * Room: luukkud gives a letter (encrypted to its agency; opaque here), it is
 * put into the outbox, luukkud is told so, and it is given to luukku-fetch;
 * when that says that the agency has it, it is removed and luukkud is told.
 * Whenever luukku-fetch starts, it gets all that wait. Questions about matters
 * and their answers are passed on. On the loop's thread.
 */
#ifndef LUUKKU_APP_SUPER_POST_H
#define LUUKKU_APP_SUPER_POST_H

#include "app/super.h"

struct super_post;

/* Opens the outbox at `path`, which is made (0700) when it is not there.
 * Owner: caller. Errors: mkdir(2)'s, open(2)'s, store_outbox_open()'s. */
int super_post_new(const char *path, struct super_post **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct super_post *super_post_free(struct super_post *p);
LK_AUTO_DEFINE(super_post);

/* Tells whom it works with; borrowed. */
void super_post_attach(struct super_post *p, struct super *s);

/* For struct super_config; fd is borrowed. */
bool super_post_message(struct super_post *p, size_t program,
                        const struct supermsg *m, int fd);
void super_post_ready(struct super_post *p, size_t program);

#endif
